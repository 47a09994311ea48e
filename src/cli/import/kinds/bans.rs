//! `global_bans.json`: a list of users.

use diesel::QueryResult;
use futures_util::future::{BoxFuture, FutureExt as _};
use serde_json::Value as Json;

use super::infractions::MOST_CHARS;
use super::{Kind, Legacy};
use crate::cli::import::fields::{Fields, NO_ID, Wrong, id};
use crate::cli::import::tray::Tray;
use crate::cli::import::walk::{Record, Shape};
use crate::cli::import::zone::Zone;
use crate::store::import::bans::{OldBan, settle};
use crate::store::import::{OldTable, Session, Settled};

static LEGACY: Legacy = Legacy {
    file: Some("wdiscordbot-json-data/global_bans.json"),
    shape: Shape::Items,
    table: OldTable::BANS,
};

/// The reason of bans that have none.
const REASON: &str = "Migrated from JSON";

/// Bans everywhere.
#[derive(Clone)]
pub(in crate::cli::import) struct Bans {
    zone: Zone,
}

impl Bans {
    /// Naive times are of this zone.
    pub(in crate::cli::import) const fn new(zone: Zone) -> Self {
        Self { zone }
    }
}

/// A bare id, or a row of the table.
fn ban(json: &str, zone: Zone) -> Result<OldBan, Wrong> {
    let ban = |user| OldBan {
        user,
        reason: REASON.to_owned(),
        banned_by: 0,
        at: None,
    };
    if !json.trim_start().starts_with('{') {
        let value: Json = serde_json::from_str(json).unwrap_or_default();
        return id(&value).map(ban).ok_or_else(|| Wrong::record(NO_ID));
    }
    let mut fields = Fields::read(json)?;
    let user = fields.id("user_id")?;
    let reason = fields.find_text("reason", MOST_CHARS)?;
    Ok(OldBan {
        reason: reason.unwrap_or_else(|| REASON.to_owned()),
        banned_by: fields
            .find_number("banned_by", i64::MAX)?
            .unwrap_or_default(),
        at: fields.find_time("banned_at", zone)?,
        ..ban(user)
    })
}

impl Kind for Bans {
    type Row = OldBan;

    fn legacy(&self) -> &'static Legacy {
        &LEGACY
    }

    fn read(&mut self, record: Record<'_>, tray: &mut Tray<OldBan>) {
        tray.read += 1;
        match ban(record.json, self.zone) {
            Ok(row) => tray.put(record.place, row, record.json.len()),
            Err(wrong) => tray.refuse(&record.place, &wrong),
        }
    }

    fn settle<'a>(
        &'a mut self,
        session: &'a mut Session,
        rows: &'a [OldBan],
    ) -> BoxFuture<'a, QueryResult<Settled>> {
        settle(session, rows).boxed()
    }
}
