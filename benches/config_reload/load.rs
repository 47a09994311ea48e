//! A hundred thousand stored configurations, read and compiled.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aimod::cache::Cache;
use aimod::domain::ids::GuildId;
use aimod::features;
use aimod::guild::config::loader::Loader;
use aimod::guild::config::registry::Registry;
use aimod::guild::keys;
use aimod::store::{Pool, PoolOptions};
use anyhow::ensure;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::ground::{GUILDS, Ground};
use crate::quantile;
use crate::table::Line;

const ROUNDS: usize = 3;
/// As many as the follower reads at once.
const CHUNK: usize = 500;
/// The same rows as they stand in the database.
const COPIES: [&str; 3] = ["guild_settings", "guild_config", "botdetect_config"];

pub(crate) async fn measure(ground: &Ground) -> anyhow::Result<Vec<Line>> {
    let pool_options = PoolOptions::from_settings("main", &ground.settings.database);
    let pool = Pool::open(&ground.url(), pool_options)?;
    let registry = Arc::new(Registry::new(&keys::ALL, features::judges()));
    let loader = Loader::new(pool, Cache::open(&ground.redis(false))?, registry);
    let guilds: Vec<GuildId> = (1..=GUILDS).map(GuildId).collect();
    let (mut ours, mut copies) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        copies.push(copy(ground).await?);
        ours.push(load(&loader, &guilds).await?);
    }
    Ok(vec![Line {
        what: format!("{GUILDS} configurations loaded and compiled"),
        figure: quantile(&mut ours, 0.5),
        reference: quantile(&mut copies, 0.5),
        against: "COPY of the same rows".to_owned(),
        target: "≤ 3 s",
    }])
}

/// As the follower reads: the database goes on while one part is compiled. All of them stay in memory, as they would.
async fn load(loader: &Loader, guilds: &[GuildId]) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let mut loaded = Vec::with_capacity(guilds.len());
    let reads: Vec<_> = guilds
        .chunks(CHUNK)
        .map(|some| loader.read_many(some))
        .collect();
    let mut reads = stream::iter(reads).buffered(2);
    while let Some(read) = reads.try_next().await? {
        loaded.extend(read);
    }
    let took = begun.elapsed();
    ensure!(loaded.len() == guilds.len());
    ensure!(loaded.iter().all(|(_, read)| read.misfits().is_empty()));
    Ok(took)
}

async fn copy(ground: &Ground) -> anyhow::Result<Duration> {
    let client = ground.bare().await?;
    let begun = Instant::now();
    for table in COPIES {
        let rows = client.copy_out(&format!("COPY {table} TO STDOUT")).await?;
        let bytes: usize = rows
            .try_fold(0, |sum, row| std::future::ready(Ok(sum + row.len())))
            .await?;
        ensure!(bytes > 0);
    }
    Ok(begun.elapsed())
}
