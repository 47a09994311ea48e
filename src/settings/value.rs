//! The types a setting may have, and how each is read from TOML or from the text of a variable.

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use figment::value::Value;
use secrecy::SecretString;

use super::ShardRange;
use crate::domain::ids::UserId;

/// A type that a setting can have.
pub(super) trait SettingValue: Sized {
    /// Reads the value; the error completes the sentence "setting …" and never quotes a secret.
    fn from_value(key: &str, value: &Value) -> Result<Self, String>;

    /// The value as TOML; nothing where it is unset.
    fn to_toml(&self, key: &str) -> Option<String>;

    /// The number that bounds apply to, in the key's own unit.
    fn as_number(&self, _key: &str) -> Option<u64> {
        None
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Readable,
    /// One JSON object a line, for log collectors.
    Json,
}

macro_rules! whole_numbers {
    ($($type:ty),+) => {$(
        impl SettingValue for $type {
            fn from_value(_key: &str, value: &Value) -> Result<Self, String> {
                let number = whole_number(value)?;
                Self::try_from(number).map_err(|_| format!("must be at most {}, is {number}", Self::MAX))
            }

            fn to_toml(&self, _key: &str) -> Option<String> {
                Some(self.to_string())
            }

            fn as_number(&self, _key: &str) -> Option<u64> {
                u64::try_from(*self).ok()
            }
        }
    )+};
}

whole_numbers!(u32, u64, usize);

impl SettingValue for bool {
    fn from_value(_key: &str, value: &Value) -> Result<Self, String> {
        match text_of(value).as_deref().unwrap_or_default() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(shown("must be true or false", value)),
        }
    }

    fn to_toml(&self, _key: &str) -> Option<String> {
        Some(self.to_string())
    }
}

impl SettingValue for Duration {
    fn from_value(key: &str, value: &Value) -> Result<Self, String> {
        let number = whole_number(value)?;
        Ok(if key.ends_with("_ms") {
            Self::from_millis(number)
        } else {
            Self::from_secs(number)
        })
    }

    fn to_toml(&self, key: &str) -> Option<String> {
        self.as_number(key).map(|number| number.to_string())
    }

    fn as_number(&self, key: &str) -> Option<u64> {
        if key.ends_with("_ms") {
            u64::try_from(self.as_millis()).ok()
        } else {
            Some(self.as_secs())
        }
    }
}

impl SettingValue for String {
    fn from_value(_key: &str, value: &Value) -> Result<Self, String> {
        text_of(value).ok_or_else(|| "must be a text".to_owned())
    }

    fn to_toml(&self, _key: &str) -> Option<String> {
        Some(quoted(self))
    }
}

impl SettingValue for PathBuf {
    fn from_value(key: &str, value: &Value) -> Result<Self, String> {
        match String::from_value(key, value)? {
            path if path.is_empty() => Err("must name a folder".to_owned()),
            path => Ok(Self::from(path)),
        }
    }

    fn to_toml(&self, _key: &str) -> Option<String> {
        Some(quoted(&self.display().to_string()))
    }
}

impl SettingValue for SecretString {
    fn from_value(key: &str, value: &Value) -> Result<Self, String> {
        String::from_value(key, value).map(Self::from)
    }

    fn to_toml(&self, _key: &str) -> Option<String> {
        None
    }
}

impl SettingValue for LogFormat {
    fn from_value(_key: &str, value: &Value) -> Result<Self, String> {
        match text_of(value).as_deref().unwrap_or_default() {
            "readable" => Ok(Self::Readable),
            "json" => Ok(Self::Json),
            _ => Err(shown("must be \"readable\" or \"json\"", value)),
        }
    }

    fn to_toml(&self, _key: &str) -> Option<String> {
        Some(quoted(match self {
            Self::Readable => "readable",
            Self::Json => "json",
        }))
    }
}

impl SettingValue for SocketAddr {
    fn from_value(_key: &str, value: &Value) -> Result<Self, String> {
        parsed(value, "must be an address and a port like 127.0.0.1:9464")
    }

    fn to_toml(&self, _key: &str) -> Option<String> {
        Some(quoted(&self.to_string()))
    }
}

impl SettingValue for ShardRange {
    fn from_value(_key: &str, value: &Value) -> Result<Self, String> {
        parsed(
            value,
            "must be first..end/total like \"0..4/16\", with first < end <= total",
        )
    }

    fn to_toml(&self, _key: &str) -> Option<String> {
        Some(quoted(&self.to_string()))
    }
}

/// What may stand in a list.
trait ListEntry: Display + FromStr {
    /// Completes the sentence "setting …".
    const WANTED: &'static str;
}

impl ListEntry for UserId {
    const WANTED: &'static str = "must be a list of user ids";
}

impl ListEntry for String {
    const WANTED: &'static str = "must be a list of names";
}

/// A TOML list of strings or numbers, or in a variable the entries between commas.
impl<T: ListEntry> SettingValue for Vec<T> {
    fn from_value(_key: &str, value: &Value) -> Result<Self, String> {
        let wanted = T::WANTED;
        if let Some(list) = value.as_array() {
            return list.iter().map(|entry| parsed(entry, wanted)).collect();
        }
        let text = text_of(value).ok_or_else(|| shown(wanted, value))?;
        text.trim_matches(['[', ']'])
            .split(',')
            .map(|part| part.trim().trim_matches('"'))
            .filter(|part| !part.is_empty())
            .map(|part| part.parse().map_err(|_| format!("{wanted}, has `{part}`")))
            .collect()
    }

    fn to_toml(&self, _key: &str) -> Option<String> {
        let entries: Vec<String> = self.iter().map(|one| quoted(&one.to_string())).collect();
        Some(format!("[{}]", entries.join(", ")))
    }
}

impl<T: SettingValue> SettingValue for Option<T> {
    fn from_value(key: &str, value: &Value) -> Result<Self, String> {
        T::from_value(key, value).map(Some)
    }

    fn to_toml(&self, key: &str) -> Option<String> {
        self.as_ref().and_then(|value| value.to_toml(key))
    }

    fn as_number(&self, key: &str) -> Option<u64> {
        self.as_ref().and_then(|value| value.as_number(key))
    }
}

/// The text of a single value. A variable is always text; the file may write numbers and booleans bare.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(_, text) => Some(text.clone()),
        Value::Bool(_, flag) => Some(flag.to_string()),
        Value::Num(_, number) => number
            .to_u128()
            .map(|number| number.to_string())
            .or_else(|| number.to_i128().map(|number| number.to_string()))
            .or_else(|| number.to_f64().map(|number| number.to_string())),
        _ => None,
    }
}

fn whole_number(value: &Value) -> Result<u64, String> {
    text_of(value)
        .and_then(|text| text.trim().parse().ok())
        .ok_or_else(|| shown("must be a whole number", value))
}

fn parsed<T: FromStr>(value: &Value, wanted: &str) -> Result<T, String> {
    text_of(value)
        .and_then(|text| text.trim().parse().ok())
        .ok_or_else(|| shown(wanted, value))
}

fn shown(wanted: impl Display, value: &Value) -> String {
    match text_of(value) {
        Some(text) => format!("{wanted}, is `{text}`"),
        None => format!("{wanted}"),
    }
}

/// A TOML string. JSON's escapes are valid in TOML's basic strings.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
