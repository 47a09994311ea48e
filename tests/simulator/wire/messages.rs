//! Messages on the wire, over the gateway and over REST.

use aimod::simulator::Draft;

use super::Scene;

#[tokio::test]
async fn somebody_writes() {
    let mut scene = Scene::start().await;
    scene.mallory.posts(scene.general, "hello").expect("posts");
    insta::assert_snapshot!(scene.hears("MESSAGE_CREATE").await, @r#"
    {
      "id": "1509654160998400000",
      "channel_id": "1364699014779371520",
      "type": 0,
      "author": {
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
      "content": "hello",
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
      "guild_id": "1364699014770982912",
      "member": {
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
    }
    "#);
}

#[tokio::test]
async fn somebody_replies_with_a_mention_and_a_file() {
    let mut scene = Scene::start().await;
    let first = scene.mallory.posts(scene.general, "one").expect("posts");
    scene.hears("MESSAGE_CREATE").await;
    let text = format!("see <@{}>", scene.mallory.id());
    let draft = Draft::text(text)
        .reply_to(first)
        .attachment("a.png", 7, "image/png");
    let owner = scene.bench.guild.owner().expect("an owner");
    owner.posts_draft(scene.general, draft).expect("posts");
    insta::assert_snapshot!(scene.hears("MESSAGE_CREATE").await, @r#"
    {
      "id": "1509654160998400001",
      "channel_id": "1364699014779371520",
      "type": 19,
      "author": {
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
      "content": "see <@1364699014783565824>",
      "timestamp": "2026-05-28T20:26:40.000000+00:00",
      "edited_timestamp": null,
      "tts": false,
      "mention_everyone": false,
      "mentions": [
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
          "primary_guild": null,
          "member": {
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
        }
      ],
      "mention_roles": [],
      "attachments": [
        {
          "id": "1",
          "filename": "a.png",
          "size": 7,
          "url": "https://cdn.example.invalid/attachments/1/a.png",
          "proxy_url": "https://cdn.example.invalid/attachments/1/a.png",
          "content_type": "image/png"
        }
      ],
      "embeds": [],
      "components": [],
      "pinned": false,
      "flags": 0,
      "message_reference": {
        "type": 0,
        "message_id": "1509654160998400000",
        "channel_id": "1364699014779371520",
        "guild_id": "1364699014770982912"
      },
      "referenced_message": {
        "id": "1509654160998400000",
        "channel_id": "1364699014779371520",
        "type": 0,
        "author": {
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
        "content": "one",
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
        "flags": 0
      },
      "guild_id": "1364699014770982912",
      "member": {
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
    }
    "#);
}

#[tokio::test]
async fn somebody_edits_and_deletes() {
    let mut scene = Scene::start().await;
    let id = scene.mallory.posts(scene.general, "one").expect("posts");
    scene.mallory.edits(id, "two").expect("edits");
    insta::assert_snapshot!(scene.hears("MESSAGE_UPDATE").await, @r#"
    {
      "id": "1509654160998400000",
      "channel_id": "1364699014779371520",
      "type": 0,
      "author": {
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
      "content": "two",
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
      "guild_id": "1364699014770982912",
      "member": {
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
    }
    "#);
    scene.mallory.deletes(id).expect("deletes");
    insta::assert_snapshot!(scene.hears("MESSAGE_DELETE").await, @r#"
    {
      "id": "1509654160998400000",
      "channel_id": "1364699014779371520",
      "guild_id": "1364699014770982912"
    }
    "#);
}

#[tokio::test]
async fn somebody_writes_to_the_bot() {
    let mut scene = Scene::start().await;
    scene.mallory.writes_to_bot("help").expect("writes");
    insta::assert_snapshot!(scene.hears("MESSAGE_CREATE").await, @r#"
    {
      "id": "1509654160998400001",
      "channel_id": "1509654160998400000",
      "type": 0,
      "author": {
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
      "content": "help",
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
      "flags": 0
    }
    "#);
}
