//! `/config history | diff | rollback`.

use super::super::desk::Desk;
use super::super::past::{self, Step};
use super::super::replies::{self, Place};
use super::super::span;
use super::NEEDED;
use super::complete::complete_name;
use crate::commands::components::{Answer, Press};
use crate::commands::reply::Message;
use crate::commands::{CommandError, CommandResult, Context, Refusal, reply};
use crate::domain::ids::ConfigVersion;
use crate::guild::config::change::Change;
use crate::guild::{ChangeError, GuildError};
use crate::store::tables::config::{Source, list_revisions};

/// Changes of single keys on one page of the history.
const PER_PAGE: usize = 8;

/// No history is turned further back than this by buttons; a single key's history reaches further.
const MOST_PAGES: usize = 500;

/// Shows who changed what, when and why, newest first.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
pub(super) async fn history(
    ctx: Context<'_>,
    #[description = "The setting; all of them where it is left out"]
    #[autocomplete = "complete_name"]
    key: Option<String>,
) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let key = key.map(|name| desk.find_past(&name)).transpose()?;
    let place = Place {
        key,
        newest: desk.snapshot.version(),
        page: 1,
    };
    reply::send(ctx, page_of(&desk, place).await?).await
}

/// Another page of a history.
pub(super) async fn turn(press: &Press<'_>) -> Result<Answer, CommandError> {
    let desk = Desk::pressed(press).await?;
    let place = Place::read(press.rest).ok_or_else(|| unreadable(press))?;
    Ok(Answer::Update(page_of(&desk, place).await?))
}

async fn page_of(desk: &Desk<'_>, mut place: Place) -> Result<Message, CommandError> {
    place.page = place.page.clamp(1, MOST_PAGES);
    // One more than is shown tells whether there is another page.
    let limit = i64::try_from(place.page * PER_PAGE + 1).unwrap_or(i64::MAX);
    let before = ConfigVersion(place.newest.0.saturating_add(1));
    let mut conn = desk.services.reader().await?;
    let key = place.key.as_deref();
    let rows = list_revisions(&mut conn, desk.guild, key, Some(before), limit).await?;
    drop(conn);
    let pages = rows.len().div_ceil(PER_PAGE).max(1);
    place.page = place.page.min(pages);
    let from = (place.page - 1) * PER_PAGE;
    let shown = &rows[from..rows.len().min(from + PER_PAGE)];
    Ok(replies::history(desk.words, &place, shown, pages))
}

/// Shows in words what lies between two versions.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
pub(super) async fn diff(
    ctx: Context<'_>,
    #[description = "The older version"]
    #[min = 0]
    from: i64,
    #[description = "The newer version; the one that holds now where it is left out"]
    #[min = 0]
    to: Option<i64>,
) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let now = desk.snapshot.version();
    let from = known(&desk, from)?;
    let to = to.map_or(Ok(now), |to| known(&desk, to))?;
    let steps = between(&desk, from, to).await?;
    reply::say(ctx, replies::diff(desk.words, (from, to), &steps)).await
}

/// Takes all settings back to an earlier version, after a question.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
pub(super) async fn rollback(
    ctx: Context<'_>,
    #[description = "The version whose settings are to hold again"]
    #[min = 0]
    version: i64,
) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let target = known(&desk, version)?;
    let shown = desk.snapshot.version();
    let steps = between(&desk, shown, target).await?;
    let (_, left) = past::edits(desk.words.registry, &steps);
    let plan = (steps.as_slice(), left.as_slice());
    reply::send(
        ctx,
        replies::rollback(desk.words, (target, shown), plan, desk.user),
    )
    .await
}

/// The rollback is wanted: carried out where the settings are still those that were shown.
pub(super) async fn roll_back(press: &Press<'_>) -> Result<Answer, CommandError> {
    let desk = Desk::pressed(press).await?;
    let mut parts = press.rest.split('/').map(str::parse::<i64>);
    let (Some(Ok(target)), Some(Ok(shown))) = (parts.next(), parts.next()) else {
        return Err(unreadable(press).into());
    };
    let (target, shown) = (known(&desk, target)?, ConfigVersion(shown));
    if desk.snapshot.version() != shown {
        return moved(&desk, shown).await;
    }
    let steps = between(&desk, shown, target).await?;
    let (edits, left) = past::edits(desk.words.registry, &steps);
    let change = Change {
        edits,
        kept: Vec::new(),
        by: desk.user,
        source: Source::Command,
        reason: Some(format!("rollback to {target}")),
        based_on: Some(shown),
    };
    let made = match desk.services.guilds.change(desk.guild, change).await {
        Ok(changed) => changed.version,
        Err(GuildError::Change(ChangeError::Outdated { .. })) => {
            return moved(&Desk::pressed(press).await?, shown).await;
        }
        Err(error) => return Err(error.into()),
    };
    let done: Vec<Step> = steps
        .into_iter()
        .filter(|step| !left.contains(&step.key))
        .collect();
    // In the language that holds now, which may be the one of then.
    let words = Desk::pressed(press).await?.words;
    Ok(Answer::Update(replies::rolled_back(
        words,
        (target, made),
        &done,
        desk.user,
    )))
}

/// The refusal of what was asked about an older version, with what has changed since.
pub(super) async fn moved(desk: &Desk<'_>, shown: ConfigVersion) -> Result<Answer, CommandError> {
    let now = desk.snapshot.version();
    let steps = between(desk, shown, now).await?;
    Ok(Answer::Update(replies::moved(
        desk.words,
        (shown, now),
        &steps,
    )))
}

async fn between(
    desk: &Desk<'_>,
    from: ConfigVersion,
    to: ConfigVersion,
) -> Result<Vec<Step>, CommandError> {
    let mut conn = desk.services.reader().await?;
    let now = (desk.words.registry, &*desk.snapshot);
    Ok(span::between(&mut conn, desk.guild, now, (from, to)).await?)
}

fn known(desk: &Desk<'_>, version: i64) -> Result<ConfigVersion, Refusal> {
    let (version, newest) = (ConfigVersion(version), desk.snapshot.version());
    if (0..=newest.0).contains(&version.0) {
        return Ok(version);
    }
    Err(Refusal::new(replies::no_version(
        desk.words, version, newest,
    )))
}

fn unreadable(press: &Press<'_>) -> Refusal {
    let texts = &crate::commands::words::TEXTS;
    Refusal::new(texts.say(press.language, "commands-older-button", &[]))
}
