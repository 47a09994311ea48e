//! Days of a time zone: where each begins, however long it is.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};

use crate::domain::zone::Tz;

/// How many days are counted where nobody says otherwise.
pub(crate) const USUAL_DAYS: u16 = 30;

/// The most days that are counted.
pub(crate) const MOST_DAYS: u16 = 365;

/// So many days of a zone, the last of them today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) zone: Tz,
    pub(crate) days: Vec<NaiveDate>,
    /// The first moment of each day, and of the one after the last.
    moments: Vec<DateTime<Utc>>,
}

impl Span {
    /// The day of `now`, and as many before it as make `count` days; at least one.
    pub(crate) fn ending(now: DateTime<Utc>, zone: Tz, count: u16) -> Self {
        let today = now.with_timezone(&zone).date_naive();
        let count = u64::from(count.clamp(1, MOST_DAYS));
        let days: Vec<NaiveDate> = (0..count)
            .rev()
            .map(|back| today - Days::new(back))
            .collect();
        let tomorrow = today + Days::new(1);
        let moments = days.iter().chain([&tomorrow]);
        let moments = moments.map(|day| beginning_of(*day, zone)).collect();
        Self {
            zone,
            days,
            moments,
        }
    }

    /// The first moment of each day, in order.
    pub(crate) fn beginnings(&self) -> &[DateTime<Utc>] {
        &self.moments[..self.days.len()]
    }

    /// From its first moment to the first one after it.
    pub(crate) fn bounds(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        (self.moments[0], self.moments[self.days.len()])
    }

    /// From where as many days before it begin, to its own beginning.
    pub(crate) fn bounds_before(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        let first = self.days[0] - Days::new(self.days.len() as u64);
        (beginning_of(first, self.zone), self.moments[0])
    }

    /// How many days.
    pub(crate) const fn len(&self) -> usize {
        self.days.len()
    }
}

/// The earliest moment of a day. Where clocks are put forward at midnight, the day begins later than 0:00; a day that a
/// zone has left out begins and ends with the next one.
fn beginning_of(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..=96)
        .map(|quarters| midnight + TimeDelta::minutes(15 * quarters))
        .find_map(|local| zone.from_local_datetime(&local).earliest())
        .map_or_else(|| midnight.and_utc(), |begins| begins.with_timezone(&Utc))
}
