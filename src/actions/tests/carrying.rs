//! Every punishment, and every refusal of Discord, to its end.

use std::time::Duration;

use super::*;
use crate::actions::Busy;
use crate::simulator::Fault;

#[tokio::test(flavor = "multi_thread")]
async fn every_punishment_is_carried_out_told_and_announced() {
    let scene = scene().await;
    let punishments = [
        Punishment::Delete,
        Punishment::Warn,
        TIME_OUT,
        Punishment::Kick,
        BAN,
    ];
    for (done, punishment) in punishments.into_iter().enumerate() {
        let decision = scene.decision(punishment);
        let (_, message) = decision.message.expect("a message");
        scene.carry_out(decision).await;
        assert!(!scene.stands(message), "{punishment:?}");
        assert_eq!(scene.notices().last(), Some(&format!("Case {}.", done + 1)));
        assert_eq!(scene.cards(), done + 1);
        if let Punishment::Timeout { .. } = punishment {
            let (guild, user) = (scene.guild.id(), scene.mallory.id());
            let until = scene.sim.look(|world| world.timeout_until(guild, user));
            assert!(until.is_some());
            scene.clock.advance(TimeDelta::hours(2));
        }
        if punishment == Punishment::Kick {
            assert!(!scene.is_member());
            scene.guild.joins("mallory").expect("not banned");
        }
    }
    assert!(scene.is_banned());
    assert_eq!(
        scene
            .number("SELECT count(*) FROM action_journal WHERE state <> 'DONE'")
            .await,
        0
    );
    assert_eq!(
        scene.cases().await,
        "1 DELETE DONE\n2 WARN DONE\n3 TIMEOUT DONE\n4 KICK DONE\n5 BAN DONE"
    );
    let linked = "SELECT count(*) FROM moderation_logs WHERE message_id IS NOT NULL";
    assert_eq!(scene.number(linked).await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_direct_messages_keep_nobody_from_being_punished() {
    let scene = scene().await;
    scene.mallory.closes_dms();
    scene.carry_out(scene.decision(BAN)).await;
    assert!(scene.is_banned());
    assert_eq!(
        scene.journal().await,
        "DELETE_MESSAGE DONE\nNOTICE SKIPPED the member's direct messages are closed\nBAN DONE\nCARD DONE"
    );
    assert_eq!(
        scene.cases().await,
        "1 BAN DONE the member's direct messages are closed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forbidden_punishment_fails_its_case_and_the_card_is_posted() {
    let scene = scene().await;
    scene
        .sim
        .fail_next("PUT /guilds/*/bans/*", 1, Fault::Status(403));
    scene.carry_out(scene.decision(BAN)).await;
    assert!(!scene.is_banned());
    assert_eq!(scene.cards(), 1);
    assert_eq!(
        scene.cases().await,
        "1 BAN FAILED ban: Discord forbids it: Missing Permissions (code 50013)"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hopeless_punishment_is_not_asked_for() {
    let scene = scene().await;
    let mut decision = scene.decision(BAN);
    decision.standing.above_target = false;
    scene.carry_out(decision).await;
    assert_eq!((scene.bans(), scene.cards()), (0, 1));
    assert_eq!(
        scene.cases().await,
        "1 BAN FAILED the member's highest role is not below the bot's"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_who_has_left_is_banned_but_not_kicked_or_timed_out() {
    let scene = scene().await;
    for punishment in [TIME_OUT, Punishment::Kick, BAN] {
        let mut decision = scene.decision(punishment);
        decision.notice = None;
        scene.mallory.leaves().expect("a member");
        scene.carry_out(decision).await;
        if punishment != BAN {
            scene.guild.joins("mallory").expect("not banned");
        }
    }
    assert!(scene.is_banned());
    assert_eq!(
        scene.cases().await,
        "1 TIMEOUT FAILED the member has left\n2 KICK DONE\n3 BAN DONE"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_log_channel_is_noted_in_the_case() {
    let scene = scene().await;
    scene
        .guild
        .delete_channel(scene.mod_log)
        .expect("it is there");
    scene.carry_out(scene.decision(BAN)).await;
    assert!(scene.is_banned());
    assert_eq!(
        scene.cases().await,
        "1 BAN DONE card: Discord does not know what the call was about (code 10003)"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rate_limits_failures_and_absence_of_discord_are_outlasted() {
    let limited = Fault::RateLimited {
        retry_after: Duration::from_millis(30),
        global: true,
    };
    for (times, fault) in [
        (3, limited),
        (12, Fault::Status(500)),
        (12, Fault::Drop),
        (12, Fault::DropAfter),
    ] {
        let scene = scene().await;
        let decision = scene.decision(BAN);
        scene.sim.fail_next("*", times, fault.clone());
        scene.carry_out(decision).await;
        assert!(scene.is_banned(), "{fault:?}");
        assert_eq!((scene.cards(), scene.notices().len()), (1, 1), "{fault:?}");
        assert_eq!(scene.cases().await, "1 BAN DONE", "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discord_that_stays_away_ends_the_step_as_failed() {
    let scene = scene_with(|options| options.retry_for = Duration::ZERO).await;
    let decision = scene.decision(BAN);
    scene
        .sim
        .fail_next("PUT /guilds/**", 100, Fault::Status(500));
    scene.carry_out(decision).await;
    assert!(
        scene
            .cases()
            .await
            .starts_with("1 BAN FAILED Discord cannot be reached")
    );
    assert_eq!(scene.cards(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_carried_out_once_however_often_it_is_handed_over() {
    let scene = scene().await;
    let decision = scene.decision(TIME_OUT);
    for _ in 0..50 {
        scene
            .actions
            .submit(decision.clone())
            .expect("there is room");
        scene.actions.settle(scene.guild.id());
    }
    scene.idle().await;
    scene.carry_out(decision).await;
    scene.settled().await;
    assert_eq!((scene.cards(), scene.notices().len()), (1, 1));
    assert_eq!(scene.asked("PATCH /guilds/*/members/*"), 1);
    assert_eq!(scene.cases().await, "1 TIMEOUT DONE");
}

#[tokio::test(flavor = "multi_thread")]
async fn settling_a_guild_in_the_middle_of_its_work_does_nothing_twice() {
    let scene = scene().await;
    for _ in 0..15 {
        let decision = scene.decision(Punishment::Warn);
        scene.actions.submit(decision).expect("there is room");
        scene.actions.settle(scene.guild.id());
    }
    while scene.actions.in_flight() > 0 {
        scene.actions.settle(scene.guild.id());
        tokio::task::yield_now().await;
        scene.number("1").await;
    }
    scene.settled().await;
    assert_eq!((scene.cards(), scene.notices().len()), (15, 15));
    assert_eq!(scene.asked("DELETE /channels/*/messages/*"), 15);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_who_came_back_while_discord_failed_is_not_kicked_again() {
    let scene = scene().await;
    let decision = scene.decision(Punishment::Kick);
    scene
        .sim
        .fail_next("DELETE /guilds/*/members/*", 2, Fault::DropAfter);
    scene
        .sim
        .fail_next("GET /guilds/**", 10_000, Fault::Status(500));
    scene.actions.submit(decision).expect("there is room");
    scene
        .sim
        .requested("GET /guilds/**", 2)
        .await
        .expect("it asks");
    scene.clock.advance(TimeDelta::seconds(10));
    scene.guild.joins("mallory").expect("not banned");
    scene.sim.clear_faults();
    scene.idle().await;
    assert!(scene.is_member());
    assert_eq!(scene.cases().await, "1 KICK DONE");
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_decisions_are_refused_and_room_comes_back() {
    let scene = scene_with(|options| options.most_in_flight = 2).await;
    let decisions = [(); 3].map(|()| scene.decision(Punishment::Warn));
    let answers = decisions.map(|decision| scene.actions.submit(decision));
    assert_eq!(answers, [Ok(()), Ok(()), Err(Busy)]);
    scene.idle().await;
    scene.carry_out(scene.decision(Punishment::Warn)).await;
    assert_eq!(scene.cards(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nul_that_a_member_writes_protects_nobody() {
    let scene = scene().await;
    let mut decision = scene.decision(BAN);
    decision.reasoning.push('\0');
    decision.card.as_mut().expect("a card").fields[0]
        .1
        .push('\0');
    scene.carry_out(decision).await;
    assert!(scene.is_banned());
    assert_eq!(scene.cases().await, "1 BAN DONE");
}
