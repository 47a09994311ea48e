//! From an event of a sleeping guild to its judgement, with Redis and without.

use std::time::{Duration, Instant};

use aimod::cache::Outcome;
use aimod::domain::ids::GuildId;
use anyhow::ensure;

use crate::ground::Ground;
use crate::quantile;
use crate::table::Line;
use crate::yard::Yard;

const SLEEPERS: u64 = 200;
const ROUNDS: usize = 5;
/// Longer than it takes to wake all of them once.
const IDLE: Duration = Duration::from_millis(500);
const CALLS: usize = 2_000;

pub(crate) async fn measure(ground: &Ground) -> anyhow::Result<Vec<Line>> {
    let select = select_one(ground).await?;
    let get = redis_get(ground).await?;
    let mut lines = Vec::new();
    for (with_redis, target) in [(true, "≤ 1 ms p50"), (false, "≤ 3 ms p50")] {
        let mut times = wakes(ground, with_redis).await?;
        let (half, most) = (quantile(&mut times, 0.5), quantile(&mut times, 0.99));
        let from = if with_redis { "Redis" } else { "PostgreSQL" };
        let what = format!("sleeping guild to judgement from {from}, p99 {most:.2}");
        let mut line = |reference, against: &str| {
            lines.push(Line {
                what: what.clone(),
                figure: half,
                reference,
                against: against.to_owned(),
                target,
            });
        };
        line(select, "SELECT 1, one round trip");
        if with_redis {
            line(get, "GET, one round trip");
        }
    }
    Ok(lines)
}

/// Every guild is woken once a round, one after another, after all of them fell asleep.
async fn wakes(ground: &Ground, with_redis: bool) -> anyhow::Result<Vec<Duration>> {
    let mut yard = Yard::start(ground, with_redis, IDLE).await?;
    yard.open(1..=SLEEPERS).await?;
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        asleep(&yard).await;
        for guild in 1..=SLEEPERS {
            let cached = yard.cache.find_guild_config(GuildId(guild)).await;
            ensure!(matches!(cached, Outcome::Hit(..)) == with_redis);
        }
        for guild in 1..=SLEEPERS {
            let begun = Instant::now();
            let message = yard.posts(guild);
            times.push(yard.judged(message).await? - begun);
        }
    }
    yard.stop().await;
    Ok(times)
}

/// Waits until no guild has an actor any more, and the supervisor has noticed.
async fn asleep(yard: &Yard) {
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    ticks.tick().await;
    let is_awake = |guild| yard.guilds.find_configuration(GuildId(guild)).is_some();
    while (1..=SLEEPERS).any(is_awake) {
        ticks.tick().await;
    }
    ticks.tick().await;
}

async fn select_one(ground: &Ground) -> anyhow::Result<f64> {
    let client = ground.bare().await?;
    let statement = client.prepare("SELECT 1").await?;
    let mut times = Vec::new();
    for _ in 0..CALLS {
        let begun = Instant::now();
        client.query_one(&statement, &[]).await?;
        times.push(begun.elapsed());
    }
    Ok(quantile(&mut times, 0.5))
}

async fn redis_get(ground: &Ground) -> anyhow::Result<f64> {
    let mut connection = ground.bare_redis().await?;
    let mut times = Vec::new();
    for _ in 0..CALLS {
        let begun = Instant::now();
        let nothing: Option<String> = redis::cmd("GET")
            .arg("x")
            .query_async(&mut connection)
            .await?;
        times.push(begun.elapsed());
        ensure!(nothing.is_none());
    }
    Ok(quantile(&mut times, 0.5))
}
