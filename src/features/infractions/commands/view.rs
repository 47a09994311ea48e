//! `/infractions view`.

use super::super::replies::{self, Place, TEXTS};
use super::TO_LOOK;
use crate::commands::components::{Answer, Press};
use crate::commands::reply::Message;
use crate::commands::words::language_of;
use crate::commands::{CommandError, CommandResult, Context, Services, guild_of, reply};
use crate::domain::ids::{GuildId, UserId};
use crate::guild::language::Language;
use crate::store::tables::infractions::{count_infractions, list_infractions_after};

/// How many are shown where nobody says otherwise: the seed's default.
const USUAL: i64 = 10;

/// How many a page holds at most.
pub(super) const MOST: i64 = 25;

/// Shows a member's infractions, newest first.
#[poise::command(slash_command, prefix_command, custom_data = "TO_LOOK")]
pub(super) async fn view(
    ctx: Context<'_>,
    #[description = "The member, also one who has left"] user: serenity::all::User,
    #[description = "How many on a page, 10 where it is left out"]
    #[min = 1]
    #[max = 25]
    limit: Option<i64>,
) -> CommandResult {
    let place = Place {
        user: UserId(user.id.get()),
        per_page: limit.unwrap_or(USUAL).clamp(1, MOST),
        page: 1,
    };
    let language = language_of(ctx).await;
    let page = page_of(ctx.data(), guild_of(ctx)?, place, language).await?;
    reply::send(ctx, page).await
}

/// Another page, as the history is now.
pub(super) async fn turn(press: &Press<'_>) -> Result<Answer, CommandError> {
    let place = Place::read(press.rest)
        .ok_or_else(|| anyhow::anyhow!("a button of /infractions view carries no place"))?;
    let page = page_of(press.services, press.guild, place, press.language).await?;
    Ok(Answer::Update(page))
}

async fn page_of(
    services: &Services,
    guild: GuildId,
    place: Place,
    language: Language,
) -> Result<Message, CommandError> {
    let mut conn = services.reader().await?;
    let total = count_infractions(&mut conn, guild, place.user).await?;
    let place = place.turned(total);
    let rows = list_infractions_after(&mut conn, guild, place.user, place.piece()).await?;
    drop(conn);
    Ok(replies::history(
        TEXTS.speech(language),
        place,
        &rows,
        total,
    ))
}
