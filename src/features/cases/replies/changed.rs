//! `/case reason | note | edit`: old and new, and what became of the card.

use super::super::desk::Audience;
use super::super::table::{Changed, Field};
use super::super::text::{MOST_WRITTEN, TooLong, cut};
use super::quoted;
use crate::commands::components::custom_id;
use crate::commands::forms::{Field as FormField, Form};
use crate::domain::ids::{ChannelId, UserId};
use crate::guild::language::Speech;
use crate::store::tables::cases::Case;

/// What became of the card in the log channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum CardFate {
    /// It says so too.
    Updated,
    /// It, or its channel, is gone.
    Gone(ChannelId),
    /// It could not be changed, and why.
    Failed(ChannelId, String),
    /// It will say so: Discord does not answer right now.
    Follows(ChannelId),
}

/// A change that was made, old → new.
pub(in super::super) fn changed(
    speech: Speech,
    audience: Audience,
    changed: &Changed,
    card: Option<&CardFate>,
) -> String {
    let number = changed.before.case_number.to_string();
    let mut lines: Vec<String> = changed
        .texts
        .iter()
        .map(|(_, new)| {
            let old = match new.field {
                Field::Reason => &changed.before.reason,
                Field::Note => &changed.before.note,
            };
            let args = [
                ("number", number.as_str().into()),
                ("old", shown(speech, old).into()),
                ("new", shown(speech, &new.text).into()),
            ];
            match new.field {
                Field::Reason => speech.with("cases-changed-reason", &args),
                Field::Note if audience == Audience::Everybody => {
                    speech.with("cases-changed-note-elsewhere", &args[..1])
                }
                Field::Note => speech.with("cases-changed-note", &args),
            }
        })
        .collect();
    lines.extend(card.map(|card| fate(speech, card)));
    lines.join("\n")
}

fn shown(speech: Speech, text: &Option<String>) -> String {
    match text.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => quoted(speech, &cut(text, MOST_WRITTEN)),
        None => speech.say("cases-nothing"),
    }
}

fn fate(speech: Speech, card: &CardFate) -> String {
    let place = |channel: &ChannelId| ("channel", format!("<#{channel}>").into());
    match card {
        CardFate::Updated => speech.say("cases-card-updated"),
        CardFate::Gone(channel) => speech.with("cases-card-gone", &[place(channel)]),
        CardFate::Follows(channel) => speech.with("cases-card-follows", &[place(channel)]),
        CardFate::Failed(channel, why) => {
            let why = ("why", cut(why, 200).into());
            speech.with("cases-card-failed", &[place(channel), why])
        }
    }
}

/// A text that the case has already.
pub(in super::super) fn same(speech: Speech, number: i64) -> String {
    speech.with("cases-same", &[("number", number.to_string().into())])
}

/// A form that was opened before somebody else changed the case.
pub(in super::super) fn outdated(speech: Speech, number: i64, by: UserId) -> String {
    let args = [
        ("number", number.to_string().into()),
        ("who", format!("<@{by}>").into()),
    ];
    speech.with("cases-outdated", &args)
}

/// A reason without a text.
pub(in super::super) fn reason_missing(speech: Speech) -> String {
    speech.say("cases-reason-missing")
}

/// A note without a text; `form` is what takes it away.
pub(in super::super) fn note_missing(speech: Speech, form: String) -> String {
    speech.with("cases-note-missing", &[("form", form.into())])
}

/// A note that is to be written and taken away at once.
pub(in super::super) fn note_both(speech: Speech) -> String {
    speech.say("cases-note-both")
}

/// A text that is too long.
pub(in super::super) fn too_long(speech: Speech, field: Field, long: TooLong) -> String {
    let args = [
        ("most", MOST_WRITTEN.into()),
        ("characters", long.characters.into()),
    ];
    match field {
        Field::Reason => speech.with("cases-reason-too-long", &args),
        Field::Note => speech.with("cases-note-too-long", &args),
    }
}

/// The form of `/case edit`, filled with what the case says now. `seen` is its newest change.
pub(in super::super) fn form(speech: Speech, case: &Case, seen: i64) -> Form {
    let field = |id: &'static str, label: String, value: &Option<String>| FormField {
        id,
        label,
        long: true,
        max: u16::try_from(MOST_WRITTEN).unwrap_or(u16::MAX),
        value: value.clone(),
        ..FormField::default()
    };
    let number = ("number", case.case_number.to_string().into());
    Form {
        custom_id: custom_id("cases/edit", &[&case.case_number, &seen]),
        title: speech.with("cases-form", &[number]),
        fields: vec![
            field("reason", speech.say("cases-form-reason"), &case.reason),
            field("note", speech.say("cases-form-note"), &case.note),
        ],
    }
}
