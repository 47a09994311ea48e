//! `/user info`.

use super::replies::{self, Facts, TEXTS};
use super::table::{count_notes, find_global_ban, find_last_case};
use crate::commands::permission::needs;
use crate::commands::words::language_of;
use crate::commands::{CommandResult, Context, caller_of, guild_of, reply};
use crate::domain::ids::UserId;
use crate::domain::permissions::Permissions;
use crate::store::tables::infractions::count_infractions;
use crate::store::tables::users::UserData;

/// Looks users up.
#[poise::command(
    slash_command,
    prefix_command,
    subcommands("info"),
    subcommand_required,
    custom_data = "needs(Permissions::MODERATE_MEMBERS)"
)]
pub(in crate::features) async fn user(_ctx: Context<'_>) -> CommandResult {
    Ok(())
}

/// Shows what is known of a user, and what is on record here.
#[poise::command(
    slash_command,
    prefix_command,
    custom_data = "needs(Permissions::MODERATE_MEMBERS)"
)]
async fn info(
    ctx: Context<'_>,
    #[description = "The user, also one who has left"] user: serenity::all::User,
) -> CommandResult {
    let (guild, id) = (guild_of(ctx)?, UserId(user.id.get()));
    let mut conn = ctx.data().reader().await?;
    let seen = UserData::find(&mut conn, id).await?;
    let infractions = count_infractions(&mut conn, guild, id).await?;
    let last_case = find_last_case(&mut conn, guild, id).await?;
    let global_ban = find_global_ban(&mut conn, id).await?;
    // Text commands are answered before everybody, and nobody learns of notes about themselves.
    let is_private = matches!(ctx, poise::Context::Application(_)) && id != caller_of(ctx);
    let notes = if is_private {
        Some(count_notes(&mut conn, guild, id).await?)
    } else {
        None
    };
    drop(conn);
    let facts = Facts {
        id,
        name: user.name,
        seen,
        infractions,
        last_case,
        global_ban,
        notes,
    };
    let speech = TEXTS.speech(language_of(ctx).await);
    reply::say(ctx, replies::info(speech, &facts)).await
}
