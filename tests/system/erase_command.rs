//! `aimod erase` through the built program, alone on a database and beside a running bot.

use std::process::Output;
use std::time::Duration;

use aimod::domain::ids::ConfigVersion;
use diesel_async::SimpleAsyncConnection as _;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::program::{aimod, err, out};
use crate::schema::connected;
use crate::support::{House, TestDatabase, database};

const ROWS: &str = "
    INSERT INTO guild_settings (guild_id, name, last_case_number) VALUES (10, 'A', 2);
    INSERT INTO moderation_logs (guild_id, case_number, target_user_id, action_type, reason) VALUES (10, 1, 5, 'WARN', 'rude'), (10, 2, 5, 'BAN', 'raid');
    INSERT INTO user_data (user_id, username) VALUES (5, 'mallory');
    INSERT INTO command_logs (guild_id, user_id, command_name) VALUES (10, 5, 'help'), (10, 6, 'help')";

async fn filled() -> TestDatabase {
    let database = database().await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    conn.batch_execute(ROWS).await.expect("good SQL");
    drop(conn);
    database
}

async fn erase(database: &TestDatabase, words: &[&str]) -> Output {
    let mut arguments = vec!["erase"];
    arguments.extend(words);
    aimod(
        &arguments,
        &[("DATABASE_URL", database.url.expose_secret())],
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_exports_what_a_person_may_have() {
    let database = filled().await;
    let url = [("DATABASE_URL", database.url.expose_secret())];
    let export = async |user| aimod(&["export", "--user", user], &url).await;
    let done = export("5").await;
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let file: Value = serde_json::from_str(&out(&done)).expect("one object");
    assert_eq!(
        (&file["format"], &file["user"]),
        (&"aimod-mydata-1".into(), &"5".into())
    );
    assert_eq!(file["kept"]["cases"][1]["reason"], "raid");
    assert_eq!(file["kept"]["user"][0]["username"], "mallory");
    let nothing = export("7").await;
    assert_eq!(nothing.status.code(), Some(0), "{}", err(&nothing));
    let file: Value = serde_json::from_str(&out(&nothing)).expect("one object");
    assert_eq!(file["kept"]["cases"], Value::Array(Vec::new()));
    let nobody = export("0").await;
    assert_eq!(nobody.status.code(), Some(2), "{}", out(&nobody));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_erased_after_a_look() {
    let database = filled().await;
    let look = erase(&database, &["--user", "5", "--dry-run"]).await;
    assert_eq!(look.status.code(), Some(0), "{}", err(&look));
    insta::assert_snapshot!(out(&look), @r"
    user 5: this goes
      cases                            1
      command_runs                     1
      user_data                        1
    this stays: 1 case with the id, whose ban or timeout in force could otherwise be neither found nor lifted
    ");
    let asked = erase(&database, &["--user", "5"]).await;
    assert_eq!(asked.status.code(), Some(2), "nobody can be asked here");
    assert!(
        err(&asked).contains("say --yes if it is meant"),
        "{}",
        err(&asked)
    );
    let done = erase(&database, &["--user", "5", "--yes"]).await;
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    insta::assert_snapshot!(out(&done), @r"
    user 5: this has gone
      cases                            1
      command_runs                     1
      user_data                        1
    this stays: 1 case with the id, whose ban or timeout in force could otherwise be neither found nor lifted
    ");
    let again = erase(&database, &["--user", "5", "--yes", "--json"]).await;
    let told: Value = serde_json::from_str(&out(&again)).expect("one object");
    assert_eq!(told["rows"]["cases"], 0);
    assert_eq!(told["kept"]["cases_in_force"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_card_of_an_erased_persons_appeal_is_left_to_the_bot() {
    let database = filled().await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    let rows = "
        INSERT INTO guild_config (guild_id, key, value) VALUES (10, 'LANGUAGE_CODE', '\"de\"');
        INSERT INTO appeals (id, user_id, guild_id, reason) OVERRIDING SYSTEM VALUE VALUES (7, 5, 10, 'my own words');
        INSERT INTO action_journal (operation_key, step, guild_id, kind, payload, state, settled_at, channel_id, message_id)
            VALUES ('appeals:card:7', 0, 10, 'CARD', '{\"text\": \"my own words\"}', 'DONE', now(), 20, 30)";
    conn.batch_execute(rows).await.expect("good SQL");
    drop(conn);
    let done = erase(&database, &["--user", "5", "--yes"]).await;
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let client = connected(database.url.expose_secret()).await;
    let row = client
        .query_one(
            "SELECT string_agg(operation_key || ' ' || state || ' ' || payload::text, '; ') FROM action_journal",
            &[],
        )
        .await
        .expect("the journal");
    let journal: String = row.get(0);
    assert!(
        journal.starts_with("appeals:withdrawn:7 INTENDED ") && journal.contains("zurückgezogen"),
        "{journal}"
    );
    assert!(!journal.contains("my own words"), "{journal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_is_erased_after_a_look() {
    let database = filled().await;
    let look = erase(&database, &["--guild", "10", "--dry-run", "--json"]).await;
    let told: Value = serde_json::from_str(&out(&look)).expect("one object");
    assert_eq!(
        (told["member"].as_bool(), told["dry_run"].as_bool()),
        (Some(true), Some(true))
    );
    let done = erase(&database, &["--guild", "10", "--yes"]).await;
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    insta::assert_snapshot!(out(&done), @r"
    guild 10: this has gone
      command_logs                     2
      guild_settings                   1
      moderation_logs                  2
    AIMod is in this guild as far as it knows, and will go on there with the defaults of every setting
    ");
    let again = erase(&database, &["--guild", "10", "--yes"]).await;
    insta::assert_snapshot!(out(&again), @r"
    guild 10: this has gone
      nothing
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_line_and_a_database_that_is_away_have_their_exit_codes() {
    let database = filled().await;
    for words in [&["--user", "x"][..], &["--user", "5", "--guild", "10"], &[]] {
        assert_eq!(
            erase(&database, words).await.status.code(),
            Some(2),
            "{words:?}"
        );
    }
    let away = [("DATABASE_URL", "postgres://u@127.0.0.1:1/d")];
    let failed = aimod(&["erase", "--user", "5", "--yes"], &away).await;
    assert_eq!(failed.status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_bot_hears_of_it() {
    let house = House::start().await;
    house.admin("/config set key:PREFIX value:?").await;
    house
        .member("mallory")
        .posts(house.general, "hello")
        .expect("a message");
    house.settled().await;
    let mallory = house.sim.user("mallory").to_string();
    let done = erase(&house.database, &["--user", &mallory, "--yes"]).await;
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let guild = house.id().to_string();
    let done = erase(&house.database, &["--guild", &guild, "--yes"]).await;
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    let waiting = async {
        loop {
            let held = house
                .app()
                .guilds()
                .configuration(house.id())
                .await
                .expect("it answers");
            if held.version() == ConfigVersion(0) {
                break;
            }
            ticks.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting)
        .await
        .expect("the guild starts over");
    // Whatever was counted in memory before has had its chance: stopping writes all of it.
    let mut house = house;
    house.settled().await;
    house.rest().await;
    let row = format!("SELECT count(*) FROM user_data WHERE user_id = {mallory}");
    assert_eq!(house.number(&row).await, 0);
    let there = "SELECT concat_ws(' ', name, left_at) FROM guild_settings";
    let there = house.text(there).await;
    assert_eq!(there.as_deref(), Some("The Server"), "it is still a member");
    house.sim.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_bot_writes_the_card_of_an_erased_persons_appeal_anew_at_once() {
    let house = House::start().await;
    let log = house.mod_log;
    let set = format!("/config set key:MODERATION_LOG_CHANNEL_ID value:<#{log}>");
    for line in [
        "/botdetect enable on:true",
        "/botdetect action action:warn",
        &set,
    ] {
        house.admin(line).await;
    }
    let mallory = house.member("mallory");
    mallory
        .posts(house.general, "claim your FREE NITRO now")
        .expect("a message");
    let warned = house
        .sim
        .wait_until("the warning", |world| !world.dms(mallory.id()).is_empty());
    warned.await.expect("it comes");
    house.settled().await;
    let pressed = mallory.clicks("Appeal").expect("a button");
    let opened = pressed.answer().await.expect("a form");
    let sent = mallory.fills(&opened, &["That was my little brother, and he is sorry."]);
    let sent = sent.expect("a form").answer().await.expect("an answer");
    assert!(sent.text().starts_with("Appeal **#1**"), "{}", sent.text());
    house.settled().await;
    let id = mallory.id().to_string();
    let done = erase(&house.database, &["--user", &id, "--yes"]).await;
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let withdrawn = house.sim.wait_until("the card written anew", |world| {
        let mut cards = world.bot_messages(log).into_iter();
        cards.any(|card| card.embeds[0]["title"] == "Appeal #1 · withdrawn")
    });
    withdrawn.await.expect("nobody waits for a sweep");
    house.nothing_is_left().await;
}
