//! `/infractions view`.

use super::replies::{self, TEXTS};
use crate::commands::permission::needs;
use crate::commands::words::language_of;
use crate::commands::{CommandResult, Context, guild_of, reply};
use crate::domain::ids::UserId;
use crate::domain::permissions::Permissions;
use crate::store::tables::infractions::{count_infractions, list_infractions};

/// How many are shown where nobody says otherwise: the seed's default.
const USUAL: i64 = 10;

/// Looks up what members did against the rules.
#[poise::command(
    slash_command,
    prefix_command,
    subcommands("view"),
    subcommand_required,
    custom_data = "needs(Permissions::MODERATE_MEMBERS)"
)]
pub(in crate::features) async fn infractions(_ctx: Context<'_>) -> CommandResult {
    Ok(())
}

/// Shows a member's infractions, newest first.
#[poise::command(
    slash_command,
    prefix_command,
    custom_data = "needs(Permissions::MODERATE_MEMBERS)"
)]
async fn view(
    ctx: Context<'_>,
    #[description = "The member, also one who has left"] user: serenity::all::User,
    #[description = "How many, 10 where it is left out"]
    #[min = 1]
    #[max = 25]
    limit: Option<i64>,
) -> CommandResult {
    let (guild, member) = (guild_of(ctx)?, UserId(user.id.get()));
    let limit = limit.unwrap_or(USUAL).clamp(1, 25);
    let mut conn = ctx.data().reader().await?;
    let rows = list_infractions(&mut conn, guild, member, limit).await?;
    let total = count_infractions(&mut conn, guild, member).await?;
    drop(conn);
    let speech = TEXTS.speech(language_of(ctx).await);
    reply::say(ctx, replies::history(speech, member, &rows, total)).await
}
