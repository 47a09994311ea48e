//! Coming in by an invite, and what outlives going out.

use aimod::domain::clock::Clock;
use aimod::simulator::{ApiError, ControlError, Permissions, SimulatorOptions};
use chrono::{DateTime, TimeDelta};
use reqwest::Method;
use serde_json::{Value, json};

use crate::Bench;

async fn bench() -> Bench {
    let noon = DateTime::from_timestamp(1_780_000_000, 0).expect("a time");
    let options = SimulatorOptions {
        clock: Clock::manual(noon),
        ..SimulatorOptions::default()
    };
    let bench = Bench::start_with(options).await;
    let all = Permissions::MODERATION_BOT | Permissions::MANAGE_GUILD;
    bench.guild.set_bot_permissions(all).expect("the bot");
    bench
}

impl Bench {
    /// The code of a new invite into #general.
    async fn invites(&self, limits: Value) -> String {
        let general = self.guild.channel("general").expect("a channel");
        let path = format!("/channels/{general}/invites");
        let (status, made) = self.send(Method::POST, &path, limits).await;
        assert!(status.is_success(), "{made}");
        made["code"].as_str().expect("a code").to_owned()
    }

    fn refused(&self, name: &str, code: &str) -> u32 {
        match self.sim.joins_by_invite(name, code) {
            Err(ControlError::Refused(ApiError { code, .. })) => code,
            other => panic!("not refused: {other:?}"),
        }
    }
}

#[tokio::test]
async fn an_invite_counts_its_uses_and_is_used_up() {
    let bench = bench().await;
    let code = bench.invites(json!({"max_uses": 2})).await;
    let alice = bench.sim.joins_by_invite("alice", &code).expect("joins");
    bench
        .sim
        .joins_by_invite("alice", &code)
        .expect("is in already");
    let path = format!("/guilds/{}/invites", bench.guild.id());
    let (_, listed) = bench.send(Method::GET, &path, Value::Null).await;
    assert_eq!(listed[0]["uses"], 1, "only who comes in counts");
    bench.sim.joins_by_invite("bob", &code).expect("joins");
    assert_eq!(bench.refused("carol", &code), 10006);
    assert_eq!(bench.refused("carol", "nonsense"), 10006);
    assert!(
        bench
            .sim
            .look(|world| world.is_member(bench.guild.id(), alice.id()))
    );
}

#[tokio::test]
async fn an_invite_ends_with_its_time() {
    let bench = bench().await;
    let code = bench.invites(json!({"max_age": 60})).await;
    bench.sim.advance(TimeDelta::seconds(59));
    bench.sim.joins_by_invite("alice", &code).expect("joins");
    bench.sim.advance(TimeDelta::seconds(1));
    assert_eq!(bench.refused("bob", &code), 10006);
}

#[tokio::test]
async fn nobody_comes_in_while_invites_are_paused() {
    let bench = bench().await;
    let code = bench.invites(json!({})).await;
    let path = format!("/guilds/{}/incident-actions", bench.guild.id());
    let until = bench.sim.clock().now() + TimeDelta::hours(1);
    let pause = json!({"invites_disabled_until": until.to_rfc3339()});
    bench.send(Method::PUT, &path, pause.clone()).await;
    assert_eq!(bench.refused("alice", &code), 10006);
    bench.sim.advance(TimeDelta::hours(1));
    bench
        .sim
        .joins_by_invite("alice", &code)
        .expect("the pause is over");
    let until = bench.sim.clock().now() + TimeDelta::hours(1);
    bench
        .send(
            Method::PUT,
            &path,
            json!({"invites_disabled_until": until.to_rfc3339()}),
        )
        .await;
    bench
        .send(Method::PUT, &path, json!({"invites_disabled_until": null}))
        .await;
    bench.sim.joins_by_invite("bob", &code).expect("lifted");
}

#[tokio::test]
async fn who_is_banned_does_not_come_in() {
    let bench = bench().await;
    let code = bench.invites(json!({})).await;
    let mallory = bench.sim.joins_by_invite("mallory", &code).expect("joins");
    let owner = bench.guild.owner().expect("an owner");
    owner.bans(mallory.id(), "scam").expect("banned");
    assert_eq!(bench.refused("mallory", &code), 40007);
}

#[tokio::test]
async fn a_visit_ends_with_going_offline_unless_a_role_was_given() {
    let bench = bench().await;
    let code = bench.invites(json!({"temporary": true})).await;
    let alice = bench.sim.joins_by_invite("alice", &code).expect("joins");
    let bob = bench.sim.joins_by_invite("bob", &code).expect("joins");
    bob.may(Permissions::ADD_REACTIONS).expect("a role");
    let carol = bench.guild.add_member("carol").expect("a member");
    for member in [&alice, &bob, &carol] {
        member.goes_offline().expect("a member");
    }
    let guild = bench.guild.id();
    let stays = |id| bench.sim.look(|world| world.is_member(guild, id));
    assert_eq!(
        [alice.id(), bob.id(), carol.id()].map(stays),
        [false, true, true]
    );
    alice.goes_offline().expect_err("gone already");
}

#[tokio::test]
async fn a_timeout_outlives_leaving_and_coming_back() {
    let bench = bench().await;
    let general = bench.guild.channel("general").expect("a channel");
    let owner = bench.guild.owner().expect("an owner");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    owner
        .times_out(mallory.id(), TimeDelta::hours(1), "loud")
        .expect("timed out");
    mallory.leaves().expect("left");
    let back = bench.guild.joins("mallory").expect("joins");
    back.posts(general, "hello").expect_err("still silenced");
    back.leaves().expect("left");
    bench.sim.advance(TimeDelta::hours(1));
    let back = bench.guild.joins("mallory").expect("joins");
    back.posts(general, "hello").expect("it ended meanwhile");
}

#[tokio::test]
async fn a_bulk_ban_takes_200_at_most() {
    let bench = bench().await;
    let path = format!("/guilds/{}/bulk-ban", bench.guild.id());
    let users = |count: usize| -> Vec<Value> {
        let names = (0..count).map(|n| format!("raider-{n}"));
        names.map(|name| json!(bench.sim.user(&name))).collect()
    };
    for count in [0, 201] {
        let (status, body) = bench
            .send(Method::POST, &path, json!({"user_ids": users(count)}))
            .await;
        assert_eq!(
            (status.as_u16(), &body["code"]),
            (400, &json!(50035)),
            "{count}"
        );
        let found = &body["errors"]["user_ids"]["_errors"][0]["code"];
        assert_eq!(found, "BASE_TYPE_BAD_LENGTH");
    }
    let (status, body) = bench
        .send(Method::POST, &path, json!({"user_ids": users(200)}))
        .await;
    assert!(status.is_success(), "{body}");
    assert_eq!(body["banned_users"].as_array().map(Vec::len), Some(200));
}
