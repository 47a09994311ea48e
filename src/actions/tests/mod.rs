//! Decisions carried out in the simulated Discord, with a real database that may go away at any moment.

mod awaited;
mod bans;
mod carrying;
mod errands;
mod kept;
mod lifting;
mod performing;
mod plans;
mod resuming;
mod spooling;

use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel_async::RunQueryDsl;

use super::discord::{DiscordRest, RestOptions};
use super::{Actions, ActionsOptions};
use crate::domain::clock::Clock;
use crate::domain::ids::{ChannelId, MessageId};
use crate::domain::verdict::{CASE_NUMBER_MARK, Card, Decision, Punishment};
use crate::settings::DatabaseSettings;
use crate::simulator::{SimGuild, SimMember, Simulator, SimulatorOptions};
use crate::store::tables::operations::find_card;
use crate::store::{Pool, PoolOptions};
use crate::support::{Link, TestDatabase, database};
use crate::writer::{Writer, WriterOptions};

const LONG: Duration = Duration::from_secs(60);
const BAN: Punishment = Punishment::Ban {
    delete_message_secs: 3_600,
};
const TIME_OUT: Punishment = Punishment::Timeout {
    duration: Duration::from_secs(3_600),
};

/// A guild with a member to punish, and an executor that can be stopped and started again.
struct Scene {
    sim: Simulator,
    guild: SimGuild,
    general: ChannelId,
    mod_log: ChannelId,
    mallory: SimMember,
    clock: Clock,
    database: TestDatabase,
    link: Link,
    pool: Pool,
    writer: Writer,
    options: ActionsOptions,
    actions: Actions,
    _folder: tempfile::TempDir,
}

async fn scene() -> Scene {
    scene_with(|_| {}).await
}

async fn scene_with(adjust: impl FnOnce(&mut ActionsOptions)) -> Scene {
    let clock = Clock::manual(Clock::system().now());
    let sim_options = SimulatorOptions {
        // On a clock that stands no bucket would ever fill again.
        rate_limits: false,
        clock: clock.clone(),
        ..SimulatorOptions::default()
    };
    let sim = Simulator::start(sim_options).await.expect("a free port");
    let guild = sim.add_guild("The Guild");
    let general = guild.channel("general").expect("every guild has it");
    let mod_log = guild.add_channel("mod-log");
    let mallory = guild.add_member("mallory").expect("a member");
    clock.advance(TimeDelta::seconds(5));
    let database = database().await;
    let (link, url) = Link::to_postgres(&database.url).await;
    let pool_options = PoolOptions {
        min_connections: 0,
        acquire_timeout: Duration::from_millis(200),
        ..PoolOptions::from_settings("actions", &DatabaseSettings::default())
    };
    let pool = Pool::open(&url, pool_options).expect("a pool");
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = ActionsOptions {
        most_in_flight: 1_000,
        journal_patience: Duration::from_secs(3),
        spool_path: folder.path().join("spool of tests/actions.jsonl"),
        spool_max_bytes: 1_000_000,
        retry_pause: Duration::from_millis(20),
        retry_for: Duration::from_secs(3_600),
        sweep_every: Duration::from_secs(3_600),
        orphaned_after: Duration::from_secs(2 * 3_600),
    };
    adjust(&mut options);
    let writer = Writer::start(pool.clone(), WriterOptions::default())
        .await
        .expect("it starts");
    let actions = start(&sim, &pool, &writer, &clock, &options).await;
    Scene {
        sim,
        guild,
        general,
        mod_log,
        mallory,
        clock,
        database,
        link,
        pool,
        writer,
        options,
        actions,
        _folder: folder,
    }
}

async fn start(
    sim: &Simulator,
    pool: &Pool,
    writer: &Writer,
    clock: &Clock,
    options: &ActionsOptions,
) -> Actions {
    let rest_options = RestOptions {
        timeout: Duration::from_secs(5),
        max_attempts: 2,
        deadline: Duration::from_secs(20),
        backoff: Duration::from_millis(5),
        per_second: 100_000,
    };
    let token = sim.token().into();
    let discord = DiscordRest::new(&token, Some(&sim.api_base()), rest_options).expect("a client");
    Actions::start(
        pool.clone(),
        writer.clone(),
        discord,
        clock.clone(),
        options.clone(),
    )
    .await
}

#[derive(QueryableByName)]
struct Told {
    #[diesel(sql_type = Nullable<Text>)]
    text: Option<String>,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Scene {
    /// A decision about a message that mallory has just posted, with a notice and a card.
    fn decision(&self, punishment: Punishment) -> Decision {
        let posted = self.mallory.posts(self.general, "free nitro");
        let message = posted.expect("members may post");
        self.clock.advance(TimeDelta::seconds(1));
        let key = format!("bot_detect:{message}");
        let (guild, mallory, now) = (self.guild.id(), self.mallory.id(), self.clock.now());
        Decision {
            target_name: "mallory".to_owned(),
            message: Some((self.general, message)),
            rule: "no scams".to_owned(),
            reasoning: "a scam: ü".to_owned(),
            notice: Some(format!("Case {CASE_NUMBER_MARK}.")),
            card: Some(Card {
                channel: self.mod_log,
                title: format!("Case {CASE_NUMBER_MARK}"),
                fields: vec![("Member".to_owned(), "mallory".to_owned())],
                buttons: vec![],
                undone: None,
            }),
            ..Decision::new(guild, key, mallory, punishment, now)
        }
    }

    /// Hands a decision over and waits until it is done with.
    async fn carry_out(&self, decision: Decision) {
        self.actions.submit(decision).expect("there is room");
        self.idle().await;
    }

    async fn idle(&self) {
        let idle = async {
            while self.actions.in_flight() > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LONG, idle).await.expect("it ends");
    }

    /// Stops the executor as a crash would leave the journal, and starts another on the same journal.
    async fn restart(&mut self) {
        self.actions.stop().await;
        self.actions = start(
            &self.sim,
            &self.pool,
            &self.writer,
            &self.clock,
            &self.options,
        )
        .await;
    }

    /// Settles the guild as at the start and waits until nothing of it is left.
    async fn settled(&self) {
        self.actions.settle(self.guild.id());
        let query = "SELECT count(*) FROM action_journal WHERE state = 'INTENDED'";
        let settled = async { while self.number(query).await > 0 {} };
        tokio::time::timeout(LONG, settled)
            .await
            .expect("all steps end");
    }

    /// How often this was asked of Discord, whatever the answer.
    fn asked(&self, pattern: &str) -> usize {
        self.sim.requests(pattern).len()
    }

    fn bans(&self) -> usize {
        self.asked("PUT /guilds/*/bans/*")
    }

    fn kicks(&self) -> usize {
        self.asked("DELETE /guilds/*/members/*")
    }

    fn is_banned(&self) -> bool {
        let (guild, user) = (self.guild.id(), self.mallory.id());
        self.sim.look(|world| world.is_banned(guild, user))
    }

    fn is_member(&self) -> bool {
        let (guild, user) = (self.guild.id(), self.mallory.id());
        self.sim.look(|world| world.is_member(guild, user))
    }

    fn cards(&self) -> usize {
        self.sim
            .look(|world| world.bot_messages(self.mod_log).len())
    }

    /// The ids of the buttons under a message of the bot.
    fn buttons(&self, (channel, message): (ChannelId, MessageId)) -> Vec<String> {
        self.sim.look(|world| {
            let shown = world.message(channel, message).expect("it stands");
            let rows = shown.components.iter();
            let buttons = rows
                .filter_map(|row| row["components"].as_array())
                .flatten();
            let ids = buttons.filter_map(|button| button["custom_id"].as_str());
            ids.map(str::to_owned).collect()
        })
    }

    /// Where the card of an operation stands.
    async fn posted(&self, key: &str) -> Option<(ChannelId, MessageId)> {
        let mut conn = self.database.pool.acquire().await.expect("a connection");
        let card = find_card(&mut conn, key).await.expect("an answer");
        card?.place()
    }

    fn notices(&self) -> Vec<String> {
        let texts = |world: &crate::simulator::World| {
            let messages = world.dms(self.mallory.id());
            messages
                .iter()
                .map(|message| message.content.clone())
                .collect()
        };
        self.sim.look(texts)
    }

    fn stands(&self, message: MessageId) -> bool {
        self.sim
            .look(|world| world.message(self.general, message).is_some())
    }

    async fn told(&self, text: &str, number: &str) -> Told {
        let query = format!("SELECT ({text})::text AS text, ({number})::bigint AS number");
        let mut conn = self.database.pool.acquire().await.expect("a connection");
        diesel::sql_query(query)
            .get_result(&mut *conn)
            .await
            .expect("a row")
    }

    async fn number(&self, query: &str) -> i64 {
        self.told("NULL", query).await.number
    }

    /// The steps in order: kind, state and why.
    async fn journal(&self) -> String {
        let lines = "SELECT string_agg(concat_ws(' ', kind, state, detail), E'\\n' ORDER BY operation_key, step) \
                     FROM action_journal";
        self.told(lines, "0").await.text.unwrap_or_default()
    }

    /// The cases in order: action, outcome and why.
    async fn cases(&self) -> String {
        let lines = "SELECT string_agg(concat_ws(' ', case_number, action_type, outcome, outcome_detail), E'\\n' \
                     ORDER BY case_number) FROM moderation_logs";
        self.told(lines, "0").await.text.unwrap_or_default()
    }

    fn spool(&self) -> PathBuf {
        self.options.spool_path.clone()
    }

    fn spooled(&self) -> String {
        std::fs::read_to_string(self.spool()).unwrap_or_default()
    }

    async fn spool_empties(&self) {
        let empty = async {
            while self.spool().exists() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LONG, empty)
            .await
            .expect("the spool is replayed");
    }
}
