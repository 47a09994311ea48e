//! `/infractions clear`, after a question.

use super::super::replies::{self, TEXTS};
use super::super::table::{ClearInfractions, find_last};
use super::TO_CLEAR;
use crate::commands::components::{Answer, Press};
use crate::commands::reply::Message;
use crate::commands::target::check_record;
use crate::commands::words::language_of;
use crate::commands::{CommandError, CommandResult, Context, Refusal, caller_of, guild_of, reply};
use crate::domain::ids::UserId;
use crate::store::tables::infractions::count_infractions;

/// Removes all infractions of a member in this server, after a question; the cases stay.
#[poise::command(slash_command, prefix_command, custom_data = "TO_CLEAR")]
pub(super) async fn clear(
    ctx: Context<'_>,
    #[description = "The member, also one who has left"] user: serenity::all::User,
) -> CommandResult {
    let (guild, member) = (guild_of(ctx)?, UserId(user.id.get()));
    let language = language_of(ctx).await;
    check_record(ctx.data(), (guild, member), caller_of(ctx), language).await?;
    let mut conn = ctx.data().reader().await?;
    let last = find_last(&mut conn, guild, member).await?;
    let count = count_infractions(&mut conn, guild, member).await?;
    drop(conn);
    let speech = TEXTS.speech(language);
    let last = last.ok_or_else(|| Refusal::new(replies::none(speech, member)))?;
    reply::send(ctx, replies::clear(speech, member, count, last)).await
}

/// It is wanted. What has come since the question stays.
pub(super) async fn confirmed(press: &Press<'_>) -> Result<Answer, CommandError> {
    let mut parts = press.rest.split('/');
    let user = parts.next().and_then(|user| user.parse().ok());
    let last = parts.next().and_then(|last| last.parse().ok());
    let (Some(user), Some(last)) = (user, last) else {
        return Err(anyhow::anyhow!("a button of /infractions clear carries no member").into());
    };
    check_record(
        press.services,
        (press.guild, user),
        press.user,
        press.language,
    )
    .await?;
    let clearing = ClearInfractions {
        guild: press.guild,
        user,
        last,
        by: press.user,
    };
    let count = press.services.write(clearing).await?;
    let speech = TEXTS.speech(press.language);
    Ok(Answer::Update(Message::new(match count {
        // Somebody else was faster.
        0 => replies::nothing_left(speech, user),
        count => replies::cleared(speech, user, count, press.user),
    })))
}

/// It is not wanted.
pub(super) async fn cancelled(press: &Press<'_>) -> Result<Answer, CommandError> {
    let text = TEXTS.speech(press.language).say("infractions-cancelled");
    Ok(Answer::Update(Message::new(text)))
}
