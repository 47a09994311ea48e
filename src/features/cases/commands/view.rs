//! `/case view`.

use super::super::desk::Desk;
use super::super::replies::{self, Whole};
use super::super::table::{count_edits, list_appeals, list_edits};
use super::NEEDED;
use crate::commands::{CommandError, CommandResult, Context, reply};

/// How many changes, and how many appeals, are told one by one.
const TOLD: i64 = 3;

/// Shows a case by its number.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
pub(super) async fn view(
    ctx: Context<'_>,
    #[description = "The number of the case"]
    #[min = 1]
    number: i64,
) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let whole = whole(&desk, number).await?;
    reply::say(ctx, replies::view(desk.speech, desk.guild, &whole)).await
}

async fn whole(desk: &Desk<'_>, number: i64) -> Result<Whole, CommandError> {
    let case = desk.case(number).await?;
    let mut conn = desk.services.reader().await?;
    Ok(Whole {
        edits: list_edits(&mut conn, case.id, TOLD).await?,
        edit_count: count_edits(&mut conn, case.id).await?,
        appeals: list_appeals(&mut conn, case.id, TOLD).await?,
        audience: desk.audience(&case),
        case,
    })
}
