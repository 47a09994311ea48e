//! `/case view` and `/infractions view` after something has happened.

mod by_hand;
mod editing;
mod listing;
mod private;
mod records;

use std::time::Duration;

use crate::features::tests::{detecting, dialog, known, named, punished, without_times};
use crate::support::House;

/// A house that announces cases in `#mod-log`.
pub(super) async fn logging() -> House {
    let house = House::start().await;
    let key = "/config set key:MODERATION_LOG_CHANNEL_ID value:";
    house.admin(&format!("{key}<#{}>", house.mod_log)).await;
    known(&house).await;
    house
}

/// Waits until so many cases are there and everything about them is done, and holds that there are no more.
pub(super) async fn arrived(house: &House, cases: i64) {
    let query = "SELECT count(*) FROM moderation_logs WHERE outcome <> 'PENDING'";
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    let waiting = async {
        while house.number(query).await < cases {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting)
        .await
        .expect("every case arrives");
    house.settled().await;
    assert_eq!(
        house.number("SELECT count(*) FROM moderation_logs").await,
        cases
    );
}

/// What the log channel shows.
pub(super) fn cards(house: &House) -> String {
    let cards = house.sim.look(|world| {
        let cards = world.bot_messages(house.mod_log).into_iter();
        let lines = cards.map(|card| {
            let embed = &card.embeds[0];
            let fields = embed["fields"].as_array().into_iter().flatten();
            let mut text = embed["title"].as_str().unwrap_or_default().to_owned();
            for field in fields {
                let at = |name: &str| field[name].as_str().unwrap_or_default();
                text.push_str(&format!("\n  {}: {}", at("name"), at("value")));
            }
            text
        });
        lines.collect::<Vec<_>>().join("\n")
    });
    named(house, cards)
}

/// A text without times, and with names in the place of ids.
pub(super) fn read(house: &House, text: &str) -> String {
    let mut text = without_times(&named(house, text.to_owned()));
    let cards: Vec<String> = house.sim.look(|world| {
        let cards = world.bot_messages(house.mod_log);
        cards.iter().map(|card| card.id.to_string()).collect()
    });
    for (number, card) in cards.iter().enumerate() {
        text = text.replace(card, &format!("CARD-{}", number + 1));
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn moderators_look_up_cases_and_infractions() {
    let house = detecting().await;
    let mallory = house.member("mallory");
    dialog(&house, &["/botdetect action action:warn"]).await;
    punished(&house, "mallory", "claim your FREE NITRO now").await;
    mallory.closes_dms();
    dialog(&house, &["/botdetect action action:timeout duration:2h"]).await;
    punished(&house, "mallory", "claim your FREE NITRO now").await;
    let text = dialog(
        &house,
        &[
            "/case view number:1",
            "/case view number:2",
            "/case view number:3",
            "/infractions view user:mallory",
            "/infractions view user:mallory limit:1",
            "/infractions view user:alice",
        ],
    )
    .await;
    let cards: Vec<String> = house.sim.look(|world| {
        let cards = world.bot_messages(house.mod_log);
        cards.iter().map(|card| card.id.to_string()).collect()
    });
    let mut text = without_times(&text);
    for (number, card) in cards.iter().enumerate() {
        text = text.replace(card, &format!("CARD-{}", number + 1));
    }
    insta::assert_snapshot!(text, @r"
    > /case view number:1
    **Case #1** · warning
    Member: <@MALLORY> (`MALLORY`)
    By: AIMod
    When: TIME
    Channel: <#GENERAL>
    Reason: Bot detection: free Nitro scam, phrase “claim your free nitro”
    Outcome: carried out
    Card: https://discord.com/channels/GUILD/MOD-LOG/CARD-1

    > /case view number:2
    **Case #2** · timeout for 2h
    Member: <@MALLORY> (`MALLORY`)
    By: AIMod
    When: TIME
    Channel: <#GENERAL>
    Reason: Bot detection: free Nitro scam, phrase “claim your free nitro”
    Outcome: carried out (the member's direct messages are closed)
    Card: https://discord.com/channels/GUILD/MOD-LOG/CARD-2

    > /case view number:3
    This server has no case #3.

    > /infractions view user:mallory
    **2 infractions of** <@MALLORY>
    - `2` TIME **timeout** · case #2: Bot detection: free Nitro scam, phrase “claim your free nitro”
    - `1` TIME **warning** · case #1: Bot detection: free Nitro scam, phrase “claim your free nitro”

    > /infractions view user:mallory limit:1
    **2 infractions of** <@MALLORY> (page 1 of 2)
    - `2` TIME **timeout** · case #2: Bot detection: free Nitro scam, phrase “claim your free nitro”

    > /infractions view user:alice
    <@ALICE> has no infractions in this server.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn moderators_read_german() {
    let house = detecting().await;
    punished(&house, "mallory", "claim your FREE NITRO now").await;
    let text = dialog(
        &house,
        &[
            "/config set key:LANGUAGE_CODE value:de",
            "/case view number:1",
            "/case view number:3",
            "/infractions view user:mallory",
            "/infractions view user:alice",
        ],
    )
    .await;
    let card = house.sim.look(|world| {
        let cards = world.bot_messages(house.mod_log);
        cards.first().map(|card| card.id.to_string())
    });
    let text = without_times(&text).replace(&card.expect("a card"), "CARD");
    insta::assert_snapshot!(text, @r"
    > /config set key:LANGUAGE_CODE value:de
    `LANGUAGE_CODE`: `en` (Standard) → `de`
    Die Sprache, in der AIMod antwortet. Texte gibt es in en und de; in den anderen Sprachen antwortet es auf Englisch.
    Das ist Version 3; sie gilt ab der nächsten Nachricht.

    > /case view number:1
    **Fall #1** · Timeout für 1h
    Mitglied: <@MALLORY> (`MALLORY`)
    Von: AIMod
    Wann: TIME
    Kanal: <#GENERAL>
    Grund: Bot detection: free Nitro scam, phrase “claim your free nitro”
    Ergebnis: ausgeführt
    Karte: https://discord.com/channels/GUILD/MOD-LOG/CARD

    > /case view number:3
    Einen Fall #3 gibt es auf diesem Server nicht.

    > /infractions view user:mallory
    **1 Verstoß von** <@MALLORY>
    - `1` TIME **Timeout** · Fall #1: Bot detection: free Nitro scam, phrase “claim your free nitro”

    > /infractions view user:alice
    <@ALICE> hat auf diesem Server keine Verstöße.
    ");
    house.nothing_is_left().await;
}
