//! What the bot itself writes and removes, on the wire.

use super::Scene;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn the_bot_posts_a_card_with_a_button() {
    let mut scene = Scene::start().await;
    let path = format!("/channels/{}/messages", scene.general);
    let card = json!({
        "embeds": [{"title": "Case 1", "fields": [{"name": "Who", "value": "mallory", "inline": true}]}],
        "components": [{"type": 1, "components": [
            {"type": 2, "style": 4, "label": "Undo", "custom_id": "undo:1"},
        ]}],
        "nonce": "case-1",
    });
    let answer = scene.sends(Method::POST, &path, card).await;
    insta::assert_snapshot!(scene.pretty(&answer), @r#"
    {
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
      "content": "",
      "timestamp": "2026-05-28T20:26:40.000000+00:00",
      "edited_timestamp": null,
      "tts": false,
      "mention_everyone": false,
      "mentions": [],
      "mention_roles": [],
      "attachments": [],
      "embeds": [
        {
          "title": "Case 1",
          "fields": [
            {
              "name": "Who",
              "value": "mallory",
              "inline": true
            }
          ],
          "type": "rich"
        }
      ],
      "components": [
        {
          "type": 1,
          "components": [
            {
              "type": 2,
              "style": 4,
              "label": "Undo",
              "custom_id": "undo:1",
              "id": 2
            }
          ],
          "id": 1
        }
      ],
      "pinned": false,
      "flags": 0,
      "nonce": "case-1"
    }
    "#);
    insta::assert_snapshot!(scene.hears("MESSAGE_CREATE").await, @r#"
    {
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
      "content": "",
      "timestamp": "2026-05-28T20:26:40.000000+00:00",
      "edited_timestamp": null,
      "tts": false,
      "mention_everyone": false,
      "mentions": [],
      "mention_roles": [],
      "attachments": [],
      "embeds": [
        {
          "title": "Case 1",
          "fields": [
            {
              "name": "Who",
              "value": "mallory",
              "inline": true
            }
          ],
          "type": "rich"
        }
      ],
      "components": [
        {
          "type": 1,
          "components": [
            {
              "type": 2,
              "style": 4,
              "label": "Undo",
              "custom_id": "undo:1",
              "id": 2
            }
          ],
          "id": 1
        }
      ],
      "pinned": false,
      "flags": 0,
      "nonce": "case-1",
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
}

#[tokio::test]
async fn the_bot_reacts() {
    let mut scene = Scene::start().await;
    let id = scene.mallory.posts(scene.general, "x").expect("posts");
    let path = format!(
        "/channels/{}/messages/{id}/reactions/%E2%9C%85/@me",
        scene.general
    );
    scene.sends(Method::PUT, &path, json!({})).await;
    insta::assert_snapshot!(scene.hears("MESSAGE_REACTION_ADD").await, @r#"
    {
      "user_id": "1364699014762594304",
      "channel_id": "1364699014779371520",
      "message_id": "1509654160998400000",
      "message_author_id": "1364699014783565824",
      "emoji": {
        "id": null,
        "name": "✅"
      },
      "burst": false,
      "type": 0,
      "member": {
        "user": {
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
      },
      "guild_id": "1364699014770982912"
    }
    "#);
}

#[tokio::test]
async fn a_deletion_by_a_moderator_is_logged() {
    let mut scene = Scene::start().await;
    let id = scene.mallory.posts(scene.general, "x").expect("posts");
    let owner = scene.bench.guild.owner().expect("an owner");
    owner.deletes(id).expect("allowed");
    insta::assert_snapshot!(scene.hears("GUILD_AUDIT_LOG_ENTRY_CREATE").await, @r#"
    {
      "id": "1509654160998400001",
      "action_type": 72,
      "user_id": "1364699014766788608",
      "target_id": "1364699014783565824",
      "options": {
        "channel_id": "1364699014779371520",
        "count": "1"
      },
      "guild_id": "1364699014770982912"
    }
    "#);
}

#[tokio::test]
async fn many_messages_go_at_once() {
    let mut scene = Scene::start().await;
    let write = || scene.mallory.posts(scene.general, "x").expect("posts");
    let ids = [write(), write()];
    let path = format!("/channels/{}/messages/bulk-delete", scene.general);
    scene
        .sends(Method::POST, &path, json!({"messages": ids}))
        .await;
    insta::assert_snapshot!(scene.hears("MESSAGE_DELETE_BULK").await, @r#"
    {
      "ids": [
        "1509654160998400000",
        "1509654160998400001"
      ],
      "channel_id": "1364699014779371520",
      "guild_id": "1364699014770982912"
    }
    "#);
    insta::assert_snapshot!(scene.hears("GUILD_AUDIT_LOG_ENTRY_CREATE").await, @r#"
    {
      "id": "1509654160998400002",
      "action_type": 73,
      "user_id": "1364699014762594304",
      "target_id": "1364699014779371520",
      "options": {
        "count": "2"
      },
      "guild_id": "1364699014770982912"
    }
    "#);
}
