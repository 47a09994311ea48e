//! What the Python bot kept: a file here for each kind of record, with the file or table where it lies.

pub(super) mod appeals;
pub(super) mod bans;
pub(super) mod cases;
pub(super) mod infractions;
mod names;
pub(super) mod notes;
pub(super) mod posts;
pub(super) mod secrets;
pub(super) mod settings;
mod wishes;

use diesel::QueryResult;
use futures_util::future::{BoxFuture, FutureExt as _};

use super::tray::Tray;
use super::walk::{Record, Shape};
use crate::store::import::{OldTable, Session, Settled};

/// Where records of a kind lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Legacy {
    /// The file below the Python bot's working directory; none for what it kept in its database alone.
    pub(super) file: Option<&'static str>,
    /// How they lie in it.
    pub(super) shape: Shape,
    /// The table of its database.
    pub(super) table: OldTable,
}

/// A kind of record: how it is read, and how it is written. One copy reads while another writes.
pub(super) trait Kind: Clone + Send + 'static {
    /// A record that fits.
    type Row: Send + Sync + 'static;

    /// Where it lies.
    fn legacy(&self) -> &'static Legacy;

    /// Reads one record, and lays what became of it on the tray.
    fn read(&mut self, record: Record<'_>, tray: &mut Tray<Self::Row>);

    /// Writes rows, or looks what of them is there.
    fn settle<'a>(
        &'a mut self,
        session: &'a mut Session,
        rows: &'a [Self::Row],
    ) -> BoxFuture<'a, QueryResult<Settled>>;

    /// What is to be done when all are written, in the same transaction.
    fn finish<'a>(&'a mut self, _session: &'a mut Session) -> BoxFuture<'a, QueryResult<()>> {
        std::future::ready(Ok(())).boxed()
    }

    /// How often the file is read, and as what.
    fn passes(&self) -> Vec<Self> {
        vec![self.clone()]
    }
}
