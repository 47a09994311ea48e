//! What a crash costs of the counts of messages: those of the last seconds, and nothing else.

use std::time::{Duration, Instant};

use super::{Yard, until};
use crate::domain::event::{Author, Event};
use crate::domain::ids::{GuildId, UserId};
use crate::store::tables::users::UserData;
use crate::support::TestDatabase;

const ONE: GuildId = GuildId(1);

/// What the seed lets a crash cost.
const BOUND: Duration = Duration::from_secs(5);

async fn found(database: &TestDatabase, user: u64) -> Option<UserData> {
    let mut conn = database.pool.acquire().await.expect("a connection");
    let found = UserData::find(&mut conn, UserId(user)).await;
    found.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_loses_the_counts_of_five_seconds_at_most() {
    let (yard, database) = Yard::start(|_| {}).await;
    yard.open(1);
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    let begun = Instant::now();
    let mut posted = Vec::new();
    while begun.elapsed() < BOUND + Duration::from_secs(2) {
        ticks.tick().await;
        yard.posts(1, "counted");
        posted.push(Instant::now());
    }
    yard.seen(posted.len()).await;
    let crash = Instant::now();
    yard.guilds.crash(ONE);
    yard.posts(1, "after");
    yard.seen(posted.len() + 1).await;
    let counted = found(&database, 3).await.expect("seen").message_count;
    let counted = usize::try_from(counted).expect("a count");
    let older = posted.iter().filter(|at| crash - **at >= BOUND).count();
    assert!(older > 10, "{older} are old enough");
    assert!(counted >= older, "{counted} of {older} are counted");
    assert!(counted <= posted.len() + 1, "none is counted twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_is_seen_and_a_bot_is_nobody() {
    let (yard, database) = Yard::start(|options| {
        options.idle_after = Duration::from_millis(50);
    })
    .await;
    yard.open(1);
    let joins = |id, bot| {
        let who = Author {
            id: UserId(id),
            name: "newcomer".into(),
            bot,
            ..Author::default()
        };
        yard.deliver(1, Event::MemberJoined(who));
    };
    joins(7, false);
    joins(8, true);
    yard.posts(1, "counted");
    yard.seen(1).await;
    // Only what is written lets the guild sleep.
    until("the guild sleeps", || {
        yard.guilds.find_configuration(ONE).is_none()
    })
    .await;
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    while found(&database, 3).await.is_none() {
        ticks.tick().await;
    }
    let newcomer = found(&database, 7).await.expect("seen");
    assert_eq!(newcomer.username.as_deref(), Some("newcomer"));
    assert_eq!((newcomer.message_count, newcomer.avatar_url), (0, None));
    assert_eq!(newcomer.first_seen, newcomer.last_seen);
    assert_eq!(found(&database, 8).await, None);
}
