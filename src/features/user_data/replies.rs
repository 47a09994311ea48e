//! What a moderator reads about a user.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};

use super::table::LastCase;
use crate::domain::ids::UserId;
use crate::features::cases;
use crate::guild::language::{Language, Speech, Texts};
use crate::store::tables::users::UserData;

/// The texts of the room.
pub(in crate::features) static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::new(
        "user_data",
        &[
            (Language::En, include_str!("texts/en.ftl")),
            (Language::De, include_str!("texts/de.ftl")),
        ],
    )
});

/// The most characters of a global ban's reason.
const MOST_REASON: usize = 200;

/// All that is told.
pub(super) struct Facts {
    pub(super) id: UserId,
    /// As Discord tells it now.
    pub(super) name: String,
    /// None where AIMod never saw the user.
    pub(super) seen: Option<UserData>,
    pub(super) infractions: i64,
    pub(super) last_case: Option<LastCase>,
    pub(super) global_ban: Option<(DateTime<Utc>, String)>,
    /// None where it is not to be told.
    pub(super) notes: Option<i64>,
}

/// The answer to `/user info`.
pub(super) fn info(speech: Speech, facts: &Facts) -> String {
    let mut lines = vec![head(speech, facts)];
    let created = [("when", since(facts.id.created_at()).into())];
    lines.push(speech.with("user_data-created", &created));
    lines.extend(seen(speech, facts));
    let count = [("count", facts.infractions.into())];
    lines.push(speech.with("user_data-infractions", &count));
    lines.push(last_case(speech, facts.last_case.as_ref()));
    lines.extend(facts.notes.map(|notes| match notes {
        0 => speech.say("user_data-no-notes"),
        some => speech.with("user_data-notes", &[("count", some.into())]),
    }));
    lines.extend(facts.global_ban.as_ref().map(|(at, reason)| {
        let reason: String = reason.chars().take(MOST_REASON).collect();
        let args = [("when", since(*at).into()), ("reason", reason.into())];
        speech.with("user_data-global-ban", &args)
    }));
    lines.join("\n")
}

/// The name, and the one under which the user was seen last, where that is another.
fn head(speech: Speech, facts: &Facts) -> String {
    let args = |name: &str| {
        [
            ("user", format!("<@{}>", facts.id).into()),
            ("name", name.replace('`', "ˋ").into()),
            ("id", facts.id.to_string().into()),
        ]
    };
    let mut text = speech.with("user_data-head", &args(&facts.name));
    let before = facts
        .seen
        .as_ref()
        .and_then(|seen| seen.username.as_deref());
    if let Some(before) = before.filter(|before| !before.is_empty() && *before != facts.name) {
        let args = [("name", before.replace('`', "ˋ").into())];
        text.push_str(&format!(" {}", speech.with("user_data-seen-as", &args)));
    }
    text
}

fn seen(speech: Speech, facts: &Facts) -> Vec<String> {
    let Some(seen) = &facts.seen else {
        return vec![speech.say("user_data-never-seen")];
    };
    let first = [("when", since(seen.first_seen).into())];
    let last = [("when", since(seen.last_seen).into())];
    let mut lines = vec![
        speech.with("user_data-first-seen", &first),
        speech.with("user_data-last-seen", &last),
        speech.with(
            "user_data-messages",
            &[("count", seen.message_count.into())],
        ),
    ];
    lines.extend(seen.avatar_url.as_ref().map(|url| {
        let args = [("url", url.as_str().into())];
        speech.with("user_data-picture", &args)
    }));
    lines
}

fn last_case(speech: Speech, case: Option<&LastCase>) -> String {
    let Some(case) = case else {
        return speech.say("user_data-no-case");
    };
    let args = [
        ("number", case.case_number.to_string().into()),
        (
            "action",
            cases::action_word(speech.language(), &case.action_type).into(),
        ),
        ("when", since(case.created_at).into()),
    ];
    speech.with("user_data-last-case", &args)
}

/// A day, and how long ago it is, as Discord writes it for each reader.
fn since(at: DateTime<Utc>) -> String {
    let at = at.timestamp();
    format!("<t:{at}:D> (<t:{at}:R>)")
}
