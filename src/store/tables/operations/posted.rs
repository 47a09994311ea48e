//! The messages that steps have posted.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::domain::ids::{ChannelId, MessageId};
use crate::store::schema::action_journal;

/// Finds the message that an operation posted, the last one where it posted several: a decision's card comes after its
/// notice.
///
/// # Errors
/// Whatever the database gives.
pub async fn find_posted(
    conn: &mut AsyncPgConnection,
    key: &str,
) -> QueryResult<Option<(ChannelId, MessageId)>> {
    let found: Option<(Option<i64>, Option<i64>)> = action_journal::table
        .filter(action_journal::operation_key.eq(key))
        .filter(action_journal::channel_id.is_not_null())
        .filter(action_journal::message_id.is_not_null())
        .order(action_journal::step.desc())
        .select((action_journal::channel_id, action_journal::message_id))
        .first(conn)
        .await
        .optional()?;
    Ok(found.and_then(|(channel, message)| {
        Some((ChannelId::from_i64(channel?), MessageId::from_i64(message?)))
    }))
}
