//! Discord fails where the bot answers people, registers its commands or starts: it comes through.

use std::time::Duration;

use crate::domain::ids::MessageId;
use crate::features::tests::{detecting, gone, punished};
use crate::simulator::Fault;
use crate::support::House;

const SCAM: &str = "free nitro here";

#[tokio::test]
async fn an_answer_that_fails_once_is_sent_again() {
    let house = House::start().await;
    for fault in [Fault::Status(500), Fault::Drop] {
        let what = format!("{fault:?}");
        house.sim.fail_next("POST /interactions/**", 1, fault);
        let answer = house.admin("/config show").await;
        assert!(answer.contains("PREFIX"), "{what}: {answer}");
    }
    house.nothing_is_left().await;
}

#[tokio::test]
async fn a_command_that_cannot_be_answered_harms_no_other() {
    let house = House::start().await;
    let gone = Fault::Status(404);
    house.sim.fail_next("POST /interactions/**", 9, gone);
    let lost = house.member("admin").runs("/config show");
    let lost = lost.expect("a command");
    assert!(lost.answer().await.is_err(), "Discord forgot who asked");
    house.sim.clear_faults();
    let next = house.admin("/config show").await;
    assert!(next.contains("PREFIX"), "{next}");
    house.nothing_is_left().await;
}

/// How often this was carried out.
fn done(house: &House, pattern: &str) -> usize {
    house.sim.request_count(pattern)
}

#[tokio::test]
async fn what_is_already_gone_when_it_is_to_be_deleted_is_no_failure() {
    let house = detecting().await;
    for (number, code) in (1..).zip([10_008, 10_003]) {
        let pattern = "DELETE /channels/*/messages/*";
        house.sim.fail_next(pattern, 1, Fault::error(404, code));
        let name = format!("scammer-{number}");
        let scammer = house.guild.joins(&name).expect("anybody may join");
        scammer.posts(house.general, SCAM).expect("a message");
        let (guild, id) = (house.id(), scammer.id());
        let muted = house.sim.wait_until("the timeout", |world| {
            world.timeout_until(guild, id).is_some()
        });
        muted.await.expect("punished all the same");
        house.settled().await;
        let cases = house.number("SELECT count(*) FROM moderation_logs").await;
        assert_eq!(cases, number, "{code}");
        let timeouts = done(&house, "PATCH /guilds/*/members/*");
        assert_eq!(timeouts as i64, number, "{code}");
    }
    house.nothing_is_left().await;
}

#[tokio::test]
async fn a_429_is_waited_out_and_the_punishment_comes_once() {
    let house = detecting().await;
    for pattern in ["DELETE /channels/*/messages/*", "PATCH /guilds/*/members/*"] {
        house.sim.fail_next(pattern, 2, Fault::Status(429));
    }
    punished(&house, "mallory", SCAM).await;
    for pattern in ["DELETE /channels/*/messages/*", "PATCH /guilds/*/members/*"] {
        let statuses: Vec<u16> = house
            .sim
            .requests(pattern)
            .iter()
            .map(|one| one.status)
            .collect();
        assert_eq!(statuses[..2], [429, 429], "{pattern}");
        assert_eq!((statuses.len(), done(&house, pattern)), (3, 1), "{pattern}");
    }
    assert_eq!(
        house.number("SELECT count(*) FROM moderation_logs").await,
        1
    );
    house.nothing_is_left().await;
}

#[tokio::test]
async fn a_slow_discord_is_waited_for() {
    let house = detecting().await;
    let slow = Fault::Delay(Duration::from_millis(200));
    house.sim.fail_next("*", 20, slow);
    punished(&house, "mallory", SCAM).await;
    let answer = house.admin("/case view number:1").await;
    assert!(answer.contains("carried out"), "{answer}");
    house.sim.clear_faults();
    house.nothing_is_left().await;
}

#[tokio::test]
async fn a_start_while_discord_fails_succeeds_in_the_end() {
    let mut house = detecting().await;
    house.rest().await;
    let scam: MessageId = house
        .member("mallory")
        .posts(house.general, SCAM)
        .expect("a message");
    for pattern in [
        "GET /gateway/bot",
        "PUT /applications/*/commands",
        "GET /channels/*/messages",
    ] {
        house.sim.fail_next(pattern, 2, Fault::Status(503));
    }
    house.wake().await;
    gone(&house, scam).await;
    // Commands of an earlier start work, and are registered anew in the end.
    let shown = house.admin("/config show key:PREFIX").await;
    assert!(shown.contains("PREFIX"), "{shown}");
    let registered = house.sim.requested("PUT /applications/*/commands", 4).await;
    registered.expect("it tries until it succeeds");
    house.nothing_is_left().await;
}
