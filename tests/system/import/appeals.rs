//! Appeals: found again by their ids, tied to their infractions, one open one for each.

use serde_json::{Value, json};

use super::{APPEALS, INFRACTIONS, Scene, remarks};

fn id(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn appeal(status: &str, infraction_at: &str, action: &str) -> Value {
    json!({
        "user_id": "7", "reason": "Please.", "timestamp": "2024-06-01T08:00:00Z", "status": status,
        "admin_response": "No.", "original_infraction": {"guild_id": "1", "timestamp": infraction_at, "action_taken": action,
        "rule_violated": "2"},
    })
}

const NOON: &str = "2024-05-01T12:00:00Z";

async fn scene() -> Scene {
    let scene = Scene::new().await;
    scene.write(
        INFRACTIONS,
        r#"{"1_7": [{"timestamp": "2024-05-01T12:00:00", "action_taken": "BAN", "rule_violated": "1"},
            {"timestamp": "2024-05-01T12:00:00", "action_taken": "BAN", "rule_violated": "2"},
            {"timestamp": "2024-05-01T12:00:00", "action_taken": "WARN"}], "1_8": [{"timestamp": "2024-05-01T12:00:00", "action_taken": "BAN"}]}"#,
    );
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appeal_keeps_its_time_and_status_and_finds_its_infraction() {
    let scene = scene().await;
    let all = json!({
        id(1): appeal("pending", NOON, "BAN"), id(2): appeal("accepted", NOON, "WARN"),
        id(3): appeal("denied", "2024-05-01T14:00:00+02:00", "BAN"), id(4): appeal("rejected", NOON, "KICK"),
        id(5): appeal("Under_Review", "2024-05-02T12:00:00Z", "BAN"),
    });
    scene.write(APPEALS, all.to_string());
    scene.told(&[], 0).await;
    let rows = "SELECT string_agg(concat_ws(' ', right(a.legacy_id::text, 1), a.status, a.created_at, a.updated_at, \
         a.admin_response, i.action_taken, i.rule_violated), E'\\n' ORDER BY a.legacy_id) \
         FROM appeals a LEFT JOIN user_infractions i ON i.id = a.infraction_id";
    insta::assert_snapshot!(scene.value(rows).await, @r"
    1 PENDING 2024-06-01 08:00:00+00 2024-06-01 08:00:00+00 No. BAN 2
    2 APPROVED 2024-06-01 08:00:00+00 2024-06-01 08:00:00+00 No. WARN
    3 DENIED 2024-06-01 08:00:00+00 2024-06-01 08:00:00+00 No. BAN 2
    4 DENIED 2024-06-01 08:00:00+00 2024-06-01 08:00:00+00 No.
    5 UNDER_REVIEW 2024-06-01 08:00:00+00 2024-06-01 08:00:00+00 No.
    ");
    let after = scene.fingerprint().await;
    scene.told(&[], 0).await;
    scene.told(&["--validate"], 0).await;
    assert_eq!(scene.fingerprint().await, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_open_appeal_against_one_infraction_is_refused() {
    let scene = scene().await;
    let all = json!({id(1): appeal("pending", NOON, "BAN"), id(2): appeal("denied", NOON, "BAN"), id(3): appeal("pending", NOON, "BAN")});
    scene.write(APPEALS, all.to_string());
    let second = format!(
        "refused /{}: another appeal against the same infraction is open",
        id(3)
    );
    for _ in 0..2 {
        let report = scene.report(&[]).await;
        assert_eq!(report["exit_code"], 2);
        assert_eq!(remarks(&report, APPEALS), second);
    }
    assert_eq!(scene.value("SELECT count(*) FROM appeals").await, "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_decided_here_since_stays() {
    let scene = scene().await;
    scene.write(
        APPEALS,
        json!({id(1): appeal("pending", NOON, "BAN")}).to_string(),
    );
    scene.told(&[], 0).await;
    scene
        .execute("UPDATE appeals SET status = 'APPROVED', updated_at = now()")
        .await;
    let report = scene.report(&[]).await;
    assert_eq!(report["exit_code"], 0);
    assert_eq!(
        remarks(&report, APPEALS),
        format!(
            "kept /{}: the appeal is there with other content, and stays as it is",
            id(1)
        )
    );
    assert_eq!(scene.value("SELECT status FROM appeals").await, "APPROVED");
}
