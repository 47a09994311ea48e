//! `/config add` and `remove`: lists of texts, roles and users, and what is suggested for them.

use std::time::Duration;

use serde_json::Value;

use crate::features::tests::{dialog, types};
use crate::simulator::Permissions;
use crate::support::House;

#[tokio::test(flavor = "multi_thread")]
async fn entries_come_and_go_by_mention_id_and_name() {
    let house = House::start().await;
    let helpers = house
        .guild
        .add_role("helpers", Permissions::NONE, 3)
        .to_string();
    let lines = [
        "/config add key:BOTDETECT_WHITELIST_ROLES value:@helpers".to_owned(),
        format!("/config add key:BOTDETECT_WHITELIST_ROLES value:<@&{helpers}>"),
        "/config add key:BOTDETECT_WHITELIST_ROLES value:@nobody".to_owned(),
        format!("/config remove key:BOTDETECT_WHITELIST_ROLES value:{helpers}"),
        format!(
            "/config add key:BOTDETECT_WHITELIST_USERS value:<@{}>",
            house.sim.user("alice")
        ),
        "/config remove key:BOTDETECT_WHITELIST_USERS value:1".to_owned(),
        "/config add key:BOTDETECT_KEYWORDS value:one, two, three".to_owned(),
        "/config remove key:BOTDETECT_KEYWORDS value:three, one, four".to_owned(),
        "/config add key:APPEALS_ENABLED value:true".to_owned(),
        "/config remove key:MODERATOR_ROLE_ID value:1".to_owned(),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let text = dialog(&house, &lines).await.replace(&helpers, "HELPERS");
    insta::assert_snapshot!(text, @r"
    > /config add key:BOTDETECT_WHITELIST_ROLES value:@helpers
    `BOTDETECT_WHITELIST_ROLES`: + <@&HELPERS>
    Roles whose members' messages are never searched.
    This is version 1; the next message is judged by it.

    > /config add key:BOTDETECT_WHITELIST_ROLES value:<@&HELPERS>
    All of that is in `BOTDETECT_WHITELIST_ROLES` already; nothing has changed.

    > /config add key:BOTDETECT_WHITELIST_ROLES value:@nobody
    `BOTDETECT_WHITELIST_ROLES` was not changed: “@nobody” does not fit; it takes roles: mentions or ids, separated by spaces.

    > /config remove key:BOTDETECT_WHITELIST_ROLES value:HELPERS
    `BOTDETECT_WHITELIST_ROLES`: − <@&HELPERS>
    Roles whose members' messages are never searched.
    This is version 2; the next message is judged by it.

    > /config add key:BOTDETECT_WHITELIST_USERS value:<@ALICE>
    `BOTDETECT_WHITELIST_USERS`: + <@ALICE>
    Users whose messages are never searched.
    This is version 3; the next message is judged by it.

    > /config remove key:BOTDETECT_WHITELIST_USERS value:1
    Nothing of that is in `BOTDETECT_WHITELIST_USERS`; nothing has changed.

    > /config add key:BOTDETECT_KEYWORDS value:one, two, three
    `BOTDETECT_KEYWORDS`: + `one`, + `two`, + `three`
    This server's own phrases and link domains, besides the built-in ones.
    This is version 4; the next message is judged by it.

    > /config remove key:BOTDETECT_KEYWORDS value:three, one, four
    `BOTDETECT_KEYWORDS`: − `one`, − `three`
    This server's own phrases and link domains, besides the built-in ones.
    This is version 5; the next message is judged by it.

    > /config add key:APPEALS_ENABLED value:true
    `APPEALS_ENABLED` was not changed: it holds a single value, not a list; `/config set` changes it.

    > /config remove key:MODERATOR_ROLE_ID value:1
    `MODERATOR_ROLE_ID` was not changed: it holds a single value, not a list; `/config set` changes it.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_role_is_known_even_while_the_actor_of_its_server_is_started_anew() {
    let house = House::start_with(|settings| {
        settings.guild.restart_backoff_min = Duration::from_millis(1_000);
    })
    .await;
    // What Discord tells now waits until the actor is back.
    house.app().guilds().crash(house.id());
    let helpers = house.guild.add_role("helpers", Permissions::NONE, 3);
    let added = house.admin("/config add key:BOTDETECT_WHITELIST_ROLES value:@helpers");
    let answer = added.await;
    assert!(answer.contains(&format!("+ <@&{helpers}>")), "{answer}");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_at_once_keep_ten() {
    let house = House::start().await;
    let admin = house.member("admin");
    let calls = (0..10).map(|number| {
        let line = format!("/config add key:BOTDETECT_KEYWORDS value:word {number}");
        admin.runs(&line).expect("a command")
    });
    for call in calls.collect::<Vec<_>>() {
        let answer = call.answer().await.expect("an answer").text();
        assert!(answer.contains("This is version"), "{answer}");
    }
    let kept = "SELECT jsonb_array_length(keywords) FROM botdetect_config";
    assert_eq!(house.number(kept).await, 10);
    let versions = "SELECT count(DISTINCT version) FROM guild_config_revisions";
    assert_eq!(house.number(versions).await, 10);
    let answer = types(
        &house,
        "admin",
        "o!config remove BOTDETECT_KEYWORDS word 3, word 4",
    )
    .await;
    assert!(
        answer.contains("− `word 3`") && answer.contains("− `word 4`"),
        "{answer}"
    );
    assert_eq!(house.number(kept).await, 8);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_channels_roles_and_entries_are_suggested() {
    let house = House::start().await;
    let helpers = house.guild.add_role("helpers", Permissions::NONE, 3);
    let admin = house.member("admin");
    let shown = |choices: &[Value]| {
        let names = choices.iter().filter_map(|choice| choice["name"].as_str());
        names.collect::<Vec<_>>().join(", ")
    };
    house
        .admin("/config add key:BOTDETECT_KEYWORDS value:cheap crypto, free money")
        .await;
    house
        .admin(&format!(
            "/config add key:BOTDETECT_WHITELIST_ROLES value:{helpers}"
        ))
        .await;
    let mut text = String::new();
    for line in [
        "/config add key:",
        "/config add key:roles",
        "/config set key:MODERATION_LOG_CHANNEL_ID value:",
        "/config set key:MODERATION_LOG_CHANNEL_ID value:#mo",
        "/config set key:MODERATOR_ROLE_ID value:help",
        "/config remove key:BOTDETECT_KEYWORDS value:",
        "/config remove key:BOTDETECT_KEYWORDS value:MONEY",
        "/config remove key:BOTDETECT_WHITELIST_ROLES value:",
        "/config remove key:BOTDETECT_WHITELIST_USERS value:",
    ] {
        let choices = admin.autocompletes(line).await.expect("suggestions");
        text.push_str(&format!("{line} → [{}]\n", shown(&choices)));
    }
    insta::assert_snapshot!(text, @r"
    /config add key: → [BOTDETECT_KEYWORDS, BOTDETECT_WHITELIST_ROLES, BOTDETECT_WHITELIST_USERS]
    /config add key:roles → [BOTDETECT_WHITELIST_ROLES]
    /config set key:MODERATION_LOG_CHANNEL_ID value: → [#general, #mod-log]
    /config set key:MODERATION_LOG_CHANNEL_ID value:#mo → [#mod-log]
    /config set key:MODERATOR_ROLE_ID value:help → [@helpers]
    /config remove key:BOTDETECT_KEYWORDS value: → [cheap crypto, free money]
    /config remove key:BOTDETECT_KEYWORDS value:MONEY → [free money]
    /config remove key:BOTDETECT_WHITELIST_ROLES value: → [@helpers]
    /config remove key:BOTDETECT_WHITELIST_USERS value: → []
    ");
    house.nothing_is_left().await;
}
