//! What the member reads who appeals.

use chrono::{DateTime, Utc};

use super::super::config::{MOST_OF_A_FIELD, Settings};
use super::super::rows::Appeal;
use super::super::standing::{Obstacle, Past, Status};
use super::super::subject::{Sentence, Subject};
use super::super::text::{block, line};
use super::{about, deed, state, what, when};
use crate::commands::forms::{Field, Form};
use crate::commands::reply::clip;
use crate::domain::verdict::{Button, ButtonStyle};
use crate::guild::language::Speech;

/// The name of the form's only field.
pub(in super::super) const TEXT: &str = "text";

/// How many letters of a reason are shown in a list to choose from: such a line has a hundred at most.
const BRIEF: usize = 60;

/// How many letters of a server's name stand before it.
const OF_A_GUILD: usize = 20;

/// The button under the notice of a punishment.
pub(in super::super) fn button(speech: Speech, id: String) -> Button {
    Button {
        id,
        label: speech.say("appeals-button"),
        style: ButtonStyle::Secondary,
    }
}

/// One line of a list to choose from; Discord shows neither markup nor times in it.
pub(in super::super) fn choice(speech: Speech, sentence: &Sentence, guild: Option<&str>) -> String {
    let reason = match sentence.reason.as_deref() {
        Some(reason) => line(reason, BRIEF).trim_matches('`').to_owned(),
        None => speech.say("appeals-no-reason"),
    };
    let (what, reason) = (
        ("what", deed(speech, sentence).replace('`', "").into()),
        ("reason", reason.into()),
    );
    let choice = match sentence.subject {
        Subject::Case(number) => {
            let number = ("number", number.to_string().into());
            speech.with("appeals-choice-case", &[number, what, reason])
        }
        Subject::Infraction(_) => {
            let day = sentence.at.format("%Y-%m-%d").to_string();
            speech.with("appeals-choice-old", &[("day", day.into()), what, reason])
        }
    };
    let Some(guild) = guild else {
        return choice;
    };
    let guild: String = guild.chars().take(OF_A_GUILD).collect();
    let args = [("guild", guild.into()), ("choice", choice.into())];
    speech.with("appeals-choice-in", &args)
}

/// `/appeal` without a choice: what of the member's own is still to be decided, and that there is something to choose.
pub(in super::super) fn choose(speech: Speech, open: &[&Past]) -> String {
    below(speech, open, speech.say("appeals-choose"))
}

/// The same where there is nothing to choose: since the server takes no appeals, not before some moment, or at all.
pub(in super::super) fn nothing(
    speech: Speech,
    open: &[&Past],
    off: Option<&str>,
    next: Option<DateTime<Utc>>,
) -> String {
    let text = match (off, next) {
        (Some(guild), _) => speech.with("appeals-off", &[("guild", line(guild, 100).into())]),
        (None, Some(at)) => speech.with("appeals-nothing-yet", &[("when", when(at).into())]),
        (None, None) => speech.say("appeals-nothing"),
    };
    below(speech, open, text)
}

fn below(speech: Speech, open: &[&Past], text: String) -> String {
    let open = open.iter().map(|past| yours(speech, past.id, past.status));
    let lines: Vec<String> = open.chain([text]).collect();
    clip(lines.join("\n"))
}

fn yours(speech: Speech, id: i64, status: Status) -> String {
    let args = [
        ("id", id.to_string().into()),
        ("state", state(speech, status).into()),
    ];
    speech.with("appeals-yours", &args)
}

/// What stands in a select before something is chosen.
pub(in super::super) fn choose_hint(speech: Speech) -> String {
    speech.say("appeals-choose-hint")
}

/// A text command in a channel that everybody reads does not list anybody's punishments.
pub(in super::super) fn privately(speech: Speech, form: &str) -> String {
    speech.with("appeals-privately", &[("form", form.into())])
}

/// The form. A text that is too short or too long is not even sent; NUL and the like are seen only afterwards.
pub(in super::super) fn form(
    speech: Speech,
    sentence: &Sentence,
    settings: &Settings,
    custom_id: String,
) -> Form {
    let length = |length: usize| {
        let most = usize::try_from(MOST_OF_A_FIELD).unwrap_or(usize::MAX);
        u16::try_from(length.min(most)).unwrap_or(u16::MAX)
    };
    let title = match sentence.subject {
        Subject::Case(number) => {
            let number = [("number", number.to_string().into())];
            speech.with("appeals-form-title", &number)
        }
        Subject::Infraction(_) => speech.say("appeals-form-title-old"),
    };
    let field = Field {
        id: TEXT,
        label: speech.say("appeals-form-label"),
        long: true,
        required: true,
        min: length(settings.least),
        max: length(settings.most),
        placeholder: Some(speech.say("appeals-form-hint")),
        ..Field::default()
    };
    Form {
        custom_id,
        title,
        fields: vec![field],
    }
}

/// The appeal is kept.
pub(in super::super) fn filed(speech: Speech, id: i64, sentence: &Sentence, guild: &str) -> String {
    let args = [
        ("id", id.to_string().into()),
        ("guild", line(guild, 100).into()),
        ("what", what(speech, sentence).into()),
    ];
    speech.with("appeals-filed", &args)
}

/// What keeps the member from appealing.
pub(in super::super) fn obstacle(speech: Speech, obstacle: Obstacle, guild: &str) -> String {
    let until = |text, at| speech.with(text, &[("when", when(at).into())]);
    match obstacle {
        Obstacle::Off => speech.with("appeals-off", &[("guild", line(guild, 100).into())]),
        Obstacle::Relief => speech.say("appeals-relief"),
        Obstacle::Operators => speech.say("appeals-operators"),
        Obstacle::Lifted => speech.say("appeals-lifted"),
        Obstacle::Open(id, status) => {
            let args = [
                ("id", id.to_string().into()),
                ("state", state(speech, status).into()),
            ];
            speech.with("appeals-open", &args)
        }
        Obstacle::Granted(id) => about(speech, "appeals-granted", id),
        Obstacle::Denied(at) => until("appeals-wait", at),
        Obstacle::TooSoon(at) => until("appeals-too-soon", at),
        Obstacle::Pause(at) => until("appeals-pause", at),
    }
}

/// Somebody else's punishment, or one that does not exist: the answer is the same.
pub(in super::super) fn not_yours(speech: Speech) -> String {
    speech.say("appeals-not-yours")
}

/// The bot has left the server.
pub(in super::super) fn gone(speech: Speech) -> String {
    speech.say("appeals-gone")
}

/// What is wrong with the length of a text, if anything is.
pub(in super::super) fn misfit(speech: Speech, text: &str, settings: &Settings) -> Option<String> {
    let count = text.chars().count();
    let count_arg = ("count", count.to_string().into());
    if count < settings.least {
        let least = ("least", settings.least.to_string().into());
        return Some(speech.with("appeals-short", &[least, count_arg]));
    }
    if count > settings.most {
        let most = ("most", settings.most.to_string().into());
        return Some(speech.with("appeals-long", &[most, count_arg]));
    }
    None
}

/// The direct message about a decision: `appeal` as it is decided, `again` when the next one is possible.
pub(in super::super) fn told(
    speech: Speech,
    appeal: &Appeal,
    guild: &str,
    again: Option<DateTime<Utc>>,
) -> String {
    let text = match (&appeal.sentence, appeal.status) {
        (Some(_), Status::Approved) => "appeals-told-approved",
        (Some(_), _) => "appeals-told-denied",
        (None, Status::Approved) => "appeals-told-approved-plain",
        (None, _) => "appeals-told-denied-plain",
    };
    telling(speech, appeal, (guild, text), again)
}

/// The same where the punishment was to be taken back on Discord and could not be.
pub(in super::super) fn told_undone(speech: Speech, appeal: &Appeal, guild: &str) -> String {
    telling(speech, appeal, (guild, "appeals-told-undone"), None)
}

fn telling(
    speech: Speech,
    appeal: &Appeal,
    (guild, text): (&str, &'static str),
    again: Option<DateTime<Utc>>,
) -> String {
    let mut args = vec![
        ("guild", line(guild, 100).into()),
        ("id", appeal.id.to_string().into()),
    ];
    if let Some(sentence) = &appeal.sentence {
        args.push(("what", what(speech, sentence).into()));
    }
    let mut lines = vec![speech.with(text, &args)];
    if let Some(answer) = &appeal.answer {
        lines.push(speech.say("appeals-told-answer"));
        lines.push(block(answer, 1_200));
    }
    lines.extend(again.map(|at| {
        let when = [("when", when(at).into())];
        speech.with("appeals-told-again", &when)
    }));
    clip(lines.join("\n"))
}
