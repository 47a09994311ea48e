//! What whoever waits for a decision's outcome is told.

use super::*;
use crate::actions::{Busy, NoticeOutcome, PerformError, Performed};
use crate::domain::ids::CaseNumber;
use crate::simulator::Fault;

const BAN_ROUTE: &str = "PUT /guilds/*/bans/*";

fn performed(case: i64, notice: NoticeOutcome) -> Performed {
    Performed {
        case: Some(CaseNumber(case)),
        done: true,
        detail: None,
        notice,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_moderator_is_told_the_case_and_whether_the_member_knows() {
    let scene = scene().await;
    let told = scene
        .actions
        .perform(scene.decision(Punishment::Warn))
        .await;
    assert_eq!(told, Ok(performed(1, NoticeOutcome::Delivered)));
    let mut silent = scene.decision(Punishment::Delete);
    silent.notice = None;
    let told = scene.actions.perform(silent).await;
    assert_eq!(told, Ok(performed(2, NoticeOutcome::NotWanted)));
    scene.mallory.closes_dms();
    let told = scene.actions.perform(scene.decision(BAN)).await;
    assert_eq!(told, Ok(performed(3, NoticeOutcome::Closed)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_told_with_discords_words() {
    let scene = scene().await;
    scene.sim.fail_next(BAN_ROUTE, 1, Fault::Status(403));
    let told = scene.actions.perform(scene.decision(BAN)).await;
    let told = told.expect("an outcome");
    assert_eq!((told.done, told.notice), (false, NoticeOutcome::Delivered));
    assert_eq!(
        told.detail.as_deref(),
        Some("ban: Discord forbids it: Missing Permissions (code 50013)")
    );
    scene
        .guild
        .delete_channel(scene.mod_log)
        .expect("it is there");
    let told = scene
        .actions
        .perform(scene.decision(Punishment::Warn))
        .await;
    let told = told.expect("an outcome");
    assert!(told.done, "only the card is missing");
    assert_eq!(
        told.detail.as_deref(),
        Some("card: Discord does not know what the call was about (code 10003)")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_is_performed_once_and_the_second_caller_hears_so() {
    let scene = scene_with(|options| options.most_in_flight = 1).await;
    let decision = scene.decision(BAN);
    let (first, second) = tokio::join!(
        scene.actions.perform(decision.clone()),
        scene.actions.perform(decision.clone())
    );
    assert_eq!(first, Ok(performed(1, NoticeOutcome::Delivered)));
    assert_eq!(second, Err(PerformError::Busy(Busy)));
    scene.idle().await;
    let again = scene.actions.perform(decision).await;
    assert_eq!(again, Err(PerformError::AlreadyKnown));
    assert_eq!((scene.bans(), scene.cards()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stops_waiting_changes_nothing() {
    let scene = scene().await;
    scene.sim.fail_next(BAN_ROUTE, 100_000, Fault::Status(500));
    tokio::select! {
        told = scene.actions.perform(scene.decision(BAN)) => panic!("Discord is away: {told:?}"),
        asked = scene.sim.requested(BAN_ROUTE, 1) => asked.expect("it is tried"),
    }
    scene.sim.clear_faults();
    scene.idle().await;
    assert!(scene.is_banned());
    assert_eq!(scene.cases().await, "1 BAN DONE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_told_and_the_next_run_does_it() {
    let mut scene = scene().await;
    scene.sim.fail_next(BAN_ROUTE, 100_000, Fault::Status(500));
    let decision = scene.decision(BAN);
    let stop = async {
        let asked = scene.sim.requested(BAN_ROUTE, 1).await;
        asked.expect("it is tried");
        scene.actions.stop().await;
    };
    let (told, ()) = tokio::join!(scene.actions.perform(decision), stop);
    assert_eq!(told, Err(PerformError::Interrupted));
    scene.sim.clear_faults();
    scene.restart_and_settle().await;
    assert!(scene.is_banned());
    assert_eq!(scene.cases().await, "1 BAN DONE");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_database_it_is_done_and_the_number_is_not_known() {
    let scene = scene().await;
    scene.link.cut();
    let told = scene.actions.perform(scene.decision(BAN)).await;
    let told = told.expect("an outcome");
    assert_eq!((told.case, told.done), (None, true));
    scene.link.heal();
    scene.spool_empties().await;
    assert_eq!(scene.cases().await, "1 BAN DONE");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_journal_takes_is_not_done_and_the_caller_hears_why() {
    let scene = scene().await;
    let mut decision = scene.decision(BAN);
    decision.key = "k".repeat(101);
    let told = scene.actions.perform(decision).await;
    let Err(PerformError::NotJournaled(why)) = told else {
        panic!("the key is too long: {told:?}");
    };
    assert!(why.contains("action_journal"), "{why}");
    assert_eq!((scene.bans(), scene.notices().len()), (0, 0));
}
