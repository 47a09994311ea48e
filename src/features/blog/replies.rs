//! What a reader sees of the blog in Discord.

use std::sync::LazyLock;

use serenity::all::{ButtonStyle, CreateButton};

use super::pages::pages;
use super::table::{Headline, Post};
use super::text::begins_with_heading;
use crate::commands::components::custom_id;
use crate::commands::reply::{Message, page_buttons};
use crate::guild::language::{Language, Speech, Texts};

/// The texts of the room.
pub(in crate::features) static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::new(
        "blog",
        &[
            (Language::En, include_str!("texts/en.ftl")),
            (Language::De, include_str!("texts/de.ftl")),
        ],
    )
});

/// What custom ids of pages and of older posts begin with.
pub(super) const PAGE: &str = "blog/page";
/// See [`PAGE`].
pub(super) const OLDER: &str = "blog/older";

/// Posts that are listed at once.
pub(super) const LISTED: i64 = 10;
/// Characters of all lines of a list.
const ALL_LINES: usize = 1_700;
/// Characters of a title.
const TITLE: usize = 80;

/// Who reads an answer, and so what may be in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// An operator, alone: drafts too.
    Operator,
    /// Everybody else, and whatever others may read too.
    Everybody,
}

impl Reader {
    /// How a custom id says it. It is the bot that writes those, so nobody can make one up.
    const fn word(self) -> &'static str {
        match self {
            Self::Operator => "all",
            Self::Everybody => "published",
        }
    }

    /// Reads a custom id's word. Only for those who are operators now does it mean drafts.
    pub(super) fn of(word: &str, is_operator: bool) -> Self {
        if is_operator && word == Self::Operator.word() {
            Self::Operator
        } else {
            Self::Everybody
        }
    }
}

/// The newest posts, or older ones. `found` may hold one more than is listed.
pub(super) fn list(speech: Speech, found: &[Headline], reader: Reader, is_first: bool) -> Message {
    if found.is_empty() {
        return Message::new(speech.say(if is_first {
            "blog-none"
        } else {
            "blog-none-older"
        }));
    }
    let mut text = speech.say("blog-posts");
    let mut shown = 0;
    for post in found
        .iter()
        .take(usize::try_from(LISTED).unwrap_or(usize::MAX))
    {
        let line = line(speech, post);
        if text.chars().count() + line.chars().count() > ALL_LINES {
            break;
        }
        text.push_str(&format!("\n{line}"));
        shown += 1;
    }
    text.push_str(&format!("\n{}", speech.say("blog-hint")));
    let next = (found.len() > shown)
        .then(|| found[..shown].last())
        .flatten();
    Message::new(text).with_buttons(older(speech, next, reader, is_first))
}

fn older(
    speech: Speech,
    last: Option<&Headline>,
    reader: Reader,
    is_first: bool,
) -> Vec<CreateButton> {
    let button = |id: &str, before: i64| {
        CreateButton::new(custom_id(OLDER, &[&before, &reader.word()]))
            .label(speech.say(id))
            .style(ButtonStyle::Secondary)
    };
    let newest = (!is_first).then(|| button("blog-newest", i64::MAX));
    let older = last.map(|last| button("blog-older", last.id));
    newest.into_iter().chain(older).collect()
}

fn line(speech: Speech, post: &Headline) -> String {
    let args = [
        ("title", title(&post.title).into()),
        ("slug", post.slug.as_str().into()),
        (
            "when",
            format!("<t:{}:D>", post.created_at.timestamp()).into(),
        ),
    ];
    let id = if post.published {
        "blog-line"
    } else {
        "blog-line-draft"
    };
    speech.with(id, &args)
}

/// A page of a post, counted from 1; one beyond the end is the last. The whole of a longer post goes with it as a file, where
/// that is asked for.
pub(super) fn post(
    speech: Speech,
    post: &Post,
    (page, reader): (usize, Reader),
    with_file: bool,
) -> Message {
    let pages = pages(&post.content);
    let page = page.clamp(1, pages.len());
    let mut parts = vec![pages[page - 1].clone()];
    if page == 1 && !begins_with_heading(&post.content) {
        parts.insert(0, format!("# {}", title(&post.title)));
    }
    if page == 1 && !post.published {
        parts.insert(0, speech.say("blog-draft"));
    }
    if pages.len() > 1 {
        let args = [("page", page.into()), ("pages", pages.len().into())];
        parts.push(speech.with("blog-page", &args));
    }
    let message = Message::new(parts.join("\n"));
    let id = |page| custom_id(PAGE, &[&post.id, &page, &reader.word()]);
    let message = message.with_buttons(page_buttons(page, pages.len(), id));
    if with_file && pages.len() > 1 {
        let name: String = post.slug.chars().take(TITLE).collect();
        return message.with_file(&format!("{name}.md"), post.content.clone().into_bytes());
    }
    message
}

/// A name that no post has, or none that may be read.
pub(super) fn no_such(speech: Speech, slug: &str) -> String {
    let shown = slug
        .chars()
        .filter(|c| !c.is_control() && *c != '`')
        .take(60);
    let shown: String = shown.collect();
    speech.with("blog-no-such", &[("slug", shown.into())])
}

/// A post that is gone or a draft again.
pub(super) fn gone(speech: Speech) -> String {
    speech.say("blog-gone")
}

/// A title that is just read, without marks of its own.
fn title(title: &str) -> String {
    let mut shown = String::new();
    for sign in title.chars().take(TITLE) {
        if "\\*_`~|[]<>".contains(sign) {
            shown.push('\\');
        }
        shown.push(sign);
    }
    if title.chars().count() > TITLE {
        shown.push('…');
    }
    shown
}
