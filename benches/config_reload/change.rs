//! A change by a command until it is acknowledged, and what reads cost meanwhile.

use std::hint::black_box;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aimod::domain::ids::{GuildId, UserId};
use aimod::guild::config::change::{Change, Edit};
use aimod::guild::config::value::Value;
use aimod::guild::keys::PREFIX;
use aimod::guild::{GuildError, Guilds};
use aimod::store::tables::config::Source;
use anyhow::{Context as _, ensure};
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

use crate::ground::Ground;
use crate::quantile;
use crate::table::Line;
use crate::timing::{Subject, batch, medians};
use crate::yard::Yard;

const CHANGES: usize = 1_000;
const AWAKE: Duration = Duration::from_secs(3_600);
/// The guild of ours and the one of the reference; their neighbours stay as they are.
const OURS: u64 = 1_001;
const THEIRS: u64 = 1_002;
const ROUNDS: usize = 20_000;
const CALLS: u32 = 200;

/// The same three rows by somebody who does the bookkeeping himself.
const SCRIPT: &str = "\
\\set value random(1, 1000000)
BEGIN;
UPDATE guild_settings SET config_version = config_version + 1, updated_at = CURRENT_TIMESTAMP
WHERE guild_id = :guild RETURNING config_version \\gset
INSERT INTO guild_config_revisions (guild_id, version, key, old_value, new_value, changed_by, source)
SELECT guild_id, :config_version, key, value, to_jsonb(:value::text), 1, 'COMMAND'
FROM guild_config WHERE guild_id = :guild AND key = 'PREFIX';
INSERT INTO guild_config (guild_id, key, value) VALUES (:guild, 'PREFIX', to_jsonb(:value::text))
ON CONFLICT (guild_id, key) DO UPDATE SET value = EXCLUDED.value, updated_at = CURRENT_TIMESTAMP;
COMMIT;
";

pub(crate) async fn measure(ground: &Ground) -> anyhow::Result<Vec<Line>> {
    let mut yard = Yard::start(ground, true, AWAKE).await?;
    yard.open(OURS..=OURS).await?;
    let before = pgbench(ground).await?;
    let mut times = Vec::new();
    for number in 0..CHANGES {
        let begun = Instant::now();
        let asked = change(&yard.guilds, number).await;
        times.push(begun.elapsed());
        asked?;
    }
    let after = pgbench(ground).await?;
    yard.stop().await;
    let (half, most) = (quantile(&mut times, 0.5), quantile(&mut times, 0.99));
    Ok(vec![Line {
        what: format!("change acknowledged, p99 {most:.2}"),
        figure: half,
        reference: f64::midpoint(before, after),
        against: "pgbench, same rows, one client".to_owned(),
        target: "≤ 10 ms p50",
    }])
}

async fn change(guilds: &Guilds, number: usize) -> Result<(), GuildError> {
    let value = Edit::Set(Value::Text(format!("p{number}").as_str().into()));
    let change = Change::one(&PREFIX, value, UserId(1), Source::Command);
    guilds.change(GuildId(OURS), change).await.map(drop)
}

/// Its mean latency.
async fn pgbench(ground: &Ground) -> anyhow::Result<f64> {
    let script = ground.folder.path().join("change.sql");
    std::fs::write(&script, SCRIPT)?;
    let output = Command::new("pgbench")
        .args(["-n", "-M", "prepared", "-c", "1", "-t", "1000"])
        .args(["-D", &format!("guild={THEIRS}"), "-f"])
        .arg(&script)
        .arg(&ground.address)
        // Its statements are not to be noted as changes by others.
        .env("PGOPTIONS", "-c aimod.writer=on")
        .stdin(Stdio::null())
        .output()
        .await
        .context("pgbench cannot be run; it comes with the server programs (Debian: postgresql)")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "pgbench failed: {said}");
    let said = String::from_utf8(output.stdout)?;
    let line = said
        .lines()
        .find_map(|line| line.strip_prefix("latency average = "));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.context("pgbench names no latency")?.parse()?)
}

/// Reads of a guild that is changed all the time, and of one that is not.
pub(crate) async fn measure_reads(ground: &Ground) -> anyhow::Result<Vec<Line>> {
    let mut yard = Yard::start(ground, true, AWAKE).await?;
    let idle = OURS + 2;
    yard.open([OURS, idle].into_iter()).await?;
    let stop = CancellationToken::new();
    let (guilds, stopped) = (yard.guilds.clone(), stop.clone());
    let changing = ground.tasks.spawn(async move {
        let mut made = 0;
        while !stopped.is_cancelled() {
            change(&guilds, made).await?;
            made += 1;
        }
        Ok::<_, GuildError>(made)
    });
    let begun = Instant::now();
    let times = tokio::task::block_in_place(|| reads(&yard.guilds, idle));
    let took = begun.elapsed();
    stop.cancel();
    let made = changing.await??;
    yard.stop().await;
    ensure!(made > 0, "nothing was changed meanwhile");
    let per_second = made as f64 / took.as_secs_f64();
    let line = |what: &str, at: usize| Line {
        what: format!("{what}, {per_second:.0} changes/s"),
        figure: times[at],
        reference: times[at + 1],
        against: "the same of an idle guild".to_owned(),
        target: "≤ 100 ns",
    };
    Ok(vec![
        line("guild found and key read", 0),
        line("key read by a judgement", 2),
    ])
}

fn reads(guilds: &Guilds, idle: u64) -> Vec<f64> {
    let found = |guild: u64| {
        move || {
            let snapshot = guilds.find_configuration(black_box(GuildId(guild)));
            snapshot.map(|snapshot| snapshot.values().text(black_box(&PREFIX)).map(str::len))
        }
    };
    let held = |guild: u64| {
        let mut snapshot = guilds.find_configuration(GuildId(guild));
        let mut reads = 0_u32;
        move || {
            // As an actor does: the configuration of now for each event, then the keys.
            reads += 1;
            if reads.is_multiple_of(CALLS) {
                snapshot = guilds.find_configuration(GuildId(guild));
            }
            let snapshot = snapshot.as_ref().map(Arc::as_ref);
            snapshot.map(|snapshot| snapshot.values().text(black_box(&PREFIX)).map(str::len))
        }
    };
    let mut subjects: Vec<Subject<'_>> = vec![
        batch(CALLS, found(OURS)),
        batch(CALLS, found(idle)),
        batch(CALLS, held(OURS)),
        batch(CALLS, held(idle)),
    ];
    medians(ROUNDS, &mut subjects)
}
