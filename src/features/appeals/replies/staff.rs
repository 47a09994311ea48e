//! What the staff reads about appeals.

use super::super::rows::Appeal;
use super::super::standing::Status;
use super::super::subject::{Subject, Undo, Why};
use super::super::text::{block, line};
use super::card::MOST_OF_AN_ANSWER;
use super::{about, author, state, what_of, when};
use crate::actions::{NoticeOutcome, Performed};
use crate::commands::forms::{Field, Form};
use crate::commands::reply::clip;
use crate::guild::language::Speech;

/// The name of the answer in a form.
pub(in super::super) const ANSWER: &str = "answer";

/// The form of a decision: what is denied has to be explained.
pub(in super::super) fn form(speech: Speech, id: i64, to: Status, custom_id: String) -> Form {
    let title = match to {
        Status::Denied => about(speech, "appeals-deny-title", id),
        _ => about(speech, "appeals-approve-title", id),
    };
    let field = Field {
        id: ANSWER,
        label: speech.say("appeals-answer-label"),
        long: true,
        required: to == Status::Denied,
        max: u16::try_from(MOST_OF_AN_ANSWER).unwrap_or(u16::MAX),
        placeholder: Some(speech.say("appeals-answer-hint")),
        ..Field::default()
    };
    Form {
        custom_id,
        title,
        fields: vec![field],
    }
}

/// A number that no appeal of this server has.
pub(in super::super) fn none(speech: Speech, id: &str) -> String {
    speech.with("appeals-none", &[("id", id.to_owned().into())])
}

/// What was typed as the number of an appeal is none.
pub(in super::super) fn no_number(speech: Speech, typed: &str) -> String {
    let kept = typed.chars().filter(|c| !c.is_control() && *c != '`');
    let typed: String = kept.take(20).collect();
    speech.with("appeals-no-number", &[("typed", typed.into())])
}

/// Nobody decides about oneself.
pub(in super::super) fn own(speech: Speech) -> String {
    speech.say("appeals-own")
}

/// The bot's operators keep the member out, so that lifting the ban would come to nothing.
pub(in super::super) fn upheld(speech: Speech) -> String {
    speech.say("appeals-upheld")
}

/// Somebody else was faster.
pub(in super::super) fn already(speech: Speech, appeal: &Appeal) -> String {
    let who = appeal
        .reviewer
        .map_or_else(|| "AIMod".to_owned(), |reviewer| format!("<@{reviewer}>"));
    let mut args = vec![("id", appeal.id.to_string().into()), ("who", who.into())];
    if appeal.status.is_open() {
        return speech.with("appeals-reviewed", &args);
    }
    args.push(("state", state(speech, appeal.status).into()));
    args.push(("when", when(appeal.changed_at).into()));
    match &appeal.answer {
        Some(answer) => format!(
            "{}\n{}",
            speech.with("appeals-already-answer", &args),
            block(answer, MOST_OF_AN_ANSWER)
        ),
        None => speech.with("appeals-already", &args),
    }
}

/// What is wrong with an answer, if anything is.
pub(in super::super) fn misfit(speech: Speech, to: Status, answer: &str) -> Option<String> {
    if to == Status::Denied && answer.is_empty() {
        return Some(speech.say("appeals-answer-missing"));
    }
    let count = answer.chars().count();
    (count > MOST_OF_AN_ANSWER).then(|| {
        let args = [
            ("most", MOST_OF_AN_ANSWER.to_string().into()),
            ("count", count.to_string().into()),
        ];
        speech.with("appeals-answer-long", &args)
    })
}

/// It is under review now.
pub(in super::super) fn reviewing(speech: Speech, id: i64) -> String {
    about(speech, "appeals-done-review", id)
}

/// How a decision was carried out: none of it is known while Discord does not answer.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Done<'a> {
    /// What taking it back asked of Discord; none for a denial.
    pub(in super::super) undo: Option<Undo>,
    /// Whether anything is known of what it was about.
    pub(in super::super) known: bool,
    /// How the taking back went.
    pub(in super::super) lift: Option<&'a Performed>,
    /// How the telling went.
    pub(in super::super) told: Option<&'a Performed>,
}

/// It is decided.
pub(in super::super) fn decided(speech: Speech, id: i64, done: &Done<'_>) -> String {
    let head = match done.undo {
        Some(_) => about(speech, "appeals-done-approved", id),
        None => about(speech, "appeals-done-denied", id),
    };
    let mut lines = vec![head];
    lines.extend(done.undo.map(|undo| undone(speech, undo, done)));
    lines.push(speech.say(match done.told.map(|told| told.notice) {
        Some(NoticeOutcome::Closed) => "appeals-heard-closed",
        Some(NoticeOutcome::Failed) => "appeals-heard-failed",
        Some(_) => "appeals-heard",
        None => "appeals-heard-later",
    }));
    clip(lines.join("\n"))
}

fn undone(speech: Speech, undo: Undo, done: &Done<'_>) -> String {
    let why = match undo {
        Undo::Nothing(_) if !done.known => return speech.say("appeals-by-hand"),
        Undo::Nothing(why) => why,
        Undo::Unban | Undo::EndTimeout => return lifted(speech, undo, done.lift),
    };
    match why {
        Why::Momentary => speech.say("appeals-momentary"),
        Why::Over => speech.say("appeals-over"),
        Why::NotDone => speech.say("appeals-not-done"),
        Why::Another(Subject::Case(number)) => {
            let number = format!("#{number}");
            speech.with("appeals-another", &[("what", number.into())])
        }
        Why::Another(subject) => {
            speech.with("appeals-another", &[("what", subject.to_string().into())])
        }
    }
}

fn lifted(speech: Speech, undo: Undo, lift: Option<&Performed>) -> String {
    match lift {
        Some(lift) if lift.done && undo == Undo::Unban => speech.say("appeals-undone-ban"),
        Some(lift) if lift.done => speech.say("appeals-undone-timeout"),
        Some(lift) => {
            let detail = line(lift.detail.as_deref().unwrap_or("?"), 300);
            speech.with("appeals-undone-failed", &[("detail", detail.into())])
        }
        None => speech.say("appeals-undone-later"),
    }
}

/// Which appeals a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Which {
    /// Those still to be decided.
    Open,
    /// Every one.
    All,
    /// Those of one status.
    Only(Status),
}

impl Which {
    /// Its word in commands and custom ids.
    pub(in super::super) fn word(self) -> String {
        match self {
            Self::Open => "open".to_owned(),
            Self::All => "all".to_owned(),
            Self::Only(status) => status.word().to_ascii_lowercase(),
        }
    }

    /// The choice that a word stands for.
    pub(in super::super) fn of(word: &str) -> Option<Self> {
        match word.trim().to_ascii_lowercase().as_str() {
            "open" => Some(Self::Open),
            "all" => Some(Self::All),
            word => Status::of(word).map(Self::Only),
        }
    }

    /// The statuses that it takes in.
    pub(in super::super) fn states(self) -> Vec<Status> {
        match self {
            Self::Open => vec![Status::Pending, Status::UnderReview],
            Self::All => Status::ALL.to_vec(),
            Self::Only(status) => vec![status],
        }
    }

    fn empty(self, speech: Speech) -> String {
        speech.say(match self {
            Self::Open => "appeals-empty-open",
            Self::All => "appeals-empty-all",
            Self::Only(Status::Pending) => "appeals-empty-pending",
            Self::Only(Status::UnderReview) => "appeals-empty-under-review",
            Self::Only(Status::Approved) => "appeals-empty-approved",
            Self::Only(Status::Denied) => "appeals-empty-denied",
        })
    }

    fn shown(self, speech: Speech) -> String {
        match self {
            Self::Open => speech.say("appeals-list-open"),
            Self::All => speech.say("appeals-list-all"),
            Self::Only(status) => state(speech, status),
        }
    }
}

/// A page of a list: which of how many pages, and how many appeals over all.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Page {
    pub(in super::super) which: Which,
    pub(in super::super) page: i64,
    pub(in super::super) pages: i64,
    pub(in super::super) count: i64,
}

/// `/appeals list`.
pub(in super::super) fn list(speech: Speech, page: &Page, appeals: &[Appeal]) -> String {
    if page.count == 0 {
        return page.which.empty(speech);
    }
    let which = ("which", page.which.shown(speech).into());
    let mut title = speech.with("appeals-list", &[("count", page.count.into()), which]);
    if page.pages > 1 {
        let args = [
            ("title", title.into()),
            ("page", page.page.to_string().into()),
            ("pages", page.pages.to_string().into()),
        ];
        title = speech.with("appeals-list-page", &args);
    }
    let lines = appeals.iter().map(|appeal| {
        let args = [
            ("id", appeal.id.to_string().into()),
            ("state", state(speech, appeal.status).into()),
            ("member", author(speech, appeal.user).into()),
            ("what", what_of(speech, appeal.sentence.as_ref()).into()),
            ("when", when(appeal.made_at).into()),
        ];
        format!("- {}", speech.with("appeals-list-line", &args))
    });
    let lines: Vec<String> = std::iter::once(title).chain(lines).collect();
    clip(lines.join("\n"))
}

/// The labels of the buttons that turn pages: to newer ones and to older ones.
pub(in super::super) fn turns(speech: Speech) -> (String, String) {
    (
        speech.say("appeals-list-newer"),
        speech.say("appeals-list-older"),
    )
}
