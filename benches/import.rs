//! `aimod import` of a file of infractions against `psql \copy` of the same rows: same cluster, same run, with the peak of
//! the program's memory. A number after `--` says how many records, such as 5000000 for a file of 1 GB.

#[path = "support/table.rs"]
mod table;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use aimod::settings::{LoadOptions, Settings, process_environment};
use aimod::store::server::{PostgresServer, ServerOptions};
use aimod::store::{connect, migrations};
use anyhow::{Context as _, ensure};
use diesel_async::SimpleAsyncConnection as _;
use secrecy::SecretString;
use tokio::process::Command;

use table::Line;

const RECORDS: u64 = 300_000;
const GUILDS: u64 = 2_000;
/// What holds from so many records on: at least so many in a second, with so much memory at most.
const LARGE: u64 = 1_000_000;
const LEAST_PER_SECOND: f64 = 100_000.0;
const MOST_MIB: f64 = 256.0;
/// How often the program's memory is looked at; the kernel keeps the peak.
const LOOK: Duration = Duration::from_millis(20);

/// The same rows as the Python bot's file, and as psql copies them.
struct Rows {
    folder: PathBuf,
    table: PathBuf,
    bytes: u64,
    records: u64,
}

/// Small numbers that look drawn and are the same at every run.
fn drawn(number: u64) -> u64 {
    let mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33
}

fn write_rows(folder: &Path, records: u64) -> anyhow::Result<Rows> {
    let data = folder.join("wdiscordbot-json-data");
    std::fs::create_dir(&data)?;
    let path = data.join("user_infractions.json");
    let table = folder.join("rows.tsv");
    let mut json = BufWriter::new(File::create(&path)?);
    let mut tsv = BufWriter::new(File::create(&table)?);
    write!(json, "{{")?;
    let (mut number, mut member) = (0, 0);
    while number < records {
        let guild = 900_000_000_000_000_000 + drawn(member) % GUILDS;
        let user = 100_000_000_000_000_000 + drawn(member + 1) * 7 + member;
        let comma = if member == 0 { "" } else { "," };
        write!(json, "{comma}\"{guild}_{user}\":[")?;
        let each = (1 + drawn(member + 2) % 19).min(records - number);
        for place in 0..each {
            let second = 1_600_000_000 + drawn(number).rem_euclid(150_000_000);
            let at = chrono::DateTime::from_timestamp(second.cast_signed(), 0).context("a time")?;
            let at = at.format("%Y-%m-%dT%H:%M:%S+00:00");
            let why = format!(
                "Posted the same advertisement in several channels although it was asked not to, number {number}."
            );
            let comma = if place == 0 { "" } else { "," };
            write!(
                json,
                "{comma}{{\"timestamp\":\"{at}\",\"rule_violated\":\"Rule 3\",\"action_taken\":\"WARN\",\"reasoning\":\"{why}\"}}"
            )?;
            writeln!(tsv, "{guild}\t{user}\t{at}\tRule 3\tWARN\t{why}")?;
            number += 1;
        }
        write!(json, "]")?;
        member += 1;
    }
    write!(json, "}}")?;
    json.flush()?;
    tsv.flush()?;
    Ok(Rows {
        folder: folder.to_owned(),
        table,
        bytes: std::fs::metadata(&path)?.len(),
        records,
    })
}

/// A fresh migrated database.
async fn database(server: &PostgresServer, name: &str) -> anyhow::Result<SecretString> {
    let limit = Duration::from_secs(30);
    connect(&server.url("postgres").into(), limit)
        .await?
        .batch_execute(&format!("CREATE DATABASE {name}"))
        .await?;
    let url: SecretString = server.url(name).into();
    migrations::migrate(&url).await?;
    Ok(url)
}

/// How long psql takes to copy the rows.
async fn copy(url: &str, rows: &Rows) -> anyhow::Result<Duration> {
    let command = format!(
        "\\copy user_infractions (guild_id, user_id, timestamp, rule_violated, action_taken, reasoning) FROM '{}'",
        rows.table.display()
    );
    let began = Instant::now();
    let status = Command::new("psql")
        .args(["-q", url, "-c", &command])
        .stdout(Stdio::null())
        .status()
        .await?;
    ensure!(status.success(), "psql failed");
    Ok(began.elapsed())
}

/// How long the program takes, and the most memory that it had, in MiB.
async fn import(url: &str, rows: &Rows, more: &[&str]) -> anyhow::Result<(Duration, f64)> {
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_aimod"))
        .arg("import")
        .arg(&rows.folder)
        .args(more)
        .env("DATABASE_URL", url)
        .stdout(Stdio::null())
        .spawn()?;
    let status = format!("/proc/{}/status", child.id().context("it runs")?);
    let mut peak: f64 = 0.0;
    let ended = loop {
        tokio::select! {
            ended = child.wait() => break ended?,
            () = tokio::time::sleep(LOOK) => peak = peak.max(high_water(&status).unwrap_or_default()),
        }
    };
    ensure!(ended.success(), "the import failed");
    Ok((began.elapsed(), peak))
}

fn high_water(status: &str) -> Option<f64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

/// The lines to print, and the most memory that any of it took, in MiB.
async fn compare(server: &PostgresServer, rows: &Rows) -> anyhow::Result<(Vec<Line>, f64)> {
    let (reference, own) = (
        database(server, "reference").await?,
        database(server, "own").await?,
    );
    drop((reference, own));
    let copied = copy(&server.url("reference"), rows).await?;
    let url = server.url("own");
    let (mut lines, mut highest) = (Vec::new(), 0.0_f64);
    for (what, more) in [
        ("import", &[][..]),
        ("import again, all there", &[]),
        ("validation", &["--validate"]),
    ] {
        let (took, peak) = import(&url, rows, more).await?;
        highest = highest.max(peak);
        let rate = |took: Duration| rows.records as f64 / took.as_secs_f64();
        lines.push(Line {
            what: format!("{what}, {} records, peak {peak:.0} MiB", rows.records),
            figure: rate(took),
            reference: rate(copied),
            against: "psql \\copy of the same rows".to_owned(),
            target: "100000 records/s, 256 MiB",
        });
    }
    Ok((lines, highest))
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let records = std::env::args().find_map(|word| word.parse().ok());
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
    let rows = write_rows(folder.path(), records.unwrap_or(RECORDS))?;
    println!("a file of {} MiB", rows.bytes / 1024 / 1024);
    let server = PostgresServer::start(ServerOptions::throw_away(&settings)).await?;
    let compared = compare(&server, &rows).await;
    server.stop().await;
    let (lines, highest) = compared?;
    let import = lines.first().map_or(0.0, |line| line.figure);
    table::print("cargo bench --bench import", "records/s", &lines);
    if rows.records >= LARGE {
        ensure!(
            import >= LEAST_PER_SECOND,
            "{import:.0} records/s are too few; wanted are {LEAST_PER_SECOND:.0}"
        );
        ensure!(highest > 0.0, "the memory was never seen");
        ensure!(highest <= MOST_MIB, "{highest:.0} MiB are too many");
    }
    Ok(())
}
