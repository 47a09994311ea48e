//! What a moderator reads about cases.

use std::sync::LazyLock;
use std::time::Duration;

use crate::domain::duration;
use crate::domain::ids::GuildId;
use crate::guild::language::{Language, Speech, Texts};
use crate::store::tables::cases::Case;

/// The texts of the room.
pub(in crate::features) static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::new(
        "cases",
        &[
            (Language::En, include_str!("texts/en.ftl")),
            (Language::De, include_str!("texts/de.ftl")),
        ],
    )
});

/// A case in full.
pub(super) fn view(speech: Speech, guild: GuildId, case: &Case) -> String {
    let member = format!("<@{}>", case.target_user_id);
    let id = case.target_user_id.to_string();
    let by = match case.moderator_id {
        0 => "AIMod".to_owned(),
        moderator => format!("<@{moderator}>"),
    };
    let when = format!("<t:{}:f>", case.created_at.timestamp());
    let reason = case.reason.clone();
    let reason = reason.unwrap_or_else(|| speech.say("cases-no-reason"));
    let member = [("member", member.into()), ("id", id.into())];
    let mut lines = vec![
        head(speech, case),
        speech.with("cases-member", &member),
        speech.with("cases-by", &[("who", by.into())]),
        speech.with("cases-when", &[("when", when.into())]),
        speech.with("cases-reason", &[("reason", reason.into())]),
        outcome(speech, case),
    ];
    if let (Some(channel), Some(message)) = (case.channel_id, case.message_id) {
        let link = format!("https://discord.com/channels/{guild}/{channel}/{message}");
        lines.push(speech.with("cases-card", &[("link", link.into())]));
    }
    lines.join("\n")
}

fn head(speech: Speech, case: &Case) -> String {
    let number = ("number", case.case_number.to_string().into());
    let action = ("action", case.action_type.as_str().into());
    let seconds = case.duration_seconds;
    match seconds.and_then(|seconds| u64::try_from(seconds).ok()) {
        Some(seconds) => {
            let length = duration::format(Duration::from_secs(seconds));
            speech.with(
                "cases-case-for",
                &[number, action, ("length", length.into())],
            )
        }
        None => speech.with("cases-case", &[number, action]),
    }
}

fn outcome(speech: Speech, case: &Case) -> String {
    let word = match case.outcome.as_str() {
        "PENDING" => speech.say("cases-pending"),
        "FAILED" => speech.say("cases-failed"),
        _ => speech.say("cases-done"),
    };
    let word = ("outcome", word.into());
    match &case.outcome_detail {
        Some(detail) => {
            let detail = ("detail", detail.as_str().into());
            speech.with("cases-outcome-detail", &[word, detail])
        }
        None => speech.with("cases-outcome", &[word]),
    }
}

/// A number that no case has.
pub(super) fn no_such_case(speech: Speech, number: i64) -> String {
    speech.with("cases-none", &[("number", number.to_string().into())])
}
