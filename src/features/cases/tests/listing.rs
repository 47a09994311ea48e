//! `/case list`: pages and filters.

use super::{arrived, logging, read};
use crate::features::tests::{dialog, known, plain_sql, press, runs, types};
use crate::simulator::Answer;
use crate::support::House;

/// Thirty-one cases: every third of alice, every second a ban, by admin from the twenty-first on.
async fn filled(house: &House) {
    let statement = format!(
        "UPDATE guild_settings SET last_case_number = 31; \
         INSERT INTO moderation_logs (guild_id, case_number, moderator_id, target_user_id, action_type, reason) \
         SELECT {}, n, CASE WHEN n > 20 THEN {} ELSE 0 END, CASE WHEN n % 3 = 0 THEN {} ELSE {} END, \
         CASE WHEN n % 2 = 0 THEN 'BAN' ELSE 'WARN' END, 'reason ' || n FROM generate_series(1, 31) n",
        house.id(),
        house.sim.user("admin"),
        house.sim.user("alice"),
        house.sim.user("mallory"),
    );
    plain_sql(house, &statement).await;
}

/// The numbers of the cases on a page.
fn numbers(page: &Answer) -> Vec<u32> {
    let text = page.text();
    let lines = text.lines().filter_map(|line| line.strip_prefix("`#"));
    lines
        .filter_map(|line| line.split('`').next()?.parse().ok())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_come_in_pages_the_newest_first() {
    let mut house = logging().await;
    filled(&house).await;
    let first = runs(&house, "/case list").await;
    assert_eq!(numbers(&first), (22..=31).rev().collect::<Vec<_>>());
    assert!(first.text().contains("(page 1 of 4)"), "{}", first.text());
    // A new case does not shift the pages of a list that somebody reads.
    let banned = house.member("admin").bans(house.sim.user("mallory"), "new");
    banned.expect("banned");
    arrived(&house, 32).await;
    house.rest().await;
    house.wake().await;
    known(&house).await;
    let ids: Vec<String> = first.custom_ids().into_iter().map(str::to_owned).collect();
    let second = press(&house, "admin", &first, &ids[1]).await;
    assert_eq!(numbers(&second), (12..=21).rev().collect::<Vec<_>>());
    let anew = runs(&house, "/case list").await;
    assert_eq!(numbers(&anew)[0], 32);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_everybody_sees_is_turned_by_those_who_may() {
    let house = logging().await;
    filled(&house).await;
    types(&house, "admin", "o!case list").await;
    let message = house.sim.look(|world| {
        let messages = world.bot_messages(house.general);
        messages.last().map(|message| message.id)
    });
    let list = Answer {
        message,
        ..Answer::default()
    };
    let refused = press(&house, "alice", &list, "cases/list/31/2/-/-/-").await;
    assert_eq!(
        refused.text(),
        "You need the permission **Timeout Members** for this."
    );
    let turned = press(&house, "admin", &list, "cases/list/31/2/-/-/-").await;
    assert_eq!(numbers(&turned)[0], 21);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_are_found_by_member_moderator_and_action() {
    let house = logging().await;
    filled(&house).await;
    let found = async |line: &str| numbers(&runs(&house, line).await);
    let of_alice = found("/case list user:alice action:BAN").await;
    assert_eq!(of_alice, [30, 24, 18, 12, 6]);
    let by_admin = found("/case list moderator:admin action:warn").await;
    assert_eq!(by_admin, [31, 29, 27, 25, 23, 21]);
    let bot = format!(
        "/case list moderator:<@{}> user:alice",
        house.sim.bot_user_id()
    );
    assert_eq!(found(&bot).await, [18, 15, 12, 9, 6, 3]);
    let page = runs(&house, "/case list user:mallory").await;
    assert!(page.text().contains("**21 cases**"), "{}", page.text());
    let ids: Vec<String> = page.custom_ids().into_iter().map(str::to_owned).collect();
    let last = press(&house, "admin", &page, &ids[1]).await;
    assert_eq!(numbers(&last), [16, 14, 13, 11, 10, 8, 7, 5, 4, 2]);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_told_in_words() {
    let house = logging().await;
    filled(&house).await;
    plain_sql(
        &house,
        "UPDATE moderation_logs SET outcome = 'FAILED', reason = NULL WHERE case_number = 6; \
         UPDATE moderation_logs SET lifted_at = now(), reason = repeat('long ', 100) WHERE case_number = 12; \
         UPDATE moderation_logs SET duration_seconds = 3600 WHERE case_number = 18",
    )
    .await;
    let lines = [
        "/case list user:alice action:ban",
        "/case list user:admin",
        "/case list action:a-word-that-is-far-too-long",
        "/config set key:LANGUAGE_CODE value:de",
        "/case list user:alice action:ban",
        "/case list user:admin",
        "/case list action:a-word-that-is-far-too-long",
    ];
    let text = dialog(&house, &lines).await;
    insta::assert_snapshot!(read(&house, &text), @r"
    > /case list user:alice action:ban
    **5 cases**, newest first
    `#30` TIME **ban** <@ALICE> by <@ADMIN>: reason 30
    `#24` TIME **ban** <@ALICE> by <@ADMIN>: reason 24
    `#18` TIME **ban for 1h** <@ALICE> by AIMod: reason 18
    `#12` TIME **ban** <@ALICE> by AIMod: long long long long long long long long long long long long long long… (taken back)
    `#6` TIME **ban** <@ALICE> by AIMod: none given (not carried out)

    > /case list user:admin
    There are no such cases.

    > /case list action:a-word-that-is-far-too-long
    No case has such a long action. Choose one of `DELETE`, `WARN`, `TIMEOUT`, `KICK`, `BAN`, `END_TIMEOUT`, `UNBAN`.

    > /config set key:LANGUAGE_CODE value:de
    `LANGUAGE_CODE`: `en` (Standard) → `de`
    Die Sprache, in der AIMod antwortet. Texte gibt es in en und de; in den anderen Sprachen antwortet es auf Englisch.
    Das ist Version 2; sie gilt ab der nächsten Nachricht.

    > /case list user:alice action:ban
    **5 Fälle**, neueste zuerst
    `#30` TIME **Bann** <@ALICE> von <@ADMIN>: reason 30
    `#24` TIME **Bann** <@ALICE> von <@ADMIN>: reason 24
    `#18` TIME **Bann für 1h** <@ALICE> von AIMod: reason 18
    `#12` TIME **Bann** <@ALICE> von AIMod: long long long long long long long long long long long long long long… (zurückgenommen)
    `#6` TIME **Bann** <@ALICE> von AIMod: keiner angegeben (nicht ausgeführt)

    > /case list user:admin
    Solche Fälle gibt es nicht.

    > /case list action:a-word-that-is-far-too-long
    Eine so lange Maßnahme hat kein Fall. Zur Wahl stehen `DELETE`, `WARN`, `TIMEOUT`, `KICK`, `BAN`, `END_TIMEOUT`, `UNBAN`.
    ");
    let shown = types(&house, "admin", "o!case list BAN").await;
    assert!(shown.contains("**15 Fälle**"), "{shown}");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_are_suggested() {
    let house = logging().await;
    let admin = house.member("admin");
    let suggested = admin.autocompletes("/case list action:t").await;
    let suggested = suggested.expect("suggestions");
    let names: Vec<&str> = suggested
        .iter()
        .filter_map(|one| one["value"].as_str())
        .collect();
    assert_eq!(names, ["TIMEOUT"]);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_member_is_nobody_that_could_be_mentioned() {
    let house = logging().await;
    plain_sql(
        &house,
        &format!(
            "UPDATE guild_settings SET last_case_number = 1; \
             INSERT INTO moderation_logs (guild_id, case_number, target_user_id, action_type, outcome) \
             VALUES ({}, 1, 0, 'KICK', 'DONE')",
            house.id()
        ),
    )
    .await;
    let text = dialog(
        &house,
        &[
            "/case view number:1",
            "/case list",
            "/config set key:LANGUAGE_CODE value:de",
            "/case view number:1",
            "/case list",
        ],
    )
    .await;
    insta::assert_snapshot!(read(&house, &text), @r"
    > /case view number:1
    **Case #1** · kick
    Member: a member who asked to be forgotten
    By: AIMod
    When: TIME
    Reason: none given
    Outcome: carried out

    > /case list
    **1 case**
    `#1` TIME **kick** a member who asked to be forgotten by AIMod: none given

    > /config set key:LANGUAGE_CODE value:de
    `LANGUAGE_CODE`: `en` (Standard) → `de`
    Die Sprache, in der AIMod antwortet. Texte gibt es in en und de; in den anderen Sprachen antwortet es auf Englisch.
    Das ist Version 2; sie gilt ab der nächsten Nachricht.

    > /case view number:1
    **Fall #1** · Kick
    Mitglied: ein auf Wunsch vergessenes Mitglied
    Von: AIMod
    Wann: TIME
    Grund: keiner angegeben
    Ergebnis: ausgeführt

    > /case list
    **1 Fall**
    `#1` TIME **Kick** ein auf Wunsch vergessenes Mitglied von AIMod: keiner angegeben
    ");
    house.nothing_is_left().await;
}
