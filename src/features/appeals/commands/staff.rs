//! `/appeals list | view | decide`, and the buttons and forms of an appeal's card.

use poise::ChoiceParameter;
use serenity::all::{ButtonStyle as Style, CreateButton};

use super::super::desk::Desk;
use super::super::replies::card;
use super::super::replies::staff::{self as words, ANSWER, Page, Which};
use super::super::review;
use super::super::rows::{self, Appeal};
use super::super::standing::Status;
use super::STAFF;
use crate::commands::components::{Answer, Press, custom_id};
use crate::commands::forms::{Form, Submission};
use crate::commands::permission::permissions_of;
use crate::commands::reply::{self, Message};
use crate::commands::{CommandError, CommandResult, Context};
use crate::domain::permissions::Permissions;
use crate::domain::verdict::{Button, ButtonStyle};

/// What the custom ids of the buttons that turn pages begin with.
pub(super) const LIST: &str = "appeals/list";
/// What the custom ids of the forms begin with.
pub(super) const APPROVED: &str = "appeals/approved";
/// See [`APPROVED`].
pub(super) const DENIED: &str = "appeals/denied";

/// Appeals on one page.
const PER_PAGE: i64 = 10;

/// Looks at and decides the appeals of this server's members.
#[poise::command(
    slash_command,
    prefix_command,
    subcommands("list", "view", "decide"),
    subcommand_required,
    custom_data = "STAFF"
)]
pub(super) async fn appeals(_ctx: Context<'_>) -> CommandResult {
    Ok(())
}

/// Which appeals are listed.
#[derive(Clone, Copy, Debug, ChoiceParameter)]
enum StatusChoice {
    #[name = "open"]
    Open,
    #[name = "pending"]
    Pending,
    #[name = "under_review"]
    UnderReview,
    #[name = "approved"]
    Approved,
    #[name = "denied"]
    Denied,
    #[name = "all"]
    All,
}

impl From<StatusChoice> for Which {
    fn from(choice: StatusChoice) -> Self {
        match choice {
            StatusChoice::Open => Self::Open,
            StatusChoice::All => Self::All,
            StatusChoice::Pending => Self::Only(Status::Pending),
            StatusChoice::UnderReview => Self::Only(Status::UnderReview),
            StatusChoice::Approved => Self::Only(Status::Approved),
            StatusChoice::Denied => Self::Only(Status::Denied),
        }
    }
}

/// Lists appeals, newest first.
#[poise::command(slash_command, prefix_command, custom_data = "STAFF")]
async fn list(
    ctx: Context<'_>,
    #[description = "Which ones; those still to be decided where it is left out"] status: Option<
        StatusChoice,
    >,
) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let which = status.map_or(Which::Open, Which::from);
    reply::send(ctx, page_of(&desk, which, 1).await?).await
}

/// Another page of a list.
pub(super) async fn turn(press: &Press<'_>) -> Result<Answer, CommandError> {
    let desk = Desk::pressed(press).await?;
    let (which, page) = press.rest.split_once('/').unwrap_or((press.rest, "1"));
    let which = Which::of(which).unwrap_or(Which::Open);
    let page = page.parse().unwrap_or(1);
    Ok(Answer::Update(page_of(&desk, which, page).await?))
}

/// A page beyond the end shows the last one.
async fn page_of(desk: &Desk<'_>, which: Which, page: i64) -> Result<Message, CommandError> {
    let states = which.states();
    let mut conn = desk.services.reader().await?;
    let count = rows::count(&mut conn, desk.guild, &states).await?;
    let pages = ((count + PER_PAGE - 1) / PER_PAGE).max(1);
    let page = page.clamp(1, pages);
    let span = ((page - 1) * PER_PAGE, PER_PAGE);
    let shown = Appeal::list(&mut conn, desk.guild, &states, span).await?;
    drop(conn);
    let page = Page {
        which,
        page,
        pages,
        count,
    };
    let text = words::list(desk.speech, &page, &shown);
    Ok(Message::new(text).with_buttons(turns(desk, &page)))
}

fn turns(desk: &Desk<'_>, page: &Page) -> Vec<CreateButton> {
    let (newer, older) = words::turns(desk.speech);
    let button = |number: i64, label| {
        let id = custom_id(LIST, &[&page.which.word(), &number]);
        CreateButton::new(id).label(label).style(Style::Secondary)
    };
    let mut buttons = Vec::new();
    if page.page > 1 {
        buttons.push(button(page.page - 1, newer));
    }
    if page.page < page.pages {
        buttons.push(button(page.page + 1, older));
    }
    buttons
}

/// Shows an appeal in full, with the buttons that decide it.
#[poise::command(slash_command, prefix_command, custom_data = "STAFF")]
async fn view(
    ctx: Context<'_>,
    #[description = "The number of the appeal"] id: String,
) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let appeal = review::find(&desk, &id).await?;
    let number = appeal.id.to_string();
    let title = card::title(desk.speech, &appeal, &number);
    let buttons = card::buttons(desk.speech, appeal.status, &number);
    let message = Message::new("")
        .with_card(title, card::fields(desk.speech, &appeal))
        .with_buttons(buttons.into_iter().map(pressable).collect());
    reply::send(ctx, message).await
}

fn pressable(button: Button) -> CreateButton {
    let style = match button.style {
        ButtonStyle::Primary => Style::Primary,
        ButtonStyle::Secondary => Style::Secondary,
        ButtonStyle::Success => Style::Success,
        ButtonStyle::Danger => Style::Danger,
    };
    CreateButton::new(button.id)
        .label(button.label)
        .style(style)
}

/// What is done with an appeal.
#[derive(Clone, Copy, Debug, ChoiceParameter)]
enum Decision {
    #[name = "approve"]
    Approve,
    #[name = "deny"]
    Deny,
    #[name = "review"]
    Review,
}

/// Approves or denies an appeal, or takes it under review.
#[poise::command(slash_command, prefix_command, custom_data = "STAFF")]
async fn decide(
    ctx: Context<'_>,
    #[description = "The number of the appeal"] id: String,
    #[description = "What becomes of it"] decision: Decision,
    #[description = "What the member reads; a denial needs it"]
    #[rest]
    answer: Option<String>,
) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let to = match decision {
        Decision::Review => return reply::say(ctx, review::take_up(&desk, &id).await?).await,
        Decision::Approve => Status::Approved,
        Decision::Deny => Status::Denied,
    };
    let has = permissions_of(ctx).await.unwrap_or(Permissions::NONE);
    let answer = answer.unwrap_or_default();
    let told = review::decide(&desk, (&id, to), &answer, has).await?;
    reply::say(ctx, told).await
}

/// The button that takes an appeal under review.
pub(super) async fn review(press: &Press<'_>) -> Result<Answer, CommandError> {
    let desk = Desk::pressed(press).await?;
    let told = review::take_up(&desk, press.rest).await?;
    Ok(Answer::Say(Message::new(told)))
}

/// The button that approves.
pub(super) async fn approve(press: &Press<'_>) -> Result<Form, CommandError> {
    asking(press, Status::Approved, APPROVED).await
}

/// The button that denies.
pub(super) async fn deny(press: &Press<'_>) -> Result<Form, CommandError> {
    asking(press, Status::Denied, DENIED).await
}

/// The form that asks for the answer; what is decided already is told of instead.
async fn asking(press: &Press<'_>, to: Status, prefix: &str) -> Result<Form, CommandError> {
    let desk = Desk::pressed(press).await?;
    let appeal = review::find_open(&desk, press.rest).await?;
    let id = custom_id(prefix, &[&appeal.id]);
    Ok(words::form(desk.speech, appeal.id, to, id))
}

/// The form of an approval.
pub(super) async fn approved(form: &Submission<'_>) -> Result<Answer, CommandError> {
    decided(form, Status::Approved).await
}

/// The form of a denial.
pub(super) async fn denied(form: &Submission<'_>) -> Result<Answer, CommandError> {
    decided(form, Status::Denied).await
}

async fn decided(form: &Submission<'_>, to: Status) -> Result<Answer, CommandError> {
    let desk = Desk::sent(form).await?;
    let answer = form.field(ANSWER);
    let told = review::decide(&desk, (form.rest, to), answer, form.has).await?;
    Ok(Answer::Say(Message::new(told)))
}
