//! Reads the fields of the room's settings from JSON values.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::Value;

use super::keyword::Rule;
use super::settings::{
    BotAction, KeywordError, MAX_KEYWORD_CHARS, MAX_KEYWORDS, MAX_WHITELIST, SettingsError,
};
use crate::domain::ids::ChannelId;

/// The keyword trimmed, and its key.
pub(super) fn read_keyword(keyword: &str) -> Result<(String, String), KeywordError> {
    let keyword = keyword.trim();
    let length = keyword.chars().count();
    if length > MAX_KEYWORD_CHARS {
        return Err(KeywordError::TooLong(length));
    }
    let rule = Rule::parse(keyword).ok_or(KeywordError::Empty)?;
    Ok((keyword.to_owned(), rule.key()))
}

pub(super) fn read_keywords(value: &Value) -> Result<Vec<String>, SettingsError> {
    const FIELD: &str = "keywords";
    let list = value.as_array().ok_or(wrong(FIELD, "a list of texts"))?;
    let mut keys = HashSet::new();
    let mut keywords = Vec::new();
    for (at, item) in list.iter().enumerate() {
        let text = item.as_str().ok_or(wrong(FIELD, "a list of texts"))?;
        let refused = |problem| SettingsError::Keyword {
            place: at + 1,
            problem,
        };
        let (keyword, key) = read_keyword(text).map_err(refused)?;
        if keys.insert(key) {
            keywords.push(keyword);
        }
        if keywords.len() > MAX_KEYWORDS {
            return Err(refused(KeywordError::TooMany));
        }
    }
    Ok(keywords)
}

pub(super) fn read_bool(field: &'static str, value: &Value) -> Result<bool, SettingsError> {
    value.as_bool().ok_or(wrong(field, "true or false"))
}

pub(super) fn read_action(value: &Value) -> Result<BotAction, SettingsError> {
    value.as_str().ok_or(wrong("action", "a text"))?.parse()
}

pub(super) fn read_timeout(value: &Value) -> Result<Duration, SettingsError> {
    match value.as_u64() {
        Some(seconds) => Ok(Duration::from_secs(seconds)),
        None if value.is_i64() => Err(SettingsError::Timeout),
        None => Err(wrong("timeout_duration", "a whole number of seconds")),
    }
}

pub(super) fn read_channel(value: &Value) -> Result<Option<ChannelId>, SettingsError> {
    if value.is_null() {
        return Ok(None);
    }
    let id = read_id(value).ok_or(wrong("log_channel", "a channel id or null"))?;
    Ok(Some(ChannelId(id)))
}

pub(super) fn read_ids<T: From<u64> + PartialEq>(
    field: &'static str,
    value: &Value,
) -> Result<Vec<T>, SettingsError> {
    let list = value.as_array().ok_or(wrong(field, "a list of ids"))?;
    let mut seen = HashSet::new();
    let mut ids = Vec::new();
    for item in list {
        let id = read_id(item).ok_or(wrong(field, "a list of ids"))?;
        if seen.insert(id) {
            ids.push(T::from(id));
        }
    }
    if ids.len() > MAX_WHITELIST {
        return Err(SettingsError::TooManyIds(field));
    }
    Ok(ids)
}

/// A snowflake as a number or a string; it fits into BIGINT and is not zero.
fn read_id(value: &Value) -> Option<u64> {
    let id = match value {
        Value::String(text) => text.parse().ok()?,
        other => other.as_u64()?,
    };
    (id > 0 && i64::try_from(id).is_ok()).then_some(id)
}

const fn wrong(field: &'static str, expected: &'static str) -> SettingsError {
    SettingsError::WrongType { field, expected }
}
