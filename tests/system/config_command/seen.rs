//! `aimod config check` with a token: what Discord tells about channels, roles, members and permissions.

use aimod::simulator::{Overwrite, OverwriteTarget, Permissions};
use diesel_async::SimpleAsyncConnection as _;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::program::{aimod, err, out};
use crate::support::House;

/// What a check prints and its exit code, with names in the place of ids.
async fn checked(house: &House, token: &str, words: &[&str]) -> (String, Option<i32>) {
    let base = house.sim.api_base();
    let variables = [
        ("DATABASE_URL", house.database.url.expose_secret()),
        ("DISCORD_TOKEN", token),
        ("AIMOD__DISCORD__API_BASE", &base),
    ];
    let mut arguments = vec!["config", "check"];
    arguments.extend(words);
    let output = aimod(&arguments, &variables).await;
    assert_eq!(err(&output), "", "{words:?}");
    (out(&output), output.status.code())
}

/// A guild whose log channel is closed, whose card channel, whitelisted role and member are gone, and whose bot lacks much.
async fn broken() -> (House, Vec<(String, &'static str)>) {
    let house = House::start().await;
    let dead = house.guild.add_channel("dead");
    let ghosts = house.guild.add_role("ghosts", Permissions::NONE, 2);
    let high = house.guild.add_role("high", Permissions::NONE, 50);
    let alice = house.sim.user("alice");
    let guild = house.id().to_string();
    let url = house.database.url.expose_secret();
    for (key, value) in [
        ("BOTDETECT_ENABLED", "true".to_owned()),
        ("BOTDETECT_ACTION", "ban".to_owned()),
        ("BOTDETECT_LOG_CHANNEL", dead.to_string()),
        ("BOTDETECT_WHITELIST_ROLES", ghosts.to_string()),
        ("BOTDETECT_WHITELIST_USERS", alice.to_string()),
        ("MODERATION_LOG_CHANNEL_ID", house.mod_log.to_string()),
    ] {
        let words = ["config", "set", key, &value, "--guild", &guild];
        let output = aimod(&words, &[("DATABASE_URL", url)]).await;
        assert!(output.status.success(), "{}", err(&output));
    }
    let mut conn = house.database.pool.acquire().await.expect("a connection");
    conn.batch_execute(
        "INSERT INTO global_bans (user_id, reason, banned_by) VALUES (5, 'spam', 1)",
    )
    .await
    .expect("written");
    drop(conn);
    house.guild.delete_channel(dead).expect("there");
    house.guild.delete_role(ghosts).expect("there");
    house.member("alice").leaves().expect("she may");
    let closed = Overwrite {
        target: OverwriteTarget::Member(house.sim.bot_user_id()),
        allow: Permissions::NONE,
        deny: Permissions::SEND_MESSAGES,
    };
    house.guild.overwrite(house.mod_log, closed).expect("there");
    let few = Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES | Permissions::EMBED_LINKS;
    house.guild.set_bot_permissions(few).expect("there");
    house.guild.set_bot_position(40).expect("there");
    let names = vec![
        (house.mod_log.to_string(), "MOD-LOG"),
        (ghosts.to_string(), "GHOSTS"),
        (high.to_string(), "HIGH"),
        (alice.to_string(), "ALICE"),
        (guild, "GUILD"),
    ];
    (house, names)
}

fn named(mut text: String, names: &[(String, &str)]) -> String {
    for (id, name) in names {
        text = text.replace(id, name);
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_token_a_check_sees_what_discord_shows() {
    let (house, names) = broken().await;
    let (guild, token) = (house.id().to_string(), house.sim.token().to_owned());
    let words = ["--guild", &guild];
    let (text, code) = checked(&house, &token, &words).await;
    assert_eq!(code, Some(2));
    insta::assert_snapshot!(named(text, &names), @r"
    guild GUILD, version 6
      - BOTDETECT_LOG_CHANNEL names a channel that is gone. Choose another with config set, or config reset it
      - BOTDETECT_WHITELIST_ROLES names the role GHOSTS, which is gone. Take it out
      - BOTDETECT_WHITELIST_USERS names user ALICE (ALICE), who is no member any more. Take them out
      - AIMod cannot write in #mod-log (MOD-LOG), which is MODERATION_LOG_CHANNEL_ID: it lacks Send Messages there
      - Global bans: AIMod lacks Ban Members. Give it that in the server's roles
      - Bot detection: AIMod lacks Manage Messages, Ban Members. Give it that in the server's roles
      - Moderation log: AIMod lacks View Audit Log. Give it that in the server's roles
      - Appeals: AIMod lacks Timeout Members, Ban Members. Give it that in the server's roles
      - Global bans, Bot detection: AIMod's highest role is not above @high (HIGH). It cannot act on their members. Move AIMod's role up
    1 guild checked: 9 findings in 1 guild
    ");
    let (text, code) = checked(&house, &token, &["--guild", &guild, "--offline"]).await;
    assert_eq!(code, Some(0));
    assert_eq!(
        text,
        "1 guild checked: nothing is wrong; channels, roles, members and the bot's permissions were not looked at in 1 guild (--offline)\n"
    );
    let (json, _) = checked(&house, &token, &["--all", "--json"]).await;
    let json: Value = serde_json::from_str(&json).expect("one object");
    assert_eq!(json["discord"]["seen"], 1);
    assert_eq!(json["discord"]["why"], Value::Null);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_discord_does_not_tell_is_said() {
    let house = House::start().await;
    let mut conn = house.database.pool.acquire().await.expect("a connection");
    conn.batch_execute("INSERT INTO guild_settings (guild_id) VALUES (77)")
        .await
        .expect("written");
    drop(conn);
    let token = house.sim.token().to_owned();
    let (text, code) = checked(&house, &token, &["--all"]).await;
    assert_eq!(code, Some(0));
    assert_eq!(
        text,
        "2 guilds checked: nothing is wrong; AIMod is not in 1 of them\n"
    );
    let (text, code) = checked(&house, "MTA.wrong.token", &["--all"]).await;
    assert_eq!(code, Some(0));
    assert_eq!(
        text,
        "2 guilds checked: nothing is wrong; channels, roles, members and the bot's permissions were not looked at in 2 guilds (Discord refuses the bot token)\n"
    );
    house.nothing_is_left().await;
}
