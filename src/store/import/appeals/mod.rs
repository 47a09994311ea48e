//! Appeals of an older bot, found again by the ids that it gave them.

mod rows;

use std::collections::HashSet;

use diesel::QueryResult;

pub use self::rows::OldAppeal;
use super::{Fate, Mode, Session, Settled};

/// Writes the appeals that are not there, each tied to its infraction where that is known.
///
/// # Errors
/// Whatever the database gives.
pub async fn settle(session: &mut Session, rows: &[OldAppeal]) -> QueryResult<Settled> {
    let mut there = rows::find(session, rows).await?;
    let links = rows::link(session, rows).await?;
    let mut open = rows::open(session, &links).await?;
    let mut settled = Settled::default();
    let mut fresh = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        if let Some(now) = there.get(&row.legacy_id) {
            if now.is_same(row) {
                settled.same += 1;
            } else {
                let why = "the appeal is there with other content, and stays as it is";
                settled.tell(place, Fate::Kept(why.to_owned()));
            }
            continue;
        }
        let link = links.get(&place).copied();
        if is_second(row, link, &mut open) {
            let why = "another appeal against the same infraction is open";
            settled.tell(place, Fate::Refused(why.to_owned()));
            continue;
        }
        settled.found_new(session.mode, place);
        there.insert(row.legacy_id, row.clone());
        fresh.push((row.clone(), link));
    }
    if session.mode == Mode::Write {
        rows::insert(session, &fresh).await?;
    }
    Ok(settled)
}

/// Whether an open appeal against the same infraction or case is there; else this one now is, if it is open.
fn is_second(row: &OldAppeal, link: Option<rows::Link>, open: &mut HashSet<Taken>) -> bool {
    let (true, Some(link)) = (row.is_open(), link) else {
        return false;
    };
    let case = link.case.map(Taken::Case);
    let taken: Vec<Taken> = [Some(Taken::Infraction(link.infraction)), case]
        .into_iter()
        .flatten()
        .collect();
    let is_taken = taken.iter().any(|taken| open.contains(taken));
    if !is_taken {
        open.extend(taken);
    }
    is_taken
}

/// What an open appeal is against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Taken {
    Infraction(i64),
    Case(i64),
}
