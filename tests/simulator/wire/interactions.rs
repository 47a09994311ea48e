//! Interactions as the bot is sent them.

use serde_json::{Value, json};

use super::Scene;

pub(super) fn warn() -> Value {
    json!({"name": "warn", "description": "Warns", "options": [
        {"type": 6, "name": "member", "description": "Whom", "required": true},
        {"type": 3, "name": "reason", "description": "Why", "autocomplete": true},
    ]})
}

#[tokio::test]
async fn a_command_is_used() {
    let mut scene = Scene::with_command(warn()).await;
    let owner = scene.bench.guild.owner().expect("an owner");
    owner.runs("/warn mallory spam").expect("a command");
    insta::assert_snapshot!(scene.hears("INTERACTION_CREATE").await, @r#"
    {
      "id": "1509654160998400002",
      "application_id": "1364699014762594304",
      "type": 2,
      "data": {
        "id": "1509654160998400000",
        "name": "warn",
        "type": 1,
        "options": [
          {
            "name": "member",
            "type": 6,
            "value": "1364699014783565824"
          },
          {
            "name": "reason",
            "type": 3,
            "value": "spam"
          }
        ],
        "resolved": {
          "users": {
            "1364699014783565824": {
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
            }
          },
          "members": {
            "1364699014783565824": {
              "nick": null,
              "avatar": null,
              "banner": null,
              "roles": [],
              "joined_at": "2026-05-28T20:26:40.000000+00:00",
              "premium_since": null,
              "pending": false,
              "flags": 0,
              "communication_disabled_until": null,
              "permissions": "311455501377"
            }
          }
        }
      },
      "token": "f893a2eefb32555e71c18690ee42c90b71bb54d8d101b5b9c34d0bff90150280e099ec6cd7363ca585e7bb0f12278575",
      "version": 1,
      "channel_id": "1364699014779371520",
      "channel": {
        "id": "1364699014779371520",
        "type": 0,
        "flags": 0,
        "guild_id": "1364699014770982912",
        "name": "general",
        "position": 0,
        "parent_id": null,
        "permission_overwrites": [],
        "nsfw": false,
        "rate_limit_per_user": 0,
        "topic": null,
        "last_message_id": null,
        "permissions": "8582787766419455"
      },
      "locale": "en-US",
      "entitlements": [],
      "entitlement_sku_ids": [],
      "attachment_size_limit": 10485760,
      "app_permissions": "2253228363345111",
      "guild_id": "1364699014770982912",
      "guild_locale": "en-US",
      "guild": {
        "id": "1364699014770982912",
        "locale": "en-US",
        "features": []
      },
      "context": 0,
      "authorizing_integration_owners": {
        "0": "1364699014770982912"
      },
      "member": {
        "user": {
          "id": "1364699014766788608",
          "username": "admin",
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
        "nick": null,
        "avatar": null,
        "banner": null,
        "roles": [],
        "joined_at": "2026-05-28T20:26:40.000000+00:00",
        "premium_since": null,
        "deaf": false,
        "mute": false,
        "flags": 0,
        "pending": false,
        "communication_disabled_until": null,
        "permissions": "8582787766419455"
      }
    }
    "#);
}

#[tokio::test]
async fn a_button_is_pressed() {
    let mut scene = Scene::start().await;
    let path = format!("/channels/{}/messages", scene.general);
    let button = json!({"content": "?", "components": [{"type": 1, "components": [
        {"type": 2, "style": 1, "label": "Yes", "custom_id": "yes"},
    ]}, {"type": 1, "components": [
        {"type": 3, "custom_id": "which", "options": [{"label": "A", "value": "a"}]},
    ]}]});
    let posted = scene.sends(reqwest::Method::POST, &path, button).await;
    let id = serde_json::from_value(posted["id"].clone()).expect("an id");
    scene.mallory.presses(id, "yes").expect("a press");
    insta::assert_snapshot!(scene.hears("INTERACTION_CREATE").await, @r#"
    {
      "id": "1509654160998400001",
      "application_id": "1364699014762594304",
      "type": 3,
      "data": {
        "custom_id": "yes",
        "component_type": 2
      },
      "token": "f893a2eefb32555e71c18690ee42c90b71bb54d8d101b5b9c34d0bff90150280e099ec6cd7363ca585e7bb0f12278575",
      "version": 1,
      "channel_id": "1364699014779371520",
      "channel": {
        "id": "1364699014779371520",
        "type": 0,
        "flags": 0,
        "guild_id": "1364699014770982912",
        "name": "general",
        "position": 0,
        "parent_id": null,
        "permission_overwrites": [],
        "nsfw": false,
        "rate_limit_per_user": 0,
        "topic": null,
        "last_message_id": "1509654160998400000",
        "permissions": "311455501377"
      },
      "locale": "en-US",
      "entitlements": [],
      "entitlement_sku_ids": [],
      "attachment_size_limit": 10485760,
      "app_permissions": "2253228363345111",
      "guild_id": "1364699014770982912",
      "guild_locale": "en-US",
      "guild": {
        "id": "1364699014770982912",
        "locale": "en-US",
        "features": []
      },
      "context": 0,
      "authorizing_integration_owners": {
        "0": "1364699014770982912"
      },
      "member": {
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
        "nick": null,
        "avatar": null,
        "banner": null,
        "roles": [],
        "joined_at": "2026-05-28T20:26:40.000000+00:00",
        "premium_since": null,
        "deaf": false,
        "mute": false,
        "flags": 0,
        "pending": false,
        "communication_disabled_until": null,
        "permissions": "311455501377"
      },
      "message": {
        "id": "1509654160998400000",
        "channel_id": "1364699014779371520",
        "type": 0,
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
        "content": "?",
        "timestamp": "2026-05-28T20:26:40.000000+00:00",
        "edited_timestamp": null,
        "tts": false,
        "mention_everyone": false,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [
          {
            "type": 1,
            "components": [
              {
                "type": 2,
                "style": 1,
                "label": "Yes",
                "custom_id": "yes",
                "id": 2
              }
            ],
            "id": 1
          },
          {
            "type": 1,
            "components": [
              {
                "type": 3,
                "custom_id": "which",
                "options": [
                  {
                    "label": "A",
                    "value": "a"
                  }
                ],
                "id": 4,
                "min_values": 1,
                "max_values": 1
              }
            ],
            "id": 3
          }
        ],
        "pinned": false,
        "flags": 0
      }
    }
    "#);
    scene
        .mallory
        .selects(id, "which", &["a"])
        .expect("a choice");
    let chosen = scene.socket.dispatch("INTERACTION_CREATE").await;
    insta::assert_snapshot!(scene.pretty(&chosen["data"]), @r#"
    {
      "custom_id": "which",
      "component_type": 3,
      "values": [
        "a"
      ]
    }
    "#);
}
