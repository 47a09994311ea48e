//! Decisions that Discord does not let through, or not yet: everybody reads what became of them.

use super::*;
use crate::simulator::Fault;

const END_TIMEOUT: &str = "PATCH /guilds/*/members/*";

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_that_cannot_be_lifted_is_left_to_the_staff() {
    let (house, mallory) = after("ban").await;
    appeals(&mallory).await;
    house.settled().await;
    house
        .sim
        .fail_next("DELETE /guilds/*/bans/*", 1, Fault::error(403, 50013));
    let done = house.admin("/appeals decide id:1 decision:approve").await;
    insta::assert_snapshot!(done, @r"
    Appeal #1 is approved.
    On Discord it could not be taken back: `unban: Discord forbids it: Missing Permissions (code 50013)`. If something of it is left, please take it back by hand.
    The member could not be told: Discord lets AIMod send them no direct message.
    ");
    assert!(is_banned(&house, mallory.id()));
    assert_eq!(case(&house, 1).await, "BAN DONE", "it holds as before");
    assert_eq!(case(&house, 2).await, "UNBAN FAILED by hand of staff");
    house.settled().await;
    let cards = posted(&house, house.mod_log).split_off(1);
    insta::assert_snapshot!(read(&house, &cards), @r"
    Appeal #1 · approved
    Member: <@MALLORY> (`MALLORY`)
    Punishment: ban (case #1)
    Reason: `Bot detection: free Nitro scam, phrase “claim your free nitro”`
    Punished: TIME
    The member says: ```
    That was my little brother, and he is sorry.
    ```
    Decided by: <@ADMIN> TIME
    Not taken back on Discord: unban: Discord forbids it: Missing Permissions (code 50013)

    Ban not lifted · case #2
    Member: <@MALLORY> (`MALLORY`)
    By: <@ADMIN>
    Punishment: ban (case #1)
    Reason: appeal #1 was approved
    Not taken back on Discord: unban: Discord forbids it: Missing Permissions (code 50013)
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_told_of_an_approval_is_told_when_it_could_not_be_carried_out() {
    let (house, mallory) = after("timeout").await;
    appeals(&mallory).await;
    house.settled().await;
    let away = Fault::Status(500);
    house.sim.fail_next(END_TIMEOUT, 100_000, away);
    let moderator = house.member("moderator");
    let deciding = moderator.runs("/appeals decide id:1 decision:approve answer:Sorry.");
    let deciding = deciding.expect("a command");
    house.sim.requested(END_TIMEOUT, 1).await.expect("tried");
    // The card tells of the decision at once; what the member reads waits for Discord.
    let decided = house.sim.wait_until("the card", |world| {
        let mut cards = world.bot_messages(house.mod_log).into_iter();
        cards.any(|card| card.embeds[0]["title"] == "Appeal #1 · approved")
    });
    decided.await.expect("written anew");
    assert_eq!(told(&house, mallory.id()).len(), 1, "the punishment alone");
    house.sim.clear_faults();
    house
        .sim
        .fail_next(END_TIMEOUT, 1, Fault::error(403, 50013));
    let done = deciding.answer().await.expect("an answer").text();
    house.settled().await;
    let heard = told(&house, mallory.id()).split_off(1);
    let cards = posted(&house, house.mod_log).split_off(1);
    insta::assert_snapshot!(read(&house, &[vec![done], heard, cards].concat()), @r"
    Appeal #1 is approved.
    On Discord it could not be taken back: `end_timeout: Discord forbids it: Missing Permissions (code 50013)`. If something of it is left, please take it back by hand.
    The member has been told.

    The staff of `The Server` approved your appeal #1, but on Discord AIMod could not take it back: timeout of 1h (case #1). The staff knows, and can do it by hand.
    Their answer:
    ```
    Sorry.
    ```

    Appeal #1 · approved
    Member: <@MALLORY> (`MALLORY`)
    Punishment: timeout of 1h (case #1)
    Reason: `Bot detection: free Nitro scam, phrase “claim your free nitro”`
    Punished: TIME
    The member says: ```
    That was my little brother, and he is sorry.
    ```
    Decided by: <@MODERATOR> TIME
    Answer: ```
    Sorry.
    ```
    Not taken back on Discord: end_timeout: Discord forbids it: Missing Permissions (code 50013)

    Timeout not ended · case #2
    Member: <@MALLORY> (`MALLORY`)
    By: <@MODERATOR>
    Punishment: timeout of 1h (case #1)
    Reason: appeal #1 was approved
    Not taken back on Discord: end_timeout: Discord forbids it: Missing Permissions (code 50013)
    ");
    assert!(is_timed_out(&house, mallory.id()));
    assert_eq!(case(&house, 2).await, "END_TIMEOUT FAILED by hand of staff");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_posted_after_the_decision_tells_of_it() {
    let (house, mallory) = after("warn").await;
    house.settled().await;
    let post = format!("POST /channels/{}/messages", house.mod_log);
    house.sim.fail_next(&post, 100_000, Fault::Status(500));
    appeals(&mallory).await;
    house.sim.requested(&post, 2).await.expect("it is tried");
    for line in [
        "/appeals decide id:1 decision:review",
        "/appeals decide id:1 decision:deny answer:No.",
    ] {
        let call = house.member("moderator").runs(line).expect("a command");
        house.sim.advance(chrono::TimeDelta::seconds(1));
        drop(call);
        let word = if line.contains("review") {
            "UNDER_REVIEW"
        } else {
            "DENIED"
        };
        let query = format!("SELECT count(*) FROM appeals WHERE status = '{word}'");
        becomes(&house, &query, 1).await;
    }
    assert_eq!(posted(&house, house.mod_log).len(), 1, "the case alone");
    house.sim.clear_faults();
    house.settled().await;
    let card = posted(&house, house.mod_log).pop().expect("the card");
    assert!(
        card.starts_with("Appeal #1 · denied") && !card.contains('['),
        "{card}"
    );
    house.nothing_is_left().await;
}
