//! `aimod demo`: the real bot on a simulated Discord with believable traffic, over real sockets.

mod audit;
mod prompt;
mod report;
mod stage;
mod traffic;
mod view;
mod words;

use std::io::{IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use tokio_util::sync::CancellationToken;

use self::report::{Account, Report};
use self::stage::{Doings, Pace, Place};
use self::view::Scene;
use super::run::StopSignals;
use crate::app::{App, AppOptions};
use crate::guild::metrics::MESSAGES_TOTAL;
use crate::settings::{LoadOptions, Settings, process_environment};
use crate::simulator::{Simulator, SimulatorOptions};
use crate::store::tables::ledger::read_ledger;
use crate::telemetry::logs;
use crate::telemetry::snapshot::Snapshot;
use crate::vault::Vault;

/// Shows the bot at work, without a token and without an account.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// How many guilds there are.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=2_000))]
    guilds: u32,
    /// How much happens per second, over all guilds.
    #[arg(long, default_value_t = 200.0, value_parser = rate)]
    rate: f64,
    /// For how long; 20 where nothing else is said, and on a terminal until Ctrl-C.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: Option<u64>,
    /// Fixes the traffic: equal seed, rate, guilds and seconds give equal decisions.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Prints one JSON object at the end of traffic that nobody watches.
    #[arg(long)]
    json: bool,
    /// Shows guilds with their traffic instead of the prompt, drawn anew all the time.
    #[arg(long, conflicts_with_all = ["json", "script"])]
    watch: bool,
    /// Plays lines from a file, or from standard input for `-`, as if they were typed; exit code 1 when one that expects
    /// something is not met. Lines that are piped in without this are played as well.
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    script: Option<PathBuf>,
    /// Keeps to the script's times by waiting, instead of putting the clock forward.
    #[arg(long, requires = "script")]
    real_time: bool,
    /// Keeps the database in this folder; without it, it is thrown away at the end. API keys then need ENCRYPTION_KEY.
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    /// Where metrics are shown; port 0 takes any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "is not a number".to_owned())?;
    if (0.1..=100_000.0).contains(&rate) {
        Ok(rate)
    } else {
        Err("must lie between 0.1 and 100000".into())
    }
}

/// Runs the demo. The outcome is an error where database, acknowledgements and world disagree.
///
/// # Errors
/// What could not start, and every difference that was found.
pub(super) async fn run(args: &Args) -> anyhow::Result<()> {
    let terminal = std::io::stdout().is_terminal();
    let live = !args.json && args.script.is_none() && terminal;
    let level = if live { "off" } else { "warn,serenity=error" };
    logs::install(level, logs::Format::Readable)?;
    let acts = !args.json && !args.watch && args.seconds.is_none();
    let typed = std::io::stdin().is_terminal();
    // Read before Ctrl-C is listened for, so that it ends a wait for lines that never come.
    let piped = match &args.script {
        Some(file) if file == Path::new("-") => Some(prompt::piped()?),
        None if acts && !typed => Some(prompt::piped()?).filter(|lines| !lines.trim().is_empty()),
        _ => None,
    };
    let signals = StopSignals::listen()?;
    if let Some(lines) = piped {
        let lines = (Path::new("standard input"), lines.as_str());
        return Box::pin(prompt::play_text(args, lines, signals)).await;
    }
    if let Some(file) = &args.script {
        return Box::pin(prompt::play(args, file, signals)).await;
    }
    if acts && live && typed {
        return Box::pin(prompt::open(args, signals)).await;
    }
    play_traffic(args, live, signals).await
}

/// Guilds with their traffic, and the reckoning at the end.
async fn play_traffic(args: &Args, live: bool, mut signals: StopSignals) -> anyhow::Result<()> {
    let sim = Simulator::start(SimulatorOptions {
        seed: args.seed,
        ..SimulatorOptions::default()
    })
    .await
    .context("the simulated Discord cannot listen")?;
    let settings = settings(args, &sim, None)?;
    let places = Arc::new(stage::build(&sim, usize::try_from(args.guilds)?)?);
    let options = AppOptions {
        listen: Some(args.listen),
        throw_away_database: args.data_dir.is_none(),
        ..AppOptions::default()
    };
    let app = App::start(&settings, options).await?;
    let before = app.telemetry().snapshot();
    sim.bot_ready().await?;
    let show = Show {
        sim: &sim,
        app: &app,
        places: &places,
        before: &before,
        live,
    };
    let stop = CancellationToken::new();
    let (doings, lasted) = {
        let playing = show.play(pace(args, live), &stop);
        tokio::pin!(playing);
        tokio::select! {
            played = &mut playing => played?,
            _ = signals.received() => {
                stop.cancel();
                playing.await?
            }
        }
    };
    let report = show.reckon(args.seed, &doings, lasted).await?;
    app.stop().await?;
    sim.shutdown().await;
    print(&report, live)?;
    anyhow::ensure!(
        report.agrees(),
        "the accounts differ: {}",
        report.differences().join("; ")
    );
    Ok(())
}

fn settings(args: &Args, sim: &Simulator, database: Option<&str>) -> anyhow::Result<Settings> {
    let kept = [
        "PATH",
        "HOME",
        "TMPDIR",
        "AIMOD__DATABASE__POSTGRES_BIN",
        "ENCRYPTION_KEY",
    ];
    let mut environment = process_environment();
    environment.retain(|name, value| kept.contains(&name.as_str()) && !value.is_empty());
    environment.insert("DISCORD_TOKEN".into(), sim.token().into());
    environment.insert("AIMOD__DISCORD__API_BASE".into(), sim.api_base());
    // What is sealed in a folder that is kept must open again next time, so there the key has to be the reader's own.
    if args.data_dir.is_none() && !environment.contains_key("ENCRYPTION_KEY") {
        let key = Vault::generate_key().expose_secret().to_owned();
        environment.insert("ENCRYPTION_KEY".into(), key);
    }
    if let Some(url) = database {
        environment.insert("DATABASE_URL".into(), url.into());
    }
    if let Some(folder) = &args.data_dir {
        let folder = folder.to_str().context("the folder's name is no Unicode")?;
        environment.insert("AIMOD__DATABASE__DATA_DIR".into(), folder.into());
    }
    Ok(Settings::load(&LoadOptions {
        environment,
        token_required: true,
        ..LoadOptions::default()
    })?)
}

fn pace(args: &Args, live: bool) -> Pace {
    let endless = if live { 86_400 } else { 20 };
    let length = Duration::from_secs(args.seconds.unwrap_or(endless));
    Pace {
        seed: args.seed,
        rate: args.rate,
        length,
    }
}

struct Show<'a> {
    sim: &'a Simulator,
    app: &'a App,
    places: &'a Arc<Vec<Place>>,
    before: &'a Snapshot,
    live: bool,
}

impl Show<'_> {
    /// Plays the traffic, with the live view where somebody looks, and waits until all of it is settled.
    async fn play(
        &self,
        pace: Pace,
        stop: &CancellationToken,
    ) -> anyhow::Result<(Vec<Doings>, Duration)> {
        let begun = Instant::now();
        let drawing = CancellationToken::new();
        let scene = Scene {
            sim: self.sim,
            app: self.app,
            places: self.places,
        };
        let play = async {
            let doings = stage::play(self.places, pace, stop).await;
            drawing.cancel();
            doings
        };
        let draw = async {
            if self.live {
                view::draw(&scene, &drawing).await?;
            }
            anyhow::Ok(())
        };
        let (doings, drawn) = tokio::join!(play, draw);
        drawn?;
        let doings = doings?;
        // What was posted last may still be on its way through the sockets.
        self.sim.drained_to(0).await?;
        self.judged(doings.iter().map(|doings| doings.messages).sum())
            .await?;
        self.app.settled().await;
        Ok((doings, begun.elapsed()))
    }

    /// Waits until so many messages have been judged.
    async fn judged(&self, messages: u64) -> anyhow::Result<()> {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        for _ in 0..1_500 {
            ticks.tick().await;
            let figures = self.app.telemetry().snapshot().since(self.before);
            if figures.total(&MESSAGES_TOTAL, &[]) >= messages as f64 {
                return Ok(());
            }
        }
        anyhow::bail!("not all of the {messages} messages were judged within 30 s")
    }

    async fn reckon(
        &self,
        seed: u64,
        doings: &[Doings],
        lasted: Duration,
    ) -> anyhow::Result<Report> {
        self.app.rest().await?;
        let ledger = read_ledger(self.app.pool()).await?;
        let differences = audit::compare(self.sim, self.places, doings, &ledger);
        let figures = self.app.telemetry().snapshot().since(self.before);
        let events = self.sim.events_sent();
        Ok(Report::of(Account {
            seed,
            lasted,
            events,
            doings,
            figures: &figures,
            ledger,
            differences,
        }))
    }
}

fn print(report: &Report, live: bool) -> anyhow::Result<()> {
    let text = if live {
        serde_json::to_string_pretty(report)?
    } else {
        serde_json::to_string(report)?
    };
    writeln!(std::io::stdout(), "{text}").context("the report cannot be printed")
}
