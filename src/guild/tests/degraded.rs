//! PostgreSQL away, Redis away or full of nonsense: slower, never judged by something else.

use std::time::{Duration, Instant};

use super::{MARK, Yard};
use crate::domain::ids::{ConfigVersion, GuildId};
use crate::guild::config::change::ChangeError;
use crate::guild::{GuildError, Guilds};
use crate::support::{Link, TestRedis, database, redis};

const ONE: GuildId = GuildId(1);
const REDIS_KEY: &str = "aimod:guild:1:config";

#[tokio::test(flavor = "multi_thread")]
async fn an_awake_guild_judges_on_without_postgres_and_reads_a_late_commit_back() {
    let database = database().await;
    let (link, url) = Link::to_postgres(&database.url).await;
    let yard = Yard::on(&url, None, |options| {
        options.commit_within = Duration::from_millis(500);
    })
    .await;
    yard.open(1);
    yard.mark(1, "before").await.expect("committed");
    link.cut();
    yard.posts(1, "without a database");
    assert_eq!(yard.seen(1).await[0].mark, "before");
    let started = Instant::now();
    let refused = yard.mark(1, "late").await.expect_err("no database");
    assert!(
        matches!(refused, GuildError::Change(ChangeError::Write(_))),
        "{refused}"
    );
    assert!(started.elapsed() < Duration::from_secs(3));
    yard.posts(1, "still without");
    assert_eq!(yard.seen(2).await[1].mark, "before");
    link.heal();
    // Nobody asks again: the commit that came too late for its caller is read back by itself.
    assert_eq!(yard.judges_by(1, "late").await.version, ConfigVersion(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waking_guild_waits_for_its_configuration_and_takes_no_default() {
    let (first, database) = Yard::start(|_| {}).await;
    first.mark(1, "what was set").await.expect("committed");
    let (link, url) = Link::to_postgres(&database.url).await;
    link.cut();
    let yard = Yard::on(&url, None, |options| {
        options.answer_within = Duration::from_millis(500);
    })
    .await;
    yard.open(1);
    yard.posts(1, "judge me");
    let asked = yard.guilds.configuration(ONE).await;
    assert!(matches!(asked, Err(GuildError::NoAnswer(_))));
    let change = yard.mark(1, "never").await;
    assert!(matches!(change, Err(GuildError::NoAnswer(_))), "{change:?}");
    assert_eq!(yard.judged(), [], "nothing is judged by a default");
    link.heal();
    assert_eq!(yard.seen(1).await[0].mark, "what was set");
    // Whoever asked for the change was told that it was not made, and it is not.
    let seen = yard.judges_by(1, "what was set").await;
    assert_eq!(seen.version, ConfigVersion(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_version_in_redis_is_given_up_as_soon_as_postgres_answers() {
    let redis = redis().await;
    let (first, database) = with_mark(&redis, "in redis").await;
    told_to_redis(&first, &redis, ConfigVersion(1)).await;
    let (link, url) = Link::to_postgres(&database.url).await;
    link.cut();
    let yard = Yard::on(&url, Some(&redis), |_| {}).await;
    yard.open(1);
    yard.posts(1, "while postgres is away");
    assert_eq!(yard.seen(1).await[0].mark, "in redis");
    let without_redis = Yard::on(&database.url, None, |_| {}).await;
    without_redis.mark(1, "newer").await.expect("committed");
    link.heal();
    assert_eq!(yard.judges_by(1, "newer").await.version, ConfigVersion(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_changes_no_verdict_whatever_it_holds() {
    let mut redis = redis().await;
    let (first, database) = with_mark(&redis, "the truth").await;
    told_to_redis(&first, &redis, ConfigVersion(1)).await;
    for garbage in [
        &["HSET", REDIS_KEY, "version", "1", "config", r#"{"MARK":5}"#][..],
        &[
            "HSET",
            REDIS_KEY,
            "version",
            "0",
            "config",
            r#"{"MARK":"old"}"#,
        ],
        &[
            "HSET",
            REDIS_KEY,
            "version",
            "9",
            "config",
            r#"{"MARK":"lie"}"#,
        ],
        &["HSET", REDIS_KEY, "version", "one", "config", "{}"],
        &["HSET", REDIS_KEY, "version", "1", "config", "{\"MARK\":"],
        &["SET", REDIS_KEY, "not a hash"],
        &["FLUSHALL"],
    ] {
        redis.command(garbage).await.expect("Redis takes it");
        assert_truth(&database.url, &redis, &format!("{garbage:?}")).await;
    }
    redis.stop().await;
    assert_truth(&database.url, &redis, "Redis is dead").await;
    redis.start().await;
    assert_truth(&database.url, &redis, "Redis is back").await;
    first.mark(1, "the new truth").await.expect("committed");
    first.judges_by(1, "the new truth").await;
}

async fn with_mark(redis: &TestRedis, mark: &str) -> (Yard, crate::support::TestDatabase) {
    let database = database().await;
    let yard = Yard::on(&database.url, Some(redis), |_| {}).await;
    yard.open(1);
    yard.mark(1, mark).await.expect("committed");
    (yard, database)
}

/// What is told to Redis is told beside the actor.
async fn told_to_redis(yard: &Yard, redis: &TestRedis, version: ConfigVersion) {
    let wanted = redis::Value::BulkString(version.to_string().into_bytes());
    let told = async {
        while redis
            .command(&["HGET", REDIS_KEY, "version"])
            .await
            .expect("Redis answers")
            != wanted
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(super::LIMIT, told)
        .await
        .expect("Redis is told");
    assert_eq!(configured(&yard.guilds).await, "the configuration");
}

async fn configured(guilds: &Guilds) -> &'static str {
    let snapshot = guilds.configuration(ONE).await.expect("awake");
    assert!(snapshot.values().find_set(&MARK).is_some());
    "the configuration"
}

async fn assert_truth(url: &secrecy::SecretString, redis: &TestRedis, why: &str) {
    let yard = Yard::on(url, Some(redis), |_| {}).await;
    yard.open(1);
    yard.posts(1, "judge me");
    assert_eq!(yard.seen(1).await[0].mark, "the truth", "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_of_another_database_proves_nothing() {
    let redis = redis().await;
    let (other, _elsewhere) = with_mark(&redis, "of another database").await;
    let database = database().await;
    let first = Yard::on(&database.url, None, |_| {}).await;
    first.mark(1, "the truth").await.expect("committed");
    told_to_redis(&other, &redis, ConfigVersion(1)).await;
    assert_truth(&database.url, &redis, "both count to one").await;
    // While the database is away, what Redis has is taken, but no longer than that.
    for _ in 0..3 {
        other.mark(1, "further").await.expect("committed");
        other.mark(1, "further still").await.expect("committed");
    }
    told_to_redis(&other, &redis, ConfigVersion(7)).await;
    let (link, url) = Link::to_postgres(&database.url).await;
    link.cut();
    let yard = Yard::on(&url, Some(&redis), |_| {}).await;
    yard.open(1);
    yard.posts(1, "while postgres is away");
    assert_eq!(yard.seen(1).await[0].mark, "further still");
    link.heal();
    assert_eq!(
        yard.judges_by(1, "the truth").await.version,
        ConfigVersion(1)
    );
    yard.mark(1, "the next truth").await.expect("committed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_without_postgres_brings_no_older_version_back() {
    let redis = redis().await;
    let (first, database) = with_mark(&redis, "old").await;
    told_to_redis(&first, &redis, ConfigVersion(1)).await;
    let (link, url) = Link::to_postgres(&database.url).await;
    let (to_redis, cached) = {
        let link = Link::to_socket(redis.socket()).await;
        let address = format!("redis://{}", link.address());
        (link, address)
    };
    let yard = Yard::through(&url, cached.into()).await;
    yard.open(1);
    yard.judges_by(1, "old").await;
    to_redis.cut();
    yard.mark(1, "acknowledged").await.expect("committed");
    link.cut();
    to_redis.heal();
    let before = yard.judged().len();
    yard.guilds.crash(ONE);
    yard.posts(1, "after the crash");
    let seen = yard.seen(before + 1).await;
    assert_eq!(seen[before].mark, "acknowledged");
    link.heal();
    yard.judges_by(1, "acknowledged").await;
}
