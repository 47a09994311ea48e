//! What a clean message costs on its way through the whole house: SQL, REST calls, and time, against bare serenity.

#[path = "../support/table.rs"]
mod table;
mod town;

use std::time::{Duration, Instant};

use aimod::app::{self, App, AppOptions};
use aimod::cli::bench::bare::Bare;
use aimod::domain::event::{Author, Event, GuildEvent, Message};
use aimod::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use aimod::guild::config::change::{Change, Edit};
use aimod::guild::config::value::Value;
use aimod::settings::{LoadOptions, Settings, process_environment};
use aimod::simulator::Simulator;
use aimod::store::connect;
use aimod::store::tables::config::Source;
use aimod::telemetry::metrics::Metric;
use anyhow::{Context as _, ensure};
use diesel::QueryableByName;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use secrecy::{ExposeSecret as _, SecretString};

use table::Line;
use town::{TALK, Town};

const GUILDS: usize = 50;
const MESSAGES: u64 = 30_000;
const ROUNDS: usize = 3;
/// PostgreSQL's sessions report what they did at most ten seconds later.
const REPORTED: Duration = Duration::from_secs(11);

fn settings(sim: &Simulator) -> anyhow::Result<Settings> {
    let own = [
        ("DISCORD_TOKEN", sim.token().to_owned()),
        ("AIMOD__DISCORD__API_BASE", sim.api_base()),
        // All messages of a round may wait at once: what is shed costs nothing and would flatter.
        ("AIMOD__GUILD__MAILBOX_CAPACITY", "1000000".to_owned()),
    ];
    let mut environment = process_environment();
    environment.retain(|name, _| matches!(name.as_str(), "PATH" | "TMPDIR" | "HOME"));
    environment.extend(own.map(|(name, value)| (name.to_owned(), value)));
    Ok(Settings::load(&LoadOptions {
        environment,
        ..LoadOptions::default()
    })?)
}

/// What was done so far.
#[derive(Clone, Copy)]
struct Effort {
    judged: f64,
    shed: f64,
    loans: f64,
    commits: f64,
    counted_rows: f64,
    transactions: f64,
    requests: f64,
}

#[derive(QueryableByName)]
struct Transactions {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

struct House {
    app: App,
    town: Town,
    /// To another database of the same server, so that its questions are not counted.
    beside: AsyncPgConnection,
}

impl House {
    async fn start() -> anyhow::Result<Self> {
        let town = Town::build(GUILDS).await?;
        let options = AppOptions {
            throw_away_database: true,
            ..AppOptions::default()
        };
        let app = App::start(&settings(&town.sim)?, options).await?;
        app.ready().await?;
        town.sim.bot_ready().await?;
        let url = app.database_url().expose_secret();
        let (server, _) = url.rsplit_once('/').context("an address with a database")?;
        let beside = format!("{server}/postgres");
        let beside = connect(&SecretString::from(beside), Duration::from_secs(10)).await?;
        Ok(Self { app, town, beside })
    }

    /// Switches the judging room on in every guild, and lets the database calm down.
    async fn prepare(&self) -> anyhow::Result<()> {
        let registry = self.app.guilds().registry();
        let key = registry.find("BOTDETECT_ENABLED").context("its key")?;
        for guild in self.town.guilds() {
            let on = Edit::Set(Value::Bool(true));
            let change = Change::one(key, on, UserId(0), Source::System);
            self.app.guilds().change(guild, change).await?;
        }
        Ok(())
    }

    fn judged(&self) -> u64 {
        self.metric("aimod_messages_judged_total") as u64
    }

    fn metric(&self, name: &str) -> f64 {
        let metric: Option<&'static dyn Metric> = app::metrics()
            .into_iter()
            .find(|known| known.name() == name);
        metric.map_or(f64::NAN, |metric| {
            self.app.telemetry().snapshot().total(metric, &[])
        })
    }

    async fn effort(&mut self) -> anyhow::Result<Effort> {
        let transactions: Transactions = diesel::sql_query(
            "SELECT (xact_commit + xact_rollback)::bigint AS count FROM pg_stat_database WHERE datname = 'aimod'",
        )
        .get_result(&mut self.beside)
        .await?;
        Ok(Effort {
            judged: self.metric("aimod_messages_judged_total"),
            shed: self.metric("aimod_guild_shed_total"),
            loans: self.app.pool().state().acquired_total as f64,
            commits: self.metric("aimod_writer_commit_seconds"),
            counted_rows: self.metric("aimod_writer_rows_total"),
            transactions: transactions.count as f64,
            requests: self.town.sim.requests("*").len() as f64,
        })
    }

    /// Messages per second from their delivery to the judgement, without gateway and Discord.
    async fn deliver(&self) -> f64 {
        let guilds = self.town.guilds();
        let events: Vec<GuildEvent> = (0..MESSAGES)
            .zip(guilds.iter().cycle())
            .map(|(number, guild)| message(number, *guild))
            .collect();
        let goal = self.judged() + MESSAGES;
        let begun = Instant::now();
        for event in events {
            self.app.guilds().deliver(event);
        }
        while self.judged() < goal {
            tokio::task::yield_now().await;
        }
        MESSAGES as f64 / begun.elapsed().as_secs_f64()
    }
}

fn message(number: u64, guild: GuildId) -> GuildEvent {
    GuildEvent {
        guild,
        received: Instant::now(),
        event: Event::MessagePosted(Message {
            id: MessageId(1 + number),
            channel: ChannelId(guild.0),
            author: Author {
                id: UserId(7),
                name: "talker".to_owned(),
                bot: false,
                roles: Vec::new(),
                ..Author::default()
            },
            content: TALK.to_owned(),
        }),
    }
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// Rounds of bare serenity for at least as long as PostgreSQL needs to report.
async fn reference() -> anyhow::Result<Vec<f64>> {
    let town = Town::build(GUILDS).await?;
    let bare = Bare::connect(&town.sim).await?;
    let begun = Instant::now();
    let mut rates = Vec::new();
    while rates.len() < ROUNDS || begun.elapsed() < REPORTED {
        rates.push(town.talk(MESSAGES, || bare.messages()).await?);
    }
    bare.stop()?;
    town.sim.shutdown().await;
    Ok(rates)
}

fn report(before: Effort, after: Effort) -> anyhow::Result<()> {
    let messages = after.judged - before.judged;
    let (loans, commits) = (after.loans - before.loans, after.commits - before.commits);
    println!("{messages} clean messages through the whole house:");
    println!("  loans of a database connection          {loans}");
    println!(
        "  of which flushes of the message counters {commits} ({} rows)",
        after.counted_rows - before.counted_rows
    );
    println!(
        "  transactions as PostgreSQL counts them  {} (its own upkeep among them)",
        after.transactions - before.transactions
    );
    println!(
        "  REST calls                              {}",
        after.requests - before.requests
    );
    println!(
        "  SQL per message {:.6}, REST per message {:.6}",
        (loans - commits) / messages,
        (after.requests - before.requests) / messages
    );
    ensure!(loans <= commits, "a clean message asked the database");
    ensure!(
        after.requests <= before.requests,
        "a clean message asked Discord"
    );
    ensure!(after.shed <= before.shed, "messages were shed");
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut house = House::start().await?;
    house.prepare().await?;
    house.town.talk(MESSAGES / 10, || house.judged()).await?;
    house.app.settled().await;

    let mut bare = reference().await?;
    let before = house.effort().await?;
    let (mut whole, mut inside) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        whole.push(house.town.talk(MESSAGES, || house.judged()).await?);
        inside.push(house.deliver().await);
    }
    house.app.settled().await;
    bare.extend(reference().await?);
    let after = house.effort().await?;
    house.app.stop().await?;
    house.town.sim.shutdown().await;

    report(before, after)?;
    let bare = median(bare);
    let line = |what: &str, figure: f64, target| Line {
        what: what.to_owned(),
        figure,
        reference: bare,
        against: "bare serenity, counting handler".to_owned(),
        target,
    };
    let lines = [
        line(
            "gateway → decision, simulator in the same process",
            median(whole),
            "near 1",
        ),
        line(
            "delivery → decision, without Discord",
            median(inside),
            "≥ 80,000",
        ),
    ];
    table::print("cargo bench --bench clean_message", "messages/s", &lines);
    Ok(())
}
