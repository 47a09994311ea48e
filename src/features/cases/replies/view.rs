//! `/case view`: a case in full.

use super::super::card::length;
use super::super::desk::Audience;
use super::super::table::{AppealLine, EditLine};
use super::super::text::{cut, line};
use super::{action_in_words, moderator, quoted, target};
use crate::domain::ids::GuildId;
use crate::guild::language::Speech;
use crate::store::tables::cases::Case;

/// What of a reason is shown: those of moderators are shorter, those of an older program may not be.
const MOST_REASON: usize = 500;

/// What of a note is shown, likewise.
const MOST_NOTE: usize = 500;

/// What of a failure is shown.
const MOST_DETAIL: usize = 200;

/// What of a text is shown in a line about its change.
const MOST_IN_EDIT: usize = 40;

/// A case with what has become of it.
pub(in super::super) struct Whole {
    pub(in super::super) case: Case,
    /// The newest changes.
    pub(in super::super) edits: Vec<EditLine>,
    /// How many there are in all.
    pub(in super::super) edit_count: i64,
    /// The newest appeals.
    pub(in super::super) appeals: Vec<AppealLine>,
    /// Who reads it. What the staff notes, and what it changes, is not for everybody.
    pub(in super::super) audience: Audience,
}

/// A case in full.
pub(in super::super) fn view(speech: Speech, guild: GuildId, whole: &Whole) -> String {
    let case = &whole.case;
    let reason = case.reason.clone().filter(|reason| !reason.is_empty());
    let reason = reason.unwrap_or_else(|| speech.say("cases-no-reason"));
    let mut lines = vec![head(speech, case), member(speech, case), by(speech, case)];
    let when = format!("<t:{}:f>", case.created_at.timestamp());
    lines.push(speech.with("cases-when", &[("when", when.into())]));
    lines.extend(case.judged_channel_id.map(|channel| {
        let channel = format!("<#{channel}>");
        speech.with("cases-channel", &[("channel", channel.into())])
    }));
    let reason = ("reason", cut(&reason, MOST_REASON).into());
    lines.push(speech.with("cases-reason", &[reason]));
    lines.push(outcome(speech, case));
    lines.extend(case.lifted_at.map(|at| {
        let when = format!("<t:{}:f>", at.timestamp());
        speech.with("cases-lifted", &[("when", when.into())])
    }));
    lines.extend(appeals(speech, &whole.appeals));
    if let (Some(channel), Some(message)) = (case.channel_id, case.message_id) {
        let link = format!("https://discord.com/channels/{guild}/{channel}/{message}");
        lines.push(speech.with("cases-card", &[("link", link.into())]));
    }
    lines.extend(note(speech, whole));
    lines.extend(edits(speech, whole));
    lines.join("\n")
}

fn head(speech: Speech, case: &Case) -> String {
    let number = ("number", case.case_number.to_string().into());
    let action = action_in_words(speech, &case.action_type, length(case));
    speech.with("cases-case", &[number, ("action", action.into())])
}

fn member(speech: Speech, case: &Case) -> String {
    let member = ("member", target(speech, case.target_user_id).into());
    match case.target_user_id {
        0 => speech.with("cases-member-forgotten", &[member]),
        id => speech.with("cases-member", &[member, ("id", id.to_string().into())]),
    }
}

fn by(speech: Speech, case: &Case) -> String {
    let who = ("who", moderator(case.moderator_id).into());
    match case.audit_entry_id {
        Some(_) => speech.with("cases-by-hand", &[who]),
        None => speech.with("cases-by", &[who]),
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
            let detail = ("detail", cut(detail, MOST_DETAIL).into());
            speech.with("cases-outcome-detail", &[word, detail])
        }
        None => speech.with("cases-outcome", &[word]),
    }
}

fn appeals(speech: Speech, appeals: &[AppealLine]) -> Option<String> {
    let told = appeals.iter().map(|appeal| {
        let status = match appeal.status.as_str() {
            "APPROVED" => speech.say("cases-appeal-approved"),
            "DENIED" => speech.say("cases-appeal-denied"),
            "UNDER_REVIEW" => speech.say("cases-appeal-under-review"),
            _ => speech.say("cases-appeal-pending"),
        };
        format!("#{} {status}", appeal.id)
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| speech.with("cases-appeals", &[("appeals", told.join(", ").into())]))
}

fn note(speech: Speech, whole: &Whole) -> Option<String> {
    let note = whole.case.note.as_deref()?;
    match whole.audience {
        Audience::Staff => {
            let note = ("note", cut(note, MOST_NOTE).into());
            Some(speech.with("cases-note", &[note]))
        }
        Audience::Everybody => {
            let number = ("number", whole.case.case_number.to_string().into());
            Some(speech.with("cases-note-elsewhere", &[number]))
        }
        Audience::Oneself => None,
    }
}

fn edits(speech: Speech, whole: &Whole) -> Vec<String> {
    if whole.audience == Audience::Oneself {
        return Vec::new();
    }
    let edits = whole.edits.iter();
    let mut lines: Vec<String> = edits.map(|one| edit(speech, whole.audience, one)).collect();
    let shown = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    let more = whole.edit_count - shown;
    if more > 0 {
        lines.push(speech.with("cases-edits-more", &[("count", more.into())]));
    }
    lines
}

fn edit(speech: Speech, audience: Audience, edit: &EditLine) -> String {
    let text = |text: &Option<String>| match text {
        Some(text) => quoted(speech, &line(text, MOST_IN_EDIT)),
        None => speech.say("cases-nothing"),
    };
    let args = [
        (
            "when",
            format!("<t:{}:f>", edit.edited_at.timestamp()).into(),
        ),
        ("who", moderator(edit.edited_by).into()),
        ("old", text(&edit.old_text).into()),
        ("new", text(&edit.new_text).into()),
    ];
    match edit.field.as_str() {
        "INFRACTION" => speech.with("cases-edit-infraction", &args[..3]),
        "NOTE" if audience != Audience::Staff => {
            speech.with("cases-edit-note-elsewhere", &args[..2])
        }
        "NOTE" => speech.with("cases-edit-note", &args),
        _ => speech.with("cases-edit-reason", &args),
    }
}
