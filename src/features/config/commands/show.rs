//! `/config show`.

use super::super::desk::Desk;
use super::super::replies;
use super::NEEDED;
use super::complete::complete_key;
use crate::commands::components::{Answer, Press};
use crate::commands::{CommandError, CommandResult, Context, reply};

/// Shows all settings, or one with its meaning.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
pub(super) async fn show(
    ctx: Context<'_>,
    #[description = "The setting; all of them where it is left out"]
    #[autocomplete = "complete_key"]
    key: Option<String>,
) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let Some(name) = key else {
        return reply::send(ctx, replies::overview(desk.words, &desk.snapshot, 1)).await;
    };
    if let Some(known) = desk.words.registry.find_reserved(&name) {
        return reply::say(ctx, replies::reserved(desk.words, known, None)).await;
    }
    let key = desk.find_key(&name)?;
    reply::say(ctx, replies::one(desk.words, key, desk.snapshot.values())).await
}

/// Another page of all settings, as they are now.
pub(super) async fn turn(press: &Press<'_>) -> Result<Answer, CommandError> {
    let desk = Desk::pressed(press).await?;
    let page = press.rest.parse().unwrap_or(1);
    Ok(Answer::Update(replies::overview(
        desk.words,
        &desk.snapshot,
        page,
    )))
}
