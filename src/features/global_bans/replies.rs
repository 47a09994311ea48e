//! What operators, servers and banned users read about global bans.

use std::sync::LazyLock;

use super::list::{Entry, Progress};
use super::table::GlobalBan;
use crate::domain::event::Author;
use crate::domain::ids::{ChannelId, UserId};
use crate::domain::verdict::{CASE_NUMBER_MARK, Card, Undone};
use crate::guild::language::{Language, Speech, Texts};

/// What of a reason stands in a line of the list, characters.
const MOST_IN_LINE: usize = 80;

/// The texts of the room.
pub(in crate::features) static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::new(
        "global_bans",
        &[
            (Language::En, include_str!("texts/en.ftl")),
            (Language::De, include_str!("texts/de.ftl")),
        ],
    )
});

/// What the user reads before the ban.
pub(super) fn notice(speech: Speech, guild: &str, entry: &Entry) -> String {
    let args = [
        ("guild", guild.into()),
        ("reason", entry.reason.to_string().into()),
    ];
    speech.with("global_bans-notice", &args)
}

/// What the staff of a server reads.
pub(super) fn card(speech: Speech, channel: ChannelId, author: &Author, entry: &Entry) -> Card {
    let case = [("number", CASE_NUMBER_MARK.into())];
    let id = author.id;
    Card {
        channel,
        title: speech.with("global_bans-card-title", &case),
        fields: vec![
            (
                speech.say("global_bans-card-user"),
                format!("<@{id}> ({}, `{id}`)", author.name),
            ),
            (
                speech.say("global_bans-card-reason"),
                entry.reason.to_string(),
            ),
            (
                speech.say("global_bans-card-why"),
                speech.say("global_bans-card-opt-out"),
            ),
        ],
        buttons: Vec::new(),
        undone: Some(Undone {
            title: None,
            field: speech.say("global_bans-card-undone"),
        }),
    }
}

/// A user is on the list from now on; with the progress of the search.
pub(super) fn added(speech: Speech, user: UserId, progress: Option<Progress>) -> String {
    let text = speech.with("global_bans-added", &[mention(user)]);
    let Some(Progress { done, failed, due }) = progress else {
        return text;
    };
    let args = [("done", done.into()), ("due", due.into())];
    let id = if done < due {
        "global_bans-searching"
    } else {
        "global_bans-searched"
    };
    let mut lines = vec![text, speech.with(id, &args)];
    if failed > 0 {
        lines.push(speech.with("global_bans-unsearched", &[("failed", failed.into())]));
    }
    lines.join("\n")
}

/// A user was on the list already.
pub(super) fn already(speech: Speech, user: UserId, there: &GlobalBan) -> String {
    let args = [mention(user), ("reason", there.reason.as_str().into())];
    speech.with("global_bans-already", &args)
}

/// A reason is missing or too long.
pub(super) fn reason_length(speech: Speech, most: usize) -> String {
    speech.with("global_bans-reason-length", &[("most", most.into())])
}

/// A user is on the list no longer.
pub(super) fn removed(speech: Speech, user: UserId) -> String {
    speech.with("global_bans-removed", &[mention(user)])
}

/// A user is not on the list.
pub(super) fn not_banned(speech: Speech, user: UserId) -> String {
    speech.with("global_bans-not-banned", &[mention(user)])
}

/// A user's entry, and in how many servers it was enforced and could not be.
pub(super) fn banned(
    speech: Speech,
    user: UserId,
    there: &GlobalBan,
    (done, failed): (i64, i64),
) -> String {
    let lines = [
        speech.with("global_bans-banned", &[mention(user), when(there)]),
        speech.with("global_bans-by", &[("who", by(speech, there).into())]),
        speech.with(
            "global_bans-reason",
            &[("reason", there.reason.as_str().into())],
        ),
        speech.with(
            "global_bans-enforced",
            &[("done", done.into()), ("failed", failed.into())],
        ),
    ];
    lines.join("\n")
}

/// A page of the list.
pub(super) fn list(speech: Speech, rows: &[GlobalBan], page: i64, more: bool) -> String {
    if rows.is_empty() {
        let id = if page == 1 {
            "global_bans-nobody"
        } else {
            "global_bans-no-such-page"
        };
        return speech.with(id, &[("page", page.into())]);
    }
    let mut text = speech.with("global_bans-title", &[("page", page.into())]);
    for row in rows {
        let user = UserId::from_i64(row.user_id);
        let words: Vec<&str> = row.reason.split_whitespace().collect();
        let reason: String = words.join(" ").chars().take(MOST_IN_LINE).collect();
        let args = [mention(user), when(row), ("reason", reason.into())];
        text.push_str(&format!("\n- {}", speech.with("global_bans-line", &args)));
    }
    if more {
        let next = [("page", (page + 1).into())];
        text.push_str(&format!("\n{}", speech.with("global_bans-more", &next)));
    }
    text
}

type Argument = (&'static str, crate::guild::language::Arg<'static>);

fn mention(user: UserId) -> Argument {
    ("user", format!("<@{user}> (`{user}`)").into())
}

fn when(row: &GlobalBan) -> Argument {
    (
        "when",
        format!("<t:{}:f>", row.created_at.timestamp()).into(),
    )
}

fn by(speech: Speech, row: &GlobalBan) -> String {
    match row.banned_by {
        0 => speech.say("global_bans-imported"),
        operator => format!("<@{operator}>"),
    }
}
