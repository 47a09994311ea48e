//! Poise's set-up: prefix, checks, deferral, and what a person reads when something goes wrong.

use std::borrow::Cow;
use std::sync::Arc;

use poise::{Framework, FrameworkError, FrameworkOptions, PartialContext, PrefixFrameworkOptions};
use serenity::all::{CreateAllowedMentions, InteractionContext};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::permission::{self, Needs};
use super::run::{self, Outcome};
use super::{
    Command, CommandError, Context, Refusal, Services, help, interaction, registration, reply,
    words,
};
use crate::domain::ids::GuildId;
use crate::guild::keys::PREFIX;
use crate::guild::language::Speech;

/// The framework that runs these commands on these services. From when a shard is ready, the commands are registered,
/// until that succeeds or the bot stops.
#[must_use]
pub fn framework(
    commands: Vec<Command>,
    services: Services,
    (beside, stopping): (&TaskTracker, &CancellationToken),
) -> Framework<Services, CommandError> {
    let (beside, stopping) = (beside.clone(), stopping.clone());
    Framework::builder()
        .options(options(commands))
        .setup(move |ctx, _ready, framework| {
            let commands = &framework.options().commands;
            let registering = registration::register(ctx.clone(), commands);
            beside.spawn(async move { stopping.run_until_cancelled(registering).await });
            Box::pin(async move { Ok(services) })
        })
        .build()
}

fn options(mut commands: Vec<Command>) -> FrameworkOptions<Services, CommandError> {
    for command in &mut commands {
        complete(command);
    }
    FrameworkOptions {
        commands,
        command_check: Some(|ctx| Box::pin(before(ctx))),
        pre_command: |ctx| Box::pin(defer(ctx)),
        post_command: |ctx| Box::pin(run::end(ctx, Outcome::Ok)),
        event_handler: |framework, event| Box::pin(interaction::dispatch(framework, event)),
        on_error: |error| Box::pin(explain(error)),
        allowed_mentions: Some(CreateAllowedMentions::new()),
        prefix_options: PrefixFrameworkOptions {
            dynamic_prefix: Some(|ctx| Box::pin(prefix_of(ctx))),
            mention_as_prefix: true,
            edit_tracker: None,
            case_insensitive_commands: true,
            ..Default::default()
        },
        ..Default::default()
    }
}

/// Shows a command only to those who may run it, and makes its name fit for metric labels: names are a closed set, so
/// each is leaked once.
fn complete(command: &mut Command) {
    let needs = command.custom_data.downcast_ref::<Needs>().copied();
    command.guild_only = needs.is_none_or(Needs::is_of_guilds);
    if !command.guild_only {
        command.interaction_context =
            Some(vec![InteractionContext::Guild, InteractionContext::BotDm]);
    }
    if let Some(needs) = needs {
        command.default_member_permissions =
            serenity::all::Permissions::from_bits_truncate(needs.shown_to().0);
    }
    let name: &'static str = Box::leak(command.qualified_name.to_string().into_boxed_str());
    command.qualified_name = Cow::Borrowed(name);
    for sub in &mut command.subcommands {
        complete(sub);
    }
}

async fn before(ctx: Context<'_>) -> Result<bool, CommandError> {
    run::begin(ctx).await;
    permission::check(ctx).await
}

/// Discord waits three seconds for a first answer; whatever a command does, it has been answered by then. A form is
/// such an answer itself.
async fn defer(ctx: Context<'_>) {
    let needs = ctx.command().custom_data.downcast_ref::<Needs>();
    if needs.is_some_and(|needs| needs.opens_form) && matches!(ctx, Context::Application(_)) {
        return;
    }
    if let Err(error) = ctx.defer_ephemeral().await {
        tracing::warn!(%error, "a command could not be deferred");
    }
}

/// The prefix of a guild, from memory; only a sleeping guild's is read from the database.
async fn prefix_of(
    ctx: PartialContext<'_, Services, CommandError>,
) -> Result<Option<Cow<'static, str>>, CommandError> {
    let Some(guild) = ctx.guild_id else {
        return Ok(None);
    };
    // Without a configuration no prefix is known, and no default stands in for it: slash commands still work.
    let Ok(snapshot) = ctx
        .framework
        .user_data()
        .await
        .guilds
        .configuration(GuildId(guild.get()))
        .await
    else {
        return Ok(None);
    };
    Ok(snapshot
        .values()
        .text(&PREFIX)
        .map(|prefix| Cow::Owned(prefix.to_owned())))
}

async fn explain(error: FrameworkError<'_, Services, CommandError>) {
    match error {
        FrameworkError::Command { ctx, error, .. } => fail(ctx, error).await,
        FrameworkError::CommandCheckFailed {
            ctx,
            error: Some(error),
            ..
        } => fail(ctx, error).await,
        FrameworkError::CommandPanic { ctx, payload, .. } => {
            let what = payload.unwrap_or_else(|| "no message".into());
            fail(ctx, anyhow::anyhow!("the command panicked: {what}").into()).await;
        }
        FrameworkError::ArgumentParse {
            ctx, error, input, ..
        } => fail_with_usage(ctx, &*error, input).await,
        FrameworkError::SubcommandRequired { ctx } => fail_without_subcommand(ctx).await,
        FrameworkError::GuildOnly { ctx, .. } => fail_saying(ctx, "commands-server-only").await,
        FrameworkError::CommandStructureMismatch {
            ctx, description, ..
        } => {
            tracing::warn!(command = %ctx.command().qualified_name, description, "a command came in an older form");
            fail_saying(Context::Application(ctx), "commands-older-form").await;
        }
        FrameworkError::UnknownCommand {
            msg,
            content_start,
            framework,
            ..
        } => help::suggest(framework, msg, content_start.into()).await,
        FrameworkError::NonCommandMessage { .. } => {}
        other => tracing::error!(error = %other, "the command framework failed"),
    }
}

async fn fail_saying(ctx: Context<'_>, id: &str) {
    let text = words::speech(ctx).await.say(id);
    fail(ctx, Refusal::new(text).into()).await;
}

async fn fail_with_usage(
    ctx: Context<'_>,
    error: &(dyn std::error::Error + Send + Sync + 'static),
    input: Option<String>,
) {
    let speech = words::speech(ctx).await;
    let text = format!("{} {}", misfit(speech, error, input), usage(speech, ctx));
    fail(ctx, Refusal::new(text).into()).await;
}

/// Poise asks for no permission here, since nothing would be run.
async fn fail_without_subcommand(ctx: Context<'_>) {
    let refusal = match before(ctx).await {
        Ok(_) => Refusal::new(usage(words::speech(ctx).await, ctx)).into(),
        Err(error) => error,
    };
    fail(ctx, refusal).await;
}

/// What is wrong with the arguments of a text command. The parsers' own words are for programmers.
fn misfit(
    speech: Speech,
    error: &(dyn std::error::Error + Send + Sync + 'static),
    input: Option<String>,
) -> String {
    match input {
        Some(input) if !input.trim().is_empty() => {
            let shown: String = input.chars().filter(|c| !c.is_control()).take(60).collect();
            let args = [("input", shown.replace('`', "ˋ").into())];
            speech.with("commands-misfit", &args)
        }
        None if error.is::<poise::TooManyArguments>() => speech.say("commands-too-much"),
        _ => speech.say("commands-missing"),
    }
}

fn usage(speech: Speech, ctx: Context<'_>) -> String {
    let command = ctx.command();
    if !command.subcommands.is_empty() {
        let subs = command.subcommands.iter();
        let names: Vec<String> = subs
            .map(|sub| format!("`{}`", sub.qualified_name))
            .collect();
        return speech.with("commands-choose", &[("names", names.join(", ").into())]);
    }
    let form = format!(
        "{}{} {}",
        ctx.prefix(),
        command.qualified_name,
        parameters(command)
    );
    speech.with("commands-write-like", &[("form", form.into())])
}

/// What follows the name of a text command.
fn parameters(command: &Command) -> String {
    let needs = command.custom_data.downcast_ref::<Needs>();
    if let Some(typed) = needs.and_then(|needs| needs.typed) {
        return typed.to_owned();
    }
    let words = command.parameters.iter().map(|one| {
        let name = &one.name;
        if one.required {
            format!("<{name}>")
        } else {
            format!("[{name}]")
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Says what went wrong, and notes it. A fault gets a reference under which the log holds it.
async fn fail(ctx: Context<'_>, error: CommandError) {
    if is_autocomplete(ctx) {
        // There is no place for words in a list of suggestions, and no run to be logged.
        return;
    }
    let language = words::language_of(ctx).await;
    let (outcome, text) = words::explained(error, &ctx.command().qualified_name, language);
    if let Err(error) = reply::say(ctx, text).await {
        tracing::warn!(
            error = format!("{error:#}"),
            "a command's answer did not arrive"
        );
    }
    run::end(ctx, outcome).await;
}

fn is_autocomplete(ctx: Context<'_>) -> bool {
    matches!(ctx, Context::Application(call)
        if call.interaction_type == poise::CommandInteractionType::Autocomplete)
}

/// The commands' declared permissions, for tests: full name and need.
#[must_use]
pub fn declared(commands: &[Command]) -> Vec<(String, Option<Needs>)> {
    let mut all = Vec::new();
    for command in commands {
        let needs = command.custom_data.downcast_ref::<Needs>().copied();
        all.push((command.name.to_string(), needs));
        let below = declared(&command.subcommands).into_iter();
        all.extend(below.map(|(name, needs)| (format!("{} {name}", command.name), needs)));
    }
    all
}

/// Observers as the rooms bring them.
pub type Observers = Vec<Arc<dyn run::Observer>>;
