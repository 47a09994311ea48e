//! Typed values of configuration keys, and how they are read from people and from the database.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;

use crate::domain::{duration, zone};

/// What a key holds, with its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// true or false.
    Bool,
    /// A text of so many characters, without white space at its ends.
    Text {
        /// The fewest characters.
        least: usize,
        /// The most characters.
        most: usize,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A time zone by its IANA name.
    TimeZone,
    /// A length of time in whole seconds, at most so many.
    Seconds {
        /// The longest.
        most: u64,
    },
    /// A whole number.
    Number {
        /// The least.
        least: u64,
        /// The most.
        most: u64,
    },
    /// A channel.
    Channel,
    /// A role.
    Role,
    /// A list of roles.
    Roles,
    /// A list of users.
    Users,
    /// A list of texts.
    Texts {
        /// The most entries.
        entries: usize,
        /// The most characters of an entry.
        most: usize,
    },
}

/// A value of a [`Kind`]. Cloning is cheap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Of [`Kind::Bool`].
    Bool(bool),
    /// Of [`Kind::Text`], [`Kind::Choice`] and [`Kind::TimeZone`].
    Text(Arc<str>),
    /// Of [`Kind::Seconds`].
    Seconds(u64),
    /// Of [`Kind::Number`].
    Number(u64),
    /// Of [`Kind::Channel`] and [`Kind::Role`].
    Id(u64),
    /// Of [`Kind::Roles`] and [`Kind::Users`], in the order in which they were added.
    Ids(Arc<[u64]>),
    /// Of [`Kind::Texts`], in the order in which they were added.
    Texts(Arc<[Arc<str>]>),
}

/// Why something is no value of a kind. The text is for the person who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ValueError(pub String);

impl Kind {
    /// What a person is told to write.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Bool => "true or false".into(),
            Self::Text { least, most } => format!("a text of {least} to {most} characters"),
            Self::Choice(words) => format!("one of {}", words.join(", ")),
            Self::TimeZone => "the name of a time zone, such as Europe/Berlin or UTC".into(),
            Self::Seconds { most } => {
                format!(
                    "a duration such as 10m or 1d12h, at most {}",
                    duration::format(Duration::from_secs(*most))
                )
            }
            Self::Number { least, most } => format!("a whole number from {least} to {most}"),
            Self::Channel => "a channel: its mention or its id".into(),
            Self::Role => "a role: its mention or its id".into(),
            Self::Roles => "roles: mentions or ids, separated by spaces".into(),
            Self::Users => "users: mentions or ids, separated by spaces".into(),
            Self::Texts { entries, most } => {
                format!("up to {entries} texts of at most {most} characters, separated by commas")
            }
        }
    }

    /// Reads what a person wrote.
    ///
    /// # Errors
    /// Says what was expected instead.
    pub fn parse(&self, text: &str) -> Result<Value, ValueError> {
        let text = text.trim();
        match self {
            Self::Bool => parse_bool(text)
                .map(Value::Bool)
                .ok_or_else(|| self.mismatch(text)),
            Self::Text { .. } | Self::Choice(_) | Self::Number { .. } | Self::TimeZone => {
                self.from_json(&Json::from(text))
            }
            Self::Seconds { most } => {
                let length = duration::parse(text, Duration::from_secs(*most))
                    .map_err(|error| ValueError(error.to_string()))?;
                Ok(Value::Seconds(length.as_secs()))
            }
            Self::Channel => parse_id(text, &["<#"])
                .map(Value::Id)
                .ok_or_else(|| self.mismatch(text)),
            Self::Role => parse_id(text, &["<@&"])
                .map(Value::Id)
                .ok_or_else(|| self.mismatch(text)),
            Self::Roles => self.parse_ids(text, &["<@&"]),
            Self::Users => self.parse_ids(text, &["<@!", "<@"]),
            Self::Texts { .. } => {
                let entries: Vec<&str> = text
                    .split(',')
                    .map(str::trim)
                    .filter(|entry| !entry.is_empty())
                    .collect();
                self.from_json(&Json::from(entries))
                    .map_err(|_| self.mismatch(text))
            }
        }
    }

    fn parse_ids(&self, text: &str, marks: &[&str]) -> Result<Value, ValueError> {
        let ids = text
            .split(|c: char| c.is_whitespace() || c == ',')
            .filter(|word| !word.is_empty())
            .map(|word| parse_id(word, marks).ok_or_else(|| self.mismatch(word)));
        distinct(ids).map(|ids| Value::Ids(ids.into()))
    }

    /// Reads a stored value: also ids and numbers written as strings, as older programs did.
    ///
    /// # Errors
    /// Says what was expected instead.
    pub fn from_json(&self, json: &Json) -> Result<Value, ValueError> {
        match (self, json) {
            (Self::Bool, Json::Bool(value)) => Ok(Value::Bool(*value)),
            (Self::Text { least, most }, Json::String(text)) => {
                let length = text.chars().count();
                let fits = (*least..=*most).contains(&length)
                    && text.trim() == text
                    && !text.contains('\0');
                if fits {
                    Ok(Value::Text(text.as_str().into()))
                } else {
                    Err(self.mismatch(text))
                }
            }
            (Self::Choice(words), Json::String(text)) => {
                let word = words.iter().find(|word| word.eq_ignore_ascii_case(text));
                word.map(|word| Value::Text((*word).into()))
                    .ok_or_else(|| self.mismatch(text))
            }
            (Self::TimeZone, Json::String(text)) => zone::find(text)
                .map(|zone| Value::Text(zone.name().into()))
                .ok_or_else(|| self.mismatch(text)),
            (Self::Seconds { most }, _) => whole(json)
                .filter(|value| (1..=*most).contains(value))
                .map(Value::Seconds)
                .ok_or_else(|| self.wrong(json)),
            (Self::Number { least, most }, _) => whole(json)
                .filter(|value| (*least..=*most).contains(value))
                .map(Value::Number)
                .ok_or_else(|| self.wrong(json)),
            (Self::Channel | Self::Role, _) => whole(json)
                .filter(|id| *id > 0)
                .map(Value::Id)
                .ok_or_else(|| self.wrong(json)),
            (Self::Roles | Self::Users, Json::Array(items)) => {
                let ids = items.iter().map(|item| {
                    whole(item)
                        .filter(|id| *id > 0)
                        .ok_or_else(|| self.wrong(item))
                });
                distinct(ids).map(|ids| Value::Ids(ids.into()))
            }
            (Self::Texts { entries, most }, Json::Array(items)) if items.len() <= *entries => {
                let texts = items.iter().map(|item| match item {
                    Json::String(text) if is_entry(text, *most) => Ok(Arc::from(text.as_str())),
                    other => Err(self.wrong(other)),
                });
                distinct(texts).map(|texts: Vec<Arc<str>>| Value::Texts(texts.into()))
            }
            _ => Err(self.wrong(json)),
        }
    }

    fn mismatch(&self, text: &str) -> ValueError {
        let shown: String = text.chars().filter(|c| !c.is_control()).take(60).collect();
        ValueError(format!(
            "“{shown}” does not fit; it takes {}",
            self.describe()
        ))
    }

    fn wrong(&self, json: &Json) -> ValueError {
        match json {
            Json::String(text) => self.mismatch(text),
            other => self.mismatch(&other.to_string()),
        }
    }
}

fn is_entry(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most && !text.contains('\0')
}

fn parse_bool(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" | "enabled" => Some(true),
        "false" | "no" | "off" | "0" | "disabled" => Some(false),
        _ => None,
    }
}

/// An id, bare or inside one of Discord's mentions.
fn parse_id(text: &str, marks: &[&str]) -> Option<u64> {
    let inner = marks
        .iter()
        .find_map(|mark| text.strip_prefix(mark)?.strip_suffix('>'))
        .unwrap_or(text);
    number(inner).filter(|id| *id > 0)
}

/// Digits and nothing else, small enough for the database.
fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|value| digits && i64::try_from(*value).is_ok())
}

fn whole(json: &Json) -> Option<u64> {
    match json {
        Json::Number(value) => value.as_u64().filter(|value| i64::try_from(*value).is_ok()),
        Json::String(text) => number(text),
        _ => None,
    }
}

/// Keeps the first of equal entries, in order.
fn distinct<T: Clone + Eq + Hash>(
    mut items: impl Iterator<Item = Result<T, ValueError>>,
) -> Result<Vec<T>, ValueError> {
    let mut known = HashSet::new();
    items.try_fold(Vec::new(), |mut kept, item| {
        let item = item?;
        if known.insert(item.clone()) {
            kept.push(item);
        }
        Ok(kept)
    })
}

impl Value {
    /// The value as the database holds it.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Bool(value) => Json::from(*value),
            Self::Text(text) => Json::from(&**text),
            Self::Seconds(value) | Self::Number(value) | Self::Id(value) => Json::from(*value),
            Self::Ids(ids) => Json::from(ids.to_vec()),
            Self::Texts(texts) => texts.iter().map(|text| Json::from(&**text)).collect(),
        }
    }

    /// The value as a person reads it; ids of channels, roles and users as Discord's mentions.
    #[must_use]
    pub fn show(&self, kind: &Kind) -> String {
        match (self, kind) {
            (Self::Bool(value), _) => value.to_string(),
            (Self::Text(text), _) => format!("`{}`", text.replace('`', "ˋ")),
            (Self::Number(value), _) => value.to_string(),
            (Self::Seconds(value), _) => duration::format(Duration::from_secs(*value)),
            (Self::Id(id), Kind::Channel) => format!("<#{id}>"),
            (Self::Id(id), _) => format!("<@&{id}>"),
            (Self::Ids(ids), _) if ids.is_empty() => "none".into(),
            (Self::Ids(ids), Kind::Users) => join(ids.iter().map(|id| format!("<@{id}>"))),
            (Self::Ids(ids), _) => join(ids.iter().map(|id| format!("<@&{id}>"))),
            (Self::Texts(texts), _) if texts.is_empty() => "none".into(),
            (Self::Texts(texts), _) => join(
                texts
                    .iter()
                    .map(|text| format!("`{}`", text.replace('`', "ˋ"))),
            ),
        }
    }
}

fn join(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}
