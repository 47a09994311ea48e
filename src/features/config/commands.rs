//! `/config show | set | reset`.

use serenity::all::{CreateAutocompleteResponse, ResolvedValue};

use super::replies;
use crate::commands::permission::needs;
use crate::commands::{CommandError, CommandResult, Context, Refusal, caller_of, guild_of, reply};
use crate::domain::ids::{ChannelId, RoleId};
use crate::domain::permissions::Permissions;
use crate::guild::config::change::{Change, Edit};
use crate::guild::config::key::KeySpec;
use crate::guild::config::value::{Kind, Value};
use crate::guild::view::GuildView;
use crate::store::tables::config::Source;

/// Looks at and changes this server's settings.
#[poise::command(
    slash_command,
    prefix_command,
    subcommands("show", "set", "reset"),
    subcommand_required,
    custom_data = "needs(Permissions::MANAGE_GUILD)"
)]
pub(in crate::features) async fn config(_ctx: Context<'_>) -> CommandResult {
    Ok(())
}

/// Shows all settings, or one with its meaning.
#[poise::command(
    slash_command,
    prefix_command,
    custom_data = "needs(Permissions::MANAGE_GUILD)"
)]
async fn show(
    ctx: Context<'_>,
    #[description = "The setting; all of them where it is left out"]
    #[autocomplete = "complete_key"]
    key: Option<String>,
) -> CommandResult {
    let guilds = &ctx.data().guilds;
    let snapshot = guilds.configuration(guild_of(ctx)?).await?;
    let text = match key {
        Some(name) => replies::one(find_key(ctx, &name)?, snapshot.values()),
        None => replies::all(guilds.registry().keys(), &snapshot),
    };
    reply::say(ctx, text).await
}

/// Changes a setting; the next message is judged by it.
#[poise::command(
    slash_command,
    prefix_command,
    custom_data = "needs(Permissions::MANAGE_GUILD)"
)]
async fn set(
    ctx: Context<'_>,
    #[description = "The setting"]
    #[autocomplete = "complete_key"]
    key: String,
    #[description = "Its new value"]
    #[autocomplete = "complete_value"]
    #[rest]
    value: String,
) -> CommandResult {
    let key = find_key(ctx, &key)?;
    let value = with_ids(&ctx.data().guilds.view(guild_of(ctx)?), key, &value);
    let value = key
        .kind
        .parse(&value)
        .and_then(|value| (key.check)(&value).map(|()| value))
        .map_err(|wrong| Refusal::new(replies::refused(key, &wrong)))?;
    check_target(ctx, key, &value)?;
    change(ctx, key, Edit::Set(value)).await
}

/// Gives a setting its default back.
#[poise::command(
    slash_command,
    prefix_command,
    custom_data = "needs(Permissions::MANAGE_GUILD)"
)]
async fn reset(
    ctx: Context<'_>,
    #[description = "The setting"]
    #[autocomplete = "complete_key"]
    key: String,
) -> CommandResult {
    change(ctx, find_key(ctx, &key)?, Edit::Clear).await
}

async fn change(ctx: Context<'_>, key: &'static KeySpec, edit: Edit) -> CommandResult {
    let change = Change::one(key, edit, caller_of(ctx), Source::Command);
    let (guilds, guild) = (&ctx.data().guilds, guild_of(ctx)?);
    let changed = guilds.change(guild, change).await?;
    let text = match changed.keys.first() {
        Some(change) => replies::changed(change, changed.version),
        None => replies::unchanged(key, guilds.configuration(guild).await?.values()),
    };
    reply::say(ctx, text).await
}

fn find_key(ctx: Context<'_>, name: &str) -> Result<&'static KeySpec, Refusal> {
    let registry = ctx.data().guilds.registry();
    registry
        .find(name)
        .ok_or_else(|| Refusal::new(replies::unknown_key(name, registry.nearest(name))))
}

/// A channel's or role's name becomes its id, as `#mod-log` or `@moderators` where Discord made no mention of it.
fn with_ids(view: &GuildView, key: &KeySpec, text: &str) -> String {
    let named = match key.kind {
        Kind::Channel => text
            .strip_prefix('#')
            .and_then(|name| Some(view.find_channel_named(name)?.id.0)),
        Kind::Role => text
            .strip_prefix('@')
            .and_then(|name| Some(view.find_role_named(name)?.id.0)),
        _ => None,
    };
    named.map_or_else(|| text.to_owned(), |id| id.to_string())
}

/// A channel or role of another guild, or one that is gone, is refused. A guild that is not known yet takes them.
fn check_target(ctx: Context<'_>, key: &KeySpec, value: &Value) -> Result<(), CommandError> {
    let view = ctx.data().guilds.view(guild_of(ctx)?);
    if !view.is_known() {
        return Ok(());
    }
    let role_there = |id: u64| view.find_role(RoleId(id)).is_some();
    let missing = match (key.kind, value) {
        (Kind::Channel, Value::Id(id)) => !view
            .find_channel(ChannelId(*id))
            .is_some_and(|channel| channel.text),
        (Kind::Role, Value::Id(id)) => !role_there(*id),
        (Kind::Roles, Value::Ids(ids)) => !ids.iter().all(|id| role_there(*id)),
        _ => false,
    };
    if missing {
        Err(Refusal::new(replies::not_here(key)).into())
    } else {
        Ok(())
    }
}

async fn complete_key(ctx: Context<'_>, partial: &str) -> CreateAutocompleteResponse {
    let partial = partial.trim().to_ascii_uppercase();
    let keys = ctx.data().guilds.registry().keys();
    let (first, rest): (Vec<_>, Vec<_>) = keys
        .map(|key| key.name)
        .filter(|name| name.contains(&partial))
        .partition(|name| name.starts_with(&partial));
    reply::choices(first.into_iter().chain(rest))
}

async fn complete_value(ctx: Context<'_>, partial: &str) -> CreateAutocompleteResponse {
    let poise::Context::Application(call) = ctx else {
        return CreateAutocompleteResponse::new();
    };
    let typed_key = call
        .args
        .iter()
        .find_map(|option| match (option.name, &option.value) {
            ("key", ResolvedValue::String(key)) => Some(*key),
            _ => None,
        });
    let words: &[&str] = match typed_key
        .and_then(|name| ctx.data().guilds.registry().find(name))
        .map(|key| key.kind)
    {
        Some(Kind::Bool) => &["true", "false"],
        Some(Kind::Choice(words)) => words,
        _ => &[],
    };
    let partial = partial.trim().to_ascii_lowercase();
    reply::choices(words.iter().filter(|word| word.starts_with(&partial)))
}
