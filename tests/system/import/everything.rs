//! All nine files at once: what is written, what is refused and why, and that it is written once.

use super::{
    APPEALS, BANS, BOT_DETECTION, CASES, CONFIG, INFRACTIONS, NOTES, SETTINGS, Scene, TOGGLES,
    remarks,
};

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_good_is_taken_over_and_a_second_run_changes_nothing() {
    let scene = Scene::new().await;
    scene.write_good();
    let before = scene.fingerprint().await;
    let dry = scene.told(&["--dry-run"], 0).await;
    assert!(
        dry.contains("this was a dry run: nothing was written"),
        "{dry}"
    );
    assert_eq!(scene.fingerprint().await, before);
    let first = scene.told(&[], 0).await;
    insta::assert_snapshot!(first, @r"
    FILE                                         READ  WRITTEN  THERE  KEPT  REFUSED
    wdiscordbot-json-data/guild_config.json      8     8        0      0     0
    logging-data/guild_settings.json             3     3        0      0     0
    wdiscordbot-json-data/botdetect_config.json  7     7        0      0     0
    logging-data/log_event_toggles.json          1     1        0      0     0
    wdiscordbot-json-data/user_infractions.json  200   200      0      0     0
    logging-data/moderation_logs.json            5     4        1      0     0
    wdiscordbot-json-data/appeals.json           4     4        0      0     0
    wdiscordbot-json-data/global_bans.json       3     2        1      0     0
    user_data.json                               1     1        0      0     0
    unknown: wdiscordbot-json-data/guild_config.json /900719925474099301/mood: no part of AIMod knows this setting; it is kept as MOOD
    unknown: logging-data/guild_settings.json /900719925474099301/logging_webhook_url: no part of AIMod knows this setting; it is kept as LOGGING_WEBHOOK_URL
    ");
    // What a dry run tells is what is done then.
    let figures = |told: &str| {
        let lines = told.lines().skip(1).take(9);
        let words = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        words.collect::<Vec<_>>()
    };
    assert_eq!(figures(&dry), figures(&first));
    let after = scene.fingerprint().await;
    scene.told(&["--validate"], 0).await;
    let second = scene.told(&[], 0).await;
    insta::assert_snapshot!(second, @r"
    FILE                                         READ  WRITTEN  THERE  KEPT  REFUSED
    wdiscordbot-json-data/guild_config.json      8     0        8      0     0
    logging-data/guild_settings.json             3     0        3      0     0
    wdiscordbot-json-data/botdetect_config.json  7     0        7      0     0
    logging-data/log_event_toggles.json          1     0        1      0     0
    wdiscordbot-json-data/user_infractions.json  200   0        200    0     0
    logging-data/moderation_logs.json            5     0        5      0     0
    wdiscordbot-json-data/appeals.json           4     0        4      0     0
    wdiscordbot-json-data/global_bans.json       3     0        3      0     0
    user_data.json                               1     0        1      0     0
    unknown: wdiscordbot-json-data/guild_config.json /900719925474099301/mood: no part of AIMod knows this setting; it is kept as MOOD
    unknown: logging-data/guild_settings.json /900719925474099301/logging_webhook_url: no part of AIMod knows this setting; it is kept as LOGGING_WEBHOOK_URL
    ");
    assert_eq!(scene.fingerprint().await, after);
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::too_many_lines,
    reason = "every case of one file, side by side"
)]
async fn each_record_that_does_not_fit_is_told_with_its_place_and_reason() {
    let scene = Scene::new().await;
    scene.write_all();
    let report = scene.report(&[]).await;
    assert_eq!(report["exit_code"], 2);
    insta::assert_snapshot!(remarks(&report, CONFIG), @r"
    unknown /900719925474099301/mood: no part of AIMod knows this setting; it is kept as MOOD
    refused /x: its key is no guild: it is no id: a whole number above 0 and below 2^63
    refused /0: its key is no guild: it is no id: a whole number above 0 and below 2^63
    refused /78: invalid type: sequence, expected an object
    refused /79/APPEALS_ENABLED: “perhaps” does not fit; it takes true or false
    refused /79/PREFIX: “ ” does not fit; it takes a text of 1 to 10 characters
    refused /79/a.b: there is no setting of this name, and names like this are not kept
    ");
    insta::assert_snapshot!(remarks(&report, INFRACTIONS), @r"
    refused /900100_7_1: the key is no guild_user, two ids with one _ between; all under it is left out
    refused /0_7: the key is no guild_user, two ids with one _ between; all under it is left out
    refused /-1_7: the key is no guild_user, two ids with one _ between; all under it is left out
    refused /9223372036854775808_7: the key is no guild_user, two ids with one _ between; all under it is left out
    refused /1.5_7: the key is no guild_user, two ids with one _ between; all under it is left out
    refused /1_8: it is no list of infractions
    refused /1_7/2/timestamp: it is no time as in 2024-05-01T12:00:00Z
    refused /1_7/3/timestamp: it is no time as in 2024-05-01T12:00:00Z
    refused /1_7/4/timestamp: it is missing
    refused /1_7/5: invalid type: integer `7`, expected an object
    refused /1_7/6: invalid type: sequence, expected an object
    refused /1_7/7/rule_violated: it is no text
    refused /1_7/8/reasoning: it holds a NUL character, which PostgreSQL cannot store
    ");
    insta::assert_snapshot!(remarks(&report, APPEALS), @r"
    refused /17: its key is no UUID, as the ids of appeals are
    refused /00000000-0000-4000-8000-000000000006/status: it is none of pending, under_review, accepted, denied and rejected
    refused /00000000-0000-4000-8000-000000000007/original_infraction/guild_id: it is missing
    refused /00000000-0000-4000-8000-000000000008/appeal_id: it is another id than the key
    refused /00000000-0000-4000-8000-000000000005: another appeal against the same infraction is open
    ");
    insta::assert_snapshot!(remarks(&report, BANS), @r"
    refused /3: it is no id: a whole number above 0 and below 2^63
    refused /4: it is no id: a whole number above 0 and below 2^63
    refused /5: it is no id: a whole number above 0 and below 2^63
    refused /6: it is no id: a whole number above 0 and below 2^63
    refused /7: it is no id: a whole number above 0 and below 2^63
    refused /8: it is no id: a whole number above 0 and below 2^63
    refused /9: it is no id: a whole number above 0 and below 2^63
    ");
    insta::assert_snapshot!(remarks(&report, BOT_DETECTION), @r"
    refused /80/action: “hug” does not fit; it takes one of delete, warn, timeout, kick, ban
    refused /80/timeout_duration: “-1” does not fit; it takes a duration such as 10m or 1d12h, at most 4w
    refused /80/colour: no setting of bot detection has this name
    refused /81: invalid type: integer `5`, expected an object
    ");
    insta::assert_snapshot!(remarks(&report, CASES), @r#"
    refused /6/case_id: cases are numbered from 1
    refused /7/target_user_id: it is missing
    refused /8/guild_id: it is no id: a whole number above 0 and below 2^63
    refused /9/action_type: it has more than 50 characters
    refused /10/timestamp: it is no time as in 2024-05-01T12:00:00Z
    refused /11: invalid type: string "nothing", expected an object
    refused /5: case 3 exists with other content and stays as it is
    "#);
    insta::assert_snapshot!(remarks(&report, SETTINGS), @r"
    unknown /900719925474099301/logging_webhook_url: no part of AIMod knows this setting; it is kept as LOGGING_WEBHOOK_URL
    refused /82/mod_log_channel_id: “the log” does not fit; it takes a channel: its mention or its id
    ");
    insta::assert_snapshot!(remarks(&report, TOGGLES), @r"
    refused /83/full_moon: there is no event of this name
    refused /83/member_join: it takes true or false
    ");
    insta::assert_snapshot!(remarks(&report, NOTES), @r"
    refused /nobody: its key is no user: it is no id: a whole number above 0 and below 2^63
    refused /84/note: it is no text
    refused /85/colour: only the note of a user has a place here
    ");
    // The good records beside them are there, and stay as they are.
    let after = scene.fingerprint().await;
    scene.told(&[], 2).await;
    assert_eq!(scene.fingerprint().await, after);
    let validated = scene.report(&["--validate"]).await;
    for file in validated["files"].as_array().expect("a list") {
        assert_eq!(
            (&file["new"], &file["kept"]),
            (&0.into(), &0.into()),
            "{file}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::too_many_lines,
    reason = "every case of one file, side by side"
)]
async fn records_become_rows_with_all_that_they_said() {
    let scene = Scene::new().await;
    scene.write_all();
    scene.told(&[], 2).await;
    for (sql, value) in [
        ("SELECT count(*) FROM user_infractions", "203"),
        (
            "SELECT count(*) FROM user_infractions WHERE action_taken = 'UNKNOWN'",
            "3",
        ),
        (
            "SELECT max(length(reasoning)) FROM user_infractions",
            "500000",
        ),
        ("SELECT sum(infraction_count) FROM user_data", "203"),
        (
            "SELECT infraction_count || ' ' || first_seen FROM user_data WHERE user_id = 900719925474099303",
            "5 2023-11-14 22:13:20+00",
        ),
        (
            "SELECT count(*) FROM user_infractions WHERE timestamp = '2024-05-01 12:00:00Z'",
            "1",
        ),
        (
            "SELECT string_agg(user_id || ' ' || reason || ' ' || banned_by, ', ' ORDER BY user_id) FROM global_bans",
            "900719925474099303 Migrated from JSON 0, 900719925474099304 Migrated from JSON 0",
        ),
        (
            "SELECT string_agg(user_id || ' ' || note || ' ' || author_id || ' ' || (guild_id IS NULL), ', ' ORDER BY user_id) FROM user_notes",
            "85 x 0 true, 900719925474099303 An old friend. 0 true",
        ),
        (
            "SELECT value FROM guild_config WHERE key = 'AI_EXCLUDED_CHANNELS'",
            "[5, 6]",
        ),
        (
            "SELECT value FROM guild_config WHERE key = 'RULES_TEXT'",
            "\"Be kind.\"",
        ),
        (
            "SELECT value FROM guild_config WHERE key = 'MODERATOR_ROLE_ID'",
            "900719925474099305",
        ),
        (
            "SELECT value FROM guild_config WHERE key = 'MOOD'",
            "{\"colour\": \"grey\"}",
        ),
        (
            "SELECT value FROM guild_config WHERE key = 'PREFIX'",
            "\"?\"",
        ),
        (
            "SELECT value FROM guild_config WHERE key = 'MODERATION_LOG_CHANNEL_ID'",
            "8",
        ),
        (
            "SELECT value FROM guild_config WHERE key = 'LOG_EVENTS'",
            "{\"member_join\": false, \"message_edit\": true}",
        ),
        (
            "SELECT concat_ws(' ', enabled, keywords, action, timeout_duration, log_channel, whitelist_roles, whitelist_users) FROM botdetect_config",
            "t [\"free nitro\", \"cheap crypto\"] kick 600 900719925474099307 [11, 12] [13]",
        ),
        (
            "SELECT string_agg(DISTINCT source || ' ' || changed_by || ' ' || reason, ', ') FROM guild_config_revisions",
            "IMPORT 0 import of botdetect_config, IMPORT 0 import of guild_config, IMPORT 0 import of guild_settings, IMPORT 0 import of log_event_toggles",
        ),
        // A version for each file that had something for the guild, without a gap.
        (
            "SELECT config_version FROM guild_settings WHERE guild_id = 900719925474099301",
            "4",
        ),
        (
            "SELECT string_agg(DISTINCT version::text, ' ') FROM guild_config_revisions WHERE guild_id = 900719925474099301",
            "1 2 3 4",
        ),
    ] {
        assert_eq!(scene.value(sql).await, value, "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validation_finds_what_is_missing_and_what_is_otherwise() {
    let scene = Scene::new().await;
    scene.write_good();
    let before = scene.fingerprint().await;
    let report = scene.report(&["--validate"]).await;
    assert_eq!(report["exit_code"], 2);
    assert!(remarks(&report, CASES).starts_with("missing /0: it is not in the database\n"));
    assert_eq!(scene.fingerprint().await, before);
    scene.told(&[], 0).await;
    for damage in [
        "DELETE FROM user_infractions WHERE id = (SELECT min(id) FROM user_infractions)",
        "UPDATE global_bans SET user_id = 5 WHERE user_id = 900719925474099304",
        "UPDATE moderation_logs SET reason = 'other' WHERE case_number = 9",
        "UPDATE guild_config SET value = '\"!\"' WHERE key = 'PREFIX'",
        "UPDATE appeals SET status = 'DENIED' WHERE status = 'PENDING'",
    ] {
        assert_eq!(scene.execute(damage).await, 1, "{damage}");
    }
    let report = scene.report(&["--validate"]).await;
    assert_eq!(report["exit_code"], 2);
    let all = [INFRACTIONS, BANS, CASES, SETTINGS, APPEALS].map(|file| remarks(&report, file));
    insta::assert_snapshot!(all.join("\n"), @r"
    missing /900719925474099301_900719925474099303/0: it is not in the database
    missing /1: it is not in the database
    refused /2: case 9 exists with other content and stays as it is
    unknown /900719925474099301/logging_webhook_url: no part of AIMod knows this setting; it is kept as LOGGING_WEBHOOK_URL
    differs /900719925474099301/prefix: another value is set here, and stays; --overwrite takes this one
    differs /00000000-0000-4000-8000-000000000001: the appeal is there with other content, and stays as it is
    ");
}
