//! What moderators and other bots do in Discord's own menus becomes a case: once, however often the audit log tells it.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use super::card::{CardFacts, card};
use super::replies::TEXTS;
use crate::domain::event::{AuditEntry, Deed, Event};
use crate::domain::permissions::Permissions;
use crate::domain::verdict::{Decision, Punishment};
use crate::guild::config::key::KeySpec;
use crate::guild::config::snapshot::Values;
use crate::guild::keys::MODERATION_LOG_CHANNEL_ID;
use crate::guild::language::{Language, Texts};
use crate::guild::rule::{Judge, Matter, Rule};

/// The room as the guild floor knows it.
pub(in crate::features) struct ByHand;

impl Judge for ByHand {
    fn room(&self) -> &'static str {
        "cases"
    }

    fn keys(&self) -> &'static [&'static KeySpec] {
        &[]
    }

    fn compile(&self, _values: &Values) -> Arc<dyn Rule> {
        Arc::new(Note)
    }

    fn texts(&self) -> Option<&'static Texts> {
        Some(&TEXTS)
    }

    fn needs(&self, _values: &Values) -> Permissions {
        Permissions::VIEW_AUDIT_LOG
    }
}

struct Note;

impl Rule for Note {
    fn judge(&self, matter: &Matter<'_>) -> Option<Decision> {
        match matter.event {
            // What AIMod does itself has a case already.
            Event::AuditEntry(entry) if entry.actor != matter.guild.bot => {
                Some(decide(matter, entry))
            }
            _ => None,
        }
    }
}

fn decide(matter: &Matter<'_>, entry: &AuditEntry) -> Decision {
    let at = entry.id.created_at();
    let punishment = match entry.deed {
        Deed::Banned => Punishment::Ban {
            delete_message_secs: 0,
        },
        Deed::Unbanned => Punishment::Unban,
        Deed::Kicked => Punishment::Kick,
        Deed::TimedOut { until } => Punishment::Timeout {
            duration: in_whole_seconds(until - at),
        },
        Deed::TimeoutEnded => Punishment::EndTimeout,
    };
    let facts = CardFacts {
        moderator: entry.actor,
        reason: entry.reason.as_deref(),
        ..CardFacts::new(entry.target, "", punishment)
    };
    let language = Language::of(matter.values);
    let log = matter.values.channel(&MODERATION_LOG_CHANNEL_ID);
    let key = format!("audit:{}", entry.id);
    Decision {
        room: "cases".to_owned(),
        moderator: entry.actor,
        infraction: false,
        by_hand: Some(entry.id.0),
        reasoning: entry.reason.clone().unwrap_or_default(),
        card: log.map(|channel| card(language, channel, &facts)),
        config_version: matter.version,
        ..Decision::new(matter.guild.id, key, entry.target, punishment, at)
    }
}

/// A length to the nearest second: people choose whole minutes, and between the choice and the entry lies a moment.
fn in_whole_seconds(length: TimeDelta) -> Duration {
    let seconds = length.num_milliseconds().saturating_add(500) / 1_000;
    Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
}
