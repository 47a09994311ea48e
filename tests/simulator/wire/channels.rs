//! Channels, threads, overwrites and direct messages on the wire.

use aimod::simulator::{ChannelKind, Overwrite, OverwriteTarget, Permissions};
use reqwest::Method;
use serde_json::json;

use super::Scene;

#[tokio::test]
async fn a_channel_comes_changes_and_goes() {
    let mut scene = Scene::start().await;
    let guild = scene.bench.guild.clone();
    let folder = guild.add_channel_in("staff", ChannelKind::Category, None);
    insta::assert_snapshot!(scene.hears("CHANNEL_CREATE").await, @r#"
    {
      "id": "1364699014787760128",
      "type": 4,
      "flags": 0,
      "guild_id": "1364699014770982912",
      "name": "staff",
      "position": 1,
      "parent_id": null,
      "permission_overwrites": [],
      "nsfw": false,
      "rate_limit_per_user": 0,
      "topic": null,
      "last_message_id": null
    }
    "#);
    let channel = guild.add_channel_in("log", ChannelKind::Text, Some(folder));
    insta::assert_snapshot!(scene.hears("CHANNEL_CREATE").await, @r#"
    {
      "id": "1364699014791954432",
      "type": 0,
      "flags": 0,
      "guild_id": "1364699014770982912",
      "name": "log",
      "position": 2,
      "parent_id": "1364699014787760128",
      "permission_overwrites": [],
      "nsfw": false,
      "rate_limit_per_user": 0,
      "topic": null,
      "last_message_id": null
    }
    "#);
    let hide = Overwrite {
        target: OverwriteTarget::Role(guild.id().everyone_role()),
        allow: Permissions::NONE,
        deny: Permissions::VIEW_CHANNEL,
    };
    guild.overwrite(channel, hide).expect("hidden");
    insta::assert_snapshot!(scene.hears("CHANNEL_UPDATE").await, @r#"
    {
      "id": "1364699014791954432",
      "type": 0,
      "flags": 0,
      "guild_id": "1364699014770982912",
      "name": "log",
      "position": 2,
      "parent_id": "1364699014787760128",
      "permission_overwrites": [
        {
          "id": "1364699014770982912",
          "type": 0,
          "allow": "0",
          "deny": "1024"
        }
      ],
      "nsfw": false,
      "rate_limit_per_user": 0,
      "topic": null,
      "last_message_id": null
    }
    "#);
    guild.delete_channel(channel).expect("deleted");
    insta::assert_snapshot!(scene.hears("CHANNEL_DELETE").await, @r#"
    {
      "id": "1364699014791954432",
      "type": 0,
      "flags": 0,
      "guild_id": "1364699014770982912",
      "name": "log",
      "position": 2,
      "parent_id": "1364699014787760128",
      "permission_overwrites": [
        {
          "id": "1364699014770982912",
          "type": 0,
          "allow": "0",
          "deny": "1024"
        }
      ],
      "nsfw": false,
      "rate_limit_per_user": 0,
      "topic": null,
      "last_message_id": null
    }
    "#);
}

#[tokio::test]
async fn a_voice_channel_has_a_bitrate() {
    let mut scene = Scene::start().await;
    let guild = scene.bench.guild.clone();
    let voice = guild.add_channel_in("talk", ChannelKind::Voice, None);
    insta::assert_snapshot!(scene.hears("CHANNEL_CREATE").await, @r#"
    {
      "id": "1364699014787760128",
      "type": 2,
      "flags": 0,
      "guild_id": "1364699014770982912",
      "name": "talk",
      "position": 1,
      "parent_id": null,
      "permission_overwrites": [],
      "nsfw": false,
      "rate_limit_per_user": 0,
      "topic": null,
      "last_message_id": null,
      "bitrate": 64000,
      "user_limit": 0,
      "rtc_region": null
    }
    "#);
    guild.delete_channel(voice).expect("deleted");
}

#[tokio::test]
async fn a_thread_is_begun_and_listed() {
    let mut scene = Scene::start().await;
    let guild = scene.bench.guild.clone();
    let thread = guild.add_channel_in("aside", ChannelKind::Thread, Some(scene.general));
    insta::assert_snapshot!(scene.hears("THREAD_CREATE").await, @r#"
    {
      "id": "1364699014787760128",
      "type": 11,
      "flags": 0,
      "guild_id": "1364699014770982912",
      "name": "aside",
      "parent_id": "1364699014779371520",
      "owner_id": "1364699014766788608",
      "last_message_id": null,
      "rate_limit_per_user": 0,
      "message_count": 0,
      "member_count": 1,
      "total_message_sent": 0,
      "thread_metadata": {
        "archived": false,
        "auto_archive_duration": 1440,
        "archive_timestamp": "2025-04-23T20:26:40.007000+00:00",
        "locked": false,
        "create_timestamp": "2025-04-23T20:26:40.007000+00:00"
      },
      "newly_created": true
    }
    "#);
    let path = format!("/guilds/{}/threads/active", guild.id());
    let listed = scene.sends(Method::GET, &path, json!({})).await;
    assert_eq!(listed["threads"][0]["id"], json!(thread));
    guild.delete_channel(thread).expect("deleted");
    scene.hears("THREAD_DELETE").await;
}

#[tokio::test]
async fn slow_mode_is_set_and_logged() {
    let mut scene = Scene::start().await;
    let path = format!("/channels/{}", scene.general);
    let slow = json!({"rate_limit_per_user": 30, "topic": "calm"});
    let answer = scene.sends(Method::PATCH, &path, slow).await;
    insta::assert_snapshot!(scene.pretty(&answer), @r#"
    {
      "id": "1364699014779371520",
      "type": 0,
      "flags": 0,
      "guild_id": "1364699014770982912",
      "name": "general",
      "position": 0,
      "parent_id": null,
      "permission_overwrites": [],
      "nsfw": false,
      "rate_limit_per_user": 30,
      "topic": "calm",
      "last_message_id": null
    }
    "#);
    insta::assert_snapshot!(scene.hears("GUILD_AUDIT_LOG_ENTRY_CREATE").await, @r#"
    {
      "id": "1509654160998400000",
      "action_type": 11,
      "user_id": "1364699014762594304",
      "target_id": "1364699014779371520",
      "changes": [
        {
          "key": "topic",
          "new_value": "calm"
        },
        {
          "key": "rate_limit_per_user",
          "old_value": 0,
          "new_value": 30
        }
      ],
      "guild_id": "1364699014770982912"
    }
    "#);
}

#[tokio::test]
async fn an_overwrite_is_put_and_removed_over_rest() {
    let mut scene = Scene::start().await;
    let path = format!(
        "/channels/{}/permissions/{}",
        scene.general,
        scene.mallory.id()
    );
    let silence = json!({"type": 1, "deny": Permissions::SEND_MESSAGES, "allow": "0"});
    scene.sends(Method::PUT, &path, silence).await;
    insta::assert_snapshot!(scene.hears("CHANNEL_UPDATE").await, @r#"
    {
      "id": "1364699014779371520",
      "type": 0,
      "flags": 0,
      "guild_id": "1364699014770982912",
      "name": "general",
      "position": 0,
      "parent_id": null,
      "permission_overwrites": [
        {
          "id": "1364699014783565824",
          "type": 1,
          "allow": "0",
          "deny": "2048"
        }
      ],
      "nsfw": false,
      "rate_limit_per_user": 0,
      "topic": null,
      "last_message_id": null
    }
    "#);
    scene
        .mallory
        .posts(scene.general, "x")
        .expect_err("silenced");
    scene.sends(Method::DELETE, &path, json!({})).await;
    scene.mallory.posts(scene.general, "x").expect("free");
    let again = scene.bench.fails(Method::DELETE, &path, json!({})).await;
    assert_eq!(again, (404, 10009));
}

#[tokio::test]
async fn a_direct_message_is_opened() {
    let scene = Scene::start().await;
    let open = json!({"recipient_id": scene.mallory.id()});
    let channel = scene
        .sends(Method::POST, "/users/@me/channels", open.clone())
        .await;
    insta::assert_snapshot!(scene.pretty(&channel), @r#"
    {
      "id": "1509654160998400000",
      "type": 1,
      "flags": 0,
      "last_message_id": null,
      "recipients": [
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
      ]
    }
    "#);
    let again = scene.sends(Method::POST, "/users/@me/channels", open).await;
    assert_eq!(channel["id"], again["id"]);
}
