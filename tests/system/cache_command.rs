//! `aimod cache` through the built program, on a Redis that others use too.

use std::process::Output;

use aimod::cache::{Cache, Cached};
use aimod::domain::ids::{ConfigVersion, GuildId};
use aimod::settings::RedisSettings;
use diesel_async::SimpleAsyncConnection as _;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::program::{aimod, err, out};
use crate::support::{TestDatabase, TestRedis, database, redis};

struct Place {
    database: TestDatabase,
    redis: TestRedis,
    cache: Cache,
}

/// A database with three guilds, and a Redis that holds two of them, one in an older version.
async fn place() -> Place {
    let (database, redis) = (database().await, redis().await);
    let mut conn = database.pool.acquire().await.expect("a connection");
    conn.batch_execute(
        "INSERT INTO guild_settings (guild_id, config_version) VALUES (41, 2), (42, 5), (43, 1)",
    )
    .await
    .expect("guilds");
    drop(conn);
    let cache = Cache::open(&RedisSettings {
        url: Some(redis.url()),
        ..RedisSettings::default()
    })
    .expect("a cache");
    for (guild, version) in [(41, 2), (42, 4), (99, 1)] {
        let version = ConfigVersion(version);
        cache
            .store_guild_config(GuildId(guild), version, &json!({}))
            .await;
    }
    redis
        .command(&["SET", "somebody:else", "1"])
        .await
        .expect("it answers");
    Place {
        database,
        redis,
        cache,
    }
}

impl Place {
    async fn run(&self, arguments: &[&str]) -> Output {
        let (database, redis) = (&self.database.url, self.redis.url());
        let variables = [
            ("DATABASE_URL", database.expose_secret()),
            ("REDIS_URL", redis.expose_secret()),
        ];
        aimod(arguments, &variables).await
    }

    async fn cached(&self) -> Vec<u64> {
        let guilds = [41, 42, 43, 99].map(GuildId);
        let cached = self.cache.list_cached(&guilds).await.expect("it answers");
        let is_ours = |(_, held): &(GuildId, Cached)| matches!(held, Cached::Version { .. });
        assert!(cached.iter().all(is_ours), "{cached:?}");
        cached.iter().map(|(guild, _)| guild.0).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stats_hold_the_cache_against_the_database() {
    let place = place().await;
    let shown = place.run(&["cache", "stats"]).await;
    assert!(shown.status.success(), "{}", err(&shown));
    let text = out(&shown);
    for part in [
        "redis       ",
        "memory      ",
        "look-ups    ",
        "guilds      3 known, 2 cached, 1 of them at the database's version",
        "ends first  in 2",
        "other       guild 42: version 4, the database has 5",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let json = place.run(&["cache", "stats", "--json"]).await;
    let json: Value = serde_json::from_str(&out(&json)).expect("an object");
    let guilds = &json["guilds"];
    assert_eq!(guilds["known"], 3);
    assert_eq!(guilds["cached"], 2);
    assert_eq!(
        guilds["other"],
        json!([{"guild": "42", "version": 4, "database": 5}])
    );
    assert!(json["redis"]["used_bytes"].as_u64() > Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_is_forgotten_and_then_all_known_ones_but_nothing_of_others() {
    let place = place().await;
    let one = place.run(&["cache", "invalidate", "--guild", "41"]).await;
    assert_eq!(out(&one), "guild 41: 1 key is forgotten\n", "{}", err(&one));
    assert_eq!(place.cached().await, [42, 99]);
    let again = place.run(&["cache", "invalidate", "--guild", "41"]).await;
    assert_eq!(out(&again), "guild 41: nothing was cached\n");
    let all = place.run(&["cache", "clear"]).await;
    assert_eq!(out(&all), "3 known guilds: 1 key is forgotten\n");
    assert_eq!(place.cached().await, [99], "not a guild of this database");
    let left = place.redis.command(&["EXISTS", "somebody:else"]).await;
    assert_eq!(left.expect("it answers"), redis::Value::Int(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_each_of_them_says_so_and_fails() {
    let commands: [&[&str]; 3] = [
        &["cache", "stats"],
        &["cache", "invalidate", "--guild", "41"],
        &["cache", "clear"],
    ];
    for arguments in commands {
        let output = aimod(arguments, &[]).await;
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(
            err(&output),
            "aimod: REDIS_URL is not set: there is no shared cache\n"
        );
        let nobody = [("REDIS_URL", "redis://:hunter2@127.0.0.1:1")];
        let output = aimod(arguments, &nobody).await;
        assert_eq!(output.status.code(), Some(1));
        let text = err(&output);
        assert!(
            text.starts_with("aimod: redis could not be reached"),
            "{text}"
        );
        assert!(!text.contains("hunter2"));
    }
    let output = aimod(&["cache", "invalidate"], &[]).await;
    assert_eq!(output.status.code(), Some(2), "which guild?");
}
