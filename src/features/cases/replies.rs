//! What a moderator reads about cases.

use std::time::Duration;

use crate::domain::duration;
use crate::domain::ids::GuildId;
use crate::store::tables::cases::Case;

/// A case in full.
pub(super) fn view(guild: GuildId, case: &Case) -> String {
    let mut lines = vec![
        format!(
            "**Case #{}** · {}{}",
            case.case_number,
            case.action_type,
            length(case)
        ),
        format!(
            "Member: <@{}> (`{}`)",
            case.target_user_id, case.target_user_id
        ),
        format!(
            "By: {}",
            if case.moderator_id == 0 {
                "AIMod".into()
            } else {
                format!("<@{}>", case.moderator_id)
            }
        ),
        format!("When: <t:{}:f>", case.created_at.timestamp()),
        format!("Reason: {}", case.reason.as_deref().unwrap_or("none given")),
        format!("Outcome: {}", outcome(case)),
    ];
    if let (Some(channel), Some(message)) = (case.channel_id, case.message_id) {
        lines.push(format!(
            "Card: https://discord.com/channels/{guild}/{channel}/{message}"
        ));
    }
    lines.join("\n")
}

fn length(case: &Case) -> String {
    match case
        .duration_seconds
        .and_then(|seconds| u64::try_from(seconds).ok())
    {
        Some(seconds) => format!(" for {}", duration::format(Duration::from_secs(seconds))),
        None => String::new(),
    }
}

fn outcome(case: &Case) -> String {
    let word = match case.outcome.as_str() {
        "PENDING" => "under way",
        "FAILED" => "not carried out",
        _ => "carried out",
    };
    match &case.outcome_detail {
        Some(detail) => format!("{word} ({detail})"),
        None => word.into(),
    }
}

/// A number that no case has.
pub(super) fn no_such_case(number: i64) -> String {
    format!("This server has no case #{number}.")
}
