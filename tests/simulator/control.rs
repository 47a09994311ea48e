//! The control side over HTTP, as curl uses it, and waiting without sleeping.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::Bench;
use crate::bot::Bot;

impl Bench {
    /// Sends a control request as `curl -d` does, without a content type.
    pub(crate) async fn tell(&self, name: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/_sim/{name}", self.sim.api_base());
        let request = self.http.post(url).body(body.to_string());
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        (status, response.json().await.expect("json"))
    }

    pub(crate) async fn ask(&self, name: &str) -> Value {
        let url = format!("{}/_sim/{name}", self.sim.api_base());
        let response = self.http.get(url).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK, "{name}");
        response.json().await.expect("json")
    }

    /// Sends a control request that succeeds.
    pub(crate) async fn told(&self, name: &str, body: Value) -> Value {
        let (status, answer) = self.tell(name, body).await;
        assert_eq!(status, 200, "{name}: {answer}");
        answer
    }
}

#[tokio::test]
async fn a_world_is_built_and_looked_at() {
    let bench = Bench::start().await;
    bench.told("channels", json!({"name": "mod-log"})).await;
    bench
        .told(
            "channels",
            json!({"name": "talk", "kind": "thread", "parent": "#general"}),
        )
        .await;
    let role =
        json!({"name": "staff", "permissions": ["BAN_MEMBERS", "kick members"], "position": 9});
    bench.told("roles", role).await;
    bench
        .told("members", json!({"user": "alice", "roles": ["staff"]}))
        .await;
    bench
        .told("join", json!({"user": "mallory", "account_age_days": 1}))
        .await;
    let world = bench.ask("world").await;
    let guild = &world["guilds"][0];
    let names = |list: &Value| -> Vec<String> {
        let list = list.as_array().expect("a list").iter();
        list.map(|one| one["name"].as_str().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(names(&guild["channels"]), ["general", "mod-log", "talk"]);
    let mut members = names(&guild["members"]);
    members.sort();
    assert_eq!(members, ["admin", "aimod", "alice", "mallory"]);
    let alice = bench.guild.member("alice").expect("a member");
    assert!(bench.sim.look(|world| {
        let general = world
            .find_channel(bench.guild.id(), "general")
            .expect("known");
        let needed = aimod::simulator::Permissions::BAN_MEMBERS;
        world.permissions_in(general, alice.id()).contains(needed)
    }));
    let mallory = bench.guild.member("mallory").expect("a member").id();
    let age = bench.sim.clock().now() - mallory.created_at();
    assert_eq!(age.num_days(), 1);
}

#[tokio::test]
async fn messages_are_written_edited_deleted_and_listed() {
    let bench = Bench::start().await;
    bench.told("members", json!({"user": "mallory"})).await;
    let posted = json!({"user": "mallory", "channel": "general", "content": "one"});
    let first = bench.told("post", posted).await["message_id"].clone();
    let reply = json!({"user": "admin", "content": "re", "reply_to": first});
    bench.told("post", reply).await;
    let edit = json!({"user": "mallory", "message": first, "content": "uno"});
    bench.told("edit", edit).await;
    let list = bench.ask("messages?channel=general").await;
    assert_eq!(list[0]["content"], "uno");
    assert_eq!(list[0]["author_name"], "mallory");
    assert_eq!(list[1]["referenced_message"]["content"], "uno");
    bench
        .told("delete", json!({"user": "admin", "message": first}))
        .await;
    assert_eq!(
        bench.ask("messages").await.as_array().map(Vec::len),
        Some(1)
    );
    bench
        .told("dm", json!({"user": "mallory", "content": "psst"}))
        .await;
    assert_eq!(bench.ask("dms?user=mallory").await[0]["content"], "psst");
}

#[tokio::test]
async fn a_command_waits_for_its_answer() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    assert_eq!(bench.ask("ready").await["ready"], true);
    let line = json!({"user": "admin", "line": "/config set ENABLED false"});
    let answer = bench.told("command", line).await;
    assert_eq!(answer["ephemeral"], true);
    assert!(
        answer["text"]
            .as_str()
            .is_some_and(|text| text.starts_with("ENABLED is false"))
    );
    let typed = json!({"user": "admin", "line": "/config set PRE"});
    let suggestions = bench.told("autocomplete", typed).await;
    assert_eq!(suggestions["choices"][0]["name"], "PREFIX");
    let (status, body) = bench
        .tell("command", json!({"user": "admin", "line": "/nothing"}))
        .await;
    assert_eq!(status, 404);
    assert!(
        body["error"]
            .as_str()
            .is_some_and(|text| text.contains("no command /nothing"))
    );
    bench.told("members", json!({"user": "alice"})).await;
    let hidden = json!({"user": "alice", "line": "/config show"});
    assert_eq!(bench.tell("command", hidden.clone()).await.0, 403);
    let mut unchecked = hidden;
    unchecked["unchecked"] = json!(true);
    bench.told("command", unchecked).await;
    let requests = bench.ask("requests?pattern=POST%20/interactions/**").await;
    assert_eq!(requests["fitting"], 3);
    assert!(bench.ask("events").await["sent"].as_u64() > Some(0));
    bot.stop().await;
}

#[tokio::test]
async fn people_moderate_over_http() {
    let bench = Bench::start().await;
    bench.told("members", json!({"user": "mallory"})).await;
    let target = json!({"user": "admin", "target": "mallory", "reason": "by hand", "seconds": 60});
    bench.told("timeout", target.clone()).await;
    let word = json!({"user": "mallory", "content": "mmf"});
    let (status, body) = bench.tell("post", word).await;
    assert_eq!((status, &body["discord"]["code"]), (403, &json!(50013)));
    let mut act = target;
    act.as_object_mut().expect("an object").remove("seconds");
    bench.told("ban", act.clone()).await;
    assert_eq!(bench.ask("bans").await["mallory"]["reason"], "by hand");
    bench.told("unban", act.clone()).await;
    bench.told("join", json!({"user": "mallory"})).await;
    bench.told("kick", act).await;
    let log = bench.ask("audit").await;
    let kinds: Vec<_> = log
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|entry| entry["action_type"].as_u64())
        .collect();
    assert_eq!(kinds, [24, 22, 23, 20]);
}

#[tokio::test]
async fn things_are_broken_over_http() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let fault = json!({
        "pattern": "GET /users/@me", "times": 1, "fault": {"kind": "status", "status": 503},
    });
    bench.told("faults", fault).await;
    let (status, _) = bench
        .send(reqwest::Method::GET, "/users/@me", json!({}))
        .await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    bench.told("gateway", json!({"action": "drop"})).await;
    bench.sim.bot_reconnected(1, 1).await.expect("resumed");
    let raw = json!({"guild": "Demo", "event": "STRANGE", "data": {"x": 1}});
    bench.told("raw", raw).await;
    bench
        .told(
            "permissions",
            json!({"role": "bot", "permissions": "BAN_MEMBERS"}),
        )
        .await;
    let hide = json!({"channel": "general", "role": "@everyone", "deny": "VIEW_CHANNEL"});
    bench.told("overwrite", hide).await;
    bench.told("outage", json!({"on": true})).await;
    bench.told("outage", json!({"on": false})).await;
    bench.told("bot", json!({"present": false})).await;
    assert_eq!(bench.ask("world").await["guilds"][0]["bot_present"], false);
    bot.stop().await;
}

#[tokio::test]
async fn a_wrong_request_says_what_is_wrong() {
    let bench = Bench::start().await;
    for (name, body, status, told) in [
        (
            "post",
            json!({"content": "x"}),
            400,
            "the field \"user\" is missing",
        ),
        (
            "post",
            json!({"user": "nobody", "content": "x"}),
            404,
            "no member \"nobody\"",
        ),
        (
            "post",
            json!({"user": "admin", "channel": "none", "content": "x"}),
            404,
            "no channel \"none\"",
        ),
        (
            "post",
            json!({"user": "admin", "contents": "x"}),
            400,
            "unknown field",
        ),
        (
            "channels",
            json!({"name": "x", "kind": "odd"}),
            404,
            "no kind of channel \"odd\"",
        ),
        (
            "roles",
            json!({"name": "x", "permissions": "FLY"}),
            404,
            "no permission \"FLY\"",
        ),
        (
            "faults",
            json!({"pattern": "*", "fault": {"kind": "odd"}}),
            400,
            "is no fault",
        ),
        (
            "gateway",
            json!({"action": "odd"}),
            404,
            "no action \"odd\"",
        ),
        ("guilds", json!([]), 400, "wrong request"),
    ] {
        let (answered, body) = bench.tell(name, body).await;
        let error = body["error"].as_str().expect("an error");
        assert!(
            answered == status && error.contains(told),
            "{name}: {answered} {error}"
        );
    }
}

#[tokio::test]
async fn a_guild_is_named_when_there_are_several() {
    let bench = Bench::start().await;
    let other = bench.sim.add_guild("Other");
    let (status, _) = bench
        .tell("post", json!({"user": "admin", "content": "x"}))
        .await;
    assert_eq!(status, 400, "which guild is not clear any more");
    let chosen = json!({"guild": other.id(), "user": "admin", "content": "x"});
    bench.told("post", chosen).await;
}

#[tokio::test]
async fn waiting_ends_with_the_change_or_names_what_did_not_come() {
    let bench = Bench::start().await;
    let mallory = bench.sim.user("mallory");
    let guild = bench.guild.id();
    let waits = bench
        .sim
        .wait_until("mallory", |world| world.is_member(guild, mallory));
    let joins = async { bench.guild.joins("mallory").expect("joins") };
    let (waited, _) = tokio::join!(waits, joins);
    waited.expect("joined");
    let short = Duration::from_millis(20);
    let never = bench
        .sim
        .wait_within("a miracle", short, |_| None::<()>)
        .await;
    let told = never.expect_err("in vain").to_string();
    assert!(told.contains("a miracle"), "{told}");
}

#[tokio::test]
async fn a_browser_is_told_where_things_are() {
    let bench = Bench::start().await;
    let response = bench.http.get(bench.sim.api_base()).send().await;
    let text = response.expect("an answer").text().await.expect("text");
    assert!(text.contains("/api/v10") && text.contains("/_sim/"));
}
