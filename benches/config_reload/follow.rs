//! Changes by plain SQL until the guilds judge by them: one after another, and a thousand in one transaction.

use std::time::{Duration, Instant};

use aimod::domain::ids::GuildId;
use anyhow::{Context as _, ensure};
use tokio::sync::mpsc::unbounded_channel;

use crate::ground::Ground;
use crate::quantile;
use crate::table::Line;
use crate::yard::Yard;

const CHANGES: usize = 1_000;
const AWAKE: Duration = Duration::from_secs(3_600);
/// The guild that is changed alone.
const ONE: u64 = 2_001;
/// The first of those that are changed together, and how many they are.
const FIRST: u64 = 3_001;
const MANY: u64 = 1_000;
const ROUNDS: usize = 5;

pub(crate) async fn measure(ground: &Ground) -> anyhow::Result<Vec<Line>> {
    let mut lines = one_by_one(ground).await?;
    lines.extend(together(ground).await?);
    Ok(lines)
}

async fn one_by_one(ground: &Ground) -> anyhow::Result<Vec<Line>> {
    let mut notified = notifications(ground).await?;
    let mut yard = Yard::start(ground, true, AWAKE).await?;
    yard.open(ONE..=ONE).await?;
    let client = ground.bare().await?;
    let update =
        "UPDATE guild_config SET value = to_jsonb($1::text) WHERE guild_id = $2 AND key = 'PREFIX'";
    let update = client.prepare(update).await?;
    let (mut live, mut acknowledged) = (Vec::new(), Vec::new());
    let mut old = "?".to_owned();
    for number in 0..CHANGES {
        let new = format!("s{number}");
        let begun = Instant::now();
        client.execute(&update, &[&new, &ONE.cast_signed()]).await?;
        acknowledged.push(begun.elapsed());
        live.push(yard.ended(&old, 1).await? - begun);
        old = new;
    }
    yard.stop().await;
    let (half, most) = (quantile(&mut live, 0.5), quantile(&mut live, 0.99));
    let line = |reference: &mut [Duration], against: &str| Line {
        what: format!("plain SQL sent to actor has it, p99 (p50 {half:.2})"),
        figure: most,
        reference: quantile(reference, 0.99),
        against: format!("{against}, p99"),
        target: "≤ 100 ms p99",
    };
    Ok(vec![
        line(&mut notified, "NOTIFY sent to heard"),
        line(&mut acknowledged, "the UPDATE alone"),
    ])
}

/// How long a notification takes between two bare connections.
async fn notifications(ground: &Ground) -> anyhow::Result<Vec<Duration>> {
    let (told, mut heard) = unbounded_channel();
    let listener = ground
        .bare_hearing(move || {
            // Nobody listens any more at the end of a measurement.
            told.send(Instant::now()).ok();
        })
        .await?;
    listener.batch_execute("LISTEN bench").await?;
    let client = ground.bare().await?;
    let mut times = Vec::new();
    for number in 0..CHANGES {
        let begun = Instant::now();
        client
            .batch_execute(&format!("NOTIFY bench, '{number}'"))
            .await?;
        times.push(heard.recv().await.context("nothing is heard")? - begun);
    }
    Ok(times)
}

async fn together(ground: &Ground) -> anyhow::Result<Vec<Line>> {
    let mut yard = Yard::start(ground, true, AWAKE).await?;
    yard.open(FIRST..FIRST + MANY).await?;
    let client = ground.bare().await?;
    let update = "UPDATE guild_config SET value = to_jsonb($1::text) \
                  WHERE guild_id BETWEEN $2 AND $3 AND key = 'PREFIX'";
    let update = client.prepare(update).await?;
    let bounds = (FIRST.cast_signed(), (FIRST + MANY - 1).cast_signed());
    let (mut live, mut acknowledged) = (Vec::new(), Vec::new());
    let mut old = "?".to_owned();
    for number in 0..ROUNDS {
        let new = format!("t{number}");
        let begun = Instant::now();
        let changed = client
            .execute(&update, &[&new, &bounds.0, &bounds.1])
            .await?;
        acknowledged.push(begun.elapsed());
        ensure!(changed == MANY);
        let last = yard.ended(&old, usize::try_from(MANY)?).await?;
        live.push(last - begun);
        let snapshot = yard.guilds.find_configuration(GuildId(FIRST));
        ensure!(snapshot.is_some_and(|now| now.misfits().is_empty()));
        old = new;
    }
    yard.stop().await;
    Ok(vec![Line {
        what: format!("{MANY} guilds by one transaction, sent to all live"),
        figure: quantile(&mut live, 0.5),
        reference: quantile(&mut acknowledged, 0.5),
        against: "the UPDATE alone".to_owned(),
        target: "≤ 1 s",
    }])
}
