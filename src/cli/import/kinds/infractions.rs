//! `user_infractions.json`: an object of lists by guild and user.

use std::sync::Arc;

use diesel::QueryResult;
use futures_util::future::{BoxFuture, FutureExt as _};

use super::{Kind, Legacy};
use crate::cli::import::fields::{Fields, Wrong, id_in};
use crate::cli::import::tray::Tray;
use crate::cli::import::walk::{Record, Shape};
use crate::cli::import::zone::Zone;
use crate::store::import::infractions::{InfractionLoad, OldInfraction};
use crate::store::import::{OldTable, Session, Settled};

static LEGACY: Legacy = Legacy {
    file: Some("wdiscordbot-json-data/user_infractions.json"),
    shape: Shape::Lists,
    table: OldTable::INFRACTIONS,
};

/// What stands for an action that was not kept.
pub(super) const UNKNOWN: &str = "UNKNOWN";
/// The most characters of a text; PostgreSQL itself takes far more.
pub(super) const MOST_CHARS: usize = 10_000_000;

/// Infractions.
/// Guild and user of a key; nothing where the key is none.
type Member = Option<(i64, i64)>;

#[derive(Clone, Default)]
pub(in crate::cli::import) struct Infractions {
    zone: Zone,
    load: InfractionLoad,
    /// The key of the last record, and what it means: those of one list stand together.
    last: Option<(Arc<str>, Member)>,
}

impl Infractions {
    /// Naive times are of this zone.
    pub(in crate::cli::import) fn new(zone: Zone) -> Self {
        Self {
            zone,
            ..Self::default()
        }
    }

    /// The guild and user of a key; a wrong one is told once for its whole list.
    fn of_key(
        &mut self,
        record: &Record<'_>,
        tray: &mut Tray<OldInfraction>,
    ) -> Option<(i64, i64)> {
        let key = record.place.key.as_ref()?;
        if let Some((last, ids)) = &self.last
            && Arc::ptr_eq(last, key)
        {
            if ids.is_none() {
                tray.refused += 1;
            }
            return *ids;
        }
        let ids = pair(key);
        if ids.is_none() {
            let mut place = record.place.clone();
            place.index = None;
            let why =
                "the key is no guild_user, two ids with one _ between; all under it is left out";
            tray.refuse(&place, &Wrong::record(why));
        }
        self.last = Some((Arc::clone(key), ids));
        ids
    }
}

fn pair(key: &str) -> Option<(i64, i64)> {
    let (guild, user) = key.split_once('_')?;
    Some((id_in(guild)?, id_in(user)?))
}

/// What an infraction says of itself; in appeals too.
pub(super) struct Said {
    pub(super) rule: Option<String>,
    pub(super) action: String,
    pub(super) reasoning: Option<String>,
}

/// Reads what an infraction says of itself.
pub(super) fn said(fields: &mut Fields<'_>) -> Result<Said, Wrong> {
    Ok(Said {
        rule: fields.find_text("rule_violated", MOST_CHARS)?,
        action: fields
            .find_text("action_taken", MOST_CHARS)?
            .unwrap_or_else(|| UNKNOWN.to_owned()),
        reasoning: fields.find_text("reasoning", MOST_CHARS)?,
    })
}

fn infraction(json: &str, (guild, user): (i64, i64), zone: Zone) -> Result<OldInfraction, Wrong> {
    let mut fields = Fields::read(json)?;
    let at = fields.time("timestamp", zone)?;
    let Said {
        rule,
        action,
        reasoning,
    } = said(&mut fields)?;
    Ok(OldInfraction {
        guild,
        user,
        at,
        rule,
        action,
        reasoning,
    })
}

impl Kind for Infractions {
    type Row = OldInfraction;

    fn legacy(&self) -> &'static Legacy {
        &LEGACY
    }

    fn read(&mut self, record: Record<'_>, tray: &mut Tray<OldInfraction>) {
        tray.read += 1;
        let Some(ids) = self.of_key(&record, tray) else {
            return;
        };
        if record.json.is_empty() {
            tray.refuse(
                &record.place,
                &Wrong::record("it is no list of infractions"),
            );
            return;
        }
        match infraction(record.json, ids, self.zone) {
            Ok(row) => tray.put(record.place, row, record.json.len()),
            Err(wrong) => tray.refuse(&record.place, &wrong),
        }
    }

    fn settle<'a>(
        &'a mut self,
        session: &'a mut Session,
        rows: &'a [OldInfraction],
    ) -> BoxFuture<'a, QueryResult<Settled>> {
        self.load.settle(session, rows).boxed()
    }

    fn finish<'a>(&'a mut self, session: &'a mut Session) -> BoxFuture<'a, QueryResult<()>> {
        self.load.count(session).boxed()
    }
}
