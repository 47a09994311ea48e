//! What a room brings to judge by: keys, and a rule made from the configuration.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::config::key::KeySpec;
use super::config::snapshot::Values;
use super::language::Texts;
use super::view::GuildView;
use crate::domain::event::Event;
use crate::domain::ids::ConfigVersion;
use crate::domain::permissions::Permissions;
use crate::domain::verdict::{Button, Decision};

/// A room as the guild floor knows it, without its name in the code: what has keys, whether it judges or not.
pub trait Judge: Send + Sync {
    /// The room's name: the metric label and the start of its decisions' keys.
    fn room(&self) -> &'static str;

    /// The configuration keys that the room declares.
    fn keys(&self) -> &'static [&'static KeySpec];

    /// Makes the room's rule from a guild's values. Called once per configuration version, so it may be costly. A room
    /// that has keys but judges nothing leaves it out.
    fn compile(&self, _values: &Values) -> Arc<dyn Rule> {
        Arc::new(Silence)
    }

    /// The room's texts: its title as `<room>-room`, the meaning of its keys in other languages as `<room>-key-<KEY>`
    /// and what its checks ask as `<room>-check-<KEY>`.
    fn texts(&self) -> Option<&'static Texts> {
        None
    }

    /// What the room hangs under the notice of a decision, whichever room made it.
    fn notice_buttons(&self, _decision: &Decision, _values: &Values) -> Vec<Button> {
        Vec::new()
    }

    /// What the bot must be allowed in the guild for what is switched on.
    fn needs(&self, _values: &Values) -> Permissions {
        Permissions::NONE
    }

    /// What the bot must be allowed in the guild to take punishments back, for which no order of roles is asked.
    fn lifts(&self, _values: &Values) -> Permissions {
        Permissions::NONE
    }

    /// Settings that do not go together, by the ids of the texts that say so.
    fn doubts(&self, _values: &Values) -> Vec<&'static str> {
        Vec::new()
    }
}

/// The rule of a room that judges nothing.
struct Silence;

impl Rule for Silence {
    fn judge(&self, _matter: &Matter<'_>) -> Option<Decision> {
        None
    }
}

/// A compiled rule. Pure in what it is given: the same guild, configuration, event and time give the same decision.
pub trait Rule: Send + Sync {
    /// What the event calls for, if anything.
    fn judge(&self, case: &Matter<'_>) -> Option<Decision>;
}

/// What a rule may look at.
#[derive(Clone, Copy)]
pub struct Matter<'a> {
    /// The guild as it is.
    pub guild: &'a GuildView,
    /// The configured values, for keys that the rule has not compiled in.
    pub values: &'a Values,
    /// Their version.
    pub version: ConfigVersion,
    /// What happened.
    pub event: &'a Event,
    /// The time of the judgement.
    pub now: DateTime<Utc>,
}
