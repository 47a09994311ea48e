//! `appeals.json`: an object of appeals by their ids, each with the infraction that it is against.

use diesel::QueryResult;
use futures_util::future::{BoxFuture, FutureExt as _};
use serde_json::Value as Json;
use uuid::Uuid;

use super::infractions::{MOST_CHARS, Said, said};
use super::{Kind, Legacy};
use crate::cli::import::fields::{Fields, Wrong};
use crate::cli::import::tray::Tray;
use crate::cli::import::walk::{Record, Shape};
use crate::cli::import::zone::Zone;
use crate::store::import::appeals::{OldAppeal, settle};
use crate::store::import::{OldTable, Session, Settled};

static LEGACY: Legacy = Legacy {
    file: Some("wdiscordbot-json-data/appeals.json"),
    shape: Shape::Entries,
    table: OldTable::APPEALS,
};

const INFRACTION: &str = "original_infraction";

/// Appeals.
#[derive(Clone)]
pub(in crate::cli::import) struct Appeals {
    zone: Zone,
}

impl Appeals {
    /// Naive times are of this zone.
    pub(in crate::cli::import) const fn new(zone: Zone) -> Self {
        Self { zone }
    }
}

fn appeal(key: &str, json: &str, zone: Zone) -> Result<OldAppeal, Wrong> {
    let legacy_id = Uuid::parse_str(key)
        .map_err(|_| Wrong::record("its key is no UUID, as the ids of appeals are"))?;
    let mut fields = Fields::read(json)?;
    own_id(&mut fields, legacy_id)?;
    let user = fields.id("user_id")?;
    let reason = fields.text("reason", MOST_CHARS)?;
    let at = fields.time("timestamp", zone)?;
    let status = status(&mut fields)?;
    let response = fields.find_text("admin_response", MOST_CHARS)?;
    let mut infraction = infraction(&mut fields)?;
    let inside = |wrong: Wrong| wrong.inside(INFRACTION);
    let guild = infraction.id("guild_id").map_err(inside)?;
    let infraction_at = infraction.find_time("timestamp", zone).map_err(inside)?;
    let Said {
        rule,
        action,
        reasoning,
    } = said(&mut infraction).map_err(inside)?;
    Ok(OldAppeal {
        legacy_id,
        user,
        guild,
        reason,
        status,
        response,
        at,
        infraction_at,
        action,
        rule,
        reasoning,
    })
}

/// An appeal tells its id itself as well.
fn own_id(fields: &mut Fields<'_>, key: Uuid) -> Result<(), Wrong> {
    match fields.find_text("appeal_id", 100)? {
        Some(text) if Uuid::parse_str(&text) != Ok(key) => {
            Err(Wrong::field("appeal_id", "it is another id than the key"))
        }
        _ => Ok(()),
    }
}

fn status(fields: &mut Fields<'_>) -> Result<String, Wrong> {
    let status = fields.find_text("status", 50)?;
    let word = status.map_or_else(|| "pending".to_owned(), |text| text.to_ascii_lowercase());
    let status = match word.as_str() {
        "pending" => "PENDING",
        "under_review" => "UNDER_REVIEW",
        "accepted" | "approved" => "APPROVED",
        "denied" | "rejected" => "DENIED",
        _ => {
            let why = "it is none of pending, under_review, accepted, denied and rejected";
            return Err(Wrong::field("status", why));
        }
    };
    Ok(status.to_owned())
}

/// An object, or one written as a text.
fn infraction(fields: &mut Fields<'_>) -> Result<Fields<'static>, Wrong> {
    let value = match fields.take(INFRACTION) {
        Some(Json::String(text)) => serde_json::from_str(&text).unwrap_or_default(),
        Some(value) => value,
        None => return Err(Wrong::field(INFRACTION, "it is missing")),
    };
    Fields::of(value).map_err(|wrong| wrong.inside(INFRACTION))
}

impl Kind for Appeals {
    type Row = OldAppeal;

    fn legacy(&self) -> &'static Legacy {
        &LEGACY
    }

    fn read(&mut self, record: Record<'_>, tray: &mut Tray<OldAppeal>) {
        tray.read += 1;
        match appeal(record.key(), record.json, self.zone) {
            Ok(row) => tray.put(record.place, row, record.json.len()),
            Err(wrong) => tray.refuse(&record.place, &wrong),
        }
    }

    fn settle<'a>(
        &'a mut self,
        session: &'a mut Session,
        rows: &'a [OldAppeal],
    ) -> BoxFuture<'a, QueryResult<Settled>> {
        // Few enough for one statement of a value each.
        async move {
            let mut all = Settled::default();
            for (part, rows) in rows.chunks(AT_ONCE).enumerate() {
                let settled = settle(session, rows).await?;
                all.new += settled.new;
                all.same += settled.same;
                all.told.extend(settled.told.into_iter().map(|mut telling| {
                    telling.row += part * AT_ONCE;
                    telling
                }));
            }
            Ok(all)
        }
        .boxed()
    }
}

/// Appeals of one statement.
const AT_ONCE: usize = 1_000;
