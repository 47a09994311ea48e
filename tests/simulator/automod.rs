//! AutoMod, slow mode and the rest of what keeps members from writing.

use aimod::domain::clock::Clock;
use aimod::domain::ids::ChannelId;
use aimod::simulator::{ControlError, Permissions, SimMember, SimulatorOptions};
use chrono::{DateTime, TimeDelta};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Bench;

struct Scene {
    bench: Bench,
    clock: Clock,
    general: ChannelId,
    mallory: SimMember,
}

async fn scene() -> Scene {
    let clock = Clock::manual(DateTime::from_timestamp(1_780_000_000, 0).expect("a time"));
    let options = SimulatorOptions {
        clock: clock.clone(),
        rate_limits: false,
        ..SimulatorOptions::default()
    };
    let bench = Bench::start_with(options).await;
    let all = Permissions::MODERATION_BOT | Permissions::MANAGE_GUILD;
    bench.guild.set_bot_permissions(all).expect("the bot");
    Scene {
        general: bench.guild.channel("general").expect("a channel"),
        mallory: bench.guild.add_member("mallory").expect("a member"),
        bench,
        clock,
    }
}

/// Discord's code for a post that is refused; 0 for one that stands.
fn posted(scene: &Scene, text: &str) -> u32 {
    match scene.mallory.posts(scene.general, text) {
        Ok(_) => 0,
        Err(ControlError::Refused(error)) => error.code,
        Err(other) => panic!("{other}"),
    }
}

fn rules(scene: &Scene) -> String {
    format!("/guilds/{}/auto-moderation/rules", scene.bench.guild.id())
}

fn rule(metadata: &Value, actions: &Value) -> Value {
    json!({
        "name": "words", "event_type": 1, "trigger_type": 1, "enabled": true, "trigger_metadata": metadata,
        "actions": actions,
    })
}

async fn made(scene: &Scene, metadata: Value, actions: Value) -> Value {
    let (status, made) = scene
        .bench
        .send(Method::POST, &rules(scene), rule(&metadata, &actions))
        .await;
    assert_eq!(status, StatusCode::OK, "{made}");
    made
}

#[tokio::test]
async fn a_blocked_word_is_never_shown() {
    let scene = scene().await;
    let words = json!({"keyword_filter": ["free nitro*"], "allow_list": ["free nitrogen"]});
    let made = made(&scene, words, json!([{"type": 1}])).await;
    assert_eq!(posted(&scene, "get FREE NITRO here"), 200_000);
    assert_eq!(posted(&scene, "free nitrogen"), 0);
    let owner = scene.bench.guild.owner().expect("an owner");
    owner
        .posts(scene.general, "no free nitro here")
        .expect("staff is exempt");
    let path = format!("{}/{}", rules(&scene), made["id"].as_str().expect("an id"));
    let off = json!({"enabled": false});
    let (_, changed) = scene.bench.send(Method::PATCH, &path, off).await;
    assert_eq!(changed["enabled"], false);
    assert_eq!(posted(&scene, "free nitro"), 0);
    let deleted = scene.bench.send(Method::DELETE, &path, json!({})).await;
    assert_eq!(deleted.0, StatusCode::NO_CONTENT);
    assert_eq!(
        scene.bench.fails(Method::GET, &path, json!({})).await,
        (404, 0)
    );
}

#[tokio::test]
async fn a_rule_can_alert_and_silence() {
    let scene = scene().await;
    let alerts = scene.bench.guild.add_channel("alerts");
    let actions = json!([
        {"type": 2, "metadata": {"channel_id": alerts}},
        {"type": 3, "metadata": {"duration_seconds": 60}},
    ]);
    made(&scene, json!({"regex_patterns": ["b[a4]d"]}), actions).await;
    assert_eq!(posted(&scene, "so b4d"), 0, "nothing blocks it");
    scene.bench.sim.look(|world| {
        assert_eq!(world.messages(alerts)[0].embeds[0]["description"], "so b4d");
        let until = world.timeout_until(scene.bench.guild.id(), scene.mallory.id());
        assert_eq!(until, Some(scene.clock.now() + TimeDelta::seconds(60)));
    });
    assert_eq!(posted(&scene, "silenced?"), 50013);
    scene.clock.advance(TimeDelta::seconds(60));
    assert_eq!(posted(&scene, "free again"), 0);
}

#[tokio::test]
async fn rules_have_limits() {
    let scene = scene().await;
    let many = vec!["x"; 1_001];
    let patterns = vec!["x"; 11];
    for metadata in [
        json!({"keyword_filter": many}),
        json!({"keyword_filter": ["x".repeat(61)]}),
        json!({"regex_patterns": patterns}),
        json!({"regex_patterns": ["x".repeat(261)]}),
        json!({"regex_patterns": ["("]}),
        json!({"allow_list": ["x".repeat(61)]}),
    ] {
        let body = rule(&metadata, &json!([{"type": 1}]));
        let (_, answer) = scene.bench.send(Method::POST, &rules(&scene), body).await;
        assert_eq!(answer["code"], 50035);
        assert!(answer["errors"]["trigger_metadata"].is_object(), "{answer}");
    }
    for _ in 0..6 {
        made(
            &scene,
            json!({"keyword_filter": ["x"]}),
            json!([{"type": 1}]),
        )
        .await;
    }
    let seventh = rule(&json!({"keyword_filter": ["x"]}), &json!([{"type": 1}]));
    let (_, answer) = scene
        .bench
        .send(Method::POST, &rules(&scene), seventh)
        .await;
    let code = &answer["errors"]["trigger_type"]["_errors"][0]["code"];
    assert_eq!(code, "AUTO_MODERATION_MAX_RULES_OF_TYPE_EXCEEDED");
    scene
        .bench
        .guild
        .set_bot_permissions(Permissions::MODERATION_BOT)
        .expect("the bot");
    let refused = scene
        .bench
        .fails(Method::GET, &rules(&scene), json!({}))
        .await;
    assert_eq!(refused, (403, 50013));
}

#[tokio::test]
async fn slow_mode_holds_members_but_not_moderators() {
    let scene = scene().await;
    let path = format!("/channels/{}", scene.general);
    let slow = json!({"rate_limit_per_user": 10});
    scene.bench.send(Method::PATCH, &path, slow).await;
    assert_eq!(posted(&scene, "one"), 0);
    assert_eq!(posted(&scene, "two"), 20016);
    let owner = scene.bench.guild.owner().expect("an owner");
    for text in ["a", "b"] {
        owner.posts(scene.general, text).expect("exempt");
    }
    scene.clock.advance(TimeDelta::seconds(11));
    assert_eq!(posted(&scene, "two"), 0);
}

#[tokio::test]
async fn old_messages_are_not_deleted_in_bulk() {
    let scene = scene().await;
    let old = scene.mallory.posts(scene.general, "old").expect("posts");
    scene
        .clock
        .advance(TimeDelta::days(14) + TimeDelta::seconds(1));
    let new = scene.mallory.posts(scene.general, "new").expect("posts");
    let path = format!("/channels/{}/messages/bulk-delete", scene.general);
    let delete = async |ids: Value| {
        scene
            .bench
            .fails(Method::POST, &path, json!({"messages": ids}))
            .await
    };
    assert_eq!(delete(json!([old, new])).await, (400, 50034));
    assert_eq!(delete(json!([new])).await, (400, 50016));
    let many: Vec<_> = (0..101).map(|_| new).collect();
    assert_eq!(delete(json!(many)).await, (400, 50016));
}

#[tokio::test]
async fn more_than_200_are_not_banned_at_once() {
    let scene = scene().await;
    let ids: Vec<String> = (1..=201).map(|id: u64| id.to_string()).collect();
    let path = format!("/guilds/{}/bulk-ban", scene.bench.guild.id());
    let (_, answer) = scene
        .bench
        .send(Method::POST, &path, json!({"user_ids": ids}))
        .await;
    assert_eq!(
        answer["errors"]["user_ids"]["_errors"][0]["code"],
        "BASE_TYPE_BAD_LENGTH"
    );
}

#[tokio::test]
async fn without_a_shared_guild_there_is_no_direct_message() {
    let scene = scene().await;
    let (_, opened) = scene
        .bench
        .send(
            Method::POST,
            "/users/@me/channels",
            json!({"recipient_id": scene.mallory.id()}),
        )
        .await;
    let path = format!(
        "/channels/{}/messages",
        opened["id"].as_str().expect("an id")
    );
    let (status, _) = scene
        .bench
        .send(Method::POST, &path, json!({"content": "hi"}))
        .await;
    assert_eq!(status, StatusCode::OK);
    scene.mallory.leaves().expect("left");
    let refused = scene
        .bench
        .fails(Method::POST, &path, json!({"content": "hi"}))
        .await;
    assert_eq!(refused, (403, 50007));
}

#[tokio::test]
async fn the_facts_of_files_are_kept() {
    let scene = scene().await;
    let body = "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{\"content\":\"see\"}\r\n\
                --b\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a.txt\"\r\n\
                Content-Type: text/plain\r\n\r\nhello\r\n--b--\r\n";
    let path = format!("/channels/{}/messages", scene.general);
    let request = scene.bench.request(Method::POST, &path);
    let request = request.header("Content-Type", "multipart/form-data; boundary=b");
    let response = request.body(body).send().await.expect("sent");
    let posted: Value = response.json().await.expect("json");
    let file = &posted["attachments"][0];
    let facts = (&file["filename"], &file["size"], &file["content_type"]);
    assert_eq!(facts, (&json!("a.txt"), &json!(5), &json!("text/plain")));
}
