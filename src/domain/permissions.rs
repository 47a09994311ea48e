//! Discord's permission bits, as far as the house decides by them.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// A set of Discord's permission bits. Unknown bits are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Permissions(pub u64);

impl Permissions {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Remove members.
    pub const KICK_MEMBERS: Self = Self(1 << 1);
    /// Ban and unban members.
    pub const BAN_MEMBERS: Self = Self(1 << 2);
    /// Everything, in every channel.
    pub const ADMINISTRATOR: Self = Self(1 << 3);
    /// Change the server: what configuring AIMod asks for.
    pub const MANAGE_GUILD: Self = Self(1 << 5);
    /// See who did what in the server.
    pub const VIEW_AUDIT_LOG: Self = Self(1 << 7);
    /// See channels.
    pub const VIEW_CHANNEL: Self = Self(1 << 10);
    /// Post messages.
    pub const SEND_MESSAGES: Self = Self(1 << 11);
    /// Post embeds, which cards are.
    pub const EMBED_LINKS: Self = Self(1 << 14);
    /// Bring files.
    pub const ATTACH_FILES: Self = Self(1 << 15);
    /// Read what was posted before, and reply to it.
    pub const READ_MESSAGE_HISTORY: Self = Self(1 << 16);
    /// Post messages in threads.
    pub const SEND_MESSAGES_IN_THREADS: Self = Self(1 << 38);
    /// Delete the messages of others.
    pub const MANAGE_MESSAGES: Self = Self(1 << 13);
    /// Give and take roles.
    pub const MANAGE_ROLES: Self = Self(1 << 28);
    /// Time members out.
    pub const MODERATE_MEMBERS: Self = Self(1 << 40);

    /// Whether every bit of `wanted` is here. An administrator has them all.
    #[must_use]
    pub const fn allow(self, wanted: Self) -> bool {
        self.0 & Self::ADMINISTRATOR.0 != 0 || self.0 & wanted.0 == wanted.0
    }

    /// Discord's own English name of a single permission.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::KICK_MEMBERS => "Kick Members",
            Self::BAN_MEMBERS => "Ban Members",
            Self::ADMINISTRATOR => "Administrator",
            Self::MANAGE_GUILD => "Manage Server",
            Self::VIEW_AUDIT_LOG => "View Audit Log",
            Self::VIEW_CHANNEL => "View Channels",
            Self::SEND_MESSAGES => "Send Messages",
            Self::EMBED_LINKS => "Embed Links",
            Self::ATTACH_FILES => "Attach Files",
            Self::READ_MESSAGE_HISTORY => "Read Message History",
            Self::SEND_MESSAGES_IN_THREADS => "Send Messages in Threads",
            Self::MANAGE_MESSAGES => "Manage Messages",
            Self::MANAGE_ROLES => "Manage Roles",
            Self::MODERATE_MEMBERS => "Timeout Members",
            _ => "several permissions",
        }
    }
}

impl BitOr for Permissions {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Permissions {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_may_do_everything() {
        assert!(
            Permissions::ADMINISTRATOR.allow(Permissions::BAN_MEMBERS | Permissions::MANAGE_GUILD)
        );
    }

    #[test]
    fn every_asked_bit_is_needed() {
        let moderator = Permissions::KICK_MEMBERS | Permissions::MODERATE_MEMBERS;
        assert!(moderator.allow(Permissions::KICK_MEMBERS));
        assert!(!moderator.allow(Permissions::KICK_MEMBERS | Permissions::BAN_MEMBERS));
        assert!(Permissions::NONE.allow(Permissions::NONE));
    }
}
