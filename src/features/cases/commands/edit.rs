//! `/case reason | note | edit`.

use super::super::desk::Desk;
use super::super::edit::{Asked, change, unlike};
use super::super::replies;
use super::super::table::{Field, list_edits};
use super::{NEEDED, TO_NOTE};
use crate::commands::components::{Answer, Press, custom_id};
use crate::commands::forms::{self, Form, Submission};
use crate::commands::reply::Message;
use crate::commands::{
    Command, CommandError, CommandResult, Context, Refusal, reply, with_text_form,
};

/// Changes the reason of a case, here and on its card.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
pub(super) async fn reason(
    ctx: Context<'_>,
    #[description = "The number of the case"]
    #[min = 1]
    number: i64,
    #[description = "The new reason, at most 500 characters"]
    #[rest]
    text: String,
) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let asked = Asked::new(number).with(Field::Reason, &text);
    reply::say(ctx, change(&desk, asked).await?).await
}

/// What takes the note away in a text command, as the slash command shows it.
const REMOVAL: &str = "remove:true";

/// `/case note`.
pub(super) fn note() -> Command {
    with_text_form(note_named(), note_typed())
}

/// Notes something about a case for the staff; the member is not told.
#[poise::command(slash_command, rename = "note", custom_data = "TO_NOTE")]
async fn note_named(
    ctx: Context<'_>,
    #[description = "The number of the case"]
    #[min = 1]
    number: i64,
    #[description = "The note, at most 500 characters"] text: Option<String>,
    #[description = "Takes the note away"] remove: Option<bool>,
) -> CommandResult {
    let text = text.unwrap_or_default();
    put_note(ctx, number, &text, remove.unwrap_or_default()).await
}

#[poise::command(prefix_command, rename = "note", custom_data = "TO_NOTE")]
async fn note_typed(ctx: Context<'_>, number: i64, #[rest] text: Option<String>) -> CommandResult {
    let text = text.unwrap_or_default();
    match text.trim() {
        REMOVAL => put_note(ctx, number, "", true).await,
        text => put_note(ctx, number, text, false).await,
    }
}

/// A note without a text is a slip, and takes nothing away.
async fn put_note(ctx: Context<'_>, number: i64, text: &str, remove: bool) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let is_empty = text.trim().is_empty();
    if is_empty && !remove {
        let form = match ctx {
            Context::Application(_) => REMOVAL.to_owned(),
            Context::Prefix(_) => format!("{}case note {number} {REMOVAL}", ctx.prefix()),
        };
        return Err(Refusal::new(replies::note_missing(desk.speech, form)).into());
    }
    if remove && !is_empty {
        return Err(Refusal::new(replies::note_both(desk.speech)).into());
    }
    let asked = Asked::new(number).with(Field::Note, text);
    reply::say(ctx, change(&desk, asked).await?).await
}

/// Opens a form with the reason and the note of a case.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED.opening_form()")]
pub(super) async fn edit(
    ctx: Context<'_>,
    #[description = "The number of the case"]
    #[min = 1]
    number: i64,
) -> CommandResult {
    let button = custom_id("cases/open", &[&number]);
    let making = async { form(&Desk::of(ctx).await?, number).await };
    forms::open(ctx, button, making).await
}

/// The button below a text command: the same form, as the case is now.
pub(super) async fn opened(press: &Press<'_>) -> Result<Form, CommandError> {
    form(&Desk::pressed(press), number(press.rest)?.0).await
}

async fn form(desk: &Desk<'_>, number: i64) -> Result<Form, CommandError> {
    let case = desk.case_to_change(number).await?;
    let mut conn = desk.services.reader().await?;
    let newest = list_edits(&mut conn, case.id, 1).await?.pop();
    Ok(replies::form(
        desk.speech,
        &case,
        newest.map_or(0, |newest| newest.id),
    ))
}

/// The form comes back, perhaps after somebody else has changed the case.
pub(super) async fn sent(sent: &Submission<'_>) -> Result<Answer, CommandError> {
    let desk = Desk::sent(sent);
    let (number, seen) = number(sent.rest)?;
    let case = desk.case(number).await?;
    let fields = [
        (Field::Reason, "reason", &case.reason),
        (Field::Note, "note", &case.note),
    ];
    let mut asked = Asked::new(number).based_on(seen.unwrap_or_default());
    for (field, name, old) in fields {
        // What a form shows of an older program's long text is not that text.
        if unlike(sent.field(name), old.as_deref()) {
            asked = asked.with(field, sent.field(name));
        }
    }
    Ok(Answer::Say(Message::new(change(&desk, asked).await?)))
}

/// The number of a case, and what else stands behind it.
fn number(rest: &str) -> Result<(i64, Option<i64>), CommandError> {
    let mut parts = rest.split('/').map(|part| part.parse().ok());
    match parts.next() {
        Some(Some(number)) => Ok((number, parts.next().flatten())),
        _ => Err(anyhow::anyhow!("a form of /case edit carries no number").into()),
    }
}
