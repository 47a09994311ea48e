//! Guilds that Discord cannot serve at the moment, and until when each of them was heard.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use crate::domain::ids::GuildId;

/// While a guild is away, its shard stays connected: that everything was heard is then not true of it.
#[derive(Debug, Default)]
pub(super) struct Away(Mutex<HashMap<GuildId, DateTime<Utc>>>);

impl Away {
    fn guilds(&self) -> MutexGuard<'_, HashMap<GuildId, DateTime<Utc>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It went away and was heard until then; of two moments, the first counts.
    pub(super) fn went(&self, guild: GuildId, heard: DateTime<Utc>) {
        self.guilds().entry(guild).or_insert(heard);
    }

    /// It is back, or gone for good; until when it was heard, if it was away.
    pub(super) fn end(&self, guild: GuildId) -> Option<DateTime<Utc>> {
        self.guilds().remove(&guild)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guild_is_heard_until_it_first_goes_away() {
        let at = |second| DateTime::from_timestamp(second, 0).expect("a moment");
        let away = Away::default();
        away.went(GuildId(1), at(5));
        away.went(GuildId(1), at(9));
        assert_eq!(away.end(GuildId(1)), Some(at(5)));
        assert_eq!(away.end(GuildId(1)), None);
        assert_eq!(away.end(GuildId(2)), None);
    }
}
