//! What is wrong with a configuration in the guild as it is. Pure: values in, findings out.

use super::members::Members;
use crate::domain::ids::{ChannelId, RoleId, UserId};
use crate::domain::permissions::Permissions;
use crate::guild::config::key::KeySpec;
use crate::guild::config::registry::Registry;
use crate::guild::config::snapshot::{Misfit, Snapshot};
use crate::guild::config::value::{Kind, Value};
use crate::guild::keys::MODERATOR_ROLE_ID;
use crate::guild::language::Language;
use crate::guild::rule::Judge;
use crate::guild::view::GuildView;

/// What a channel asks for, so that cases can be announced in it.
pub(super) const TO_WRITE: Permissions = Permissions(
    Permissions::VIEW_CHANNEL.0 | Permissions::SEND_MESSAGES.0 | Permissions::EMBED_LINKS.0,
);

/// What is done to members, and only below the bot's highest role.
const ON_MEMBERS: [Permissions; 3] = [
    Permissions::MODERATE_MEMBERS,
    Permissions::KICK_MEMBERS,
    Permissions::BAN_MEMBERS,
];

/// Roles with one of these are not punished for what they write.
const OF_STAFF: [Permissions; 5] = [
    Permissions::ADMINISTRATOR,
    Permissions::MANAGE_GUILD,
    Permissions::MANAGE_MESSAGES,
    Permissions::KICK_MEMBERS,
    Permissions::BAN_MEMBERS,
];

/// What a check looks at.
pub(super) struct Facts<'a> {
    pub(super) registry: &'a Registry,
    pub(super) snapshot: &'a Snapshot,
    pub(super) view: &'a GuildView,
    /// What the bot may do in a channel, overwrites included; nothing is known of some.
    pub(super) allowed_in: &'a dyn Fn(ChannelId) -> Option<Permissions>,
    /// Whether the members that settings name are still here.
    pub(super) members: &'a Members,
}

/// One thing that is wrong, or will be.
pub(super) enum Finding<'a> {
    /// Discord has not described the guild: half of the check is left out.
    UnknownGuild,
    /// A channel is gone.
    ChannelGone(&'static KeySpec),
    /// A role is gone.
    RoleGone(&'static KeySpec, RoleId),
    /// A member is gone.
    UserGone(&'static KeySpec, UserId),
    /// So many members could not be asked for.
    UsersUnasked(usize),
    /// A channel in which the bot cannot write, and what it lacks there.
    Closed(&'static KeySpec, ChannelId, Permissions),
    /// What a room needs in the guild and the bot lacks.
    Lacks(&'a dyn Judge, Permissions),
    /// Roles on whose members a room could not act.
    OutOfReach(&'a dyn Judge, Vec<RoleId>),
    /// Settings of a room that do not go together, by the id of the text that says so.
    Doubt(&'a dyn Judge, &'static str),
    /// A stored value that is not applied.
    Misfit(&'a Misfit),
    /// A stored name that is not in use yet.
    Reserved(&'a str),
    /// A stored name that nobody knows.
    Stranger(&'a str),
    /// A language without texts.
    NoTexts(Language),
}

/// Everything that is wrong, the worst first.
pub(super) fn check<'a>(facts: &Facts<'a>) -> Vec<Finding<'a>> {
    let mut found: Vec<Finding<'a>> = facts
        .snapshot
        .misfits()
        .iter()
        .map(Finding::Misfit)
        .collect();
    if facts.view.is_known() {
        for key in facts.registry.keys() {
            targets(facts, key, &mut found);
        }
        for judge in facts.registry.judges() {
            powers(facts, &**judge, &mut found);
        }
        if facts.members.unasked > 0 {
            found.push(Finding::UsersUnasked(facts.members.unasked));
        }
    } else {
        found.push(Finding::UnknownGuild);
    }
    for judge in facts.registry.judges() {
        let doubts = judge.doubts(facts.snapshot.values());
        found.extend(doubts.into_iter().map(|id| Finding::Doubt(&**judge, id)));
    }
    let language = Language::of(facts.snapshot.values());
    if !Language::COMPLETE.contains(&language) {
        found.push(Finding::NoTexts(language));
    }
    found.extend(facts.snapshot.unread().keys().map(
        |name| match facts.registry.find_reserved(name) {
            Some(_) => Finding::Reserved(name),
            None => Finding::Stranger(name),
        },
    ));
    found
}

/// Channels and roles that a key names.
fn targets(facts: &Facts<'_>, key: &'static KeySpec, found: &mut Vec<Finding<'_>>) {
    match (key.kind, facts.snapshot.values().find(key)) {
        (Kind::Channel, Some(Value::Id(id))) => {
            let channel = ChannelId(*id);
            if facts.view.find_channel(channel).is_none() {
                found.push(Finding::ChannelGone(key));
                return;
            }
            let lacks = missing(allowed_in(facts, channel), TO_WRITE);
            if lacks != Permissions::NONE {
                found.push(Finding::Closed(key, channel, lacks));
            }
        }
        (Kind::Role, Some(Value::Id(id))) => gone(facts, key, &[*id], found),
        (Kind::Roles, Some(Value::Ids(ids))) => gone(facts, key, ids, found),
        (Kind::Users, Some(Value::Ids(ids))) => {
            let users = ids.iter().map(|id| UserId(*id));
            let gone = users.filter(|user| facts.members.gone.contains(user));
            found.extend(gone.map(|user| Finding::UserGone(key, user)));
        }
        _ => {}
    }
}

fn gone(facts: &Facts<'_>, key: &'static KeySpec, ids: &[u64], found: &mut Vec<Finding<'_>>) {
    let roles = ids.iter().map(|id| RoleId(*id));
    let gone = roles.filter(|role| facts.view.find_role(*role).is_none());
    found.extend(gone.map(|role| Finding::RoleGone(key, role)));
}

fn of_bot(view: &GuildView) -> Permissions {
    view.permissions_of(view.bot, view.bot_roles())
}

fn allowed_in(facts: &Facts<'_>, channel: ChannelId) -> Permissions {
    (facts.allowed_in)(channel).unwrap_or_else(|| of_bot(facts.view))
}

/// What of the wanted is not there.
fn missing(has: Permissions, wanted: Permissions) -> Permissions {
    if has.allow(wanted) {
        return Permissions::NONE;
    }
    Permissions(wanted.0 & !has.0)
}

/// What a room needs for what is switched on, and on whom it can act.
fn powers<'a>(facts: &Facts<'a>, judge: &'a dyn Judge, found: &mut Vec<Finding<'a>>) {
    let needs = judge.needs(facts.snapshot.values());
    let lacks = missing(of_bot(facts.view), needs);
    if lacks != Permissions::NONE {
        found.push(Finding::Lacks(judge, lacks));
    }
    if ON_MEMBERS.iter().any(|one| needs.0 & one.0 != 0) {
        let roles = out_of_reach(facts);
        if !roles.is_empty() {
            found.push(Finding::OutOfReach(judge, roles));
        }
    }
}

/// Roles of ordinary members that are not below the bot's highest.
fn out_of_reach(facts: &Facts<'_>) -> Vec<RoleId> {
    let view = facts.view;
    let moderators = facts.snapshot.values().role(&MODERATOR_ROLE_ID);
    let top = view.top_position(view.bot_roles());
    let roles = view.list_roles().into_iter();
    roles
        .filter(|role| role.position >= top && role.position > 0)
        .filter(|role| !view.bot_roles().contains(&role.id) && Some(role.id) != moderators)
        .filter(|role| !OF_STAFF.iter().any(|one| role.permissions.0 & one.0 != 0))
        .map(|role| role.id)
        .collect()
}
