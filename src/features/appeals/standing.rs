//! Whether a member may appeal now, and if not, why. Pure.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::config::Settings;
use super::subject::Sentence;
use crate::domain::ids::GuildId;

/// Where an appeal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// Nobody has looked at it.
    Pending,
    /// Somebody looks into it.
    UnderReview,
    /// Granted, for good.
    Approved,
    /// Refused, for good.
    Denied,
}

impl Status {
    /// All of them, in the order in which an appeal may pass through them.
    pub(super) const ALL: [Self; 4] = [
        Self::Pending,
        Self::UnderReview,
        Self::Approved,
        Self::Denied,
    ];

    /// Its word in the database, from the seed.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::UnderReview => "UNDER_REVIEW",
            Self::Approved => "APPROVED",
            Self::Denied => "DENIED",
        }
    }

    /// The status of a word; the database's own check allows no other.
    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|status| status.word().eq_ignore_ascii_case(word))
    }

    /// Whether it is still to be decided.
    pub(super) const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::UnderReview)
    }
}

/// An appeal of the same member, as far as the next one depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Past {
    pub(super) id: i64,
    pub(super) guild: GuildId,
    pub(super) case_id: Option<i64>,
    pub(super) infraction_id: Option<i64>,
    pub(super) status: Status,
    pub(super) made_at: DateTime<Utc>,
    pub(super) changed_at: DateTime<Utc>,
}

impl Past {
    fn is_about(&self, sentence: &Sentence) -> bool {
        let same = |own: Option<i64>, other: Option<i64>| own.is_some() && own == other;
        same(self.case_id, sentence.case_id) || same(self.infraction_id, sentence.infraction_id)
    }
}

/// Why somebody cannot appeal now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// The guild takes no appeals.
    Off,
    /// What is named is no punishment, but the end of one.
    Relief,
    /// It is a ban that the bot's operators uphold in all their servers.
    Operators,
    /// It has been taken back.
    Lifted,
    /// An appeal against it is still to be decided.
    Open(i64, Status),
    /// An appeal against it was granted.
    Granted(i64),
    /// An appeal against it was denied, and that holds until then.
    Denied(DateTime<Utc>),
    /// The punishment is too new until then.
    TooSoon(DateTime<Utc>),
    /// The member has just sent another appeal and waits until then.
    Pause(DateTime<Utc>),
}

/// What keeps a member from appealing against a punishment of theirs.
pub(super) fn obstacle(
    sentence: &Sentence,
    past: &[Past],
    settings: &Settings,
    now: DateTime<Utc>,
) -> Option<Obstacle> {
    if !settings.enabled {
        return Some(Obstacle::Off);
    }
    if sentence.deed().is_relief() {
        return Some(Obstacle::Relief);
    }
    let about: Vec<&Past> = past.iter().filter(|one| one.is_about(sentence)).collect();
    let open = about.iter().find(|one| one.status.is_open());
    if let Some(open) = open {
        return Some(Obstacle::Open(open.id, open.status));
    }
    let granted = about.iter().find(|one| one.status == Status::Approved);
    if let Some(granted) = granted {
        return Some(Obstacle::Granted(granted.id));
    }
    if sentence.lifted {
        return Some(Obstacle::Lifted);
    }
    let denied = about.iter().filter(|one| one.status == Status::Denied);
    let denied = denied.map(|one| one.changed_at).max();
    let here = past.iter().filter(|one| one.guild == sentence.guild);
    let newest = here.map(|one| one.made_at).max();
    let until = |from: Option<DateTime<Utc>>, wait| from.and_then(|from| later(from, wait, now));
    until(denied, settings.wait)
        .map(Obstacle::Denied)
        .or_else(|| until(Some(sentence.at), settings.delay).map(Obstacle::TooSoon))
        .or_else(|| until(newest, settings.pause).map(Obstacle::Pause))
}

/// The end of a wait that is not over.
pub(super) fn later(
    from: DateTime<Utc>,
    wait: Duration,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let wait = TimeDelta::from_std(wait).ok()?;
    from.checked_add_signed(wait).filter(|until| *until > now)
}
