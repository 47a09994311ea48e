//! Which guilds are there by Discord's word: what is stored and not among them was left while nobody listened.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::event::RollCall;
use crate::domain::ids::GuildId;

/// The guilds of this process's shards.
#[derive(Debug, Default)]
pub(super) struct Present(Mutex<HashSet<GuildId>>);

impl Present {
    fn guilds(&self) -> MutexGuard<'_, HashSet<GuildId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A shard has connected anew: its guilds are these and no others.
    pub(super) fn called(&self, roll: &RollCall) {
        let mut guilds = self.guilds();
        guilds.retain(|guild| !roll.covers(*guild));
        guilds.extend(&roll.guilds);
    }

    /// A guild is there.
    pub(super) fn came(&self, guild: GuildId) {
        self.guilds().insert(guild);
    }

    /// A guild is gone for good.
    pub(super) fn went(&self, guild: GuildId) {
        self.guilds().remove(&guild);
    }

    /// Does something unless the guild is there; a guild that comes meanwhile waits until it is done.
    pub(super) fn unless_there(&self, guild: GuildId, act: impl FnOnce()) {
        let guilds = self.guilds();
        if !guilds.contains(&guild) {
            act();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A guild of this shard of two.
    const fn guild(number: u64, shard: u64) -> GuildId {
        GuildId(((number * 2 + shard) << 22) | 7)
    }

    fn is_there(present: &Present, guild: GuildId) -> bool {
        let mut missing = false;
        present.unless_there(guild, || missing = true);
        !missing
    }

    #[test]
    fn a_roll_call_replaces_the_guilds_of_its_shard_only() {
        let present = Present::default();
        present.came(guild(1, 0));
        present.came(guild(2, 0));
        present.came(guild(1, 1));
        present.called(&RollCall {
            shard: 0,
            total: 2,
            guilds: vec![guild(2, 0), guild(3, 0)],
        });
        assert!(!is_there(&present, guild(1, 0)));
        for there in [guild(2, 0), guild(3, 0), guild(1, 1)] {
            assert!(is_there(&present, there), "{there}");
        }
        present.went(guild(2, 0));
        assert!(!is_there(&present, guild(2, 0)));
        present.came(guild(2, 0));
        assert!(is_there(&present, guild(2, 0)));
    }
}
