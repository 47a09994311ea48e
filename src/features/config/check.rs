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

/// The same in a thread.
const TO_WRITE_IN_THREAD: Permissions = Permissions(
    TO_WRITE.0 & !Permissions::SEND_MESSAGES.0 | Permissions::SEND_MESSAGES_IN_THREADS.0,
);

/// What the house itself needs, whatever is switched on: text commands are answered by replies, and some answers bring
/// files.
const OF_HOUSE: Permissions =
    Permissions(Permissions::ATTACH_FILES.0 | Permissions::READ_MESSAGE_HISTORY.0);

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
    /// What the bot may do in a channel, overwrites included, and whether that is a thread; nothing is known of some.
    pub(super) allowed_in: &'a dyn Fn(ChannelId) -> Option<(Permissions, bool)>,
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
    /// What the house itself needs in the guild and the bot lacks.
    HouseLacks(Permissions),
    /// Roles on whose members these rooms could not act.
    OutOfReach(Vec<&'a dyn Judge>, Vec<RoleId>),
    /// A key names the role that all members have.
    Everyone(&'static KeySpec),
    /// Settings of a room that do not go together, by the id of the text that says so.
    Doubt(&'a dyn Judge, &'static str),
    /// A stored value that is not applied.
    Misfit(&'a Misfit),
    /// A stored name that is not in use yet.
    Reserved(&'a str),
    /// A stored name under which nobody reads: an older one of a key.
    Older(&'a str, &'static KeySpec),
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
        let lacks = missing(of_bot(facts.view), OF_HOUSE);
        if lacks != Permissions::NONE {
            found.push(Finding::HouseLacks(lacks));
        }
        for judge in facts.registry.judges() {
            powers(facts, &**judge, &mut found);
        }
        reach(facts, &mut found);
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
    let unread = facts.snapshot.unread().keys();
    found.extend(unread.map(|name| unread_name(facts.registry, name)));
    found
}

fn unread_name<'a>(registry: &Registry, name: &'a str) -> Finding<'a> {
    match (registry.find_reserved(name), registry.find(name)) {
        (Some(_), _) => Finding::Reserved(name),
        (None, Some(key)) => Finding::Older(name, key),
        (None, None) => Finding::Stranger(name),
    }
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
            let (has, is_thread) = allowed_in(facts, channel);
            let wanted = if is_thread {
                TO_WRITE_IN_THREAD
            } else {
                TO_WRITE
            };
            let lacks = missing(has, wanted);
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
    if ids.contains(&facts.view.id.everyone_role().0) {
        found.push(Finding::Everyone(key));
    }
    let roles = ids.iter().map(|id| RoleId(*id));
    let gone = roles.filter(|role| facts.view.find_role(*role).is_none());
    found.extend(gone.map(|role| Finding::RoleGone(key, role)));
}

fn of_bot(view: &GuildView) -> Permissions {
    view.permissions_of(view.bot, view.bot_roles())
}

fn allowed_in(facts: &Facts<'_>, channel: ChannelId) -> (Permissions, bool) {
    (facts.allowed_in)(channel).unwrap_or_else(|| (of_bot(facts.view), false))
}

/// What of the wanted is not there.
fn missing(has: Permissions, wanted: Permissions) -> Permissions {
    if has.allow(wanted) {
        return Permissions::NONE;
    }
    Permissions(wanted.0 & !has.0)
}

/// What a room needs for what is switched on.
fn powers<'a>(facts: &Facts<'a>, judge: &'a dyn Judge, found: &mut Vec<Finding<'a>>) {
    let values = facts.snapshot.values();
    let needs = judge.needs(values) | judge.lifts(values);
    let lacks = missing(of_bot(facts.view), needs);
    if lacks != Permissions::NONE {
        found.push(Finding::Lacks(judge, lacks));
    }
}

/// On whom the rooms that punish can act. Said once for all of them.
fn reach<'a>(facts: &Facts<'a>, found: &mut Vec<Finding<'a>>) {
    let punishes = |judge: &&dyn Judge| {
        let needs = judge.needs(facts.snapshot.values());
        ON_MEMBERS.iter().any(|one| needs.0 & one.0 != 0)
    };
    let judges = facts.registry.judges().iter().map(|judge| &**judge);
    let judges: Vec<&dyn Judge> = judges.filter(punishes).collect();
    if judges.is_empty() {
        return;
    }
    let roles = out_of_reach(facts);
    if !roles.is_empty() {
        found.push(Finding::OutOfReach(judges, roles));
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
