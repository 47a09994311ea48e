//! What a person reads about their own data.

use std::sync::LazyLock;

use serenity::all::{ButtonStyle, CreateButton};

use crate::commands::components::custom_id;
use crate::commands::reply::Message;
use crate::domain::ids::{GuildId, UserId};
use crate::guild::language::{Language, Speech, Texts};
use crate::store::tables::erasure::{Forgotten, Kept};

/// The texts of the room.
pub(in crate::features) static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::new(
        "my_data",
        &[
            (Language::En, include_str!("texts/en.ftl")),
            (Language::De, include_str!("texts/de.ftl")),
        ],
    )
});

/// The parts that a person is told of, and how each is called. Traces of the machinery go with them unnamed.
const PARTS: [(&str, &str); 8] = [
    ("user_data", "my_data-user"),
    ("command_runs", "my_data-command-runs"),
    ("notes", "my_data-notes"),
    ("appeals_open", "my_data-appeals-open"),
    ("appeals", "my_data-appeals"),
    ("infractions", "my_data-infractions"),
    ("cases", "my_data-cases"),
    ("case_edits", "my_data-case-edits"),
];

/// All that is kept, as a file.
pub(super) fn exported(speech: Speech, user: UserId, bytes: Vec<u8>) -> Message {
    let name = format!("aimod-mydata-{user}.json");
    Message::new(speech.say("my_data-exported")).with_file(&name, bytes)
}

/// What forgetting would do, with the question.
pub(super) fn question(speech: Speech, guild: GuildId, found: &Forgotten) -> Message {
    let parts = parts(speech, found);
    if parts.is_empty() {
        let mut lines = vec![speech.say("my_data-nothing")];
        lines.extend(held(speech, &found.kept));
        return Message::new(lines.join("\n"));
    }
    let mut lines = vec![speech.say("my_data-question")];
    lines.extend(parts);
    lines.push(speech.say("my_data-question-means"));
    lines.extend(stays(speech, &found.kept));
    let yes = CreateButton::new(custom_id("mydata/forget", &[&guild]))
        .label(speech.say("my_data-button-forget"))
        .style(ButtonStyle::Danger);
    let no = CreateButton::new(custom_id("mydata/keep", &[&guild]))
        .label(speech.say("my_data-button-keep"))
        .style(ButtonStyle::Secondary);
    Message::new(lines.join("\n")).with_buttons(vec![yes, no])
}

/// What was removed, what must stay, and why.
pub(super) fn receipt(speech: Speech, done: &Forgotten) -> Message {
    let mut lines = vec![speech.say("my_data-receipt")];
    let parts = parts(speech, done);
    if parts.is_empty() {
        lines.push(speech.say("my_data-receipt-nothing"));
    }
    lines.extend(parts);
    lines.extend(stays(speech, &done.kept));
    lines.push(speech.say("my_data-receipt-anew"));
    Message::new(lines.join("\n"))
}

/// A line for each part that there is something of.
fn parts(speech: Speech, found: &Forgotten) -> Vec<String> {
    let count_of = |part: &str| {
        let mut counts = found.removed.iter();
        counts
            .find(|(name, _)| *name == part)
            .map_or(0, |(_, count)| *count)
    };
    let there = PARTS.iter().map(|(part, id)| (id, count_of(part)));
    there
        .filter(|(_, count)| *count > 0)
        .map(|(id, count)| format!("- {}", speech.with(id, &[("count", count.into())])))
        .collect()
}

/// What stays, each with its reason.
fn stays(speech: Speech, kept: &Kept) -> Vec<String> {
    let mut lines = vec![speech.say("my_data-stays")];
    lines.extend(held(speech, kept));
    for id in [
        "my_data-stays-numbers",
        "my_data-stays-deeds",
        "my_data-stays-discord",
        "my_data-stays-journal",
    ] {
        lines.push(format!("- {}", speech.say(id)));
    }
    lines
}

/// What stays of this very person because it is in force.
fn held(speech: Speech, kept: &Kept) -> Vec<String> {
    let mut lines = Vec::new();
    if kept.cases > 0 {
        let count = [("count", kept.cases.into())];
        lines.push(format!("- {}", speech.with("my_data-stays-cases", &count)));
    }
    if kept.appeals > 0 {
        let count = [("count", kept.appeals.into())];
        lines.push(format!(
            "- {}",
            speech.with("my_data-stays-appeals", &count)
        ));
    }
    if kept.global_ban {
        lines.push(format!("- {}", speech.say("my_data-stays-global-ban")));
    }
    lines
}
