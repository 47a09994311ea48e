//! The bot's answers to interactions: the first one, edits, follow-ups, deletions, and what is refused.

use aimod::simulator::Pending;
use reqwest::Method;
use serde_json::{Value, json};

use super::Scene;

/// A used command, and the two addresses that its answers go to.
pub(super) struct Used {
    pub(super) scene: Scene,
    pub(super) pending: Pending,
    pub(super) callback: String,
    pub(super) webhook: String,
}

pub(super) async fn used() -> Used {
    let mut scene = Scene::with_command(json!({"name": "ask", "description": "d"})).await;
    let pending = scene.mallory.runs("/ask").expect("a command");
    let interaction = scene.socket.dispatch("INTERACTION_CREATE").await;
    let text = |name: &str| interaction[name].as_str().expect("text").to_owned();
    let (id, token) = (text("id"), text("token"));
    Used {
        callback: format!("/interactions/{id}/{token}/callback"),
        webhook: format!("/webhooks/{}/{token}", text("application_id")),
        scene,
        pending,
    }
}

impl Used {
    pub(super) async fn answers(&self, kind: u8, data: Value) -> Value {
        let body = json!({"type": kind, "data": data});
        self.scene.sends(Method::POST, &self.callback, body).await
    }

    pub(super) async fn refused(&self, method: Method, path: &str, body: Value) -> (u16, u64) {
        self.scene.bench.fails(method, path, body).await
    }
}

#[tokio::test]
async fn an_answer_stands_in_the_channel() {
    let mut used = used().await;
    let silent = used.answers(4, json!({"content": "yes"})).await;
    assert_eq!(silent, Value::Null);
    insta::assert_snapshot!(used.scene.hears("MESSAGE_CREATE").await, @r#"
    {
      "id": "1509654160998400003",
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
      "content": "yes",
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
      },
      "guild_id": "1364699014770982912",
      "member": {
        "nick": null,
        "avatar": null,
        "banner": null,
        "roles": [
          "1364699014775177216"
        ],
        "joined_at": "2026-05-28T20:26:40.000000+00:00",
        "premium_since": null,
        "deaf": false,
        "mute": false,
        "flags": 0,
        "pending": false,
        "communication_disabled_until": null
      }
    }
    "#);
    let original = format!("{}/messages/@original", used.webhook);
    let read = used.scene.sends(Method::GET, &original, json!({})).await;
    assert_eq!(read["content"], "yes");
    let edit = json!({"content": "no"});
    used.scene.sends(Method::PATCH, &original, edit).await;
    assert_eq!(
        used.scene.socket.dispatch("MESSAGE_UPDATE").await["content"],
        "no"
    );
    used.scene.sends(Method::DELETE, &original, json!({})).await;
    used.scene.hears("MESSAGE_DELETE").await;
    let gone = used.refused(Method::GET, &original, json!({})).await;
    assert_eq!(gone, (404, 10008));
}

#[tokio::test]
async fn an_answer_can_be_asked_for_in_return() {
    let used = used().await;
    let body = json!({"type": 4, "data": {"content": "yes", "flags": 64}});
    let path = format!("{}?with_response=true", used.callback);
    let answer = used.scene.sends(Method::POST, &path, body).await;
    insta::assert_snapshot!(used.scene.pretty(&answer), @r#"
    {
      "interaction": {
        "id": "1509654160998400002",
        "type": 2,
        "response_message_loading": false,
        "response_message_ephemeral": true,
        "response_message_id": "1509654160998400003"
      },
      "resource": {
        "type": 4,
        "message": {
          "id": "1509654160998400003",
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
          "content": "yes",
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
          "flags": 64,
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
      }
    }
    "#);
}

#[tokio::test]
async fn a_deferred_answer_shows_that_it_comes() {
    let mut used = used().await;
    used.answers(5, json!({})).await;
    insta::assert_snapshot!(used.scene.hears("MESSAGE_CREATE").await, @r#"
    {
      "id": "1509654160998400003",
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
      "content": "",
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
      "flags": 128,
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
      },
      "guild_id": "1364699014770982912",
      "member": {
        "nick": null,
        "avatar": null,
        "banner": null,
        "roles": [
          "1364699014775177216"
        ],
        "joined_at": "2026-05-28T20:26:40.000000+00:00",
        "premium_since": null,
        "deaf": false,
        "mute": false,
        "flags": 0,
        "pending": false,
        "communication_disabled_until": null
      }
    }
    "#);
    let original = format!("{}/messages/@original", used.webhook);
    let empty = used.refused(Method::PATCH, &original, json!({})).await;
    assert_eq!(empty, (400, 50006));
    let done = json!({"content": "done"});
    used.scene.sends(Method::PATCH, &original, done).await;
    insta::assert_snapshot!(used.scene.hears("MESSAGE_UPDATE").await, @r#"
    {
      "id": "1509654160998400003",
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
      "content": "done",
      "timestamp": "2026-05-28T20:26:40.000000+00:00",
      "edited_timestamp": "2026-05-28T20:26:40.000000+00:00",
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
      },
      "guild_id": "1364699014770982912",
      "member": {
        "nick": null,
        "avatar": null,
        "banner": null,
        "roles": [
          "1364699014775177216"
        ],
        "joined_at": "2026-05-28T20:26:40.000000+00:00",
        "premium_since": null,
        "deaf": false,
        "mute": false,
        "flags": 0,
        "pending": false,
        "communication_disabled_until": null
      }
    }
    "#);
    let answer = used.pending.answer().await.expect("an answer");
    assert_eq!(answer.content, "done");
}
