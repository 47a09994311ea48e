//! `/globalban`, for the operators of the bot.

use std::time::Duration;

use poise::ReplyHandle;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::list::{GlobalBans, Progress};
use super::replies::{self, TEXTS};
use super::table::{Added, NewGlobalBan, PAGE, RemoveGlobalBan, count_enforced, find, list_page};
use crate::commands::permission::operator;
use crate::commands::words::language_of;
use crate::commands::{CommandResult, Context, Refusal, caller_of, reply};
use crate::domain::ids::UserId;
use crate::guild::language::Speech;

/// The most characters of a reason: what Discord's audit log holds.
const MOST_REASON: usize = 512;
/// How long the answer follows the search: Discord takes no edits after 15 minutes.
const FOLLOWED: Duration = Duration::from_secs(600);
/// How often the answer changes.
const STEP: Duration = Duration::from_secs(2);

/// Keeps users out of every server that has not opted out.
#[poise::command(
    slash_command,
    prefix_command,
    subcommands("add", "remove", "list", "check"),
    subcommand_required,
    custom_data = "operator()"
)]
pub(in crate::features) async fn globalban(_ctx: Context<'_>) -> CommandResult {
    Ok(())
}

/// Bans a user everywhere: when joining or writing, and where present already.
#[poise::command(slash_command, prefix_command, custom_data = "operator()")]
async fn add(
    ctx: Context<'_>,
    #[description = "The user, also by id"] user: serenity::all::User,
    #[description = "Why; servers and the user read it"]
    #[rest]
    reason: String,
) -> CommandResult {
    let speech = TEXTS.speech(language_of(ctx).await);
    let services = ctx.data();
    let by = caller_of(ctx);
    let reason = reason.replace('\0', "");
    let reason = reason.trim();
    let target = UserId(user.id.get());
    if reason.is_empty() || reason.chars().count() > MOST_REASON {
        return Err(Refusal::new(replies::reason_length(speech, MOST_REASON)).into());
    }
    if user.bot && user.id == ctx.cache().current_user().id || services.is_operator(target) {
        return Err(Refusal::new(speech.say("global_bans-not-that-one")).into());
    }
    let bans = services.state::<GlobalBans>()?;
    let mut progress = bans.progress();
    let before = *progress.borrow_and_update();
    let new = NewGlobalBan {
        user: target,
        reason: reason.to_owned(),
        by,
        at: services.clock.now(),
    };
    match services.writer.keep_now(new).await? {
        Added::AlreadyBanned(there) => {
            Err(Refusal::new(replies::already(speech, target, &there)).into())
        }
        Added::Added => {
            tracing::info!(user.id = %target, by = %by, "a user is banned everywhere");
            let handle = reply::handle(ctx, replies::added(speech, target, None)).await?;
            follow(ctx, &handle, (speech, target), progress, before).await
        }
    }
}

/// Lets the answer tell how far the search has come. It begins when the announcement has come back.
async fn follow(
    ctx: Context<'_>,
    handle: &ReplyHandle<'_>,
    (speech, target): (Speech, UserId),
    mut progress: watch::Receiver<Progress>,
    before: Progress,
) -> CommandResult {
    let end = Instant::now() + FOLLOWED;
    let mut told = None;
    loop {
        let moved = progress.wait_for(|now| differs(before, told, *now));
        let now = match timeout_at(end, moved).await {
            Ok(Ok(now)) => *now,
            _ => return Ok(()),
        };
        let text = replies::added(speech, target, Some(since(before, now)));
        reply::edit(ctx, handle, text).await?;
        if now.done >= now.due {
            return Ok(());
        }
        told = Some(now);
        sleep_until(Instant::now() + STEP).await;
    }
}

fn differs(before: Progress, told: Option<Progress>, now: Progress) -> bool {
    now.due > before.due && told != Some(now)
}

fn since(before: Progress, now: Progress) -> Progress {
    // What was due before comes first.
    Progress {
        done: now.done.saturating_sub(before.due),
        failed: now.failed - before.failed,
        due: now.due - before.due,
    }
}

/// Takes a user off the list. Bans that servers hold already stay there.
#[poise::command(slash_command, prefix_command, custom_data = "operator()")]
async fn remove(
    ctx: Context<'_>,
    #[description = "The user, also by id"] user: serenity::all::User,
) -> CommandResult {
    let speech = TEXTS.speech(language_of(ctx).await);
    let target = UserId(user.id.get());
    let removed = ctx.data().writer.keep_now(RemoveGlobalBan(target)).await?;
    let Some(_) = removed else {
        return Err(Refusal::new(replies::not_banned(speech, target)).into());
    };
    tracing::info!(user.id = %target, by = %caller_of(ctx), "a user is no longer banned everywhere");
    reply::say(ctx, replies::removed(speech, target)).await
}

/// Lists the users that are banned everywhere, newest first.
#[poise::command(slash_command, prefix_command, custom_data = "operator()")]
async fn list(
    ctx: Context<'_>,
    #[description = "Which page, 1 where it is left out"]
    #[min = 1]
    #[max = 1_000_000]
    page: Option<i64>,
) -> CommandResult {
    let speech = TEXTS.speech(language_of(ctx).await);
    let page = page.unwrap_or(1).clamp(1, 1_000_000);
    let mut conn = ctx.data().reader().await?;
    let mut rows = list_page(&mut conn, page - 1).await?;
    drop(conn);
    let more = rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    reply::say(ctx, replies::list(speech, &rows, page, more)).await
}

/// Tells whether a user is banned everywhere, by whom and why.
#[poise::command(slash_command, prefix_command, custom_data = "operator()")]
async fn check(
    ctx: Context<'_>,
    #[description = "The user, also by id"] user: serenity::all::User,
) -> CommandResult {
    let speech = TEXTS.speech(language_of(ctx).await);
    let target = UserId(user.id.get());
    let mut conn = ctx.data().reader().await?;
    let text = match find(&mut conn, target).await? {
        Some(there) => {
            let enforced = count_enforced(&mut conn, &there).await?;
            replies::banned(speech, target, &there, enforced)
        }
        None => replies::not_banned(speech, target),
    };
    drop(conn);
    reply::say(ctx, text).await
}
