//! `aimod run` killed by SIGKILL in the middle of its work, again and again: what was acknowledged is there, every
//! scammer is punished once, and of counts only the last seconds may be missing.

use std::time::Duration;

use aimod::domain::ids::{ChannelId, MessageId, UserId};
use aimod::simulator::{SimGuild, Simulator, SimulatorOptions, World};
use tokio_postgres::Client;

use super::bot::Bot;
use super::scene::{LIMIT, bare, variables};
use crate::support::{TestDatabase, TestRedis, database, redis};
use secrecy::ExposeSecret as _;

/// How often it is killed.
const KILLS: usize = 4;
/// Ordinary messages between two kills.
const MESSAGES: i64 = 7;

/// One guild, in which a bot is killed.
struct Scene {
    sim: Simulator,
    guild: SimGuild,
    general: ChannelId,
    database: TestDatabase,
    redis: TestRedis,
    sql: Client,
    folder: tempfile::TempDir,
    scams: Vec<(UserId, MessageId)>,
}

impl Scene {
    async fn new() -> Self {
        let options = SimulatorOptions {
            rate_limits: false,
            ..SimulatorOptions::default()
        };
        let sim = Simulator::start(options).await.expect("it listens");
        let guild = sim.add_guild_of("The Server", "admin");
        guild.add_member("alice").expect("a member");
        let (database, redis) = tokio::join!(database(), redis());
        Self {
            general: guild.channel("general").expect("every guild has it"),
            sql: bare(database.url.expose_secret()).await,
            folder: tempfile::tempdir().expect("a folder"),
            scams: Vec::new(),
            sim,
            guild,
            database,
            redis,
        }
    }

    async fn start(&self) -> Bot {
        let folder = self.folder.path().display().to_string();
        let own = [
            ("AIMOD__DISCORD__SHARDS", "0..1/1".to_owned()),
            ("AIMOD__DATABASE__DATA_DIR", folder),
        ];
        let variables = variables(&self.sim, &self.database, &self.redis, own);
        let bot = Bot::start(&variables).await;
        self.sim.bot_ready().await.expect("it connects");
        bot
    }

    async fn admin(&self, line: &str) -> String {
        let admin = self.guild.member("admin").expect("the owner");
        let call = admin.runs_unchecked(line).expect("a registered command");
        call.answer().await.expect("an answer").text()
    }

    fn alice_chats(&self) {
        let alice = self.guild.member("alice").expect("a member");
        for number in 0..MESSAGES {
            let posted = alice.posts(self.general, &format!("good morning {number}"));
            posted.expect("members may write");
        }
    }

    fn somebody_posts_a_scam(&mut self) {
        let name = format!("scammer {}", self.scams.len());
        let scammer = self.guild.joins(&name).expect("anybody may join");
        let scam = scammer.posts(self.general, "claim your FREE NITRO now");
        self.scams
            .push((scammer.id(), scam.expect("members may write")));
    }

    async fn number(&self, query: &str) -> i64 {
        let row = self.sql.query_one(query, &[]).await.expect(query);
        row.get(0)
    }

    async fn reaches(&self, query: &str, number: i64) {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        let waiting = async {
            while self.number(query).await < number {
                ticks.tick().await;
            }
        };
        let reached = tokio::time::timeout(LIMIT, waiting).await;
        assert!(reached.is_ok(), "{query} does not come to {number}");
    }

    /// Work of every kind, of which nothing but the answers is waited for.
    async fn works(&mut self, round: usize) {
        self.somebody_posts_a_scam();
        self.alice_chats();
        let prefix = format!("/config set key:PREFIX value:p{round}!");
        let answer = self.admin(&prefix).await;
        assert!(answer.contains("it holds from now on"), "{answer}");
        self.somebody_posts_a_scam();
        let warned = self
            .admin("/infractions add user:alice rule:too many good mornings")
            .await;
        assert!(warned.contains("is warned: case #"), "{warned}");
        self.alice_chats();
        self.somebody_posts_a_scam();
    }

    fn is_punished(&self, world: &World, (user, scam): (UserId, MessageId)) -> bool {
        world.message(self.general, scam).is_none()
            && world.timeout_until(self.guild.id(), user).is_some()
    }

    /// Every scammer is punished, once: one deletion, one time-out, one message, one case, one infraction.
    async fn every_scam_is_punished_once(&self) {
        let all = |world: &World| {
            let mut scams = self.scams.iter();
            scams.all(|scam| self.is_punished(world, *scam))
        };
        let punished = self.sim.wait_until("all scammers to be timed out", all);
        punished.await.expect("nobody is left out");
        let scams = i64::try_from(self.scams.len()).expect("a few");
        let cases = "SELECT count(*) FROM moderation_logs WHERE action_type = 'TIMEOUT' AND outcome = 'DONE'";
        self.reaches(cases, scams).await;
        for (query, expected) in [
            (cases, scams),
            (
                "SELECT count(DISTINCT target_user_id) FROM moderation_logs WHERE action_type = 'TIMEOUT'",
                scams,
            ),
            (
                "SELECT count(*) FROM user_infractions WHERE action_taken = 'TIMEOUT'",
                scams,
            ),
            (
                "SELECT count(*) FROM action_journal WHERE state NOT IN ('DONE', 'SKIPPED')",
                0,
            ),
        ] {
            assert_eq!(self.number(query).await, expected, "{query}");
        }
        self.sim.look(|world| {
            for (user, _) in &self.scams {
                assert_eq!(world.dms(*user).len(), 1, "told once");
            }
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_is_killed_again_and_again_loses_and_doubles_nothing() {
    let mut scene = Scene::new().await;
    let mut bot = scene.start().await;
    for line in [
        "/botdetect action action:timeout duration:1h",
        "/botdetect enable on:true",
    ] {
        scene.admin(line).await;
    }
    let counted =
        "SELECT coalesce(sum(message_count), 0)::bigint FROM user_data WHERE username = 'alice'";
    scene.alice_chats();
    scene.reaches(counted, MESSAGES).await;
    let kept = scene.number(counted).await;
    let warnings = "SELECT count(*) FROM moderation_logs m JOIN user_infractions i ON i.case_id = m.id \
                    WHERE m.action_type = 'WARN' AND m.outcome = 'DONE'";
    for round in 0..KILLS {
        scene.works(round).await;
        // With what it has in hand: nobody waited for the last scam.
        bot.kill().await;
        let set = format!(
            "SELECT count(*) FROM guild_config WHERE key = 'PREFIX' AND value = '\"p{round}!\"'"
        );
        assert_eq!(scene.number(&set).await, 1, "what was acknowledged is kept");
        bot = scene.start().await;
    }
    scene.every_scam_is_punished_once().await;
    let kills = i64::try_from(KILLS).expect("a few");
    scene.reaches(warnings, kills).await;
    assert_eq!(scene.number(warnings).await, kills);
    bot.stop().await;
    // What had been written is there, and nothing is counted twice.
    let chatted = MESSAGES * (1 + 2 * kills);
    let counted = scene.number(counted).await;
    assert!(
        (kept..=chatted).contains(&counted),
        "{counted} of {chatted}"
    );
    scene.sim.shutdown().await;
}
