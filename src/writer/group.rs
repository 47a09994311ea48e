//! Rows of one kind that wait together: what the writer's batches are made of, whatever the rows are.

use std::any::{Any, TypeId};

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use super::aside::LaneOfKind;
use super::error::WriteError;
use crate::store::record::Record;

/// Where a caller waits for its acknowledgement.
pub(super) type Reply<A> = oneshot::Sender<Result<A, WriteError>>;

/// Rows of one record kind, behind a common face.
pub(super) trait Group: Send + Any {
    fn kind(&self) -> TypeId;
    fn table(&self) -> &'static str;
    fn len(&self) -> usize;
    /// The lane of the first row; a group that has not been merged has one row.
    fn lane(&self) -> Option<i64>;
    /// The lanes of all rows.
    fn lanes(&self) -> Vec<i64>;
    /// Takes over the rows of another group of the same kind.
    fn absorb(&mut self, other: Box<dyn Group>);
    /// Takes the second half of the rows away.
    fn split_off_half(&mut self) -> Box<dyn Group>;
    fn write<'a>(&'a mut self, conn: &'a mut AsyncPgConnection) -> BoxFuture<'a, QueryResult<()>>;
    /// Tells every caller what the last [`Group::write`] gave. Only after the commit.
    fn acknowledge(self: Box<Self>);
    fn fail(self: Box<Self>, error: &WriteError);
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// The rows of one kind with their callers and, after a write, their acknowledgements.
pub(super) struct Rows<R: Record> {
    rows: Vec<R>,
    replies: Vec<Option<Reply<R::Ack>>>,
    acks: Vec<R::Ack>,
}

impl<R: Record> Rows<R> {
    pub(super) fn one(row: R, reply: Option<Reply<R::Ack>>) -> Self {
        Self {
            rows: vec![row],
            replies: vec![reply],
            acks: Vec::new(),
        }
    }
}

impl<R: Record> Group for Rows<R> {
    fn kind(&self) -> TypeId {
        TypeId::of::<R>()
    }

    fn table(&self) -> &'static str {
        R::TABLE
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn lane(&self) -> Option<i64> {
        self.rows.first().and_then(R::lane)
    }

    fn lanes(&self) -> Vec<i64> {
        self.rows.iter().filter_map(R::lane).collect()
    }

    fn absorb(&mut self, other: Box<dyn Group>) {
        if let Ok(other) = other.into_any().downcast::<Self>() {
            self.rows.extend(other.rows);
            self.replies.extend(other.replies);
        }
    }

    fn split_off_half(&mut self) -> Box<dyn Group> {
        let middle = self.rows.len() / 2;
        self.acks.clear();
        Box::new(Self {
            rows: self.rows.split_off(middle),
            replies: self.replies.split_off(middle),
            acks: Vec::new(),
        })
    }

    fn write<'a>(&'a mut self, conn: &'a mut AsyncPgConnection) -> BoxFuture<'a, QueryResult<()>> {
        Box::pin(async move {
            self.acks = R::write_all(conn, &self.rows).await?;
            Ok(())
        })
    }

    fn acknowledge(self: Box<Self>) {
        for (reply, ack) in self.replies.into_iter().zip(self.acks) {
            answer(reply, Ok(ack));
        }
    }

    fn fail(self: Box<Self>, error: &WriteError) {
        for reply in self.replies {
            answer(reply, Err(error.clone()));
        }
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

fn answer<A>(reply: Option<Reply<A>>, result: Result<A, WriteError>) {
    if let Some(reply) = reply {
        // A caller that has gone away no longer wants to know; its change is written all the same.
        drop(reply.send(result));
    }
}

/// What is written in one transaction: at most one group per record kind.
#[derive(Default)]
pub(super) struct Batch {
    groups: Vec<Box<dyn Group>>,
    lanes: Vec<LaneOfKind>,
}

impl Batch {
    /// Takes a waiting group in, or hands it back where its lane is already taken.
    pub(super) fn admit(&mut self, group: Box<dyn Group>) -> Option<Box<dyn Group>> {
        let kind = group.kind();
        if let Some(lane) = group.lane() {
            if self.lanes.contains(&(kind, lane)) {
                return Some(group);
            }
            self.lanes.push((kind, lane));
        }
        match self.groups.iter_mut().find(|there| there.kind() == kind) {
            Some(there) => there.absorb(group),
            None => self.groups.push(group),
        }
        None
    }

    pub(super) fn rows(&self) -> usize {
        self.groups.iter().map(|group| group.len()).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The lanes of all rows, which no other row may overtake.
    pub(super) fn lanes(&self) -> Vec<LaneOfKind> {
        let groups = self.groups.iter();
        groups
            .flat_map(|group| group.lanes().into_iter().map(|lane| (group.kind(), lane)))
            .collect()
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = &dyn Group> {
        self.groups.iter().map(Box::as_ref)
    }

    pub(super) fn groups_mut(&mut self) -> impl Iterator<Item = &mut Box<dyn Group>> {
        self.groups.iter_mut()
    }

    pub(super) fn into_groups(self) -> Vec<Box<dyn Group>> {
        self.groups
    }

    /// Two batches of about half the rows; the first keeps this one's older rows.
    pub(super) fn split(mut self) -> (Self, Self) {
        let groups = if self.groups.len() > 1 {
            self.groups.split_off(self.groups.len() / 2)
        } else {
            self.groups
                .first_mut()
                .map(|only| only.split_off_half())
                .into_iter()
                .collect()
        };
        (
            self,
            Self {
                groups,
                lanes: Vec::new(),
            },
        )
    }
}
