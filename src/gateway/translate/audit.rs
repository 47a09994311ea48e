//! Entries of the audit log in our words: what somebody did to a member in Discord's own menus.

use serde::Deserialize;
use serde_json::Value;
use serenity::model::event::GuildAuditLogEntryCreateEvent;
use serenity::model::guild::audit_log::{Action, AuditLogEntry, Change, MemberAction};

use super::{Translated, guild_id, user_id};
use crate::actions::discord::KeptEntry;
use crate::domain::event::{AuditEntry, Deed, Event};
use crate::domain::ids::{AuditEntryId, GuildId, UserId};

/// An entry that serenity has read.
pub(super) fn told(event: GuildAuditLogEntryCreateEvent) -> Translated {
    match entry(event.entry) {
        Some(entry) => Translated::One(guild_id(event.guild_id), Event::AuditEntry(entry)),
        None => Translated::Nothing,
    }
}

/// An entry that serenity cannot read, because Discord has added something to it.
pub(super) fn bare(value: Value) -> Translated {
    #[derive(Deserialize)]
    struct Told {
        guild_id: GuildId,
        #[serde(flatten)]
        entry: KeptEntry,
    }
    let told = Told::deserialize(value).ok();
    let case = told.and_then(|told| Some((told.guild_id, told.entry.into_entry()?)));
    match case {
        Some((guild, entry)) => Translated::One(guild, Event::AuditEntry(entry)),
        None => Translated::Nothing,
    }
}

fn entry(entry: AuditLogEntry) -> Option<AuditEntry> {
    let id = AuditEntryId(entry.id.get());
    let Action::Member(action) = entry.action else {
        return None;
    };
    let deed = match action {
        MemberAction::Kick => Deed::Kicked,
        MemberAction::BanAdd => Deed::Banned,
        MemberAction::BanRemove => Deed::Unbanned,
        MemberAction::Update => timeout(id, &entry.changes.unwrap_or_default())?,
        _ => return None,
    };
    Some(AuditEntry {
        id,
        actor: user_id(entry.user_id),
        target: UserId(entry.target_id?.get()),
        deed,
        reason: entry.reason.filter(|reason| !reason.trim().is_empty()),
    })
}

fn timeout(id: AuditEntryId, changes: &[Change]) -> Option<Deed> {
    changes.iter().find_map(|change| match change {
        Change::CommunicationDisabledUntil { old, new } => {
            let end = |end: &Option<serenity::model::Timestamp>| end.map(|end| end.to_utc());
            Deed::of_timeout(end(old), end(new), id.created_at())
        }
        _ => None,
    })
}
