//! A guild's settings of this room, read from JSON and changed only within their bounds.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::keyword::{Rule, is_too_short};
use super::reading::{
    read_action, read_bool, read_channel, read_ids, read_keyword, read_keywords, read_timeout,
};
use crate::domain::duration::MAX_TIMEOUT;
use crate::domain::ids::{ChannelId, RoleId, UserId};

/// Keywords that a guild may have.
pub const MAX_KEYWORDS: usize = 1_000;
/// Characters of one keyword after trimming.
pub const MAX_KEYWORD_CHARS: usize = 200;
/// Roles, and users, that a guild may exempt.
pub const MAX_WHITELIST: usize = 1_000;

/// What follows the deletion of a scam message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BotAction {
    /// A warning by direct message.
    Warn,
    /// A timeout of [`BotDetectSettings::timeout`].
    Timeout,
    /// Removal from the guild.
    Kick,
    /// A ban.
    Ban,
    /// Nothing else.
    Delete,
}

impl BotAction {
    /// All actions, in the order they are offered.
    pub const ALL: [Self; 5] = [
        Self::Warn,
        Self::Timeout,
        Self::Kick,
        Self::Ban,
        Self::Delete,
    ];

    /// Its name in the database and in commands.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Timeout => "timeout",
            Self::Kick => "kick",
            Self::Ban => "ban",
            Self::Delete => "delete",
        }
    }
}

impl fmt::Display for BotAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for BotAction {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, SettingsError> {
        let wanted = text.trim();
        Self::ALL
            .into_iter()
            .find(|action| action.as_str().eq_ignore_ascii_case(wanted))
            .ok_or_else(|| SettingsError::UnknownAction(wanted.chars().take(40).collect()))
    }
}

/// Why a keyword is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeywordError {
    /// Nothing is left once punctuation and invisible characters are taken away.
    #[error("a keyword needs at least one letter, digit or symbol")]
    Empty,
    /// One or two letters or digits; only what somebody adds is held against this.
    #[error(
        "a keyword needs at least 3 letters or digits; a shorter one would delete nearly every message"
    )]
    TooShort,
    /// Longer than [`MAX_KEYWORD_CHARS`].
    #[error("a keyword has at most {MAX_KEYWORD_CHARS} characters; this one has {0}")]
    TooLong(usize),
    /// The guild has [`MAX_KEYWORDS`] already.
    #[error("a server has at most {MAX_KEYWORDS} keywords; remove one first")]
    TooMany,
}

/// Why settings are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The settings are no JSON object.
    #[error("the settings must be an object")]
    NotAnObject,
    /// A field that does not exist.
    #[error("there is no field {0:?}")]
    UnknownField(String),
    /// A value of the wrong type.
    #[error("{field} must be {expected}")]
    WrongType {
        /// The field's name.
        field: &'static str,
        /// What it takes.
        expected: &'static str,
    },
    /// An action that does not exist.
    #[error("{0:?} is no action; choose warn, timeout, kick, ban or delete")]
    UnknownAction(String),
    /// A timeout that Discord would refuse.
    #[error("a timeout lasts from 1 second to 28 days")]
    Timeout,
    /// More roles or users than the list takes.
    #[error("{0} holds at most {MAX_WHITELIST} ids")]
    TooManyIds(&'static str),
    /// One keyword of the list, counted from 1.
    #[error("keyword {place}: {problem}")]
    Keyword {
        /// Its place in the list.
        place: usize,
        /// What is wrong with it.
        problem: KeywordError,
    },
}

/// What became of a change to a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListChange {
    /// It is in the list now; the entry as stored.
    Added(String),
    /// It was there; the entry that matches the same.
    AlreadyThere(String),
    /// It is gone; the entry as it was stored.
    Removed(String),
    /// It was not there.
    NotThere,
}

/// The settings of one guild. The defaults are the seed's; `use_builtin` is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotDetectSettings {
    /// Whether messages are judged at all.
    pub enabled: bool,
    /// Whether the built-in phrases and domains count besides the guild's keywords.
    pub use_builtin: bool,
    /// What follows the deletion.
    pub action: BotAction,
    /// Where the card goes; `None` posts nothing.
    pub log_channel: Option<ChannelId>,
    timeout: Duration,
    keywords: Vec<String>,
    whitelist_roles: Vec<RoleId>,
    whitelist_users: Vec<UserId>,
}

impl Default for BotDetectSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            use_builtin: true,
            action: BotAction::Timeout,
            log_channel: None,
            timeout: Duration::from_secs(3_600),
            keywords: Vec::new(),
            whitelist_roles: Vec::new(),
            whitelist_users: Vec::new(),
        }
    }
}

impl BotDetectSettings {
    /// Reads an object with the columns of `botdetect_config` as fields; a missing field has its default. Ids may be
    /// numbers or strings; keywords and ids that repeat are merged.
    ///
    /// # Errors
    /// Names the first field that does not fit, and why.
    pub fn from_json(value: &Value) -> Result<Self, SettingsError> {
        let fields = value.as_object().ok_or(SettingsError::NotAnObject)?;
        let mut settings = Self::default();
        for (name, value) in fields {
            settings.set_field(name, value)?;
        }
        Ok(settings)
    }

    /// Sets one field by its column's name.
    ///
    /// # Errors
    /// As [`Self::from_json`]; nothing is changed then.
    pub fn set_field(&mut self, name: &str, value: &Value) -> Result<(), SettingsError> {
        match name {
            "enabled" => self.enabled = read_bool("enabled", value)?,
            "use_builtin" => self.use_builtin = read_bool("use_builtin", value)?,
            "keywords" => self.keywords = read_keywords(value)?,
            "action" => self.action = read_action(value)?,
            "timeout_duration" => self.set_timeout(read_timeout(value)?)?,
            "log_channel" => self.log_channel = read_channel(value)?,
            "whitelist_roles" => self.whitelist_roles = read_ids("whitelist_roles", value)?,
            "whitelist_users" => self.whitelist_users = read_ids("whitelist_users", value)?,
            unknown => {
                let unknown = unknown.chars().take(60).collect();
                return Err(SettingsError::UnknownField(unknown));
            }
        }
        Ok(())
    }

    /// Writes what [`Self::from_json`] reads; ids as numbers.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let ids = |ids: Vec<u64>| Value::from(ids);
        let mut fields = Map::new();
        fields.insert("enabled".into(), json!(self.enabled));
        fields.insert("use_builtin".into(), json!(self.use_builtin));
        fields.insert("keywords".into(), json!(self.keywords));
        fields.insert("action".into(), json!(self.action.as_str()));
        fields.insert("timeout_duration".into(), json!(self.timeout.as_secs()));
        fields.insert("log_channel".into(), json!(self.log_channel.map(|id| id.0)));
        let roles = self.whitelist_roles.iter().map(|id| id.0).collect();
        fields.insert("whitelist_roles".into(), ids(roles));
        let users = self.whitelist_users.iter().map(|id| id.0).collect();
        fields.insert("whitelist_users".into(), ids(users));
        Value::Object(fields)
    }

    /// The guild's own keywords as typed, no two of which match the same.
    #[must_use]
    pub fn keywords(&self) -> &[String] {
        &self.keywords
    }

    /// How long [`BotAction::Timeout`] lasts.
    #[must_use]
    pub const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Exempt roles.
    #[must_use]
    pub fn whitelist_roles(&self) -> &[RoleId] {
        &self.whitelist_roles
    }

    /// Exempt users.
    #[must_use]
    pub fn whitelist_users(&self) -> &[UserId] {
        &self.whitelist_users
    }

    /// Whether a member is exempt by id or by a role. Staff is exempt besides; who that is, this room does not know.
    #[must_use]
    pub fn is_whitelisted(&self, user: UserId, roles: &[RoleId]) -> bool {
        self.whitelist_users.contains(&user)
            || roles.iter().any(|role| self.whitelist_roles.contains(role))
    }

    /// Sets how long a timeout lasts.
    ///
    /// # Errors
    /// Below 1 s or above 28 days.
    pub fn set_timeout(&mut self, timeout: Duration) -> Result<(), SettingsError> {
        if !(Duration::from_secs(1)..=MAX_TIMEOUT).contains(&timeout) {
            return Err(SettingsError::Timeout);
        }
        self.timeout = timeout;
        Ok(())
    }

    /// Adds a keyword, unless one that matches the same is there.
    ///
    /// # Errors
    /// It is empty, too short, too long, or one too many.
    pub fn add_keyword(&mut self, keyword: &str) -> Result<ListChange, KeywordError> {
        let (keyword, key) = read_keyword(keyword)?;
        if let Some(at) = self.find_keyword(&key) {
            return Ok(ListChange::AlreadyThere(self.keywords[at].clone()));
        }
        if is_too_short(&keyword) {
            return Err(KeywordError::TooShort);
        }
        if self.keywords.len() >= MAX_KEYWORDS {
            return Err(KeywordError::TooMany);
        }
        self.keywords.push(keyword.clone());
        Ok(ListChange::Added(keyword))
    }

    /// Removes the keyword that matches the same as this one.
    #[must_use]
    pub fn remove_keyword(&mut self, keyword: &str) -> ListChange {
        let key = Rule::parse(keyword).map(|rule| rule.key());
        match key.and_then(|key| self.find_keyword(&key)) {
            Some(at) => ListChange::Removed(self.keywords.remove(at)),
            None => ListChange::NotThere,
        }
    }

    fn find_keyword(&self, key: &str) -> Option<usize> {
        let same = |keyword: &String| Rule::parse(keyword).is_some_and(|rule| rule.key() == key);
        self.keywords.iter().position(same)
    }

    /// Exempts a role.
    ///
    /// # Errors
    /// The list is full.
    pub fn add_role(&mut self, role: RoleId) -> Result<ListChange, SettingsError> {
        add_id("whitelist_roles", &mut self.whitelist_roles, role)
    }

    /// Exempts a user.
    ///
    /// # Errors
    /// The list is full.
    pub fn add_user(&mut self, user: UserId) -> Result<ListChange, SettingsError> {
        add_id("whitelist_users", &mut self.whitelist_users, user)
    }

    /// Takes a role's exemption away.
    #[must_use]
    pub fn remove_role(&mut self, role: RoleId) -> ListChange {
        remove_id(&mut self.whitelist_roles, role)
    }

    /// Takes a user's exemption away.
    #[must_use]
    pub fn remove_user(&mut self, user: UserId) -> ListChange {
        remove_id(&mut self.whitelist_users, user)
    }
}

fn add_id<T: Copy + PartialEq + fmt::Display>(
    field: &'static str,
    list: &mut Vec<T>,
    id: T,
) -> Result<ListChange, SettingsError> {
    if list.contains(&id) {
        return Ok(ListChange::AlreadyThere(id.to_string()));
    }
    if list.len() >= MAX_WHITELIST {
        return Err(SettingsError::TooManyIds(field));
    }
    list.push(id);
    Ok(ListChange::Added(id.to_string()))
}

fn remove_id<T: PartialEq + fmt::Display>(list: &mut Vec<T>, id: T) -> ListChange {
    match list.iter().position(|listed| *listed == id) {
        Some(at) => ListChange::Removed(list.remove(at).to_string()),
        None => ListChange::NotThere,
    }
}
