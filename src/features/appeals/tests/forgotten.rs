//! What time and forgetting leave of an appeal that waits.

use chrono::TimeDelta;

use super::*;

/// Looks through what is kept, so many days later.
async fn days_pass(house: &House, days: i64) {
    house.sim.advance(TimeDelta::days(days));
    let gone = house.app().keep_up().await.expect("it works");
    assert!(gone.is_some(), "nobody else is at it");
}

const JOURNAL: &str = "SELECT count(*) FROM action_journal";

#[tokio::test(flavor = "multi_thread")]
async fn a_card_follows_its_appeal_however_long_that_waits() {
    let (house, mallory) = after("warn").await;
    appeals(&mallory).await;
    house.settled().await;
    days_pass(&house, 31).await;
    assert_eq!(house.number(JOURNAL).await, 1, "where the card stands");
    let moderator = house.member("moderator");
    let done = fills(&moderator, "Deny", &["No."]).await;
    assert!(done.contains("#1"), "{done}");
    house.settled().await;
    let card = posted(&house, house.mod_log).pop().expect("the card");
    assert!(
        card.starts_with("Appeal #1 · denied") && !card.contains('['),
        "{card}"
    );
    days_pass(&house, 31).await;
    assert_eq!(house.number(JOURNAL).await, 0, "decided, it goes as well");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_appeal_of_somebody_who_is_forgotten_is_withdrawn_and_its_words_are_gone() {
    let (house, mallory) = after("warn").await;
    appeals(&mallory).await;
    house.settled().await;
    let words = "SELECT count(*) FROM action_journal WHERE payload::text LIKE '%little brother%'";
    assert_eq!(house.number(words).await, 1);
    let asked = runs(&mallory, "/mydata forget").await;
    let yes = asked.custom_ids()[0].to_owned();
    let message = asked.message.expect("a message");
    let forgotten = mallory.presses(message, &yes).expect("a button");
    let receipt = forgotten.answer().await.expect("the application responds");
    assert!(receipt.text().contains("Appeals that wait, withdrawn: 1"));
    let edited = house.sim.wait_until("the card written anew", |world| {
        let cards = world.bot_messages(house.mod_log);
        cards
            .iter()
            .any(|card| card.embeds[0]["title"] == "Appeal #1 · withdrawn")
    });
    edited.await.expect("it is");
    house.settled().await;
    assert_eq!(house.number(words).await, 0);
    assert_eq!(house.number("SELECT count(*) FROM appeals").await, 0);
    let cards = posted(&house, house.mod_log);
    insta::assert_snapshot!(cards.last().expect("the card"), @r"
    Appeal #1 · withdrawn
    Nothing left to decide: All that AIMod kept about the member has been forgotten, and this appeal with it.
    ");
    let unsettled = "SELECT count(*) FROM action_journal WHERE state = 'INTENDED'";
    becomes(&house, unsettled, 0).await;
    house.nothing_is_left().await;
}
