//! `/note add`, `list`, `remove` and `history`, and “Notes” in the menu of a user.

use super::replies::{self, TEXTS};
use super::table::{About, NewNote, Removal, RemoveNote, count_notes, list_notes};
use crate::commands::components::{Answer, Component, Place, Press, Reaction};
use crate::commands::permission::{Needs, needs};
use crate::commands::reply::Message;
use crate::commands::words::language_of;
use crate::commands::{
    CommandError, CommandResult, Context, Refusal, Services, caller_of, guild_of, reply,
};
use crate::domain::ids::{GuildId, UserId};
use crate::domain::permissions::Permissions;
use crate::guild::language::Speech;
use crate::writer::WriteError;

/// The most characters of a note. Three of them fit into one message.
const MOST_CHARACTERS: usize = 500;

/// The most notes that a guild keeps about one user, removed ones aside.
const MOST_NOTES: i64 = 100;

/// Who reads and writes notes.
const STAFF: Needs = needs(Permissions::MODERATE_MEMBERS);

/// Who sees what was removed, too.
const HEADS: Needs = needs(Permissions::MANAGE_GUILD);

/// Keeps notes about users for the moderators of this server.
#[poise::command(
    slash_command,
    prefix_command,
    subcommands("add", "list", "remove", "history"),
    subcommand_required,
    custom_data = "STAFF"
)]
pub(in crate::features) async fn note(_ctx: Context<'_>) -> CommandResult {
    Ok(())
}

/// Notes something about a user, who is not told.
#[poise::command(slash_command, prefix_command, custom_data = "STAFF")]
async fn add(
    ctx: Context<'_>,
    #[description = "The user, also one who has left"] user: serenity::all::User,
    #[description = "The note, at most 500 characters"]
    #[max_length = 500]
    #[rest]
    text: String,
) -> CommandResult {
    let speech = TEXTS.speech(language_of(ctx).await);
    let services = ctx.data();
    let about = About {
        guild: guild_of(ctx)?,
        user: UserId(user.id.get()),
        removed: false,
    };
    not_oneself(speech, about.user, caller_of(ctx))?;
    let text = text.replace('\0', "").trim().to_owned();
    if !(1..=MOST_CHARACTERS).contains(&text.chars().count()) {
        return Err(Refusal::new(replies::misfit(speech, MOST_CHARACTERS)).into());
    }
    let mut conn = services.reader().await?;
    let there = count_notes(&mut conn, about).await?;
    drop(conn);
    if there >= MOST_NOTES {
        return Err(Refusal::new(replies::full(speech, about.user, there)).into());
    }
    let row = NewNote {
        guild_id: about.guild.as_i64(),
        user_id: about.user.as_i64(),
        author_id: caller_of(ctx).as_i64(),
        note: text,
        created_at: services.clock.now(),
    };
    let number = services.writer.keep_now(row).await.map_err(not_written)?;
    let text = replies::added(speech, number, about.user, there + 1);
    reply::say(ctx, text).await
}

/// Shows the notes about a user, newest first.
#[poise::command(slash_command, prefix_command, custom_data = "STAFF")]
async fn list(
    ctx: Context<'_>,
    #[description = "The user, also one who has left"] user: serenity::all::User,
) -> CommandResult {
    show(ctx, UserId(user.id.get()), false).await
}

/// Shows the notes about a user with those that were removed, and by whom.
#[poise::command(slash_command, prefix_command, custom_data = "HEADS")]
async fn history(
    ctx: Context<'_>,
    #[description = "The user, also one who has left"] user: serenity::all::User,
) -> CommandResult {
    show(ctx, UserId(user.id.get()), true).await
}

/// Shows the notes about this user.
#[poise::command(
    context_menu_command = "Notes",
    rename = "Notes",
    custom_data = "STAFF"
)]
pub(in crate::features) async fn menu(
    ctx: Context<'_>,
    user: serenity::all::User,
) -> CommandResult {
    show(ctx, UserId(user.id.get()), false).await
}

/// Removes a note. Its text stays for those who manage the server.
#[poise::command(slash_command, prefix_command, custom_data = "STAFF")]
async fn remove(
    ctx: Context<'_>,
    #[description = "The number of the note"]
    #[min = 1]
    number: i64,
) -> CommandResult {
    let speech = TEXTS.speech(language_of(ctx).await);
    let row = RemoveNote {
        guild: guild_of(ctx)?,
        number,
        by: caller_of(ctx),
        at: ctx.data().clock.now(),
    };
    let removal = ctx.data().writer.keep_now(row).await.map_err(not_written)?;
    match removal {
        Removal::Removed(user) => reply::say(ctx, replies::removed(speech, number, user)).await,
        Removal::NoSuchNote => Err(Refusal::new(replies::no_such_note(speech, number)).into()),
    }
}

/// A text command is answered where everybody reads along: with a button that opens the notes to who may read them.
async fn show(ctx: Context<'_>, user: UserId, removed: bool) -> CommandResult {
    let speech = TEXTS.speech(language_of(ctx).await);
    let about = About {
        guild: guild_of(ctx)?,
        user,
        removed,
    };
    not_oneself(speech, user, caller_of(ctx))?;
    let message = match ctx {
        poise::Context::Application(_) => page(ctx.data(), speech, about, 1).await?,
        poise::Context::Prefix(_) => replies::curtain(speech, about),
    };
    reply::send(ctx, message).await
}

/// A page of notes, counted from 1; one beyond the end is the last one.
async fn page(
    services: &Services,
    speech: Speech,
    about: About,
    page: i64,
) -> Result<Message, CommandError> {
    let mut conn = services.reader().await?;
    let total = count_notes(&mut conn, about).await?;
    let pages = replies::pages(total);
    let page = page.clamp(1, pages);
    let window = ((page - 1) * replies::PER_PAGE, replies::PER_PAGE);
    let notes = list_notes(&mut conn, about, window).await?;
    Ok(replies::list(speech, about, &notes, (page, total)))
}

/// What is noted about somebody is for the others.
fn not_oneself(speech: Speech, user: UserId, caller: UserId) -> Result<(), CommandError> {
    if user == caller {
        return Err(Refusal::new(replies::oneself(speech)).into());
    }
    Ok(())
}

fn not_written(error: WriteError) -> CommandError {
    match error {
        WriteError::Refused { .. } => CommandError::Internal(error.into()),
        _ => CommandError::Unavailable(crate::commands::error::Away::Change),
    }
}

/// What may be pressed below the answers.
pub(in crate::features) fn components() -> Vec<Component> {
    let one = |name, prefix, needs, handle| Component {
        name,
        prefix,
        needs,
        place: Place::Guild,
        reaction: Reaction::Answer(handle),
    };
    vec![
        one("note list page", "notes/list", STAFF, |press| {
            Box::pin(turn(press, false))
        }),
        one("note history page", "notes/history", HEADS, |press| {
            Box::pin(turn(press, true))
        }),
        one("note list button", "notes/open", STAFF, |press| {
            Box::pin(open(press, false))
        }),
        one(
            "note history button",
            "notes/open-history",
            HEADS,
            |press| Box::pin(open(press, true)),
        ),
    ]
}

/// Another page, in the place of the one that was pressed.
async fn turn(press: &Press<'_>, removed: bool) -> Result<Answer, CommandError> {
    let (about, number) = pressed(press, removed)?;
    let speech = TEXTS.speech(press.language);
    let message = page(press.services, speech, about, number).await?;
    Ok(Answer::Update(message))
}

/// The first page, for the eyes of who pressed.
async fn open(press: &Press<'_>, removed: bool) -> Result<Answer, CommandError> {
    let (about, number) = pressed(press, removed)?;
    let speech = TEXTS.speech(press.language);
    let message = page(press.services, speech, about, number).await?;
    Ok(Answer::Say(message))
}

/// Whom a button is about, and the page it leads to.
fn pressed(press: &Press<'_>, removed: bool) -> Result<(About, i64), CommandError> {
    let (user, page) = press.rest.split_once('/').unwrap_or((press.rest, "1"));
    let user: UserId = user
        .parse()
        .map_err(|_| anyhow::anyhow!("a button of notes names no user"))?;
    not_oneself(TEXTS.speech(press.language), user, press.user)?;
    let guild: GuildId = press.guild;
    let about = About {
        guild,
        user,
        removed,
    };
    Ok((about, page.parse().unwrap_or(1)))
}
