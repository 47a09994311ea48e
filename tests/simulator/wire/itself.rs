//! What the bot reads about itself, on the wire.

use super::Scene;
use aimod::simulator::Permissions;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn the_bot_is_ready() {
    let mut scene = Scene::start().await;
    insta::assert_snapshot!(scene.hears("READY").await, @r#"
    {
      "v": 10,
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
        "primary_guild": null,
        "verified": true,
        "mfa_enabled": true,
        "email": null
      },
      "guilds": [
        {
          "id": "1364699014770982912",
          "unavailable": true
        }
      ],
      "session_id": "910a2dec89025cc1beeb8da1658eec67",
      "resume_gateway_url": "ws://ADDRESS/resume",
      "shard": [
        0,
        1
      ],
      "application": {
        "id": "1364699014762594304",
        "flags": 565248,
        "flags_new": "565248"
      },
      "user_settings": {},
      "session_type": "normal",
      "private_channels": [],
      "relationships": [],
      "presences": [],
      "guild_join_requests": [],
      "geo_ordered_rtc_regions": [],
      "_trace": [
        "aimod-simulator"
      ]
    }
    "#);
}

#[tokio::test]
async fn the_bot_reads_about_itself() {
    let scene = Scene::start().await;
    insta::assert_snapshot!(scene.reads("/users/@me").await, @r#"
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
      "primary_guild": null,
      "mfa_enabled": true,
      "locale": "en-US",
      "verified": true,
      "email": null
    }
    "#);
    insta::assert_snapshot!(scene.reads("/gateway/bot").await, @r#"
    {
      "url": "ws://ADDRESS",
      "shards": 1,
      "session_start_limit": {
        "total": 1000,
        "remaining": 999,
        "reset_after": 86400000,
        "max_concurrency": 16
      }
    }
    "#);
    insta::assert_snapshot!(scene.reads("/oauth2/applications/@me").await, @r#"
    {
      "id": "1364699014762594304",
      "name": "AIMod",
      "icon": null,
      "description": "A moderation bot",
      "type": null,
      "bot": {
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
      "bot_public": true,
      "bot_require_code_grant": false,
      "verify_key": "0000000000000000000000000000000000000000000000000000000000000000",
      "flags": 565248,
      "flags_new": "565248",
      "redirect_uris": [],
      "interactions_endpoint_url": null,
      "role_connections_verification_url": null,
      "owner": {
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
      "approximate_guild_count": 1,
      "approximate_user_install_count": 0,
      "approximate_user_authorization_count": 0,
      "explicit_content_filter": 0,
      "team": null,
      "eligible_oauth2_scopes": [],
      "integration_types_config": {},
      "event_webhooks_status": 1
    }
    "#);
}

#[tokio::test]
async fn a_guild_is_read() {
    let scene = Scene::start().await;
    let path = format!("/guilds/{}?with_counts=true", scene.bench.guild.id());
    insta::assert_snapshot!(scene.reads(&path).await, @r#"
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
      "approximate_member_count": 3,
      "approximate_presence_count": 3
    }
    "#);
    insta::assert_snapshot!(scene.reads("/users/@me/guilds").await, @r#"
    [
      {
        "id": "1364699014770982912",
        "name": "Demo",
        "icon": null,
        "banner": null,
        "owner": false,
        "permissions": "2253228363345111",
        "features": []
      }
    ]
    "#);
}

#[tokio::test]
async fn invitations_are_paused() {
    let scene = Scene::start().await;
    let guild = &scene.bench.guild;
    guild
        .set_bot_permissions(Permissions::MANAGE_GUILD)
        .expect("the bot's role");
    let path = format!("/guilds/{}/incident-actions", guild.id());
    let until = json!({"invites_disabled_until": "2026-05-29T20:00:00Z"});
    let answer = scene.sends(Method::PUT, &path, until).await;
    insta::assert_snapshot!(scene.pretty(&answer), @r#"
    {
      "invites_disabled_until": "2026-05-29T20:00:00.000000+00:00",
      "dms_disabled_until": null
    }
    "#);
}
