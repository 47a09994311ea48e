//! The bot stops in the middle: nothing is lost, and nothing is done twice.

use super::super::filing::card_key;
use super::super::replies::card::APPEAL_MARK;
use super::super::rows::Appeal;
use super::super::standing::Status;
use super::super::table::{Filed, NewAppeal, Ruled, Ruling};
use super::*;
use crate::actions::plan::{new_errand, operation, plan, plan_errand};
use crate::actions::{Call, Errand};
use crate::domain::verdict::{Card, Decision, Punishment};
use crate::simulator::Fault;

const UNBAN: &str = "DELETE /guilds/*/bans/*";

#[tokio::test(flavor = "multi_thread")]
async fn buttons_and_forms_outlive_the_bot() {
    let (mut house, mallory) = after("timeout").await;
    house.rest().await;
    house.wake().await;
    let opened = clicks(&mallory, "Appeal").await;
    house.rest().await;
    house.wake().await;
    let sent = sends(&mallory, &opened, &[WHY]).await;
    assert!(
        sent.starts_with("Appeal **#1** is with the staff"),
        "{sent}"
    );
    house.settled().await;
    house.rest().await;
    house.wake().await;
    let moderator = house.member("moderator");
    let taken = clicks(&moderator, "Take under review").await.text();
    assert!(
        taken.starts_with("You have appeal #1 under review now."),
        "{taken}"
    );
    let opened = clicks(&moderator, "Approve").await;
    house.settled().await;
    house.rest().await;
    house.wake().await;
    let done = sends(&moderator, &opened, &["Fine."]).await;
    assert!(done.contains("The timeout has ended."), "{done}");
    house.settled().await;
    assert!(!is_timed_out(&house, mallory.id()));
    assert_eq!(posted(&house, house.mod_log).len(), 3, "each card once");
    assert_eq!(told(&house, mallory.id()).len(), 2, "each message once");
    house.nothing_is_left().await;
}

/// The reviewer approves a ban's appeal, Discord treats the unban like this, and the bot is stopped in the middle of it.
async fn stopped_at_the_unban(fault: Fault) -> (House, SimMember) {
    let (mut house, mallory) = after("ban").await;
    appeals(&mallory).await;
    house.settled().await;
    house.sim.fail_next(UNBAN, 100_000, fault);
    let approving = house.member("moderator");
    let approving = approving.runs("/appeals decide id:1 decision:approve");
    let approving = approving.expect("a command");
    house.sim.requested(UNBAN, 1).await.expect("it is tried");
    // From here on Discord does not even tell whether it was done.
    house
        .sim
        .fail_next("GET /guilds/*/bans/*", 100_000, Fault::Status(500));
    assert_eq!(status(&house, 1).await, "APPROVED");
    house.rest().await;
    drop(approving);
    house.sim.clear_faults();
    let intended = "SELECT count(*) FROM action_journal WHERE state = 'INTENDED'";
    assert!(house.number(intended).await > 0, "it is not over");
    (house, mallory)
}

async fn taken_up(house: &mut House) {
    house.wake().await;
    let lifted = house.sim.wait_until("the end of the ban", |world| {
        world.bans(house.id()).is_empty()
    });
    lifted.await.expect("lifted");
    let unsettled = "SELECT count(*) FROM action_journal WHERE state = 'INTENDED'";
    becomes(house, unsettled, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_that_was_not_lifted_before_the_stop_is_lifted_after_it() {
    let (mut house, mallory) = stopped_at_the_unban(Fault::Status(500)).await;
    assert!(is_banned(&house, mallory.id()));
    taken_up(&mut house).await;
    assert_eq!(case(&house, 1).await, "BAN DONE lifted");
    assert_eq!(case(&house, 2).await, "UNBAN DONE by hand of staff");
    assert_eq!(case(&house, 3).await, "", "once");
    let card = posted(&house, house.mod_log);
    assert!(
        card[1].starts_with("Appeal #1 · approved") && !card[1].contains('['),
        "{card:?}"
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_that_was_lifted_before_the_stop_is_not_lifted_again() {
    let (mut house, mallory) = stopped_at_the_unban(Fault::DropAfter).await;
    assert!(!is_banned(&house, mallory.id()));
    let before = house.sim.requests(UNBAN).len();
    taken_up(&mut house).await;
    assert_eq!(house.sim.requests(UNBAN).len(), before);
    assert_eq!(case(&house, 2).await, "UNBAN DONE by hand of staff");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_was_written_and_nothing_more_is_carried_out_by_the_next_run() {
    let (mut house, mallory) = after("ban").await;
    appeals(&mallory).await;
    house.settled().await;
    let now = house.sim.clock().now();
    let decision = Decision::new(
        house.id(),
        "appeals:lift:1",
        mallory.id(),
        Punishment::Unban,
        now,
    );
    let steps = plan(&decision);
    let ruling = Ruling {
        guild: house.id(),
        id: 1,
        to: Status::Approved,
        by: house.sim.user("moderator"),
        answer: None,
        at: now,
        lifted: None,
        lift: Some(operation(decision, &steps).expect("plain data")),
        errands: Vec::new(),
    };
    let written = house.app().writer().keep_now(ruling.clone()).await;
    let keys = vec!["appeals:lift:1".to_owned()];
    assert_eq!(written, Ok(Ruled::Won { keys }));
    let again = house.app().writer().keep_now(ruling).await;
    assert_eq!(
        again,
        Ok(Ruled::Lost),
        "whoever comes second changes nothing"
    );
    house.rest().await;
    assert!(
        is_banned(&house, mallory.id()),
        "it ended before the first call"
    );
    taken_up(&mut house).await;
    assert_eq!(house.sim.requests(UNBAN).len(), 1);
    assert_eq!(case(&house, 2).await, "UNBAN DONE");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appeal_that_was_written_and_nothing_more_is_shown_by_the_next_run() {
    let (mut house, _) = after("warn").await;
    let now = house.sim.clock().now();
    let sentence = {
        let mut conn = house.database.pool.acquire().await.expect("a connection");
        let subject = "1".parse().expect("a case");
        let found = super::super::records::find_sentence(&mut conn, house.id(), subject).await;
        found.expect("an answer").expect("the case")
    };
    let card = Card {
        channel: house.mod_log,
        title: format!("Appeal #{APPEAL_MARK}"),
        fields: Vec::new(),
        buttons: Vec::new(),
        undone: None,
    };
    let errand = Errand {
        guild: house.id(),
        key: card_key(APPEAL_MARK),
        reason: "shown".to_owned(),
        calls: vec![Call::Card(card)],
        after: None,
    };
    let steps = plan_errand(&errand);
    let errand = new_errand(errand, now, &steps).expect("plain data");
    let new = NewAppeal::new(&sentence, WHY.to_owned(), now).with_card(Some(errand));
    let filed = house.app().writer().keep_now(new.clone()).await;
    let card = Some("appeals:card:1".to_owned());
    assert_eq!(filed, Ok(Filed::Made { id: 1, card }));
    let again = house.app().writer().keep_now(new).await;
    assert_eq!(again, Ok(Filed::AlreadyOpen));
    house.rest().await;
    house.wake().await;
    let shown = house.sim.wait_until("the card", |world| {
        let cards = world.bot_messages(house.mod_log);
        cards
            .iter()
            .any(|card| card.embeds[0]["title"] == "Appeal #1")
    });
    shown.await.expect("posted");
    let kept = {
        let mut conn = house.database.pool.acquire().await.expect("a connection");
        let found = Appeal::find(&mut conn, house.id(), 1).await;
        found.expect("an answer").expect("the appeal")
    };
    assert_eq!((kept.status, kept.text.as_str()), (Status::Pending, WHY));
    house.nothing_is_left().await;
}
