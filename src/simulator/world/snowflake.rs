//! Ids and tokens: snowflakes from the clock and a counter, secrets from the seed.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::ids::DISCORD_EPOCH_MS;

/// How old the guilds, channels, roles and accounts are that nobody gave an age.
const USUAL_AGE: TimeDelta = TimeDelta::days(400);

/// Makes ids that never repeat. Two kinds, so that accounts and guilds are not as young as the simulation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Snowflakes {
    last: u64,
    past_ms: i64,
    aged: u64,
}

impl Snowflakes {
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        let past_ms = (now - USUAL_AGE).timestamp_millis() - DISCORD_EPOCH_MS;
        Self {
            last: 0,
            past_ms: past_ms.max(1),
            aged: 0,
        }
    }

    /// The id of something made now: greater than every id of this kind before it.
    pub(crate) fn now(&mut self, now: DateTime<Utc>) -> u64 {
        let fresh = compose(now.timestamp_millis() - DISCORD_EPOCH_MS, 0);
        self.last = fresh.max(self.last + 1);
        self.last
    }

    /// The id of something that stood before the simulation began. Each gets a millisecond of its own, because
    /// Discord shards guilds by the bits above the 22nd.
    pub(crate) fn past(&mut self) -> u64 {
        self.past_ms += 1;
        compose(self.past_ms, 0)
    }

    /// The id of an account that was made at `time`.
    pub(crate) fn at(&mut self, time: DateTime<Utc>) -> u64 {
        self.aged += 1;
        // The sequence bits of `past` are 0 and those of `now` grow from 0, so these cannot meet them.
        compose(
            time.timestamp_millis() - DISCORD_EPOCH_MS,
            (1 << 21) | (self.aged & 0x1f_ffff),
        )
    }
}

fn compose(ms: i64, sequence: u64) -> u64 {
    (u64::try_from(ms).unwrap_or(0).max(1) << 22) | sequence
}

/// A stream of numbers fixed by its seed (SplitMix64), for tokens and session ids.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A token of `words` times 16 hexadecimal digits.
    pub(crate) fn token(&mut self, words: usize) -> String {
        (0..words).fold(String::new(), |mut token, _| {
            // Writing to a string cannot fail.
            write!(token, "{:016x}", self.roll()).unwrap_or_default();
            token
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{GuildId, UserId};

    fn noon() -> DateTime<Utc> {
        DateTime::from_timestamp(1_780_000_000, 0).expect("a time")
    }

    #[test]
    fn ids_made_in_one_millisecond_grow() {
        let mut ids = Snowflakes::new(noon());
        let made: Vec<u64> = (0..5000).map(|_| ids.now(noon())).collect();
        assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(UserId(made[0]).created_at(), noon());
    }

    #[test]
    fn guilds_spread_over_shards() {
        let mut ids = Snowflakes::new(noon());
        let mut shards = [0; 4];
        for _ in 0..100 {
            shards[usize::try_from((ids.past() >> 22) % 4).expect("small")] += 1;
        }
        assert_eq!(shards, [25; 4]);
        assert!(GuildId(ids.past()).created_at() < noon());
    }

    #[test]
    fn an_account_has_the_age_it_was_given() {
        let mut ids = Snowflakes::new(noon());
        let made = noon() - TimeDelta::hours(1);
        let (one, two) = (ids.at(made), ids.at(made));
        assert_ne!(one, two);
        assert_eq!(UserId(one).created_at(), made);
    }

    #[test]
    fn a_clock_before_discord_still_makes_ids() {
        let mut ids = Snowflakes::new(DateTime::UNIX_EPOCH);
        assert!(ids.now(DateTime::UNIX_EPOCH) > 0);
        assert_ne!(ids.past(), ids.past());
    }

    #[test]
    fn equal_seeds_roll_equal_tokens() {
        let (mut one, mut two) = (Dice::new(7), Dice::new(7));
        assert_eq!(one.token(3), two.token(3));
        assert_ne!(one.token(3), one.token(3));
        assert_eq!(one.token(2).len(), 32);
    }
}
