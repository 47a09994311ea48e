//! The bot itself, its guilds and their roles on the wire.

use aimod::simulator::Permissions;

use super::Scene;

#[tokio::test]
async fn a_guild_is_announced_as_a_whole() {
    let mut scene = Scene::start().await;
    insta::assert_snapshot!(scene.hears("GUILD_CREATE").await, @r#"
    {
      "id": "1364699014770982912",
      "name": "Demo",
      "icon": null,
      "description": null,
      "home_header": null,
      "splash": null,
      "discovery_splash": null,
      "features": [],
      "banner": null,
      "owner_id": "1364699014766788608",
      "application_id": null,
      "region": "deprecated",
      "afk_channel_id": null,
      "afk_timeout": 300,
      "system_channel_id": null,
      "system_channel_flags": 0,
      "widget_enabled": false,
      "widget_channel_id": null,
      "verification_level": 1,
      "roles": [
        {
          "id": "1364699014770982912",
          "name": "@everyone",
          "permissions": "311455501377",
          "position": 0,
          "color": 0,
          "colors": {
            "primary_color": 0,
            "secondary_color": null,
            "tertiary_color": null
          },
          "hoist": false,
          "managed": false,
          "mentionable": false,
          "icon": null,
          "unicode_emoji": null,
          "flags": 0
        },
        {
          "id": "1364699014775177216",
          "name": "aimod",
          "permissions": "2253228363345111",
          "position": 100,
          "color": 0,
          "colors": {
            "primary_color": 0,
            "secondary_color": null,
            "tertiary_color": null
          },
          "hoist": false,
          "managed": true,
          "mentionable": false,
          "icon": null,
          "unicode_emoji": null,
          "flags": 0,
          "tags": {
            "bot_id": "1364699014762594304"
          }
        }
      ],
      "default_message_notifications": 1,
      "mfa_level": 0,
      "explicit_content_filter": 2,
      "max_presences": null,
      "max_members": 500000,
      "max_stage_video_channel_users": 50,
      "max_video_channel_users": 25,
      "vanity_url_code": null,
      "premium_tier": 0,
      "premium_subscription_count": 0,
      "preferred_locale": "en-US",
      "rules_channel_id": null,
      "safety_alerts_channel_id": null,
      "public_updates_channel_id": null,
      "premium_progress_bar_enabled": false,
      "nsfw": false,
      "nsfw_level": 0,
      "hub_type": null,
      "emojis": [],
      "stickers": [],
      "incidents_data": null,
      "joined_at": "2026-05-28T20:26:40.000000+00:00",
      "large": false,
      "unavailable": false,
      "member_count": 3,
      "voice_states": [],
      "members": [
        {
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
        {
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
          "communication_disabled_until": null
        },
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
      "channels": [
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
          "rate_limit_per_user": 0,
          "topic": null,
          "last_message_id": null
        }
      ],
      "threads": [],
      "presences": [],
      "stage_instances": [],
      "guild_scheduled_events": [],
      "soundboard_sounds": []
    }
    "#);
}

#[tokio::test]
async fn a_guild_goes_away() {
    let mut scene = Scene::start().await;
    scene.bench.guild.outage();
    insta::assert_snapshot!(scene.hears("GUILD_DELETE").await, @r#"
    {
      "id": "1364699014770982912",
      "unavailable": true
    }
    "#);
    scene.bench.guild.restore();
    scene.bench.guild.remove_bot().expect("removed");
    insta::assert_snapshot!(scene.hears("GUILD_DELETE").await, @r#"
    {
      "id": "1364699014770982912"
    }
    "#);
}

#[tokio::test]
async fn a_role_comes_changes_and_goes() {
    let mut scene = Scene::start().await;
    let guild = scene.bench.guild.clone();
    let role = guild.add_role("staff", Permissions::BAN_MEMBERS, 4);
    insta::assert_snapshot!(scene.hears("GUILD_ROLE_CREATE").await, @r#"
    {
      "guild_id": "1364699014770982912",
      "role": {
        "id": "1364699014787760128",
        "name": "staff",
        "permissions": "4",
        "position": 4,
        "color": 0,
        "colors": {
          "primary_color": 0,
          "secondary_color": null,
          "tertiary_color": null
        },
        "hoist": false,
        "managed": false,
        "mentionable": false,
        "icon": null,
        "unicode_emoji": null,
        "flags": 0
      }
    }
    "#);
    guild
        .edit_role(role, |role| role.color = 0x00ff_8800)
        .expect("changed");
    insta::assert_snapshot!(scene.hears("GUILD_ROLE_UPDATE").await, @r#"
    {
      "guild_id": "1364699014770982912",
      "role": {
        "id": "1364699014787760128",
        "name": "staff",
        "permissions": "4",
        "position": 4,
        "color": 16746496,
        "colors": {
          "primary_color": 16746496,
          "secondary_color": null,
          "tertiary_color": null
        },
        "hoist": false,
        "managed": false,
        "mentionable": false,
        "icon": null,
        "unicode_emoji": null,
        "flags": 0
      }
    }
    "#);
    let path = format!("/guilds/{}/roles/{role}", guild.id());
    insta::assert_snapshot!(scene.reads(&path).await, @r#"
    {
      "id": "1364699014787760128",
      "name": "staff",
      "permissions": "4",
      "position": 4,
      "color": 16746496,
      "colors": {
        "primary_color": 16746496,
        "secondary_color": null,
        "tertiary_color": null
      },
      "hoist": false,
      "managed": false,
      "mentionable": false,
      "icon": null,
      "unicode_emoji": null,
      "flags": 0
    }
    "#);
    guild.delete_role(role).expect("deleted");
    insta::assert_snapshot!(scene.hears("GUILD_ROLE_DELETE").await, @r#"
    {
      "guild_id": "1364699014770982912",
      "role_id": "1364699014787760128"
    }
    "#);
}
