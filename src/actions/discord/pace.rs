//! The pace of all calls together: Discord takes so many requests of a bot in a second, over all routes.
//!
//! A bucket of tokens refills at four fifths of that, and holds a tenth of it. So no second sees more than nine tenths,
//! however its calls bunch up, and what is left is room for what the commands ask and for delays on the way. Answers to
//! interactions and their webhooks do not count with Discord, and do not come through here.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// Tokens on tokio's clock. Callers are served in their order.
#[derive(Debug)]
pub(super) struct Pace {
    bucket: Mutex<Bucket>,
}

impl Pace {
    /// For a bot that may ask so often in a second.
    pub(super) fn new(per_second: u32) -> Self {
        let bucket = Bucket::new(f64::from(per_second.max(1)), Instant::now());
        Self {
            bucket: Mutex::new(bucket),
        }
    }

    /// Waits for a token and takes it. Who stops waiting has taken none.
    pub(super) async fn step(&self) {
        let mut bucket = self.bucket.lock().await;
        // The lock is held while waiting: who comes later shall not go first.
        while let Err(full) = bucket.take(Instant::now()) {
            sleep_until(full).await;
        }
    }
}

#[derive(Debug)]
struct Bucket {
    per_second: f64,
    most: f64,
    tokens: f64,
    /// When `tokens` was counted.
    at: Instant,
}

impl Bucket {
    fn new(limit: f64, now: Instant) -> Self {
        let most = (limit / 10.0).max(1.0);
        Self {
            per_second: limit * 0.8,
            most,
            tokens: most,
            at: now,
        }
    }

    /// Takes a token, or says when there is one.
    fn take(&mut self, now: Instant) -> Result<(), Instant> {
        let gone = now.saturating_duration_since(self.at).as_secs_f64();
        self.tokens = (self.tokens + gone * self.per_second).min(self.most);
        self.at = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        let missing = (1.0 - self.tokens) / self.per_second;
        // A timer that rings a moment early would find the token not quite there.
        Err(now + Duration::from_secs_f64(missing) + Duration::from_micros(1))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Takes tokens as fast as the bucket allows, where calls come in bunches after such pauses.
    fn taken(limit: f64, pauses: &[(u32, u32)]) -> Vec<Duration> {
        let start = Instant::now();
        let mut now = start;
        let mut bucket = Bucket::new(limit, now);
        let mut moments = Vec::new();
        for (pause_ms, calls) in pauses {
            now += Duration::from_millis(u64::from(*pause_ms));
            for _ in 0..*calls {
                while let Err(full) = bucket.take(now) {
                    now = full;
                }
                moments.push(now - start);
            }
        }
        moments
    }

    proptest! {
        #[test]
        fn no_second_sees_more_than_nine_tenths_of_the_limit(
            limit in 10_u32..2_000,
            pauses in proptest::collection::vec((0_u32..3_000, 1_u32..80), 1..8),
        ) {
            let moments = taken(f64::from(limit), &pauses);
            for (index, first) in moments.iter().enumerate() {
                let second = *first + Duration::from_secs(1);
                let within = moments[index..].iter().filter(|one| **one < second).count();
                prop_assert!(within <= (limit * 9 / 10 + 1) as usize, "{within} of {limit}");
            }
        }
    }

    #[test]
    fn a_few_calls_do_not_wait_and_many_take_their_time() {
        assert!(taken(50.0, &[(0, 5)]).iter().all(Duration::is_zero));
        let last = *taken(50.0, &[(0, 205)]).last().expect("moments");
        assert!((4.99..5.02).contains(&last.as_secs_f64()), "{last:?}");
    }

    #[tokio::test]
    async fn who_stops_waiting_has_taken_nothing() {
        let pace = Pace::new(10);
        pace.step().await;
        let impatient = tokio::time::timeout(Duration::from_millis(5), pace.step()).await;
        assert!(impatient.is_err(), "the only token is taken");
        let started = Instant::now();
        pace.step().await;
        assert!(started.elapsed() < Duration::from_millis(200));
    }
}
