//! What a rule decides: a punishment with its reasons, as plain data that can be journaled.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{CaseNumber, ChannelId, ConfigVersion, GuildId, MessageId, UserId};
use super::permissions::Permissions;

/// Stands in the texts of a decision where the case number goes, which is only known once the case is opened.
/// Made of private-use characters, so that no ordinary text holds it.
pub const CASE_NUMBER_MARK: &str = "\u{e0c4}\u{e0c5}";

/// Puts a case number where the mark stands.
#[must_use]
pub fn with_case_number(text: &str, case: CaseNumber) -> String {
    text.replace(CASE_NUMBER_MARK, &case.to_string())
}

/// A rule's verdict on an event, complete enough to be carried out after a restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The guild it concerns.
    pub guild: GuildId,
    /// Names the judged thing once and for all, such as `bot_detect:1234`: the same key is never carried out twice.
    pub key: String,
    /// The room whose rule decided: a metric label.
    pub room: String,
    /// Who is punished.
    pub target: UserId,
    /// Their user name, for cards.
    pub target_name: String,
    /// The message that is deleted first.
    pub message: Option<(ChannelId, MessageId)>,
    /// What happens to the member.
    pub punishment: Punishment,
    /// The rule that was broken, for `user_infractions.rule_violated`.
    pub rule: String,
    /// Why, for the case, the infraction and Discord's audit log. Never the member's own text.
    pub reasoning: String,
    /// What the member reads; sent before a kick or ban, since afterwards it would not arrive.
    pub notice: Option<String>,
    /// What the staff reads in the log channel. Without a log channel nothing is posted.
    pub card: Option<Card>,
    /// What the bot may do to the target, so that hopeless calls are not made.
    pub standing: Standing,
    /// The configuration that judged.
    pub config_version: ConfigVersion,
    /// When it was decided; a timeout counts from here, so that carrying it out late or twice does not lengthen it.
    pub decided_at: DateTime<Utc>,
}

/// What happens to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Punishment {
    /// Only the message goes.
    Delete,
    /// A notice and a case.
    Warn,
    /// May not write or speak for a while.
    Timeout {
        /// For how long.
        duration: Duration,
    },
    /// Removed, may come back.
    Kick,
    /// Removed and kept out.
    Ban {
        /// How many seconds of the member's messages are deleted, at most seven days.
        delete_message_secs: u32,
    },
}

impl Punishment {
    /// The word in `action_taken` and `action_type`, and the metric label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Delete => "DELETE",
            Self::Warn => "WARN",
            Self::Timeout { .. } => "TIMEOUT",
            Self::Kick => "KICK",
            Self::Ban { .. } => "BAN",
        }
    }

    /// The permission that Discord asks of the bot.
    #[must_use]
    pub const fn needs(self) -> Permissions {
        match self {
            Self::Delete | Self::Warn => Permissions::NONE,
            Self::Timeout { .. } => Permissions::MODERATE_MEMBERS,
            Self::Kick => Permissions::KICK_MEMBERS,
            Self::Ban { .. } => Permissions::BAN_MEMBERS,
        }
    }

    /// How long it lasts, where it ends by itself.
    #[must_use]
    pub const fn duration(self) -> Option<Duration> {
        match self {
            Self::Timeout { duration } => Some(duration),
            _ => None,
        }
    }
}

/// What the bot may do to a decision's target, known from memory when the decision is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The bot's permission bits in the guild.
    pub permissions: u64,
    /// Whether the bot's highest role is above the target's.
    pub above_target: bool,
}

impl Standing {
    /// Why the punishment would be refused, or `None` where it may be tried.
    #[must_use]
    pub fn obstacle(self, punishment: Punishment) -> Option<String> {
        let needed = punishment.needs();
        if needed == Permissions::NONE {
            return None;
        }
        if !Permissions(self.permissions).allow(needed) {
            return Some(format!("the bot lacks the permission {needed}"));
        }
        (!self.above_target).then(|| "the member's highest role is not below the bot's".to_owned())
    }
}

/// A message card for the staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Where it is posted.
    pub channel: ChannelId,
    /// Its heading, at most 256 characters.
    pub title: String,
    /// Its lines: name and value, at most 25.
    pub fields: Vec<(String, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_case_number_takes_the_place_of_its_mark() {
        let text = format!("This is case {CASE_NUMBER_MARK}.");
        assert_eq!(with_case_number(&text, CaseNumber(12)), "This is case 12.");
    }

    #[test]
    fn a_hopeless_call_is_known_before_it_is_made() {
        let ban = Punishment::Ban {
            delete_message_secs: 0,
        };
        let may = |permissions: Permissions, above_target| Standing {
            permissions: permissions.0,
            above_target,
        };
        assert_eq!(may(Permissions::BAN_MEMBERS, true).obstacle(ban), None);
        assert_eq!(
            may(Permissions::KICK_MEMBERS, true)
                .obstacle(ban)
                .as_deref(),
            Some("the bot lacks the permission Ban Members")
        );
        assert_eq!(
            may(Permissions::ADMINISTRATOR, false)
                .obstacle(ban)
                .as_deref(),
            Some("the member's highest role is not below the bot's")
        );
        assert_eq!(
            may(Permissions::NONE, false).obstacle(Punishment::Warn),
            None
        );
    }

    #[test]
    fn a_punishment_survives_the_journal() {
        let timeout = Punishment::Timeout {
            duration: Duration::from_secs(3_600),
        };
        let text = serde_json::to_string(&timeout).expect("plain data");
        assert_eq!(
            serde_json::from_str::<Punishment>(&text).expect("what was written"),
            timeout
        );
    }
}
