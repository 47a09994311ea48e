//! `/mydata export | forget`.

use std::collections::BTreeSet;

use super::FORGETTING;
use super::replies::{self, TEXTS};
use crate::commands::components::{Answer, Component, Place, Press, Reaction};
use crate::commands::error::Away;
use crate::commands::permission::anyone;
use crate::commands::reply::Message;
use crate::commands::words::language_of;
use crate::commands::{CommandError, CommandResult, Context, Refusal, caller_of, reply};
use crate::domain::ids::GuildId;
use crate::features::appeals::withdrawals;
use crate::guild::language::Speech;
use crate::store::metrics::ERASURES;
use crate::store::tables::erasure::{ForgetUser, count_person, document, load_export};
use crate::writer::WriteError;

/// The most bytes of a file: what Discord takes everywhere, less some room for the message around it.
const MOST_BYTES: usize = 9 * 1024 * 1024;

/// Gives you what AIMod keeps about you, or forgets it.
#[poise::command(
    slash_command,
    prefix_command,
    subcommands("export", "forget"),
    subcommand_required,
    custom_data = "anyone()"
)]
pub(in crate::features) async fn mydata(_ctx: Context<'_>) -> CommandResult {
    Ok(())
}

/// What may be pressed below the question.
pub(in crate::features) fn components() -> Vec<Component> {
    // The answer may stand in direct messages, so the ids carry the server, or 0 where there is none.
    let one = |name, prefix, handle| Component {
        name,
        prefix,
        needs: anyone(),
        place: Place::Direct,
        reaction: Reaction::Answer(handle),
    };
    vec![
        one(FORGETTING, "mydata/forget", |press| {
            Box::pin(forgotten(press))
        }),
        one("mydata keep button", "mydata/keep", |press| {
            Box::pin(kept(press))
        }),
    ]
}

/// Gives you all that AIMod keeps about you, on all servers, as a file.
#[poise::command(slash_command, prefix_command, custom_data = "anyone()")]
async fn export(ctx: Context<'_>) -> CommandResult {
    let speech = privately(ctx).await?;
    let user = caller_of(ctx);
    let mut conn = ctx.data().reader().await?;
    let parts = load_export(&mut conn, user).await?;
    drop(conn);
    let file = document(user, ctx.data().clock.now(), parts);
    let bytes = serde_json::to_vec_pretty(&file).map_err(anyhow::Error::new)?;
    if bytes.len() > MOST_BYTES {
        return Err(Refusal::new(speech.say("my_data-too-large")).into());
    }
    reply::send(ctx, replies::exported(speech, user, bytes)).await
}

/// Forgets what AIMod keeps about you, on all servers, after a question.
#[poise::command(slash_command, prefix_command, custom_data = "anyone()")]
async fn forget(ctx: Context<'_>) -> CommandResult {
    let speech = privately(ctx).await?;
    let user = caller_of(ctx);
    let guild = ctx
        .guild_id()
        .map_or(GuildId(0), |guild| GuildId(guild.get()));
    let mut conn = ctx.data().reader().await?;
    let found = count_person(&mut conn, user, ctx.data().clock.now()).await?;
    drop(conn);
    reply::send(ctx, replies::question(speech, guild, &found)).await
}

/// The caller's words, where nobody else reads the answer: a reply to a text command stands in the channel.
async fn privately(ctx: Context<'_>) -> Result<Speech, CommandError> {
    let speech = TEXTS.speech(language_of(ctx).await);
    if matches!(ctx, Context::Prefix(_)) && ctx.guild_id().is_some() {
        return Err(Refusal::new(speech.say("my_data-in-private")).into());
    }
    Ok(speech)
}

/// The person means it. Whoever presses is who is forgotten; nobody else sees the question.
async fn forgotten(press: &Press<'_>) -> Result<Answer, CommandError> {
    let speech = TEXTS.speech(press.language);
    let services = press.services;
    let now = services.clock.now();
    let loader = services.guilds.loader();
    let errands = withdrawals(&services.pool, loader, press.user, now).await?;
    let cards: BTreeSet<GuildId> = errands.iter().map(|errand| errand.guild).collect();
    let forget = ForgetUser {
        user: press.user,
        now,
        errands,
    };
    let done = services.writer.keep_now(forget).await.map_err(away)?;
    // What waits in memory to be written would bring the person back. Other processes hear of it from the database.
    services
        .guilds
        .forget_user(press.user)
        .await
        .map_err(away)?;
    for guild in cards {
        services.actions.settle(guild);
    }
    ERASURES.increment(["person", "asked"]);
    tracing::info!("a person was forgotten on their own request");
    Ok(Answer::Update(replies::receipt(speech, &done)))
}

/// The person has thought better of it.
async fn kept(press: &Press<'_>) -> Result<Answer, CommandError> {
    let speech = TEXTS.speech(press.language);
    Ok(Answer::Update(Message::new(speech.say("my_data-kept"))))
}

fn away(error: WriteError) -> CommandError {
    match error {
        WriteError::Refused { .. } => anyhow::Error::new(error).into(),
        WriteError::Interrupted => CommandError::Unavailable(Away::Change),
        _ => CommandError::Unavailable(Away::Database),
    }
}
