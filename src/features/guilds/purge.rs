//! The purge: in small steps through the writer, then out of Redis. Every process is told by the database.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::cache::Cache;
use crate::domain::ids::GuildId;
use crate::features::registry;
use crate::store::metrics::ERASURES;
use crate::store::tables::erasure::{Purge, Purged};
use crate::writer::{WriteError, Writer};

/// How many rows go in one step: few enough that writes of others hardly wait.
const STEP: i64 = 1_000;
/// The pause between two steps, so that others come first.
const PAUSE: Duration = Duration::from_millis(5);

/// Why a guild is purged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// AIMod was removed from it before this moment.
    LeftBefore(DateTime<Utc>),
    /// The operator says so.
    Operator,
}

/// How many rows went, by table.
pub(crate) type Gone = BTreeMap<&'static str, i64>;

/// Purges guilds.
pub(crate) struct Purger {
    writer: Writer,
    cache: Cache,
    settings: Vec<&'static str>,
}

impl Purger {
    pub(crate) fn new(writer: Writer, cache: Cache) -> Self {
        let settings = registry().tables().to_vec();
        Self {
            writer,
            cache,
            settings,
        }
    }

    /// Takes away all of a guild and tells how many rows that were; nothing where AIMod is back in it. A purge that is
    /// broken off is gone on with by the next.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub(crate) async fn purge(
        &self,
        guild: GuildId,
        reason: Reason,
    ) -> Result<Option<Gone>, WriteError> {
        let step = Purge {
            guild,
            left_before: match reason {
                Reason::LeftBefore(before) => Some(before),
                Reason::Operator => None,
            },
            settings: self.settings.clone(),
            most: STEP,
        };
        let mut gone = Gone::new();
        loop {
            match self.writer.keep_now(step.clone()).await? {
                Purged::Some(table, rows) => *gone.entry(table).or_default() += rows,
                Purged::All(rows) => {
                    gone.extend(rows);
                    break;
                }
                Purged::NotLeft => return Ok(None),
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.told(guild, reason, &gone).await;
        Ok(Some(gone))
    }

    async fn told(&self, guild: GuildId, reason: Reason, gone: &Gone) {
        // Whatever Redis held could come back for five minutes at most, and for nobody: its version is none any more.
        if self.cache.is_shared()
            && let Err(error) = self.cache.forget(&[guild]).await
        {
            tracing::warn!(guild.id = %guild, %error, "a purged guild stands in Redis until its time is over");
        }
        let why = match reason {
            Reason::LeftBefore(_) => "left",
            Reason::Operator => "operator",
        };
        ERASURES.increment(["guild", why]);
        let rows: i64 = gone.values().sum();
        tracing::info!(guild.id = %guild, reason = why, rows, "all of a guild was taken away");
    }
}
