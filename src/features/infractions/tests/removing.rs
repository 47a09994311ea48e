//! `/infractions remove | clear`: the counter goes down with the row, and the case says so.

use super::{filled, in_general, logging, read};
use crate::features::tests::{dialog, known, plain_sql, press, runs, types};
use crate::simulator::{Answer, Permissions};
use crate::support::House;

const COUNTED: &str = "SELECT infraction_count FROM user_data WHERE infraction_count IS NOT NULL \
                       ORDER BY infraction_count DESC LIMIT 1";

async fn left(house: &House) -> i64 {
    house.number("SELECT count(*) FROM user_infractions").await
}

/// The custom id of the button that does it.
fn confirming(question: &Answer) -> String {
    let ids = question.custom_ids();
    let id = ids.iter().find(|id| id.starts_with("infractions/clear/"));
    (*id.expect("a button")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_infraction_is_counted_out_and_its_case_says_so() {
    let house = logging().await;
    filled(&house, 3).await;
    let text = dialog(
        &house,
        &[
            "/infractions remove id:2",
            "/infractions remove id:2",
            "/infractions remove id:99",
            "/case view number:2",
            "/config set key:LANGUAGE_CODE value:de",
            "/infractions remove id:3",
            "/infractions remove id:3",
            "/case view number:3",
        ],
    )
    .await;
    insta::assert_snapshot!(read(&house, &text), @r"
    > /infractions remove id:2
    Infraction `2` of <@MALLORY> is removed: **warning**, rule 2
    Case #2 stays and says so.

    > /infractions remove id:2
    This server has no infraction `2`. `/infractions view` shows the numbers.

    > /infractions remove id:99
    This server has no infraction `99`. `/infractions view` shows the numbers.

    > /case view number:2
    **Case #2** · warning
    Member: <@MALLORY> (`MALLORY`)
    By: AIMod
    When: TIME
    Reason: none given
    Outcome: carried out
    TIME <@ADMIN> removed the infraction: “rule 2”

    > /config set key:LANGUAGE_CODE value:de
    `LANGUAGE_CODE`: `en` (Standard) → `de`
    Die Sprache, in der AIMod antwortet. Texte gibt es in en und de; in den anderen Sprachen antwortet es auf Englisch.
    Das ist Version 2; sie gilt ab der nächsten Nachricht.

    > /infractions remove id:3
    Verstoß `3` von <@MALLORY> ist entfernt: **Verwarnung**, rule 3
    Fall #3 bleibt und hält das fest.

    > /infractions remove id:3
    Einen Verstoß `3` gibt es auf diesem Server nicht. Die Nummern stehen in `/infractions view`.

    > /case view number:3
    **Fall #3** · Verwarnung
    Mitglied: <@MALLORY> (`MALLORY`)
    Von: AIMod
    Wann: TIME
    Grund: keiner angegeben
    Ergebnis: ausgeführt
    TIME <@ADMIN> hat den Verstoß entfernt: „rule 3“
    ");
    assert_eq!((left(&house).await, house.number(COUNTED).await), (1, 3));
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_holds_although_its_infraction_is_gone_is_told() {
    let house = logging().await;
    filled(&house, 5).await;
    let (guild, mallory) = (house.id(), house.sim.user("mallory"));
    plain_sql(
        &house,
        &format!(
            "UPDATE moderation_logs SET action_type = 'TIMEOUT', duration_seconds = 3600, outcome = 'DONE' WHERE case_number <= 2; \
             UPDATE moderation_logs SET lifted_at = now() WHERE case_number = 2; \
             UPDATE moderation_logs SET action_type = 'BAN', outcome = 'DONE' WHERE case_number >= 3; \
             UPDATE moderation_logs SET target_user_id = 0 WHERE case_number = 5; \
             UPDATE user_infractions SET user_id = 0 WHERE id = 5; \
             INSERT INTO appeals (id, guild_id, user_id, infraction_id, case_id, reason, status) OVERRIDING SYSTEM VALUE VALUES \
             (7, {guild}, {mallory}, NULL, 1001, 'why', 'UNDER_REVIEW'), \
             (8, {guild}, {mallory}, 4, NULL, 'why', 'PENDING'), (9, {guild}, {mallory}, 3, 1003, 'why', 'DENIED')"
        ),
    )
    .await;
    let text = dialog(
        &house,
        &[
            "/infractions remove id:1",
            "/infractions remove id:2",
            "/infractions remove id:3",
            "/config set key:LANGUAGE_CODE value:de",
            "/infractions remove id:4",
            "/infractions remove id:5",
        ],
    )
    .await;
    insta::assert_snapshot!(read(&house, &text), @r"
    > /infractions remove id:1
    Infraction `1` of <@MALLORY> is removed: **warning**, rule 1
    Case #1 stays and says so.
    The timeout itself still runs until TIME; end it in Discord's member menu.
    Appeal #7 about it is still open.

    > /infractions remove id:2
    Infraction `2` of <@MALLORY> is removed: **warning**, rule 2
    Case #2 stays and says so.

    > /infractions remove id:3
    Infraction `3` of <@MALLORY> is removed: **warning**, rule 3
    Case #3 stays and says so.
    The ban itself still holds; lift it in the server settings of Discord.

    > /config set key:LANGUAGE_CODE value:de
    `LANGUAGE_CODE`: `en` (Standard) → `de`
    Die Sprache, in der AIMod antwortet. Texte gibt es in en und de; in den anderen Sprachen antwortet es auf Englisch.
    Das ist Version 2; sie gilt ab der nächsten Nachricht.

    > /infractions remove id:4
    Verstoß `4` von <@MALLORY> ist entfernt: **Verwarnung**, rule 4
    Fall #4 bleibt und hält das fest.
    Der Bann selbst gilt weiter; aufheben lässt er sich in den Servereinstellungen von Discord.
    Der Einspruch #8 dagegen ist noch offen.

    > /infractions remove id:5
    Verstoß `5` von einem auf Wunsch vergessenen Mitglied ist entfernt: **Verwarnung**, rule 5
    Fall #5 bleibt und hält das fest.
    Der Bann selbst gilt weiter; aufheben lässt er sich in den Servereinstellungen von Discord.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_infraction_of_another_server_is_out_of_reach() {
    let house = logging().await;
    filled(&house, 1).await;
    let strange = "UPDATE user_infractions SET guild_id = 1";
    plain_sql(&house, strange).await;
    let told = house.admin("/infractions remove id:1").await;
    assert!(
        told.starts_with("This server has no infraction `1`."),
        "{told}"
    );
    assert_eq!(left(&house).await, 1);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_is_cleared_after_a_question() {
    let mut house = logging().await;
    filled(&house, 12).await;
    let mut text = types(&house, "admin", "o!infractions clear mallory").await;
    let question = in_general(&house);
    assert_eq!(left(&house).await, 12, "not before it is confirmed");
    house.rest().await;
    house.wake().await;
    known(&house).await;
    // What comes after the question stays.
    house
        .admin("/infractions add user:mallory rule:later")
        .await;
    let id = format!("infractions/clear/{}/12", house.sim.user("mallory"));
    let refused = press(&house, "alice", &question, &id).await;
    text.push_str(&format!("\nalice: {}", refused.text()));
    let done = press(&house, "admin", &question, &id).await;
    text.push_str(&format!("\nadmin: {}", done.text()));
    assert!(
        done.custom_ids().is_empty(),
        "there is nothing left to press"
    );
    insta::assert_snapshot!(read(&house, &text), @r"
    Remove all 12 infractions of <@MALLORY> in this server? They cannot be brought back; the cases stay and say so.
    alice: You need the permission **Manage Server** for this.
    admin: <@ADMIN> removed 12 infractions of <@MALLORY>. The cases stay and say so.
    ");
    assert_eq!((left(&house).await, house.number(COUNTED).await), (1, 3));
    let noted = house.number("SELECT count(*) FROM case_edits WHERE field = 'INFRACTION'");
    assert_eq!(noted.await, 12);
    assert_eq!(
        house.number("SELECT count(*) FROM moderation_logs").await,
        13
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_too_late_is_told_that_nothing_was_left() {
    let house = logging().await;
    filled(&house, 1).await;
    let first = runs(&house, "/infractions clear user:mallory").await;
    let second = runs(&house, "/infractions clear user:mallory").await;
    let mut text = vec![first.text()];
    let done = press(&house, "admin", &first, &confirming(&first)).await;
    text.push(done.text());
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let late = press(&house, "admin", &second, &confirming(&second)).await;
    text.push(late.text());
    text.push(house.admin("/infractions clear user:mallory").await);
    insta::assert_snapshot!(read(&house, &text.join("\n")), @r"
    Remove the one infraction of <@MALLORY> in this server? It cannot be brought back; its case stays and says so.
    <@ADMIN> removed 1 infraction of <@MALLORY>. The cases stay and say so.
    <@MALLORY> hatte keinen dieser Verstöße mehr. Nichts wurde entfernt.
    <@MALLORY> hat auf diesem Server keine Verstöße.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_can_be_taken_back() {
    let house = logging().await;
    filled(&house, 2).await;
    let question = runs(&house, "/infractions clear user:mallory").await;
    let answer = press(&house, "admin", &question, "infractions/cancel").await;
    assert_eq!(answer.text(), "Nothing was removed.");
    assert!(answer.custom_ids().is_empty());
    assert_eq!(left(&house).await, 2);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_needs_its_permission_also_by_text() {
    let house = logging().await;
    filled(&house, 2).await;
    let kicker = house.member("alice");
    kicker.may(Permissions::KICK_MEMBERS).expect("a member");
    let removed = types(&house, "alice", "o!infractions remove 1").await;
    assert!(removed.contains("is removed"), "{removed}");
    let view = types(&house, "alice", "o!infractions view mallory").await;
    assert_eq!(
        view,
        "You need the permission **Timeout Members** for this."
    );
    let clear = types(&house, "alice", "o!infractions clear mallory").await;
    assert_eq!(clear, "You need the permission **Manage Server** for this.");
    let denied = house.says("mallory", "/infractions remove id:2").await;
    assert_eq!(denied, "You need the permission **Kick Members** for this.");
    types(&house, "admin", "o!infractions clear mallory").await;
    let question = in_general(&house);
    let id = format!("infractions/clear/{}/2", house.sim.user("mallory"));
    let done = press(&house, "admin", &question, &id).await;
    assert!(done.text().contains("1 infraction of"), "{}", done.text());
    assert_eq!(left(&house).await, 0);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_owner_cleans_their_own_record() {
    let house = logging().await;
    filled(&house, 3).await;
    let mallory = house.member("mallory");
    let may = Permissions::KICK_MEMBERS | Permissions::MANAGE_GUILD;
    mallory.may(may).expect("a member");
    let refused = "This is about yourself, and so it is for somebody else of the staff to change.";
    for line in [
        "/infractions remove id:1",
        "/infractions clear user:mallory",
    ] {
        assert_eq!(house.says("mallory", line).await, refused);
    }
    types(&house, "admin", "o!infractions clear mallory").await;
    let id = format!("infractions/clear/{}/3", mallory.id());
    let pressed = press(&house, "mallory", &in_general(&house), &id).await;
    assert_eq!(pressed.text(), refused);
    assert_eq!(left(&house).await, 3);
    house.nothing_is_left().await;
}
