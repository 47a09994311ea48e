//! The list as a process holds it: read by every message without lock or await, replaced as a whole.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::table::GlobalBan;
use crate::domain::ids::UserId;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Why.
    pub(super) reason: Arc<str>,
    /// Since when.
    pub(super) since: DateTime<Utc>,
}

/// How far the search for members that are already present has come, over all new entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// Servers that have been searched, since the process began.
    pub(super) done: usize,
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

    /// The entries that were made since then, oldest first.
    pub(super) fn list_since(&self, since: DateTime<Utc>) -> Vec<(UserId, Entry)> {
        let entries = self.entries.load();
        let recent = entries.iter().filter(|(_, entry)| entry.since >= since);
        sorted(recent)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.entries.load().len()
    }

    /// Takes over what the table holds and returns what is new since the last time.
    pub(super) fn replace(&self, rows: Vec<GlobalBan>) -> Vec<(UserId, Entry)> {
        let former = self.entries.load_full();
        let entries: HashMap<UserId, Entry> = rows.into_iter().map(entry).collect();
        let new = entries.iter().filter(|(user, entry)| {
            former
                .get(user)
                .is_none_or(|there| there.since != entry.since)
        });
        let new = sorted(new);
        self.entries.store(Arc::new(entries));
        new
    }

    /// Notes that so many servers are to be searched.
    pub(super) fn begin(&self, servers: usize) {
        self.progress
            .send_modify(|progress| progress.due += servers);
    }

    /// Notes that a server has been searched.
    pub(super) fn searched(&self) {
        self.progress.send_modify(|progress| progress.done += 1);
    }

    /// The progress as it changes.
    pub(super) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }
}

fn sorted<'a>(entries: impl Iterator<Item = (&'a UserId, &'a Entry)>) -> Vec<(UserId, Entry)> {
    let mut entries: Vec<_> = entries
        .map(|(user, entry)| (*user, entry.clone()))
        .collect();
    entries.sort_unstable_by_key(|(user, entry)| (entry.since, *user));
    entries
}

fn entry(row: GlobalBan) -> (UserId, Entry) {
    let entry = Entry {
        reason: row.reason.into(),
        since: row.created_at,
    };
    (UserId::from_i64(row.user_id), entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(user: i64, reason: &str, minute: i64) -> GlobalBan {
        GlobalBan {
            user_id: user,
            reason: reason.to_owned(),
            banned_by: 0,
            created_at: DateTime::from_timestamp(minute * 60, 0).expect("a time"),
        }
    }

    fn users(entries: &[(UserId, Entry)]) -> Vec<u64> {
        entries.iter().map(|(user, _)| user.0).collect()
    }

    #[test]
    fn only_what_is_new_or_made_anew_is_enforced() {
        let bans = GlobalBans::default();
        let first = bans.replace(vec![row(2, "b", 2), row(1, "a", 1)]);
        assert_eq!(users(&first), [1, 2], "oldest first");
        assert_eq!(bans.replace(vec![row(2, "b", 2), row(1, "c", 1)]), []);
        let found = bans.find(UserId(1)).expect("on the list");
        assert_eq!(&*found.reason, "c", "a corrected reason holds");
        let again = bans.replace(vec![row(2, "b", 9), row(3, "d", 4)]);
        assert_eq!(users(&again), [3, 2]);
        assert_eq!(bans.find(UserId(1)), None, "taken back");
        assert_eq!(bans.len(), 2);
        let since = DateTime::from_timestamp(5 * 60, 0).expect("a time");
        assert_eq!(users(&bans.list_since(since)), [2]);
    }

    #[test]
    fn the_progress_counts_what_is_due_and_done() {
        let bans = GlobalBans::default();
        let seen = bans.progress();
        bans.begin(3);
        bans.searched();
        assert_eq!(*seen.borrow(), Progress { done: 1, due: 3 });
    }
}
