//! The card of a changed case is made anew, as an errand of the journal: a crash does not leave it as it was.

use std::time::Duration;

use super::card::{CardFacts, card};
use super::desk::Desk;
use super::replies::CardFate;
use super::table::{Changed, Field, find_name, find_reason_edit};
use crate::actions::{CARD_GONE, CARD_OVERTAKEN, Call, Errand, PerformError};
use crate::commands::CommandError;
use crate::domain::ids::{ChannelId, MessageId};
use crate::domain::verdict::Card;
use crate::store::tables::cases::Case;
use crate::store::tables::operations::find_card_of_case;

/// How long somebody waits to read what became of the card; it is changed all the same.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often the card follows others who change the same case at the same moment.
const MOST_TURNS: usize = 5;

/// Where a card stands, or is going to.
enum Place {
    At(ChannelId, MessageId),
    /// The operation of this key has still to post it.
    Queued(ChannelId, String),
}

impl Place {
    const fn channel(&self) -> ChannelId {
        match self {
            Self::At(channel, _) | Self::Queued(channel, _) => *channel,
        }
    }

    fn edit(&self, card: Card) -> Call {
        match self {
            Self::At(channel, message) => Call::EditCard {
                channel: *channel,
                message: *message,
                card,
            },
            Self::Queued(_, posted_by) => Call::EditPosted {
                posted_by: posted_by.clone(),
                card,
            },
        }
    }
}

/// Puts a new reason on the case's card; `None` where it has no card or its reason is as before.
pub(super) async fn show(desk: &Desk<'_>, changed: &Changed) -> Option<CardFate> {
    let mut texts = changed.texts.iter();
    let (edit, _) = texts.find(|(_, new)| new.field == Field::Reason)?;
    let case = &changed.before;
    let place = match find_place(desk, case).await {
        Ok(place) => place?,
        Err(error) => {
            tracing::warn!(guild.id = %desk.guild, case.number = case.case_number, %error, "a card was not looked for");
            return None;
        }
    };
    let shown = put_newest(desk, changed, &place, *edit).await;
    Some(shown.unwrap_or_else(|error| {
        tracing::warn!(guild.id = %desk.guild, case.number = case.case_number, %error, "a card was not made anew");
        CardFate::Failed(place.channel(), error.to_string())
    }))
}

async fn find_place(desk: &Desk<'_>, case: &Case) -> Result<Option<Place>, CommandError> {
    if let (Some(channel), Some(message)) = (case.channel_id, case.message_id) {
        let (channel, message) = (ChannelId::from_i64(channel), MessageId::from_i64(message));
        return Ok(Some(Place::At(channel, message)));
    }
    let mut conn = desk.services.reader().await?;
    let card = find_card_of_case(&mut conn, case.id).await?;
    // It may have been posted a moment ago.
    Ok(card.map(|(posted_by, card)| match card.message {
        Some(message) => Place::At(card.channel, message),
        None => Place::Queued(card.channel, posted_by),
    }))
}

/// Writes the card until it says what the case says: whoever changed the case a moment later may have been faster.
async fn put_newest(
    desk: &Desk<'_>,
    changed: &Changed,
    place: &Place,
    mut edit: i64,
) -> Result<CardFate, CommandError> {
    let id = changed.before.id;
    let mut key = format!("case-card:{id}:{edit}");
    let mut turn = 1;
    loop {
        let card = made_anew(desk, changed.before.case_number, place.channel()).await?;
        let fate = put(desk, place, card, key.clone()).await;
        let mut conn = desk.services.reader().await?;
        let newest = find_reason_edit(&mut conn, id).await?.unwrap_or(edit);
        if newest == edit || turn == MOST_TURNS {
            return Ok(fate);
        }
        key = format!("case-card:{id}:{newest}:{edit}");
        (edit, turn) = (newest, turn + 1);
    }
}

/// The card of the case as it is now.
async fn made_anew(desk: &Desk<'_>, number: i64, channel: ChannelId) -> Result<Card, CommandError> {
    let case = desk.case(number).await?;
    let mut conn = desk.services.reader().await?;
    let name = find_name(&mut conn, case.target_user_id).await?;
    let facts = CardFacts::of(&case, name.as_deref());
    Ok(card(desk.language, channel, &facts))
}

async fn put(desk: &Desk<'_>, place: &Place, card: Card, key: String) -> CardFate {
    let channel = place.channel();
    let errand = Errand {
        guild: desk.guild,
        key,
        reason: "the reason of the case was changed".to_owned(),
        calls: vec![place.edit(card)],
        after: None,
    };
    let run = desk.services.actions.run_now(errand);
    match tokio::time::timeout(PATIENCE, run).await {
        Ok(Ok(performed)) => match performed.detail {
            None => CardFate::Updated,
            // It says what the case says now, by the hand of whoever was faster.
            Some(detail) if detail == CARD_OVERTAKEN => CardFate::Updated,
            Some(detail) if detail == CARD_GONE => CardFate::Gone(channel),
            Some(detail) => CardFate::Failed(channel, detail),
        },
        Ok(Err(error @ (PerformError::Busy(_) | PerformError::NotJournaled(_)))) => {
            CardFate::Failed(channel, error.to_string())
        }
        Ok(Err(PerformError::AlreadyKnown | PerformError::Interrupted)) | Err(_) => {
            CardFate::Follows(channel)
        }
    }
}
