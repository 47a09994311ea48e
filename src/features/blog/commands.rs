//! `/blog list` and `/blog show`: everybody reads what is published, the operators their drafts too.

use serenity::all::CreateAutocompleteResponse;

use super::replies::{self, LISTED, OLDER, PAGE, Reader, TEXTS};
use super::table::{Headline, Post, Which, list_posts, list_published};
use crate::commands::components::{Answer, Component, Place, Press, Reaction};
use crate::commands::permission::{Needs, anyone};
use crate::commands::words::language_of;
use crate::commands::{CommandError, CommandResult, Context, Refusal, Services, caller_of, reply};

/// Who may read.
const NEEDED: Needs = anyone();

/// Reads what the operators of AIMod publish.
#[poise::command(
    slash_command,
    prefix_command,
    subcommands("list", "show"),
    subcommand_required,
    custom_data = "NEEDED"
)]
pub(in crate::features) async fn blog(_ctx: Context<'_>) -> CommandResult {
    Ok(())
}

/// What may be pressed below the answers.
pub(in crate::features) fn components() -> Vec<Component> {
    let one = |name, prefix, handle| Component {
        name,
        prefix,
        needs: NEEDED,
        place: Place::Guild,
        reaction: Reaction::Answer(handle),
    };
    vec![
        one("blog page", PAGE, |press| Box::pin(turn(press))),
        one("blog older posts", OLDER, |press| Box::pin(go_on(press))),
    ]
}

/// Lists the newest posts.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
async fn list(ctx: Context<'_>) -> CommandResult {
    let reader = reader_of(ctx);
    let found = headlines(ctx.data(), reader, None).await?;
    let speech = TEXTS.speech(language_of(ctx).await);
    let mut message = replies::list(speech, &found, reader, true);
    if ctx.guild_id().is_none() {
        message.buttons.clear();
    }
    reply::send(ctx, message).await
}

/// Shows a post; a long one in pages, with the whole of it as a file.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
async fn show(
    ctx: Context<'_>,
    #[description = "The post's name, as the list shows it"]
    #[autocomplete = "complete_slug"]
    slug: String,
) -> CommandResult {
    let reader = reader_of(ctx);
    let slug = slug.trim().to_lowercase();
    let mut conn = ctx.data().reader().await?;
    let found = match reader {
        Reader::Operator => Post::find(&mut conn, &slug).await?,
        Reader::Everybody => Post::find_published(&mut conn, &slug).await?,
    };
    drop(conn);
    let speech = TEXTS.speech(language_of(ctx).await);
    let post = found.ok_or_else(|| Refusal::new(replies::no_such(speech, &slug)))?;
    let mut message = replies::post(speech, &post, (1, reader), true);
    if ctx.guild_id().is_none() {
        // There the file is all: a button of a direct message would have to name a server.
        message.buttons.clear();
    }
    reply::send(ctx, message).await
}

/// What the answer to a call may hold. A text command in a server is answered before everybody's eyes.
fn reader_of(ctx: Context<'_>) -> Reader {
    let alone = matches!(ctx, Context::Application(_)) || ctx.guild_id().is_none();
    if alone && ctx.data().is_operator(caller_of(ctx)) {
        Reader::Operator
    } else {
        Reader::Everybody
    }
}

/// One more than is listed tells that there are more.
async fn headlines(
    services: &Services,
    reader: Reader,
    before: Option<i64>,
) -> Result<Vec<Headline>, CommandError> {
    let mut conn = services.reader().await?;
    Ok(match reader {
        Reader::Operator => list_posts(&mut conn, Which::All, before, LISTED + 1).await?,
        Reader::Everybody => list_published(&mut conn, before, LISTED + 1).await?,
    })
}

/// Names of posts that may be read and begin or go on like what is typed; of the newest.
async fn complete_slug(ctx: Context<'_>, partial: &str) -> CreateAutocompleteResponse {
    const SEARCHED: i64 = 200;
    let Ok(mut conn) = ctx.data().reader().await else {
        return CreateAutocompleteResponse::new();
    };
    let which = match reader_of(ctx) {
        Reader::Operator => Which::All,
        Reader::Everybody => Which::Published,
    };
    let found = list_posts(&mut conn, which, None, SEARCHED).await;
    let wanted = partial.trim().to_lowercase();
    let fitting = found
        .unwrap_or_default()
        .into_iter()
        .filter(|post| post.slug.contains(&wanted) || post.title.to_lowercase().contains(&wanted));
    reply::named_choices(fitting.map(|post| (post.title, post.slug)))
}

/// Another page of a post, as it is now.
async fn turn(press: &Press<'_>) -> Result<Answer, CommandError> {
    let speech = TEXTS.speech(press.language);
    let mut parts = press.rest.split('/');
    let id = parts.next().and_then(|part| part.parse().ok());
    let page = parts.next().and_then(|part| part.parse().ok());
    let reader = reader_of_press(press, parts.next());
    let mut conn = press.services.reader().await?;
    let found = match id {
        Some(id) => Post::find_by_id(&mut conn, id).await?,
        None => None,
    };
    let found = found.filter(|post| post.published || reader == Reader::Operator);
    let post = found.ok_or_else(|| Refusal::new(replies::gone(speech)))?;
    let page = (page.unwrap_or(1), reader);
    Ok(Answer::Update(replies::post(speech, &post, page, false)))
}

/// Older posts, or the newest again.
async fn go_on(press: &Press<'_>) -> Result<Answer, CommandError> {
    let mut parts = press.rest.split('/');
    let before = parts.next().and_then(|part| part.parse::<i64>().ok());
    let before = before.filter(|before| *before < i64::MAX);
    let reader = reader_of_press(press, parts.next());
    let found = headlines(press.services, reader, before).await?;
    let speech = TEXTS.speech(press.language);
    let message = replies::list(speech, &found, reader, before.is_none());
    Ok(Answer::Update(message))
}

fn reader_of_press(press: &Press<'_>, word: Option<&str>) -> Reader {
    let is_operator = press.services.is_operator(press.user);
    Reader::of(word.unwrap_or_default(), is_operator)
}
