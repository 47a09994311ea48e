//! What an older bot had set in a guild, in terms of AIMod's own keys. Pure.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::names;
use super::settings::Origin;
use crate::cli::import::fields::{Fields, Wrong};
use crate::guild::config::key::KeySpec;
use crate::guild::config::registry::Registry;
use crate::store::tables::config::Place;
use crate::vault::{Vault, sounds_secret};

/// What is wished for one key.
#[derive(Debug)]
pub(super) struct Wish {
    /// The field that says so; none where it is the record as a whole.
    pub(super) field: Option<String>,
    pub(super) target: Target,
    /// The value; of a secret the secret itself, which is sealed before it is stored.
    pub(super) value: Json,
    pub(super) is_secret: bool,
}

/// Where a wish goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A key that a part of AIMod reads.
    Key(&'static KeySpec),
    /// A name that nothing reads: of REFERENCE, or unknown.
    Name(String),
}

impl Target {
    /// Its canonical name.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Key(key) => key.name,
            Self::Name(name) => name,
        }
    }
}

/// All wishes of a record, with what is to be told of its fields.
#[derive(Debug, Default)]
pub(super) struct Wishes {
    pub(super) wishes: Vec<Wish>,
    pub(super) refused: Vec<Wrong>,
    pub(super) unknown: Vec<Wrong>,
}

/// How names and values are understood.
#[derive(Clone)]
pub(super) struct Reader {
    pub(super) registry: Arc<Registry>,
    pub(super) vault: Option<Arc<Vault>>,
    pub(super) origin: Origin,
}

const WEBHOOK: &str = "/api/webhooks/";

/// Whether a value leads to a webhook of Discord: who has its address can write with it.
fn is_secret(value: &Json) -> bool {
    match value {
        Json::String(text) => text.contains(WEBHOOK),
        Json::Array(entries) => entries.iter().any(is_secret),
        Json::Object(fields) => fields.values().any(is_secret),
        _ => false,
    }
}

impl Reader {
    /// Reads the fields of a record.
    pub(super) fn read(&self, fields: Fields<'_>) -> Wishes {
        let mut all = Wishes::default();
        if self.origin == Origin::Toggles {
            self.toggles(fields, &mut all);
            return all;
        }
        for (name, value) in fields.into_entries() {
            if value.is_null() {
                continue;
            }
            match self.wish(&name, &value) {
                Ok(wish) => all.add(wish),
                Err(wrong) => all.refused.push(wrong),
            }
        }
        all
    }

    /// Switches of events are one value together; those that do not fit are left out of it.
    fn toggles(&self, fields: Fields<'_>, all: &mut Wishes) {
        let mut events = serde_json::Map::new();
        for (name, value) in fields.into_entries() {
            let why = match &value {
                Json::Null => continue,
                _ if !names::is_event(&name) => "there is no event of this name",
                Json::Bool(_) => {
                    events.insert(name, value);
                    continue;
                }
                _ => "it takes true or false",
            };
            all.refused.push(Wrong::field(&name, why));
        }
        if events.is_empty() {
            return;
        }
        match self.wish("LOG_EVENTS", &Json::Object(events)) {
            Ok((wish, _)) => all.wishes.push(Wish {
                field: None,
                ..wish
            }),
            Err(wrong) => all.refused.push(Wrong::record(wrong.reason)),
        }
    }

    /// Reads one field; the flag tells that nobody knows its name.
    fn wish(&self, name: &str, value: &Json) -> Result<(Wish, bool), Wrong> {
        let wrong = |why: String| Wrong::field(name, why);
        let (target, is_unknown) = self.target(name).map_err(wrong)?;
        let is_secret = is_secret(value) || (is_unknown && sounds_secret(name, value));
        let kept = match &target {
            _ if is_secret => self.secret(value).map_err(wrong)?,
            Target::Key(key) => {
                let read = key.read(value);
                read.map_err(|error| wrong(error.to_string()))?.to_json()
            }
            Target::Name(name) => names::read(name, value).map_err(wrong)?,
        };
        if kept.to_string().contains("\\u0000") {
            return Err(wrong(
                "it holds a NUL character, which PostgreSQL cannot store".to_owned(),
            ));
        }
        let wish = Wish {
            field: Some(name.to_owned()),
            target,
            value: kept,
            is_secret,
        };
        Ok((wish, is_unknown))
    }

    /// A secret needs a vault; a value around it is sealed with it.
    fn secret(&self, value: &Json) -> Result<Json, String> {
        if self.vault.is_none() {
            let what = if is_secret(value) {
                "it is a webhook's address, a secret,"
            } else {
                "it is a secret by its name,"
            };
            return Err(format!(
                "{what} which cannot be sealed without ENCRYPTION_KEY"
            ));
        }
        Ok(match value {
            Json::String(text) => json!(text),
            other => json!(other.to_string()),
        })
    }

    fn target(&self, name: &str) -> Result<(Target, bool), String> {
        if self.origin == Origin::BotDetection {
            let is_named = |key: &&'static KeySpec| matches!(key.place, Place::Column { table, column } if table == "botdetect_config" && column == name);
            let key = self.registry.keys().find(is_named);
            return key
                .map(|key| (Target::Key(key), false))
                .ok_or_else(|| "no setting of bot detection has this name".to_owned());
        }
        let special = format!("GUILD_SETTINGS.{name}");
        let is_settings = self.origin == Origin::Settings;
        for name in [is_settings.then_some(&*special), Some(name)]
            .into_iter()
            .flatten()
        {
            if let Some(key) = self.registry.find(name) {
                return Ok((Target::Key(key), false));
            }
            if let Some(known) = self.registry.find_reserved(name) {
                return Ok((Target::Name(known.name.to_owned()), false));
            }
        }
        unknown(name).map(|name| (Target::Name(name), true))
    }
}

/// A name that nobody knows, in upper case as all are.
fn unknown(name: &str) -> Result<String, String> {
    let name = name.trim().to_uppercase();
    if name.is_empty() || name.chars().count() > 255 || name.contains('\0') {
        return Err("it is no name for a setting: 1 to 255 characters".to_owned());
    }
    // Such names mean columns of settings tables, and would be hidden by them.
    if name.contains('.') || name.starts_with("BOTDETECT_") {
        return Err(
            "there is no setting of this name, and names like this are not kept".to_owned(),
        );
    }
    Ok(name)
}

impl Wishes {
    /// Adds a wish. Of two names of one key the canonical one counts.
    fn add(&mut self, (wish, is_unknown): (Wish, bool)) {
        if is_unknown {
            let name = wish.field.as_deref().unwrap_or_default();
            let why = format!(
                "no part of AIMod knows this setting; it is kept as {}",
                wish.target.name()
            );
            self.unknown.push(Wrong::field(name, why));
        }
        let mut there = self.wishes.iter_mut();
        let Some(there) = there.find(|there| there.target == wish.target) else {
            self.wishes.push(wish);
            return;
        };
        if there.value == wish.value {
            return;
        }
        let is_canonical = wish.field.as_deref() == Some(wish.target.name());
        let loser = if is_canonical {
            std::mem::replace(there, wish)
        } else {
            wish
        };
        let why = format!(
            "{} stands here under another name as well, which counts",
            loser.target.name()
        );
        self.refused.push(Wrong::field(
            loser.field.as_deref().unwrap_or_default(),
            why,
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::registry;

    fn read(origin: Origin, has_key: bool, json: &str) -> String {
        let vault = Vault::from_keys(&Vault::generate_key()).expect("a key");
        let reader = Reader {
            registry: Arc::new(registry()),
            vault: has_key.then(|| Arc::new(vault)),
            origin,
        };
        let wishes = reader.read(Fields::read(json).expect("an object"));
        let told = wishes.wishes.iter().map(|wish| {
            let secret = if wish.is_secret { " (secret)" } else { "" };
            format!("{} = {}{secret}", wish.target.name(), wish.value)
        });
        let refused = wishes.refused.iter();
        let refused = refused.map(|wrong| {
            format!(
                "! {}: {}",
                wrong.field.as_deref().unwrap_or("-"),
                wrong.reason
            )
        });
        let unknown = wishes.unknown.iter();
        let unknown = unknown.map(|wrong| {
            format!(
                "? {}: {}",
                wrong.field.as_deref().unwrap_or("-"),
                wrong.reason
            )
        });
        told.chain(refused)
            .chain(unknown)
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn names_become_canonical_and_values_are_checked() {
        let json = r#"{"prefix": "?", "SERVER_RULES": "Be kind.", "moderation_log_channel_id": "7", "APPEALS_ENABLED": "maybe",
            "AI_EXCLUDED_CHANNELS": ["9007199254740993"], "mood": {"a": 1}, "nothing": null, "a.b": 1, "BOTDETECT_X": 1,
            "NUL": "\u0000"}"#;
        insta::assert_snapshot!(read(Origin::Config, false, json), @r#"
        PREFIX = "?"
        RULES_TEXT = "Be kind."
        MODERATION_LOG_CHANNEL_ID = 7
        AI_EXCLUDED_CHANNELS = [9007199254740993]
        MOOD = {"a":1}
        ! APPEALS_ENABLED: “maybe” does not fit; it takes true or false
        ! a.b: there is no setting of this name, and names like this are not kept
        ! BOTDETECT_X: there is no setting of this name, and names like this are not kept
        ! NUL: it holds a NUL character, which PostgreSQL cannot store
        ? mood: no part of AIMod knows this setting; it is kept as MOOD
        "#);
    }

    #[test]
    fn of_two_names_of_a_key_the_canonical_one_counts() {
        let json = r#"{"MOD_LOG_CHANNEL_ID": 7, "MODERATION_LOG_CHANNEL_ID": 8}"#;
        insta::assert_snapshot!(read(Origin::Config, false, json), @r"
        MODERATION_LOG_CHANNEL_ID = 8
        ! MOD_LOG_CHANNEL_ID: MODERATION_LOG_CHANNEL_ID stands here under another name as well, which counts
        ");
        let json = r#"{"MODERATION_LOG_CHANNEL_ID": 8, "MOD_LOG_CHANNEL_ID": "8"}"#;
        assert_eq!(
            read(Origin::Config, false, json),
            "MODERATION_LOG_CHANNEL_ID = 8"
        );
    }

    #[test]
    fn addresses_of_webhooks_are_secrets() {
        let json = r#"{"mod_log_channel_id": "5", "logging_webhook_url": "https://discord.com/api/webhooks/1/abc"}"#;
        insta::assert_snapshot!(read(Origin::Settings, false, json), @r"
        MODERATION_LOG_CHANNEL_ID = 5
        ! logging_webhook_url: it is a webhook's address, a secret, which cannot be sealed without ENCRYPTION_KEY
        ");
        let told = read(Origin::Settings, true, json);
        assert!(
            told.contains(
                r#"LOGGING_WEBHOOK_URL = "https://discord.com/api/webhooks/1/abc" (secret)"#
            ),
            "{told}"
        );
        let told = read(
            Origin::Config,
            true,
            r#"{"A": ["https://discord.com/api/webhooks/1/abc"]}"#,
        );
        assert!(told.contains("(secret)"), "{told}");
    }

    #[test]
    fn what_is_called_a_key_or_a_token_is_a_secret_unless_it_is_a_setting_here() {
        let json = r#"{"OPENROUTER_API_KEY": "sk-1", "github_token": "gho", "PREFIX": "!", "MONKEY": "no", "MAX_TOKEN": 7}"#;
        insta::assert_snapshot!(read(Origin::Config, true, json), @r#"
        OPENROUTER_API_KEY = "sk-1" (secret)
        GITHUB_TOKEN = "gho" (secret)
        PREFIX = "!"
        MONKEY = "no"
        MAX_TOKEN = 7
        ? OPENROUTER_API_KEY: no part of AIMod knows this setting; it is kept as OPENROUTER_API_KEY
        ? github_token: no part of AIMod knows this setting; it is kept as GITHUB_TOKEN
        ? MONKEY: no part of AIMod knows this setting; it is kept as MONKEY
        ? MAX_TOKEN: no part of AIMod knows this setting; it is kept as MAX_TOKEN
        "#);
        let told = read(Origin::Config, false, r#"{"SOME_KEY": "sk-1"}"#);
        assert_eq!(
            told,
            "! SOME_KEY: it is a secret by its name, which cannot be sealed without ENCRYPTION_KEY"
        );
    }

    #[test]
    fn bot_detection_has_fields_and_events_have_switches() {
        let json = r#"{"enabled": true, "keywords": ["free nitro"], "action": "kick", "timeout_duration": 0, "log_channel": null,
            "whitelist_roles": ["5"], "color": "red"}"#;
        insta::assert_snapshot!(read(Origin::BotDetection, false, json), @r#"
        BOTDETECT_ENABLED = true
        BOTDETECT_KEYWORDS = ["free nitro"]
        BOTDETECT_ACTION = "kick"
        BOTDETECT_WHITELIST_ROLES = [5]
        ! timeout_duration: “0” does not fit; it takes a duration such as 10m or 1d12h, at most 4w
        ! color: no setting of bot detection has this name
        "#);
        let json =
            r#"{"member_join": false, "message_edit": true, "full_moon": true, "audit_ban": 1}"#;
        insta::assert_snapshot!(read(Origin::Toggles, false, json), @r#"
        LOG_EVENTS = {"member_join":false,"message_edit":true}
        ! full_moon: there is no event of this name
        ! audit_ban: it takes true or false
        "#);
    }
}
