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
    insta::assert_snapshot!(first, @"");
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
    insta::assert_snapshot!(second, @"");
    assert_eq!(scene.fingerprint().await, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_record_that_does_not_fit_is_told_with_its_place_and_reason() {
    let scene = Scene::new().await;
    scene.write_all();
    let report = scene.report(&[]).await;
    assert_eq!(report["exit_code"], 2);
    insta::assert_snapshot!(remarks(&report, CONFIG), @"");
    insta::assert_snapshot!(remarks(&report, INFRACTIONS), @"");
    insta::assert_snapshot!(remarks(&report, APPEALS), @"");
    insta::assert_snapshot!(remarks(&report, BANS), @"");
    insta::assert_snapshot!(remarks(&report, BOT_DETECTION), @"");
    insta::assert_snapshot!(remarks(&report, CASES), @"");
    insta::assert_snapshot!(remarks(&report, SETTINGS), @"");
    insta::assert_snapshot!(remarks(&report, TOGGLES), @"");
    insta::assert_snapshot!(remarks(&report, NOTES), @"");
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
    insta::assert_snapshot!(all.join("\n"), @"");
}
