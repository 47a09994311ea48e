//! How keys and their values are told in the guild's language.

use std::sync::LazyLock;
use std::time::Duration;

use serde_json::Value as Json;

use crate::domain::duration;
use crate::guild::config::key::KeySpec;
use crate::guild::config::registry::{KnownName, Registry};
use crate::guild::config::value::{Kind, Value};
use crate::guild::language::{Args, Language, Speech, Texts};
use crate::guild::rule::Judge;
use crate::vault::Token;

/// The texts of the room.
pub(in crate::features) static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::new(
        "config",
        &[
            (Language::En, include_str!("texts/en.ftl")),
            (Language::De, include_str!("texts/de.ftl")),
        ],
    )
});

/// Entries of a list that are shown before the rest is counted.
const ENTRIES: usize = 3;

/// The most characters of one value in a list of many.
const BRIEF: usize = 120;

/// The room's texts in one language, and the keys they speak of.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    speech: Speech,
    pub(super) registry: &'a Registry,
}

impl<'a> Words<'a> {
    pub(super) fn new(language: Language, registry: &'a Registry) -> Self {
        Self {
            speech: TEXTS.speech(language),
            registry,
        }
    }

    pub(super) const fn language(self) -> Language {
        self.speech.language()
    }

    pub(super) fn say(self, id: &str) -> String {
        self.speech.say(id)
    }

    pub(super) fn with(self, id: &str, args: &Args<'_>) -> String {
        self.speech.with(id, args)
    }

    /// A value in full.
    pub(super) fn value(self, key: &KeySpec, value: &Value) -> String {
        if is_empty(value) {
            return self.say("config-none");
        }
        value.show(&key.kind)
    }

    /// A value in one line: of a long list the first entries, and how many more there are.
    pub(super) fn brief(self, key: &KeySpec, value: &Value) -> String {
        let (head, count) = match value {
            Value::Ids(ids) if ids.len() > ENTRIES => {
                (Value::Ids(ids[..ENTRIES].into()), ids.len())
            }
            Value::Texts(texts) if texts.len() > ENTRIES => {
                (Value::Texts(texts[..ENTRIES].into()), texts.len())
            }
            _ => return clip(&self.value(key, value), BRIEF),
        };
        self.and_more(&clip(&head.show(&key.kind), BRIEF), count - ENTRIES)
    }

    /// What is listed, and how many more there are.
    pub(super) fn and_more(self, listed: &str, more: usize) -> String {
        let args = [("listed", listed.into()), ("more", more.into())];
        self.with("config-more", &args)
    }

    /// What holds, in one line: the set value, or the default as such.
    pub(super) fn held(self, key: &KeySpec, set: Option<&Value>) -> String {
        match (set, (key.default)()) {
            (Some(value), _) => self.brief(key, value),
            (None, Some(value)) => {
                let value = self.brief(key, &value);
                self.with("config-default", &[("value", value.into())])
            }
            (None, None) => self.say("config-unset"),
        }
    }

    /// The default, as help shows it.
    pub(super) fn default(self, key: &KeySpec) -> String {
        (key.default)().map_or_else(|| self.say("config-unset"), |value| self.value(key, &value))
    }

    /// A stored value of a name that no key has; of a sealed secret only that it is one.
    pub(super) fn raw(self, json: &Json) -> String {
        if Token::find_in(json).is_some() {
            return self.say("config-sealed");
        }
        let text = clip(&json.to_string().replace('`', "ˋ"), BRIEF);
        format!("`{text}`")
    }

    /// What a key means.
    pub(super) fn meaning(self, key: &KeySpec) -> String {
        self.of_key(key, "key")
            .unwrap_or_else(|| key.description.to_owned())
    }

    /// What a name that is not in use will mean.
    pub(super) fn meaning_of_name(self, name: &KnownName) -> String {
        let id = format!("config-key-{}", name.name);
        TEXTS
            .find(self.language(), &id, &[])
            .unwrap_or_else(|| name.description.to_owned())
    }

    /// What a key's own check asks, where that is written down in this language.
    pub(super) fn condition(self, key: &KeySpec) -> Option<String> {
        self.of_key(key, "check")
    }

    /// What the declaring room has written about a key in this language.
    fn of_key(self, key: &KeySpec, what: &str) -> Option<String> {
        let judge = self.registry.judge_of(key);
        let texts = match judge {
            Some(judge) => judge.texts()?,
            None => &TEXTS,
        };
        let id = format!("{}-{what}-{}", texts.room(), key.name);
        texts.find(self.language(), &id, &[])
    }

    /// What a person is told to write.
    pub(super) fn kind(self, kind: &Kind) -> String {
        match *kind {
            Kind::Bool => self.say("config-kind-bool"),
            Kind::Text { least, most } => {
                let args = [("least", least.into()), ("most", most.into())];
                self.with("config-kind-text", &args)
            }
            Kind::Choice(words) => {
                self.with("config-kind-choice", &[("words", words.join(", ").into())])
            }
            Kind::TimeZone => self.say("config-kind-time-zone"),
            Kind::Seconds { most } => {
                let most = duration::format(Duration::from_secs(most));
                self.with("config-kind-seconds", &[("most", most.into())])
            }
            Kind::Number { least, most } => {
                let args = [
                    ("least", least.to_string().into()),
                    ("most", most.to_string().into()),
                ];
                self.with("config-kind-number", &args)
            }
            Kind::Channel => self.say("config-kind-channel"),
            Kind::Role => self.say("config-kind-role"),
            Kind::Roles => self.say("config-kind-roles"),
            Kind::Users => self.say("config-kind-users"),
            Kind::Texts { entries, most } => {
                let args = [("entries", entries.into()), ("most", most.into())];
                self.with("config-kind-texts", &args)
            }
        }
    }

    /// The title of a room; of the house's own keys without one.
    pub(super) fn room(self, judge: Option<&dyn Judge>) -> String {
        let Some(judge) = judge else {
            return self.say("config-room-house");
        };
        judge.texts().map_or_else(
            || judge.room().to_owned(),
            |texts| texts.say(self.language(), &format!("{}-room", texts.room()), &[]),
        )
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Ids(ids) => ids.is_empty(),
        Value::Texts(texts) => texts.is_empty(),
        _ => false,
    }
}

/// Cuts a text; ends inside a text in back-ticks are closed again.
pub(super) fn clip(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most - 2).collect();
    // Half a mention would be shown as plain signs.
    let head = match head.rfind('<') {
        Some(open) if !head[open..].contains('>') => &head[..open],
        _ => &head,
    };
    let is_open = head.matches('`').count() % 2 == 1;
    format!("{head}…{}", if is_open { "`" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_closes_its_code_and_keeps_mentions_whole() {
        assert_eq!(clip("short", 10), "short");
        assert_eq!(clip("`abcdefghij`", 8), "`abcde…`");
        assert_eq!(clip("see <#1234567890> there", 12), "see …");
        assert_eq!(clip("<#1> and so on", 10), "<#1> and…");
    }
}
