//! Appeals of somebody who is forgotten: they are withdrawn, and their cards say so, without the text and the buttons.

use chrono::{DateTime, Utc};

use super::filing::{card_key, edit};
use super::replies::{TEXTS, card};
use super::rows::list_past;
use crate::actions::Errand;
use crate::actions::plan::{new_errand, plan_errand};
use crate::domain::ids::{GuildId, UserId};
use crate::guild::config::loader::Loader;
use crate::guild::language::{Language, Speech};
use crate::store::Pool;
use crate::store::tables::operations::{NewErrand, PostedCard, find_card};

/// An open appeal with a card.
struct Shown {
    id: i64,
    guild: GuildId,
    card: PostedCard,
}

/// The errands that write the cards of a person's open appeals anew, to be journaled along with what is erased. An appeal
/// without a card needs none.
///
/// # Errors
/// Where the appeals or a guild's language cannot be read.
pub(crate) async fn withdrawals(
    pool: &Pool,
    loader: &Loader,
    user: UserId,
    now: DateTime<Utc>,
) -> anyhow::Result<Vec<NewErrand>> {
    let mut errands = Vec::new();
    for shown in list_shown(pool, user).await? {
        let snapshot = loader.load(shown.guild).await?;
        let speech = TEXTS.speech(Language::of(snapshot.values()));
        errands.push(withdrawal(speech, &shown, now)?);
    }
    Ok(errands)
}

async fn list_shown(pool: &Pool, user: UserId) -> anyhow::Result<Vec<Shown>> {
    let mut conn = pool.acquire().await?;
    let mut shown = Vec::new();
    for past in list_past(&mut conn, user).await? {
        if !past.status.is_open() {
            continue;
        }
        let card = find_card(&mut conn, &card_key(&past.id.to_string())).await?;
        shown.extend(card.map(|card| Shown {
            id: past.id,
            guild: past.guild,
            card,
        }));
    }
    Ok(shown)
}

fn withdrawal(speech: Speech, shown: &Shown, now: DateTime<Utc>) -> serde_json::Result<NewErrand> {
    let channel = shown.card.channel;
    let card = card::withdrawn(speech, shown.id, channel);
    let errand = Errand {
        guild: shown.guild,
        key: format!("appeals:withdrawn:{}", shown.id),
        reason: format!("appeal #{} is withdrawn", shown.id),
        calls: vec![edit(shown.card, &shown.id.to_string(), card)],
        after: None,
    };
    let steps = plan_errand(&errand);
    new_errand(errand, now, &steps)
}
