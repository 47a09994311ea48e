//! Context menus and the commands of single guilds on the wire.

use super::Scene;
use super::interactions::warn;
use serde_json::json;

#[tokio::test]
async fn a_menu_is_used_on_a_user_and_on_a_message() {
    let mut scene = Scene::with_command(json!({"name": "Look", "type": 2})).await;
    let owner = scene.bench.guild.owner().expect("an owner");
    owner
        .runs_on_user("Look", scene.mallory.id())
        .expect("a use");
    let used = scene.socket.dispatch("INTERACTION_CREATE").await;
    insta::assert_snapshot!(scene.pretty(&used["data"]), @r#"
    {
      "id": "1509654160998400000",
      "name": "Look",
      "type": 2,
      "options": [],
      "target_id": "1364699014783565824",
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
    }
    "#);

    let mut scene = Scene::with_command(json!({"name": "Report", "type": 3})).await;
    let message = scene.mallory.posts(scene.general, "rude").expect("posts");
    let owner = scene.bench.guild.owner().expect("an owner");
    owner.runs_on_message("Report", message).expect("a use");
    let used = scene.socket.dispatch("INTERACTION_CREATE").await;
    insta::assert_snapshot!(scene.pretty(&used["data"]), @r#"
    {
      "id": "1509654160998400000",
      "name": "Report",
      "type": 3,
      "options": [],
      "target_id": "1509654160998400002",
      "resolved": {
        "messages": {
          "1509654160998400002": {
            "id": "1509654160998400002",
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
            "content": "rude",
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
        }
      }
    }
    "#);
    owner
        .runs_on_message("Other", message)
        .expect_err("unknown");
}

#[tokio::test]
async fn a_command_of_one_guild_says_so() {
    let mut scene = Scene::start().await;
    let (application, guild) = (scene.bench.sim.application_id(), scene.bench.guild.id());
    let path = format!("/applications/{application}/guilds/{guild}/commands");
    let own = json!({"name": "own", "description": "d"});
    let made = scene.sends(reqwest::Method::POST, &path, own).await;
    insta::assert_snapshot!(scene.pretty(&made), @r#"
    {
      "type": 1,
      "name": "own",
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
      "application_id": "1364699014762594304",
      "guild_id": "1364699014770982912"
    }
    "#);
    scene.mallory.runs("/own").expect("a command");
    let used = scene.socket.dispatch("INTERACTION_CREATE").await;
    insta::assert_snapshot!(scene.pretty(&used["data"]), @r#"
    {
      "id": "1509654160998400000",
      "name": "own",
      "type": 1,
      "options": [],
      "guild_id": "1364699014770982912"
    }
    "#);
}

#[tokio::test]
async fn a_form_is_sent() {
    let mut scene = Scene::with_command(warn()).await;
    let owner = scene.bench.guild.owner().expect("an owner");
    owner.runs("/warn mallory").expect("a use");
    let used = scene.socket.dispatch("INTERACTION_CREATE").await;
    let text = |name: &str| used[name].as_str().expect("text").to_owned();
    let path = format!("/interactions/{}/{}/callback", text("id"), text("token"));
    let input = json!({"type": 4, "custom_id": "why", "label": "Why", "style": 2});
    let form = json!({"custom_id": "appeal:1", "title": "Appeal", "components": [
        {"type": 1, "components": [input]},
    ]});
    let answer = json!({"type": 9, "data": form});
    scene.sends(reqwest::Method::POST, &path, answer).await;
    owner
        .submits("appeal:1", &[("why", "it was not me")])
        .expect("sent");
    let sent = scene.socket.dispatch("INTERACTION_CREATE").await;
    assert_eq!(sent["type"], 5);
    insta::assert_snapshot!(scene.pretty(&sent["data"]), @r#"
    {
      "custom_id": "appeal:1",
      "components": [
        {
          "type": 1,
          "id": 1,
          "components": [
            {
              "type": 4,
              "id": 2,
              "custom_id": "why",
              "value": "it was not me"
            }
          ]
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn an_option_is_being_typed() {
    let mut scene = Scene::with_command(warn()).await;
    let owner = scene.bench.guild.owner().expect("an owner");
    let asked = owner.autocompletes("/warn mallory sp");
    let answered = async {
        let interaction = scene.socket.dispatch("INTERACTION_CREATE").await;
        let text = |name: &str| interaction[name].as_str().expect("text").to_owned();
        let path = format!("/interactions/{}/{}/callback", text("id"), text("token"));
        let choices = json!({"choices": [{"name": "spam", "value": "spam"}]});
        let answer = json!({"type": 8, "data": choices});
        scene.bench.send(reqwest::Method::POST, &path, answer).await;
        interaction["data"].clone()
    };
    let (choices, data) = tokio::join!(asked, answered);
    assert_eq!(choices.expect("choices")[0]["value"], "spam");
    insta::assert_snapshot!(scene.pretty(&data), @r#"
    {
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
          "value": "sp",
          "focused": true
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
    }
    "#);
}
