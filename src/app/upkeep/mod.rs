//! Upkeep: what is too old goes, guilds that AIMod has left are purged, and the coming months get their partitions.
//!
//! Every process looks through everything once in `retention.every_secs`, give or take a tenth, and one at a time: a lock
//! in the database keeps the others away. All is done in small steps through the writer, so that nobody waits for it.

mod walk;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncPgConnection;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::cache::Cache;
use crate::domain::clock::Clock;
use crate::domain::ids::GuildId;
use crate::features::guilds::{Purger, Reason};
use crate::settings::RetentionSettings;
use crate::store::connect;
use crate::store::metrics::{RETENTION_LAST_RUN, RETENTION_ROWS, RETENTION_RUNS};
use crate::store::tables::erasure::Counts;
use crate::store::tables::months::{Monthly, drop_months, make_months};
use crate::store::tables::retention::{list_left, try_upkeep_lock};
use crate::writer::Writer;

/// The first look comes this long after the start, when the start itself is over.
const FIRST: Duration = Duration::from_secs(60);
/// How long the database may take to be reached.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many months have a partition: this one and those to come.
const MONTHS: i32 = 3;
/// Rows that are deleted by one statement.
const STEP: i64 = 1_000;
/// Guilds that are asked for at once.
const GUILDS: i64 = 100;

/// What upkeep works with.
pub(super) struct Upkeep {
    url: SecretString,
    writer: Writer,
    purger: Purger,
    clock: Clock,
    settings: RetentionSettings,
}

impl Upkeep {
    pub(super) fn new(
        url: &SecretString,
        (writer, cache): (&Writer, &Cache),
        clock: Clock,
        settings: RetentionSettings,
    ) -> Self {
        Self {
            url: url.clone(),
            writer: writer.clone(),
            purger: Purger::new(writer.clone(), cache.clone()),
            clock,
            settings,
        }
    }

    /// Looks through everything again and again, until the process stops.
    pub(super) async fn follow(&self, stopping: CancellationToken) {
        let mut pause = FIRST;
        let looking = async {
            loop {
                tokio::time::sleep(pause.mul_f64(rand::random_range(0.9..1.1))).await;
                if let Err(error) = self.look_through().await {
                    tracing::error!(%error, "what is kept could not be looked through");
                }
                pause = self.settings.every;
            }
        };
        stopping.run_until_cancelled(looking).await;
    }

    /// Looks through everything once and tells how many rows went of each class; nothing where another process is at it.
    ///
    /// # Errors
    /// What could not be looked through; the other parts were.
    pub(super) async fn look_through(&self) -> anyhow::Result<Option<Counts>> {
        let outcome = self.look_alone().await;
        RETENTION_RUNS.increment([match &outcome {
            Ok(Some(_)) => "done",
            Ok(None) => "elsewhere",
            Err(_) => "failed",
        }]);
        if let Ok(Some(gone)) = &outcome {
            RETENTION_LAST_RUN.set([], self.clock.now().timestamp() as f64);
            for (class, rows) in gone.iter().filter(|(_, rows)| *rows > 0) {
                tracing::info!(class, rows, "what was too old has gone");
            }
        }
        outcome
    }

    async fn look_alone(&self) -> anyhow::Result<Option<Counts>> {
        // A connection of its own: the lock goes with it, however this ends.
        let mut conn = connect(&self.url, PATIENCE).await?;
        if !try_upkeep_lock(&mut conn).await? {
            return Ok(None);
        }
        let now = self.clock.now();
        let mut gone = Counts::new();
        let mut failed = None;
        let mut note = |class, outcome: anyhow::Result<i64>| match outcome {
            Ok(rows) => {
                RETENTION_ROWS.add([class], u64::try_from(rows).unwrap_or_default());
                gone.push((class, rows));
            }
            Err(error) => {
                failed = Some(error.context(format!("{class} could not be looked through")))
            }
        };
        for table in Monthly::ALL {
            note(table.label(), self.turn_months(&mut conn, table, now).await);
        }
        note("left_guilds", self.purge_left(&mut conn, now).await);
        for (class, rows) in self.walk_through(now).await {
            note(class, rows);
        }
        match failed {
            Some(error) => Err(error),
            None => Ok(Some(gone)),
        }
    }

    async fn turn_months(
        &self,
        conn: &mut AsyncPgConnection,
        table: Monthly,
        now: DateTime<Utc>,
    ) -> anyhow::Result<i64> {
        make_months(conn, table, now, MONTHS).await?;
        let days = match table {
            Monthly::CommandLogs => self.settings.command_logs_days,
        };
        let Some(before) = days_before(now, days) else {
            return Ok(0);
        };
        let mut gone = 0;
        while let Some(rows) = drop_months(conn, table, before, STEP).await? {
            gone += rows;
        }
        Ok(gone)
    }

    /// A guild that comes back meanwhile is left alone; what has gone of it by then was too old to be kept.
    async fn purge_left(
        &self,
        conn: &mut AsyncPgConnection,
        now: DateTime<Utc>,
    ) -> anyhow::Result<i64> {
        let Some(before) = days_before(now, self.settings.left_guild_days) else {
            return Ok(0);
        };
        let mut gone = 0;
        loop {
            let left = list_left(conn, before, GUILDS).await?;
            if left.is_empty() {
                return Ok(gone);
            }
            for guild in left {
                let guild = GuildId::from_i64(guild);
                let purged = self.purger.purge(guild, Reason::LeftBefore(before)).await?;
                gone += purged.map_or(0, |tables| tables.values().sum());
            }
        }
    }
}

/// The moment so many days ago; nothing for 0, which means for ever, and for days before all time.
fn days_before(now: DateTime<Utc>, days: u32) -> Option<DateTime<Utc>> {
    if days == 0 {
        return None;
    }
    now.checked_sub_signed(TimeDelta::days(i64::from(days)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_days_mean_for_ever() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        assert_eq!(days_before(now, 0), None);
        assert_eq!(days_before(now, 1), Some(now - TimeDelta::days(1)));
        assert!(days_before(now, 36_500).is_some());
    }
}
