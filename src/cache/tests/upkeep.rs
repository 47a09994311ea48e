//! What an operator asks of the cache.

use serde_json::json;

use super::{GUILD, shared};
use crate::cache::{Cache, Cached};
use crate::domain::ids::{ConfigVersion, GuildId, UserId};
use crate::domain::permissions::Permissions;
use crate::settings::RedisSettings;

#[tokio::test(flavor = "multi_thread")]
async fn the_server_tells_of_itself() {
    let (_redis, cache) = shared().await;
    cache.find_guild_config(GUILD).await;
    let facts = cache.server_facts().await.expect("it answers");
    assert!(facts.version.starts_with(|c: char| c.is_ascii_digit()));
    assert!(facts.used_bytes > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_of_whom_is_told_and_forgotten_and_others_are_left_alone() {
    let (redis, cache) = shared().await;
    let all: Vec<GuildId> = (1..=1201).map(GuildId).collect();
    for guild in &all[..700] {
        let version = ConfigVersion(guild.0.cast_signed());
        cache.store_guild_config(*guild, version, &json!({})).await;
    }
    let alice = UserId(7);
    cache
        .store_permissions((all[3], alice), "roles", Permissions::NONE)
        .await;
    redis
        .command(&["SET", "somebody:else", "1"])
        .await
        .expect("it answers");
    let cached = cache.list_cached(&all).await.expect("it answers");
    assert_eq!(cached.len(), 700);
    for (guild, held) in cached {
        let Cached::Version { version, left } = held else {
            panic!("{held:?}");
        };
        assert_eq!(version.0, guild.0.cast_signed());
        assert!((200..=300).contains(&left.as_secs()));
    }
    assert_eq!(cache.forget(&all[..10]).await.expect("it answers"), 11);
    assert_eq!(cache.forget(&all).await.expect("it answers"), 690);
    assert_eq!(cache.list_cached(&all).await.expect("it answers"), []);
    let left = redis.command(&["DBSIZE"]).await.expect("it answers");
    assert_eq!(left, ::redis::Value::Int(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_redis_the_operator_is_told_so() {
    let cache = Cache::open(&RedisSettings::default()).expect("nothing to open");
    let error = cache.server_facts().await.expect_err("nobody to ask");
    assert_eq!(
        error.to_string(),
        "REDIS_URL is not set: there is no shared cache"
    );
    cache.forget(&[GUILD]).await.expect_err("nobody to tell");
    cache
        .list_cached(&[GUILD])
        .await
        .expect_err("nobody to ask");
}
