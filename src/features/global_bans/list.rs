//! The list as a process holds it: read by every message without lock or await, replaced as a whole.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::config::ENABLED;
use super::table::GlobalBan;
use crate::domain::ids::UserId;
use crate::guild::config::snapshot::Values;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Why.
    pub(super) reason: Arc<str>,
    /// Since when.
    pub(super) since: DateTime<Utc>,
    /// Counts up with every entry that is made.
    pub(super) number: i64,
}

/// How far the search for members that are already present has come. Counted since the process began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// Servers that have been searched, or could not be.
    pub(super) done: usize,
    /// Those of them that could not be; they are searched again.
    pub(super) failed: usize,
    /// Servers that were to be searched.
    pub(super) due: usize,
}

/// The global bans of this process; cloning is cheap.
#[derive(Clone)]
pub struct GlobalBans {
    entries: Arc<ArcSwap<HashMap<UserId, Entry>>>,
    progress: watch::Sender<Progress>,
}

impl Default for GlobalBans {
    fn default() -> Self {
        Self {
            entries: Arc::default(),
            progress: watch::Sender::new(Progress::default()),
        }
    }
}

impl GlobalBans {
    /// The entry of a user.
    pub(super) fn find(&self, user: UserId) -> Option<Entry> {
        self.entries.load().get(&user).cloned()
    }

    /// Whether somebody is kept out of a server with these settings.
    #[must_use]
    pub fn keep_out(&self, user: UserId, values: &Values) -> bool {
        values.bool(&ENABLED) && self.entries.load().contains_key(&user)
    }

    /// The entries with higher numbers, lowest first.
    pub(super) fn list_after(&self, number: i64) -> Vec<(UserId, Entry)> {
        let entries = self.entries.load();
        let later = entries.iter().filter(|(_, entry)| entry.number > number);
        let mut later: Vec<_> = later.map(|(user, entry)| (*user, entry.clone())).collect();
        later.sort_unstable_by_key(|(_, entry)| entry.number);
        later
    }

    /// The highest number; 0 where there are no entries.
    pub(super) fn newest(&self) -> i64 {
        let entries = self.entries.load();
        entries
            .values()
            .map(|entry| entry.number)
            .max()
            .unwrap_or_default()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.entries.load().len()
    }

    /// Takes over what the table holds.
    pub(super) fn replace(&self, rows: Vec<GlobalBan>) {
        let entries = rows.into_iter().map(entry).collect();
        self.entries.store(Arc::new(entries));
    }

    /// Notes that so many servers are to be searched.
    pub(super) fn begin(&self, servers: usize) {
        self.progress
            .send_modify(|progress| progress.due += servers);
    }

    /// Notes that a server has been searched, or could not be.
    pub(super) fn searched(&self, failed: bool) {
        self.progress.send_modify(|progress| {
            progress.done += 1;
            progress.failed += usize::from(failed);
        });
    }

    /// The progress as it changes.
    pub(super) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }
}

fn entry(row: GlobalBan) -> (UserId, Entry) {
    let entry = Entry {
        reason: row.reason.into(),
        since: row.created_at,
        number: row.number,
    };
    (UserId::from_i64(row.user_id), entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(user: i64, reason: &str, number: i64) -> GlobalBan {
        GlobalBan {
            user_id: user,
            reason: reason.to_owned(),
            banned_by: 0,
            created_at: DateTime::UNIX_EPOCH,
            number,
        }
    }

    fn users(entries: &[(UserId, Entry)]) -> Vec<u64> {
        entries.iter().map(|(user, _)| user.0).collect()
    }

    #[test]
    fn what_is_to_be_searched_for_comes_in_the_order_in_which_it_was_made() {
        let bans = GlobalBans::default();
        assert_eq!((bans.newest(), bans.len()), (0, 0));
        bans.replace(vec![row(2, "b", 2), row(1, "a", 1)]);
        assert_eq!(users(&bans.list_after(0)), [1, 2]);
        assert_eq!(users(&bans.list_after(1)), [2]);
        // One is taken back and another made anew.
        bans.replace(vec![row(2, "b", 9), row(3, "d", 4)]);
        assert_eq!(users(&bans.list_after(2)), [3, 2]);
        assert_eq!(bans.find(UserId(1)), None, "taken back");
        assert_eq!((bans.newest(), bans.len()), (9, 2));
    }

    #[test]
    fn the_progress_counts_what_is_due_done_and_failed() {
        let bans = GlobalBans::default();
        let seen = bans.progress();
        bans.begin(3);
        bans.searched(false);
        bans.searched(true);
        let progress = *seen.borrow();
        assert_eq!((progress.done, progress.failed, progress.due), (2, 1, 3));
    }
}
