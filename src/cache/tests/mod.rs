//! The cache against a real Redis that is slow, dies, is wiped and shared with others.

mod permissions;
mod sessions;
mod upkeep;

use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;

use super::*;
use crate::domain::ids::{ConfigVersion, GuildId};
use crate::support::{Link, TestRedis, redis};

const GUILD: GuildId = GuildId(42);
const KEY: &str = "aimod:guild:42:config";

fn open(url: secrecy::SecretString, timeout: Duration) -> Cache {
    Cache::open(&RedisSettings {
        url: Some(url),
        timeout,
    })
    .expect("an address")
}

async fn shared() -> (TestRedis, Cache) {
    let redis = redis().await;
    let cache = open(redis.url(), Duration::from_secs(2));
    (redis, cache)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_is_found_with_its_version_and_ends_by_itself() {
    let (redis, cache) = shared().await;
    assert_eq!(cache.find_guild_config(GUILD).await, Outcome::Miss);
    let config = json!({"PREFIX": "!", "LISTS": [9_007_199_254_740_993_u64]});
    let stored = cache
        .store_guild_config(GUILD, ConfigVersion(3), &config)
        .await;
    assert_eq!(stored, Stored::Stored);
    assert_eq!(
        cache.find_guild_config(GUILD).await,
        Outcome::Hit(ConfigVersion(3), config)
    );
    let ttl = redis.command(&["PTTL", KEY]).await.expect("it answers");
    let ::redis::Value::Int(ttl) = ttl else {
        panic!("{ttl:?}");
    };
    assert!((260_000..=300_000).contains(&ttl), "{ttl}");
    assert!(cache.is_shared());
    cache.ping().await.expect("it answers");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_version_never_replaces_a_newer_one() {
    let (_redis, cache) = shared().await;
    let store = async |version| {
        cache
            .store_guild_config(GUILD, ConfigVersion(version), &json!({ "V": version }))
            .await
    };
    assert_eq!(store(2).await, Stored::Stored);
    assert_eq!(store(1).await, Stored::NewerPresent);
    assert_eq!(
        cache.find_guild_config(GUILD).await,
        Outcome::Hit(ConfigVersion(2), json!({"V": 2}))
    );
    assert_eq!(store(2).await, Stored::Stored);
    assert_eq!(store(10).await, Stored::Stored);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_else_the_key_holds_is_a_miss_and_repaired() {
    let (redis, cache) = shared().await;
    let sum = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
    let foreign: [&[&str]; 12] = [
        // Well formed, but nobody of ours wrote it.
        &["HSET", KEY, "version", "1", "config", "{\"PREFIX\":\"?\"}"],
        &["HSET", KEY, "version", "1", "config", "{}", "sum", sum],
        &["HSET", KEY, "sum", sum],
        &["SET", KEY, "{\"version\":1}"],
        &["RPUSH", KEY, "a", "b"],
        &["SADD", KEY, "version"],
        &["HSET", KEY, "version", "1"],
        &["HSET", KEY, "config", "{}"],
        &["HSET", KEY, "version", "1", "config", "{\"PREFIX\": \"!"],
        &["HSET", KEY, "version", "1", "config", "[]"],
        &["HSET", KEY, "version", "one", "config", "{}"],
        &["HSET", KEY, "version", "-1", "config", "\u{fffd}"],
    ];
    for words in foreign {
        redis.command(words).await.expect("it answers");
        assert_eq!(
            cache.find_guild_config(GUILD).await,
            Outcome::Miss,
            "{words:?}"
        );
        let left = redis.command(&["EXISTS", KEY]).await.expect("it answers");
        assert_eq!(left, ::redis::Value::Int(0), "{words:?}");

        redis.command(words).await.expect("it answers");
        let stored = cache
            .store_guild_config(GUILD, ConfigVersion(1), &json!({}))
            .await;
        assert_eq!(stored, Stored::Stored, "{words:?}");
        assert_eq!(
            cache.find_guild_config(GUILD).await,
            Outcome::Hit(ConfigVersion(1), json!({})),
            "{words:?}"
        );
        redis.flush().await;
    }
}

/// The ways in which something of ours may have become something else.
const HARM: [&[&str]; 6] = [
    &["HSET", KEY, "config", "{}"],
    &["HSET", KEY, "version", "4"],
    &["HSET", KEY, "version", "03"],
    &["HDEL", KEY, "sum"],
    &["PERSIST", KEY],
    &["RENAME", "aimod:guild:41:config", KEY],
];

#[tokio::test(flavor = "multi_thread")]
async fn what_was_cut_short_or_copied_is_ignored_and_the_next_store_repairs_it() {
    let (redis, cache) = shared().await;
    let truth = json!({"PREFIX": "!"});
    for words in HARM {
        for guild in [GUILD, GuildId(41)] {
            cache.forget(&[guild]).await.expect("it answers");
            cache
                .store_guild_config(guild, ConfigVersion(3), &truth)
                .await;
        }
        redis.command(words).await.expect("it answers");
        let damaged = cache.list_cached(&[GUILD]).await.expect("it answers");
        assert_eq!(damaged, [(GUILD, Cached::Damaged)], "{words:?}");
        let found = cache.find_guild_config(GUILD).await;
        assert_eq!(found, Outcome::Miss, "{words:?}");
        let stored = cache
            .store_guild_config(GUILD, ConfigVersion(2), &truth)
            .await;
        assert_eq!(stored, Stored::Stored, "the older version: {words:?}");
        assert_eq!(
            cache.find_guild_config(GUILD).await,
            Outcome::Hit(ConfigVersion(2), truth.clone()),
            "{words:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_is_too_large_is_not_shared_and_what_there_was_goes() {
    let (redis, cache) = shared().await;
    let large = json!({"WORDS": "x".repeat(1024 * 1024)});
    let store = async |version, config| {
        let version = ConfigVersion(version);
        cache.store_guild_config(GUILD, version, &config).await
    };
    assert_eq!(store(1, json!({})).await, Stored::Stored);
    assert_eq!(store(2, large).await, Stored::TooLarge);
    assert_eq!(cache.find_guild_config(GUILD).await, Outcome::Miss);
    let huge = "y".repeat(2 * 1024 * 1024);
    redis
        .command(&["HSET", KEY, "version", "1", "config", &huge])
        .await
        .expect("it answers");
    redis
        .command(&["EXPIRE", KEY, "100"])
        .await
        .expect("it answers");
    assert_eq!(cache.find_guild_config(GUILD).await, Outcome::Miss);
    let left = redis.command(&["EXISTS", KEY]).await.expect("it answers");
    assert_eq!(left, ::redis::Value::Int(0));
}

/// Runs on one thread, since the figures are those of a recorder of the thread's own.
pub(super) fn figures(doings: impl Future<Output = ()>) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    let shown = recorder.handle();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    ::metrics::with_local_recorder(&recorder, || runtime.block_on(doings));
    shown.render()
}

#[test]
fn hits_misses_and_errors_are_counted_for_each_cache() {
    let shown = figures(async {
        let (mut redis, cache) = shared().await;
        cache.find_guild_config(GUILD).await;
        cache
            .store_guild_config(GUILD, ConfigVersion(1), &json!({}))
            .await;
        cache.find_guild_config(GUILD).await;
        redis
            .command(&["HSET", KEY, "config", "?"])
            .await
            .expect("it answers");
        cache.find_guild_config(GUILD).await;
        redis.stop().await;
        cache.find_guild_config(GUILD).await;
    });
    for (outcome, count) in [("hit", 1), ("miss", 1), ("error", 2)] {
        let line = format!(
            "aimod_cache_requests_total{{cache=\"guild_config\",tier=\"redis\",outcome=\"{outcome}\"}} {count}"
        );
        assert!(shown.contains(&line), "{line} is missing in\n{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_somebody_else_left_for_ever_does_not_block_ours() {
    let (redis, cache) = shared().await;
    redis
        .command(&["HSET", KEY, "version", "999999", "config", "{}"])
        .await
        .expect("it answers");
    let stored = cache
        .store_guild_config(GUILD, ConfigVersion(1), &json!({}))
        .await;
    assert_eq!(stored, Stored::Stored);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wiped_redis_is_a_miss_and_learns_the_script_again() {
    let (mut redis, cache) = shared().await;
    let store = async || {
        cache
            .store_guild_config(GUILD, ConfigVersion(1), &json!({}))
            .await
    };
    assert_eq!(store().await, Stored::Stored);
    redis.flush().await;
    assert_eq!(cache.find_guild_config(GUILD).await, Outcome::Miss);
    redis.stop().await;
    assert_eq!(cache.find_guild_config(GUILD).await, Outcome::Error);
    redis.start().await;
    let back = async { while store().await != Stored::Stored {} };
    tokio::time::timeout(Duration::from_secs(20), back)
        .await
        .expect("the cache comes back by itself");
    assert_eq!(
        cache.find_guild_config(GUILD).await,
        Outcome::Hit(ConfigVersion(1), json!({}))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_was_never_there_costs_little_and_is_found_later() {
    let mut redis = redis().await;
    redis.stop().await;
    let cache = open(redis.url(), Duration::from_millis(200));
    let began = tokio::time::Instant::now();
    for _ in 0..1000 {
        assert_eq!(cache.find_guild_config(GUILD).await, Outcome::Error);
    }
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    redis.start().await;
    let found = async {
        while cache.find_guild_config(GUILD).await != Outcome::Miss {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), found)
        .await
        .expect("the cache is found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_says_nothing_holds_nobody_up() {
    let redis = redis().await;
    let link = Link::to_socket(redis.socket()).await;
    let url = format!("redis://{}", link.address());
    let cache = open(url.into(), Duration::from_millis(200));
    cache.ping().await.expect("the link is open");
    link.stall();
    let began = tokio::time::Instant::now();
    for _ in 0..100 {
        assert_eq!(cache.find_guild_config(GUILD).await, Outcome::Error);
    }
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
    link.heal();
    let healed = async {
        while cache.ping().await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), healed)
        .await
        .expect("the cache comes back");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_redis_everything_is_a_miss() {
    let cache = Cache::open(&RedisSettings::default()).expect("nothing to open");
    assert!(!cache.is_shared());
    assert_eq!(cache.find_guild_config(GUILD).await, Outcome::Miss);
    let stored = cache
        .store_guild_config(GUILD, ConfigVersion(1), &json!({}))
        .await;
    assert_eq!(stored, Stored::Unavailable);
    cache.ping().await.expect("nothing is wrong");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_is_never_printed() {
    let cache = open(
        "redis://:hunter2@127.0.0.1:1".into(),
        Duration::from_millis(50),
    );
    let error = cache.ping().await.expect_err("nobody listens");
    assert!(!format!("{cache:?} {error} {error:?}").contains("hunter2"));
}
