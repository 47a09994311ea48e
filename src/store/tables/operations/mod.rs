//! `action_journal` with the case and the infraction of each decision: opened together before the first call to
//! Discord, settled step by step after it. Errands are journaled in the same way, without a case.

mod claim;
mod errand;
mod open;
mod posted;
mod settle;

use diesel::prelude::*;
use diesel_async::AsyncPgConnection;
use futures_util::future::{BoxFuture, FutureExt as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::errand::{ErrandOpened, NewErrand};
pub use self::posted::{Place, PostedCard, find_card, find_card_of_case};
pub use self::settle::{
    JournaledStep, Orphan, StepSettled, StepState, list_orphans, list_steps, list_unsettled,
};

use self::claim::{Intents, claim};
use self::open::open_cases;
use crate::domain::ids::CaseNumber;
use crate::domain::verdict::Decision;
use crate::store::record::Record;

/// A side effect as the journal holds it: its kind and what the call needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewStep {
    /// `DELETE_MESSAGE`, `NOTICE`, `TIMEOUT`, `KICK`, `BAN`, `END_TIMEOUT`, `UNBAN`, `CARD` or `EDIT_CARD`.
    pub kind: String,
    /// The call's arguments.
    pub payload: Value,
}

/// A decision that is about to be carried out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewOperation {
    /// What was decided.
    pub decision: Decision,
    /// The side effects, in order; at least one, since the first carries the decision's key.
    pub steps: Vec<NewStep>,
}

/// What opening an operation gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// A new case, to be carried out by the caller.
    Case {
        /// Its number in the guild.
        number: CaseNumber,
    },
    /// The decision's key stands in the journal already: somebody else carries it out, or has done so.
    AlreadyOpen,
}

impl Record for NewOperation {
    type Ack = Opened;
    const TABLE: &'static str = "action_journal";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<Opened>>> {
        async move {
            let intents: Vec<_> = rows.iter().map(Self::intents).collect();
            let fresh = claim(conn, &intents).await?;
            let new: Vec<&Decision> = rows
                .iter()
                .zip(&fresh)
                .filter(|(_, fresh)| **fresh)
                .map(|(row, _)| &row.decision)
                .collect();
            let mut cases = open_cases(conn, &new).await?.into_iter();
            Ok(fresh
                .into_iter()
                .map(|fresh| if fresh { cases.next() } else { None }.unwrap_or(Opened::AlreadyOpen))
                .collect())
        }
        .boxed()
    }
}

impl NewOperation {
    fn intents(&self) -> Intents<'_> {
        Intents {
            key: &self.decision.key,
            guild: self.decision.guild,
            written_at: None,
            steps: &self.steps,
        }
    }
}
