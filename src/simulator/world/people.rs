//! Users and members.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::ids::{GuildId, RoleId, UserId};

/// An account: a person or a bot, the same in every guild.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct User {
    /// The account's id, which tells its age.
    pub id: UserId,
    /// The unique name.
    pub name: String,
    /// The name that is shown.
    pub display_name: Option<String>,
    /// Whether this is a bot.
    pub bot: bool,
    /// Whether the account takes direct messages from people it shares a guild with.
    pub dms_open: bool,
}

/// A user inside one guild.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Member {
    /// Who this is.
    pub user: UserId,
    /// The name in this guild.
    pub nick: Option<String>,
    /// The roles besides `@everyone`.
    pub roles: Vec<RoleId>,
    /// When the user joined.
    pub joined_at: DateTime<Utc>,
    /// Until when the member may not speak; a moment in the past is no timeout.
    pub timeout_until: Option<DateTime<Utc>>,
    /// Whether the member came by an invite that lasts only until the next going offline.
    #[serde(default)]
    pub temporary: bool,
}

impl Member {
    pub(crate) fn new(user: UserId, joined_at: DateTime<Utc>) -> Self {
        Self {
            user,
            nick: None,
            roles: Vec::new(),
            joined_at,
            timeout_until: None,
            temporary: false,
        }
    }

    /// Whether the member may not speak at `now`.
    #[must_use]
    pub fn is_timed_out(&self, now: DateTime<Utc>) -> bool {
        self.timeout_until.is_some_and(|until| until > now)
    }
}

/// Who did something to a guild, and why: the actor's permissions are checked and the audit log keeps the reason.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    pub(crate) actor: UserId,
    pub(crate) guild: GuildId,
    pub(crate) reason: Option<String>,
}
