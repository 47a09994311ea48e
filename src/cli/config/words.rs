//! What an operator reads: plain values, aligned columns, refusals.

use serde_json::Value as Json;

pub(super) use crate::cli::question::{Refused, confirm, refusal};
pub(super) use crate::cli::words::{table, visible};
use crate::domain::duration;
use crate::features::config::difference::signed;
use crate::features::config::past::key_of;
use crate::guild::config::apply::ApplyError;
use crate::guild::config::change::ChangeError;
use crate::guild::config::key::KeySpec;
use crate::guild::config::registry::Registry;
use crate::guild::config::value::{Value, ValueError};
use crate::store::tables::provider_keys::KEY_NAME;
use crate::vault::Token;

/// Entries of a list that are named before the rest is counted.
const ENTRIES: usize = 8;

impl Refused {
    pub(super) fn unknown_key(name: &str, nearest: Option<&str>) -> Self {
        let name = visible(name);
        Self(match nearest {
            Some(nearest) => format!("there is no setting {name}; did you mean {nearest}?"),
            None => format!("there is no setting {name}; `aimod config show` lists them all"),
        })
    }

    pub(super) fn misfit(key: &KeySpec, wrong: &ValueError) -> Self {
        Self(format!("{} was not changed: {wrong}", key.name))
    }
}

/// What became of a change that was not made.
pub(super) fn not_changed(error: ApplyError) -> anyhow::Error {
    match error {
        ApplyError::Change(ChangeError::Invalid(wrong)) => {
            Refused(format!("nothing was changed: {wrong}")).into()
        }
        ApplyError::Change(ChangeError::Outdated {
            key,
            then,
            now,
            version,
        }) => Refused(format!(
            "nothing was changed: {} has changed since; it was {} in the version you have seen and is {} in version {version}",
            key.name,
            held(key, then.as_ref()),
            held(key, now.as_ref()),
        ))
        .into(),
        other => other.into(),
    }
}

/// A value as an operator may type it again.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Text(text) => visible(text),
        Value::Seconds(value) => duration::format(std::time::Duration::from_secs(*value)),
        Value::Number(value) => value.to_string(),
        Value::Id(id) => id.to_string(),
        Value::Ids(ids) => join(ids.iter().map(u64::to_string)),
        Value::Texts(texts) => join(texts.iter().map(|text| visible(text))),
    }
}

/// What holds: what is set, else the default, said to be one.
pub(super) fn held(key: &KeySpec, set: Option<&Value>) -> String {
    match (set, (key.default)()) {
        (Some(value), _) => plain(value),
        (None, Some(default)) => format!("{} (default)", plain(&default)),
        (None, None) => "unset".to_owned(),
    }
}

/// What lies between two values: of a list the entries that came and went, else the one and the other.
pub(super) fn between(key: &KeySpec, old: Option<&Value>, new: Option<&Value>) -> String {
    let default = (key.default)();
    let entries = match (old.or(default.as_ref()), new.or(default.as_ref())) {
        (Some(Value::Ids(old)), Some(Value::Ids(new))) => signed(old, new, u64::to_string),
        (Some(Value::Texts(old)), Some(Value::Texts(new))) => {
            signed(old, new, |text| visible(text))
        }
        _ => vec![],
    };
    match entries.len() {
        0 => format!("{} → {}", held(key, old), held(key, new)),
        many if many > ENTRIES => {
            format!(
                "{} and {} more",
                entries[..ENTRIES].join(", "),
                many - ENTRIES
            )
        }
        _ => entries.join(", "),
    }
}

/// The same of stored values, whose name may belong to no key, or which may not fit it any more.
pub(super) fn of_stored(
    registry: &Registry,
    name: &str,
    old: Option<&Json>,
    new: Option<&Json>,
) -> String {
    if let Some(key) = key_of(registry, name) {
        let read = |json: Option<&Json>| json.map(|json| key.kind.from_json(json)).transpose();
        if let (Ok(old), Ok(new)) = (read(old), read(new)) {
            return between(key, old.as_ref(), new.as_ref());
        }
    }
    if name == KEY_NAME {
        let another = if old.is_some() && old == new {
            "another"
        } else {
            "a"
        };
        return format!("{} → {}", api_key(old, "a"), api_key(new, another));
    }
    let shown = |json: Option<&Json>| json.map_or_else(|| "unset".to_owned(), raw);
    format!("{} → {}", shown(old), shown(new))
}

/// A guild's own API key, of which revisions tell no more than the provider.
fn api_key(told: Option<&Json>, which: &str) -> String {
    match told.map(|told| told["provider"].as_str()) {
        None => "none".to_owned(),
        Some(None) => format!("{which} key"),
        Some(Some(provider)) => format!("{which} key of {}", visible(provider)),
    }
}

/// What is shown of a sealed secret.
const SEALED: &str = "a sealed secret";

/// A stored value of a name that no key has; of a sealed secret only that it is one.
pub(super) fn raw(json: &Json) -> String {
    match Token::find_in(json) {
        Some(_) => SEALED.to_owned(),
        None => visible(&json.to_string()),
    }
}

/// The same for programs.
pub(super) fn raw_json(json: &Json) -> Json {
    match Token::find_in(json) {
        Some(_) => Json::from(SEALED),
        None => json.clone(),
    }
}

/// A stored value as programs read it; null is unset.
pub(super) fn stored_json(registry: &Registry, name: &str, json: Option<&Json>) -> Json {
    let read = json.zip(key_of(registry, name));
    let read = read.and_then(|(json, key)| key.kind.from_json(json).ok());
    match read {
        Some(value) => to_json(&value),
        None => json.map(raw_json).unwrap_or_default(),
    }
}

/// A value as programs read it: ids are strings, since larger ones do not survive as numbers everywhere.
pub(super) fn to_json(value: &Value) -> Json {
    match value {
        Value::Id(id) => Json::from(id.to_string()),
        Value::Ids(ids) => ids.iter().map(|id| Json::from(id.to_string())).collect(),
        other => other.to_json(),
    }
}

fn join(entries: impl Iterator<Item = String>) -> String {
    let entries: Vec<String> = entries.collect();
    if entries.is_empty() {
        return "none".to_owned();
    }
    entries.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guild::keys::{MODERATOR_ROLE_ID, PREFIX};

    #[test]
    fn values_are_plain_and_lists_have_commas() {
        let shown: Vec<String> = [
            Value::Bool(true),
            Value::Text("it's \"o!\" \\ ü 🦀".into()),
            Value::Text("\u{1b}[2Jgone\u{202e}\n".into()),
            Value::Seconds(5_400),
            Value::Number(4_000),
            Value::Id(9_007_199_254_740_993),
            Value::Ids([1, 2].into()),
            Value::Texts([].into()),
        ]
        .iter()
        .map(plain)
        .collect();
        insta::assert_snapshot!(shown.join("\n"), @r#"
        true
        it's "o!" \ ü 🦀
        \u{1b}[2Jgone\u{202e}\n
        1h30m
        4000
        9007199254740993
        1, 2
        none
        "#);
    }

    #[test]
    fn a_default_is_said_to_be_one() {
        assert_eq!(held(&PREFIX, None), "o! (default)");
        assert_eq!(held(&PREFIX, Some(&Value::Text("?".into()))), "?");
        assert_eq!(held(&MODERATOR_ROLE_ID, None), "unset");
    }

    #[test]
    fn programs_read_ids_as_strings() {
        let ids = Value::Ids([9_007_199_254_740_993].into());
        assert_eq!(to_json(&ids).to_string(), "[\"9007199254740993\"]");
        assert_eq!(to_json(&Value::Seconds(5)).to_string(), "5");
    }
}
