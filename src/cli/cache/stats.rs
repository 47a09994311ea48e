//! How the cache does: the server, and what it holds against what the database has.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::time::Duration;

use serde_json::{Value, json};

use crate::cache::{Cached, ServerFacts};
use crate::cli::visit::Visit;
use crate::domain::duration;
use crate::domain::ids::{ConfigVersion, GuildId};

/// Guilds that are named where their cached version is not the database's.
const NAMED: usize = 10;

/// What is cached of the known guilds.
#[derive(Debug, Default, PartialEq, Eq)]
struct Held {
    known: usize,
    current: usize,
    /// Guilds that are cached with another version than the database's: cached, and in the database.
    other: Vec<(GuildId, ConfigVersion, ConfigVersion)>,
    damaged: Vec<GuildId>,
    /// How long that is kept yet which ends first.
    ends_first: Option<Duration>,
}

pub(super) async fn tell(visit: &Visit, json: bool) -> anyhow::Result<String> {
    let known = visit.list_known().await?;
    let guilds: Vec<GuildId> = known.iter().map(|(guild, _)| *guild).collect();
    let cached = visit.cache.list_cached(&guilds).await?;
    let held = Held::of(&known, &cached);
    let server = visit.cache.server_facts().await?;
    Ok(if json {
        to_json(&server, &held).to_string()
    } else {
        format!("{}{held}", Server(&server))
    })
}

impl Held {
    fn of(known: &[(GuildId, ConfigVersion)], cached: &[(GuildId, Cached)]) -> Self {
        let versions: HashMap<GuildId, ConfigVersion> = known.iter().copied().collect();
        let mut held = Self {
            known: known.len(),
            ..Self::default()
        };
        for (guild, state) in cached {
            let Cached::Version { version, left } = *state else {
                held.damaged.push(*guild);
                continue;
            };
            held.ends_first = Some(held.ends_first.map_or(left, |first| first.min(left)));
            match versions.get(guild).copied().unwrap_or_default() {
                stored if stored == version => held.current += 1,
                stored => held.other.push((*guild, version, stored)),
            }
        }
        held
    }

    fn cached(&self) -> usize {
        self.current + self.other.len()
    }
}

struct Server<'s>(&'s ServerFacts);

impl fmt::Display for Server<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = self.0;
        let up = duration::format(facts.uptime);
        writeln!(f, "redis       {}, up for {up}", facts.version)?;
        let most = match facts.most_bytes {
            0 => "no limit".to_owned(),
            most => mebibytes(most),
        };
        writeln!(
            f,
            "memory      {} of {most}, {} keys dropped for want of it",
            mebibytes(facts.used_bytes),
            facts.evicted
        )?;
        write!(
            f,
            "look-ups    {} hits, {} misses",
            facts.hits, facts.misses
        )?;
        if let Some(share) = share(facts) {
            write!(f, ", {share:.0} % found")?;
        }
        writeln!(f, "; by everybody who uses this Redis")
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (known, cached) = (self.known, self.cached());
        write!(f, "guilds      {known} known, {cached} cached")?;
        if cached > 0 {
            write!(f, ", {} of them at the database's version", self.current)?;
        }
        if let Some(left) = self.ends_first {
            write!(f, "\nends first  in {} s", left.as_secs())?;
        }
        let mut lines = String::new();
        for (guild, version, stored) in &self.other {
            writeln!(
                lines,
                "other       guild {guild}: version {version}, the database has {stored}"
            )?;
        }
        for guild in &self.damaged {
            writeln!(
                lines,
                "damaged     guild {guild}: the next reader repairs it"
            )?;
        }
        for line in lines.lines().take(NAMED) {
            write!(f, "\n{line}")?;
        }
        match lines.lines().count() {
            many if many > NAMED => write!(f, "\nand {} more", many - NAMED),
            _ => Ok(()),
        }
    }
}

fn mebibytes(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
    let mebibytes = bytes as f64 / 1_048_576.0;
    format!("{mebibytes:.1} MiB")
}

#[expect(clippy::cast_precision_loss, reason = "shown without digits")]
fn share(facts: &ServerFacts) -> Option<f64> {
    let all = facts.hits.saturating_add(facts.misses);
    (all > 0).then(|| facts.hits as f64 * 100.0 / all as f64)
}

fn to_json(server: &ServerFacts, held: &Held) -> Value {
    let other = held.other.iter().map(
        |(guild, version, stored)| json!({"guild": guild, "version": version, "database": stored}),
    );
    json!({
        "redis": {
            "version": server.version,
            "uptime_secs": server.uptime.as_secs(),
            "used_bytes": server.used_bytes,
            "most_bytes": server.most_bytes,
            "hits": server.hits,
            "misses": server.misses,
            "evicted": server.evicted,
        },
        "guilds": {
            "known": held.known,
            "cached": held.cached(),
            "current": held.current,
            "other": other.collect::<Vec<_>>(),
            "damaged": held.damaged,
            "ends_first_secs": held.ends_first.map(|left| left.as_secs()),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(version: i64, left: u64) -> Cached {
        Cached::Version {
            version: ConfigVersion(version),
            left: Duration::from_secs(left),
        }
    }

    fn sample() -> (ServerFacts, Held) {
        let known: Vec<_> = (1..=5).map(|id| (GuildId(id), ConfigVersion(3))).collect();
        let cached = [
            (GuildId(1), version(3, 200)),
            (GuildId(2), version(2, 100)),
            (GuildId(3), version(4, 150)),
            (GuildId(4), Cached::Damaged),
        ];
        let server = ServerFacts {
            version: "7.0.15".to_owned(),
            uptime: Duration::from_secs(3_661),
            used_bytes: 1_572_864,
            hits: 3,
            misses: 1,
            ..ServerFacts::default()
        };
        (server, Held::of(&known, &cached))
    }

    #[test]
    fn what_is_cached_is_held_against_the_database() {
        let (server, held) = sample();
        insta::assert_snapshot!(format!("{}{held}", Server(&server)), @r"
        redis       7.0.15, up for 1h1m1s
        memory      1.5 MiB of no limit, 0 keys dropped for want of it
        look-ups    3 hits, 1 misses, 75 % found; by everybody who uses this Redis
        guilds      5 known, 3 cached, 1 of them at the database's version
        ends first  in 100 s
        other       guild 2: version 2, the database has 3
        other       guild 3: version 4, the database has 3
        damaged     guild 4: the next reader repairs it
        ");
    }

    #[test]
    fn a_program_reads_the_same() {
        let (server, held) = sample();
        insta::assert_snapshot!(to_json(&server, &held), @r#"
        {"redis":{"version":"7.0.15","uptime_secs":3661,"used_bytes":1572864,"most_bytes":0,"hits":3,"misses":1,"evicted":0},"guilds":{"known":5,"cached":3,"current":1,"other":[{"guild":"2","version":2,"database":3},{"guild":"3","version":4,"database":3}],"damaged":["4"],"ends_first_secs":100}}
        "#);
    }

    #[test]
    fn many_differences_are_counted_and_nothing_at_all_is_said_shortly() {
        let cached: Vec<_> = (1..=12).map(|id| (GuildId(id), Cached::Damaged)).collect();
        let text = Held::of(&[], &cached).to_string();
        assert!(text.ends_with("and 2 more"), "{text}");
        assert_eq!(Held::default().to_string(), "guilds      0 known, 0 cached");
    }
}
