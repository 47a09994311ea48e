//! Bans that come due together: one request where the bot may, each with its own case.

use super::*;
use crate::domain::ids::UserId;
use crate::simulator::{Fault, Permissions};

const BULK: &str = "POST /guilds/*/bulk-ban";
const SINGLE: &str = "PUT /guilds/*/bans/*";
const DONE: &str = "SELECT count(*) FROM moderation_logs WHERE outcome = 'DONE'";

/// A dozen raiders in a server where the bot may ban, and whatever else is given.
async fn raided(besides: Permissions) -> (Scene, Vec<UserId>) {
    let scene = scene().await;
    let permissions = Permissions::MODERATION_BOT | besides;
    scene.guild.set_bot_permissions(permissions).expect("there");
    let raider = |number| scene.guild.add_member(&format!("raider {number}"));
    let raiders = (0..12).map(|number| raider(number).expect("a member").id());
    let raiders = raiders.collect();
    (scene, raiders)
}

impl Scene {
    /// Bans them all, while the first request takes its time.
    async fn ban_all(&self, users: &[UserId]) {
        self.begin_to_ban(users);
        self.idle().await;
    }

    fn begin_to_ban(&self, users: &[UserId]) {
        let slow = Fault::Delay(Duration::from_secs(1));
        self.sim.fail_next(SINGLE, 1, slow);
        for user in users {
            let key = format!("raid:{user}");
            let decision = Decision {
                reasoning: "a raid".to_owned(),
                ..Decision::new(self.guild.id(), key, *user, BAN, self.clock.now())
            };
            self.actions.submit(decision).expect("there is room");
        }
    }

    fn are_banned(&self, users: &[UserId]) -> bool {
        let guild = self.guild.id();
        let banned = |user: &UserId| self.sim.look(|world| world.is_banned(guild, *user));
        users.iter().all(banned)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bans_that_come_due_together_are_one_request() {
    let (scene, raiders) = raided(Permissions::MANAGE_GUILD).await;
    scene.ban_all(&raiders).await;
    assert!(scene.are_banned(&raiders));
    assert_eq!(scene.number(DONE).await, 12);
    assert!(scene.asked(BULK) >= 1);
    let asked = scene.asked(BULK) + scene.asked(SINGLE);
    assert!(asked < 12, "{asked} requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_manage_server_each_is_asked_for_and_the_refusal_is_remembered() {
    let (scene, raiders) = raided(Permissions::NONE).await;
    let (first, second) = raiders.split_at(6);
    scene.ban_all(first).await;
    scene.ban_all(second).await;
    assert!(scene.are_banned(&raiders));
    assert_eq!(scene.number(DONE).await, 12);
    assert_eq!(scene.asked(BULK), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_out_of_reach_fails_alone() {
    let (scene, mut raiders) = raided(Permissions::MANAGE_GUILD).await;
    let owner = scene.guild.owner().expect("everybody has one").id();
    raiders.push(owner);
    scene.ban_all(&raiders).await;
    assert!(scene.asked(BULK) >= 1);
    assert_eq!(scene.number(DONE).await, 12);
    let failed = scene.cases().await;
    let failed: Vec<&str> = failed
        .lines()
        .filter(|case| case.contains("FAIL"))
        .collect();
    assert!(
        matches!(failed[..], [case] if case.ends_with("Missing Permissions (code 50013)")),
        "{failed:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_found_out_and_nobody_is_left() {
    for fault in [Fault::DropAfter, Fault::Drop, Fault::Status(503)] {
        let (scene, raiders) = raided(Permissions::MANAGE_GUILD).await;
        // More often than one call tries it.
        scene.sim.fail_next(BULK, 3, fault.clone());
        scene.ban_all(&raiders).await;
        assert!(scene.are_banned(&raiders), "{fault:?}");
        assert_eq!(scene.number(DONE).await, 12, "{fault:?}");
        assert!(scene.asked(BULK) >= 1, "{fault:?}");
        let cases = "SELECT count(*) FROM moderation_logs";
        assert_eq!(scene.number(cases).await, 12, "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_route_that_never_answers_holds_nobody_up() {
    let long = Fault::RateLimited {
        retry_after: Duration::from_secs(600),
        global: false,
    };
    for fault in [long, Fault::Status(503), Fault::error(403, 30_035)] {
        let (scene, raiders) = raided(Permissions::MANAGE_GUILD).await;
        scene.sim.fail_next(BULK, 1_000, fault.clone());
        scene.ban_all(&raiders).await;
        assert!(scene.are_banned(&raiders), "{fault:?}");
        assert_eq!(scene.number(DONE).await, 12, "{fault:?}");
        let asked = scene.asked(BULK);
        assert!((1..=2).contains(&asked), "{fault:?}: {asked}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bans_that_differ_are_no_one_request_and_a_user_twice_is_told_twice() {
    let (scene, raiders) = raided(Permissions::MANAGE_GUILD).await;
    let slow = Fault::Delay(Duration::from_secs(1));
    scene.sim.fail_next(SINGLE, 12, slow);
    for (place, user) in raiders.iter().enumerate() {
        for turn in 0..2 {
            let decision = Decision {
                reasoning: format!("reason {}", place % 6),
                ..Decision::new(
                    scene.guild.id(),
                    format!("{user}:{turn}"),
                    *user,
                    BAN,
                    scene.clock.now(),
                )
            };
            scene.actions.submit(decision).expect("there is room");
        }
    }
    scene.idle().await;
    assert!(scene.are_banned(&raiders));
    assert_eq!(scene.number(DONE).await, 24);
    let guild = scene.guild.id();
    let mut reasons = scene.sim.look(|world| {
        let bans = world.bans(guild).into_iter();
        bans.map(|(_, reason)| reason.unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    });
    reasons.sort();
    assert_eq!(reasons.len(), 12);
    for (place, reason) in reasons.iter().enumerate() {
        assert_eq!(*reason, format!("reason {}", place / 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_discord_takes_at_once_are_several_requests() {
    let (scene, mut raiders) = raided(Permissions::MANAGE_GUILD).await;
    let more = (12..405).map(|number| scene.guild.add_member(&format!("raider {number}")));
    raiders.extend(more.map(|member| member.expect("a member").id()));
    scene.ban_all(&raiders).await;
    assert!(scene.are_banned(&raiders));
    assert_eq!(scene.number(DONE).await, 405);
    let sizes: Vec<usize> = scene
        .sim
        .requests(BULK)
        .iter()
        .map(|request| request.body["user_ids"].as_array().map_or(0, Vec::len))
        .collect();
    assert!(sizes.len() >= 2, "{sizes:?}");
    assert!(
        sizes.iter().all(|size| (3..=200).contains(size)),
        "{sizes:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_pardoned_while_their_ban_is_in_line_is_not_banned_after_that() {
    let (scene, raiders) = raided(Permissions::MANAGE_GUILD).await;
    scene.begin_to_ban(&raiders);
    let opened = "SELECT count(*) FROM moderation_logs";
    let opened = async { while scene.number(opened).await < 12 {} };
    let opened = tokio::time::timeout(LONG, opened).await;
    opened.expect("all the others are in line, or soon will be");
    scene.clock.advance(TimeDelta::seconds(1));
    let pardoned = *raiders.last().expect("a dozen");
    let unban = Decision::new(
        scene.guild.id(),
        "an appeal",
        pardoned,
        Punishment::Unban,
        scene.clock.now(),
    );
    scene.carry_out(unban).await;
    let guild = scene.guild.id();
    assert!(!scene.sim.look(|world| world.is_banned(guild, pardoned)));
    assert!(scene.are_banned(&raiders[..11]));
    let cases = scene.cases().await;
    assert!(cases.ends_with("13 UNBAN DONE"), "{cases}");
    // The first of them is no longer in line: that one is banned and pardoned then.
    let kept = cases.contains("BAN FAILED it was taken back before it was done");
    let asked = scene.asked("DELETE /guilds/*/bans/*");
    assert!(kept || scene.number(DONE).await == 13, "{cases}");
    assert_eq!(asked, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stop_cuts_short_in_a_bulk_ban_is_ended_by_the_next_run() {
    for fault in [Fault::DropAfter, Fault::Drop, Fault::Status(503)] {
        let (mut scene, raiders) = raided(Permissions::MANAGE_GUILD).await;
        scene.sim.fail_next(BULK, 100_000, fault.clone());
        scene.begin_to_ban(&raiders);
        scene.sim.requested(BULK, 1).await.expect("it is tried");
        scene.actions.stop().await;
        scene.sim.clear_faults();
        scene.restart().await;
        scene.settled().await;
        assert!(scene.are_banned(&raiders), "{fault:?}");
        assert_eq!(scene.number(DONE).await, 12, "{fault:?}");
        let cases = "SELECT count(*) FROM moderation_logs";
        assert_eq!(scene.number(cases).await, 12, "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_pardoned_while_it_is_found_out_whether_they_are_banned_is_not() {
    let scene = scene().await;
    scene.sim.fail_next(SINGLE, 2, Fault::Status(500));
    let slow = Fault::Delay(Duration::from_secs(1));
    scene.sim.fail_next("GET /guilds/*/bans/*", 1, slow);
    let (guild, mallory) = (scene.guild.id(), scene.mallory.id());
    let decided =
        |key: &str, punishment| Decision::new(guild, key, mallory, punishment, scene.clock.now());
    scene.actions.submit(decided("a ban", BAN)).expect("room");
    scene.sim.requested(SINGLE, 2).await.expect("it is tried");
    scene.clock.advance(TimeDelta::seconds(1));
    scene
        .carry_out(decided("an appeal", Punishment::Unban))
        .await;
    assert!(!scene.is_banned(), "{}", scene.cases().await);
    assert_eq!(
        scene.cases().await,
        "1 BAN FAILED it was taken back before it was done\n2 UNBAN DONE"
    );
}
