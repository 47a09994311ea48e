//! `/infractions remove`.

use super::super::replies::{self, TEXTS};
use super::super::table::{RemoveInfraction, Removed, find_offender};
use super::TO_WARN;
use crate::commands::target::check_record;
use crate::commands::words::language_of;
use crate::commands::{CommandResult, Context, Refusal, caller_of, guild_of, reply};

/// Removes one infraction; its case stays.
#[poise::command(slash_command, prefix_command, custom_data = "TO_WARN")]
pub(super) async fn remove(
    ctx: Context<'_>,
    #[description = "The number of the infraction, as /infractions view shows it"]
    #[min = 1]
    id: i64,
) -> CommandResult {
    let language = language_of(ctx).await;
    let speech = TEXTS.speech(language);
    let (guild, by) = (guild_of(ctx)?, caller_of(ctx));
    let mut conn = ctx.data().reader().await?;
    let offender = find_offender(&mut conn, guild, id).await?;
    drop(conn);
    if let Some(offender) = offender {
        check_record(ctx.data(), (guild, offender), by, language).await?;
    }
    let removal = RemoveInfraction { guild, id, by };
    match ctx.data().write(removal).await? {
        Removed::NoSuchInfraction => Err(Refusal::new(replies::no_such(speech, id)).into()),
        Removed::Gone(gone) => {
            let now = ctx.data().clock.now();
            reply::say(ctx, replies::removed(speech, id, &gone, now)).await
        }
    }
}
