//! What time and forgetting leave of an appeal that waits.

use chrono::TimeDelta;

use super::*;
use crate::simulator::Fault;

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

/// Has AIMod forget them, and gives the receipt.
async fn is_forgotten(who: &SimMember) -> String {
    let asking = who.runs_directly("/mydata forget").expect("a command");
    let asked = asking.answer().await.expect("the application responds");
    let yes = asked.custom_ids()[0].to_owned();
    let message = asked.message.expect("a message");
    let forgotten = who.presses(message, &yes).expect("a button");
    let receipt = forgotten.answer().await;
    receipt.expect("the application responds").text()
}

#[tokio::test(flavor = "multi_thread")]
async fn being_forgotten_shortens_no_wait_for_the_next_appeal() {
    let (house, mallory) = after("timeout").await;
    house.admin("/config set key:APPEALS_WAIT value:7d").await;
    appeals(&mallory).await;
    house.settled().await;
    let moderator = house.member("moderator");
    fills(&moderator, "Deny", &["No."]).await;
    house.settled().await;
    let mut texts = vec![clicks(&mallory, "Appeal").await.text()];
    texts.push(is_forgotten(&mallory).await);
    texts.push(clicks(&mallory, "Appeal").await.text());
    let words = "SELECT count(*) FROM appeals WHERE reason <> '' OR admin_response IS NOT NULL";
    assert_eq!(house.number(words).await, 0);
    // The second time there is nothing more to take.
    texts.push(is_forgotten(&mallory).await);
    insta::assert_snapshot!(read(&house, &texts), @"
    Your last appeal against it was denied. You may appeal against it again TIME.

    **You are forgotten.** This is gone, or no longer bears your name:
    - Your name, picture and counters
    - Commands you ran: 3
    - Decided appeals, their texts: 1
    This stays:
    - 1 case with your id and its reason: the ban or timeout is in force, and could otherwise be neither found nor lifted. Once it has ended, ask again.
    - 1 decided appeal about such a case, without its texts: how soon you may appeal again counts from it.
    - Number, kind and date of ended cases and infractions, and the rule that was named, without you: servers count on their statistics.
    - What you decided as a moderator or set as an administrator, under your id: others have a right to know who did it.
    - Messages that AIMod posted in a server's channels: they belong to that server.
    - Technical entries about the latest actions, for a few weeks: they keep anything from being done twice.
    What you do from now on is noted anew: messages are counted, commands are logged.

    Your last appeal against it was denied. You may appeal against it again TIME.

    **You are forgotten.** This is gone, or no longer bears your name:
    - Commands you ran: 1
    This stays:
    - 1 case with your id and its reason: the ban or timeout is in force, and could otherwise be neither found nor lifted. Once it has ended, ask again.
    - 1 decided appeal about such a case, without its texts: how soon you may appeal again counts from it.
    - Number, kind and date of ended cases and infractions, and the rule that was named, without you: servers count on their statistics.
    - What you decided as a moderator or set as an administrator, under your id: others have a right to know who did it.
    - Messages that AIMod posted in a server's channels: they belong to that server.
    - Technical entries about the latest actions, for a few weeks: they keep anything from being done twice.
    What you do from now on is noted anew: messages are counted, commands are logged.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appeal_that_is_forgotten_before_its_card_stands_is_shown_as_withdrawn() {
    let (house, mallory) = after("warn").await;
    house.settled().await;
    let post = format!("POST /channels/{}/messages", house.mod_log);
    house.sim.fail_next(&post, 100_000, Fault::Status(500));
    appeals(&mallory).await;
    house.sim.requested(&post, 2).await.expect("it is tried");
    is_forgotten(&mallory).await;
    assert_eq!(house.number("SELECT count(*) FROM appeals").await, 0);
    house.sim.clear_faults();
    let edited = house.sim.wait_until("the card written anew", |world| {
        let mut cards = world.bot_messages(house.mod_log).into_iter();
        cards.any(|card| card.embeds[0]["title"] == "Appeal #1 · withdrawn")
    });
    edited.await.expect("it is");
    let card = posted(&house, house.mod_log).pop().expect("the card");
    assert!(
        card.starts_with("Appeal #1 · withdrawn") && !card.contains("little brother"),
        "{card}"
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_appeal_of_somebody_who_is_forgotten_is_withdrawn_and_its_words_are_gone() {
    let (house, mallory) = after("warn").await;
    appeals(&mallory).await;
    house.settled().await;
    let words = "SELECT count(*) FROM action_journal WHERE payload::text LIKE '%little brother%'";
    assert_eq!(house.number(words).await, 1);
    let receipt = is_forgotten(&mallory).await;
    assert!(receipt.contains("Appeals that wait, withdrawn: 1"));
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
