//! What people read about appeals. Pure: values in, texts out.

pub(super) mod card;
pub(super) mod member;
pub(super) mod staff;

use std::sync::LazyLock;

use chrono::{DateTime, Utc};

use super::standing::Status;
use super::subject::{Deed, Sentence, Subject};
use super::text::line;
use crate::domain::duration;
use crate::domain::ids::UserId;
use crate::guild::language::{Language, Speech, Texts};

/// The texts of the room.
pub(in crate::features) static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::new(
        "appeals",
        &[
            (Language::En, include_str!("../texts/en.ftl")),
            (Language::De, include_str!("../texts/de.ftl")),
        ],
    )
});

/// What was done, in a word or two.
fn deed(speech: Speech, sentence: &Sentence) -> String {
    match (sentence.deed(), sentence.length) {
        (Deed::Warn, _) => speech.say("appeals-warn"),
        (Deed::Timeout, Some(length)) => {
            let length = duration::format(length);
            speech.with("appeals-timeout-for", &[("length", length.into())])
        }
        (Deed::Timeout, None) => speech.say("appeals-timeout"),
        (Deed::Kick, _) => speech.say("appeals-kick"),
        (Deed::Ban, _) => speech.say("appeals-ban"),
        (Deed::Delete, _) => speech.say("appeals-delete"),
        _ => line(&sentence.action, 50),
    }
}

/// A punishment with what it is known by.
fn what(speech: Speech, sentence: &Sentence) -> String {
    let what = ("what", deed(speech, sentence).into());
    match sentence.subject {
        Subject::Case(number) => {
            let number = ("number", number.to_string().into());
            speech.with("appeals-what-case", &[what, number])
        }
        Subject::Infraction(_) => {
            let when = format!("<t:{}:d>", sentence.at.timestamp());
            speech.with("appeals-what-old", &[what, ("when", when.into())])
        }
    }
}

/// The same of an appeal, whose punishment may be forgotten.
fn what_of(speech: Speech, sentence: Option<&Sentence>) -> String {
    sentence.map_or_else(
        || speech.say("appeals-unknown-what"),
        |sentence| what(speech, sentence),
    )
}

/// Who made an appeal; 0 is somebody who was forgotten.
fn author(speech: Speech, user: UserId) -> String {
    match user {
        UserId(0) => speech.say("appeals-forgotten"),
        user => format!("<@{user}>"),
    }
}

/// The same with the id, for those who look somebody up.
fn identified(speech: Speech, user: UserId) -> String {
    match user {
        UserId(0) => author(speech, user),
        user => format!("{} (`{user}`)", author(speech, user)),
    }
}

/// Where an appeal stands, in a word.
fn state(speech: Speech, status: Status) -> String {
    speech.say(match status {
        Status::Pending => "appeals-pending",
        Status::UnderReview => "appeals-under-review",
        Status::Approved => "appeals-approved",
        Status::Denied => "appeals-denied",
    })
}

/// A text about one appeal.
fn about(speech: Speech, text: &str, id: i64) -> String {
    speech.with(text, &[("id", id.to_string().into())])
}

/// A moment as Discord shows it from where its reader is: "in 7 days".
fn when(at: DateTime<Utc>) -> String {
    format!("<t:{}:R>", at.timestamp())
}
