//! What holds for every command: who may, who reads the answer, what is suggested, and how faults are told.

use std::time::{Duration, Instant};

use diesel_async::SimpleAsyncConnection;
use serde_json::Value;

use crate::features::tests::{known, logged, plain_sql, taken_in, types};
use crate::support::{House, Link};
use crate::telemetry::logs;

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::too_many_lines,
    reason = "one dialogue, read from top to bottom"
)]
async fn every_command_refuses_members_in_both_forms() {
    let house = House::start().await;
    let alice = house.sim.user("alice");
    let lines = [
        "config show".to_owned(),
        "config set PREFIX x".to_owned(),
        "config add BOTDETECT_KEYWORDS x".to_owned(),
        "config remove BOTDETECT_KEYWORDS x".to_owned(),
        "config reset PREFIX".to_owned(),
        "config history".to_owned(),
        "config diff 0".to_owned(),
        "config rollback 0".to_owned(),
        "config check".to_owned(),
        "botdetect status".to_owned(),
        "botdetect enable true".to_owned(),
        "botdetect action ban".to_owned(),
        "botdetect keywords add word".to_owned(),
        "botdetect keywords remove word".to_owned(),
        "botdetect keywords list".to_owned(),
        "botdetect keywords defaults".to_owned(),
        format!("botdetect whitelist add user:{alice}"),
        format!("botdetect whitelist remove user:{alice}"),
        "botdetect test hello".to_owned(),
        format!("infractions view {alice}"),
        "case view 1".to_owned(),
        "appeals list".to_owned(),
        "appeals view 1".to_owned(),
        "appeals decide 1 approve".to_owned(),
    ];
    for line in &lines {
        let answer = house.says("alice", &format!("/{line}")).await;
        assert!(
            answer.starts_with("You need the permission **"),
            "/{line}: {answer}"
        );
        let typed = line.replace("user:", "");
        let answer = types(&house, "alice", &format!("o!{typed}")).await;
        assert!(
            answer.starts_with("You need the permission **"),
            "o!{typed}: {answer}"
        );
    }
    for group in [
        "config",
        "botdetect",
        "botdetect keywords",
        "infractions",
        "case",
        "appeals",
    ] {
        let answer = types(&house, "alice", &format!("o!{group}")).await;
        assert!(
            answer.starts_with("You need the permission **"),
            "o!{group}: {answer}"
        );
    }
    logged(&house, 54).await;
    let forbidden = "SELECT count(*) FROM command_logs WHERE outcome = 'FORBIDDEN'";
    assert_eq!(house.number(forbidden).await, 54);
    assert_eq!(
        house
            .number("SELECT count(*) FROM guild_config_revisions")
            .await,
        0
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_private_whether_granted_or_refused() {
    let house = House::start().await;
    for (name, line) in [
        ("admin", "/config show"),
        ("admin", "/config show key:nonsense"),
        ("alice", "/config show"),
    ] {
        let call = house.member(name).runs_unchecked(line).expect("a command");
        let answer = call.answer().await.expect("an answer");
        assert!(answer.ephemeral, "{name} {line}");
        assert!(!answer.content.is_empty());
    }
    let public = house
        .sim
        .look(|world| world.bot_messages(house.general).len());
    assert_eq!(public, 0, "nobody else reads them");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_values_are_suggested() {
    let house = House::start().await;
    plain_sql(
        &house,
        "INSERT INTO guild_config SELECT guild_id, 'VERY_OLD', '1' FROM guild_settings",
    )
    .await;
    taken_in(&house, 1).await;
    let admin = house.member("admin");
    let mut text = String::new();
    for line in [
        "/config show key:pre",
        "/config set key:log",
        "/config show key:ai_",
        "/config history key:api",
        "/config history key:very",
        "/config set key:APPEALS_ENABLED value:T",
        "/config set key:BOTDETECT_ACTION value:",
        "/config set key:PREFIX value:x",
        "/config reset key:nothing like it",
    ] {
        let choices = admin.autocompletes(line).await.expect("suggestions");
        let names: Vec<&str> = choices
            .iter()
            .filter_map(|choice| choice.get("value").and_then(Value::as_str))
            .collect();
        text.push_str(&format!("{line} → [{}]\n", names.join(", ")));
    }
    insta::assert_snapshot!(text, @r"
    /config show key:pre → [PREFIX]
    /config set key:log → [BOTDETECT_LOG_CHANNEL, MODERATION_LOG_CHANNEL_ID]
    /config show key:ai_ → [AI_MODEL, AI_EXCLUDED_CHANNELS, AI_CHANNEL_RULES, AI_ANALYSIS_MODE, AI_KEYWORD_RULES, AI_ACTIONS_LOG_CHANNEL_ID]
    /config history key:api → [API_KEY]
    /config history key:very → [VERY_OLD]
    /config set key:APPEALS_ENABLED value:T → [true]
    /config set key:BOTDETECT_ACTION value: → [delete, warn, timeout, kick, ban]
    /config set key:PREFIX value:x → []
    /config reset key:nothing like it → []
    ");
    let alice = house.member("alice");
    let secret = alice.autocompletes("/config show key:pre");
    let limit = Duration::from_millis(500);
    let nothing = tokio::time::timeout(limit, secret).await;
    assert!(
        nothing.is_err()
            || nothing
                .is_ok_and(|choices| choices.is_err() || choices.is_ok_and(|list| list.is_empty())),
        "a member is suggested nothing"
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_gets_a_reference_that_the_log_holds_once() {
    logs::install("error", logs::Format::Readable).expect("a filter");
    let house = House::start().await;
    let mark = logs::errors_seen();
    let mut conn = house.database.pool.acquire().await.expect("a connection");
    conn.batch_execute("ALTER TABLE moderation_logs RENAME TO elsewhere")
        .await
        .expect("renamed");
    let answer = house.admin("/case view number:1").await;
    let reference = answer
        .split('`')
        .nth(1)
        .unwrap_or_else(|| panic!("no reference in {answer:?}"));
    assert_eq!(
        answer,
        format!("Something went wrong. The operator finds it in the log under `{reference}`.")
    );
    let lines = logs::errors_after(mark);
    let with_reference: Vec<_> = lines
        .iter()
        .filter(|line| line.contains(reference))
        .collect();
    assert_eq!(with_reference.len(), 1, "{lines:?}");
    conn.batch_execute("ALTER TABLE elsewhere RENAME TO moderation_logs")
        .await
        .expect("renamed back");
    drop(conn);
    logged(&house, 1).await;
    let outcome = house.text("SELECT outcome FROM command_logs").await;
    assert_eq!(outcome.as_deref(), Some("ERROR"));
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_postgres_commands_say_so_within_three_seconds() {
    let database = crate::support::database().await;
    let (link, url) = Link::to_postgres(&database.url).await;
    let house = House::start_with(|settings| settings.database.url = Some(url)).await;
    known(&house).await;
    link.cut();
    for line in ["/config set key:PREFIX value:?", "/case view number:1"] {
        let started = Instant::now();
        let answer = house.admin(line).await;
        assert!(
            answer.starts_with("The database does not answer right now."),
            "{line}: {answer}"
        );
        assert!(
            started.elapsed() < Duration::from_secs(3),
            "{line}: {:?}",
            started.elapsed()
        );
    }
    assert!(house.admin("/config show").await.starts_with("**Settings"));
    link.heal();
}
