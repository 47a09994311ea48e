//! Who wrote how much, gathered in memory and flushed in batches, so that a clean message costs no SQL.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::domain::event::Author;
use crate::domain::ids::UserId;
use crate::store::tables::users::UserSeen;

/// Counts since the last flush.
#[derive(Default)]
pub(super) struct Activity(HashMap<UserId, UserSeen>);

impl Activity {
    pub(super) fn note(&mut self, author: &Author, at: DateTime<Utc>) {
        self.0
            .entry(author.id)
            .and_modify(|seen| {
                seen.messages += 1;
                seen.last = at;
                if seen.name != author.name {
                    seen.name.clone_from(&author.name);
                }
            })
            .or_insert_with(|| UserSeen {
                user: author.id,
                name: author.name.clone(),
                last: at,
                messages: 1,
            });
    }

    /// Drops the counts of a person who is to be forgotten: written later, they would bring the person back.
    pub(super) fn forget(&mut self, user: UserId) {
        self.0.remove(&user);
    }

    /// Takes the counts away to be written.
    pub(super) fn take(&mut self) -> Vec<UserSeen> {
        self.0.drain().map(|(_, seen)| seen).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_counted_per_user_until_they_are_taken() {
        let mut activity = Activity::default();
        let author = |id, name: &str| Author {
            id: UserId(id),
            name: name.into(),
            bot: false,
            roles: vec![],
        };
        let at = |second| DateTime::from_timestamp(second, 0).expect("a time");
        activity.note(&author(1, "old"), at(1));
        activity.note(&author(1, "new"), at(2));
        activity.note(&author(2, "other"), at(3));
        activity.note(&author(3, "forgotten"), at(3));
        activity.forget(UserId(3));
        let mut taken = activity.take();
        taken.sort_by_key(|seen| seen.user);
        assert_eq!(
            taken[0],
            UserSeen {
                user: UserId(1),
                name: "new".into(),
                last: at(2),
                messages: 2
            }
        );
        assert_eq!(taken[1].messages, 1);
        assert_eq!(taken.len(), 2);
        assert!(activity.take().is_empty());
    }
}
