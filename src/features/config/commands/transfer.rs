//! `/config export | import`.

use serenity::all::Attachment;

use super::super::desk::Desk;
use super::super::past::{self, Step};
use super::super::replies;
use super::super::table::{Discard, Draft, NewDraft, NewValues};
use super::super::transfer::{self, MOST_BYTES};
use super::NEEDED;
use super::past::moved;
use crate::actions::discord::RestError;
use crate::commands::components::{Answer, Press};
use crate::commands::error::Away;
use crate::commands::reply::Message;
use crate::commands::{CommandError, CommandResult, Context, Refusal, reply};
use crate::guild::config::change::Change;
use crate::guild::{ChangeError, Changed, GuildError};
use crate::store::tables::config::Source;
use crate::writer::WriteError;

/// Gives all settings as a file.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
pub(super) async fn export(ctx: Context<'_>) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let view = desk.services.guilds.view_now(desk.guild).await?;
    let file = transfer::export(desk.guild, &desk.snapshot, desk.words.registry, &view);
    let bytes = serde_json::to_vec_pretty(&file).map_err(anyhow::Error::new)?;
    let version = desk.snapshot.version();
    reply::send(
        ctx,
        replies::exported(desk.words, desk.guild, version, bytes),
    )
    .await
}

/// Takes settings from a file of export, after a question.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
pub(super) async fn import(
    ctx: Context<'_>,
    #[description = "A file that export has made, here or on another server"] file: Attachment,
) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let bytes = fetch(&desk, &file).await?;
    let export = transfer::read(&bytes)
        .map_err(|wrong| Refusal::new(replies::unreadable(desk.words, wrong)))?;
    let view = desk.services.guilds.view_now(desk.guild).await?;
    let plan = transfer::plan(&export, desk.guild, &*view, desk.words.registry);
    let steps = steps(&desk, &plan.values);
    let base = desk.snapshot.version();
    let draft = if steps.is_empty() {
        None
    } else {
        let now = desk.services.clock.now();
        let draft = NewDraft::new(desk.guild, desk.user, base, &plan.values, now);
        Some(kept(desk.services.writer.keep_now(draft).await)?)
    };
    let told = (steps.as_slice(), plan.doubts.as_slice());
    reply::send(
        ctx,
        replies::import(desk.words, base, told, plan.is_foreign, draft),
    )
    .await
}

async fn fetch(desk: &Desk<'_>, file: &Attachment) -> Result<Vec<u8>, CommandError> {
    let too_large = || Refusal::new(desk.words.say("config-import-large"));
    if usize::try_from(file.size).is_ok_and(|size| size > MOST_BYTES) {
        return Err(too_large().into());
    }
    let fetched = desk.services.discord.download(&file.url, MOST_BYTES).await;
    fetched.map_err(|error| match error {
        RestError::Refused { status: 413, .. } => too_large().into(),
        error => {
            tracing::warn!(guild.id = %desk.guild, %error, "an import could not be fetched");
            Refusal::new(desk.words.say("config-import-away")).into()
        }
    })
}

/// What the values would change now.
fn steps(desk: &Desk<'_>, values: &NewValues) -> Vec<Step> {
    past::towards(desk.words.registry, &desk.snapshot, values)
}

fn kept<T>(written: Result<T, WriteError>) -> Result<T, CommandError> {
    written.map_err(|error| match error {
        WriteError::Refused { .. } => anyhow::Error::new(error).into(),
        _ => CommandError::Unavailable(Away::Database),
    })
}

/// The import is wanted: carried out where the settings are still those that were shown.
pub(super) async fn apply(press: &Press<'_>) -> Result<Answer, CommandError> {
    let desk = Desk::pressed(press).await?;
    let Some((id, draft)) = find(&desk, press.rest).await? else {
        return Ok(Answer::Update(Message::new(
            desk.words.say("config-import-gone"),
        )));
    };
    if desk.snapshot.version() != draft.base {
        discard(&desk, id).await?;
        return moved(&desk, draft.base).await;
    }
    let steps = steps(&desk, &draft.values);
    let answer = match change(&desk, &draft, &steps).await {
        Ok(changed) => {
            // In the language that holds now, which the import itself may have chosen.
            let words = Desk::pressed(press).await?.words;
            let done = replies::imported(words, changed.version, &steps, desk.user);
            Answer::Update(done)
        }
        Err(GuildError::Change(ChangeError::Outdated { .. })) => {
            moved(&Desk::pressed(press).await?, draft.base).await?
        }
        Err(error) => return Err(error.into()),
    };
    discard(&desk, id).await?;
    Ok(answer)
}

async fn change(desk: &Desk<'_>, draft: &Draft, steps: &[Step]) -> Result<Changed, GuildError> {
    let (edits, _) = past::edits(desk.words.registry, steps);
    let change = Change {
        edits,
        kept: past::kept(desk.words.registry, steps),
        by: desk.user,
        source: Source::Import,
        reason: None,
        based_on: Some(draft.base),
    };
    desk.services.guilds.change(desk.guild, change).await
}

async fn find(desk: &Desk<'_>, rest: &str) -> Result<Option<(i64, Draft)>, CommandError> {
    let Ok(id) = rest.parse() else {
        return Ok(None);
    };
    let mut conn = desk.services.reader().await?;
    let found = Draft::find(&mut conn, desk.guild, id, desk.services.clock.now()).await?;
    Ok(found.map(|draft| (id, draft)))
}

async fn discard(desk: &Desk<'_>, id: i64) -> Result<(), CommandError> {
    let writer = &desk.services.writer;
    kept(writer.keep_now(Discard(id, desk.guild)).await)
}

/// What was asked is not wanted.
pub(super) async fn cancel(press: &Press<'_>) -> Result<Answer, CommandError> {
    let desk = Desk::pressed(press).await?;
    if let Ok(id) = press.rest.parse() {
        discard(&desk, id).await?;
    }
    Ok(Answer::Update(Message::new(
        desk.words.say("config-cancelled"),
    )))
}
