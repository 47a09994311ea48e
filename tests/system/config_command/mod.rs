//! `aimod config` through the built program: alone on a database, and beside a running bot.

mod past;
mod seen;

use std::process::Output;

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::program::{aimod, err, out};
use crate::support::{House, TestDatabase, database};

const GUILD: &str = "9007199254740993";

async fn config(database: &TestDatabase, words: &[&str]) -> Output {
    let url = database.url.expose_secret();
    let mut arguments = vec!["config"];
    arguments.extend(words);
    arguments.extend(["--guild", GUILD]);
    aimod(&arguments, &[("DATABASE_URL", url)]).await
}

/// What the program prints, with exit code 0.
async fn told(database: &TestDatabase, words: &[&str]) -> String {
    let output = config(database, words).await;
    assert_eq!(output.status.code(), Some(0), "{words:?}: {}", err(&output));
    assert_eq!(err(&output), "", "{words:?}");
    out(&output)
}

/// What the program refuses, with exit code 2 and nothing on standard output.
async fn refused(database: &TestDatabase, words: &[&str]) -> String {
    let output = config(database, words).await;
    assert_eq!(output.status.code(), Some(2), "{words:?}: {}", out(&output));
    assert_eq!(out(&output), "", "{words:?}");
    err(&output)
}

/// What the program prints for each of these, one after another.
async fn dialog(database: &TestDatabase, all: &[&[&str]]) -> String {
    let mut text = String::new();
    for words in all {
        let shown = told(database, words).await;
        text.push_str(&format!("> {}\n{shown}\n", words.join(" ")));
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_changed() {
    let database = database().await;
    let all: &[&[&str]] = &[
        &["set", "prefix", "-!", "--reason", "asked for"],
        &["set", "PREFIX", "-!"],
        &["set", "BOTDETECT_TIMEOUT", "90m"],
        &["add", "BOTDETECT_KEYWORDS", "cheap crypto, scam.example"],
        &["add", "BOTDETECT_KEYWORDS", "scam.example"],
        &["remove", "BOTDETECT_KEYWORDS", "cheap crypto"],
        &["set", "MODERATOR_ROLE_ID", "9007199254740995"],
        &["reset", "PREFIX", "--reason", "no longer", "--version", "5"],
    ];
    insta::assert_snapshot!(dialog(&database, all).await, @r"
    > set prefix -! --reason asked for
    guild 9007199254740993: PREFIX  o! (default) → -!
    this is version 1; a running bot judges the next message by it

    > set PREFIX -!
    guild 9007199254740993: nothing to change, PREFIX is -! in version 1

    > set BOTDETECT_TIMEOUT 90m
    guild 9007199254740993: BOTDETECT_TIMEOUT  1h (default) → 1h30m
    this is version 2; a running bot judges the next message by it

    > add BOTDETECT_KEYWORDS cheap crypto, scam.example
    guild 9007199254740993: BOTDETECT_KEYWORDS  + cheap crypto, + scam.example
    this is version 3; a running bot judges the next message by it

    > add BOTDETECT_KEYWORDS scam.example
    guild 9007199254740993: nothing to change, BOTDETECT_KEYWORDS is cheap crypto, scam.example in version 3

    > remove BOTDETECT_KEYWORDS cheap crypto
    guild 9007199254740993: BOTDETECT_KEYWORDS  − cheap crypto
    this is version 4; a running bot judges the next message by it

    > set MODERATOR_ROLE_ID 9007199254740995
    guild 9007199254740993: MODERATOR_ROLE_ID  unset → 9007199254740995
    this is version 5; a running bot judges the next message by it

    > reset PREFIX --reason no longer --version 5
    guild 9007199254740993: PREFIX  -! → o! (default)
    this is version 6; a running bot judges the next message by it
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_looked_at_and_traced() {
    let database = database().await;
    for words in [
        &["set", "PREFIX", "-!", "--reason", "asked for"][..],
        &["set", "BOTDETECT_TIMEOUT", "90m"],
        &["add", "BOTDETECT_KEYWORDS", "cheap crypto, scam.example"],
        &["remove", "BOTDETECT_KEYWORDS", "cheap crypto"],
        &["set", "MODERATOR_ROLE_ID", "9007199254740995"],
        &["reset", "PREFIX", "--reason", "no longer"],
    ] {
        told(&database, words).await;
    }
    let all: &[&[&str]] = &[&["show"], &["show", "BOTDETECT_ACTION"]];
    insta::assert_snapshot!(dialog(&database, all).await, @r"
    > show
    guild 9007199254740993, version 6

    APPEALS_CHANNEL_ID         unset
    APPEALS_DELAY              unset
    APPEALS_ENABLED            true (default)
    APPEALS_MAX_LENGTH         1000 (default)
    APPEALS_MIN_LENGTH         20 (default)
    APPEALS_PAUSE              unset
    APPEALS_WAIT               1w (default)
    BOTDETECT_ACTION           timeout (default)
    BOTDETECT_ENABLED          false (default)
    BOTDETECT_KEYWORDS         scam.example
    BOTDETECT_LOG_CHANNEL      unset
    BOTDETECT_TIMEOUT          1h30m
    BOTDETECT_WHITELIST_ROLES  none (default)
    BOTDETECT_WHITELIST_USERS  none (default)
    GLOBAL_BANS_ENABLED        true (default)
    LANGUAGE_CODE              en (default)
    MODERATION_LOG_CHANNEL_ID  unset
    MODERATOR_ROLE_ID          9007199254740995
    PREFIX                     o! (default)
    TIME_ZONE                  UTC (default)

    > show BOTDETECT_ACTION
    BOTDETECT_ACTION  timeout (default)
    means             What happens to the author of a found message, which is deleted in any case.
    takes             one of delete, warn, timeout, kick, ban
    default           timeout
    version           6
    ");
    let history = told(&database, &["history"]).await;
    insta::assert_snapshot!(without_times(&history), @r"
    VERSION  WHEN (UTC)           BY   SETTING             CHANGE
          6  (date and time)      cli  PREFIX              -! → o! (default)  (no longer)
          5  (date and time)      cli  MODERATOR_ROLE_ID   unset → 9007199254740995
          4  (date and time)      cli  BOTDETECT_KEYWORDS  − cheap crypto
          3  (date and time)      cli  BOTDETECT_KEYWORDS  + cheap crypto, + scam.example
          2  (date and time)      cli  BOTDETECT_TIMEOUT   1h (default) → 1h30m
          1  (date and time)      cli  PREFIX              o! (default) → -!  (asked for)
    ");
    let of_one = told(&database, &["history", "PREFIX", "--limit", "1"]).await;
    assert_eq!(of_one.lines().count(), 2, "{of_one}");
    let before = told(&database, &["history", "--before", "2"]).await;
    assert!(before.contains("      1  ") && !before.contains("      2  "));
}

/// The history with its times blotted out.
fn without_times(history: &str) -> String {
    let lines = history.lines().map(|line| match line.split_once("  20") {
        Some((version, rest)) => {
            let (_, rest) = rest.split_at("26-11-23 04:00:00".len());
            format!("{version}  (date and time)    {rest}")
        }
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_read_objects_in_which_ids_are_strings() {
    let database = database().await;
    let set = told(
        &database,
        &["set", "MODERATOR_ROLE_ID", "9007199254740995", "--json"],
    )
    .await;
    let set: Value = serde_json::from_str(&set).expect("an object");
    let change = json!({"key": "MODERATOR_ROLE_ID", "old": null, "new": "9007199254740995"});
    assert_eq!(
        set,
        json!({"guild": GUILD, "version": 1, "changed": [change], "kept": []})
    );
    let shown = told(&database, &["show", "--json"]).await;
    let shown: Value = serde_json::from_str(&shown).expect("an object");
    let settings = &shown["settings"];
    assert_eq!(shown["version"], 1);
    assert_eq!(
        settings["MODERATOR_ROLE_ID"],
        json!({"value": "9007199254740995", "set": true})
    );
    assert_eq!(settings["PREFIX"], json!({"value": "o!", "set": false}));
    let history = told(&database, &["history", "--json"]).await;
    let history: Value = serde_json::from_str(&history).expect("an object");
    let first = &history["changes"][0];
    assert_eq!(first["new"], "9007199254740995");
    assert_eq!(
        (&first["source"], &first["by"]),
        (&json!("CLI"), &json!("0"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_with_what_can() {
    let database = database().await;
    told(&database, &["set", "PREFIX", "!"]).await;
    told(&database, &["set", "PREFIX", "?"]).await;
    let mut text = String::new();
    for words in [
        &["show", "PREFX"][..],
        &["set", "nonsense\u{1b}[2J", "1"],
        &["set", "PREFIX", "much too long for this"],
        &["set", "APPEALS_ENABLED", "maybe"],
        &["add", "PREFIX", "x"],
        &["set", "BOTDETECT_KEYWORDS", "..."],
        &["history", "PREFX"],
        &["set", "AI_MODEL", "x"],
        &["set", "PREFIX", "%", "--version", "1"],
        &["reset", "PREFIX", "--version", "1"],
    ] {
        text.push_str(&refused(&database, words).await);
    }
    insta::assert_snapshot!(text, @r"
    aimod: there is no setting PREFX; did you mean PREFIX?
    aimod: there is no setting nonsense\u{1b}[2J; `aimod config show` lists them all
    aimod: PREFIX was not changed: “much too long for this” does not fit; it takes a text of 1 to 10 characters
    aimod: APPEALS_ENABLED was not changed: “maybe” does not fit; it takes true or false
    aimod: nothing was changed: PREFIX holds a single value, not a list
    aimod: BOTDETECT_KEYWORDS was not changed: keyword 1: a keyword needs at least one letter, digit or symbol
    aimod: there is no setting PREFX; did you mean PREFIX?
    aimod: AI_MODEL is not in use yet: no part of AIMod reads it
    aimod: nothing was changed: PREFIX has changed since; it was ! in the version you have seen and is ? in version 2
    aimod: nothing was changed: PREFIX has changed since; it was ! in the version you have seen and is ? in version 2
    ");
    let version = told(&database, &["show", "PREFIX"]).await;
    assert!(
        version.contains("version  2"),
        "nothing was written: {version}"
    );
    for guild in ["0", "-1", "x", "9223372036854775808"] {
        let output = aimod(&["config", "show", &format!("--guild={guild}")], &[]).await;
        assert_eq!(output.status.code(), Some(2), "{guild}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_operators_at_once_lose_no_entry() {
    let database = database().await;
    let words = |number: u64| format!("word {number}");
    let entries: Vec<String> = (0..10).map(words).collect();
    let adding = entries.iter().map(|entry| {
        let database = &database;
        async move { told(database, &["add", "BOTDETECT_KEYWORDS", entry]).await }
    });
    futures_util::future::join_all(adding).await;
    let shown = told(&database, &["show", "BOTDETECT_KEYWORDS", "--json"]).await;
    let shown: Value = serde_json::from_str(&shown).expect("an object");
    let held = shown["settings"]["BOTDETECT_KEYWORDS"]["value"].clone();
    let mut held: Vec<String> = serde_json::from_value(held).expect("a list");
    held.sort();
    assert_eq!(held, entries);
    assert_eq!(shown["version"], 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_database_it_fails_and_makes_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    let variables = [(
        "AIMOD__DATABASE__DATA_DIR",
        data_dir.to_str().expect("Unicode"),
    )];
    let output = aimod(&["config", "show", "--guild", "1"], &variables).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(
        err(&output).contains("there is no database yet"),
        "{}",
        err(&output)
    );
    assert!(!data_dir.exists());
    let nobody = [("DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/d")];
    let output = aimod(&["config", "show", "--guild", "1"], &nobody).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(!err(&output).contains("hunter2"), "{}", err(&output));
    let empty = crate::support::database_without_schema().await;
    let output = config(&empty, &["show"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("`aimod migrate`"), "{}", err(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_beside_a_running_bot_decides_its_next_message() {
    let house = House::start().await;
    house.admin("/botdetect enable on:true").await;
    let url = house.database.url.expose_secret().to_owned();
    let guild = house.id().to_string();
    let change = async |words: &[&str]| {
        let mut arguments = vec!["config"];
        arguments.extend(words);
        arguments.extend(["--guild", guild.as_str()]);
        let output = aimod(&arguments, &[("DATABASE_URL", &url)]).await;
        assert!(output.status.success(), "{}", err(&output));
    };
    change(&["add", "BOTDETECT_KEYWORDS", "purple elephants"]).await;
    change(&["set", "BOTDETECT_ACTION", "delete"]).await;
    // The bot hears of a commit within a second.
    let heard = async {
        while house
            .app()
            .guilds()
            .find_configuration(house.id())
            .is_none_or(|held| held.version().0 < 3)
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(5), heard)
        .await
        .expect("the bot hears of it");
    let mallory = house.member("mallory");
    let posted = mallory
        .posts(house.general, "get your purple elephants")
        .expect("a message");
    house
        .sim
        .wait_until("it is deleted", |world| {
            world.message(house.general, posted).is_none()
        })
        .await
        .expect("deleted");
    // A change of the bot's own, right after, is based on the operator's.
    let answer = house.admin("/config set key:PREFIX value:?").await;
    assert!(answer.contains("version 4"), "{answer}");
    house.settled().await;
    house.nothing_is_left().await;
}
