//! Sessions: the same rules in memory and in Redis, on a clock of the test's own.

mod harmed;
mod races;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{figures, open, shared};
use crate::cache::Cache;
use crate::cache::sessions::{Revoked, Rotated, Seen, Session, SessionId, Sessions};
use crate::domain::clock::Clock;
use crate::domain::ids::UserId;
use crate::settings::{RedisSettings, SessionSettings};
use crate::support::TestRedis;

const ALICE: UserId = UserId(9_007_199_254_740_993);
const BOB: UserId = UserId(7);

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a time")
}

/// An hour without use, a day in any case, ten seconds for the old id.
fn settings() -> SessionSettings {
    SessionSettings {
        idle: Duration::from_secs(3_600),
        life: Duration::from_secs(86_400),
        rotation_grace: Duration::from_secs(10),
    }
}

/// Sessions with the clock that they go by, and the Redis that they are in.
struct Place {
    sessions: Sessions,
    clock: Clock,
    _redis: Option<TestRedis>,
}

/// The same house twice: without a Redis, and with one.
async fn both(settings: SessionSettings) -> [Place; 2] {
    let alone = Cache::open(&RedisSettings::default()).expect("nothing to open");
    let (redis, cache) = shared().await;
    [(None, alone), (Some(redis), cache)].map(|(redis, cache)| {
        let clock = Clock::manual(start());
        Place {
            sessions: Sessions::new(&cache, &settings, clock.clone()),
            clock,
            _redis: redis,
        }
    })
}

impl Place {
    async fn open(&self, user: UserId) -> SessionId {
        self.sessions.open(user).await.expect("it opens")
    }

    async fn rotate(&self, id: &SessionId) -> SessionId {
        match self.sessions.rotate(id).await {
            Rotated::Rotated(id) => id,
            other => panic!("{other:?}"),
        }
    }

    async fn holds(&self, id: &SessionId) -> bool {
        match self.sessions.find(id).await {
            Seen::SignedIn(_) => true,
            Seen::SignedOut => false,
            Seen::Unavailable => panic!("it answers"),
        }
    }

    fn pass(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }
}

fn session(user: UserId, opened: i64, rotated: i64, superseded: bool) -> Seen {
    Seen::SignedIn(Session {
        user,
        opened_at: start() + TimeDelta::seconds(opened),
        rotated_at: start() + TimeDelta::seconds(rotated),
        superseded,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_signed_in_is_found_by_their_id_alone() {
    for place in both(settings()).await {
        let (alice, bob) = (place.open(ALICE).await, place.open(BOB).await);
        place.pass(5);
        let found = place.sessions.find(&alice).await;
        assert_eq!(found, session(ALICE, 0, 0, false));
        assert_eq!(
            place.sessions.find(&bob).await,
            session(BOB, 0, 0, false),
            "each their own"
        );
        let made_up = SessionId::read(&"A".repeat(43)).expect("an id");
        assert_eq!(place.sessions.find(&made_up).await, Seen::SignedOut);
        assert_eq!(place.sessions.rotate(&made_up).await, Rotated::SignedOut);
        assert_eq!(place.sessions.revoke(&made_up).await, Revoked::SignedOut);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_not_used_ends_and_use_keeps_it() {
    for place in both(settings()).await {
        let (used, left) = (place.open(ALICE).await, place.open(ALICE).await);
        place.pass(3_599);
        assert!(place.holds(&used).await);
        place.pass(1);
        assert!(!place.holds(&left).await, "an hour without use");
        place.pass(3_598);
        assert!(place.holds(&used).await, "used within the hour");
        place.pass(3_600);
        assert!(!place.holds(&used).await);
        place.pass(-3_600);
        assert!(!place.holds(&used).await, "ended is ended");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_use_and_no_rotation_keeps_a_session_beyond_its_life() {
    for place in both(settings()).await {
        let mut id = place.open(ALICE).await;
        for _ in 0..47 {
            place.pass(1_800);
            id = place.rotate(&id).await;
        }
        place.pass(1_799);
        assert_eq!(
            place.sessions.find(&id).await,
            session(ALICE, 0, 47 * 1_800, false)
        );
        place.pass(1);
        assert!(!place.holds(&id).await, "a day after signing in");
        assert_eq!(place.sessions.rotate(&id).await, Rotated::SignedOut);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_session_goes_on_under_its_new_id_and_for_a_moment_under_the_old() {
    for place in both(settings()).await {
        let first = place.open(ALICE).await;
        place.pass(60);
        let second = place.rotate(&first).await;
        assert_ne!(first, second);
        assert_eq!(
            place.sessions.find(&second).await,
            session(ALICE, 0, 60, false)
        );
        place.pass(9);
        let found = place.sessions.find(&first).await;
        assert_eq!(
            found,
            session(ALICE, 0, 0, true),
            "a request that was under way"
        );
        assert_eq!(place.sessions.rotate(&first).await, Rotated::Already);
        place.pass(1);
        assert!(!place.holds(&first).await, "the grace is over");
        assert_eq!(place.sessions.rotate(&first).await, Rotated::SignedOut);
        assert!(place.holds(&second).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_grace_the_old_id_ends_at_once() {
    let strict = SessionSettings {
        rotation_grace: Duration::ZERO,
        ..settings()
    };
    for place in both(strict).await {
        let first = place.open(ALICE).await;
        let second = place.rotate(&first).await;
        assert!(!place.holds(&first).await);
        assert_eq!(place.sessions.rotate(&first).await, Rotated::SignedOut);
        assert!(place.holds(&second).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ids_that_were_rotated_away_only_the_last_goes_on() {
    for place in both(settings()).await {
        let first = place.open(ALICE).await;
        let second = place.rotate(&first).await;
        let third = place.rotate(&second).await;
        assert!(!place.holds(&first).await);
        assert!(place.holds(&second).await);
        assert!(place.holds(&third).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_one_session_with_all_its_ids_and_no_other() {
    for place in both(settings()).await {
        let other = place.open(ALICE).await;
        for by_the_old_id in [false, true] {
            let first = place.open(ALICE).await;
            let second = place.rotate(&first).await;
            let by = if by_the_old_id { &first } else { &second };
            assert_eq!(place.sessions.revoke(by).await, Revoked::Revoked);
            assert!(!place.holds(&first).await);
            assert!(!place.holds(&second).await);
            assert_eq!(place.sessions.revoke(by).await, Revoked::SignedOut);
        }
        assert!(place.holds(&other).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_sessions_of_a_user_end_together_and_nobody_elses() {
    for place in both(settings()).await {
        let (one, two) = (place.open(ALICE).await, place.open(ALICE).await);
        let three = place.rotate(&two).await;
        let bob = place.open(BOB).await;
        assert_eq!(place.sessions.revoke_all(ALICE).await, Ok(2));
        for id in [&one, &two, &three] {
            assert!(!place.holds(id).await);
            assert_eq!(place.sessions.rotate(id).await, Rotated::SignedOut);
        }
        assert!(place.holds(&bob).await);
        assert_eq!(place.sessions.revoke_all(ALICE).await, Ok(0));
        let again = place.open(ALICE).await;
        assert!(place.holds(&again).await, "signing in anew works");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_have_ended_are_not_counted_as_revoked() {
    for place in both(settings()).await {
        place.open(ALICE).await;
        place.pass(3_600);
        place.open(ALICE).await;
        assert_eq!(place.sessions.revoke_all(ALICE).await, Ok(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_of_too_many_sessions_ends() {
    for place in both(settings()).await {
        let bob = place.open(BOB).await;
        let mut ids = Vec::new();
        for _ in 0..34 {
            ids.push(place.open(ALICE).await);
            place.pass(1);
        }
        for (number, id) in ids.iter().enumerate() {
            assert_eq!(place.holds(id).await, number >= 2, "{number}");
        }
        assert!(place.holds(&bob).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_forgets_what_has_ended() {
    let [alone, _] = both(settings()).await;
    for user in 1..=3_000 {
        alone.open(UserId(user)).await;
        alone.pass(3);
    }
    let newest = alone.open(ALICE).await;
    assert!(alone.holds(&newest).await);
    assert_eq!(
        alone.sessions.revoke_all(UserId(1)).await,
        Ok(0),
        "swept or not, it is over"
    );
    assert_eq!(alone.sessions.revoke_all(UserId(2_900)).await, Ok(1));
}

#[test]
fn every_call_is_counted_by_its_outcome() {
    let shown = figures(async {
        let (mut redis, cache) = shared().await;
        let sessions = Sessions::new(&cache, &settings(), Clock::manual(start()));
        let id = sessions.open(ALICE).await.expect("it opens");
        sessions.find(&id).await;
        sessions.rotate(&id).await;
        sessions.rotate(&id).await;
        sessions.revoke(&id).await;
        sessions.revoke(&id).await;
        sessions.revoke_all(ALICE).await.expect("it answers");
        redis.stop().await;
        sessions.find(&id).await;
        assert_eq!(sessions.rotate(&id).await, Rotated::Unavailable);
    });
    for (call, outcome) in [
        ("open", "done"),
        ("find", "done"),
        ("rotate", "done"),
        ("rotate", "already"),
        ("revoke", "done"),
        ("revoke", "signed_out"),
        ("revoke_all", "done"),
        ("find", "unavailable"),
        ("rotate", "unavailable"),
    ] {
        let line = format!("aimod_session_calls_total{{call=\"{call}\",outcome=\"{outcome}\"}} 1");
        assert!(shown.contains(&line), "{line} is missing in\n{shown}");
    }
}
