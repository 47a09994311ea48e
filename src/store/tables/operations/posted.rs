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

/// A row of the journal that posts a card: its state, its channel and message, and the channel where it is still to go.
type Row = (String, Option<i64>, Option<i64>, Option<String>);

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
            action_journal::state,
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

/// Finds the card of a case, with the key of the operation that posts it: also one that the case does not name yet.
///
/// # Errors
/// Whatever the database gives.
pub async fn find_card_of_case(
    conn: &mut AsyncPgConnection,
    case: i64,
) -> QueryResult<Option<(String, PostedCard)>> {
    let row: Option<(String, Row)> = action_journal::table
        .filter(action_journal::case_id.eq(case))
        .filter(action_journal::kind.eq("CARD"))
        .filter(action_journal::state.eq_any(["INTENDED", "DONE"]))
        .select((
            action_journal::operation_key,
            (
                action_journal::state,
                action_journal::channel_id,
                action_journal::message_id,
                action_journal::payload
                    .retrieve_as_text("channel")
                    .nullable(),
            ),
        ))
        .first(conn)
        .await
        .optional()?;
    Ok(row.and_then(|(key, row)| Some((key, card(row)?))))
}

fn card((state, channel, message, queued): Row) -> Option<PostedCard> {
    if state == "INTENDED" {
        return Some(PostedCard {
            channel: queued?.parse().ok()?,
            message: None,
        });
    }
    Some(PostedCard {
        channel: ChannelId::from_i64(channel?),
        message: Some(MessageId::from_i64(message?)),
    })
}
