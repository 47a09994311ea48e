//! AutoMod rules as a member with Manage Server keeps them.

use serde::Deserialize;
use serde_json::Value;

use super::SimMember;
use crate::domain::ids::{ChannelId, RoleId, UserId};
use crate::simulator::control::error::ControlError;
use crate::simulator::world::automod::{Action, AutoRule, Metadata};

/// A rule as Discord takes it, without what it says by itself.
#[derive(Debug, Deserialize)]
struct NewRule {
    name: String,
    #[serde(default = "on_messages")]
    event_type: u8,
    trigger_type: u8,
    #[serde(default)]
    trigger_metadata: Metadata,
    actions: Vec<Action>,
    #[serde(default = "from_now_on")]
    enabled: bool,
    #[serde(default)]
    exempt_roles: Vec<RoleId>,
    #[serde(default)]
    exempt_channels: Vec<ChannelId>,
}

/// Discord's number of rules about messages.
const fn on_messages() -> u8 {
    1
}

const fn from_now_on() -> bool {
    true
}

impl NewRule {
    fn of(self, creator: UserId) -> AutoRule {
        AutoRule {
            id: 0,
            creator,
            name: self.name,
            event: self.event_type,
            trigger: self.trigger_type,
            metadata: self.trigger_metadata,
            actions: self.actions,
            enabled: self.enabled,
            exempt_roles: self.exempt_roles,
            exempt_channels: self.exempt_channels,
        }
    }
}

impl SimMember {
    /// Keeps an AutoMod rule in Discord's form, with Manage Server, and answers its id. Without more it is about
    /// messages and enabled.
    ///
    /// # Errors
    ///
    /// [`ControlError::Request`] when it is no rule, [`ControlError::Refused`] as Discord would.
    pub fn keeps_rule(&self, rule: &Value) -> Result<u64, ControlError> {
        let new = NewRule::deserialize(rule)
            .map_err(|problem| ControlError::Request(format!("no AutoMod rule: {problem}")))?;
        let deed = self.deed("");
        let rule = new.of(self.id);
        self.act(|world| world.keep_rule(&deed, rule))
    }

    /// Deletes an AutoMod rule, with Manage Server.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when there is none of this id, or no permission.
    pub fn drops_rule(&self, rule: u64) -> Result<(), ControlError> {
        let deed = self.deed("");
        self.act(|world| world.delete_rule(&deed, rule))
    }
}
