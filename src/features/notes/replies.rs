//! What moderators read about notes.

use std::sync::LazyLock;

use serenity::all::{ButtonStyle, CreateButton};

use super::table::{About, Note};
use crate::commands::components::custom_id;
use crate::commands::reply::{Message, page_buttons};
use crate::domain::ids::UserId;
use crate::guild::language::{Language, Speech, Texts};

/// The texts of the room.
pub(in crate::features) static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::new(
        "notes",
        &[
            (Language::En, include_str!("texts/en.ftl")),
            (Language::De, include_str!("texts/de.ftl")),
        ],
    )
});

/// Notes on a page.
pub(super) const PER_PAGE: i64 = 3;

/// How many pages there are.
pub(super) const fn pages(total: i64) -> i64 {
    if total == 0 {
        return 1;
    }
    (total + PER_PAGE - 1) / PER_PAGE
}

/// One page of notes.
pub(super) fn list(
    speech: Speech,
    about: About,
    notes: &[Note],
    (page, total): (i64, i64),
) -> Message {
    let user = ("user", mention(about.user).into());
    if notes.is_empty() {
        return Message::new(speech.with("notes-none", &[user]));
    }
    let pages = pages(total);
    let mut text = speech.with("notes-title", &[("count", total.into()), user]);
    if pages > 1 {
        let args = [
            ("title", text.into()),
            ("page", page.into()),
            ("pages", pages.into()),
        ];
        text = speech.with("notes-title-page", &args);
    }
    for note in notes {
        text.push_str(&format!("\n{}", entry(speech, note)));
    }
    let prefix = if about.removed {
        "notes/history"
    } else {
        "notes/list"
    };
    let id = |page| custom_id(prefix, &[&about.user, &page]);
    Message::new(text).with_buttons(page_buttons(page, pages, id))
}

fn entry(speech: Speech, note: &Note) -> String {
    let args = [
        ("number", note.id.to_string().into()),
        (
            "when",
            format!("<t:{}:f>", note.created_at.timestamp()).into(),
        ),
        ("who", author(speech, note.author_id).into()),
    ];
    let mut text = speech.with("notes-entry", &args);
    if let (Some(by), Some(at)) = (note.removed_by, note.removed_at) {
        let args = [
            ("when", format!("<t:{}:f>", at.timestamp()).into()),
            ("who", author(speech, by).into()),
        ];
        text.push_str(&format!(" · {}", speech.with("notes-removed-by", &args)));
    }
    for line in note.note.lines() {
        text.push_str(&format!("\n> {line}"));
    }
    text
}

fn author(speech: Speech, id: i64) -> String {
    match id {
        0 => speech.say("notes-imported"),
        id => format!("<@{id}>"),
    }
}

fn mention(user: UserId) -> String {
    format!("<@{user}>")
}

/// What stands where everybody reads: a button that opens the notes for who may read them.
pub(super) fn curtain(speech: Speech, about: About) -> Message {
    let prefix = if about.removed {
        "notes/open-history"
    } else {
        "notes/open"
    };
    let button = CreateButton::new(custom_id(prefix, &[&about.user]))
        .label(speech.say("notes-button-show"))
        .style(ButtonStyle::Secondary);
    Message::new(speech.say("notes-private")).with_buttons(vec![button])
}

/// A new note, and how many there are now.
pub(super) fn added(speech: Speech, number: i64, user: UserId, count: i64) -> String {
    let args = [
        ("number", number.to_string().into()),
        ("user", mention(user).into()),
        ("count", count.into()),
    ];
    speech.with("notes-added", &args)
}

/// A note that does not count any more.
pub(super) fn removed(speech: Speech, number: i64, user: UserId) -> String {
    let args = [
        ("number", number.to_string().into()),
        ("user", mention(user).into()),
    ];
    speech.with("notes-removed", &args)
}

/// A number that no note bears.
pub(super) fn no_such_note(speech: Speech, number: i64) -> String {
    speech.with("notes-no-such", &[("number", number.to_string().into())])
}

/// A text that is no note.
pub(super) fn misfit(speech: Speech, most: usize) -> String {
    speech.with("notes-misfit", &[("most", most.into())])
}

/// There are too many already.
pub(super) fn full(speech: Speech, user: UserId, count: i64) -> String {
    let args = [("user", mention(user).into()), ("count", count.into())];
    speech.with("notes-full", &args)
}

/// Somebody asks for what is noted about themselves.
pub(super) fn oneself(speech: Speech) -> String {
    speech.say("notes-oneself")
}
