//! Errands: side effects that are journaled without a case.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use futures_util::future::{BoxFuture, FutureExt as _};
use serde::{Deserialize, Serialize};

use super::NewStep;
use super::claim::{Intents, claim};
use crate::domain::ids::GuildId;
use crate::store::record::Record;

/// An errand that is about to be run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewErrand {
    /// The guild that it is for; 0 where it is for none.
    pub guild: GuildId,
    /// Names it once and for all.
    pub key: String,
    /// When it was given, which the journal keeps also where the intent reaches it late.
    pub given_at: DateTime<Utc>,
    /// The side effects, in order; at least one, since the first carries the key.
    pub steps: Vec<NewStep>,
}

/// What opening an errand gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrandOpened {
    /// It is to be run by the caller.
    New,
    /// Its key stands in the journal already: somebody else runs it, or has done so.
    AlreadyOpen,
}

impl Record for NewErrand {
    type Ack = ErrandOpened;
    const TABLE: &'static str = "action_journal";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<ErrandOpened>>> {
        async move {
            let intents: Vec<_> = rows.iter().map(Self::intents).collect();
            let fresh = claim(conn, &intents).await?;
            let opened = |fresh| match fresh {
                true => ErrandOpened::New,
                false => ErrandOpened::AlreadyOpen,
            };
            Ok(fresh.into_iter().map(opened).collect())
        }
        .boxed()
    }
}

impl NewErrand {
    fn intents(&self) -> Intents<'_> {
        Intents {
            key: &self.key,
            guild: self.guild,
            written_at: Some(self.given_at),
            steps: &self.steps,
        }
    }
}
