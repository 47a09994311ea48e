//! What administrators read about their server's key: never the key, not even in part.

use std::sync::LazyLock;

use crate::domain::ids::ConfigVersion;
use crate::guild::language::{Arg, Language, Speech, Texts};
use crate::store::tables::provider_keys::{ApiKeyInfo, ApiKeySet};

/// The texts of the room.
pub(in crate::features) static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::new(
        "api_keys",
        &[
            (Language::En, include_str!("texts/en.ftl")),
            (Language::De, include_str!("texts/de.ftl")),
        ],
    )
});

/// Whether there is a key, and whose.
pub(super) fn info(speech: Speech, found: Option<&ApiKeyInfo>) -> String {
    let Some(found) = found else {
        return speech.say("api_keys-none");
    };
    let args = [
        provider(speech, found),
        ("since", time(found.since.timestamp())),
        ("changed", time(found.changed_at.timestamp())),
    ];
    speech.with("api_keys-info", &args)
}

/// Whether the key is really to go.
pub(super) fn remove_question(speech: Speech, found: &ApiKeyInfo) -> String {
    speech.with("api_keys-remove-question", &[provider(speech, found)])
}

/// A key is stored.
pub(super) fn stored(speech: Speech, provider: &str, set: ApiKeySet) -> String {
    let id = match set {
        ApiKeySet::Set(_) => "api_keys-stored",
        ApiKeySet::Replaced(_) => "api_keys-replaced",
    };
    let args = [
        ("provider", provider.to_owned().into()),
        ("version", set.version().to_string().into()),
    ];
    speech.with(id, &args)
}

/// The key is gone.
pub(super) fn removed(speech: Speech, version: ConfigVersion) -> String {
    let args = [("version", version.to_string().into())];
    speech.with("api_keys-removed", &args)
}

/// A provider that the operator does not allow.
pub(super) fn unknown_provider(speech: Speech, providers: &[String]) -> String {
    if providers.is_empty() {
        return speech.say("api_keys-no-providers");
    }
    let names: Vec<String> = providers.iter().map(|one| format!("`{one}`")).collect();
    let args = [("names", names.join(", ").into())];
    speech.with("api_keys-unknown-provider", &args)
}

/// What was filled in cannot be a key.
pub(super) fn no_key(speech: Speech, least: usize, most: usize) -> String {
    let args = [("least", least.into()), ("most", most.into())];
    speech.with("api_keys-no-key", &args)
}

fn provider(speech: Speech, found: &ApiKeyInfo) -> (&'static str, Arg<'static>) {
    let name = found.provider.clone();
    let name = name.unwrap_or_else(|| speech.say("api_keys-unnamed"));
    ("provider", name.into())
}

fn time(seconds: i64) -> Arg<'static> {
    format!("<t:{seconds}:f>").into()
}
