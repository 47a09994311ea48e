//! What the bot sends: embeds, nonces, commands one by one, deletions, roles, and guilds that are away.

use std::time::Duration;

use aimod::simulator::{Fault, Permissions};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Bench;
use crate::socket::Socket;

#[tokio::test]
async fn a_wrong_embed_is_named_in_the_tree() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/messages");
    let body = json!({"content": "x", "embeds": [
        {}, {"title": "t", "color": 16_777_216, "url": "ftp://a", "timestamp": "now"},
    ]});
    let (status, answer) = bench.send(Method::POST, &path, body).await;
    assert_eq!((status.as_u16(), &answer["code"]), (400, &json!(50035)));
    let tree = &answer["errors"]["embeds"];
    assert!(tree["0"]["description"]["_errors"].is_array());
    for field in ["color", "url", "timestamp"] {
        assert!(tree["1"][field]["_errors"].is_array(), "{field}: {tree}");
    }
}

#[tokio::test]
async fn a_nonce_stands_for_its_message_wherever_and_however_it_was_posted() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let other = bench.guild.add_channel("other");
    let posts = async |channel, enforced: bool| {
        let path = format!("/channels/{channel}/messages");
        let body = json!({"content": "once", "nonce": "n", "enforce_nonce": enforced});
        let (status, posted) = bench.send(Method::POST, &path, body).await;
        assert_eq!(status, StatusCode::OK, "{posted}");
        posted
    };
    let first = posts(general, false).await;
    let again = posts(other, true).await;
    assert_eq!(
        (&again["id"], &again["channel_id"]),
        (&first["id"], &json!(general))
    );
    let loose = posts(other, false).await;
    assert_ne!(loose["id"], first["id"]);
}

#[tokio::test]
async fn the_hundred_and_first_command_is_one_too_many_alone_as_well() {
    let bench = Bench::unlimited().await;
    let path = format!("/applications/{}/commands", bench.sim.application_id());
    let command = |n: usize| json!({"name": format!("c{n}"), "description": "d"});
    let hundred: Vec<Value> = (0..100).map(command).collect();
    let (status, made) = bench.send(Method::PUT, &path, json!(hundred)).await;
    assert_eq!(status, StatusCode::OK);
    let extra = bench.fails(Method::POST, &path, command(100)).await;
    assert_eq!(extra, (400, 30032));
    let (status, _) = bench.send(Method::POST, &path, command(7)).await;
    assert!(status.is_success(), "it replaces the one of its name");
    let own = format!("{path}/{}", made[0]["id"].as_str().expect("an id"));
    let taken = bench
        .fails(Method::PATCH, &own, json!({"name": "c1"}))
        .await;
    assert_eq!(taken, (400, 50035));
    let option = json!({"type": 12, "name": "a", "description": "d"});
    let edit = json!({"options": [option]});
    for (method, path, body) in [
        (Method::PATCH, own, edit.clone()),
        (
            Method::POST,
            path.clone(),
            json!({"name": "c1", "description": "d", "options": [option]}),
        ),
    ] {
        let refused = bench.fails(method, &path, body).await;
        assert_eq!(refused, (400, 50035));
    }
}

#[tokio::test]
async fn a_limit_that_others_share_does_not_count_towards_the_block() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}");
    let shared = Fault::Shared {
        retry_after: Duration::from_millis(500),
    };
    bench.sim.fail_next("*", 10_000, shared);
    let mut last = None;
    for _ in 0..10_000 {
        let response = bench.request(Method::GET, &path).send().await;
        last = Some(response.expect("an answer"));
    }
    let last = last.expect("many answers");
    assert_eq!(last.status().as_u16(), 429);
    assert_eq!(last.headers()["X-RateLimit-Scope"], "shared");
    let (status, _) = bench.send(Method::GET, &path, json!({})).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn what_a_bot_deletes_alone_is_not_written_down() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let owner = bench.guild.owner().expect("an owner");
    let deleted = || {
        bench.sim.look(|world| {
            let log = world.audit_log(bench.guild.id()).iter();
            log.filter(|entry| entry.action == 72).count()
        })
    };
    let message = mallory.posts(general, "rude").expect("posts");
    let path = format!("/channels/{general}/messages/{message}");
    bench.send(Method::DELETE, &path, json!({})).await;
    assert_eq!(deleted(), 0);
    let message = mallory.posts(general, "rude again").expect("posts");
    owner.deletes(message).expect("allowed");
    assert_eq!(deleted(), 1);
}

#[tokio::test]
async fn an_administrator_gives_what_nobody_knows_yet() {
    let bench = Bench::start().await;
    let path = format!("/guilds/{}/roles", bench.guild.id());
    let unknown = json!({"name": "new", "permissions": (1_u64 << 60).to_string()});
    let refused = bench.fails(Method::POST, &path, unknown.clone()).await;
    assert_eq!(refused, (403, 50013));
    bench
        .guild
        .set_bot_permissions(Permissions::ADMINISTRATOR)
        .expect("the bot's role");
    let (status, made) = bench.send(Method::POST, &path, unknown).await;
    assert_eq!(
        (status.as_u16(), &made["permissions"]),
        (200, &json!((1_u64 << 60).to_string()))
    );
}

#[tokio::test]
async fn pinning_and_hurrying_have_permissions_of_their_own() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    mallory
        .may(Permissions::MANAGE_MESSAGES | Permissions::MANAGE_CHANNELS)
        .expect("a role");
    let message = mallory.posts(general, "look").expect("posts");
    mallory.pins(message).expect_err("not with that");
    mallory.slows(general, 60).expect("slower");
    mallory.posts(general, "too soon").expect_err("slow mode");
    let both = Permissions::PIN_MESSAGES | Permissions::BYPASS_SLOWMODE;
    mallory.may(both).expect("a role");
    mallory.pins(message).expect("pinned");
    mallory.posts(general, "at once").expect("posts");
}

#[tokio::test]
async fn everything_of_a_guild_that_is_away_is_answered_alike() {
    let bench = Bench::start().await;
    let guild = bench.guild.id();
    let general = bench.guild.channel("general").expect("a channel");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let message = mallory.posts(general, "hello").expect("posts");
    bench.guild.outage();
    for (method, path) in [
        (Method::GET, format!("/guilds/{guild}")),
        (
            Method::PUT,
            format!("/guilds/{guild}/bans/{}", mallory.id()),
        ),
        (Method::GET, format!("/channels/{general}")),
        (Method::POST, format!("/channels/{general}/messages")),
        (
            Method::DELETE,
            format!("/channels/{general}/messages/{message}"),
        ),
    ] {
        let refused = bench.fails(method, &path, json!({"content": "x"})).await;
        assert_eq!(refused, (503, 0), "{path}");
    }
    bench.guild.restore();
    let path = format!("/channels/{general}/messages/{message}");
    let (status, _) = bench.send(Method::GET, &path, json!({})).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn an_alert_is_a_message_of_its_own_kind_and_tells_the_blind_nothing() {
    let bench = Bench::start().await;
    let all = Permissions::MODERATION_BOT | Permissions::MANAGE_GUILD;
    bench.guild.set_bot_permissions(all).expect("the bot");
    let mut socket = Socket::open(&bench.sim).await;
    let blind = 1 | 1 << 9 | 1 << 21;
    socket.identify(&bench.sim, blind, json!([0, 1])).await;
    bench.sim.bot_connected().await.expect("connected");
    let general = bench.guild.channel("general").expect("a channel");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let owner = bench.guild.owner().expect("an owner");
    let alert = json!([{"type": 2, "metadata": {"channel_id": general}}]);
    let rule = json!({
        "name": "words", "trigger_type": 1, "trigger_metadata": {"keyword_filter": ["bad"]}, "actions": alert,
    });
    owner.keeps_rule(&rule).expect("kept");
    mallory.posts(general, "so bad").expect("only alerted");
    let told = socket.dispatch("MESSAGE_CREATE").await;
    assert_eq!(told["type"], 24);
    let executed = socket.dispatch("AUTO_MODERATION_ACTION_EXECUTION").await;
    assert_eq!(
        (
            &executed["content"],
            &executed["matched_content"],
            &executed["matched_keyword"]
        ),
        (&json!(""), &json!(""), &json!("bad"))
    );
}

#[tokio::test]
async fn automod_silences_only_for_words_and_mentions_and_by_who_may() {
    let bench = Bench::start().await;
    let owner = bench.guild.owner().expect("an owner");
    let silence = json!([{"type": 3, "metadata": {"duration_seconds": 60}}]);
    let rule = |trigger: u8| {
        json!({"name": "r", "trigger_type": trigger, "actions": silence, "trigger_metadata":
            {"keyword_filter": ["x"], "mention_total_limit": 5}})
    };
    for (trigger, fits) in [(1, true), (3, false), (4, false), (5, true)] {
        assert_eq!(owner.keeps_rule(&rule(trigger)).is_ok(), fits, "{trigger}");
    }
    let alice = bench.guild.add_member("alice").expect("a member");
    alice.may(Permissions::MANAGE_GUILD).expect("a role");
    alice.keeps_rule(&rule(1)).expect_err("she may not silence");
    alice.may(Permissions::MODERATE_MEMBERS).expect("a role");
    alice.keeps_rule(&rule(1)).expect("she may");
}
