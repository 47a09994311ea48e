//! Who was seen and who wrote how much, gathered in memory and flushed in batches, so that a clean message costs no SQL.
//!
//! What a flush could not write is gathered again. So only a crash loses counts: those of the last flush interval.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::{BoxFuture, FutureExt as _};

use crate::domain::event::Author;
use crate::domain::ids::{GuildId, UserId};
use crate::store::tables::users::{Sightings, UserSeen};
use crate::writer::{WriteError, Writer};

/// How long the end of an actor waits for the flush that is under way. It is queued by then, or was refused.
const AT_THE_END: Duration = Duration::from_secs(3);

/// Counts since the last flush, and that flush until it is known to be written.
#[derive(Default)]
pub(super) struct Activity {
    gathered: HashMap<UserId, UserSeen>,
    under_way: Option<Flush>,
}

/// A flush that nobody waits for: it is looked at whenever time has passed.
struct Flush {
    seen: Arc<[UserSeen]>,
    /// Never locked: the mutex lets the actor's memory be shared, as it must be while a method of it waits.
    written: Mutex<Written>,
}

type Written = BoxFuture<'static, Result<(), WriteError>>;

impl Flush {
    fn written(&mut self) -> Pin<&mut (dyn Future<Output = Result<(), WriteError>> + Send)> {
        let written = self.written.get_mut();
        written.unwrap_or_else(PoisonError::into_inner).as_mut()
    }
}

impl Activity {
    /// Somebody wrote a message.
    pub(super) fn note_message(&mut self, author: &Author, at: DateTime<Utc>) {
        self.note(author, at, 1);
    }

    /// Somebody joined.
    pub(super) fn note_join(&mut self, author: &Author, at: DateTime<Utc>) {
        self.note(author, at, 0);
    }

    fn note(&mut self, author: &Author, at: DateTime<Utc>, messages: i64) {
        self.gathered
            .entry(author.id)
            .and_modify(|seen| {
                seen.messages += messages;
                seen.last = at;
                seen.discriminator = author.discriminator;
                seen.avatar = author.avatar;
                if seen.name != author.name {
                    seen.name.clone_from(&author.name);
                }
            })
            .or_insert_with(|| UserSeen {
                user: author.id,
                name: author.name.clone(),
                discriminator: author.discriminator,
                avatar: author.avatar,
                first: at,
                last: at,
                messages,
            });
    }

    /// Drops the counts of a person who is to be forgotten: written later, they would bring the person back.
    pub(super) fn forget(&mut self, user: UserId) {
        self.gathered.remove(&user);
        if let Some(flush) = &mut self.under_way {
            let others = flush.seen.iter().filter(|seen| seen.user != user);
            flush.seen = others.cloned().collect();
        }
    }

    /// Looks what became of the last flush and, once that is over, begins the next one. Waits for nothing.
    pub(super) fn flush(&mut self, guild: GuildId, writer: &Writer) {
        if let Some(flush) = &mut self.under_way {
            let Some(outcome) = flush.written().now_or_never() else {
                return;
            };
            self.settle(guild, outcome);
        }
        if self.gathered.is_empty() {
            return;
        }
        let seen: Arc<[UserSeen]> = self.gathered.drain().map(|(_, seen)| seen).collect();
        let (writer, row) = (writer.clone(), Sightings(Arc::clone(&seen)));
        let mut written = async move { writer.keep_now(row).await }.boxed();
        // The first look puts it into the writer's queue.
        let outcome = written.as_mut().now_or_never();
        let written = Mutex::new(written);
        self.under_way = Some(Flush { seen, written });
        if let Some(outcome) = outcome {
            self.settle(guild, outcome);
        }
    }

    /// Ends a flush whose outcome is known.
    fn settle(&mut self, guild: GuildId, outcome: Result<(), WriteError>) {
        let Some(flush) = self.under_way.take() else {
            return;
        };
        match outcome {
            Ok(()) => {}
            Err(
                error @ (WriteError::QueueFull(_)
                | WriteError::Stopped
                | WriteError::Unavailable(_)),
            ) => {
                tracing::warn!(guild.id = %guild, %error, "message counts are kept for the next flush");
                self.gather_again(&flush.seen);
            }
            // Perhaps they are written. Counted twice they would be wrong for ever; lost they are what a crash costs.
            Err(error @ WriteError::Interrupted) => {
                tracing::warn!(guild.id = %guild, %error, "message counts may be lost");
            }
            Err(error @ WriteError::Refused { .. }) => {
                tracing::error!(guild.id = %guild, %error, "message counts were not written");
            }
        }
    }

    fn gather_again(&mut self, seen: &[UserSeen]) {
        for seen in seen {
            self.gathered
                .entry(seen.user)
                .and_modify(|there| there.merge(seen))
                .or_insert_with(|| seen.clone());
        }
    }

    /// Whether everything is written.
    pub(super) fn is_settled(&self) -> bool {
        self.gathered.is_empty() && self.under_way.is_none()
    }

    /// Hands over what is left, at the end of the actor.
    pub(super) async fn finish(&mut self, guild: GuildId, writer: &Writer) {
        if let Some(flush) = &mut self.under_way
            && let Ok(outcome) = tokio::time::timeout(AT_THE_END, flush.written()).await
        {
            self.settle(guild, outcome);
        }
        let rest: Arc<[UserSeen]> = self.gathered.drain().map(|(_, seen)| seen).collect();
        if rest.is_empty() {
            return;
        }
        if let Err(error) = writer.keep(Sightings(rest)).await {
            tracing::error!(guild.id = %guild, %error, "the last message counts were not written");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::DatabaseSettings;
    use crate::store::{Pool, PoolOptions};
    use crate::support::{Link, TestDatabase, database};
    use crate::writer::WriterOptions;

    const GUILD: GuildId = GuildId(1);

    fn author(id: u64, name: &str) -> Author {
        Author {
            id: UserId(id),
            name: name.into(),
            ..Author::default()
        }
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).expect("a time")
    }

    #[test]
    fn messages_are_counted_per_user_and_a_join_is_no_message() {
        let mut activity = Activity::default();
        let picture = "06c16474723fe537c283b8efa61a30c8".parse().ok();
        activity.note_join(&author(1, "old"), at(1));
        activity.note_message(&author(1, "old"), at(2));
        let new = Author {
            avatar: picture,
            ..author(1, "new")
        };
        activity.note_message(&new, at(3));
        activity.note_join(&author(2, "other"), at(4));
        let seen = &activity.gathered[&UserId(1)];
        assert_eq!((seen.first, seen.last, seen.messages), (at(1), at(3), 2));
        assert_eq!((seen.name.as_str(), seen.avatar), ("new", picture));
        assert_eq!(activity.gathered[&UserId(2)].messages, 0);
        assert!(!activity.is_settled());
        activity.forget(UserId(1));
        assert_eq!(activity.gathered.len(), 1, "the other one stays");
    }

    /// A writer on a link that can be cut, which soon gives a change up.
    async fn writer() -> (Writer, Link, TestDatabase) {
        let database = database().await;
        let (link, url) = Link::to_postgres(&database.url).await;
        let options = PoolOptions {
            min_connections: 0,
            acquire_timeout: Duration::from_millis(200),
            ..PoolOptions::from_settings("activity", &DatabaseSettings::default())
        };
        let pool = Pool::open(&url, options).expect("a pool");
        let options = WriterOptions {
            retry_for: Duration::from_millis(300),
            attempt_limit: Duration::from_millis(300),
            ..WriterOptions::default()
        };
        let writer = Writer::start(pool, options).await.expect("a writer");
        (writer, link, database)
    }

    /// Flushes until nothing is left, or until a flush has failed.
    async fn flushed(activity: &mut Activity, writer: &Writer) -> bool {
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        activity.flush(GUILD, writer);
        while activity.under_way.is_some() {
            ticks.tick().await;
            let flush = activity.under_way.as_mut().expect("under way");
            if let Some(outcome) = flush.written().now_or_never() {
                activity.settle(GUILD, outcome);
            }
        }
        activity.is_settled()
    }

    async fn counted(database: &TestDatabase) -> Option<i64> {
        use crate::store::tables::users::UserData;
        let mut conn = database.pool.acquire().await.expect("a connection");
        let found = UserData::find(&mut conn, UserId(1)).await;
        found.expect("an answer").map(|user| user.message_count)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_flush_that_fails_is_tried_again_with_what_came_since() {
        let (writer, link, database) = writer().await;
        let mut activity = Activity::default();
        activity.note_message(&author(1, "a"), at(1));
        link.cut();
        assert!(!flushed(&mut activity, &writer).await, "nothing is written");
        assert_eq!(counted(&database).await, None);
        activity.note_message(&author(1, "a"), at(2));
        assert!(
            !flushed(&mut activity, &writer).await,
            "nor the second time"
        );
        link.heal();
        activity.note_message(&author(1, "a"), at(3));
        while !flushed(&mut activity, &writer).await {}
        assert_eq!(counted(&database).await, Some(3), "none lost, none doubled");
        activity.note_message(&author(1, "a"), at(4));
        activity.finish(GUILD, &writer).await;
        writer.drain().await;
        assert_eq!(counted(&database).await, Some(4));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_a_stopped_writer_refuses_is_not_dropped() {
        let (writer, _link, database) = writer().await;
        let mut activity = Activity::default();
        writer.drain().await;
        activity.note_message(&author(1, "a"), at(1));
        activity.flush(GUILD, &writer);
        assert!(activity.gathered.contains_key(&UserId(1)));
        assert!(activity.under_way.is_none());
        assert_eq!(counted(&database).await, None);
    }
}
