//! `/stats moderation` and `/stats commands`.

use super::days::{MOST_DAYS, Span, USUAL_DAYS};
use super::picture::{self, Theme};
use super::replies::{self, TEXTS};
use super::report::Report;
use super::table::list_command_runs;
use crate::commands::permission::needs;
use crate::commands::reply::Message;
use crate::commands::words::language_of;
use crate::commands::{CommandError, CommandResult, Context, guild_of, reply};
use crate::domain::permissions::Permissions;
use crate::guild::keys::time_zone;

/// Counts what happens in this server.
#[poise::command(
    slash_command,
    prefix_command,
    subcommands("moderation", "commands"),
    subcommand_required,
    custom_data = "needs(Permissions::MODERATE_MEMBERS)"
)]
pub(in crate::features) async fn stats(_ctx: Context<'_>) -> CommandResult {
    Ok(())
}

/// Shows infractions per action and day, as text and as a picture.
#[poise::command(
    slash_command,
    prefix_command,
    custom_data = "needs(Permissions::MODERATE_MEMBERS)"
)]
async fn moderation(
    ctx: Context<'_>,
    #[description = "How many days, such as 7, 30 or 90; 30 where it is left out"]
    #[min = 1]
    #[max = 365]
    days: Option<i64>,
    #[description = "The background of the picture; dark where it is left out"] theme: Option<
        Theme,
    >,
) -> CommandResult {
    let guild = guild_of(ctx)?;
    let span = span(ctx, days).await?;
    let mut conn = ctx.data().reader().await?;
    let report = Report::load(&mut conn, guild, span).await?;
    drop(conn);
    let speech = TEXTS.speech(language_of(ctx).await);
    let mut message = Message::new(replies::moderation(speech, &report));
    if let Some(days) = replies::day_by_day(speech, &report) {
        message = message.with_file(replies::DAYS_FILE, days.into_bytes());
    }
    let drawn = picture::png(speech, &report, theme.unwrap_or_default()).await;
    let message = match drawn {
        Ok(png) => message.with_file("moderation.png", png),
        Err(error) => {
            // The text says it all; better without a picture than no answer.
            tracing::error!(guild.id = %guild, error = format!("{error:#}"), "statistics could not be drawn");
            message
        }
    };
    reply::send(ctx, message).await
}

/// Shows how often commands are run, how they end and how long they take.
#[poise::command(
    slash_command,
    prefix_command,
    custom_data = "needs(Permissions::MANAGE_GUILD)"
)]
async fn commands(
    ctx: Context<'_>,
    #[description = "How many days, such as 7, 30 or 90; 30 where it is left out"]
    #[min = 1]
    #[max = 365]
    days: Option<i64>,
) -> CommandResult {
    let guild = guild_of(ctx)?;
    let span = span(ctx, days).await?;
    let mut conn = ctx.data().reader().await?;
    let rows = list_command_runs(&mut conn, guild, span.bounds()).await?;
    drop(conn);
    let speech = TEXTS.speech(language_of(ctx).await);
    reply::say(ctx, replies::commands(speech, &span, &rows)).await
}

/// The days that are asked for, in the guild's time zone. Text commands may name any number.
async fn span(ctx: Context<'_>, days: Option<i64>) -> Result<Span, CommandError> {
    let guild = guild_of(ctx)?;
    let snapshot = ctx.data().guilds.configuration(guild).await?;
    let days = days.map_or(USUAL_DAYS, |days| {
        u16::try_from(days.clamp(1, MOST_DAYS.into())).unwrap_or(USUAL_DAYS)
    });
    let zone = time_zone(snapshot.values());
    Ok(Span::ending(ctx.data().clock.now(), zone, days))
}
