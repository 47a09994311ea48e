//! Sessions in a Redis that restarts, is emptied, forgets, and is full of what others wrote: nobody is ever let in by it.

use std::time::Duration;

use redis::Value;

use super::{ALICE, BOB, open, session, settings, shared, start};
use crate::cache::sessions::{Revoked, Rotated, Seen, SessionId, Sessions};
use crate::domain::clock::Clock;
use crate::domain::ids::UserId;
use crate::settings::SessionSettings;
use crate::support::{Link, TestRedis, redis};

const USERS_KEY: &str = "aimod:user:9007199254740993:sessions";

async fn place() -> (TestRedis, Sessions) {
    let (redis, cache) = shared().await;
    let sessions = Sessions::new(&cache, &settings(), Clock::manual(start()));
    (redis, sessions)
}

async fn keys(redis: &TestRedis) -> Vec<String> {
    let found = redis.command(&["KEYS", "*"]).await.expect("it answers");
    let mut keys: Vec<String> = ::redis::from_redis_value(found).expect("keys");
    keys.sort();
    keys
}

/// The key of the only session that Redis holds.
async fn only_key(redis: &TestRedis) -> String {
    let mut keys = keys(redis).await;
    keys.retain(|key| key.starts_with("aimod:session:"));
    assert_eq!(keys.len(), 1, "{keys:?}");
    keys.remove(0)
}

async fn text(redis: &TestRedis, words: &[&str]) -> String {
    let found = redis.command(words).await.expect("it answers");
    ::redis::from_redis_value(found).expect("a text")
}

async fn number(redis: &TestRedis, words: &[&str]) -> i64 {
    match redis.command(words).await.expect("it answers") {
        Value::Int(number) => number,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_holds_no_id_and_nothing_for_ever() {
    let (redis, sessions) = place().await;
    let first = sessions.open(ALICE).await.expect("it opens");
    let Rotated::Rotated(second) = sessions.rotate(&first).await else {
        panic!("it rotates");
    };
    sessions.find(&second).await;
    let held = keys(&redis).await;
    assert_eq!(held.len(), 3, "{held:?}");
    let mut all = held.join(" ");
    for key in &held {
        let left = number(&redis, &["PTTL", key]).await;
        let most = match key.as_str() {
            USERS_KEY => 86_400_000,
            _ => 3_600_000,
        };
        assert!((1..=most).contains(&left), "{key}: {left}");
        if key != USERS_KEY {
            all.push_str(&text(&redis, &["GET", key]).await);
        }
    }
    let members = redis.command(&["ZRANGE", USERS_KEY, "0", "-1"]).await;
    all.push_str(&format!("{members:?}"));
    for id in [first, second] {
        assert!(!all.contains(&id.expose()), "{all}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_redis_drops_signs_out_and_stays_so() {
    let (redis, sessions) = place().await;
    let id = sessions.open(ALICE).await.expect("it opens");
    let key = only_key(&redis).await;
    assert_eq!(number(&redis, &["PEXPIRE", &key, "1"]).await, 1);
    let gone = async {
        while number(&redis, &["EXISTS", &key]).await == 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone)
        .await
        .expect("it expires");
    assert_eq!(sessions.find(&id).await, Seen::SignedOut);
    assert_eq!(sessions.rotate(&id).await, Rotated::SignedOut);
    assert_eq!(keys(&redis).await, [USERS_KEY]);
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_itself_ends_a_session_whatever_the_clock_says() {
    let (redis, cache) = shared().await;
    let short = SessionSettings {
        idle: Duration::from_millis(30),
        life: Duration::from_millis(60),
        ..settings()
    };
    // The clock stands still.
    let sessions = Sessions::new(&cache, &short, Clock::manual(start()));
    let id = sessions.open(ALICE).await.expect("it opens");
    let ended = async {
        while !keys(&redis).await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), ended)
        .await
        .expect("it ends");
    assert_eq!(sessions.find(&id).await, Seen::SignedOut);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wiped_redis_signs_everybody_out_and_lets_them_in_anew() {
    let (redis, sessions) = place().await;
    let id = sessions.open(ALICE).await.expect("it opens");
    redis.flush().await;
    assert_eq!(sessions.find(&id).await, Seen::SignedOut);
    assert_eq!(sessions.revoke(&id).await, Revoked::SignedOut);
    let again = sessions.open(ALICE).await.expect("it opens");
    assert_eq!(sessions.find(&again).await, session(ALICE, 0, 0, false));
    assert_eq!(sessions.find(&id).await, Seen::SignedOut);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_away_is_told_and_lets_nobody_in() {
    let (mut redis, sessions) = place().await;
    let id = sessions.open(ALICE).await.expect("it opens");
    redis.stop().await;
    // Also when the breaker no longer asks.
    for _ in 0..6 {
        assert_eq!(sessions.find(&id).await, Seen::Unavailable);
        assert_eq!(sessions.rotate(&id).await, Rotated::Unavailable);
        assert_eq!(sessions.revoke(&id).await, Revoked::Unavailable);
        sessions
            .revoke_all(ALICE)
            .await
            .expect_err("nobody answers");
        sessions.open(BOB).await.expect_err("nobody answers");
    }
    redis.start().await;
    let back = async {
        while sessions.find(&id).await == Seen::Unavailable {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), back)
        .await
        .expect("Redis is found again");
    assert_eq!(
        sessions.find(&id).await,
        Seen::SignedOut,
        "it came back empty"
    );
    let again = sessions.open(ALICE).await.expect("it opens");
    assert_eq!(sessions.find(&again).await, session(ALICE, 0, 0, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_says_nothing_holds_no_request_up() {
    let redis = redis().await;
    let link = Link::to_socket(redis.socket()).await;
    let url = format!("redis://{}", link.address());
    let cache = open(url.into(), Duration::from_millis(100));
    let sessions = Sessions::new(&cache, &settings(), Clock::manual(start()));
    let id = sessions.open(ALICE).await.expect("it opens");
    link.stall();
    let began = tokio::time::Instant::now();
    for _ in 0..50 {
        assert_eq!(sessions.find(&id).await, Seen::Unavailable);
    }
    assert!(began.elapsed() < Duration::from_secs(3));
    link.heal();
    let healed = async {
        while sessions.find(&id).await == Seen::Unavailable {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), healed)
        .await
        .expect("the link is open");
    assert_eq!(sessions.find(&id).await, session(ALICE, 0, 0, false));
}

/// What others may make of a session's key, with KEY for it.
const HARM: [&[&str]; 12] = [
    &["SET", "KEY", "1", "PX", "100000"],
    &["SET", "KEY", "", "PX", "100000"],
    &[
        "SET",
        "KEY",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709 7 1 1 9999999999999 0 - -",
        "PX",
        "100000",
    ],
    &["SETRANGE", "KEY", "45", "8"],
    &["APPEND", "KEY", "x"],
    &["SETRANGE", "KEY", "1000000", "x"],
    &["PERSIST", "KEY"],
    &["UNLINK", "KEY"],
    &["RENAME", "KEY", "aimod:session:elsewhere"],
    &[
        "EVAL",
        "redis.call('DEL', KEYS[1]) redis.call('HSET', KEYS[1], 'user', '7') redis.call('PEXPIRE', KEYS[1], 100000)",
        "1",
        "KEY",
    ],
    &[
        "EVAL",
        "redis.call('DEL', KEYS[1]) redis.call('ZADD', KEYS[1], 1, 'x') redis.call('PEXPIRE', KEYS[1], 100000)",
        "1",
        "KEY",
    ],
    &[
        "EVAL",
        "redis.call('SET', KEYS[1], '\\255\\254\\0', 'PX', 100000)",
        "1",
        "KEY",
    ],
];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_becomes_of_a_sessions_key_nobody_is_let_in_by_it() {
    let (redis, sessions) = place().await;
    for harm in HARM {
        let id = sessions.open(ALICE).await.expect("it opens");
        let key = only_key(&redis).await;
        let words: Vec<&str> = harm
            .iter()
            .map(|word| if *word == "KEY" { key.as_str() } else { word })
            .collect();
        for call in 0..3 {
            redis.command(&words).await.ok();
            match call {
                0 => assert_eq!(sessions.find(&id).await, Seen::SignedOut, "{harm:?}"),
                1 => assert_eq!(sessions.rotate(&id).await, Rotated::SignedOut, "{harm:?}"),
                _ => assert_eq!(sessions.revoke(&id).await, Revoked::SignedOut, "{harm:?}"),
            }
        }
        assert_eq!(number(&redis, &["EXISTS", &key]).await, 0, "{harm:?}");
        sessions.revoke_all(ALICE).await.expect("it answers");
        redis.flush().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_copied_under_another_key_is_none() {
    let (redis, sessions) = place().await;
    let id = sessions.open(ALICE).await.expect("it opens");
    let key = only_key(&redis).await;
    let bob = sessions.open(BOB).await.expect("it opens");
    let bobs = keys(&redis)
        .await
        .into_iter()
        .find(|other| other.starts_with("aimod:session:") && *other != key);
    let bobs = bobs.expect("bob's key");
    redis
        .command(&["COPY", &key, &bobs, "REPLACE"])
        .await
        .expect("it answers");
    assert_eq!(sessions.find(&bob).await, Seen::SignedOut);
    assert_eq!(sessions.find(&id).await, session(ALICE, 0, 0, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_becomes_of_the_list_of_a_user_signs_them_out() {
    let harms: [&[&str]; 5] = [
        &["UNLINK", USERS_KEY],
        &["SET", USERS_KEY, "x"],
        &["SET", USERS_KEY, "x", "PX", "100000"],
        &["PERSIST", USERS_KEY],
        &["ZREMRANGEBYRANK", USERS_KEY, "0", "-1"],
    ];
    let (redis, sessions) = place().await;
    for harm in harms {
        let id = sessions.open(ALICE).await.expect("it opens");
        assert_eq!(sessions.find(&id).await, session(ALICE, 0, 0, false));
        redis.command(harm).await.expect("it answers");
        assert_eq!(sessions.find(&id).await, Seen::SignedOut, "{harm:?}");
        redis.command(harm).await.ok();
        let again = sessions.open(ALICE).await.expect("it opens");
        let found = sessions.find(&again).await;
        assert_eq!(found, session(ALICE, 0, 0, false), "repaired: {harm:?}");
        assert_eq!(sessions.find(&id).await, Seen::SignedOut, "{harm:?}");
        redis
            .command(&["SET", USERS_KEY, "x"])
            .await
            .expect("it answers");
        assert_eq!(sessions.revoke_all(ALICE).await, Ok(0));
        assert_eq!(sessions.find(&again).await, Seen::SignedOut);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_user_id_is_kept_exactly() {
    let (_redis, sessions) = place().await;
    for user in [UserId(u64::MAX), UserId(9_223_372_036_854_775_807)] {
        let id: SessionId = sessions.open(user).await.expect("it opens");
        assert_eq!(sessions.find(&id).await, session(user, 0, 0, false));
        assert_eq!(sessions.revoke_all(user).await, Ok(1));
    }
}
