//! The whole house through every fault of the gateway: each message is judged, each scam punished once.

use std::time::Duration;

use aimod::domain::clock::Clock;
use aimod::simulator::{SimMember, SimulatorOptions};
use chrono::TimeDelta;

use crate::support::House;

/// Scams before, during and after the fault; each from somebody else, and between two harmless messages.
const SCAMS: usize = 3;

/// A house in which bot detection deletes and warns, and people who write.
struct Scene {
    house: House,
    alice: SimMember,
    harmless: i64,
    scams: usize,
}

impl Scene {
    async fn start() -> Self {
        Self::start_on(SimulatorOptions::default()).await
    }

    async fn start_on(discord: SimulatorOptions) -> Self {
        let house = House::start_on(discord, |_| {}).await;
        let answer = house.admin("/botdetect enable on:true").await;
        assert!(answer.contains("is now on"), "{answer}");
        Self {
            alice: house.member("alice"),
            house,
            harmless: 0,
            scams: 0,
        }
    }

    /// Harmless talk with scams in between, all of it at once.
    fn talk(&mut self) {
        for _ in 0..SCAMS {
            self.chat();
            let name = format!("scammer-{}", self.scams);
            let scammer = self.house.guild.joins(&name).expect("anybody may join");
            let posted = scammer.posts(self.house.general, "claim your FREE NITRO now");
            posted.expect("members may write");
            self.scams += 1;
        }
        self.chat();
    }

    /// Talk that no session hears. What is read back later is judged, but not counted as activity.
    fn talk_unheard(&mut self) {
        let harmless = self.harmless;
        self.talk();
        self.harmless = harmless;
    }

    /// Waits until the bot has noted for the first time how far it has listened.
    async fn listening(&self) {
        let noted = async {
            let query = "SELECT count(*) FROM gateway_progress";
            while self.house.number(query).await == 0 {}
        };
        let noted = tokio::time::timeout(Duration::from_secs(30), noted).await;
        noted.expect("the bot notes how far it has listened");
    }

    fn chat(&mut self) {
        let posted = self.alice.posts(self.house.general, "good morning");
        posted.expect("members may write");
        self.harmless += 1;
    }

    /// Waits until every scam was answered by a timeout.
    async fn punished(&self) {
        let people = (0..self.scams).map(|number| format!("scammer-{number}"));
        let people: Vec<_> = people.map(|name| self.house.member(&name).id()).collect();
        let guild = self.house.id();
        let punished = self
            .house
            .sim
            .wait_until("every scam to be punished", |world| {
                let muted = |id| world.timeout_until(guild, id).is_some();
                people.iter().all(|id| muted(*id))
            });
        punished.await.expect("punished");
        self.house.settled().await;
    }

    /// Talks once more, waits until all of it has been judged, stops the bot and counts.
    async fn nothing_is_lost_or_done_twice(mut self) {
        self.talk();
        self.punished().await;
        let (house, scams) = (&mut self.house, self.scams as i64);
        house.rest().await;
        for (table, query) in [
            ("user_infractions", "SELECT count(*) FROM user_infractions"),
            ("moderation_logs", "SELECT count(*) FROM moderation_logs"),
            (
                "cases that are done",
                "SELECT count(*) FROM moderation_logs WHERE outcome = 'DONE'",
            ),
            (
                "offenders",
                "SELECT count(DISTINCT user_id) FROM user_infractions",
            ),
        ] {
            assert_eq!(house.number(query).await, scams, "{table}");
        }
        let counted = house.number(
            "SELECT coalesce(sum(message_count), 0) FROM user_data WHERE username = 'alice'",
        );
        assert_eq!(counted.await, self.harmless, "messages of alice");
        assert_eq!(
            house
                .number("SELECT count(*) FROM action_journal WHERE state = 'INTENDED'")
                .await,
            0
        );
        let deleted = house.sim.request_count("DELETE /channels/*/messages/*");
        assert_eq!(deleted as i64, scams, "each scam is deleted once");
        let timeouts = house.sim.request_count("PATCH /guilds/*/members/*");
        assert_eq!(timeouts as i64, scams, "each scammer is timed out once");
        house.sim.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_connection_costs_nothing() {
    let mut scene = Scene::start().await;
    scene.talk();
    scene.house.sim.drop_connections();
    scene.talk();
    scene.house.sim.bot_reconnected(1, 1).await.expect("back");
    scene.nothing_is_lost_or_done_twice().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_to_reconnect_and_a_close_cost_nothing() {
    let mut scene = Scene::start().await;
    for (resumed, code) in (2..).step_by(2).zip([4000, 4001, 4008]) {
        scene.talk();
        scene.house.sim.ask_to_reconnect();
        scene.talk();
        let back = scene.house.sim.bot_reconnected(resumed - 1, 1).await;
        back.expect("back");
        scene.house.sim.close_connections(code);
        scene.talk();
        let back = scene.house.sim.bot_reconnected(resumed, 1).await;
        back.expect("back again");
    }
    scene.nothing_is_lost_or_done_twice().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_session_that_can_be_resumed_costs_nothing() {
    let mut scene = Scene::start().await;
    scene.talk();
    scene.house.sim.invalidate_sessions(true);
    scene.talk();
    scene.house.sim.bot_reconnected(1, 1).await.expect("back");
    scene.nothing_is_lost_or_done_twice().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_while_the_session_was_lost_is_read_back() {
    let mut scene = Scene::start().await;
    scene.talk();
    scene.punished().await;
    scene.listening().await;
    scene.house.sim.invalidate_sessions(false);
    scene.talk_unheard();
    let anew = scene.house.sim.bot_reconnected(0, 2).await;
    anew.expect("it identifies anew");
    scene.nothing_is_lost_or_done_twice().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_acknowledgements_the_bot_connects_anew() {
    let mut scene = Scene::start_on(SimulatorOptions {
        heartbeat: Duration::from_secs(1),
        ..SimulatorOptions::default()
    })
    .await;
    scene.talk();
    scene.house.sim.ignore_heartbeats(true);
    scene.talk();
    scene.punished().await;
    // Its library identifies anew instead of resuming.
    let anew = scene.house.sim.bot_reconnected(0, 2).await;
    anew.expect("it identifies anew");
    scene.house.sim.bot_connected().await.expect("connected");
    scene.nothing_is_lost_or_done_twice().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_with_any_code_that_lets_it_come_back_costs_nothing() {
    let mut scene = Scene::start_on(SimulatorOptions {
        // After 4003 its library waits until a heartbeat fails.
        heartbeat: Duration::from_secs(1),
        ..SimulatorOptions::default()
    })
    .await;
    scene.talk();
    scene.house.sim.close_connections(4005);
    scene.talk();
    let back = scene.house.sim.bot_reconnected(1, 1).await;
    back.expect("it resumes");
    scene.punished().await;
    scene.listening().await;
    for (identified, code) in (2..).zip([4003, 4007, 4009]) {
        scene.house.sim.close_connections(code);
        scene.talk_unheard();
        let back = scene.house.sim.bot_reconnected(1, identified).await;
        back.expect("it identifies anew");
        scene.talk();
        scene.punished().await;
    }
    scene.nothing_is_lost_or_done_twice().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_the_whole_gateway_costs_nothing() {
    let mut scene = Scene::start().await;
    scene.talk();
    scene.punished().await;
    scene.listening().await;
    scene.house.sim.begin_outage(None);
    // Its library gives a session up whose first attempt to resume fails.
    scene.talk_unheard();
    scene.house.sim.bot_refused(2).await.expect("it tries");
    scene.talk_unheard();
    scene.house.sim.end_outage();
    let back = scene.house.sim.bot_connected().await;
    back.expect("it comes back");
    scene.nothing_is_lost_or_done_twice().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_come_late_are_judged_once() {
    let mut scene = Scene::start().await;
    scene.house.sim.slow_gateway(Duration::from_millis(700));
    scene.talk();
    scene.punished().await;
    scene.talk();
    // What is on its way is lost with the connection, and comes again.
    scene.house.sim.drop_connections();
    scene.talk();
    scene.house.sim.bot_reconnected(1, 1).await.expect("back");
    let status = scene.house.admin("/botdetect status").await;
    assert!(!status.is_empty(), "commands are answered in time");
    scene.punished().await;
    scene.house.sim.slow_gateway(Duration::ZERO);
    scene.nothing_is_lost_or_done_twice().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_during_an_outage_of_the_guild_is_read_back() {
    let mut scene = Scene::start().await;
    scene.talk();
    scene.punished().await;
    scene.listening().await;
    scene.house.guild.outage();
    scene.talk_unheard();
    scene.house.guild.restore();
    scene.punished().await;
    scene.nothing_is_lost_or_done_twice().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_the_guild_may_take_its_time() {
    let clock = Clock::shifted();
    let mut scene = Scene::start_on(SimulatorOptions {
        clock: clock.clone(),
        ..SimulatorOptions::default()
    })
    .await;
    let other = scene.house.sim.add_guild("Another");
    scene.house.guild.outage();
    scene.talk_unheard();
    // When another guild's command is answered, the bot has heard of the outage before.
    let asked = other.owner().expect("an owner").runs("/botdetect status");
    asked.expect("a command").answer().await.expect("answered");
    clock.advance(TimeDelta::minutes(5));
    // Of all other guilds everything has been heard long since.
    let others = async {
        let query = "SELECT count(*) FROM gateway_progress WHERE heard_until > now() + interval '3 minutes'";
        while scene.house.number(query).await == 0 {}
    };
    let others = tokio::time::timeout(Duration::from_secs(30), others).await;
    others.expect("the bot notes how far it has listened");
    scene.house.guild.restore();
    scene.punished().await;
    scene.nothing_is_lost_or_done_twice().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_comes_twice_is_punished_once() {
    let mut scene = Scene::start().await;
    scene.talk();
    for _ in 0..3 {
        scene.house.sim.duplicate_next_event();
        let name = format!("scammer-{}", scene.scams);
        // Of a member who was there before, no event tells, so that the message itself comes twice.
        let scammer = scene.house.guild.add_member(&name).expect("not banned");
        let posted = scammer.posts(scene.house.general, "claim your FREE NITRO now");
        posted.expect("members may write");
        scene.scams += 1;
        // What is no scam is counted once too.
        scene.house.sim.duplicate_next_event();
        scene.chat();
    }
    scene.nothing_is_lost_or_done_twice().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_change_places_are_all_judged() {
    let mut scene = Scene::start().await;
    for _ in 0..4 {
        scene.house.sim.swap_next_events();
        scene.talk();
    }
    scene.nothing_is_lost_or_done_twice().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_events_and_fields_change_nothing() {
    let mut scene = Scene::start().await;
    scene.house.sim.add_unknown_things(true);
    scene.talk();
    scene.house.sim.drop_connections();
    scene.talk();
    scene.house.sim.bot_reconnected(1, 1).await.expect("back");
    let status = scene.house.admin("/botdetect status").await;
    assert!(!status.is_empty(), "commands are read as well");
    scene.house.sim.invalidate_sessions(false);
    let anew = scene.house.sim.bot_reconnected(0, 2).await;
    anew.expect("READY and guilds are read as well");
    scene.nothing_is_lost_or_done_twice().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_the_guild_costs_nothing() {
    let mut scene = Scene::start().await;
    scene.talk();
    scene.house.guild.outage();
    scene.house.guild.restore();
    scene.talk();
    scene.nothing_is_lost_or_done_twice().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_start_too_fast_are_tried_until_they_are_granted() {
    let mut scene = Scene::start_on(SimulatorOptions {
        starts_at_once: 1,
        ..SimulatorOptions::default()
    })
    .await;
    scene.talk();
    scene.punished().await;
    scene.house.sim.invalidate_sessions(false);
    let anew = scene.house.sim.bot_reconnected(0, 2).await;
    anew.expect("it identifies anew, five seconds after the first time at the earliest");
    scene.nothing_is_lost_or_done_twice().await;
}
