//! `user_data.json`: an object of users, each with a note.

use diesel::QueryResult;
use futures_util::future::{BoxFuture, FutureExt as _};

use super::infractions::MOST_CHARS;
use super::{Kind, Legacy};
use crate::cli::import::fields::{Fields, NO_ID, Wrong, id_in};
use crate::cli::import::tray::Tray;
use crate::cli::import::walk::{Record, Shape};
use crate::store::import::notes::{OldNote, settle};
use crate::store::import::{OldTable, Session, Settled};

static LEGACY: Legacy = Legacy {
    file: Some("user_data.json"),
    shape: Shape::Entries,
    table: OldTable::USERS,
};

/// Notes about users.
#[derive(Clone)]
pub(in crate::cli::import) struct Notes;

/// The note of a user, if there is one, and the names of fields for which there is no place.
fn note(key: &str, json: &str) -> Result<(Option<OldNote>, Vec<String>), Wrong> {
    let user = id_in(key).ok_or_else(|| Wrong::record(format!("its key is no user: {NO_ID}")))?;
    let mut fields = Fields::read(json)?;
    let note = fields.find_text("note", MOST_CHARS)?;
    let note = note.map(|note| OldNote { user, note });
    let others = fields
        .into_entries()
        .filter(|(name, value)| name != "note" && !value.is_null());
    Ok((note, others.map(|(name, _)| name).collect()))
}

impl Kind for Notes {
    type Row = OldNote;

    fn legacy(&self) -> &'static Legacy {
        &LEGACY
    }

    fn read(&mut self, record: Record<'_>, tray: &mut Tray<OldNote>) {
        tray.read += 1;
        match note(record.key(), record.json) {
            Ok((note, others)) => {
                for name in others {
                    let wrong = Wrong::field(&name, "only the note of a user has a place here");
                    tray.read += 1;
                    tray.refuse(&record.place, &wrong);
                }
                match note {
                    Some(note) => tray.put(record.place, note, record.json.len()),
                    None => tray.read -= 1,
                }
            }
            Err(wrong) => tray.refuse(&record.place, &wrong),
        }
    }

    fn settle<'a>(
        &'a mut self,
        session: &'a mut Session,
        rows: &'a [OldNote],
    ) -> BoxFuture<'a, QueryResult<Settled>> {
        settle(session, rows).boxed()
    }
}
