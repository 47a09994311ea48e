//! Bulk loads by which `aimod import` brings an older bot's data in: the one writer of rows beside `writer/`.
//!
//! Millions of rows in one transaction per file have no place in the queue that running guilds wait in. Each load has a
//! session of its own, gathers rows into statements of a fixed text over arrays, and looks before it writes, so that
//! what is there already stays as it is. A session that only looks is read-only to the server as well.

pub mod appeals;
pub mod bans;
pub mod cases;
pub mod infractions;
pub mod notes;
mod old;
pub mod posts;
pub mod secrets;
mod session;
pub mod settings;

pub use self::old::{OldDatabase, OldTable};
pub use self::session::{Mode, Session};

/// What became of rows that were brought in, or what would become of them where a session only looks.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Rows that were not there.
    pub new: u64,
    /// Rows that were there with the same content.
    pub same: u64,
    /// What is to be told of single rows.
    pub told: Vec<Telling>,
}

/// What is to be told of a row.
#[derive(Debug, PartialEq, Eq)]
pub struct Telling {
    /// Its place among the rows.
    pub row: usize,
    /// Its field, where only that is meant.
    pub field: Option<String>,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a row that was not simply written, or found.
#[derive(Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is not there, and the session only looks.
    Absent,
    /// Something else is there, which stays.
    Kept(String),
    /// It cannot be there.
    Refused(String),
}

impl Settled {
    /// Notes that a row is new; where the session only looks, also which.
    fn found_new(&mut self, mode: Mode, row: usize) {
        self.new += 1;
        if mode == Mode::Look {
            self.tell(row, Fate::Absent);
        }
    }

    fn tell(&mut self, row: usize, fate: Fate) {
        self.told.push(Telling {
            row,
            field: None,
            fate,
        });
    }
}
