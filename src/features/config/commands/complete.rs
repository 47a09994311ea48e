//! Suggestions: keys, words, channels, roles, and the entries of a list.

use serenity::all::{CreateAutocompleteResponse, ResolvedValue};

use crate::commands::{Context, guild_of, reply};
use crate::domain::zone;
use crate::guild::config::key::KeySpec;
use crate::guild::config::value::{Kind, Value};
use crate::guild::view::GuildView;
use crate::store::tables::provider_keys::KEY_NAME;

/// Names of keys, those first that begin with what is typed.
pub(super) async fn complete_key(ctx: Context<'_>, partial: &str) -> CreateAutocompleteResponse {
    suggest_keys(ctx, partial, |_| true)
}

/// Names of keys that are lists.
pub(super) async fn complete_list(ctx: Context<'_>, partial: &str) -> CreateAutocompleteResponse {
    suggest_keys(ctx, partial, |key| {
        matches!(key.kind, Kind::Roles | Kind::Users | Kind::Texts { .. })
    })
}

/// Names of keys, and of everything else that can be looked at: what is stored without being read, the API key, and
/// last what is not in use yet.
pub(super) async fn complete_name(ctx: Context<'_>, partial: &str) -> CreateAutocompleteResponse {
    let registry = ctx.data().guilds.registry();
    let mut names: Vec<String> = registry.keys().map(|key| key.name.to_owned()).collect();
    if let Ok(guild) = guild_of(ctx)
        && let Ok(snapshot) = ctx.data().guilds.configuration(guild).await
    {
        names.extend(snapshot.unread().keys().cloned());
    }
    names.push(KEY_NAME.to_owned());
    for known in registry.reserved() {
        if !names.iter().any(|name| name == known.name) {
            names.push(known.name.to_owned());
        }
    }
    suggest(names, partial)
}

fn suggest_keys(
    ctx: Context<'_>,
    partial: &str,
    is_wanted: fn(&KeySpec) -> bool,
) -> CreateAutocompleteResponse {
    let keys = ctx.data().guilds.registry().keys();
    let names = keys.filter(|key| is_wanted(key));
    suggest(names.map(|key| key.name.to_owned()).collect(), partial)
}

fn suggest(names: Vec<String>, partial: &str) -> CreateAutocompleteResponse {
    let partial = partial.trim().to_ascii_uppercase();
    let fits = |name: &String| name.to_ascii_uppercase().contains(&partial);
    let begins = |name: &String| name.to_ascii_uppercase().starts_with(&partial);
    let (first, rest): (Vec<_>, Vec<_>) = names.into_iter().filter(fits).partition(begins);
    reply::choices(first.into_iter().chain(rest))
}

/// Values that the key which is typed already may have.
pub(super) async fn complete_value(ctx: Context<'_>, partial: &str) -> CreateAutocompleteResponse {
    let (Some(key), Ok(guild)) = (typed_key(ctx), guild_of(ctx)) else {
        return CreateAutocompleteResponse::new();
    };
    let view = ctx.data().guilds.view(guild);
    let known: Vec<(String, String)> = match key.kind {
        Kind::Bool => words(&["true", "false"]),
        Kind::Choice(all) => words(all),
        Kind::TimeZone => return reply::choices(zone::suggest(partial).into_iter()),
        Kind::Channel => channels(&view),
        Kind::Role | Kind::Roles => roles(&view),
        _ => Vec::new(),
    };
    fitting(known, partial)
}

fn words(all: &[&str]) -> Vec<(String, String)> {
    all.iter()
        .map(|word| ((*word).to_owned(), (*word).to_owned()))
        .collect()
}

/// Entries of the list that the key which is typed already holds now.
pub(super) async fn complete_entry(ctx: Context<'_>, partial: &str) -> CreateAutocompleteResponse {
    let (Some(key), Ok(guild)) = (typed_key(ctx), guild_of(ctx)) else {
        return CreateAutocompleteResponse::new();
    };
    let Ok(snapshot) = ctx.data().guilds.configuration(guild).await else {
        return CreateAutocompleteResponse::new();
    };
    let view = ctx.data().guilds.view(guild);
    let entries = match snapshot.values().find(key) {
        Some(Value::Texts(texts)) => texts
            .iter()
            .map(|text| (text.to_string(), text.to_string()))
            .collect(),
        Some(Value::Ids(ids)) => ids
            .iter()
            .map(|id| (name_of(&view, key, *id), id.to_string()))
            .collect(),
        _ => Vec::new(),
    };
    fitting(entries, partial)
}

fn name_of(view: &GuildView, key: &KeySpec, id: u64) -> String {
    let role = (key.kind == Kind::Roles).then(|| view.find_role(crate::domain::ids::RoleId(id)));
    match role.flatten() {
        Some(role) => format!("@{}", role.name),
        None => id.to_string(),
    }
}

fn channels(view: &GuildView) -> Vec<(String, String)> {
    let channels = view.list_text_channels().into_iter();
    channels
        .map(|channel| (format!("#{}", channel.name), channel.id.to_string()))
        .collect()
}

fn roles(view: &GuildView) -> Vec<(String, String)> {
    let everyone = view.id.everyone_role();
    let roles = view.list_roles().into_iter();
    roles
        .filter(|role| role.id != everyone)
        .map(|role| (format!("@{}", role.name), role.id.to_string()))
        .collect()
}

fn fitting(pairs: Vec<(String, String)>, partial: &str) -> CreateAutocompleteResponse {
    let partial = partial.trim().trim_start_matches(['#', '@']).to_lowercase();
    let fits = |(name, _): &(String, String)| {
        let name = name.to_lowercase();
        name.trim_start_matches(['#', '@']).contains(&partial)
    };
    reply::named_choices(pairs.into_iter().filter(fits))
}

fn typed_key(ctx: Context<'_>) -> Option<&'static KeySpec> {
    let poise::Context::Application(call) = ctx else {
        return None;
    };
    let typed = call
        .args
        .iter()
        .find_map(|option| match (option.name, &option.value) {
            ("key", ResolvedValue::String(key)) => Some(*key),
            _ => None,
        })?;
    ctx.data().guilds.registry().find(typed)
}
