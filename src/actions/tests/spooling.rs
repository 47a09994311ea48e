//! PostgreSQL away: what is done then is on disk first, and in the database once when it returns.

use std::fs::OpenOptions;
use std::io::Write as _;

use super::*;
use crate::simulator::Fault;

#[tokio::test(flavor = "multi_thread")]
async fn without_a_database_members_are_punished_and_the_spool_remembers() {
    let scene = scene().await;
    scene.link.cut();
    let decision = scene.decision(BAN);
    scene.carry_out(decision.clone()).await;
    assert!(scene.is_banned());
    assert_eq!(scene.notices(), ["Case –."]);
    let spooled = scene.spooled();
    assert_eq!(spooled.lines().count(), 5, "an intent and four outcomes");
    assert!(spooled.contains(&decision.key));
    assert_eq!(
        scene.number("SELECT count(*) FROM moderation_logs").await,
        0
    );
    // The same once more, while only the spool knows of it.
    scene.carry_out(decision).await;
    scene.link.heal();
    scene.spool_empties().await;
    assert_eq!(scene.cases().await, "1 BAN DONE");
    assert_eq!(
        scene.journal().await,
        "DELETE_MESSAGE DONE\nNOTICE DONE\nBAN DONE\nCARD DONE"
    );
    assert_eq!(
        scene.number("SELECT count(*) FROM user_infractions").await,
        1
    );
    assert_eq!(
        scene
            .number("SELECT sum(infraction_count) FROM user_data")
            .await,
        1
    );
    assert_eq!(
        (scene.cards(), scene.bans(), scene.notices().len()),
        (1, 1, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_database_knew_before_it_went_is_not_done_again() {
    let scene = scene().await;
    let decision = scene.decision(TIME_OUT);
    scene.carry_out(decision.clone()).await;
    scene.link.cut();
    scene.carry_out(decision).await;
    assert_eq!((scene.cards(), scene.notices().len()), (1, 1));
    assert_eq!(scene.spooled(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_in_the_middle_learns_the_outcome_later() {
    let scene = scene().await;
    let decision = scene.decision(BAN);
    scene
        .sim
        .fail_next("PUT /guilds/**", 100_000, Fault::Status(500));
    scene.actions.submit(decision).expect("there is room");
    scene
        .sim
        .requested("PUT /guilds/**", 1)
        .await
        .expect("it is tried");
    scene.link.cut();
    scene.sim.clear_faults();
    scene.idle().await;
    assert!(scene.is_banned());
    let bans = scene.bans();
    assert_eq!(
        scene.spooled().lines().count(),
        2,
        "the outcomes of ban and card"
    );
    // The database says that the ban is unsettled; only the spool knows better.
    scene.link.heal();
    scene.settled().await;
    assert_eq!((scene.bans(), scene.cards()), (bans, 1));
    assert_eq!(scene.cases().await, "1 BAN DONE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_database_holds_nobody_up_either() {
    let scene = scene().await;
    scene.carry_out(scene.decision(Punishment::Warn)).await;
    scene.link.stall();
    scene.carry_out(scene.decision(BAN)).await;
    assert!(scene.is_banned());
    scene.link.cut();
    scene.pool.ping().await.expect_err("the link is cut");
    scene.link.heal();
    scene.spool_empties().await;
    assert_eq!(scene.cases().await, "1 WARN DONE\n2 BAN DONE");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_full_spool_a_decision_waits_and_is_then_carried_out_once() {
    let scene = scene_with(|options| options.spool_max_bytes = 10).await;
    scene.link.cut();
    let decision = scene.decision(BAN);
    scene.actions.submit(decision).expect("there is room");
    // The writer holds the row by the time that the pool has failed so often.
    for _ in 0..6 {
        scene.pool.ping().await.expect_err("the link is cut");
    }
    assert!(!scene.is_banned());
    assert_eq!(scene.actions.in_flight(), 1);
    scene.link.heal();
    scene.idle().await;
    assert!(scene.is_banned());
    assert_eq!(
        (scene.cards(), scene.bans(), scene.notices().len()),
        (1, 1, 1)
    );
    assert_eq!(scene.cases().await, "1 BAN DONE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spool_and_its_torn_line_are_taken_up_by_the_next_run() {
    let mut scene = scene().await;
    scene.link.cut();
    let first = scene.decision(Punishment::Warn);
    scene.carry_out(first.clone()).await;
    scene.actions.stop().await;
    let mut file = OpenOptions::new()
        .append(true)
        .open(scene.spool())
        .expect("it is there");
    // Cut in the middle of a letter, as a crash may.
    file.write_all(b"{\"step\":{\"key\":\"\xc3")
        .expect("a torn line");
    drop(file);
    scene.restart().await;
    scene.carry_out(first).await;
    scene.carry_out(scene.decision(BAN)).await;
    assert!(scene.is_banned());
    assert_eq!(
        (scene.cards(), scene.notices().len()),
        (2, 2),
        "the first was known"
    );
    scene.link.heal();
    scene.spool_empties().await;
    let mut cases: Vec<_> = scene
        .cases()
        .await
        .lines()
        .map(|line| line[2..].to_owned())
        .collect();
    cases.sort();
    assert_eq!(cases, ["BAN DONE", "WARN DONE"]);
    assert_eq!(
        scene
            .number("SELECT count(*) FROM action_journal WHERE state <> 'DONE'")
            .await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_with_a_spool_leaves_nothing_unsettled_and_kicks_nobody_twice() {
    let mut scene = scene().await;
    scene.link.cut();
    let decision = scene.decision(Punishment::Kick);
    scene
        .sim
        .fail_next("DELETE /guilds/**", 100_000, Fault::DropAfter);
    scene
        .sim
        .fail_next("GET /guilds/**", 100_000, Fault::Status(500));
    scene.actions.submit(decision).expect("there is room");
    scene
        .sim
        .requested("DELETE /guilds/**", 1)
        .await
        .expect("it is tried");
    scene.actions.stop().await;
    scene.sim.clear_faults();
    let kicks = scene.kicks();
    scene.clock.advance(TimeDelta::seconds(10));
    scene.guild.joins("mallory").expect("not banned");
    // The guild is settled while the database is still away; the intent reaches it long after the kick.
    scene.restart().await;
    scene.actions.settle(scene.guild.id());
    scene.link.heal();
    scene.spool_empties().await;
    scene.settled().await;
    assert!(scene.is_member());
    assert_eq!(
        (scene.kicks(), scene.cards(), scene.notices().len()),
        (kicks, 1, 1)
    );
    assert_eq!(scene.cases().await, "1 KICK DONE");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_decisions_of_an_outage_come_into_the_database_once_each() {
    let scene = scene().await;
    scene.link.cut();
    for _ in 0..80 {
        let mut decision = scene.decision(Punishment::Warn);
        decision.notice = None;
        scene.actions.submit(decision).expect("there is room");
    }
    scene.idle().await;
    assert_eq!(scene.cards(), 80);
    scene.link.heal();
    scene.spool_empties().await;
    assert_eq!(
        scene
            .number("SELECT count(*) FROM moderation_logs WHERE outcome = 'DONE'")
            .await,
        80
    );
    assert_eq!(
        scene
            .number("SELECT max(case_number) FROM moderation_logs")
            .await,
        80
    );
    assert_eq!(
        scene
            .number("SELECT count(*) FROM action_journal WHERE state = 'DONE'")
            .await,
        160
    );
}
