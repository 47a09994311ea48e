//! What an appeal is about: a punishment as the records know it, and what taking it back means. Pure.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::duration::MAX_TIMEOUT;
use crate::domain::ids::{CaseNumber, GuildId, UserId};
use crate::store::tables::deeds::LastingDeed;

/// How far apart an older program's records of one deed may be.
pub(super) const ONE_DEED: TimeDelta = TimeDelta::minutes(1);

/// The name of a punishment in custom ids and commands: `12` is a case, `i45` an infraction that has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    /// A case of the guild.
    Case(CaseNumber),
    /// An infraction from before cases were kept.
    Infraction(i64),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Case(number) => write!(f, "{number}"),
            Self::Infraction(id) => write!(f, "i{id}"),
        }
    }
}

/// Something that names no punishment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoSubject;

impl FromStr for Subject {
    type Err = NoSubject;

    fn from_str(text: &str) -> Result<Self, NoSubject> {
        let text = text.trim().trim_start_matches('#');
        let number = |digits: &str| {
            let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let value: Option<i64> = digits.parse().ok();
            value.filter(|value| plain && *value > 0).ok_or(NoSubject)
        };
        match text.strip_prefix(['i', 'I']) {
            Some(digits) => number(digits).map(Self::Infraction),
            None => number(text).map(|number| Self::Case(CaseNumber(number))),
        }
    }
}

/// What was done, whatever word stands for it: older programs had words of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Only the message went.
    Delete,
    /// A warning.
    Warn,
    /// A timeout of any length.
    Timeout,
    /// A kick.
    Kick,
    /// A ban.
    Ban,
    /// The end of a timeout.
    EndTimeout,
    /// The end of a ban.
    Unban,
    /// Something else.
    Other,
}

impl Deed {
    /// What a word of the records stands for.
    pub(super) fn of(word: &str) -> Self {
        match LastingDeed::of(word) {
            Some(LastingDeed::Ban) => Self::Ban,
            Some(LastingDeed::Timeout) => Self::Timeout,
            Some(LastingDeed::EndTimeout) => Self::EndTimeout,
            Some(LastingDeed::Unban) => Self::Unban,
            None => match word.trim().to_ascii_uppercase().as_str() {
                "DELETE" => Self::Delete,
                "WARN" | "WARNING" => Self::Warn,
                "KICK" => Self::Kick,
                _ => Self::Other,
            },
        }
    }

    /// Whether it takes a punishment back instead of being one.
    pub(super) const fn is_relief(self) -> bool {
        matches!(self, Self::EndTimeout | Self::Unban)
    }
}

/// A punishment as the records know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    pub(super) guild: GuildId,
    pub(super) user: UserId,
    pub(super) subject: Subject,
    pub(super) case_id: Option<i64>,
    pub(super) infraction_id: Option<i64>,
    /// The records' word for what was done.
    pub(super) action: String,
    pub(super) reason: Option<String>,
    /// How long a timeout lasts, where that is known.
    pub(super) length: Option<Duration>,
    pub(super) at: DateTime<Utc>,
    /// Whether it was carried out.
    pub(super) done: bool,
    pub(super) lifted: bool,
}

impl Sentence {
    /// What was done.
    pub(super) fn deed(&self) -> Deed {
        Deed::of(&self.action)
    }

    /// The number of its case.
    pub(super) const fn case_number(&self) -> Option<CaseNumber> {
        match self.subject {
            Subject::Case(number) => Some(number),
            Subject::Infraction(_) => None,
        }
    }

    /// Whether two records tell of one deed: an older program wrote an infraction and a case a moment apart, and nothing
    /// that ties them together.
    fn is_same_deed(&self, other: &Self) -> bool {
        let apart = (self.at - other.at).abs();
        self.guild == other.guild
            && self.case_id.is_some() != other.case_id.is_some()
            && self.infraction_id.is_some() != other.infraction_id.is_some()
            && self.deed() == other.deed()
            && apart <= ONE_DEED
    }

    /// Takes the infraction that tells of the same deed out of others that have no case, so that both are one punishment
    /// with one appeal.
    pub(super) fn absorb(&mut self, infractions: &mut Vec<Self>) {
        let same = infractions.iter().position(|one| self.is_same_deed(one));
        if let Some(place) = same {
            self.infraction_id = infractions.remove(place).infraction_id;
        }
    }

    /// When a timeout ends by itself: the longest that Discord takes, where its length is unknown.
    fn ends(&self) -> DateTime<Utc> {
        let length = self.length.unwrap_or(MAX_TIMEOUT);
        let length = TimeDelta::from_std(length).unwrap_or(TimeDelta::MAX);
        self.at.checked_add_signed(length).unwrap_or(self.at)
    }
}

/// What taking a punishment back asks of Discord.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Undo {
    /// The ban is lifted.
    Unban,
    /// The timeout ends.
    EndTimeout,
    /// Nothing: there is nothing on Discord to take back.
    Nothing(Why),
}

/// Why there is nothing to take back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Such a punishment leaves nothing behind.
    Momentary,
    /// It is over already.
    Over,
    /// It was never carried out.
    NotDone,
    /// Another one of its kind holds, which this appeal is not about.
    Another(Subject),
}

/// What is left of a punishment, with what happened to the member after it, in any order.
///
/// Discord knows one ban and one timeout of a member, so a later one of the kind is what holds now: taking that back is
/// not what was asked for.
pub(super) fn undo(sentence: &Sentence, later: &[Sentence], now: DateTime<Utc>) -> Undo {
    let deed = sentence.deed();
    let (end, undo) = match deed {
        Deed::Ban => (Deed::Unban, Undo::Unban),
        Deed::Timeout => (Deed::EndTimeout, Undo::EndTimeout),
        _ => return Undo::Nothing(Why::Momentary),
    };
    if !sentence.done {
        return Undo::Nothing(Why::NotDone);
    }
    let of_the_kind = later.iter().filter(|other| {
        other.done && other.at >= sentence.at && [deed, end].contains(&other.deed())
    });
    let newest = of_the_kind
        .filter(|other| other.subject != sentence.subject && !other.is_same_deed(sentence))
        .max_by_key(|other| (other.at, other.subject));
    let is_over = |one: &Sentence| one.lifted || (one.deed() == Deed::Timeout && one.ends() <= now);
    match newest {
        Some(newest) if newest.deed() == end || is_over(newest) => Undo::Nothing(Why::Over),
        Some(newest) => Undo::Nothing(Why::Another(newest.subject)),
        None if is_over(sentence) => Undo::Nothing(Why::Over),
        None => undo,
    }
}
