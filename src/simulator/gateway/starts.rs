//! How many sessions a bot may start: so many at once, and so many in a day.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::simulator::shared::Settings;

/// The window in which each remainder of the shards' numbers may start so often (Discord's page on the gateway).
const WINDOW: TimeDelta = TimeDelta::seconds(5);
/// After this time all starts are free again.
const DAY: TimeDelta = TimeDelta::days(1);

/// What becomes of an IDENTIFY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    Granted,
    /// Too many within the last seconds: the client tries again.
    TooSoon,
    /// None is left today. Discord then resets the token, so that nothing of the bot works any more.
    Exhausted,
}

/// Session starts so far, in the world's time.
#[derive(Debug, Default)]
pub(crate) struct Starts {
    day: Span,
    /// By the remainder of the shard's number and `max_concurrency`.
    windows: HashMap<u32, Span>,
}

/// A time that began with its first event, and the events in it.
#[derive(Debug, Default)]
struct Span {
    since: Option<DateTime<Utc>>,
    count: u32,
}

impl Span {
    fn count(&self, now: DateTime<Utc>, length: TimeDelta) -> u32 {
        let over = self.since.is_none_or(|since| now - since >= length);
        if over { 0 } else { self.count }
    }

    fn add(&mut self, now: DateTime<Utc>, length: TimeDelta) {
        self.count = self.count(now, length) + 1;
        if self.count == 1 {
            self.since = Some(now);
        }
    }
}

impl Starts {
    /// Counts one start of a shard, if it is granted.
    pub(super) fn take(&mut self, shard: u32, now: DateTime<Utc>, settings: &Settings) -> Start {
        let remainder = shard % settings.max_concurrency.max(1);
        let window = self.windows.entry(remainder).or_default();
        if window.count(now, WINDOW) >= settings.starts_at_once {
            return Start::TooSoon;
        }
        if self.day.count(now, DAY) >= settings.session_starts {
            return Start::Exhausted;
        }
        window.add(now, WINDOW);
        self.day.add(now, DAY);
        Start::Granted
    }

    /// The `session_start_limit` of `GET /gateway/bot`.
    pub(crate) fn wire(&self, now: DateTime<Utc>, settings: &Settings) -> Value {
        let used = self.day.count(now, DAY);
        let left = self
            .day
            .since
            .map_or(TimeDelta::zero(), |since| since + DAY - now);
        json!({
            "total": settings.session_starts, "remaining": settings.session_starts.saturating_sub(used),
            "reset_after": left.num_milliseconds().max(0), "max_concurrency": settings.max_concurrency,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn settings() -> Settings {
        Settings {
            api_base: String::new(),
            gateway_url: String::new(),
            token: String::new(),
            shards: 1,
            heartbeat: Duration::from_secs(40),
            privileged_intents: 0,
            max_concurrency: 2,
            starts_at_once: 1,
            session_starts: 3,
            rate_limits: true,
        }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn shards_of_one_remainder_start_five_seconds_apart() {
        let settings = Settings {
            session_starts: 100,
            ..settings()
        };
        let mut starts = Starts::default();
        let mut take = |shard, second| starts.take(shard, at(second), &settings);
        for (shard, second, start) in [
            (0, 0, Start::Granted),
            (1, 0, Start::Granted),
            (2, 1, Start::TooSoon),
            (3, 4, Start::TooSoon),
            (2, 5, Start::Granted),
            (4, 9, Start::TooSoon),
            (3, 9, Start::Granted),
        ] {
            assert_eq!(take(shard, second), start, "{shard} at {second}");
        }
    }

    #[test]
    fn a_bot_may_be_started_again_at_once_where_that_is_wanted() {
        let settings = Settings {
            starts_at_once: 2,
            ..settings()
        };
        let mut starts = Starts::default();
        let mut take = || starts.take(0, at(0), &settings);
        assert_eq!(
            [take(), take(), take()],
            [Start::Granted, Start::Granted, Start::TooSoon]
        );
    }

    #[test]
    fn so_many_start_in_a_day_and_what_is_left_is_told() {
        let (mut starts, settings) = (Starts::default(), settings());
        let fresh = starts.wire(at(0), &settings);
        assert_eq!(
            (&fresh["remaining"], &fresh["reset_after"]),
            (&json!(3), &json!(0))
        );
        for second in [0, 10, 20] {
            assert_eq!(starts.take(0, at(second), &settings), Start::Granted);
        }
        assert_eq!(starts.take(0, at(30), &settings), Start::Exhausted);
        let none = starts.wire(at(30), &settings);
        assert_eq!(
            (&none["remaining"], &none["reset_after"]),
            (&json!(0), &json!(86_370_000))
        );
        assert_eq!(starts.take(0, at(86_400), &settings), Start::Granted);
        assert_eq!(starts.wire(at(86_400), &settings)["remaining"], json!(2));
    }
}
