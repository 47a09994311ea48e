//! Which edit of a card is the newest: an older one that Discord held up must not write over it.

use chrono::{DateTime, Utc};

use super::newest::Newest;
use super::plan::{Call, Step};
use crate::domain::ids::{ChannelId, MessageId};

/// The newest edits.
#[derive(Default)]
pub(super) struct Cards(Newest<Named>);

/// What names a card.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Named {
    /// Where it stands.
    At(ChannelId, MessageId),
    /// The operation that posts it.
    PostedBy(String),
}

impl Cards {
    /// Notes when the edits among these steps were asked for. One that waits for an outcome may never be made; it is
    /// noted by itself when it is.
    pub(super) fn note<'a>(&self, steps: impl Iterator<Item = &'a Step>, asked: DateTime<Utc>) {
        for step in steps.filter(|step| step.after.is_none()) {
            self.note_one(&step.call, asked);
        }
    }

    /// Notes when an edit was asked for.
    pub(super) fn note_one(&self, call: &Call, asked: DateTime<Utc>) {
        if let Some(card) = edited(call) {
            self.0.note(card, asked);
        }
    }

    /// Whether the call is an edit that a later one has overtaken.
    pub(super) fn is_overtaken(&self, call: &Call, asked: DateTime<Utc>) -> bool {
        edited(call).is_some_and(|card| self.0.is_after(&card, asked))
    }
}

fn edited(call: &Call) -> Option<Named> {
    match call {
        Call::EditCard {
            channel, message, ..
        } => Some(Named::At(*channel, *message)),
        Call::EditPosted { posted_by, .. } => Some(Named::PostedBy(posted_by.clone())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::verdict::Card;

    fn edit(message: u64) -> Step {
        let card = Card {
            channel: ChannelId(1),
            title: String::new(),
            fields: vec![],
            buttons: vec![],
            undone: None,
        };
        Step {
            call: Call::EditCard {
                channel: ChannelId(1),
                message: MessageId(message),
                card,
            },
            reason: String::new(),
            obstacle: None,
            after: None,
        }
    }

    #[test]
    fn only_an_older_edit_of_the_same_card_is_overtaken() {
        let cards = Cards::default();
        let (early, late) = (
            DateTime::UNIX_EPOCH,
            DateTime::UNIX_EPOCH + TimeDelta::seconds(1),
        );
        let (one, other) = (edit(1), edit(2));
        cards.note([&one].into_iter(), late);
        cards.note([&one, &other].into_iter(), early);
        assert!(cards.is_overtaken(&one.call, early));
        assert!(!cards.is_overtaken(&one.call, late));
        assert!(!cards.is_overtaken(&other.call, early));
        let post = match one.call {
            Call::EditCard { card, .. } => Call::Card(card),
            other => other,
        };
        assert!(!cards.is_overtaken(&post, early));
    }
}
