//! `aimod config` with earlier versions, files of export, and checks.

use diesel_async::SimpleAsyncConnection as _;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::{GUILD, config, refused, told, without_times};
use crate::program::{aimod, err, out};
use crate::support::{TestDatabase, database};

/// A guild with four versions.
async fn grown() -> TestDatabase {
    let database = database().await;
    for words in [
        &["set", "PREFIX", "!"][..],
        &["set", "BOTDETECT_KEYWORDS", "cheap crypto, scam.example"],
        &["set", "MODERATION_LOG_CHANNEL_ID", "9007199254740997"],
        &["remove", "BOTDETECT_KEYWORDS", "scam.example"],
    ] {
        told(&database, words).await;
    }
    database
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_compared_and_an_earlier_one_comes_back_as_a_new_one() {
    let database = grown().await;
    let mut text = String::new();
    for words in [
        &["diff", "1", "4"][..],
        &["diff", "4", "3"],
        &["diff", "4"],
        &["rollback", "4"],
        &["rollback", "1", "--yes"],
        &["diff", "1", "5"],
        &["history", "BOTDETECT_KEYWORDS", "--before", "5"],
    ] {
        let shown = without_times(&told(&database, words).await);
        text.push_str(&format!("> {}\n{shown}\n\n", words.join(" ")));
    }
    insta::assert_snapshot!(text, @r"
    > diff 1 4
    guild 9007199254740993, version 1 → 4

    BOTDETECT_KEYWORDS         + cheap crypto
    MODERATION_LOG_CHANNEL_ID  unset → 9007199254740997

    > diff 4 3
    guild 9007199254740993, version 4 → 3

    BOTDETECT_KEYWORDS  + scam.example

    > diff 4
    guild 9007199254740993, version 4 → 4: no difference

    > rollback 4
    guild 9007199254740993: nothing to change, version 4 has the settings of 4

    > rollback 1 --yes
    guild 9007199254740993: back from version 4 to the settings of 1

    BOTDETECT_KEYWORDS         − cheap crypto
    MODERATION_LOG_CHANNEL_ID  9007199254740997 → unset

    this is version 5; a running bot judges the next message by it

    > diff 1 5
    guild 9007199254740993, version 1 → 5: no difference

    > history BOTDETECT_KEYWORDS --before 5
    VERSION  WHEN (UTC)           BY   SETTING             CHANGE
          4  (date and time)      cli  BOTDETECT_KEYWORDS  − scam.example
          2  (date and time)      cli  BOTDETECT_KEYWORDS  + cheap crypto, + scam.example
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_read_differences_too() {
    let database = grown().await;
    told(&database, &["rollback", "1", "--yes"]).await;
    let json = told(&database, &["diff", "0", "3", "--json"]).await;
    let json: Value = serde_json::from_str(&json).expect("an object");
    assert_eq!((&json["from"], &json["to"]), (&json!(0), &json!(3)));
    assert_eq!(json["changes"][1]["new"], "9007199254740997");
    let json = told(&database, &["rollback", "4", "--yes", "--json"]).await;
    let json: Value = serde_json::from_str(&json).expect("an object");
    assert_eq!(json["version"], 6);
    let unknown = refused(&database, &["diff", "1", "99"]).await;
    assert_eq!(
        unknown,
        format!("aimod: guild {GUILD} has no version 99; the newest is 6\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_back_where_nobody_can_be_asked() {
    let database = grown().await;
    let output = config(&database, &["rollback", "1"]).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(out(&output).contains("− cheap crypto"), "{}", out(&output));
    assert!(err(&output).contains("say --yes"), "{}", err(&output));
    let outdated = config(&database, &["rollback", "1", "--yes", "--version", "2"]).await;
    assert_eq!(outdated.status.code(), Some(2));
    assert!(err(&outdated).contains("has changed since"));
    assert!(told(&database, &["show"]).await.contains("version 4"));
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_travel_by_file_and_a_foreign_channel_needs_its_counterpart() {
    let database = grown().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.json");
    let file = path.to_str().expect("Unicode");
    std::fs::write(&path, told(&database, &["export"]).await).expect("written");
    let same = told(&database, &["import", file]).await;
    assert!(same.contains("nothing to change"), "{same}");
    told(&database, &["rollback", "0", "--yes"]).await;
    let back = told(&database, &["import", file, "--yes", "--reason", "moved"]).await;
    insta::assert_snapshot!(back, @r"
    guild 9007199254740993: into version 5

    BOTDETECT_KEYWORDS         + cheap crypto
    MODERATION_LOG_CHANNEL_ID  unset → 9007199254740997
    PREFIX                     o! (default) → !

    this is version 6; a running bot judges the next message by it
    ");
    let history = told(&database, &["history", "PREFIX", "--limit", "1"]).await;
    assert!(
        history.contains("  import  PREFIX   o! (default) → !  (moved)"),
        "{history}"
    );

    let url = database.url.expose_secret();
    let elsewhere = async |more: &[&str]| {
        let mut arguments = vec!["config", "import", file, "--guild", "77"];
        arguments.extend(more);
        aimod(&arguments, &[("DATABASE_URL", url)]).await
    };
    let output = elsewhere(&["--yes"]).await;
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        err(&output),
        "aimod: nothing was changed: the file is of another guild; say --map OLD=NEW for channel 9007199254740997\n"
    );
    let output = elsewhere(&["--yes", "--map", "9007199254740997=78"]).await;
    assert!(output.status.success(), "{}", err(&output));
    assert!(out(&output).contains("MODERATION_LOG_CHANNEL_ID  unset → 78"));
    assert_eq!(elsewhere(&["--map", "x"]).await.status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_export_is_refused_and_what_is_left_out_is_told() {
    let database = database().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.json");
    let file = path.to_str().expect("Unicode").to_owned();
    let missing = config(&database, &["import", &file]).await;
    assert_eq!(missing.status.code(), Some(1), "{}", err(&missing));
    let mut text = String::new();
    for content in [
        "",
        "{\"format\": 1",
        "{}",
        r#"{"format": 2, "settings": {}}"#,
    ] {
        std::fs::write(&path, content).expect("written");
        text.push_str(&refused(&database, &["import", &file]).await);
    }
    std::fs::write(&path, " ".repeat(1024 * 1024 + 1)).expect("written");
    text.push_str(&refused(&database, &["import", &file]).await);
    let settings =
        json!({"PREFIX": "?", "APPEALS_ENABLED": "maybe", "NO_SUCH": 1, "AI_MODEL": "m"});
    let export = json!({"format": 1, "guild": GUILD, "settings": settings});
    std::fs::write(&path, export.to_string()).expect("written");
    let output = config(&database, &["import", &file, "--yes"]).await;
    assert!(output.status.success());
    text.push_str(&err(&output));
    insta::assert_snapshot!(text, @r"
    aimod: That is no export of AIMod: the JSON breaks off in line 1, column 0
    aimod: That is no export of AIMod: the JSON breaks off in line 1, column 12
    aimod: That is no export of AIMod: settings is missing
    aimod: That is no export of AIMod: its format is not 1
    aimod: the file is too large; an export has at most 1 MiB
    aimod: NO_SUCH is no setting of AIMod; it is kept as it is, and read by nothing
    aimod: AI_MODEL is not in use yet; it is kept as it is
    aimod: APPEALS_ENABLED is left out: its value does not fit; it takes true or false
    ");
    assert!(out(&output).contains("PREFIX    o! (default) → ?"));
    let shown = told(&database, &["show"]).await;
    assert!(shown.contains("AI_MODEL  \"m\""), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_tell_of_keys_but_not_the_keys() {
    let database = database().await;
    told(&database, &["set", "PREFIX", "!"]).await;
    for statement in [
        "INSERT INTO guild_api_keys (guild_id, api_provider, encrypted_api_key) VALUES ({}, 'openai', 'gAAAAA-one')",
        "UPDATE guild_api_keys SET encrypted_api_key = 'gAAAAA-two'",
        "UPDATE guild_api_keys SET api_provider = 'anthropic', encrypted_api_key = 'gAAAAA-three'",
        "DELETE FROM guild_api_keys",
    ] {
        sql(&database, &statement.replace("{}", GUILD)).await;
    }
    let mut text = String::new();
    for words in [
        &["diff", "1", "2"][..],
        &["diff", "2", "3"],
        &["diff", "3", "2"],
        &["diff", "3", "4"],
        &["diff", "1"],
        &["diff", "0"],
    ] {
        let shown = without_times(&told(&database, words).await);
        text.push_str(&format!("> {}\n{shown}\n\n", words.join(" ")));
    }
    let output = config(&database, &["rollback", "3", "--yes"]).await;
    text.push_str(&format!("{}{}", err(&output), out(&output)));
    insta::assert_snapshot!(text, @r"
    > diff 1 2
    guild 9007199254740993, version 1 → 2

    API_KEY  none → a key of openai

    > diff 2 3
    guild 9007199254740993, version 2 → 3

    API_KEY  a key of openai → another key of openai

    > diff 3 2
    guild 9007199254740993, version 3 → 2

    API_KEY  a key of openai → another key of openai

    > diff 3 4
    guild 9007199254740993, version 3 → 4

    API_KEY  a key of openai → a key of anthropic

    > diff 1
    guild 9007199254740993, version 1 → 5: no difference

    > diff 0
    guild 9007199254740993, version 0 → 5

    PREFIX  o! (default) → !

    aimod: API_KEY cannot be taken back and stays
    guild 9007199254740993: nothing can be taken back to version 3
    ");
    let history = told(&database, &["history", "api_key"]).await;
    assert!(
        history.contains("a key of openai → another key of openai"),
        "{history}"
    );
    assert!(!history.contains("gAAAAA"), "{history}");
}

async fn sql(database: &TestDatabase, statement: &str) {
    let mut conn = database.pool.acquire().await.expect("a connection");
    conn.batch_execute(statement).await.expect("written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_finds_what_cannot_work_in_one_guild_and_in_all() {
    let database = grown().await;
    let url = database.url.expose_secret();
    let clean = told(&database, &["check"]).await;
    assert!(
        clean.contains("1 guild checked: nothing is wrong"),
        "{clean}"
    );
    sql(
        &database,
        "INSERT INTO guild_config (guild_id, key, value) \
         VALUES (77, 'PREFIX', '5'), (77, 'NO_SUCH', '1'), (77, 'AI_MODEL', '\"m\"'); \
         INSERT INTO guild_settings (guild_id) SELECT generate_series(1000, 1600)",
    )
    .await;
    let all = aimod(&["config", "check", "--all"], &[("DATABASE_URL", url)]).await;
    assert_eq!(all.status.code(), Some(2), "{}", err(&all));
    insta::assert_snapshot!(out(&all), @r"
    guild 77, version 3
      - The stored value of PREFIX does not fit, and the last good one holds. Set it anew. (“5” does not fit; it takes a text of 1 to 10 characters)
      - AI_MODEL is stored, but not in use yet
      - NO_SUCH is stored, but no part of AIMod knows it
    603 guilds checked: 3 findings in 1 guild; channels, roles, members and the bot's permissions were not looked at in 603 guilds (DISCORD_TOKEN is not set)
    ");
    let arguments = ["config", "check", "--guild", "77", "--json"];
    let json = aimod(&arguments, &[("DATABASE_URL", url)]).await;
    assert_eq!(json.status.code(), Some(2));
    let json: Value = serde_json::from_str(&out(&json)).expect("an object");
    assert_eq!(json["checked"], 1);
    assert_eq!(
        json["guilds"][0]["findings"].as_array().map(Vec::len),
        Some(3)
    );
    let neither = aimod(&["config", "check"], &[]).await;
    assert_eq!(neither.status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_plain_sql_wrote_wrongly_is_shown_and_not_applied() {
    let database = database().await;
    let url = database.url.expose_secret();
    sql(
        &database,
        "INSERT INTO guild_config (guild_id, key, value) \
         VALUES (77, 'PREFIX', '5'), (77, 'NO_SUCH', '1'), (77, 'AI_MODEL', '\"m\"')",
    )
    .await;
    let shown = aimod(
        &["config", "show", "--guild", "77"],
        &[("DATABASE_URL", url)],
    )
    .await;
    insta::assert_snapshot!(out(&shown), @r#"
    guild 77, version 3

    APPEALS_CHANNEL_ID         unset
    APPEALS_DELAY              unset
    APPEALS_ENABLED            true (default)
    APPEALS_MAX_LENGTH         1000 (default)
    APPEALS_MIN_LENGTH         20 (default)
    APPEALS_PAUSE              unset
    APPEALS_WAIT               1w (default)
    BOTDETECT_ACTION           timeout (default)
    BOTDETECT_ENABLED          false (default)
    BOTDETECT_KEYWORDS         none (default)
    BOTDETECT_LOG_CHANNEL      unset
    BOTDETECT_TIMEOUT          1h (default)
    BOTDETECT_WHITELIST_ROLES  none (default)
    BOTDETECT_WHITELIST_USERS  none (default)
    GLOBAL_BANS_ENABLED        true (default)
    LANGUAGE_CODE              en (default)
    MODERATION_LOG_CHANNEL_ID  unset
    MODERATOR_ROLE_ID          unset
    PREFIX                     o! (default)
    TIME_ZONE                  UTC (default)

    stored, but read by nothing:
    AI_MODEL  "m"
    NO_SUCH   1

    PREFIX: the stored value is not applied, the last good one holds; “5” does not fit; it takes a text of 1 to 10 characters
    "#);
}
