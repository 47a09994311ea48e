//! The running house with Redis: permissions follow roles at once, are found after a restart, and no secret gets there.

use aimod::simulator::{Permissions, SimMember};
use diesel_async::SimpleAsyncConnection as _;

use crate::support::{House, TestRedis, eventually, redis};

const NEEDED: &str = "You need the permission **Manage Server**";

/// What the bot replies to a text command in `#general`.
async fn types(house: &House, member: &SimMember, text: &str) -> String {
    let replies = |world: &aimod::simulator::World| world.bot_messages(house.general).len();
    let before = house.sim.look(replies);
    member.posts(house.general, text).expect("a message");
    let reply = house.sim.wait_for("a reply", |world| {
        let message = world.bot_messages(house.general).get(before).copied()?;
        Some(message.content.clone())
    });
    reply.await.expect("the bot replies")
}

async fn with_redis() -> (TestRedis, House) {
    let redis = redis().await;
    let house = House::start_with(|settings| settings.redis.url = Some(redis.url())).await;
    eventually("the guild is known", || {
        house.app().guilds().view(house.id()).is_known()
    })
    .await;
    (redis, house)
}

fn found_in_redis(house: &House) -> f64 {
    let line =
        "aimod_cache_requests_total{cache=\"user_permissions\",tier=\"redis\",outcome=\"hit\"} ";
    let shown = house.app().telemetry().render();
    let value = shown.lines().find_map(|shown| shown.strip_prefix(line));
    value.map_or(0.0, |value| value.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_judged_by_the_roles_of_its_moment() {
    let (_redis, house) = with_redis().await;
    let alice = house.member("alice");
    let role = house
        .guild
        .add_role("helpers", Permissions::MANAGE_GUILD, 1);
    for _ in 0..3 {
        alice.give_role(role).expect("given");
        let granted = types(&house, &alice, "o!config show").await;
        assert!(granted.contains("PREFIX"), "{granted}");
        alice.take_role(role).expect("taken");
        let refused = types(&house, &alice, "o!config show").await;
        assert!(refused.starts_with(NEEDED), "{refused}");
    }
    alice.give_role(role).expect("given");
    for permissions in [Permissions::NONE, Permissions::MANAGE_GUILD].repeat(3) {
        let edited = house
            .guild
            .edit_role(role, |role| role.permissions = permissions);
        edited.expect("a role");
        let answer = types(&house, &alice, "o!config show").await;
        let granted = permissions == Permissions::MANAGE_GUILD;
        assert_eq!(!answer.starts_with(NEEDED), granted, "{answer}");
    }
    house.guild.delete_role(role).expect("deleted");
    let refused = types(&house, &alice, "o!config show").await;
    assert!(refused.starts_with(NEEDED), "{refused}");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn permissions_are_found_after_a_restart_and_dropped_when_a_role_changes() {
    let (redis, mut house) = with_redis().await;
    let key = format!("aimod:guild:{}:permissions", house.id());
    let alice = house.member("alice");
    types(&house, &alice, "o!config show").await;
    house.rest().await;
    house.wake().await;
    let before = found_in_redis(&house);
    types(&house, &alice, "o!config show").await;
    assert!(found_in_redis(&house) > before);
    let role = house.guild.add_role("new", Permissions::NONE, 1);
    assert_ne!(role.0, 0);
    let dropped = async {
        let gone = redis::Value::Int(0);
        while redis.command(&["EXISTS", &key]).await.expect("it answers") != gone {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), dropped)
        .await
        .expect("dropped");
    redis
        .command(&["SET", &key, "8"])
        .await
        .expect("it answers");
    house.rest().await;
    house.wake().await;
    let refused = types(&house, &alice, "o!config show").await;
    assert!(
        refused.starts_with(NEEDED),
        "whatever Redis holds: {refused}"
    );
    house.nothing_is_left().await;
}

/// Everything that Redis holds, as text.
async fn all_of(redis: &TestRedis) -> String {
    let script = "local all = {} for _, key in ipairs(redis.call('KEYS', '*')) do all[#all + 1] = key \
                  if redis.call('TYPE', key).ok == 'hash' then for _, part in ipairs(redis.call('HGETALL', key)) do \
                  all[#all + 1] = part end else all[#all + 1] = redis.call('DUMP', key) end end \
                  return table.concat(all, '\\n')";
    let all = redis.command(&["EVAL", script, "0"]).await;
    match all.expect("it answers") {
        redis::Value::BulkString(all) => String::from_utf8_lossy(&all).into_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_and_no_message_text_gets_into_redis() {
    let (redis, house) = with_redis().await;
    let mut conn = house.database.pool.acquire().await.expect("a connection");
    conn.batch_execute(&format!(
        "INSERT INTO guild_api_keys (guild_id, api_provider, encrypted_api_key, encrypted_github_auth_info) \
         VALUES ({}, 'provider', 'gAAAA-sealed-key', 'gAAAA-sealed-sign-in')",
        house.id()
    ))
    .await
    .expect("a key");
    drop(conn);
    house.admin("/botdetect enable on:true").await;
    house.admin("/config set key:PREFIX value:ö!").await;
    let mallory = house.member("mallory");
    for text in ["my private word", "claim your FREE NITRO now"] {
        mallory.posts(house.general, text).expect("a message");
    }
    types(&house, &mallory, "ö!config show").await;
    house.settled().await;
    let mut all = String::new();
    let told = async {
        while !all.contains("ö!") {
            all = all_of(&redis).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), told)
        .await
        .expect("the configuration is shared");
    assert!(all.contains(":permissions"), "{all}");
    let token = house.sim.token().to_owned();
    let all = all.to_lowercase();
    for secret in ["sealed", "gaaaa", "private", "nitro", &token.to_lowercase()] {
        assert!(!all.contains(secret), "{secret} is in Redis: {all}");
    }
    house.nothing_is_left().await;
}
