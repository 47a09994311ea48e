//! An outage of the whole gateway: nobody is connected, and nobody is let in.

use chrono::{DateTime, Utc};

/// Whether the gateway is there, in the world's time.
#[derive(Debug, Default)]
pub(crate) struct Outage {
    down: Option<Down>,
    /// How many connections were refused.
    pub(crate) refused: u64,
}

#[derive(Debug)]
enum Down {
    UntilLifted,
    Until(DateTime<Utc>),
}

impl Outage {
    /// Begins, until then or until it is lifted.
    pub(crate) fn begin(&mut self, until: Option<DateTime<Utc>>) {
        self.down = Some(until.map_or(Down::UntilLifted, Down::Until));
    }

    pub(crate) fn lift(&mut self) {
        self.down = None;
    }

    pub(crate) fn is_down(&self, now: DateTime<Utc>) -> bool {
        match self.down {
            None => false,
            Some(Down::UntilLifted) => true,
            Some(Down::Until(end)) => now < end,
        }
    }

    /// Whether a connection is let in; one that is not is counted.
    pub(crate) fn admits(&mut self, now: DateTime<Utc>) -> bool {
        let down = self.is_down(now);
        self.refused += u64::from(down);
        !down
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn an_outage_ends_at_its_time_or_when_it_is_lifted() {
        let at = |second| DateTime::UNIX_EPOCH + TimeDelta::seconds(second);
        let mut outage = Outage::default();
        assert!(outage.admits(at(0)));
        outage.begin(Some(at(10)));
        assert!(!outage.admits(at(9)) && outage.admits(at(10)));
        outage.begin(None);
        assert!(!outage.admits(at(1_000_000)));
        outage.lift();
        assert!(outage.admits(at(0)));
        assert_eq!(outage.refused, 2);
    }
}
