//! Durable configuration writes by 64 callers against pgbench with 64 clients, same cluster, same run.

#[path = "support/table.rs"]
mod table;

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use aimod::domain::ids::{ConfigVersion, GuildId, UserId};
use aimod::settings::{LoadOptions, Settings, process_environment};
use aimod::store::record::Record;
use aimod::store::server::{DATABASE, PostgresServer, ServerOptions};
use aimod::store::tables::config::{
    ConfigChange, ConfigEdit, ConfigWritten, Place, Source, list_versions,
};
use aimod::store::{Pool, PoolOptions, connect, migrations};
use aimod::writer::{Writer, WriterOptions};
use anyhow::{Context as _, ensure};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
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
}

/// The reference's single upsert as a record of its own: what the writer itself costs.
#[derive(Clone)]
struct Upsert {
    guild: i64,
    value: i64,
}

/// One prepared statement for every batch size.
struct Upserts {
    guilds: Vec<i64>,
    values: Vec<i64>,
}

impl QueryId for Upserts {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<Pg> for Upserts {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("INSERT INTO guild_config (guild_id, key, value) SELECT g, '");
        out.push_sql(KEY);
        out.push_sql("', to_jsonb(v) FROM unnest(");
        out.push_bind_param::<Array<BigInt>, _>(&self.guilds)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.values)?;
        out.push_sql(
            ") AS t (g, v) ON CONFLICT (guild_id, key) \
             DO UPDATE SET value = EXCLUDED.value, updated_at = CURRENT_TIMESTAMP",
        );
        Ok(())
    }
}

impl Record for Upsert {
    type Ack = ();
    const TABLE: &'static str = "guild_config";

    fn lane(&self) -> Option<i64> {
        Some(self.guild)
    }

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<()>>> {
        async move {
            let statement = Upserts {
                guilds: rows.iter().map(|row| row.guild).collect(),
                values: rows.iter().map(|row| row.value).collect(),
            };
            statement.execute(conn).await?;
            Ok(vec![(); rows.len()])
        }
        .boxed()
    }
}

/// What our callers write.
#[derive(Clone, Copy)]
enum Ours {
    /// One row, as [`Reference::Upsert`].
    Upsert,
    /// A configuration change: version, value and revision, as [`Reference::Change`].
    Change,
}

impl Ours {
    async fn write(
        self,
        writer: &Writer,
        (guild, version): (u64, &mut ConfigVersion),
        turn: u64,
    ) -> anyhow::Result<()> {
        match self {
            Self::Upsert => {
                let (guild, value) = (guild.cast_signed(), turn.cast_signed());
                writer.keep_now(Upsert { guild, value }).await?;
            }
            Self::Change => {
                let change = ConfigChange {
                    guild: GuildId(guild),
                    expected: *version,
                    edits: vec![ConfigEdit {
                        key: KEY.into(),
                        place: Place::Row,
                        default: None,
                        value: Some(turn.into()),
                    }],
                    changed_by: UserId(1),
                    source: Source::Command,
                    reason: None,
                };
                let written = writer.keep_now(change).await?;
                version.0 += 1;
                ensure!(written == ConfigWritten::Changed(*version));
            }
        }
        Ok(())
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

/// Writes to one guild after another, each as soon as the one before is acknowledged.
async fn caller(
    writer: Writer,
    what: Ours,
    mut guilds: Vec<(GuildId, ConfigVersion)>,
    until: Instant,
) -> anyhow::Result<Vec<Duration>> {
    let mut waits = Vec::new();
    let mut turn = 0_u64;
    while Instant::now() < until {
        turn += 1;
        let at = usize::try_from(turn)? % guilds.len();
        let (guild, version) = &mut guilds[at];
        let asked = Instant::now();
        what.write(&writer, (guild.0, version), turn).await?;
        waits.push(asked.elapsed());
    }
    Ok(waits)
}

async fn ours(pool: &Pool, writer: &Writer, what: Ours) -> anyhow::Result<Round> {
    let all: Vec<GuildId> = (1..=CALLERS * GUILDS_EACH).map(GuildId).collect();
    let mut conn = pool.acquire().await?;
    let versions = list_versions(&mut conn, &all).await?;
    drop(conn);
    let begun = Instant::now();
    let tasks = TaskTracker::new();
    let callers: Vec<_> = versions
        .chunks(usize::try_from(GUILDS_EACH)?)
        .map(|guilds| tasks.spawn(caller(writer.clone(), what, guilds.to_vec(), begun + ROUND)))
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
    // Neither side's statements are to be noted as changes by others.
    let statement = format!(
        "ALTER DATABASE {DATABASE} SET aimod.writer = 'on'; SET aimod.writer = 'on'; \
         INSERT INTO guild_settings (guild_id) SELECT g FROM generate_series(1, {guilds}) g; \
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

/// What is compared with what.
const PAIRS: [(&str, Ours, Reference); 3] = [
    ("configuration change", Ours::Change, Reference::Upsert),
    ("configuration change", Ours::Change, Reference::Change),
    ("single upsert", Ours::Upsert, Reference::Upsert),
];

/// Rounds of all pairs in turn on one cluster; a line for each pair.
async fn compare(
    cluster: &str,
    options: ServerOptions,
    settings: &Settings,
) -> anyhow::Result<Vec<Line>> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("reference.sql");
    let server = PostgresServer::start(options).await?;
    let address = server.url(DATABASE);
    let url = SecretString::from(address.clone());
    migrations::migrate(&url).await?;
    fill(&url).await?;
    let pool = Pool::open(&url, PoolOptions::from_settings("main", &settings.database))?;
    let writer = Writer::start(pool.clone(), WriterOptions::from(&settings.writer)).await?;
    let mut lines = Vec::new();
    for (what, ours_is, reference) in PAIRS {
        std::fs::write(&file, reference.script())?;
        let (mut rates, mut references, mut waits) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            references.push(pgbench(&address, &file).await?);
            let round = ours(&pool, &writer, ours_is).await?;
            rates.push(round.per_second);
            waits.extend(round.waits);
        }
        println!(
            "{cluster}, {what}: {rates:.0?}/s, {}: {references:.0?}/s",
            reference.name()
        );
        waits.sort_unstable();
        let (half, most) = (quantile(&waits, 0.5), quantile(&waits, 0.99));
        lines.push(Line {
            what: format!("{cluster}, {what}: p50 {half:.2} ms, p99 {most:.2} ms"),
            figure: median(rates),
            reference: median(references),
            against: reference.name().to_owned(),
            target: "≥ 2.5 ×",
        });
    }
    writer.drain().await;
    server.stop().await;
    Ok(lines)
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
    let mut lines = compare("fsync on", kept, &settings).await?;
    let fast = throw_away(&settings);
    lines.extend(compare("fsync off", fast, &settings).await?);
    table::print("cargo bench --bench durable_writes", "writes/s", &lines);
    Ok(())
}
