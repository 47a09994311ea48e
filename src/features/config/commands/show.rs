//! `/config show`.

use super::super::desk::{Desk, is_api_key};
use super::super::replies;
use super::NEEDED;
use super::complete::complete_name;
use crate::commands::components::{Answer, Press};
use crate::commands::{CommandError, CommandResult, Context, reply};
use crate::guild::config::key::KeySpec;
use crate::store::tables::config::list_revisions;

/// Shows all settings, or one with its meaning.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
pub(super) async fn show(
    ctx: Context<'_>,
    #[description = "The setting; all of them where it is left out"]
    #[autocomplete = "complete_name"]
    key: Option<String>,
) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let Some(name) = key else {
        return reply::send(ctx, replies::overview(desk.words, &desk.snapshot, 1)).await;
    };
    if let Some(known) = desk.words.registry.find_reserved(&name) {
        let mut unread = desk.snapshot.unread().iter();
        let stored = unread.find(|(name, _)| known.is_called(name));
        let stored = stored.map(|(_, json)| json);
        return reply::say(ctx, replies::reserved(desk.words, known, stored)).await;
    }
    if is_api_key(&name) {
        return reply::say(ctx, desk.words.say("config-apikey")).await;
    }
    if let Some((stored, json)) = desk.find_stored(&name) {
        return reply::say(ctx, replies::unread(desk.words, stored, json)).await;
    }
    let key = desk.find_key(&name)?;
    let mut text = replies::one(desk.words, key, desk.snapshot.values());
    if let Some(since) = since(&desk, key).await {
        text.push_str(&format!("\n{since}"));
    }
    reply::say(ctx, text).await
}

/// Who set the key so; left out where nobody has, or where the database cannot tell right now.
async fn since(desk: &Desk<'_>, key: &KeySpec) -> Option<String> {
    desk.snapshot.values().find_set(key)?;
    let mut conn = desk.services.reader().await.ok()?;
    let newest = list_revisions(&mut conn, desk.guild, Some(key.name), None, 1).await;
    let newest = newest.ok()?.pop()?;
    Some(replies::since(desk.words, &newest))
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
