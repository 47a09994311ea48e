//! `moderation_logs.json`: a list of cases. Those with a number come first, the others get the numbers after.

use diesel::QueryResult;
use futures_util::future::{BoxFuture, FutureExt as _};

use super::infractions::MOST_CHARS;
use super::{Kind, Legacy};
use crate::cli::import::fields::{Fields, Wrong};
use crate::cli::import::tray::Tray;
use crate::cli::import::walk::{Record, Shape};
use crate::cli::import::zone::Zone;
use crate::store::import::cases::{OldCase, settle_numbered, settle_unnumbered};
use crate::store::import::{OldTable, Session, Settled};

static LEGACY: Legacy = Legacy {
    file: Some("logging-data/moderation_logs.json"),
    shape: Shape::Items,
    table: OldTable::CASES,
};

/// The highest number that the Python bot's own counter could give.
const HIGHEST: i64 = i32::MAX as i64;
/// The most characters of an action.
const MOST_ACTION: usize = 50;

/// Cases.
#[derive(Clone)]
pub(in crate::cli::import) struct Cases {
    zone: Zone,
    /// Whether those with a number are meant.
    numbered: bool,
}

impl Cases {
    /// Naive times are of this zone.
    pub(in crate::cli::import) const fn new(zone: Zone) -> Self {
        Self {
            zone,
            numbered: true,
        }
    }
}

fn case(json: &str, zone: Zone) -> Result<OldCase, Wrong> {
    let mut fields = Fields::read(json)?;
    let case = OldCase {
        guild: fields.id("guild_id")?,
        number: number(&mut fields)?,
        moderator: fields
            .find_number("moderator_id", i64::MAX)?
            .unwrap_or_default(),
        target: fields.id("target_user_id")?,
        action: fields.text("action_type", MOST_ACTION)?,
        reason: fields.find_text("reason", MOST_CHARS)?,
        duration: duration(&mut fields)?,
        channel: either(&mut fields, "log_channel_id", "channel_id")?,
        message: either(&mut fields, "log_message_id", "message_id")?,
        at: fields.time("timestamp", zone)?,
    };
    Ok(case)
}

fn number(fields: &mut Fields<'_>) -> Result<Option<i64>, Wrong> {
    let number = fields.find_number("case_id", HIGHEST)?;
    if number == Some(0) {
        return Err(Wrong::field("case_id", "cases are numbered from 1"));
    }
    Ok(number)
}

/// A duration of nothing is none.
fn duration(fields: &mut Fields<'_>) -> Result<Option<i32>, Wrong> {
    let seconds = fields.find_number("duration_seconds", i64::from(i32::MAX))?;
    Ok(seconds
        .and_then(|seconds| i32::try_from(seconds).ok())
        .filter(|seconds| *seconds > 0))
}

/// One of two names of a field.
fn either(fields: &mut Fields<'_>, one: &str, other: &str) -> Result<Option<i64>, Wrong> {
    match fields.find_id(one)? {
        Some(id) => Ok(Some(id)),
        None => fields.find_id(other),
    }
}

impl Kind for Cases {
    type Row = OldCase;

    fn legacy(&self) -> &'static Legacy {
        &LEGACY
    }

    fn read(&mut self, record: Record<'_>, tray: &mut Tray<OldCase>) {
        let read = case(record.json, self.zone);
        let is_first = self.numbered;
        tray.read += u64::from(is_first);
        match read {
            Ok(row) if row.number.is_some() == self.numbered => {
                tray.put(record.place, row, record.json.len());
            }
            Ok(_) => {}
            Err(wrong) if is_first => tray.refuse(&record.place, &wrong),
            Err(_) => {}
        }
    }

    fn settle<'a>(
        &'a mut self,
        session: &'a mut Session,
        rows: &'a [OldCase],
    ) -> BoxFuture<'a, QueryResult<Settled>> {
        if self.numbered {
            settle_numbered(session, rows).boxed()
        } else {
            settle_unnumbered(session, rows).boxed()
        }
    }

    fn passes(&self) -> Vec<Self> {
        let rest = Self {
            numbered: false,
            ..self.clone()
        };
        vec![self.clone(), rest]
    }
}
