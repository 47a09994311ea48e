//! Blog posts, which the Python bot kept in its database alone.

use diesel::QueryResult;
use futures_util::future::{BoxFuture, FutureExt as _};
use serde_json::Value as Json;

use super::infractions::MOST_CHARS;
use super::{Kind, Legacy};
use crate::cli::import::fields::{Fields, Wrong};
use crate::cli::import::tray::Tray;
use crate::cli::import::walk::{Record, Shape};
use crate::cli::import::zone::Zone;
use crate::store::import::posts::{OldPost, settle};
use crate::store::import::{OldTable, Session, Settled};

static LEGACY: Legacy = Legacy {
    file: None,
    shape: Shape::Items,
    table: OldTable::POSTS,
};

/// Blog posts.
#[derive(Clone)]
pub(in crate::cli::import) struct Posts {
    zone: Zone,
}

impl Posts {
    /// Naive times are of this zone.
    pub(in crate::cli::import) const fn new(zone: Zone) -> Self {
        Self { zone }
    }
}

fn post(json: &str, zone: Zone) -> Result<OldPost, Wrong> {
    let mut fields = Fields::read(json)?;
    let created_at = fields.time("created_at", zone)?;
    let updated_at = fields.find_time("updated_at", zone)?;
    let slug = fields.text("slug", 255)?;
    if !is_slug(&slug) {
        let why = "a slug has lower-case letters, digits and single hyphens";
        return Err(Wrong::field("slug", why));
    }
    Ok(OldPost {
        title: fields.text("title", 255)?,
        content: fields.find_text("content", MOST_CHARS)?.unwrap_or_default(),
        author_id: fields
            .find_number("author_id", i64::MAX)?
            .unwrap_or_default(),
        published: fields.take("published") == Some(Json::Bool(true)),
        slug,
        created_at,
        updated_at: updated_at.unwrap_or(created_at),
    })
}

fn is_slug(text: &str) -> bool {
    text.split('-').all(|word| {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        !word.is_empty() && word.bytes().all(is_plain)
    })
}

impl Kind for Posts {
    type Row = OldPost;

    fn legacy(&self) -> &'static Legacy {
        &LEGACY
    }

    fn read(&mut self, record: Record<'_>, tray: &mut Tray<OldPost>) {
        tray.read += 1;
        match post(record.json, self.zone) {
            Ok(row) => tray.put(record.place, row, record.json.len()),
            Err(wrong) => tray.refuse(&record.place, &wrong),
        }
    }

    fn settle<'a>(
        &'a mut self,
        session: &'a mut Session,
        rows: &'a [OldPost],
    ) -> BoxFuture<'a, QueryResult<Settled>> {
        settle(session, rows).boxed()
    }
}
