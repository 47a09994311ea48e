//! Files as they may lie there: missing, blank, damaged, with marks of byte order, in other time zones.

use std::process::Output;

use super::legacy::time;
use super::{APPEALS, BANS, CASES, CONFIG, INFRACTIONS, NOTES, Scene, TOGGLES, remarks, told};
use crate::program::{aimod, err, out};

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_missing_or_blank_are_fine() {
    let scene = Scene::new().await;
    let nothing = scene.told(&[], 0).await;
    assert!(
        nothing.contains("nothing of the Python bot is in"),
        "{nothing}"
    );
    scene.write(CONFIG, "");
    scene.write(BANS, " \r\n\t ");
    scene.write(NOTES, "\u{feff}");
    let blank = scene.told(&[], 0).await;
    assert_eq!(blank.matches("empty").count(), 3, "{blank}");
    for text in ["{}", "\u{feff}{}\r\n", "{\r\n}\r\n"] {
        scene.write(CONFIG, text);
        scene.told(&[], 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_refused_with_its_place_and_the_others_go_on() {
    let scene = Scene::new().await;
    scene.write(
        INFRACTIONS,
        "{\n  \"1_2\": [{\"timestamp\": \"2024-05-01T12:00:00Z\"}, ]\n}",
    );
    scene.write(CONFIG, "[]");
    scene.write(BANS, "[5] [6]");
    scene.write(CASES, "[{\"guild_id\": 1,");
    scene.write(APPEALS, b"{\"\xff\": {}}");
    scene.write(NOTES, "{\"5\": {\"note\": \"fine\"}}");
    let report = scene.report(&[]).await;
    assert_eq!(report["exit_code"], 2);
    let files = report["files"].as_array().expect("a list");
    let lines = files.iter().filter(|file| file["reason"].is_string());
    let lines: Vec<String> = lines
        .map(|file| {
            format!(
                "{}: {}",
                file["file"].as_str().expect("a name"),
                file["reason"].as_str().expect("why")
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    wdiscordbot-json-data/guild_config.json: line 1, column 1: invalid type: sequence, expected an object of records
    wdiscordbot-json-data/user_infractions.json: line 2, column 50: trailing comma
    logging-data/moderation_logs.json: line 1, column 16: EOF while parsing an object
    wdiscordbot-json-data/appeals.json: line 1, column 3: invalid unicode code point
    wdiscordbot-json-data/global_bans.json: line 1, column 5: trailing characters
    ");
    assert_eq!(scene.value("SELECT note FROM user_notes").await, "fine");
    assert_eq!(
        scene.value("SELECT count(*) FROM user_infractions").await,
        "0"
    );
    assert_eq!(scene.value("SELECT count(*) FROM global_bans").await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_a_failure() {
    let scene = Scene::new().await;
    std::fs::create_dir_all(scene.path(BANS)).expect("a directory");
    scene.write(NOTES, "{\"5\": {\"note\": \"fine\"}}");
    let failed = scene.told(&[], 1).await;
    assert!(
        failed.contains("failed: it cannot be read: it is a directory"),
        "{failed}"
    );
    assert_eq!(scene.value("SELECT note FROM user_notes").await, "fine");
    let code = |output: &Output| output.status.code();
    let missing = scene.run(&["import", "/nowhere/at/all"], &[]).await;
    assert_eq!(code(&missing), Some(1));
    assert!(
        err(&missing).contains("cannot read /nowhere/at/all"),
        "{}",
        err(&missing)
    );
    let file = scene.path(NOTES);
    let file = scene
        .run(&["import", file.to_str().expect("Unicode")], &[])
        .await;
    assert_eq!(code(&file), Some(1));
    assert!(err(&file).contains("is no directory"), "{}", err(&file));
    for words in [
        &["import"][..],
        &["import", ".", "--dry-run", "--validate"],
        &["import", ".", "--assume-timezone", "Mars/Olympus"],
        &["import", ".", "--from-database", "postgres://localhost/x"],
    ] {
        assert_eq!(code(&aimod(words, &[]).await), Some(2), "{words:?}");
    }
    let away = [("DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/d")];
    let away = aimod(&["import", "/tmp"], &away).await;
    assert_eq!(code(&away), Some(1));
    assert!(!err(&away).contains("hunter2"), "{}", err(&away));
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_of_byte_order_and_other_line_ends_are_no_harm() {
    let scene = Scene::new().await;
    scene.write(
        BANS,
        "\u{feff}[\r\n  900719925474099303,\r\n  \"5\"\r\n]\r\n",
    );
    scene.told(&[], 0).await;
    assert_eq!(scene.value("SELECT count(*) FROM global_bans").await, "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn naive_times_are_of_the_zone_that_is_told() {
    let scene = Scene::new().await;
    scene.write(
        INFRACTIONS,
        r#"{"1_2": [{"timestamp": "2024-07-01T12:00:00", "reasoning": "naive"}, {"timestamp": "2024-07-01T12:00:00Z", "reasoning": "utc"},
            {"timestamp": "2024-03-31T02:30:00"}]}"#,
    );
    let report = scene.report(&["--assume-timezone", "Europe/Berlin"]).await;
    assert_eq!(
        remarks(&report, INFRACTIONS),
        "refused /1_2/2/timestamp: no clock in Europe/Berlin ever showed this time"
    );
    let times = "SELECT string_agg(reasoning || ' ' || timestamp, ', ' ORDER BY reasoning) FROM user_infractions";
    assert_eq!(
        scene.value(times).await,
        "naive 2024-07-01 10:00:00+00, utc 2024-07-01 12:00:00+00"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_count_once_and_half_letters_harm_only_their_record() {
    let scene = Scene::new().await;
    let same = r#"{"timestamp": "2024-05-01T12:00:00Z", "reasoning": "same"}"#;
    let other = r#"{"timestamp": "2024-05-01T12:00:00Z", "reasoning": "other"}"#;
    scene.write(
        INFRACTIONS,
        format!(
            r#"{{"1_2": [{same}, {same}, {other}, {{"timestamp": "2024-05-01T12:00:00Z", "reasoning": "\ud800"}},
                {{"timestamp": "2024-05-01T12:00:00Z", "timestamp": "2024-05-02T12:00:00Z"}}], "\ud800": [], "1_2": [{same}],
                "1_3": [{deep}]}}"#,
            deep = "[".repeat(5_000) + &"]".repeat(5_000),
        ),
    );
    scene.write(
        TOGGLES,
        r#"{"1": {"member_join": true}, "1": {"member_join": false}}"#,
    );
    let report = scene.report(&[]).await;
    let all = format!(
        "{}\n{}",
        remarks(&report, INFRACTIONS),
        remarks(&report, TOGGLES)
    );
    insta::assert_snapshot!(all, @r"
    refused /1_2/3: unexpected end of hex escape
    refused /1_2/4: the field timestamp stands twice
    refused /1_3/0: invalid type: sequence, expected an object
    refused /1: the guild stands twice in this file; its first settings count
    ");
    assert_eq!(
        scene.value("SELECT count(*) FROM user_infractions").await,
        "2"
    );
    assert_eq!(
        scene.value("SELECT infraction_count FROM user_data").await,
        "2"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_far_apart_count_once_too() {
    let scene = Scene::new().await;
    let record = |number: u64| {
        format!(
            r#"{{"timestamp": "{}", "reasoning": "{number}"}}"#,
            time(number)
        )
    };
    let list = |count: u64| (0..count).map(record).collect::<Vec<_>>().join(",");
    let twice = format!(r#""1_2": [{all}, {all}]"#, all = list(2_500));
    let between = (3..203).map(|member| format!(r#""1_{member}": [{}]"#, list(60)));
    let between = between.collect::<Vec<_>>().join(",");
    scene.write(INFRACTIONS, format!("{{{twice}, {between}, {twice}}}"));
    let report = scene.report(&[]).await;
    let mut files = report["files"].as_array().expect("a list").iter();
    let file = files.find(|file| file["file"] == INFRACTIONS);
    let file = file.expect("the file");
    assert_eq!(
        (&file["new"], &file["same"]),
        (&14_500.into(), &7_500.into()),
        "{file}"
    );
    let counted = "SELECT count(*) || ' ' || (SELECT sum(infraction_count) FROM user_data) FROM user_infractions";
    assert_eq!(scene.value(counted).await, "14500 14500");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_million_refusals_fill_the_report_and_not_the_terminal() {
    let scene = Scene::new().await;
    let bad = vec!["0"; 50_000].join(",");
    scene.write(BANS, format!("[{bad}]"));
    let output = scene.import(&[]).await;
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(err(&output).lines().count(), 21, "{}", told(&output));
    assert!(err(&output).ends_with("and 49980 more; --report FILE writes them all\n"));
    assert!(out(&output).contains("50000"));
    let report = scene.report(&[]).await;
    assert_eq!(remarks(&report, BANS).lines().count(), 50_000);
}
