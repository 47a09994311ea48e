//! What Discord knows about a member and about the bot's own application, as far as the house asks.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::domain::ids::{RoleId, UserId};

/// The most members of one answer.
pub const MEMBERS_PAGE: usize = 1_000;

/// A member as Discord describes it at this moment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct MemberState {
    /// The user name.
    #[serde(rename = "user", deserialize_with = "name_of", default)]
    pub name: String,
    /// The roles, without `@everyone`.
    pub roles: Vec<RoleId>,
    /// Until when the member is timed out; may lie in the past.
    #[serde(rename = "communication_disabled_until", default)]
    pub timeout_until: Option<DateTime<Utc>>,
    /// When the member joined, the last time.
    #[serde(default)]
    pub joined_at: Option<DateTime<Utc>>,
}

fn name_of<'de, D: serde::Deserializer<'de>>(user: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    struct User {
        #[serde(default)]
        username: String,
    }
    User::deserialize(user).map(|user| user.username)
}

/// A member of a list, which names the user.
#[derive(Deserialize)]
pub(super) struct Listed {
    user: ListedUser,
    #[serde(default)]
    roles: Vec<RoleId>,
    #[serde(rename = "communication_disabled_until", default)]
    timeout_until: Option<DateTime<Utc>>,
    #[serde(default)]
    joined_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct ListedUser {
    id: UserId,
    #[serde(default)]
    username: String,
}

impl Listed {
    pub(super) fn into_member(self) -> (UserId, MemberState) {
        let state = MemberState {
            name: self.user.username,
            roles: self.roles,
            timeout_until: self.timeout_until,
            joined_at: self.joined_at,
        };
        (self.user.id, state)
    }
}

/// The bot's application, whose flags tell which privileged intents it was granted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Application {
    /// Its name in the developer portal.
    pub name: String,
    #[serde(default)]
    flags: u64,
}

impl Application {
    /// Whether the Server Members Intent is switched on. Bits 14 (granted) and 15 (small bots) of the flags.
    #[must_use]
    pub const fn sees_members(&self) -> bool {
        self.flags & (0b11 << 14) != 0
    }

    /// Whether the Message Content Intent is switched on. Bits 18 (granted) and 19 (small bots) of the flags.
    #[must_use]
    pub const fn sees_contents(&self) -> bool {
        self.flags & (0b11 << 18) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_tell_the_intents() {
        let read = |text| serde_json::from_str::<Application>(text).expect("an application");
        let small = read(r#"{"id":"1","name":"AIMod","flags":557056}"#);
        assert!(small.sees_members() && small.sees_contents());
        let bare = read(r#"{"id":"1","name":"AIMod"}"#);
        assert!(!bare.sees_members() && !bare.sees_contents());
    }

    #[test]
    fn a_member_without_a_timeout_has_none() {
        let read = |text| serde_json::from_str::<MemberState>(text).expect("a member");
        assert_eq!(read(r#"{"roles":[]}"#).timeout_until, None);
        let named = read(r#"{"roles":[],"user":{"id":"5","username":"mallory"}}"#);
        assert_eq!(named.name, "mallory");
        let timed = read(
            r#"{"roles":["7"],"communication_disabled_until":"2026-08-01T12:00:00.123000+00:00"}"#,
        );
        assert_eq!(timed.roles, [RoleId(7)]);
        let until = timed.timeout_until.expect("a timeout");
        assert_eq!(until.timestamp_millis(), 1_785_585_600_123);
    }
}
