//! `aimod bench gateway`: messages from a simulated Discord through the whole bot, over real sockets.

use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::bare::Bare;
use super::feed::{End, Pace};
use super::mix::{Lines, Mix};
use super::report::{Memory, Quantiles, Reference, Report, resident_mib, rounded};
use super::town::Town;
use crate::app::{self, App, AppOptions};
use crate::domain::ids::UserId;
use crate::guild::config::change::{Change, Edit};
use crate::guild::config::value::Value;
use crate::guild::metrics::{DECISIONS_TOTAL, MESSAGE_DECISION, MESSAGES_TOTAL, SHED_TOTAL};
use crate::settings::{LoadOptions, Settings, process_environment};
use crate::simulator::Simulator;
use crate::store::tables::config::Source;
use crate::telemetry::logs;
use crate::telemetry::snapshot::Snapshot;

/// Letters that may wait for guild actors before the feed pauses.
const UNJUDGED: usize = 5_000;
/// Decisions that may be under way before the feed pauses; more than the executor takes would be given up.
const UNDONE: usize = 2_000;
/// How often it is looked whether all is done.
const LOOK: Duration = Duration::from_millis(20);
/// How long nothing may move before the run is given up.
const STUCK: Duration = Duration::from_secs(60);

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// How many guilds there are; one shard holds them.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=2_500))]
    guilds: u32,
    /// How many messages are sent; without it, as many as fit into --seconds.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    messages: Option<u64>,
    /// Messages per second; 0 is as fast as it goes.
    #[arg(long, default_value_t = 0.0, value_parser = rate)]
    rate: f64,
    /// For how long, without --messages.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// Shares of scam, link and long messages in percent; the rest is chat.
    #[arg(long, value_name = "KIND=PERCENT,…", default_value = "scam=1,link=5")]
    mix: Mix,
    /// Fixes what is said.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "is not a number".to_owned())?;
    if (0.0..=10_000_000.0).contains(&rate) {
        Ok(rate)
    } else {
        Err("must lie between 0 and 10000000".into())
    }
}

impl Args {
    const fn pace(&self) -> Pace {
        let end = match self.messages {
            Some(messages) => End::Messages(messages),
            None => End::After(Duration::from_secs(self.seconds)),
        };
        Pace {
            rate: self.rate,
            end,
        }
    }

    async fn town(&self) -> anyhow::Result<Town> {
        let town = Town::build(self.guilds, Lines::new(self.mix, self.seed)).await;
        town.context("the simulated Discord cannot listen")
    }
}

/// Runs the load and prints the figures.
///
/// # Errors
/// What could not start, and messages that did not arrive.
pub(super) async fn run(args: &Args) -> anyhow::Result<()> {
    logs::install("error,serenity=off", logs::Format::Readable)?;
    let mut report = house(args).await?;
    report.reference = reference(args).await?;
    report.reference.ratio =
        rounded(report.decided_per_second / report.reference.received_per_second);
    report
        .print(args.json, &mut std::io::stdout())
        .context("the report cannot be printed")
}

fn settings(sim: &Simulator) -> anyhow::Result<Settings> {
    let kept = ["PATH", "HOME", "TMPDIR", "AIMOD__DATABASE__POSTGRES_BIN"];
    let mut environment = process_environment();
    environment.retain(|name, _| kept.contains(&name.as_str()));
    environment.insert("DISCORD_TOKEN".into(), sim.token().into());
    environment.insert("AIMOD__DISCORD__API_BASE".into(), sim.api_base());
    // Its Discord takes as much as comes: the bot is measured, not Discord's patience.
    environment.insert(
        "AIMOD__DISCORD__REQUESTS_PER_SECOND".into(),
        "100000".into(),
    );
    Ok(Settings::load(&LoadOptions {
        environment,
        token_required: true,
        ..LoadOptions::default()
    })?)
}

/// Switches the judging room on everywhere.
async fn switch_on(app: &App, town: &Town) -> anyhow::Result<()> {
    let registry = app.guilds().registry();
    let key = registry.find("BOTDETECT_ENABLED").context("its key")?;
    for guild in town.guilds() {
        let on = Edit::Set(Value::Bool(true));
        let change = Change::one(key, on, UserId(0), Source::System);
        app.guilds().change(guild, change).await?;
    }
    Ok(())
}

/// The feed through the whole bot.
async fn house(args: &Args) -> anyhow::Result<Report> {
    let mut town = args.town().await?;
    let before_mib = resident_mib();
    let options = AppOptions {
        throw_away_database: true,
        ..AppOptions::default()
    };
    let app = App::start(&settings(&town.sim)?, options).await?;
    town.sim.bot_ready().await?;
    switch_on(&app, &town).await?;
    let before = app.telemetry().snapshot();
    let begun = Instant::now();
    let busy = || app.guilds().waiting() > UNJUDGED || app.actions().in_flight() > UNDONE;
    let sending = args.pace().feed(&mut town, busy).await?;
    let arrival = arrival(&app, &before, begun, town.posted()).await?;
    app.settled().await;
    let figures = app.telemetry().snapshot().since(&before);
    let memory = Memory {
        before_mib,
        after_mib: resident_mib(),
    };
    let report = reckon(args, &town, &figures, (sending, arrival), memory);
    app.stop().await?;
    town.sim.shutdown().await;
    Ok(report)
}

/// From the first message on: until the last was received, and until the last was judged.
#[derive(Clone, Copy)]
struct Arrival {
    received: Duration,
    decided: Duration,
}

fn received(figures: &Snapshot) -> f64 {
    let known = app::metrics()
        .into_iter()
        .find(|metric| metric.name() == "aimod_gateway_events_total");
    known.map_or(0.0, |metric| {
        figures.total(metric, &[("event", "message_create")])
    })
}

/// Waits until all messages were judged.
async fn arrival(
    app: &App,
    before: &Snapshot,
    begun: Instant,
    messages: u64,
) -> anyhow::Result<Arrival> {
    let goal = messages as f64;
    let mut ticks = tokio::time::interval(LOOK);
    let (mut all_received, mut moved) = (None, (0.0, Instant::now()));
    loop {
        ticks.tick().await;
        let now = app.telemetry().snapshot().since(before);
        let decided = now.total(&MESSAGES_TOTAL, &[]) + now.total(&SHED_TOTAL, &[]);
        if received(&now) >= goal {
            all_received.get_or_insert_with(|| begun.elapsed());
        }
        if decided >= goal {
            let decided = begun.elapsed();
            let received = all_received.unwrap_or(decided);
            return Ok(Arrival { received, decided });
        }
        if decided > moved.0 {
            moved = (decided, Instant::now());
        }
        anyhow::ensure!(
            moved.1.elapsed() < STUCK,
            "only {decided} of {messages} messages were judged"
        );
    }
}

fn reckon(
    args: &Args,
    town: &Town,
    figures: &Snapshot,
    (sending, arrival): (Duration, Arrival),
    memory: Memory,
) -> Report {
    let per_second = |time: Duration| rounded(town.posted() as f64 / time.as_secs_f64().max(0.001));
    let decision = |quantile| {
        let seconds = figures.find_quantile(&MESSAGE_DECISION, quantile, &[]);
        rounded(seconds.unwrap_or_default() * 1_000.0)
    };
    let punishments = town.punishments_ms();
    let decisions = figures.by_label(&DECISIONS_TOTAL, "action").into_iter();
    Report {
        guilds: args.guilds,
        mix: args.mix.to_string(),
        rate: args.rate,
        messages: town.posted(),
        seconds: rounded(arrival.decided.as_secs_f64()),
        sent_per_second: per_second(sending),
        received_per_second: per_second(arrival.received),
        decided_per_second: per_second(arrival.decided),
        decisions: decisions
            .map(|(action, count)| (action, whole(count)))
            .collect(),
        message_decision_ms: Quantiles {
            p50: decision(0.5),
            p99: decision(0.99),
        },
        scams: town.scams(),
        deleted: town.deleted(),
        message_action_ms: Quantiles::of(&punishments),
        shed: whole(figures.total(&SHED_TOTAL, &[])),
        memory,
        reference: Reference::default(),
    }
}

/// Counters come back as floating-point numbers and are whole and not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counters are whole and not negative"
)]
fn whole(sum: f64) -> u64 {
    sum.max(0.0).round() as u64
}

/// The same feed through serenity with a handler that only counts. Nobody deletes, so the scams stay.
async fn reference(args: &Args) -> anyhow::Result<Reference> {
    let mut town = args.town().await?;
    let bare = Bare::connect(&town.sim).await?;
    let begun = Instant::now();
    let sending = args.pace().feed(&mut town, || false).await?;
    let mut ticks = tokio::time::interval(LOOK / 10);
    let mut moved = (0, Instant::now());
    while bare.messages() < town.posted() {
        ticks.tick().await;
        if bare.messages() > moved.0 {
            moved = (bare.messages(), Instant::now());
        }
        anyhow::ensure!(
            moved.1.elapsed() < STUCK,
            "only {} of {} messages reached bare serenity",
            moved.0,
            town.posted()
        );
    }
    let arriving = begun.elapsed();
    bare.stop()?;
    town.sim.shutdown().await;
    let per_second = |time: Duration| rounded(town.posted() as f64 / time.as_secs_f64());
    Ok(Reference {
        sent_per_second: per_second(sending),
        received_per_second: per_second(arriving),
        ratio: 0.0,
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::Cli;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn args(words: &[&str]) -> Args {
        Line::try_parse_from(words)
            .expect("a right command line")
            .args
    }

    #[test]
    fn the_command_line_is_read() {
        let usual = args(&["bench"]);
        assert!(matches!(usual.pace().end, End::After(time) if time.as_secs() == 10));
        assert_eq!(usual.mix.to_string(), "scam=1,link=5,long=0");
        let own = args(&["bench", "--messages", "5", "--rate", "100", "--mix", ""]);
        assert!(matches!(own.pace().end, End::Messages(5)));
        for wrong in [
            &["--mix", "spam=1"][..],
            &["--rate", "-1"],
            &["--rate", "x"],
            &["--guilds", "0"],
            &["--messages", "0"],
        ] {
            let words = [&["aimod", "bench", "gateway"], wrong].concat();
            let error = Cli::try_parse_from(words).expect_err("wrong");
            assert_eq!(error.exit_code(), 2, "{wrong:?}");
        }
    }
}
