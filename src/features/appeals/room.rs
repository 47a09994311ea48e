//! The room as the guild floor knows it: its keys, and the button that it hangs under the notices of other rooms.

use super::config::{self, KEYS, Settings};
use super::filing::OPEN;
use super::replies::{TEXTS, member};
use crate::commands::components::custom_id;
use crate::domain::permissions::Permissions;
use crate::domain::verdict::{Button, CASE_NUMBER_MARK, Decision, Punishment};
use crate::guild::config::key::KeySpec;
use crate::guild::config::snapshot::Values;
use crate::guild::language::{Language, Texts};
use crate::guild::rule::Judge;

/// Judges nothing; see [`Judge::notice_buttons`].
pub struct Appeals;

impl Judge for Appeals {
    fn room(&self) -> &'static str {
        "appeals"
    }

    fn keys(&self) -> &'static [&'static KeySpec] {
        &KEYS
    }

    fn texts(&self) -> Option<&'static Texts> {
        Some(&TEXTS)
    }

    fn doubts(&self, values: &Values) -> Vec<&'static str> {
        let wrong = config::contradict(values);
        wrong
            .then_some("appeals-doubt-lengths")
            .into_iter()
            .collect()
    }

    /// An approved appeal lifts the punishment.
    fn lifts(&self, values: &Values) -> Permissions {
        if Settings::of(values).enabled {
            Permissions::BAN_MEMBERS | Permissions::MODERATE_MEMBERS
        } else {
            Permissions::NONE
        }
    }

    fn notice_buttons(&self, decision: &Decision, values: &Values) -> Vec<Button> {
        let punishes = match decision.punishment {
            Punishment::Warn
            | Punishment::Timeout { .. }
            | Punishment::Kick
            | Punishment::Ban { .. } => true,
            Punishment::Delete | Punishment::EndTimeout | Punishment::Unban => false,
        };
        // A ban of the operators is no infraction here, and not for this server's staff to lift.
        if !punishes || !decision.is_infraction() || !Settings::of(values).enabled {
            return Vec::new();
        }
        let id = custom_id(OPEN, &[&decision.guild, &CASE_NUMBER_MARK]);
        let speech = TEXTS.speech(Language::of(values));
        vec![member::button(speech, id)]
    }
}
