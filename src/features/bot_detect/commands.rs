//! `/botdetect`: status, switch, action, keywords, whitelist, and what a text would bring.

use poise::ChoiceParameter;
use serenity::all::{CreateAutocompleteResponse, Role, User};

use super::matcher::Matcher;
use super::rule::TEXTS;
use super::settings::{BotDetectSettings, ListChange};
use super::{config, replies};
use crate::commands::permission::needs;
use crate::commands::words::language_of;
use crate::commands::{CommandError, CommandResult, Context, Refusal, caller_of, guild_of, reply};
use crate::domain::duration;
use crate::domain::ids::{RoleId, UserId};
use crate::domain::permissions::Permissions;
use crate::guild::Changed;
use crate::guild::config::change::{Change, Edit};
use crate::guild::config::key::KeySpec;
use crate::guild::config::value::Value;
use crate::guild::language::{Language, Speech};
use crate::store::tables::config::Source;

/// Finds scam messages by phrases and link domains.
#[poise::command(
    slash_command,
    prefix_command,
    subcommands("status", "enable", "action", "keywords", "whitelist", "test"),
    subcommand_required,
    custom_data = "needs(Permissions::MANAGE_GUILD)"
)]
pub(in crate::features) async fn botdetect(_ctx: Context<'_>) -> CommandResult {
    Ok(())
}

/// Shows what is set.
#[poise::command(
    slash_command,
    prefix_command,
    custom_data = "needs(Permissions::MANAGE_GUILD)"
)]
async fn status(ctx: Context<'_>) -> CommandResult {
    let snapshot = ctx.data().guilds.configuration(guild_of(ctx)?).await?;
    let mut settings = config::settings(snapshot.values());
    // What holds, not only what is set here: see the rule.
    settings.log_channel = config::log_channel(&settings, snapshot.values());
    reply::say(ctx, replies::status(speech(ctx).await, &settings)).await
}

/// Switches bot detection on or off.
#[poise::command(
    slash_command,
    prefix_command,
    custom_data = "needs(Permissions::MANAGE_GUILD)"
)]
async fn enable(ctx: Context<'_>, #[description = "On or off"] on: bool) -> CommandResult {
    let changed = change(ctx, &config::ENABLED, Edit::Set(Value::Bool(on))).await?;
    reply::say(
        ctx,
        replies::enabled(speech(ctx).await, on, changed.written()),
    )
    .await
}

/// What follows the deletion of a found message.
#[derive(Clone, Copy, Debug, ChoiceParameter)]
enum ActionChoice {
    #[name = "delete"]
    Delete,
    #[name = "warn"]
    Warn,
    #[name = "timeout"]
    Timeout,
    #[name = "kick"]
    Kick,
    #[name = "ban"]
    Ban,
}

/// Sets what happens to the author of a found message.
#[poise::command(
    slash_command,
    prefix_command,
    custom_data = "needs(Permissions::MANAGE_GUILD)"
)]
async fn action(
    ctx: Context<'_>,
    #[description = "What follows the deletion"] action: ActionChoice,
    #[description = "How long a timeout lasts, such as 10m or 1d12h; at most 28d"] duration: Option<
        String,
    >,
) -> CommandResult {
    let action = Edit::Set(Value::Text(action.name().into()));
    let mut both = Change::one(&config::ACTION, action, caller_of(ctx), Source::Command);
    if let Some(text) = duration {
        let speech = speech(ctx).await;
        let length = duration::parse(&text, duration::MAX_TIMEOUT)
            .map_err(|wrong| no_duration(speech, &text, &wrong.to_string()))?;
        let length = Edit::Set(Value::Seconds(length.as_secs()));
        both.edits.push((&config::TIMEOUT, length));
    }
    ctx.data().guilds.change(guild_of(ctx)?, both).await?;
    let now = settings(ctx).await?;
    reply::say(
        ctx,
        replies::action_set(speech(ctx).await, now.action, now.timeout()),
    )
    .await
}

/// This server's own phrases and link domains.
#[poise::command(
    slash_command,
    prefix_command,
    subcommands("add", "remove", "list", "defaults"),
    subcommand_required,
    custom_data = "needs(Permissions::MANAGE_GUILD)"
)]
async fn keywords(_ctx: Context<'_>) -> CommandResult {
    Ok(())
}

/// Adds a phrase or a link domain.
#[poise::command(
    slash_command,
    prefix_command,
    custom_data = "needs(Permissions::MANAGE_GUILD)"
)]
async fn add(
    ctx: Context<'_>,
    #[description = "A whole phrase, or a domain such as scam.example"]
    #[rest]
    keyword: String,
) -> CommandResult {
    let speech = speech(ctx).await;
    let there = settings(ctx)
        .await?
        .add_keyword(&keyword)
        .map_err(|wrong| Refusal::new(replies::keyword_refused(speech, &wrong)))?;
    let outcome = match there {
        ListChange::Added(keyword) => {
            let changed = change(ctx, &config::KEYWORDS, Edit::Add(text(&keyword))).await?;
            if changed.written() {
                ListChange::Added(keyword)
            } else {
                ListChange::AlreadyThere(keyword)
            }
        }
        nothing => nothing,
    };
    reply::say(ctx, replies::keyword_change(speech, &outcome, &keyword)).await
}

/// Removes a phrase or a link domain.
#[poise::command(
    slash_command,
    prefix_command,
    custom_data = "needs(Permissions::MANAGE_GUILD)"
)]
async fn remove(
    ctx: Context<'_>,
    #[description = "One of this server's own keywords"]
    #[autocomplete = "complete_keyword"]
    #[rest]
    keyword: String,
) -> CommandResult {
    let outcome = match settings(ctx).await?.remove_keyword(&keyword) {
        ListChange::Removed(stored) => {
            let changed = change(ctx, &config::KEYWORDS, Edit::Remove(text(&stored))).await?;
            if changed.written() {
                ListChange::Removed(stored)
            } else {
                ListChange::NotThere
            }
        }
        nothing => nothing,
    };
    reply::say(
        ctx,
        replies::keyword_change(speech(ctx).await, &outcome, &keyword),
    )
    .await
}

/// Lists this server's own keywords.
#[poise::command(
    slash_command,
    prefix_command,
    custom_data = "needs(Permissions::MANAGE_GUILD)"
)]
async fn list(
    ctx: Context<'_>,
    #[description = "The page, from 1"]
    #[min = 1]
    page: Option<u32>,
) -> CommandResult {
    reply::say(
        ctx,
        replies::keyword_list(
            speech(ctx).await,
            settings(ctx).await?.keywords(),
            page_number(page),
        ),
    )
    .await
}

/// Lists the built-in phrases and says where the domains come from.
#[poise::command(
    slash_command,
    prefix_command,
    custom_data = "needs(Permissions::MANAGE_GUILD)"
)]
async fn defaults(
    ctx: Context<'_>,
    #[description = "The page, from 1"]
    #[min = 1]
    page: Option<u32>,
) -> CommandResult {
    reply::say(ctx, replies::defaults(speech(ctx).await, page_number(page))).await
}

/// Roles and users whose messages are never searched.
#[poise::command(
    slash_command,
    prefix_command,
    subcommands("exempt", "judge"),
    subcommand_required,
    custom_data = "needs(Permissions::MANAGE_GUILD)"
)]
async fn whitelist(_ctx: Context<'_>) -> CommandResult {
    Ok(())
}

/// Exempts a role or a user.
#[poise::command(
    slash_command,
    prefix_command,
    rename = "add",
    custom_data = "needs(Permissions::MANAGE_GUILD)"
)]
async fn exempt(
    ctx: Context<'_>,
    #[description = "The role"] role: Option<Role>,
    #[description = "The user"] user: Option<User>,
) -> CommandResult {
    whitelisted(ctx, role, user, true).await
}

/// Takes the exemption of a role or a user away.
#[poise::command(
    slash_command,
    prefix_command,
    rename = "remove",
    custom_data = "needs(Permissions::MANAGE_GUILD)"
)]
async fn judge(
    ctx: Context<'_>,
    #[description = "The role"] role: Option<Role>,
    #[description = "The user"] user: Option<User>,
) -> CommandResult {
    whitelisted(ctx, role, user, false).await
}

async fn whitelisted(
    ctx: Context<'_>,
    role: Option<Role>,
    user: Option<User>,
    on: bool,
) -> CommandResult {
    let guild = guild_of(ctx)?;
    let mut lines = Vec::new();
    if let Some(role) = role {
        let (id, mention) = (RoleId(role.id.get()), format!("<@&{}>", role.id));
        let view = ctx.data().guilds.view_now(guild).await?;
        if on && view.find_role(id).is_none() {
            return Err(Refusal::new(speech(ctx).await.say("bot_detect-foreign-role")).into());
        }
        if on && id.0 == guild.0 {
            return Err(Refusal::new(speech(ctx).await.say("bot_detect-everyone")).into());
        }
        lines.push(whitelist_one(ctx, &config::WHITELIST_ROLES, (id.0, mention), on).await?);
    }
    if let Some(user) = user {
        let (id, mention) = (UserId(user.id.get()), format!("<@{}>", user.id));
        lines.push(whitelist_one(ctx, &config::WHITELIST_USERS, (id.0, mention), on).await?);
    }
    if lines.is_empty() {
        return Err(Refusal::new(speech(ctx).await.say("bot_detect-nobody")).into());
    }
    reply::say(ctx, lines.join("\n")).await
}

async fn whitelist_one(
    ctx: Context<'_>,
    key: &'static KeySpec,
    (id, mention): (u64, String),
    on: bool,
) -> Result<String, CommandError> {
    let entry = Value::Ids([id].into());
    let changed = change(
        ctx,
        key,
        if on {
            Edit::Add(entry)
        } else {
            Edit::Remove(entry)
        },
    )
    .await?;
    let outcome = match (on, changed.written()) {
        (true, true) => ListChange::Added(mention.clone()),
        (true, false) => ListChange::AlreadyThere(mention.clone()),
        (false, true) => ListChange::Removed(mention.clone()),
        (false, false) => ListChange::NotThere,
    };
    Ok(replies::whitelist_change(
        speech(ctx).await,
        &outcome,
        &mention,
    ))
}

/// Tells what a text would bring, and why. Nothing is done.
#[poise::command(
    slash_command,
    prefix_command,
    custom_data = "needs(Permissions::MANAGE_GUILD)"
)]
async fn test(
    ctx: Context<'_>,
    #[description = "The text of a message"]
    #[rest]
    text: String,
) -> CommandResult {
    let settings = settings(ctx).await?;
    let findings = Matcher::compile(&settings).explain(&text);
    reply::say(
        ctx,
        replies::test_result(speech(ctx).await, &settings, &findings),
    )
    .await
}

async fn settings(ctx: Context<'_>) -> Result<BotDetectSettings, CommandError> {
    let snapshot = ctx.data().guilds.configuration(guild_of(ctx)?).await?;
    Ok(config::settings(snapshot.values()))
}

async fn change(
    ctx: Context<'_>,
    key: &'static KeySpec,
    edit: Edit,
) -> Result<Changed, CommandError> {
    let change = Change::one(key, edit, caller_of(ctx), Source::Command);
    Ok(ctx.data().guilds.change(guild_of(ctx)?, change).await?)
}

/// A text that is no duration. The parser's own errors are in English and more exact.
fn no_duration(speech: Speech, typed: &str, wrong: &str) -> Refusal {
    let reason = if speech.language() == Language::En {
        wrong.to_owned()
    } else {
        let typed: String = typed.chars().filter(|c| !c.is_control()).take(60).collect();
        speech.with("bot_detect-no-duration", &[("typed", typed.into())])
    };
    Refusal::new(speech.with("bot_detect-nothing-changed", &[("reason", reason.into())]))
}

/// The room's texts in the guild's language.
async fn speech(ctx: Context<'_>) -> Speech {
    TEXTS.speech(language_of(ctx).await)
}

fn page_number(page: Option<u32>) -> usize {
    page.and_then(|page| usize::try_from(page).ok())
        .unwrap_or(1)
}

fn text(keyword: &str) -> Value {
    Value::Texts([keyword.into()].into())
}

async fn complete_keyword(ctx: Context<'_>, partial: &str) -> CreateAutocompleteResponse {
    let partial = partial.to_lowercase();
    let settings = settings(ctx).await.unwrap_or_default();
    let fits = settings
        .keywords()
        .iter()
        .filter(|keyword| keyword.to_lowercase().contains(&partial));
    reply::choices(fits)
}
