//! Durable configuration writes by 64 callers against pgbench with 64 clients, same cluster, same run.

#[path = "support/table.rs"]
mod table;

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use aimod::domain::ids::{GuildId, UserId};
use aimod::settings::{LoadOptions, Settings, process_environment};
use aimod::store::server::{DATABASE, PostgresServer, ServerOptions};
use aimod::store::tables::config::{ConfigChange, Place, Source};
use aimod::store::{Pool, PoolOptions, connect, migrations};
use aimod::writer::{Writer, WriterOptions};
use anyhow::{Context as _, ensure};
use diesel_async::SimpleAsyncConnection as _;
use secrecy::SecretString;
use tokio::process::Command;
use tokio_util::task::TaskTracker;

use table::Line;

const CALLERS: u64 = 64;
/// Each caller has as many guilds of its own; pgbench draws from all of them.
const GUILDS_EACH: u64 = 150;
const KEY: &str = "PREFIX";
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(3);

/// What pgbench's clients write; the tables, keys and guilds are those of ours.
#[derive(Clone, Copy)]
enum Reference {
    /// One row: the value alone, as a program without versions and revisions would write it.
    Upsert,
    /// The three rows of ours (version, value, revision), each change in a transaction of its own.
    Change,
}

impl Reference {
    const ALL: [Self; 2] = [Self::Upsert, Self::Change];

    fn script(self) -> String {
        let guilds = CALLERS * GUILDS_EACH;
        let draw = format!("\\set guild random(1, {guilds})\n\\set value random(1, 1000000)\n");
        let upsert = format!(
            "INSERT INTO guild_config (guild_id, key, value) VALUES (:guild, '{KEY}', to_jsonb(:value::int)) \
             ON CONFLICT (guild_id, key) DO UPDATE SET value = EXCLUDED.value, updated_at = CURRENT_TIMESTAMP;\n"
        );
        match self {
            Self::Upsert => draw + &upsert,
            Self::Change => format!(
                "{draw}BEGIN;\n\
                 UPDATE guild_settings SET config_version = config_version + 1, updated_at = CURRENT_TIMESTAMP \
                 WHERE guild_id = :guild RETURNING config_version \\gset\n\
                 INSERT INTO guild_config_revisions \
                     (guild_id, version, key, old_value, new_value, changed_by, source) \
                 SELECT guild_id, :config_version, key, value, to_jsonb(:value::int), 1, 'COMMAND' \
                 FROM guild_config WHERE guild_id = :guild AND key = '{KEY}';\n{upsert}COMMIT;\n"
            ),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Upsert => "pgbench, single upserts",
            Self::Change => "pgbench, the same change",
        }
    }

    const fn target(self) -> &'static str {
        match self {
            Self::Upsert => "≥ 2.5 ×",
            Self::Change => "",
        }
    }
}

/// What one round of ours gave.
struct Round {
    per_second: f64,
    /// Of all callers, sorted.
    waits: Vec<Duration>,
}

fn quantile(waits: &[Duration], q: f64) -> f64 {
    let at = ((waits.len() - 1) as f64 * q) as usize;
    waits[at].as_secs_f64() * 1e3
}

/// Changes one guild after another, each as soon as the one before is acknowledged.
async fn caller(writer: Writer, number: u64, until: Instant) -> anyhow::Result<Vec<Duration>> {
    let mut waits = Vec::new();
    let mut turn = 0_u64;
    while Instant::now() < until {
        turn += 1;
        let change = ConfigChange {
            guild: GuildId(1 + number * GUILDS_EACH + turn % GUILDS_EACH),
            key: KEY,
            place: Place::Row,
            value: Some(turn.into()),
            changed_by: UserId(1),
            source: Source::Command,
            reason: None,
        };
        let asked = Instant::now();
        writer.keep_now(change).await?;
        waits.push(asked.elapsed());
    }
    Ok(waits)
}

async fn ours(writer: &Writer) -> anyhow::Result<Round> {
    let begun = Instant::now();
    let tasks = TaskTracker::new();
    let callers: Vec<_> = (0..CALLERS)
        .map(|number| tasks.spawn(caller(writer.clone(), number, begun + ROUND)))
        .collect();
    let mut waits = Vec::new();
    for caller in callers {
        waits.extend(caller.await??);
    }
    let per_second = waits.len() as f64 / begun.elapsed().as_secs_f64();
    waits.sort_unstable();
    Ok(Round { per_second, waits })
}

async fn pgbench(url: &str, script: &Path) -> anyhow::Result<f64> {
    let output = Command::new("pgbench")
        .args(["-n", "-M", "prepared", "-j", "2", "-c"])
        .arg(CALLERS.to_string())
        .args(["-T", &ROUND.as_secs().to_string(), "-f"])
        .arg(script)
        .arg(url)
        .stdin(Stdio::null())
        .output()
        .await
        .context("pgbench cannot be run; it comes with the server programs (Debian: postgresql)")?;
    ensure!(
        output.status.success(),
        "pgbench failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let said = String::from_utf8(output.stdout)?;
    let line = said.lines().find_map(|line| line.strip_prefix("tps = "));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.context("pgbench names no tps")?.parse()?)
}

/// Every guild has its row already, so that both sides only update.
async fn fill(url: &SecretString) -> anyhow::Result<()> {
    let guilds = CALLERS * GUILDS_EACH;
    let statement = format!(
        "INSERT INTO guild_settings (guild_id) SELECT g FROM generate_series(1, {guilds}) g; \
         INSERT INTO guild_config (guild_id, key, value) \
             SELECT g, '{KEY}', '0'::jsonb FROM generate_series(1, {guilds}) g;"
    );
    let mut conn = connect(url, Duration::from_secs(10)).await?;
    conn.batch_execute(&statement).await?;
    for statement in ["VACUUM ANALYZE", "CHECKPOINT"] {
        conn.batch_execute(statement).await?;
    }
    Ok(())
}

/// Rounds of all sides in turn on one cluster; a line for each reference.
async fn compare(
    what: &str,
    options: ServerOptions,
    settings: &Settings,
) -> anyhow::Result<Vec<Line>> {
    let folder = tempfile::tempdir()?;
    let server = PostgresServer::start(options).await?;
    let address = server.url(DATABASE);
    let url = SecretString::from(address.clone());
    migrations::migrate(&url).await?;
    fill(&url).await?;
    let pool = Pool::open(&url, PoolOptions::from_settings("main", &settings.database))?;
    let writer = Writer::start(pool, WriterOptions::from(&settings.writer)).await?;
    let (mut rates, mut waits) = (Vec::new(), Vec::new());
    let mut references = [Vec::new(), Vec::new()];
    for number in 1..=ROUNDS {
        for (reference, rates) in Reference::ALL.into_iter().zip(&mut references) {
            let file = folder.path().join("reference.sql");
            std::fs::write(&file, reference.script())?;
            let rate = pgbench(&address, &file).await?;
            println!("{what}, round {number}: {} {rate:.0}/s", reference.name());
            rates.push(rate);
        }
        let round = ours(&writer).await?;
        println!("{what}, round {number}: ours {:.0}/s", round.per_second);
        rates.push(round.per_second);
        waits.extend(round.waits);
    }
    writer.drain().await;
    server.stop().await;
    waits.sort_unstable();
    let (half, most) = (quantile(&waits, 0.5), quantile(&waits, 0.99));
    let figure = median(rates);
    let line = |(reference, rates): (Reference, Vec<f64>)| Line {
        what: format!("{what}: p50 {half:.2} ms, p99 {most:.2} ms"),
        figure,
        reference: median(rates),
        against: reference.name().to_owned(),
        target: reference.target(),
    };
    Ok(Reference::ALL
        .into_iter()
        .zip(references)
        .map(line)
        .collect())
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// A cluster as `aimod run` keeps it, in a folder that is gone afterwards.
fn kept(settings: &Settings, folder: &Path) -> anyhow::Result<ServerOptions> {
    // The server's user is not ours where we are root.
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?;
    Ok(ServerOptions {
        data_dir: Some(folder.join("data")),
        ..throw_away(settings)
    })
}

fn throw_away(settings: &Settings) -> ServerOptions {
    ServerOptions {
        max_connections: 120,
        ..ServerOptions::throw_away(settings)
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let settings = Settings::load(&LoadOptions {
        environment: process_environment()
            .into_iter()
            .filter(|(name, _)| matches!(name.as_str(), "PATH" | "TMPDIR" | "HOME"))
            .collect(),
        ..LoadOptions::default()
    })?;
    let folder = tempfile::Builder::new()
        .prefix("aimod-bench-")
        .tempdir_in(&settings.places.temp_dir)?;
    let kept = kept(&settings, folder.path())?;
    let mut lines = compare("kept cluster (fsync on)", kept, &settings).await?;
    let fast = throw_away(&settings);
    lines.extend(compare("throw-away cluster (fsync off)", fast, &settings).await?);
    table::print("cargo bench --bench durable_writes", "writes/s", &lines);
    Ok(())
}
