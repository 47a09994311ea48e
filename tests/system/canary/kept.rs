//! Everything that Redis holds, read by the kind of each key, byte for byte.

use ::redis::Value;

use super::*;

impl Scene {
    /// Every key with its content, a line each.
    pub(super) async fn kept_in_redis(&self) -> String {
        let mut all = Vec::new();
        let mut keys = Vec::new();
        let listed = self.redis.command(&["KEYS", "*"]).await;
        flatten(listed.expect("it answers"), &mut keys);
        for key in keys {
            let kind = self.redis.command(&["TYPE", &key]).await;
            let mut kinds = Vec::new();
            flatten(kind.expect("it answers"), &mut kinds);
            let words: &[&str] = match kinds.first().map_or("", String::as_str) {
                "string" => &["GET", &key],
                "hash" => &["HGETALL", &key],
                "list" => &["LRANGE", &key, "0", "-1"],
                "set" => &["SMEMBERS", &key],
                "zset" => &["ZRANGE", &key, "0", "-1", "WITHSCORES"],
                "stream" => &["XRANGE", &key, "-", "+"],
                // It ended meanwhile.
                "none" => continue,
                other => panic!("nobody reads a {other}"),
            };
            let content = self.redis.command(words).await;
            let mut parts = vec![key.clone()];
            flatten(content.expect("it answers"), &mut parts);
            all.push(parts.join(" "));
        }
        all.join("\n")
    }
}

fn flatten(value: Value, parts: &mut Vec<String>) {
    match value {
        Value::BulkString(bytes) => parts.push(String::from_utf8_lossy(&bytes).into_owned()),
        Value::SimpleString(text) => parts.push(text),
        Value::Array(values) | Value::Set(values) => {
            for value in values {
                flatten(value, parts);
            }
        }
        Value::Map(entries) => {
            for (name, value) in entries {
                flatten(name, parts);
                flatten(value, parts);
            }
        }
        other => parts.push(format!("{other:?}")),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_in_any_kind_of_key_would_be_found() {
    let scene = Scene::new().await;
    let planted = format!("before {API_KEY} after");
    for command in [
        &["SET", "string", &planted][..],
        &["SET", &planted, "x"],
        &["HSET", "hash", "field", &planted],
        &["HSET", "named", &planted, "x"],
        &["RPUSH", "list", &planted],
        &["SADD", "set", &planted],
        &["ZADD", "zset", "1", &planted],
        &["XADD", "stream", "*", "field", &planted],
    ] {
        scene.redis.flush().await;
        scene.redis.command(command).await.expect("it obeys");
        let kept = scene.kept_in_redis().await;
        assert_eq!(
            scene.canaries.found_in(&kept).len(),
            1,
            "{command:?}: {kept}"
        );
    }
    scene.sim.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_of_sessions_are_kept_as_sums_alone() {
    let scene = Scene::new().await;
    let settings = RedisSettings {
        url: Some(scene.redis.url()),
        ..RedisSettings::default()
    };
    let cache = Cache::open(&settings).expect("an address");
    let sessions = Sessions::new(&cache, &SessionSettings::default(), Clock::system());
    let first = sessions.open(UserId(7)).await.expect("opened");
    let Rotated::Rotated(second) = sessions.rotate(&first).await else {
        panic!("it holds");
    };
    let kept = scene.kept_in_redis().await;
    assert!(kept.contains("aimod:session:"), "{kept}");
    for id in [first, second] {
        let id = id.expose();
        assert!(!kept.contains(&id) && !kept.contains(&id[..id.len() / 2]));
    }
    scene.sim.shutdown().await;
}
