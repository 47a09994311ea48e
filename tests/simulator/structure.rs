//! What a bot builds and takes down: channels, threads, roles, invites, reactions, pins, each with its refusals.

use aimod::simulator::{ChannelKind, Permissions};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Bench;

const NOBODY: &str = "1234567890123456789";

async fn bench() -> Bench {
    let bench = Bench::unlimited().await;
    let all = Permissions::MODERATION_BOT | Permissions::MANAGE_GUILD;
    bench.guild.set_bot_permissions(all).expect("the bot");
    bench
}

impl Bench {
    async fn makes(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.send(Method::POST, path, body).await;
        assert!(status.is_success(), "{path}: {answer}");
        answer
    }

    async fn does(&self, method: Method, path: &str) -> StatusCode {
        self.send(method, path, Value::Null).await.0
    }
}

fn id(answer: &Value) -> &str {
    answer["id"].as_str().expect("an id")
}

#[tokio::test]
async fn a_channel_is_made_in_its_category_and_taken_down() {
    let bench = bench().await;
    let path = format!("/guilds/{}/channels", bench.guild.id());
    let category = bench
        .makes(&path, json!({"name": "rooms", "type": 4}))
        .await;
    let new = json!({"name": "quiet", "parent_id": id(&category), "topic": "hush", "rate_limit_per_user": 5});
    let made = bench.makes(&path, new).await;
    assert_eq!(
        (&made["topic"], &made["parent_id"]),
        (&json!("hush"), &category["id"])
    );
    let own = format!("/channels/{}", id(&made));
    let (_, changed) = bench
        .send(
            Method::PATCH,
            &own,
            json!({"topic": null, "parent_id": null, "name": "loud"}),
        )
        .await;
    let facts = (&changed["topic"], &changed["parent_id"], &changed["name"]);
    assert_eq!(facts, (&json!(null), &json!(null), &json!("loud")));
    assert_eq!(bench.does(Method::DELETE, &own).await, StatusCode::OK);
    assert_eq!(
        bench.fails(Method::GET, &own, json!({})).await,
        (404, 10003)
    );
    for (body, wrong) in [
        (json!({"name": ""}), "name"),
        (json!({"name": "x".repeat(101)}), "name"),
        (json!({"name": "x", "topic": "x".repeat(1_025)}), "topic"),
        (
            json!({"name": "x", "rate_limit_per_user": 21_601}),
            "rate_limit_per_user",
        ),
        (json!({"name": "x", "parent_id": NOBODY}), "parent_id"),
        (json!({"name": "x", "type": 99}), "type"),
    ] {
        let (_, answer) = bench.send(Method::POST, &path, body).await;
        assert_eq!(answer["code"], 50035, "{wrong}");
        assert!(answer["errors"][wrong]["_errors"].is_array(), "{answer}");
    }
    for number in 1..500 {
        let made = bench.guild.add_channel(&format!("c{number}"));
        assert_ne!(made.to_string(), "");
    }
    let full = bench.fails(Method::POST, &path, json!({"name": "x"})).await;
    assert_eq!(full, (400, 30013));
}

#[tokio::test]
async fn a_thread_is_started_locked_and_woken() {
    let bench = bench().await;
    let general = bench.guild.channel("general").expect("a channel");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let message = mallory.posts(general, "a story").expect("posts");
    let path = format!("/channels/{general}/messages/{message}/threads");
    let made = bench.makes(&path, json!({"name": "story"})).await;
    assert_eq!(id(&made), message.to_string(), "the id of its message");
    let again = bench.fails(Method::POST, &path, json!({"name": "x"})).await;
    assert_eq!(again, (400, 160_004));
    let own = format!("/channels/{message}");
    let thread = bench.guild.channel("story").expect("a thread");
    let set = async |body: Value| bench.send(Method::PATCH, &own, body).await.1;
    let archived = set(json!({"archived": true})).await;
    assert_eq!(archived["thread_metadata"]["archived"], true);
    mallory.posts(thread, "not over").expect("wakes it");
    bench
        .sim
        .look(|world| assert!(!world.channel(thread).expect("there").archived));
    set(json!({"locked": true})).await;
    let refused = mallory.posts(thread, "now?").expect_err("locked");
    assert!(refused.to_string().contains("160005"), "{refused}");
    let voice = bench
        .guild
        .add_channel_in("voice", ChannelKind::Voice, None);
    let path = format!("/channels/{voice}/threads");
    let wrong = bench
        .fails(Method::POST, &path, json!({"name": "x", "type": 11}))
        .await;
    assert_eq!(wrong, (400, 50024));
    assert_eq!(bench.does(Method::DELETE, &own).await, StatusCode::OK);
}

#[tokio::test]
async fn roles_are_made_given_moved_and_deleted_below_the_bots_own() {
    let bench = bench().await;
    let path = format!("/guilds/{}/roles", bench.guild.id());
    let made = bench
        .makes(
            &path,
            json!({"name": "helpers", "permissions": "1024", "color": 255, "hoist": true}),
        )
        .await;
    assert_eq!(
        (&made["color"], &made["hoist"]),
        (&json!(255), &json!(true))
    );
    let own = format!("{path}/{}", id(&made));
    let (_, changed) = bench
        .send(
            Method::PATCH,
            &own,
            json!({"name": "aides", "mentionable": true}),
        )
        .await;
    assert_eq!(
        (&changed["name"], &changed["mentionable"]),
        (&json!("aides"), &json!(true))
    );
    let place = |position: u16| json!([{"id": id(&made), "position": position}]);
    let (status, _) = bench.send(Method::PATCH, &path, place(7)).await;
    assert_eq!(status, StatusCode::OK);
    let role = bench.guild.role("aides").expect("a role");
    let position = bench
        .sim
        .look(|world| world.guild(bench.guild.id()).expect("there").roles[&role].position);
    assert_eq!(position, 7);
    assert_eq!(
        bench.fails(Method::PATCH, &path, place(100)).await,
        (403, 50013)
    );
    assert_eq!(
        bench.does(Method::DELETE, &own).await,
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn roles_have_limits_of_might_and_number() {
    let bench = bench().await;
    let path = format!("/guilds/{}/roles", bench.guild.id());
    let more = json!({"permissions": Permissions::ADMINISTRATOR.0.to_string()});
    assert_eq!(
        bench.fails(Method::POST, &path, more).await,
        (403, 50013),
        "what it has not"
    );
    let above = bench.guild.add_role("above", Permissions::NONE, 200);
    let high = format!("{path}/{above}");
    assert_eq!(
        bench.fails(Method::DELETE, &high, json!({})).await,
        (403, 50013)
    );
    let everyone = format!("{path}/{}", bench.guild.id());
    assert_eq!(
        bench.fails(Method::DELETE, &everyone, json!({})).await,
        (400, 50028)
    );
    let long = json!({"name": "x".repeat(101), "color": 0x0100_0000});
    assert_eq!(bench.fails(Method::POST, &path, long).await, (400, 50035));
    for number in 0..250 {
        let name = format!("r{number}");
        let role = bench.guild.add_role(&name, Permissions::NONE, 1);
        assert_ne!(role, above);
    }
    assert_eq!(
        bench.fails(Method::POST, &path, json!({})).await,
        (400, 30005)
    );
}

#[tokio::test]
async fn an_invite_lasts_as_long_as_it_says() {
    let clock = aimod::domain::clock::Clock::manual(
        chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000),
    );
    let options = aimod::simulator::SimulatorOptions {
        clock: clock.clone(),
        rate_limits: false,
        ..Default::default()
    };
    let bench = Bench::start_with(options).await;
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/invites");
    let made = bench
        .makes(&path, json!({"max_age": 60, "max_uses": 1}))
        .await;
    let code = made["code"].as_str().expect("a code").to_owned();
    let own = format!("/invites/{code}");
    assert_eq!(bench.does(Method::GET, &own).await, StatusCode::OK);
    clock.advance(chrono::TimeDelta::seconds(60));
    assert_eq!(
        bench.fails(Method::GET, &own, json!({})).await,
        (404, 10006)
    );
    let long = json!({"max_age": 604_801, "max_uses": 101});
    assert_eq!(bench.fails(Method::POST, &path, long).await, (400, 50035));
    for _ in 0..1_000 {
        bench.makes(&path, json!({})).await;
    }
    assert_eq!(
        bench.fails(Method::POST, &path, json!({})).await,
        (400, 30016)
    );
}

#[tokio::test]
async fn reactions_are_counted_and_taken_back() {
    let bench = bench().await;
    let general = bench.guild.channel("general").expect("a channel");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let message = mallory.posts(general, "like me").expect("posts");
    let path = format!("/channels/{general}/messages/{message}");
    let thumb = format!("{path}/reactions/%F0%9F%91%8D");
    let own = format!("{thumb}/@me");
    assert_eq!(bench.does(Method::PUT, &own).await, StatusCode::NO_CONTENT);
    assert_eq!(bench.does(Method::PUT, &own).await, StatusCode::NO_CONTENT);
    let reactions =
        async || bench.send(Method::GET, &path, Value::Null).await.1["reactions"].clone();
    let shown = reactions().await;
    assert_eq!(
        (
            &shown[0]["emoji"]["name"],
            &shown[0]["count"],
            &shown[0]["me"]
        ),
        (&json!("👍"), &json!(1), &json!(true))
    );
    let (_, users) = bench.send(Method::GET, &thumb, Value::Null).await;
    assert_eq!(users[0]["username"], "aimod");
    assert_eq!(
        bench.does(Method::DELETE, &own).await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(reactions().await, Value::Null);
    let wrong = format!("{path}/reactions/thumb/@me");
    assert_eq!(
        bench.fails(Method::PUT, &wrong, json!({})).await,
        (400, 10014)
    );
    for number in 0..20_u32 {
        let emoji = char::from_u32(0x1F600 + number)
            .expect("an emoji")
            .to_string();
        let encoded: String = emoji.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let path = format!("{path}/reactions/{encoded}/@me");
        assert_eq!(bench.does(Method::PUT, &path).await, StatusCode::NO_CONTENT);
    }
    assert_eq!(
        bench.fails(Method::PUT, &own, json!({})).await,
        (400, 30010)
    );
}

#[tokio::test]
async fn a_message_is_pinned_and_taken_down() {
    let bench = bench().await;
    let general = bench.guild.channel("general").expect("a channel");
    let owner = bench.guild.owner().expect("an owner");
    let message = owner.posts(general, "rules").expect("posts");
    let pins = format!("/channels/{general}/messages/pins");
    let own = format!("{pins}/{message}");
    assert_eq!(bench.does(Method::PUT, &own).await, StatusCode::NO_CONTENT);
    let (_, listed) = bench.send(Method::GET, &pins, Value::Null).await;
    assert_eq!(listed["items"][0]["message"]["pinned"], true);
    assert_eq!(
        bench.does(Method::DELETE, &own).await,
        StatusCode::NO_CONTENT
    );
    let (_, listed) = bench.send(Method::GET, &pins, Value::Null).await;
    assert_eq!(listed["items"], json!([]));
    for _ in 0..250 {
        let message = owner.posts(general, "more").expect("posts");
        bench.does(Method::PUT, &format!("{pins}/{message}")).await;
    }
    assert_eq!(
        bench.fails(Method::PUT, &own, json!({})).await,
        (400, 30003)
    );
    let unknown = format!("{pins}/{NOBODY}");
    assert_eq!(
        bench.fails(Method::PUT, &unknown, json!({})).await,
        (404, 10008)
    );
}
