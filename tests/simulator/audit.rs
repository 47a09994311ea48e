//! What the audit log keeps, for how long, and how it is read; incident actions.

use aimod::domain::clock::Clock;
use aimod::simulator::{Permissions, SimulatorOptions};
use chrono::{DateTime, TimeDelta};
use reqwest::Method;
use serde_json::{Value, json};

use crate::Bench;

/// A clock that stands, and a bot that may do everything but is no administrator.
async fn bench() -> Bench {
    let noon = DateTime::from_timestamp(1_780_000_000, 0).expect("a time");
    let options = SimulatorOptions {
        clock: Clock::manual(noon),
        rate_limits: false,
        ..SimulatorOptions::default()
    };
    let bench = Bench::start_with(options).await;
    let all = Permissions::MODERATION_BOT | Permissions::MANAGE_GUILD;
    bench.guild.set_bot_permissions(all).expect("the bot");
    bench
}

impl Bench {
    /// A page of the log.
    async fn log(&self, query: &str) -> Vec<Value> {
        let path = format!("/guilds/{}/audit-logs?{query}", self.guild.id());
        let (status, page) = self.send(Method::GET, &path, Value::Null).await;
        assert!(status.is_success(), "{page}");
        let entries = page["audit_log_entries"].as_array().cloned();
        entries.expect("a list")
    }
}

fn number(entry: &Value) -> u64 {
    let id = entry["id"].as_str().and_then(|id| id.parse().ok());
    id.expect("an id")
}

fn actions(entries: &[Value]) -> Vec<u64> {
    let actions = entries.iter().map(|one| one["action_type"].as_u64());
    actions.map(|action| action.expect("a number")).collect()
}

#[tokio::test]
async fn overwrites_have_entries_of_their_own() {
    let bench = bench().await;
    let general = bench.guild.channel("general").expect("a channel");
    let role = bench.guild.add_role("muted", Permissions::NONE, 1);
    let path = format!("/channels/{general}/permissions/{role}");
    for deny in ["2048", "2112", "2112"] {
        let body = json!({"type": 0, "allow": "0", "deny": deny});
        bench.send(Method::PUT, &path, body).await;
    }
    bench.send(Method::DELETE, &path, Value::Null).await;
    let log = bench.log("").await;
    assert_eq!(actions(&log), [15, 14, 13], "what changes nothing has none");
    let options = json!({"id": role, "type": "0", "role_name": "muted"});
    assert!(log.iter().all(|entry| entry["options"] == options));
    assert!(log.iter().all(|entry| entry["target_id"] == json!(general)));
    let denied = json!([{"key": "deny", "old_value": "2048", "new_value": "2112"}]);
    assert_eq!(log[1]["changes"], denied);
    assert_eq!(
        bench.fails(Method::DELETE, &path, Value::Null).await,
        (404, 10009)
    );
    let whole = json!({"topic": "calm", "permission_overwrites": [{"id": role, "type": 0, "allow": "0", "deny": "64"}]});
    bench
        .send(Method::PATCH, &format!("/channels/{general}"), whole)
        .await;
    assert_eq!(actions(&bench.log("limit=2").await), [13, 11]);
    let member = bench.guild.add_member("mallory").expect("a member").id();
    let path = format!("/channels/{general}/permissions/{member}");
    bench
        .send(
            Method::PUT,
            &path,
            json!({"type": 1, "allow": "0", "deny": "1024"}),
        )
        .await;
    let newest = &bench.log("limit=1").await[0];
    assert_eq!(newest["options"], json!({"id": member, "type": "1"}));
}

#[tokio::test]
async fn nobody_overwrites_what_they_have_not() {
    let bench = bench().await;
    let general = bench.guild.channel("general").expect("a channel");
    let everyone = bench.guild.id().everyone_role();
    let path = format!("/channels/{general}/permissions/{everyone}");
    let priority = json!({"type": 0, "allow": Permissions::PRIORITY_SPEAKER, "deny": "0"});
    assert_eq!(
        bench.fails(Method::PUT, &path, priority).await,
        (403, 50013)
    );
    let list = json!({"permission_overwrites": [
        {"id": everyone, "type": 0, "allow": "0", "deny": Permissions::PRIORITY_SPEAKER},
    ]});
    let own = format!("/channels/{general}");
    assert_eq!(
        bench.fails(Method::PATCH, &own, list.clone()).await,
        (403, 50013)
    );
    let few = Permissions::VIEW_CHANNEL | Permissions::MANAGE_CHANNELS;
    bench.guild.set_bot_permissions(few).expect("the bot");
    assert_eq!(bench.fails(Method::PATCH, &own, list).await, (403, 50013));
}

#[tokio::test]
async fn moved_and_changed_roles_are_logged_with_what_changed() {
    let bench = bench().await;
    let role = bench.guild.add_role("helpers", Permissions::NONE, 2);
    let path = format!("/guilds/{}/roles", bench.guild.id());
    for place in [5, 5] {
        bench
            .send(
                Method::PATCH,
                &path,
                json!([{"id": role, "position": place}]),
            )
            .await;
    }
    let own = format!("{path}/{role}");
    for name in ["aides", "aides"] {
        bench.send(Method::PATCH, &own, json!({"name": name})).await;
    }
    let log = bench.log("action_type=31").await;
    let changes: Vec<&Value> = log.iter().map(|entry| &entry["changes"]).collect();
    let renamed = json!([{"key": "name", "old_value": "helpers", "new_value": "aides"}]);
    let moved = json!([{"key": "position", "old_value": 2, "new_value": 5}]);
    assert_eq!(changes, [&renamed, &moved]);
}

#[tokio::test]
async fn an_edit_that_changes_nothing_leaves_no_trace() {
    let bench = bench().await;
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let role = bench.guild.add_role("staff", Permissions::NONE, 2);
    let path = format!("/guilds/{}/members/{}", bench.guild.id(), mallory.id());
    let until = bench.sim.clock().now() + TimeDelta::hours(1);
    let body =
        json!({"nick": "mal", "roles": [role], "communication_disabled_until": until.to_rfc3339()});
    for _ in 0..2 {
        bench.send(Method::PATCH, &path, body.clone()).await;
        bench
            .send(Method::PUT, &format!("{path}/roles/{role}"), Value::Null)
            .await;
    }
    assert_eq!(actions(&bench.log("").await), [25, 24]);
    let (_, lifted) = bench.send(Method::PATCH, &path, json!({"nick": ""})).await;
    assert_eq!(lifted["nick"], Value::Null);
    bench
        .send(Method::PATCH, &path, json!({"nick": null}))
        .await;
    assert_eq!(actions(&bench.log("").await), [24, 25, 24]);
}

#[tokio::test]
async fn automod_writes_down_what_it_did() {
    let bench = bench().await;
    let alerts = bench.guild.add_channel("alerts");
    let rule = json!({
        "name": "words", "event_type": 1, "trigger_type": 1, "enabled": true,
        "trigger_metadata": {"keyword_filter": ["bad"]},
        "actions": [
            {"type": 1}, {"type": 2, "metadata": {"channel_id": alerts}},
            {"type": 3, "metadata": {"duration_seconds": 60}},
        ],
    });
    let path = format!("/guilds/{}/auto-moderation/rules", bench.guild.id());
    let (_, made) = bench.send(Method::POST, &path, rule).await;
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let general = bench.guild.channel("general").expect("a channel");
    mallory.posts(general, "bad word").expect_err("blocked");
    let log = bench.log("").await;
    assert_eq!(actions(&log), [145, 144, 143, 140]);
    for entry in &log[..3] {
        assert_eq!(entry["target_id"], json!(mallory.id()));
        let options = json!({
            "channel_id": general, "auto_moderation_rule_name": "words", "auto_moderation_rule_trigger_type": "1",
        });
        assert_eq!(entry["options"], options);
    }
    let (_, page) = bench
        .send(
            Method::GET,
            &format!("/guilds/{}/audit-logs", bench.guild.id()),
            Value::Null,
        )
        .await;
    assert_eq!(page["auto_moderation_rules"][0]["id"], made["id"]);
}

#[tokio::test]
async fn the_log_is_read_in_pages_from_either_end() {
    let bench = bench().await;
    let owner = bench.guild.owner().expect("an owner");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    for minutes in 1..=5 {
        let time = TimeDelta::minutes(minutes);
        owner
            .times_out(mallory.id(), time, "loud")
            .expect("timed out");
    }
    let all: Vec<u64> = bench.log("").await.iter().map(number).collect();
    assert!(all.is_sorted_by(|one, two| one > two), "newest first");
    let page =
        async |query: String| -> Vec<u64> { bench.log(&query).await.iter().map(number).collect() };
    assert_eq!(page(format!("before={}&limit=2", all[1])).await, all[2..4]);
    let (second, third) = (all[3], all[2]);
    assert_eq!(
        page(format!("after={}&limit=2", all[4])).await,
        [second, third],
        "oldest first"
    );
    assert_eq!(page(format!("after={}", all[0])).await, [0; 0]);
    let path = format!("/guilds/{}/audit-logs?limit=101", bench.guild.id());
    assert_eq!(
        bench.fails(Method::GET, &path, Value::Null).await,
        (400, 50035)
    );
}

#[tokio::test]
async fn entries_live_45_days() {
    let bench = bench().await;
    let owner = bench.guild.owner().expect("an owner");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let minute = TimeDelta::minutes(1);
    owner
        .times_out(mallory.id(), minute, "loud")
        .expect("timed out");
    bench.sim.advance(TimeDelta::days(44));
    assert_eq!(bench.log("").await.len(), 1);
    bench.sim.advance(TimeDelta::days(1));
    assert_eq!(bench.log("").await.len(), 0);
    owner.kicks(mallory.id(), "bye").expect("kicked");
    let kept = bench
        .sim
        .look(|world| world.audit_log(bench.guild.id()).len());
    assert_eq!(kept, 1, "the old one was forgotten");
}

#[tokio::test]
async fn invites_are_paused_for_a_day_at_most() {
    let bench = bench().await;
    let path = format!("/guilds/{}/incident-actions", bench.guild.id());
    let after = |hours: i64| bench.sim.clock().now() + TimeDelta::hours(hours);
    for field in ["invites_disabled_until", "dms_disabled_until"] {
        let long = json!({field: after(25).to_rfc3339()});
        let (status, body) = bench.send(Method::PUT, &path, long).await;
        assert_eq!((status.as_u16(), &body["code"]), (400, &json!(50035)));
        assert!(body["errors"][field]["_errors"].is_array(), "{body}");
    }
    let day = json!({"invites_disabled_until": after(24).to_rfc3339()});
    bench.send(Method::PUT, &path, day.clone()).await;
    bench.send(Method::PUT, &path, day).await;
    let dms = json!({"dms_disabled_until": after(1).to_rfc3339()});
    let (_, both) = bench.send(Method::PUT, &path, dms).await;
    assert!(
        both["invites_disabled_until"].is_string(),
        "what is left out stays"
    );
    let log = bench.log("action_type=1").await;
    assert_eq!(log.len(), 2, "the same pause again is nothing new");
    assert!(
        log.iter()
            .all(|entry| entry["target_id"] == json!(bench.guild.id()))
    );
    let weak = Permissions::MODERATION_BOT;
    bench.guild.set_bot_permissions(weak).expect("the bot");
    assert_eq!(
        bench.fails(Method::PUT, &path, json!({})).await,
        (403, 50013)
    );
}
