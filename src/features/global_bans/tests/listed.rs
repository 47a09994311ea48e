//! What operators read, and what nobody else may do.

use super::enforced::operated;
use crate::features::tests::{dialog, named, plain_sql, types, without_times};

#[tokio::test(flavor = "multi_thread")]
async fn operators_add_look_up_and_remove() {
    let house = operated().await;
    let zoe = house.sim.user("zoe").to_string();
    let text = dialog(
        &house,
        &[
            "/globalban list",
            "/globalban add user:zoe reason:a spammer",
            "/globalban add user:zoe reason:again",
            "/globalban list",
            "/globalban list page:2",
            "/globalban check user:zoe",
            "/globalban remove user:zoe",
            "/globalban remove user:zoe",
            "/globalban check user:zoe",
            "/globalban add user:admin reason:a joke",
        ],
    )
    .await;
    let text = without_times(&text).replace(&zoe, "ZOE");
    insta::assert_snapshot!(text, @r"
    > /globalban list
    Nobody is banned everywhere.

    > /globalban add user:zoe reason:a spammer
    <@ZOE> (`ZOE`) is banned everywhere from now on: when joining, when writing, and where present already.

    > /globalban add user:zoe reason:again
    <@ZOE> (`ZOE`) is banned everywhere already: a spammer. To change the reason, remove the ban and add it anew.

    > /globalban list
    **Banned everywhere**, page 1
    - TIME <@ZOE> (`ZOE`): a spammer

    > /globalban list page:2
    There is no page 2.

    > /globalban check user:zoe
    <@ZOE> (`ZOE`) is banned everywhere since TIME.
    By: <@ADMIN>
    Reason: a spammer
    Bans in servers: 0, failed: 0

    > /globalban remove user:zoe
    <@ZOE> (`ZOE`) may join again from now on. Bans that servers hold already stay until somebody there lifts them.

    > /globalban remove user:zoe
    <@ZOE> (`ZOE`) is not banned everywhere.

    > /globalban check user:zoe
    <@ZOE> (`ZOE`) is not banned everywhere.

    > /globalban add user:admin reason:a joke
    This bot and its operators cannot be banned.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_read_german() {
    let house = operated().await;
    let zoe = house.sim.user("zoe").to_string();
    let text = dialog(
        &house,
        &[
            "/config set key:LANGUAGE_CODE value:de",
            "/globalban list",
            "/globalban add user:zoe reason:Spam",
            "/globalban add user:zoe reason:Spam",
            "/globalban list",
            "/globalban check user:zoe",
            "/globalban remove user:zoe",
            "/globalban check user:zoe",
        ],
    )
    .await;
    let text = without_times(&text).replace(&zoe, "ZOE");
    insta::assert_snapshot!(text, @r"
    > /config set key:LANGUAGE_CODE value:de
    `LANGUAGE_CODE`: `en` (Standard) → `de`
    Die Sprache, in der AIMod antwortet. Texte gibt es in en und de; in den anderen Sprachen antwortet es auf Englisch.
    Das ist Version 2; sie gilt ab der nächsten Nachricht.

    > /globalban list
    Niemand ist überall gebannt.

    > /globalban add user:zoe reason:Spam
    <@ZOE> (`ZOE`) ist ab jetzt überall gebannt: beim Beitreten, beim Schreiben und wo schon Mitglied.

    > /globalban add user:zoe reason:Spam
    <@ZOE> (`ZOE`) ist schon überall gebannt: Spam. Um den Grund zu ändern, den Bann aufheben und neu aussprechen.

    > /globalban list
    **Überall gebannt**, Seite 1
    - TIME <@ZOE> (`ZOE`): Spam

    > /globalban check user:zoe
    <@ZOE> (`ZOE`) ist seit TIME überall gebannt.
    Von: <@ADMIN>
    Grund: Spam
    Banns auf Servern: 0, gescheitert: 0

    > /globalban remove user:zoe
    <@ZOE> (`ZOE`) darf ab jetzt wieder beitreten. Banns, die schon auf Servern gelten, bleiben, bis sie dort jemand aufhebt.

    > /globalban check user:zoe
    <@ZOE> (`ZOE`) ist nicht überall gebannt.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_operators_may_by_whatever_way() {
    let mut house = operated().await;
    house.rest().await;
    house.settings.discord.operators = Vec::new();
    house.wake().await;
    for line in [
        "/globalban add user:mallory reason:x",
        "/globalban remove user:mallory",
        "/globalban list",
        "/globalban check user:mallory",
    ] {
        let answer = house.admin(line).await;
        assert_eq!(
            answer, "Only the operators of this bot may do this.",
            "{line}"
        );
    }
    let typed = types(&house, "admin", "o!globalban add mallory x").await;
    assert_eq!(typed, "Only the operators of this bot may do this.");
    let entries = house.number("SELECT count(*) FROM global_bans").await;
    assert_eq!(entries, 0);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_has_pages() {
    let house = operated().await;
    let statement = "INSERT INTO global_bans (user_id, reason, created_at) \
        SELECT 9007199254740000 + n, E'number\\n' || n || ' ' || repeat('x', 200), '2026-01-01'::timestamptz + n * interval '1 minute' \
        FROM generate_series(1, 32) AS n";
    plain_sql(&house, statement).await;
    let first = house.admin("/globalban list").await;
    assert!(
        first.contains("number 32 xx") && first.contains("number 21 xx"),
        "{first}"
    );
    assert!(
        !first.contains("number 20") && first.ends_with("page:2` shows more."),
        "{first}"
    );
    let last = named(&house, house.admin("/globalban list page:3").await);
    assert!(
        last.contains("number 8 ") && last.contains("number 1 "),
        "{last}"
    );
    assert!(!last.contains("shows more"), "{last}");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_is_asked_for_and_bounded() {
    let house = operated().await;
    let long = "x".repeat(513);
    for line in [
        "/globalban add user:mallory reason:   ".to_owned(),
        format!("/globalban add user:mallory reason:{long}"),
    ] {
        let answer = house.admin(&line).await;
        assert_eq!(answer, "A ban takes a reason of 1 to 512 characters.");
    }
    house.nothing_is_left().await;
}
