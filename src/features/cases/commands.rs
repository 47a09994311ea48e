//! `/case view`.

use super::replies::{self, TEXTS};
use crate::commands::permission::needs;
use crate::commands::words::language_of;
use crate::commands::{CommandResult, Context, Refusal, guild_of, reply};
use crate::domain::ids::CaseNumber;
use crate::domain::permissions::Permissions;
use crate::store::tables::cases::Case;

/// Looks up the cases of this server.
#[poise::command(
    slash_command,
    prefix_command,
    subcommands("view"),
    subcommand_required,
    custom_data = "needs(Permissions::MODERATE_MEMBERS)"
)]
pub(in crate::features) async fn case(_ctx: Context<'_>) -> CommandResult {
    Ok(())
}

/// Shows a case by its number.
#[poise::command(
    slash_command,
    prefix_command,
    custom_data = "needs(Permissions::MODERATE_MEMBERS)"
)]
async fn view(
    ctx: Context<'_>,
    #[description = "The number of the case"]
    #[min = 1]
    number: i64,
) -> CommandResult {
    let guild = guild_of(ctx)?;
    let mut conn = ctx.data().reader().await?;
    let found = Case::find(&mut conn, guild, CaseNumber(number)).await?;
    drop(conn);
    let speech = TEXTS.speech(language_of(ctx).await);
    let case = found.ok_or_else(|| Refusal::new(replies::no_such_case(speech, number)))?;
    reply::say(ctx, replies::view(speech, guild, &case)).await
}
