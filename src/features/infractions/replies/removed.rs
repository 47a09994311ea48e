//! `/infractions remove`: what is gone, what stays, and what goes on all the same.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::table::Gone;
use super::{action, cut};
use crate::domain::ids::UserId;
use crate::guild::language::Speech;
use crate::store::tables::cases::Case;

/// What of a rule is shown.
const MOST_RULE: usize = 500;

/// A punishment that holds although its infraction is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// A timeout, until then.
    Timeout(DateTime<Utc>),
    /// A ban.
    Ban,
}

/// An infraction that was removed.
pub(in super::super) fn removed(
    speech: Speech,
    id: i64,
    gone: &Gone,
    now: DateTime<Utc>,
) -> String {
    let rule = match gone.rule.as_deref() {
        Some(rule) => cut(rule, MOST_RULE),
        None => speech.say("infractions-no-rule"),
    };
    let member = match gone.user {
        UserId(0) => speech.say("infractions-forgotten"),
        user => format!("<@{user}>"),
    };
    let mut args = vec![
        ("id", id.to_string().into()),
        ("member", member.into()),
        ("action", action(speech, gone.action.as_deref()).into()),
        ("rule", rule.into()),
    ];
    let mut lines = vec![match &gone.case {
        Some(case) => {
            args.push(("case", case.case_number.to_string().into()));
            speech.with("infractions-removed-case", &args)
        }
        None => speech.with("infractions-removed", &args),
    }];
    let holds = gone.case.as_ref().and_then(|case| holds(case, now));
    lines.extend(holds.map(|holds| match holds {
        Holds::Timeout(until) => {
            let when = format!("<t:{}:f>", until.timestamp());
            speech.with("infractions-timeout-runs", &[("when", when.into())])
        }
        Holds::Ban => speech.say("infractions-ban-holds"),
    }));
    lines.extend(gone.appeal.map(|appeal| {
        let id = ("id", appeal.to_string().into());
        speech.with("infractions-appeal-open", &[id])
    }));
    lines.join("\n")
}

fn holds(case: &Case, now: DateTime<Utc>) -> Option<Holds> {
    if case.outcome != "DONE" || case.lifted_at.is_some() {
        return None;
    }
    let action = case.action_type.to_ascii_uppercase();
    if action == "BAN" {
        return Some(Holds::Ban);
    }
    let length = TimeDelta::seconds(case.duration_seconds?.into());
    let until = case.created_at.checked_add_signed(length)?;
    (action.starts_with("TIMEOUT") && until > now).then_some(Holds::Timeout(until))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(action: &str, seconds: Option<i32>) -> Case {
        Case {
            id: 1,
            case_number: 12,
            moderator_id: 0,
            target_user_id: 5,
            action_type: action.to_owned(),
            reason: None,
            duration_seconds: seconds,
            outcome: "DONE".into(),
            outcome_detail: None,
            channel_id: None,
            message_id: None,
            created_at: DateTime::UNIX_EPOCH,
            note: None,
            audit_entry_id: None,
            lifted_at: None,
            judged_channel_id: None,
        }
    }

    #[test]
    fn only_what_is_in_force_is_said_to_hold() {
        let start = DateTime::UNIX_EPOCH;
        let end = start + TimeDelta::seconds(60);
        let at = |case: &Case, seconds| holds(case, start + TimeDelta::seconds(seconds));
        let timeout = case("TIMEOUT", Some(60));
        assert_eq!(at(&timeout, 59), Some(Holds::Timeout(end)));
        assert_eq!(at(&timeout, 60), None);
        let ban = case("BAN", None);
        assert_eq!(at(&ban, 1_000_000), Some(Holds::Ban));
        for other in [
            case("WARN", None),
            case("KICK", Some(60)),
            case("TIMEOUT_SHORT", None),
            Case {
                outcome: "FAILED".into(),
                ..ban.clone()
            },
            Case {
                lifted_at: Some(start),
                ..timeout.clone()
            },
        ] {
            assert_eq!(at(&other, 1), None, "{other:?}");
        }
    }
}
