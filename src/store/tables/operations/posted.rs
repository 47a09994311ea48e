//! The cards that operations post.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::domain::ids::{ChannelId, MessageId};
use crate::store::schema::action_journal;

/// Where a message stands.
pub type Place = (ChannelId, MessageId);

/// A card that stands somewhere, or soon will.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostedCard {
    /// Its channel.
    pub channel: ChannelId,
    /// Its message; none while it is still to be posted.
    pub message: Option<MessageId>,
}

impl PostedCard {
    /// Where it stands, once it does.
    #[must_use]
    pub fn place(self) -> Option<Place> {
        Some((self.channel, self.message?))
    }
}

/// A row of the journal that posts a card: its channel and message, and the channel where it is still to go.
type Row = (Option<i64>, Option<i64>, Option<String>);

/// Finds the card of an operation; nothing where it has none, or could not post it.
///
/// # Errors
/// Whatever the database gives.
pub async fn find_card(conn: &mut AsyncPgConnection, key: &str) -> QueryResult<Option<PostedCard>> {
    let row: Option<Row> = action_journal::table
        .filter(action_journal::operation_key.eq(key))
        .filter(action_journal::kind.eq("CARD"))
        .filter(action_journal::state.eq_any(["INTENDED", "DONE"]))
        .order(action_journal::step.desc())
        .select((
            action_journal::channel_id,
            action_journal::message_id,
            action_journal::payload
                .retrieve_as_text("channel")
                .nullable(),
        ))
        .first(conn)
        .await
        .optional()?;
    Ok(row.and_then(card))
}

fn card((channel, message, queued): Row) -> Option<PostedCard> {
    let posted = channel.map(ChannelId::from_i64);
    Some(PostedCard {
        channel: posted.or_else(|| queued?.parse().ok())?,
        message: message.map(MessageId::from_i64),
    })
}

/// Finds the card of a case that is still to be posted: the key of the operation, and the channel.
///
/// # Errors
/// Whatever the database gives.
pub async fn find_queued_card(
    conn: &mut AsyncPgConnection,
    case: i64,
) -> QueryResult<Option<(String, ChannelId)>> {
    let row: Option<(String, Option<String>)> = action_journal::table
        .filter(action_journal::case_id.eq(case))
        .filter(action_journal::kind.eq("CARD"))
        .filter(action_journal::state.eq("INTENDED"))
        .select((
            action_journal::operation_key,
            action_journal::payload
                .retrieve_as_text("channel")
                .nullable(),
        ))
        .first(conn)
        .await
        .optional()?;
    Ok(row.and_then(|(key, channel)| Some((key, channel?.parse().ok()?))))
}
