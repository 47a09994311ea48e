//! What follows the first answer, and what is refused, on the wire.

use super::Scene;
use super::answers::used;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_second_answer_is_refused_and_a_follow_up_is_not() {
    let used = used().await;
    let early = used
        .refused(Method::POST, &used.webhook, json!({"content": "x"}))
        .await;
    assert_eq!(early, (404, 10015));
    used.answers(4, json!({"content": "one"})).await;
    let body = json!({"type": 4, "data": {"content": "two"}});
    let twice = used.refused(Method::POST, &used.callback, body).await;
    assert_eq!(twice, (400, 40060));
    let more = json!({"content": "more"});
    let follow_up = used.scene.sends(Method::POST, &used.webhook, more).await;
    insta::assert_snapshot!(used.scene.pretty(&follow_up), @r#"
    {
      "id": "1509654160998400004",
      "channel_id": "1364699014779371520",
      "type": 20,
      "author": {
        "id": "1364699014762594304",
        "username": "aimod",
        "avatar": null,
        "discriminator": "0",
        "public_flags": 0,
        "flags": 0,
        "bot": true,
        "banner": null,
        "accent_color": null,
        "global_name": "AIMod",
        "avatar_decoration_data": null,
        "collectibles": null,
        "primary_guild": null
      },
      "content": "more",
      "timestamp": "2026-05-28T20:26:40.000000+00:00",
      "edited_timestamp": null,
      "tts": false,
      "mention_everyone": false,
      "mentions": [],
      "mention_roles": [],
      "attachments": [],
      "embeds": [],
      "components": [],
      "pinned": false,
      "flags": 0,
      "application_id": "1364699014762594304",
      "webhook_id": "1364699014762594304",
      "interaction_metadata": {
        "id": "1509654160998400002",
        "type": 2,
        "name": "ask",
        "user": {
          "id": "1364699014783565824",
          "username": "mallory",
          "avatar": null,
          "discriminator": "0",
          "public_flags": 0,
          "flags": 0,
          "banner": null,
          "accent_color": null,
          "global_name": null,
          "avatar_decoration_data": null,
          "collectibles": null,
          "primary_guild": null
        },
        "authorizing_integration_owners": {}
      }
    }
    "#);
    let own = format!(
        "{}/messages/{}",
        used.webhook,
        follow_up["id"].as_str().expect("an id")
    );
    used.scene
        .sends(Method::PATCH, &own, json!({"content": "even more"}))
        .await;
    let answer = used
        .pending
        .answer_when(|answer| answer.followups.len() == 1)
        .await
        .expect("an answer");
    assert_eq!(answer.followups[0]["content"], "even more");
    used.scene.sends(Method::DELETE, &own, json!({})).await;
    let others = used
        .refused(
            Method::GET,
            &format!("{}/messages/1", used.webhook),
            json!({}),
        )
        .await;
    assert_eq!(others, (404, 10008));
}

#[tokio::test]
async fn an_answer_after_three_seconds_is_too_late() {
    let used = used().await;
    let clock = used.scene.bench.sim.clock();
    clock.advance(chrono::TimeDelta::seconds(4));
    let body = json!({"type": 4, "data": {"content": "late"}});
    let late = used.refused(Method::POST, &used.callback, body).await;
    assert_eq!(late, (404, 10062));
}

#[tokio::test]
async fn a_follow_up_after_fifteen_minutes_is_too_late() {
    let used = used().await;
    used.answers(5, json!({"flags": 64})).await;
    let clock = used.scene.bench.sim.clock();
    clock.advance(chrono::TimeDelta::minutes(16));
    let late = used
        .refused(Method::POST, &used.webhook, json!({"content": "x"}))
        .await;
    assert_eq!(late, (401, 50027));
}

#[tokio::test]
async fn a_form_is_opened() {
    let used = used().await;
    let form = json!({"custom_id": "appeal", "title": "Appeal", "components": [
        {"type": 1, "components": [{"type": 4, "custom_id": "why", "label": "Why", "style": 2}]},
    ]});
    used.answers(9, form.clone()).await;
    let answer = used.pending.answer().await.expect("a form");
    assert_eq!(answer.modal, Some(form));
}

#[tokio::test]
async fn an_answer_is_checked_like_any_message() {
    let used = used().await;
    let long = json!({"type": 4, "data": {"content": "x".repeat(2001)}});
    let refused = used.refused(Method::POST, &used.callback, long).await;
    assert_eq!(refused, (400, 50035));
    let empty = json!({"type": 4, "data": {}});
    let refused = used.refused(Method::POST, &used.callback, empty).await;
    assert_eq!(refused, (400, 50006));
    for kind in [1, 7, 8, 99] {
        let wrong = json!({"type": kind, "data": {"content": "x"}});
        let refused = used.refused(Method::POST, &used.callback, wrong).await;
        assert_eq!(refused, (400, 50035), "{kind}");
    }
    // Nothing of that counted as the answer.
    used.answers(4, json!({"content": "fine"})).await;
}

#[tokio::test]
async fn commands_are_listed_replaced_and_deleted() {
    let scene = Scene::with_command(json!({"name": "ask", "description": "d"})).await;
    let path = format!(
        "/applications/{}/commands",
        scene.bench.sim.application_id()
    );
    insta::assert_snapshot!(scene.reads(&path).await, @r#"
    [
      {
        "type": 1,
        "name": "ask",
        "name_localizations": null,
        "description": "d",
        "description_localizations": null,
        "options": [],
        "default_member_permissions": null,
        "dm_permission": true,
        "contexts": null,
        "integration_types": [
          0
        ],
        "nsfw": false,
        "id": "1509654160998400000",
        "version": "1509654160998400001",
        "application_id": "1364699014762594304"
      }
    ]
    "#);
    let other = json!({"name": "other", "description": "d"});
    let made = scene.sends(Method::POST, &path, other).await;
    let own = format!("{path}/{}", made["id"].as_str().expect("an id"));
    assert_eq!(
        scene.sends(Method::GET, &own, json!({})).await["name"],
        "other"
    );
    scene.sends(Method::DELETE, &own, json!({})).await;
    let gone = scene.bench.fails(Method::GET, &own, json!({})).await;
    assert_eq!(gone, (404, 10063));
    let foreign = scene
        .bench
        .fails(Method::GET, "/applications/1/commands", json!({}))
        .await;
    assert_eq!(foreign, (404, 10002));
    let many: Vec<Value> = (0..101)
        .map(|n| json!({"name": format!("c{n}"), "description": "d"}))
        .collect();
    let refused = scene.bench.fails(Method::PUT, &path, json!(many)).await;
    assert_eq!(refused, (400, 30032));
}
