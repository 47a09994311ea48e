//! `/config check`: each finding in words, with what to do.

use super::super::check::Finding;
use super::super::words::Words;
use super::past::fitting;
use crate::commands::words::permission;
use crate::domain::ids::{ConfigVersion, RoleId};
use crate::domain::permissions::Permissions;
use crate::guild::config::snapshot::Misfit;
use crate::guild::language::{Arg, Language};
use crate::guild::rule::Judge;

/// Roles that are named in one finding.
const ROLES: usize = 5;

/// Characters for the findings.
const ALL: usize = 1_800;

/// The permissions that a finding may name.
const KNOWN: [Permissions; 13] = [
    Permissions::ADMINISTRATOR,
    Permissions::VIEW_AUDIT_LOG,
    Permissions::VIEW_CHANNEL,
    Permissions::SEND_MESSAGES,
    Permissions::SEND_MESSAGES_IN_THREADS,
    Permissions::EMBED_LINKS,
    Permissions::ATTACH_FILES,
    Permissions::READ_MESSAGE_HISTORY,
    Permissions::MANAGE_MESSAGES,
    Permissions::MODERATE_MEMBERS,
    Permissions::KICK_MEMBERS,
    Permissions::BAN_MEMBERS,
    Permissions::MANAGE_ROLES,
];

/// All findings.
pub(in super::super) fn checked(
    words: Words<'_>,
    version: ConfigVersion,
    findings: &[Finding<'_>],
) -> String {
    let version = ("version", version.to_string().into());
    if findings.is_empty() {
        return words.with("config-check-clean", &[version]);
    }
    let head = words.with("config-check", &[version, ("count", findings.len().into())]);
    let lines = findings
        .iter()
        .map(|one| format!("- {}", finding(words, one)));
    format!("{head}\n{}", fitting(words, lines.collect(), ALL))
}

/// One finding.
pub(in super::super) fn finding(words: Words<'_>, finding: &Finding<'_>) -> String {
    match finding {
        Finding::UnknownGuild => words.say("config-check-unknown-guild"),
        Finding::ChannelGone(key) => {
            words.with("config-check-channel-gone", &[("key", key.name.into())])
        }
        Finding::RoleGone(key, role) => {
            let args = [
                ("key", key.name.into()),
                ("role", format!("`{role}`").into()),
            ];
            words.with("config-check-role-gone", &args)
        }
        Finding::UserGone(key, user) => {
            let args = [
                ("key", key.name.into()),
                ("user", format!("<@{user}>").into()),
                ("id", user.to_string().into()),
            ];
            words.with("config-check-user-gone", &args)
        }
        Finding::UsersUnasked(count) => {
            words.with("config-check-users-unasked", &[("count", (*count).into())])
        }
        Finding::Closed(key, channel, lacks) => {
            let args = [
                ("key", key.name.into()),
                ("channel", format!("<#{channel}>").into()),
                ("permissions", named(words, *lacks).into()),
            ];
            words.with("config-check-closed", &args)
        }
        Finding::Lacks(judge, lacks) => {
            let lacks = ("permissions", named(words, *lacks).into());
            words.with("config-check-permission", &[room(words, *judge), lacks])
        }
        Finding::HouseLacks(lacks) => {
            let lacks = ("permissions", named(words, *lacks).into());
            words.with("config-check-house", &[lacks])
        }
        Finding::OutOfReach(judges, roles) => {
            let rooms = judges.iter().map(|judge| words.room(Some(*judge)));
            let rooms = rooms.collect::<Vec<_>>().join(", ");
            let roles = ("roles", mentioned(words, roles).into());
            words.with("config-check-order", &[("room", rooms.into()), roles])
        }
        Finding::Everyone(key) => words.with("config-check-everyone", &[("key", key.name.into())]),
        Finding::Doubt(judge, id) => doubt(words, *judge, id),
        Finding::Misfit(bad) => misfit(words, bad),
        Finding::Reserved(name) => words.with("config-check-reserved", &[key(name)]),
        Finding::Older(name, newer) => {
            let newer = ("newer", newer.name.into());
            words.with("config-check-older", &[key(name), newer])
        }
        Finding::Stranger(name) => words.with("config-check-stranger", &[key(name)]),
        Finding::NoTexts(language) => no_texts(words, *language),
    }
}

/// The kinds' own errors are in English and more exact.
fn misfit(words: Words<'_>, bad: &Misfit) -> String {
    let key = words.registry.find(bad.key);
    let problem = match key.filter(|_| words.language() != Language::En) {
        Some(key) => words.kind(&key.kind),
        None => bad.problem.clone(),
    };
    let args = [("key", bad.key.into()), ("problem", problem.into())];
    words.with("config-check-misfit", &args)
}

fn key(name: &str) -> (&'static str, Arg<'static>) {
    ("key", name.replace('`', "ˋ").into())
}

fn room(words: Words<'_>, judge: &dyn Judge) -> (&'static str, Arg<'static>) {
    ("room", words.room(Some(judge)).into())
}

fn no_texts(words: Words<'_>, language: Language) -> String {
    words.with("config-check-language", &[("code", language.code().into())])
}

/// What a room says about its own settings.
fn doubt(words: Words<'_>, judge: &dyn Judge, id: &str) -> String {
    let said = judge
        .texts()
        .map(|texts| texts.say(words.language(), id, &[]));
    let said = said.unwrap_or_else(|| id.to_owned());
    format!("{}: {said}", words.room(Some(judge)))
}

fn named(words: Words<'_>, lacks: Permissions) -> String {
    let single = KNOWN.into_iter().filter(|one| lacks.0 & one.0 != 0);
    let names = single.map(|one| format!("**{}**", permission(words.language(), one)));
    names.collect::<Vec<_>>().join(", ")
}

fn mentioned(words: Words<'_>, roles: &[RoleId]) -> String {
    let first = roles.iter().take(ROLES).map(|role| format!("<@&{role}>"));
    let first = first.collect::<Vec<_>>().join(", ");
    match roles.len().saturating_sub(ROLES) {
        0 => first,
        more => words.and_more(&first, more),
    }
}
