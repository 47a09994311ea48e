//! Records that were read and wait to be written together, and what is to be told of others.

use super::fields::Wrong;
use super::place::Place;

/// The most records of a tray.
const MOST_ROWS: usize = 10_000;
/// The most bytes of their texts.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// What is told of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It does not fit and was skipped.
    Refused,
    /// Something else is in the database, and stays.
    Kept,
    /// A name that no part of AIMod knows; it is taken over.
    Unknown,
    /// Validation: it is not in the database.
    Missing,
    /// Validation: something else is.
    Differs,
}

impl Kind {
    /// The word in the report.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Kept => "kept",
            Self::Unknown => "unknown",
            Self::Missing => "missing",
            Self::Differs => "differs",
        }
    }
}

/// A record, and what is to be told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remark {
    pub(super) kind: Kind,
    pub(super) pointer: String,
    pub(super) reason: String,
}

/// A number of records on their way into the database.
#[derive(Debug)]
pub(super) struct Tray<R> {
    pub(super) rows: Vec<R>,
    /// Where each row stands.
    pub(super) places: Vec<Place>,
    pub(super) remarks: Vec<Remark>,
    /// All records that were read, those that were refused too.
    pub(super) read: u64,
    /// Those that were refused.
    pub(super) refused: u64,
    bytes: usize,
}

impl<R> Default for Tray<R> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            places: Vec::new(),
            remarks: Vec::new(),
            read: 0,
            refused: 0,
            bytes: 0,
        }
    }
}

impl<R> Tray<R> {
    /// Lays a row on it that was made from so many bytes.
    pub(super) fn put(&mut self, place: Place, row: R, bytes: usize) {
        self.rows.push(row);
        self.places.push(place);
        self.bytes += bytes;
    }

    /// Notes that a record does not fit.
    pub(super) fn refuse(&mut self, place: &Place, wrong: &Wrong) {
        self.refused += 1;
        self.remark(Kind::Refused, place, wrong);
    }

    /// Notes something else about a record.
    pub(super) fn remark(&mut self, kind: Kind, place: &Place, wrong: &Wrong) {
        let remark = Remark {
            kind,
            pointer: place.pointer(wrong.field.as_deref()),
            reason: wrong.reason.clone(),
        };
        self.bytes += remark.pointer.len() + remark.reason.len();
        self.remarks.push(remark);
    }

    /// Whether it should be brought away.
    pub(super) fn is_full(&self) -> bool {
        self.rows.len() + self.remarks.len() >= MOST_ROWS || self.bytes >= MOST_BYTES
    }
}
