//! Discord's errors: status, code, message and the tree that names the wrong fields.

use std::borrow::Cow;

use serde_json::{Value, json};

/// An error as Discord answers it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{code}: {message} (status {status})")]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// Discord's own code, from its page on JSON error codes; 0 is none.
    pub code: u32,
    /// What Discord says.
    pub message: Cow<'static, str>,
    /// Which fields of the request are wrong, in Discord's tree; `Null` for none.
    pub errors: Value,
    /// Seconds to wait before it is worth another try, where Discord tells them.
    pub retry_after: Option<f64>,
}

macro_rules! errors {
    ($($name:ident = $status:literal $code:literal $message:literal),* $(,)?) => {
        impl ApiError {
            $(pub(crate) const $name: Self = Self {
                status: $status, code: $code, message: Cow::Borrowed($message), errors: Value::Null,
                retry_after: None,
            };)*
        }
    };
}

errors! {
    UNAUTHORIZED = 401 0 "401: Unauthorized",
    NO_SUCH_ROUTE = 404 0 "404: Not Found",
    GUILD_AWAY = 503 0 "503: Service Unavailable",
    WRONG_METHOD = 405 0 "405: Method Not Allowed",
    UNKNOWN_APPLICATION = 404 10002 "Unknown Application",
    UNKNOWN_CHANNEL = 404 10003 "Unknown Channel",
    UNKNOWN_GUILD = 404 10004 "Unknown Guild",
    UNKNOWN_INVITE = 404 10006 "Unknown Invite",
    UNKNOWN_MEMBER = 404 10007 "Unknown Member",
    UNKNOWN_MESSAGE = 404 10008 "Unknown Message",
    UNKNOWN_OVERWRITE = 404 10009 "Unknown Overwrite",
    UNKNOWN_ROLE = 404 10011 "Unknown Role",
    UNKNOWN_USER = 404 10013 "Unknown User",
    UNKNOWN_EMOJI = 400 10014 "Unknown Emoji",
    UNKNOWN_WEBHOOK = 404 10015 "Unknown Webhook",
    UNKNOWN_BAN = 404 10026 "Unknown Ban",
    UNKNOWN_INTERACTION = 404 10062 "Unknown interaction",
    UNKNOWN_COMMAND = 404 10063 "Unknown application command",
    SLOWMODE = 429 20016 "This action cannot be performed due to slowmode rate limit",
    TOO_MANY_PINS = 400 30003 "Maximum number of pins reached for the channel (250)",
    TOO_MANY_ROLES = 400 30005 "Maximum number of guild roles reached (250)",
    TOO_MANY_REACTIONS = 400 30010 "Maximum number of reactions reached (20)",
    TOO_MANY_CHANNELS = 400 30013 "Maximum number of guild channels reached (500)",
    TOO_MANY_INVITES = 400 30016 "Maximum number of invites reached (1000)",
    TOO_MANY_THREAD_MEMBERS = 400 30033 "Maximum number of thread participants has been reached (1000)",
    BANNED_HERE = 403 40007 "The user is banned from this guild",
    BODY_TOO_LARGE = 413 40005 "Request entity too large. Try sending something smaller in size",
    STRANGER_BANS_EXCEEDED = 403 30035 "Maximum number of bans for non-guild members have been exceeded",
    TOO_MANY_COMMANDS = 400 30032 "Maximum number of application commands has been reached (100)",
    BULK_BAN_FAILED = 400 500_000 "Failed to ban users",
    ALREADY_ANSWERED = 400 40060 "Interaction has already been acknowledged.",
    MISSING_ACCESS = 403 50001 "Missing Access",
    NOT_IN_DIRECT_MESSAGES = 400 50003 "Cannot execute action on a DM channel",
    NOT_THE_AUTHOR = 403 50005 "Cannot edit a message authored by another user",
    EMPTY_MESSAGE = 400 50006 "Cannot send an empty message",
    CANNOT_SEND_TO_USER = 403 50007 "Cannot send messages to this user",
    NOT_A_TEXT_CHANNEL = 400 50008 "Cannot send messages in a non-text channel",
    MISSING_PERMISSIONS = 403 50013 "Missing Permissions",
    WRONG_NUMBER_TO_DELETE = 400 50016 "Provided too few or too many messages to delete. Must provide at least 2 and fewer than 100 messages to delete",
    WRONG_CHANNEL_KIND = 400 50024 "Cannot execute action on this channel type",
    INVALID_ROLE = 400 50028 "Invalid Role",
    WRONG_WEBHOOK_TOKEN = 401 50027 "Invalid Webhook Token",
    TOO_OLD_TO_BULK_DELETE = 400 50034 "A message provided was too old to bulk delete",
    INVALID_FORM = 400 50035 "Invalid Form Body",
    INVALID_JSON = 400 50109 "The request body contains invalid JSON.",
    BLOCKED_BY_AUTOMOD = 400 200_000 "Message was blocked by automatic moderation",
    THREAD_EXISTS = 400 160_004 "A thread has already been created for this message",
    THREAD_LOCKED = 400 160_005 "Thread is locked",
    THREAD_ARCHIVED = 400 50083 "Thread is archived",
    NO_HISTORY_TO_REPLY = 403 160_002 "Cannot reply without permission to read message history",
}

impl ApiError {
    /// The body that Discord sends.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut body = json!({"message": self.message, "code": self.code});
        if !self.errors.is_null() {
            body["errors"] = self.errors.clone();
        }
        if let Some(seconds) = self.retry_after {
            body["retry_after"] = json!(seconds);
        }
        body
    }

    /// The same error, with the wrong fields below `field`: that of an answer to an interaction stands in `data`.
    pub(crate) fn below(mut self, field: &str) -> Self {
        if !self.errors.is_null() {
            self.errors = json!({field: self.errors});
        }
        self
    }
}

pub(crate) type Ruling<T = ()> = Result<T, ApiError>;
