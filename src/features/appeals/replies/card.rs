//! The cards that the staff reads: an appeal in full, and the case that takes a punishment back.

use super::super::rows::Appeal;
use super::super::standing::Status;
use super::super::subject::{Deed, Sentence};
use super::super::text::{block, blocks, line};
use super::{identified, state, what, what_of, when};
use crate::commands::components::custom_id;
use crate::domain::ids::{ChannelId, UserId};
use crate::domain::verdict::{Button, ButtonStyle, CASE_NUMBER_MARK, Card, Undone};
use crate::guild::language::Speech;

/// Stands where the number of an appeal goes that is not written yet; private-use characters, as in `domain::verdict`.
pub(in super::super) const APPEAL_MARK: &str = "\u{e0c6}\u{e0c7}";

/// The beginnings of the card's buttons.
pub(in super::super) const APPROVE: &str = "appeals/approve";
/// See [`APPROVE`].
pub(in super::super) const DENY: &str = "appeals/deny";
/// See [`APPROVE`].
pub(in super::super) const REVIEW: &str = "appeals/review";

/// The most characters of an answer.
pub(in super::super) const MOST_OF_AN_ANSWER: usize = 1_000;

/// An appeal as a card; `id` is its number, or the mark for it. What is decided has no buttons.
pub(in super::super) fn appeal(
    speech: Speech,
    appeal: &Appeal,
    id: &str,
    channel: ChannelId,
) -> Card {
    Card {
        channel,
        title: title(speech, appeal, id),
        fields: fields(speech, appeal),
        buttons: buttons(speech, appeal.status, id),
        undone: (appeal.status == Status::Approved).then(|| Undone {
            title: None,
            field: speech.say("appeals-card-undone"),
        }),
    }
}

/// The card of an appeal whose author is forgotten: nothing of them, and nothing to press.
pub(in super::super) fn withdrawn(speech: Speech, id: i64, channel: ChannelId) -> Card {
    let args = [
        ("id", id.to_string().into()),
        ("state", speech.say("appeals-withdrawn").into()),
    ];
    Card {
        channel,
        title: speech.with("appeals-card", &args),
        fields: vec![(
            speech.say("appeals-card-over"),
            speech.say("appeals-card-forgotten"),
        )],
        buttons: Vec::new(),
        undone: None,
    }
}

/// Its heading.
pub(in super::super) fn title(speech: Speech, appeal: &Appeal, id: &str) -> String {
    let args = [
        ("id", id.to_owned().into()),
        ("state", state(speech, appeal.status).into()),
    ];
    speech.with("appeals-card", &args)
}

/// Its lines.
pub(in super::super) fn fields(speech: Speech, appeal: &Appeal) -> Vec<(String, String)> {
    let mut fields = vec![(
        speech.say("appeals-card-member"),
        identified(speech, appeal.user),
    )];
    fields.push((
        speech.say("appeals-card-what"),
        what_of(speech, appeal.sentence.as_ref()),
    ));
    if let Some(sentence) = &appeal.sentence {
        let reason = match sentence.reason.as_deref() {
            Some(reason) => line(reason, 300),
            None => speech.say("appeals-no-reason"),
        };
        fields.push((speech.say("appeals-card-reason"), reason));
        fields.push((speech.say("appeals-card-when"), when(sentence.at)));
    }
    for (number, part) in blocks(&appeal.text).into_iter().enumerate() {
        let name = match number {
            0 => "appeals-card-text",
            _ => "appeals-card-more",
        };
        fields.push((speech.say(name), part));
    }
    fields.extend(decision(speech, appeal));
    fields
}

/// Who has it in hand or has decided it, and what was answered.
fn decision(speech: Speech, appeal: &Appeal) -> Vec<(String, String)> {
    let Some(reviewer) = appeal.reviewer else {
        return Vec::new();
    };
    let (name, at) = match appeal.status {
        Status::Pending => return Vec::new(),
        Status::UnderReview => ("appeals-card-reviewer", appeal.changed_at),
        Status::Approved | Status::Denied => ("appeals-card-decider", appeal.changed_at),
    };
    let mut fields = vec![(speech.say(name), format!("<@{reviewer}> {}", when(at)))];
    if let Some(answer) = &appeal.answer {
        let answer = block(answer, MOST_OF_AN_ANSWER);
        fields.push((speech.say("appeals-card-answer"), answer));
    }
    fields
}

/// What may be done with it.
pub(in super::super) fn buttons(speech: Speech, status: Status, id: &str) -> Vec<Button> {
    let button = |prefix, label, style| Button {
        id: custom_id(prefix, &[&id]),
        label: speech.say(label),
        style,
    };
    let mut buttons = Vec::new();
    if status.is_open() {
        buttons.push(button(APPROVE, "appeals-approve", ButtonStyle::Success));
        buttons.push(button(DENY, "appeals-deny", ButtonStyle::Danger));
    }
    if status == Status::Pending {
        buttons.push(button(REVIEW, "appeals-review", ButtonStyle::Secondary));
    }
    buttons
}

/// The card of the case that takes a punishment back, in the log of all cases.
pub(in super::super) fn lift(
    speech: Speech,
    appeal: &Appeal,
    sentence: &Sentence,
    (channel, reviewer): (ChannelId, UserId),
) -> Card {
    let (title, undone) = match sentence.deed() {
        Deed::Ban => ("appeals-unbanned-card", "appeals-not-unbanned-card"),
        _ => ("appeals-ended-card", "appeals-not-ended-card"),
    };
    let number = [("number", CASE_NUMBER_MARK.into())];
    let why = [("id", appeal.id.to_string().into())];
    Card {
        channel,
        title: speech.with(title, &number),
        fields: vec![
            (
                speech.say("appeals-card-member"),
                format!("<@{0}> (`{0}`)", appeal.user),
            ),
            (speech.say("appeals-lift-by"), format!("<@{reviewer}>")),
            (speech.say("appeals-card-what"), what(speech, sentence)),
            (
                speech.say("appeals-lift-reason"),
                speech.with("appeals-lift-why", &why),
            ),
        ],
        buttons: Vec::new(),
        undone: Some(Undone {
            title: Some(speech.with(undone, &number)),
            field: speech.say("appeals-card-undone"),
        }),
    }
}
