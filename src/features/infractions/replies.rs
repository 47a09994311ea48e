//! What a moderator reads about infractions.

use std::sync::LazyLock;

use crate::domain::ids::UserId;
use crate::guild::language::{Language, Speech, Texts};
use crate::store::tables::infractions::Infraction;

/// The texts of the room.
pub(in crate::features) static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::new(
        "infractions",
        &[
            (Language::En, include_str!("texts/en.ftl")),
            (Language::De, include_str!("texts/de.ftl")),
        ],
    )
});

/// A member's history.
pub(super) fn history(speech: Speech, member: UserId, rows: &[Infraction], total: i64) -> String {
    let member = ("member", format!("<@{member}>").into());
    if rows.is_empty() {
        return speech.with("infractions-none", &[member]);
    }
    let mut text = speech.with("infractions-title", &[("count", total.into()), member]);
    if i64::try_from(rows.len()).is_ok_and(|shown| shown < total) {
        let args = [("title", text.into()), ("shown", rows.len().into())];
        text = speech.with("infractions-newest", &args);
    }
    for row in rows {
        text.push_str(&format!("\n- {}", line(speech, row)));
    }
    text
}

fn line(speech: Speech, row: &Infraction) -> String {
    let rule = match row.rule_violated.as_deref() {
        Some(rule) => rule.chars().take(150).collect(),
        None => speech.say("infractions-no-rule"),
    };
    let action = row.action_taken.as_deref().unwrap_or("UNKNOWN");
    let mut args = vec![
        (
            "when",
            format!("<t:{}:f>", row.timestamp.timestamp()).into(),
        ),
        ("action", action.into()),
        ("rule", rule.into()),
    ];
    match row.case_number {
        Some(number) => {
            args.push(("case", number.to_string().into()));
            speech.with("infractions-line-case", &args)
        }
        None => speech.with("infractions-line", &args),
    }
}
