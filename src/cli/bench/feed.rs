//! Feeding a town: at a rate, or as fast as it goes without queues that would be the only thing measured.

use std::time::{Duration, Instant};

use super::town::Town;

/// Messages between two looks at what waits.
const BATCH: u64 = 250;
/// Frames that may wait to be written to the bot before the feed pauses.
const UNWRITTEN: usize = 2_000;
/// How often a paced feed looks at the time.
const TICK: Duration = Duration::from_millis(2);

/// How much is fed, and how fast.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Messages per second; 0 is as fast as it goes.
    pub(super) rate: f64,
    pub(super) end: End,
}

/// When the feed ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Messages(u64),
    After(Duration),
}

impl Pace {
    fn is_over(&self, posted: u64, since: Instant) -> bool {
        match self.end {
            End::Messages(messages) => posted >= messages,
            End::After(time) => since.elapsed() >= time,
        }
    }

    /// How many messages should have been posted by now.
    fn due(&self, since: Instant) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "time and rate are not negative, and no run lasts for 2^64 messages"
        )]
        let due = (since.elapsed().as_secs_f64() * self.rate) as u64;
        match self.end {
            End::Messages(messages) => due.min(messages),
            End::After(_) => due,
        }
    }

    /// Feeds the town to its end. `busy` tells whether the reader has as much as it can take. Gives the time from the
    /// first message to the last.
    pub(super) async fn feed(
        &self,
        town: &mut Town,
        busy: impl Fn() -> bool,
    ) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        let mut ticks = tokio::time::interval(TICK);
        while !self.is_over(town.posted(), begun) {
            if self.rate > 0.0 {
                ticks.tick().await;
                while town.posted() < self.due(begun) {
                    town.post()?;
                }
                continue;
            }
            for _ in 0..BATCH {
                if !self.is_over(town.posted(), begun) {
                    town.post()?;
                }
            }
            town.sim.drained_to(UNWRITTEN).await?;
            while busy() {
                ticks.tick().await;
            }
        }
        Ok(begun.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::bench::mix::{Lines, Mix};

    async fn town() -> Town {
        let mix: Mix = "scam=10".parse().expect("a mix");
        Town::build(3, Lines::new(mix, 1)).await.expect("a town")
    }

    #[tokio::test]
    async fn so_many_messages_are_posted_as_fast_as_it_goes() {
        let mut town = town().await;
        let pace = Pace {
            rate: 0.0,
            end: End::Messages(1_001),
        };
        pace.feed(&mut town, || false).await.expect("fed");
        assert_eq!(town.posted(), 1_001);
        assert!((60..150).contains(&town.scams()), "{}", town.scams());
        assert_eq!(town.guilds().count(), 3);
        assert!(town.punishments_ms().is_empty(), "nobody reads");
        town.sim.shutdown().await;
    }

    #[tokio::test]
    async fn a_rate_is_kept() {
        let mut town = town().await;
        let pace = Pace {
            rate: 2_000.0,
            end: End::Messages(200),
        };
        let lasted = pace.feed(&mut town, || true).await.expect("fed");
        assert_eq!(town.posted(), 200);
        assert!(lasted >= Duration::from_millis(99), "{lasted:?}");
        town.sim.shutdown().await;
    }

    #[tokio::test]
    async fn a_time_is_kept() {
        let mut town = town().await;
        let pace = Pace {
            rate: 1_000.0,
            end: End::After(Duration::from_millis(50)),
        };
        let lasted = pace.feed(&mut town, || false).await.expect("fed");
        assert!(lasted >= Duration::from_millis(50));
        assert!(town.posted() > 0);
        town.sim.shutdown().await;
    }
}
