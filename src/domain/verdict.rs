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

/// What is decided about a user, by a rule or a moderator, complete enough to be carried out after a restart.
///
/// Made with [`Decision::new`]; what has a default is written out only where it matters.
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
    /// Who decided; 0 is AIMod itself.
    #[serde(default)]
    pub moderator: UserId,
    /// Whether the user's infractions gain one by it; see [`Decision::is_infraction`].
    #[serde(default = "yes")]
    pub infraction: bool,
    /// The entry of Discord's audit log where somebody has done it in Discord's own menus: it is written down as done,
    /// and only the card is posted.
    #[serde(default)]
    pub by_hand: Option<u64>,
    /// The case whose punishment this takes back; it counts as lifted from the moment this one is opened.
    #[serde(default)]
    pub lifts: Option<CaseNumber>,
    /// What may be pressed under the notice.
    #[serde(default)]
    pub notice_buttons: Vec<Button>,
}

const fn yes() -> bool {
    true
}

impl Decision {
    /// A decision of AIMod itself, without message, notice or card, of which nothing is known that would hinder it. The
    /// room is what stands before the key's first colon.
    #[must_use]
    pub fn new(
        guild: GuildId,
        key: impl Into<String>,
        target: UserId,
        punishment: Punishment,
        decided_at: DateTime<Utc>,
    ) -> Self {
        let key = key.into();
        let room = key.split_once(':').map_or(key.as_str(), |(room, _)| room);
        Self {
            guild,
            room: room.to_owned(),
            key,
            target,
            target_name: String::new(),
            message: None,
            punishment,
            rule: String::new(),
            reasoning: String::new(),
            notice: None,
            card: None,
            standing: Standing::UNHINDERED,
            config_version: ConfigVersion::default(),
            decided_at,
            moderator: UserId(0),
            infraction: true,
            by_hand: None,
            lifts: None,
            notice_buttons: Vec::new(),
        }
    }

    /// Whether it also writes an infraction. Taking a punishment back never does.
    #[must_use]
    pub const fn is_infraction(&self) -> bool {
        self.infraction && !self.punishment.takes_back()
    }
}

/// What happens to a user.
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
    /// May write and speak again, before the timeout's end.
    EndTimeout,
    /// May come back.
    Unban,
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
            Self::EndTimeout => "END_TIMEOUT",
            Self::Unban => "UNBAN",
        }
    }

    /// The permission that Discord asks of the bot.
    #[must_use]
    pub const fn needs(self) -> Permissions {
        match self {
            Self::Delete | Self::Warn => Permissions::NONE,
            Self::Timeout { .. } | Self::EndTimeout => Permissions::MODERATE_MEMBERS,
            Self::Kick => Permissions::KICK_MEMBERS,
            Self::Ban { .. } | Self::Unban => Permissions::BAN_MEMBERS,
        }
    }

    /// Whether it takes an earlier punishment back.
    #[must_use]
    pub const fn takes_back(self) -> bool {
        matches!(self, Self::EndTimeout | Self::Unban)
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
    /// Nothing is known that would hinder: Discord is asked.
    pub const UNHINDERED: Self = Self {
        permissions: u64::MAX,
        above_target: true,
    };

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
        // Whoever is banned has no role to stand above.
        let is_above = self.above_target || punishment == Punishment::Unban;
        (!is_above).then(|| "the member's highest role is not below the bot's".to_owned())
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
    /// What may be pressed under it.
    #[serde(default)]
    pub buttons: Vec<Button>,
    /// What it says where the punishment was not carried out; nothing where it is about none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<Undone>,
}

/// How a card tells that the punishment which it is about was not carried out, or not taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// The heading in the place of the card's own, where that would not be true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The name of a further line, whose value is why.
    pub field: String,
}

impl Card {
    /// What it says where the punishment was not carried out, for this reason.
    #[must_use]
    pub fn undone(self, why: &str) -> Self {
        let Some(undone) = &self.undone else {
            return self;
        };
        let mut fields = self.fields;
        fields.push((undone.field.clone(), why.to_owned()));
        Self {
            title: undone.title.clone().unwrap_or(self.title),
            fields,
            undone: None,
            ..self
        }
    }
}

/// A button under a notice or a card, answered by the room whose prefix its id begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What comes back when it is pressed, at most 100 characters, [`CASE_NUMBER_MARK`] allowed.
    pub id: String,
    /// What stands on it, at most 80 characters, [`CASE_NUMBER_MARK`] allowed.
    pub label: String,
    /// How it looks.
    pub style: ButtonStyle,
}

/// How a button looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonStyle {
    /// Blurple: what is expected to be pressed.
    Primary,
    /// Grey.
    Secondary,
    /// Green.
    Success,
    /// Red: cannot be undone.
    Danger,
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
        let unban = may(Permissions::BAN_MEMBERS, false).obstacle(Punishment::Unban);
        assert_eq!(unban, None, "who is banned has no role");
        let end = may(Permissions::MODERATE_MEMBERS, false).obstacle(Punishment::EndTimeout);
        assert!(end.is_some());
        assert_eq!(Standing::UNHINDERED.obstacle(ban), None);
    }

    #[test]
    fn a_new_decision_is_aimods_own_and_an_infraction_unless_it_takes_back() {
        let at = DateTime::UNIX_EPOCH;
        let new = |punishment| Decision::new(GuildId(1), "room:1:2", UserId(5), punishment, at);
        let warn = new(Punishment::Warn);
        assert_eq!((warn.room.as_str(), warn.moderator), ("room", UserId(0)));
        assert!(warn.is_infraction());
        let noted = Decision {
            infraction: false,
            ..warn
        };
        assert!(!noted.is_infraction());
        for punishment in [Punishment::EndTimeout, Punishment::Unban] {
            assert!(!new(punishment).is_infraction());
        }
    }

    #[test]
    fn a_decision_of_an_older_version_still_reads() {
        let old = r#"{"guild":"1","key":"bot_detect:9","room":"bot_detect","target":"5","target_name":"mallory",
            "message":["2","9"],"punishment":{"kind":"ban","delete_message_secs":3600},"rule":"no scams",
            "reasoning":"a scam","notice":"Case 1.","card":{"channel":"3","title":"Case 1","fields":[["a","b"]]},
            "standing":{"permissions":8,"above_target":true},"config_version":4,
            "decided_at":"2026-11-20T10:00:00Z"}"#;
        let read: Decision = serde_json::from_str(old).expect("what an older version wrote");
        assert!(read.infraction && read.notice_buttons.is_empty());
        assert_eq!((read.by_hand, read.lifts), (None, None));
        assert_eq!(read.moderator, UserId(0));
        assert_eq!(read.card.map(|card| card.buttons), Some(vec![]));
        assert_eq!(read.message, Some((ChannelId(2), MessageId(9))));
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
