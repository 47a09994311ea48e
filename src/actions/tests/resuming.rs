//! A stop in the middle, and what the next run makes of the journal.

use super::*;
use crate::simulator::Fault;

impl Scene {
    /// Carries a decision out until `pattern` was tried, then stops as a crash would: without its outcome. With
    /// [`Fault::DropAfter`] Discord has done it, with [`Fault::Status`] it has not.
    pub(super) async fn stop_at(&mut self, decision: Decision, pattern: &str, fault: Fault) {
        self.sim.fail_next(pattern, 100_000, fault);
        self.sim
            .fail_next("GET /guilds/**", 100_000, Fault::Status(500));
        self.actions.submit(decision).expect("there is room");
        self.sim.requested(pattern, 1).await.expect("it is tried");
        self.actions.stop().await;
        self.sim.clear_faults();
        let intended = "SELECT count(*) FROM action_journal WHERE state = 'INTENDED'";
        assert!(self.number(intended).await > 0 || !self.spooled().is_empty());
    }

    pub(super) async fn restart_and_settle(&mut self) {
        self.restart().await;
        self.settled().await;
    }
}

const BAN_ROUTE: &str = "PUT /guilds/*/bans/*";
const KICK_ROUTE: &str = "DELETE /guilds/*/members/*";
const TIME_OUT_ROUTE: &str = "PATCH /guilds/*/members/*";
const POST_ROUTE: &str = "POST /channels/*/messages";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_done_before_the_stop_is_done_after_it() {
    let mut scene = scene().await;
    let decision = scene.decision(BAN);
    scene.stop_at(decision, BAN_ROUTE, Fault::Status(500)).await;
    assert!(!scene.is_banned());
    scene.restart_and_settle().await;
    assert!(scene.is_banned());
    assert_eq!((scene.cards(), scene.notices().len()), (1, 1));
    assert_eq!(scene.cases().await, "1 BAN DONE");
    assert_eq!(
        scene.asked("DELETE /channels/*/messages/*"),
        1,
        "settled steps stay so"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_that_was_done_is_not_asked_for_again() {
    let mut scene = scene().await;
    let decision = scene.decision(BAN);
    scene
        .stop_at(decision.clone(), BAN_ROUTE, Fault::DropAfter)
        .await;
    let before = scene.bans();
    scene.restart_and_settle().await;
    assert_eq!(scene.bans(), before);
    assert_eq!(scene.cases().await, "1 BAN DONE");
    scene.carry_out(decision).await;
    assert_eq!(
        (scene.cards(), scene.bans()),
        (1, before),
        "it is known after the restart"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kicked_member_who_came_back_is_not_kicked_again() {
    let mut scene = scene().await;
    let decision = scene.decision(Punishment::Kick);
    scene.stop_at(decision, KICK_ROUTE, Fault::DropAfter).await;
    assert!(!scene.is_member());
    scene.clock.advance(TimeDelta::seconds(10));
    scene.guild.joins("mallory").expect("not banned");
    let before = scene.kicks();
    scene.restart_and_settle().await;
    assert!(scene.is_member());
    assert_eq!(scene.kicks(), before);
    assert_eq!(scene.cases().await, "1 KICK DONE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_who_was_not_kicked_yet_is_kicked_after_the_restart() {
    let mut scene = scene().await;
    let decision = scene.decision(Punishment::Kick);
    scene
        .stop_at(decision, KICK_ROUTE, Fault::Status(500))
        .await;
    scene.restart_and_settle().await;
    assert!(!scene.is_member());
    assert_eq!(scene.cases().await, "1 KICK DONE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kick_waits_for_a_discord_that_cannot_tell_whether_it_was_done() {
    let mut scene = scene().await;
    let decision = scene.decision(Punishment::Kick);
    scene
        .stop_at(decision, KICK_ROUTE, Fault::Status(500))
        .await;
    let before = scene.kicks();
    let asked = scene.asked("GET /guilds/**");
    scene.sim.fail_next("GET /guilds/**", 4, Fault::Status(500));
    scene.restart().await;
    scene.actions.settle(scene.guild.id());
    scene
        .sim
        .requested("GET /guilds/**", asked + 4)
        .await
        .expect("it asks");
    assert_eq!(scene.kicks(), before);
    scene.settled().await;
    assert!(!scene.is_member());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_out_that_stands_is_not_set_again() {
    let mut scene = scene().await;
    let decision = scene.decision(TIME_OUT);
    scene
        .stop_at(decision, TIME_OUT_ROUTE, Fault::DropAfter)
        .await;
    let before = scene.asked(TIME_OUT_ROUTE);
    scene.restart_and_settle().await;
    assert_eq!(scene.asked(TIME_OUT_ROUTE), before);
    assert_eq!(scene.cases().await, "1 TIMEOUT DONE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_out_that_would_be_over_lifts_no_other_one() {
    let mut scene = scene().await;
    let decision = scene.decision(TIME_OUT);
    scene
        .stop_at(decision, TIME_OUT_ROUTE, Fault::Status(500))
        .await;
    let before = scene.asked(TIME_OUT_ROUTE);
    scene.clock.advance(TimeDelta::hours(2));
    scene.restart_and_settle().await;
    assert_eq!(scene.asked(TIME_OUT_ROUTE), before);
    assert_eq!(
        scene.cases().await,
        "1 TIMEOUT FAILED the time-out had ended before it could be set"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_goes_out_once_soon_or_long_after_the_stop() {
    for (minutes, journal) in [
        (0, "NOTICE DONE"),
        (10, "NOTICE SKIPPED it may have been sent before a restart"),
    ] {
        let mut scene = scene().await;
        let mut decision = scene.decision(Punishment::Warn);
        (decision.message, decision.card) = (None, None);
        scene.stop_at(decision, POST_ROUTE, Fault::DropAfter).await;
        scene.clock.advance(TimeDelta::minutes(minutes));
        scene.restart_and_settle().await;
        assert_eq!(scene.notices(), ["Case 1."]);
        assert_eq!(scene.journal().await, journal);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_of_another_version_is_skipped_and_the_rest_goes_on() {
    let mut scene = scene().await;
    let decision = scene.decision(BAN);
    scene.stop_at(decision, BAN_ROUTE, Fault::Status(500)).await;
    let change = "UPDATE action_journal SET payload = '{\"call\": \"hug\"}' WHERE kind = 'BAN'";
    let mut conn = scene.database.pool.acquire().await.expect("a connection");
    diesel::sql_query(change)
        .execute(&mut *conn)
        .await
        .expect("a change");
    drop(conn);
    scene.restart_and_settle().await;
    assert!(!scene.is_banned());
    assert_eq!(scene.cards(), 1);
    assert!(
        scene
            .journal()
            .await
            .contains("BAN SKIPPED this program cannot read")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_does_not_wait_for_a_discord_that_hangs() {
    let mut scene = scene().await;
    let decision = scene.decision(BAN);
    let hangs = Fault::Delay(Duration::from_secs(600));
    scene.sim.fail_next(BAN_ROUTE, 1, hangs);
    scene.actions.submit(decision).expect("there is room");
    let told = async {
        while scene.notices().is_empty() {
            scene.number("1").await;
        }
    };
    tokio::time::timeout(LONG, told)
        .await
        .expect("the notice goes out");
    let stop = scene.actions.stop();
    tokio::time::timeout(Duration::from_secs(8), stop)
        .await
        .expect("it stops in time");
    scene.restart_and_settle().await;
    assert!(scene.is_banned());
    assert_eq!(scene.cards(), 1);
}
