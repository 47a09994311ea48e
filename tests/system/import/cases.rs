//! Cases: their numbers, and the numbers of those that come after.

use secrecy::ExposeSecret as _;

use super::{CASES, Scene, remarks};
use crate::program::{aimod, err};
use crate::support::House;

const ALL: &str = "SELECT string_agg(concat_ws(' ', guild_id, case_number, target_user_id, action_type, reason, \
     duration_seconds, channel_id, message_id, outcome), E'\\n' ORDER BY guild_id, case_number) FROM moderation_logs";

#[tokio::test(flavor = "multi_thread")]
async fn numbers_stay_and_cases_without_one_come_after_the_highest() {
    let scene = Scene::new().await;
    let at = r#""timestamp": "2024-05-01T12:00:00Z""#;
    scene.write(
        CASES,
        format!(
            r#"[
            {{"guild_id": 1, {at}, "target_user_id": 7, "action_type": "WARN", "reason": "the first without"}},
            {{"case_id": 4, "guild_id": "1", {at}, "moderator_id": 9, "target_user_id": "7", "action_type": "BAN", "log_message_id": "90", "log_channel_id": "91"}},
            {{"case_id": "2", "guild_id": 1, {at}, "moderator_id": 0, "target_user_id": 7, "action_type": "TIMEOUT", "duration_seconds": 60, "message_id": 92, "channel_id": 93}},
            {{"guild_id": 1, {at}, "target_user_id": 8, "action_type": "KICK", "duration_seconds": 0}},
            {{"guild_id": 1, {at}, "target_user_id": 8, "action_type": "KICK", "duration_seconds": null}},
            {{"case_id": 1, "guild_id": 2, {at}, "target_user_id": 7, "action_type": "unban"}}
        ]"#
        ),
    );
    scene.told(&[], 0).await;
    insta::assert_snapshot!(scene.value(ALL).await, @r"
    1 2 7 TIMEOUT 60 93 92 DONE
    1 4 7 BAN 91 90 DONE
    1 5 7 WARN the first without DONE
    1 6 8 KICK DONE
    2 1 7 unban DONE
    ");
    let last = "SELECT string_agg(guild_id || ' ' || last_case_number, ', ' ORDER BY guild_id) FROM guild_settings";
    assert_eq!(scene.value(last).await, "1 6, 2 1");
    let after = scene.fingerprint().await;
    scene.told(&[], 0).await;
    scene.told(&["--validate"], 0).await;
    assert_eq!(scene.fingerprint().await, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_taken_is_refused_by_name() {
    let scene = Scene::new().await;
    let case = |reason: &str| {
        format!(
            r#"{{"case_id": 4, "guild_id": 1, "timestamp": "2024-05-01T12:00:00Z", "target_user_id": 7, "action_type": "BAN", "reason": "{reason}"}}"#
        )
    };
    scene.write(
        CASES,
        format!("[{}, {}, {}]", case("a"), case("a"), case("b")),
    );
    let report = scene.report(&[]).await;
    assert_eq!(report["exit_code"], 2);
    let taken = "refused /2: case 4 exists with other content and stays as it is";
    assert_eq!(remarks(&report, CASES), taken);
    scene.write(CASES, format!("[{}]", case("c")));
    let report = scene.report(&[]).await;
    assert_eq!(remarks(&report, CASES), taken.replace("/2", "/0"));
    assert_eq!(scene.value("SELECT reason FROM moderation_logs").await, "a");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_that_was_reworded_here_is_no_other_case() {
    let scene = Scene::new().await;
    let at = r#""timestamp": "2024-05-01T12:00:00Z""#;
    scene.write(
        CASES,
        format!(
            r#"[
            {{"guild_id": 1, {at}, "target_user_id": 7, "action_type": "WARN", "reason": "without"}},
            {{"guild_id": 1, {at}, "target_user_id": 8, "action_type": "WARN"}},
            {{"case_id": 4, "guild_id": 1, {at}, "target_user_id": 7, "action_type": "BAN", "reason": "with"}}
        ]"#
        ),
    );
    scene.told(&[], 0).await;
    for (old, new) in [("m.reason", "'better'"), ("'better'", "'best'")] {
        let noted = format!(
            "INSERT INTO case_edits (case_id, edited_by, field, old_text, new_text) SELECT m.id, 9, 'REASON', {old}, {new} FROM moderation_logs m"
        );
        scene.execute(&noted).await;
        scene
            .execute(&format!("UPDATE moderation_logs SET reason = {new}"))
            .await;
    }
    let after = scene.fingerprint().await;
    scene.told(&[], 0).await;
    scene.told(&["--validate"], 0).await;
    assert_eq!(scene.fingerprint().await, after, "three cases, no more");
    // What never was its reason is another case still.
    let other = format!(
        r#"[{{"case_id": 4, "guild_id": 1, {at}, "target_user_id": 7, "action_type": "BAN", "reason": "best"}}]"#
    );
    scene.write(CASES, other);
    scene.told(&[], 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_bot_goes_on_after_the_highest_imported_number() {
    let house = House::start().await;
    house.admin("/botdetect enable on:true").await;
    let guild = house.id();
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("logging-data");
    std::fs::create_dir(&data).expect("made");
    let cases = format!(
        r#"[{{"case_id": 41, "guild_id": "{guild}", "timestamp": "2024-05-01T12:00:00Z", "target_user_id": 7, "action_type": "BAN"}}]"#
    );
    std::fs::write(data.join("moderation_logs.json"), cases).expect("written");
    let url = house.database.url.expose_secret().to_owned();
    let folder = folder.path().to_str().expect("Unicode");
    let output = aimod(&["import", folder], &[("DATABASE_URL", &url)]).await;
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let mallory = house.member("mallory");
    let message = mallory.posts(house.general, "free nitro: claim your gift now");
    let (message, general) = (message.expect("a message"), house.general);
    house
        .sim
        .wait_until("the deletion", |world| {
            world.message(general, message).is_none()
        })
        .await
        .expect("deleted");
    house.settled().await;
    let numbers =
        "SELECT string_agg(case_number::text, ' ' ORDER BY case_number) FROM moderation_logs";
    assert_eq!(super::value(&house.database, numbers).await, "41 42");
    house.nothing_is_left().await;
}
