//! Why a call to Discord's REST API came to nothing.

use std::time::Duration;

/// Discord's error codes that callers choose by, from its page on opcodes and status codes.
pub mod codes {
    /// The channel does not exist or is hidden from the bot.
    pub const UNKNOWN_CHANNEL: u32 = 10_003;
    /// The user is not a member of the guild.
    pub const UNKNOWN_MEMBER: u32 = 10_007;
    /// The message is gone.
    pub const UNKNOWN_MESSAGE: u32 = 10_008;
    /// There is no such user.
    pub const UNKNOWN_USER: u32 = 10_013;
    /// The user is not banned.
    pub const UNKNOWN_BAN: u32 = 10_026;
    /// The guild has banned too many users who were no members; it may again after some hours.
    pub const STRANGER_BANS_EXCEEDED: u32 = 30_035;
    /// The bot cannot see the guild or channel.
    pub const MISSING_ACCESS: u32 = 50_001;
    /// The user does not accept direct messages from the bot.
    pub const CANNOT_SEND_TO_USER: u32 = 50_007;
    /// The user shares no guild with the bot any more, which is then not allowed to write to them.
    pub const NO_MUTUAL_GUILD: u32 = 50_278;
    /// The bot lacks a permission, or the member stands above it.
    pub const MISSING_PERMISSIONS: u32 = 50_013;
    /// None of the users of a bulk ban was banned.
    pub const BULK_BAN_FAILED: u32 = 500_000;
}

/// Why a call came to nothing. Never holds the token or a text that a member wrote.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestError {
    /// The bot may not do that.
    #[error("Discord forbids it: {message} (code {code})")]
    Forbidden {
        /// Discord's code, such as [`codes::MISSING_PERMISSIONS`].
        code: u32,
        /// Discord's own words.
        message: String,
    },
    /// The user does not accept direct messages from the bot.
    #[error("the user does not accept direct messages")]
    DmClosed,
    /// What the call was about does not exist, or not any more.
    #[error("Discord does not know what the call was about (code {code})")]
    NotFound {
        /// Discord's code, such as [`codes::UNKNOWN_MESSAGE`].
        code: u32,
    },
    /// The request itself is wrong.
    #[error("Discord refuses the request: {message} (status {status}, code {code})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Discord's code, 0 where it gives none.
        code: u32,
        /// Discord's own words.
        message: String,
    },
    /// Discord asks to wait longer than the call may take.
    #[error("Discord's rate limit asks to wait {} s more", wait.as_secs())]
    RateLimited {
        /// How long, counted from the end of the call.
        wait: Duration,
    },
    /// Discord could not be reached, or failed itself, in every attempt.
    #[error("Discord cannot be reached: {0}")]
    Unavailable(String),
    /// The bot token is not accepted. No further call is sent.
    #[error("Discord refuses the bot token")]
    Unauthorized,
}

impl RestError {
    /// Whether the same call would fail in the same way tomorrow. A refused token is not final: the next start may
    /// bring a better one.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Forbidden { .. }
            | Self::DmClosed
            | Self::NotFound { .. }
            | Self::Refused { .. } => true,
            Self::RateLimited { .. } | Self::Unavailable(_) | Self::Unauthorized => false,
        }
    }

    /// The error's name as a metric label: a closed set.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Forbidden { .. } => "forbidden",
            Self::DmClosed => "dm_closed",
            Self::NotFound { .. } => "not_found",
            Self::Refused { .. } => "refused",
            Self::RateLimited { .. } => "rate_limited",
            Self::Unavailable(_) => "unavailable",
            Self::Unauthorized => "unauthorized",
        }
    }
}

/// Why the client cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The token holds characters that no token has.
    #[error("the bot token holds characters that cannot be sent")]
    Token,
    /// The address is none.
    #[error("discord.api_base is no http or https address: {0}")]
    ApiBase(String),
    /// TLS or the resolver cannot be set up.
    #[error("cannot set up the HTTP client: {0}")]
    Client(String),
}
