//! `/case list`.

use serenity::all::CreateAutocompleteResponse;

use super::super::desk::Desk;
use super::super::replies::{self, Place};
use super::super::table::{Filter, Piece, count_cases, list_cases};
use super::NEEDED;
use crate::commands::components::{Answer, Press};
use crate::commands::reply::Message;
use crate::commands::{CommandError, CommandResult, Context, Refusal, reply};
use crate::domain::ids::{CaseNumber, UserId};

/// The words that AIMod itself gives cases; an older program's may be typed too.
const ACTIONS: [&str; 7] = [
    "DELETE",
    "WARN",
    "TIMEOUT",
    "KICK",
    "BAN",
    "END_TIMEOUT",
    "UNBAN",
];

/// The longest word that a button's custom id has room for.
const LONGEST_ACTION: usize = 20;

/// Lists the cases of this server, newest first.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
pub(super) async fn list(
    ctx: Context<'_>,
    #[description = "Only those of this member, also one who has left"] user: Option<
        serenity::all::User,
    >,
    #[description = "Only those by this moderator; choose AIMod for its own"] moderator: Option<
        serenity::all::User,
    >,
    #[description = "Only those with this action, such as BAN"]
    #[autocomplete = "complete_action"]
    action: Option<String>,
) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let bot = desk.services.guilds.view(desk.guild).bot;
    let moderator = moderator.map(|user| UserId(user.id.get()));
    let filter = Filter {
        user: user.map(|user| UserId(user.id.get())),
        // AIMod's own cases bear no user.
        moderator: moderator.map(|id| if id == bot { UserId(0) } else { id }),
        action: action.map(|action| action.trim().to_uppercase()),
    };
    let is_too_long = |action: &String| action.chars().count() > LONGEST_ACTION;
    if filter.action.as_ref().is_some_and(is_too_long) {
        return Err(Refusal::new(replies::no_such_action(desk.speech, &ACTIONS)).into());
    }
    let page = page_of(&desk, Place::first(filter)).await?;
    reply::send(ctx, page).await
}

async fn complete_action<'a>(_ctx: Context<'a>, partial: &'a str) -> CreateAutocompleteResponse {
    let partial = partial.trim().to_uppercase();
    reply::choices(ACTIONS.iter().filter(|action| action.starts_with(&partial)))
}

/// Another page of the list that was asked for.
pub(super) async fn turn(press: &Press<'_>) -> Result<Answer, CommandError> {
    let desk = Desk::pressed(press);
    let place = Place::read(press.rest)
        .ok_or_else(|| anyhow::anyhow!("a button of /case list carries no place"))?;
    Ok(Answer::Update(page_of(&desk, place).await?))
}

async fn page_of(desk: &Desk<'_>, place: Place) -> Result<Message, CommandError> {
    let mut conn = desk.services.reader().await?;
    let count = count_cases(&mut conn, desk.guild, &place.filter, place.newest).await?;
    let mut place = place.turned(count);
    let (offset, limit) = place.piece();
    let piece = Piece { offset, limit };
    let rows = list_cases(&mut conn, desk.guild, &place.filter, place.newest, piece).await?;
    drop(conn);
    if let Some(first) = rows.first().filter(|_| place.page == 1) {
        place.newest = CaseNumber(first.case_number);
    }
    Ok(replies::list(desk.speech, &place, &rows, count))
}
