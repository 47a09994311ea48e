//! Timeouts, bans and the log of them on the wire.

use super::Scene;
use aimod::simulator::Permissions;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn somebody_is_timed_out() {
    let mut scene = Scene::start().await;
    let owner = scene.bench.guild.owner().expect("an owner");
    owner
        .times_out(scene.mallory.id(), TimeDelta::hours(1), "calm down")
        .expect("timed out");
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
      "roles": [],
      "joined_at": "2026-05-28T20:26:40.000000+00:00",
      "premium_since": null,
      "deaf": false,
      "mute": false,
      "flags": 0,
      "pending": false,
      "communication_disabled_until": "2026-05-28T21:26:40.000000+00:00",
      "guild_id": "1364699014770982912"
    }
    "#);
    insta::assert_snapshot!(scene.hears("GUILD_AUDIT_LOG_ENTRY_CREATE").await, @r#"
    {
      "id": "1509654160998400000",
      "action_type": 24,
      "user_id": "1364699014766788608",
      "target_id": "1364699014783565824",
      "changes": [
        {
          "key": "communication_disabled_until",
          "new_value": "2026-05-28T21:26:40.000000+00:00"
        }
      ],
      "reason": "calm down",
      "guild_id": "1364699014770982912"
    }
    "#);
}

#[tokio::test]
async fn somebody_is_banned_and_let_in_again() {
    let mut scene = Scene::start().await;
    let owner = scene.bench.guild.owner().expect("an owner");
    owner.bans(scene.mallory.id(), "scam").expect("banned");
    insta::assert_snapshot!(scene.hears("GUILD_AUDIT_LOG_ENTRY_CREATE").await, @r#"
    {
      "id": "1509654160998400000",
      "action_type": 22,
      "user_id": "1364699014766788608",
      "target_id": "1364699014783565824",
      "reason": "scam",
      "guild_id": "1364699014770982912"
    }
    "#);
    insta::assert_snapshot!(scene.hears("GUILD_BAN_ADD").await, @r#"
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
    let bans = format!("/guilds/{}/bans", scene.bench.guild.id());
    insta::assert_snapshot!(scene.reads(&bans).await, @r#"
    [
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
        "reason": "scam"
      }
    ]
    "#);
    owner.unbans(scene.mallory.id(), "").expect("let in");
    insta::assert_snapshot!(scene.hears("GUILD_BAN_REMOVE").await, @r#"
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
async fn a_role_given_by_the_bot_is_in_the_log() {
    let mut scene = Scene::start().await;
    let role = scene.bench.guild.add_role("staff", Permissions::NONE, 4);
    let guild = scene.bench.guild.id();
    let path = format!(
        "/guilds/{guild}/members/{}/roles/{role}",
        scene.mallory.id()
    );
    scene.sends(Method::PUT, &path, json!({})).await;
    insta::assert_snapshot!(scene.hears("GUILD_AUDIT_LOG_ENTRY_CREATE").await, @r#"
    {
      "id": "1509654160998400000",
      "action_type": 25,
      "user_id": "1364699014762594304",
      "target_id": "1364699014783565824",
      "changes": [
        {
          "key": "$add",
          "new_value": [
            {
              "id": "1364699014787760128",
              "name": "staff"
            }
          ]
        }
      ],
      "guild_id": "1364699014770982912"
    }
    "#);
}
