//! Members, bans and the audit log on the wire.

use aimod::simulator::Permissions;
use reqwest::Method;
use serde_json::json;

use super::Scene;

#[tokio::test]
async fn somebody_joins() {
    let mut scene = Scene::start().await;
    scene.bench.guild.joins("alice").expect("joins");
    insta::assert_snapshot!(scene.hears("GUILD_MEMBER_ADD").await, @r#"
    {
      "user": {
        "id": "1364699014787760128",
        "username": "alice",
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
      "guild_id": "1364699014770982912"
    }
    "#);
}

#[tokio::test]
async fn somebody_leaves() {
    let mut scene = Scene::start().await;
    scene.mallory.leaves().expect("leaves");
    insta::assert_snapshot!(scene.hears("GUILD_MEMBER_REMOVE").await, @r#"
    {
      "guild_id": "1364699014770982912",
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
      }
    }
    "#);
}

#[tokio::test]
async fn somebody_gets_a_role() {
    let mut scene = Scene::start().await;
    let role = scene.bench.guild.add_role("staff", Permissions::NONE, 4);
    scene.mallory.give_role(role).expect("given");
    insta::assert_snapshot!(scene.hears("GUILD_MEMBER_UPDATE").await, @r#"
    {
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
      "roles": [
        "1364699014787760128"
      ],
      "joined_at": "2026-05-28T20:26:40.000000+00:00",
      "premium_since": null,
      "deaf": false,
      "mute": false,
      "flags": 0,
      "pending": false,
      "communication_disabled_until": null,
      "guild_id": "1364699014770982912"
    }
    "#);
}

#[tokio::test]
async fn a_member_is_read() {
    let scene = Scene::start().await;
    let guild = scene.bench.guild.id();
    let path = format!("/guilds/{guild}/members/{}", scene.mallory.id());
    insta::assert_snapshot!(scene.reads(&path).await, @r#"
    {
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
      "communication_disabled_until": null
    }
    "#);
}

#[tokio::test]
async fn a_member_gets_another_name() {
    let scene = Scene::start().await;
    let guild = scene.bench.guild.id();
    let path = format!("/guilds/{guild}/members/{}", scene.mallory.id());
    let answer = scene
        .sends(Method::PATCH, &path, json!({"nick": "mal"}))
        .await;
    insta::assert_snapshot!(scene.pretty(&answer), @r#"
    {
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
      "nick": "mal",
      "avatar": null,
      "banner": null,
      "roles": [],
      "joined_at": "2026-05-28T20:26:40.000000+00:00",
      "premium_since": null,
      "deaf": false,
      "mute": false,
      "flags": 0,
      "pending": false,
      "communication_disabled_until": null
    }
    "#);
    let log = format!("/guilds/{guild}/audit-logs");
    insta::assert_snapshot!(scene.reads(&log).await, @r#"
    {
      "audit_log_entries": [
        {
          "id": "1509654160998400000",
          "action_type": 24,
          "user_id": "1364699014762594304",
          "target_id": "1364699014783565824",
          "changes": [
            {
              "key": "nick",
              "new_value": "mal"
            }
          ]
        }
      ],
      "users": [
        {
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
        {
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
      ],
      "integrations": [],
      "webhooks": [],
      "guild_scheduled_events": [],
      "threads": [],
      "application_commands": [],
      "auto_moderation_rules": []
    }
    "#);
}

#[tokio::test]
async fn members_are_asked_for_over_the_gateway() {
    let mut scene = Scene::start().await;
    let ask = json!({
        "guild_id": scene.bench.guild.id(), "user_ids": [scene.mallory.id(), "1"], "nonce": "n",
    });
    scene.socket.send(&json!({"op": 8, "d": ask})).await;
    insta::assert_snapshot!(scene.hears("GUILD_MEMBERS_CHUNK").await, @r#"
    {
      "guild_id": "1364699014770982912",
      "members": [
        {
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
          "communication_disabled_until": null
        }
      ],
      "chunk_index": 0,
      "chunk_count": 1,
      "not_found": [
        "1"
      ],
      "nonce": "n"
    }
    "#);
}
