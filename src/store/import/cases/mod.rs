//! Cases of an older bot, with their numbers.

mod rows;

use std::collections::{BTreeMap, HashMap};

use diesel::QueryResult;

pub use self::rows::OldCase;
use super::{Fate, Mode, Session, Settled};

/// Writes cases that have a number. One whose number is taken by another case is refused.
///
/// # Errors
/// Whatever the database gives.
pub async fn settle_numbered(session: &mut Session, rows: &[OldCase]) -> QueryResult<Settled> {
    if session.mode == Mode::Write {
        // First, since this locks the guilds: no running bot gives one of these numbers away meanwhile.
        rows::advance(session, &highest(rows)).await?;
    }
    let mut there: HashMap<(i64, i64), OldCase> = rows::find(session, rows).await?;
    let mut settled = Settled::default();
    let mut fresh = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let key = (row.guild, row.number.unwrap_or_default());
        match there.get(&key) {
            Some(now) if now == row => settled.same += 1,
            Some(_) => {
                let why = format!(
                    "case {} exists with other content and stays as it is",
                    key.1
                );
                settled.tell(place, Fate::Refused(why));
            }
            None => {
                settled.found_new(session.mode, place);
                there.insert(key, row.clone());
                fresh.push(row.clone());
            }
        }
    }
    if session.mode == Mode::Write {
        rows::insert(session, &fresh).await?;
    }
    Ok(settled)
}

/// Writes cases without a number, which get the next ones of their guilds in the order of the rows. To be called when all
/// that have one are written.
///
/// # Errors
/// Whatever the database gives.
pub async fn settle_unnumbered(session: &mut Session, rows: &[OldCase]) -> QueryResult<Settled> {
    let mut known = std::collections::HashSet::new();
    let distinct: Vec<usize> = (0..rows.len())
        .filter(|place| known.insert(&rows[*place]))
        .collect();
    let wanted: Vec<&OldCase> = distinct.iter().map(|place| &rows[*place]).collect();
    let absent = rows::list_absent(session, &wanted).await?;
    let mut settled = Settled {
        same: (rows.len() - absent.len()) as u64,
        ..Settled::default()
    };
    let mut fresh = Vec::new();
    for place in absent {
        settled.found_new(session.mode, distinct[place]);
        fresh.push(wanted[place].clone());
    }
    if session.mode == Mode::Write && !fresh.is_empty() {
        number(session, &mut fresh).await?;
        rows::insert(session, &fresh).await?;
    }
    Ok(settled)
}

async fn number(session: &mut Session, rows: &mut [OldCase]) -> QueryResult<()> {
    let mut counts: BTreeMap<i64, i64> = BTreeMap::new();
    for row in rows.iter() {
        *counts.entry(row.guild).or_default() += 1;
    }
    let mut last = rows::take_numbers(session, &counts).await?;
    for row in rows {
        let next = last
            .get_mut(&row.guild)
            .ok_or(diesel::result::Error::NotFound)?;
        *next += 1;
        row.number = Some(*next);
    }
    Ok(())
}

/// The highest number of each guild.
fn highest(rows: &[OldCase]) -> BTreeMap<i64, i64> {
    let mut highest = BTreeMap::new();
    for row in rows {
        let number = row.number.unwrap_or_default();
        let there = highest.entry(row.guild).or_insert(number);
        *there = number.max(*there);
    }
    highest
}
