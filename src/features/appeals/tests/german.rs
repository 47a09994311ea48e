//! The same in German: every text that somebody reads on the way of an appeal.

use super::*;
use crate::features::tests::plain_sql;

#[tokio::test(flavor = "multi_thread")]
async fn the_way_of_an_appeal_in_german() {
    let house = server().await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let mallory = house.member("mallory");
    punished(&house, "mallory", SCAM).await;
    let notices = told(&house, mallory.id());
    let opened = clicks(&mallory, "Einspruch einlegen").await;
    let form = opened.modal.clone().expect("a form");
    let input = &form["components"][0]["components"][0];
    let form = format!("{}: {} ({})", form["title"], input["label"], input["placeholder"]);
    let sent = sends(&mallory, &opened, &[WHY]).await;
    let twice = clicks(&mallory, "Einspruch einlegen").await.text();
    house.settled().await;
    let moderator = house.member("moderator");
    let taken = clicks(&moderator, "In Prüfung nehmen").await.text();
    house.settled().await;
    let second = house.admin("/appeals decide id:1 decision:review").await;
    let done = fills(&moderator, "Annehmen", &["Schreib deine Nachrichten selbst."]).await;
    house.settled().await;
    let late = house.admin("/appeals decide id:1 decision:approve").await;
    let heard = told(&house, mallory.id()).split_off(1);
    let cards = posted(&house, house.mod_log);
    let texts = [notices, vec![form, sent, twice, taken, second, done, late], heard, cards];
    insta::assert_snapshot!(read(&house, &texts.concat()), @"");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn denials_waits_and_lists_in_german() {
    let (house, mallory) = after("warn").await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let offered = runs(&mallory, "/appeal").await.text();
    let opened = clicks(&mallory, "Appeal").await;
    sends(&mallory, &opened, &[WHY]).await;
    let listed = house.admin("/appeals list").await;
    let unexplained = house.admin("/appeals decide id:1 decision:deny").await;
    let done = house.admin("/appeals decide id:1 decision:deny answer:Nein.").await;
    let again = clicks(&mallory, "Appeal").await.text();
    let nothing = runs(&mallory, "/appeal").await.text();
    let none = house.admin("/appeals view id:9").await;
    let empty = house.admin("/appeals list").await;
    let heard = told(&house, mallory.id()).split_off(1);
    let first = vec![offered, listed, unexplained, done, again, nothing, none, empty];
    let texts = [first, heard];
    insta::assert_snapshot!(read(&house, &texts.concat()), @"");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_in_german() {
    let (house, mallory) = after("warn").await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let mut read_by = vec![house.says("alice", "/appeal punishment:1").await];
    for line in [
        "/config set key:APPEALS_DELAY value:1h",
        "/config set key:APPEALS_MIN_LENGTH value:200",
        "/config set key:APPEALS_MAX_LENGTH value:100",
    ] {
        house.admin(line).await;
    }
    read_by.push(house.says("mallory", "/appeal punishment:1").await);
    read_by.push(house.admin("/config check").await);
    house.admin("/config reset key:APPEALS_DELAY").await;
    let opened = clicks(&mallory, "Appeal").await;
    let blank = "\u{200b}".repeat(100);
    read_by.push(sends(&mallory, &opened, &[&blank]).await);
    plain_sql(&house, "UPDATE moderation_logs SET lifted_at = now()").await;
    read_by.push(clicks(&mallory, "Appeal").await.text());
    house.admin("/config set key:APPEALS_ENABLED value:false").await;
    read_by.push(clicks(&mallory, "Appeal").await.text());
    read_by.push(house.admin("/config show key:APPEALS_WAIT").await);
    insta::assert_snapshot!(read(&house, &read_by), @"");
    house.nothing_is_left().await;
}
