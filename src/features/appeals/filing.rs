//! The member's side: what may be appealed against, the form, and the appeal that is kept.

use chrono::{DateTime, Utc};

use super::desk::Desk;
use super::records::{find_presence, find_sentence, list_sentences};
use super::replies::card::{self, APPEAL_MARK};
use super::replies::member as words;
use super::rows::{Appeal, list_past};
use super::standing::{Obstacle, Past, Status, obstacle};
use super::subject::{Deed, Sentence, Subject};
use super::table::{Filed, NewAppeal};
use super::text::cleaned;
use crate::actions::plan::{new_errand, plan_errand};
use crate::actions::{Call, Errand};
use crate::commands::components::custom_id;
use crate::commands::error::Away;
use crate::commands::forms::{FIRST_ANSWER_WITHIN, Form};
use crate::commands::{CommandError, Refusal, Services};
use crate::domain::ids::{GuildId, UserId};
use crate::domain::verdict::Card;
use crate::store::tables::operations::PostedCard;

/// What the custom ids of the button under a notice begin with; the server and the punishment follow.
pub(super) const OPEN: &str = "appeals/open";
/// What the custom ids of forms begin with, in the same way.
pub(super) const SEND: &str = "appeals/send";
/// What the custom id of the select begins with; a server for the language follows.
pub(super) const PICK: &str = "appeals/pick";

/// How many punishments are offered: what a select holds.
const OFFERED: usize = 25;

/// How many are looked at for that.
const LOOKED_AT: i64 = 60;

/// A punishment as it is chosen: the server, and which one there.
pub(super) fn chosen(guild: GuildId, subject: Subject) -> String {
    format!("{guild}/{subject}")
}

/// Reads a choice; the server may be left out where it is clear.
pub(super) fn read_choice(text: &str, here: Option<GuildId>) -> Option<(GuildId, Subject)> {
    let text = text.trim();
    match text.split_once('/') {
        Some((guild, subject)) => Some((guild.parse().ok()?, subject.parse().ok()?)),
        None => Some((here?, text.parse().ok()?)),
    }
}

/// What somebody may appeal against now, newest first, and the own appeals that are still to be decided.
pub(super) struct Offer {
    pub(super) sentences: Vec<Sentence>,
    pub(super) open: Vec<Past>,
    /// What keeps the member from appealing against the others.
    pub(super) obstacles: Vec<(GuildId, Obstacle)>,
}

impl Offer {
    /// Reads it, of one server or of all.
    pub(super) async fn of(
        services: &Services,
        user: UserId,
        guild: Option<GuildId>,
    ) -> Result<Self, CommandError> {
        let reading = Self::read(services, user, guild);
        match tokio::time::timeout(FIRST_ANSWER_WITHIN, reading).await {
            Ok(offer) => offer,
            Err(_) => Err(CommandError::Unavailable(Away::Database)),
        }
    }

    async fn read(
        services: &Services,
        user: UserId,
        guild: Option<GuildId>,
    ) -> Result<Self, CommandError> {
        let mut conn = services.reader().await?;
        let all = list_sentences(&mut conn, user, guild, LOOKED_AT).await?;
        let past = list_past(&mut conn, user).await?;
        drop(conn);
        let (mut sentences, mut obstacles) = (Vec::new(), Vec::new());
        for sentence in all {
            let desk = Desk::at(services, sentence.guild, user).await?;
            match hindrance(&desk, &sentence, &past)? {
                None => sentences.push(sentence),
                Some(obstacle) => obstacles.push((sentence.guild, obstacle)),
            }
            if sentences.len() == OFFERED {
                break;
            }
        }
        let here = |past: &Past| guild.is_none_or(|guild| past.guild == guild);
        let open = past.into_iter();
        let open = open.filter(|past| past.status.is_open() && here(past));
        Ok(Self {
            sentences,
            open: open.collect(),
            obstacles,
        })
    }
}

impl Offer {
    /// The first server of the member's punishments, where none of these servers takes appeals.
    pub(super) fn all_off(&self) -> Option<GuildId> {
        let mut obstacles = self.obstacles.iter();
        let all = obstacles.all(|(_, one)| matches!(one, Obstacle::Off));
        let first = self.obstacles.first().map(|(guild, _)| *guild);
        first.filter(|_| all && self.sentences.is_empty())
    }

    /// When something can be appealed against again, where only time is in the way.
    pub(super) fn next_at(&self) -> Option<DateTime<Utc>> {
        let moments = self.obstacles.iter().filter_map(|(_, one)| match one {
            Obstacle::Denied(at) | Obstacle::TooSoon(at) | Obstacle::Pause(at) => Some(*at),
            _ => None,
        });
        moments.min()
    }
}

/// The name of a server.
pub(super) fn name_of(services: &Services, guild: GuildId) -> String {
    let view = services.guilds.view(guild);
    match view.name.as_str() {
        "" => guild.to_string(),
        name => name.to_owned(),
    }
}

/// The form against a punishment, once it is sure that it may be appealed against.
pub(super) async fn form(desk: &Desk<'_>, subject: Subject) -> Result<Form, CommandError> {
    let sentence = admitted(desk, subject).await?;
    let id = custom_id(SEND, &[&desk.guild, &sentence.subject]);
    Ok(words::form(desk.speech, &sentence, &desk.settings, id))
}

/// The punishment, if it is the member's own and nothing keeps them from appealing.
async fn admitted(desk: &Desk<'_>, subject: Subject) -> Result<Sentence, CommandError> {
    let mut conn = desk.services.reader().await?;
    let found = find_sentence(&mut conn, desk.guild, subject).await?;
    let own = found.filter(|sentence| sentence.user == desk.user);
    let Some(sentence) = own else {
        return Err(Refusal::new(words::not_yours(desk.speech)).into());
    };
    if !find_presence(&mut conn, desk.guild).await? {
        return Err(Refusal::new(words::gone(desk.speech)).into());
    }
    let past = list_past(&mut conn, desk.user).await?;
    drop(conn);
    match hindrance(desk, &sentence, &past)? {
        None => Ok(sentence),
        Some(obstacle) => {
            let name = name_of(desk.services, desk.guild);
            let text = words::obstacle(desk.speech, obstacle, &name);
            Err(Refusal::new(text).into())
        }
    }
}

/// What keeps the member from appealing against a punishment now.
fn hindrance(
    desk: &Desk<'_>,
    sentence: &Sentence,
    past: &[Past],
) -> Result<Option<Obstacle>, CommandError> {
    if sentence.deed() == Deed::Ban && desk.is_kept_out(sentence.user)? {
        return Ok(Some(Obstacle::Operators));
    }
    let now = desk.services.clock.now();
    Ok(obstacle(sentence, past, &desk.settings, now))
}

/// Keeps an appeal and has it shown to the staff; what the member reads then.
pub(super) async fn file(
    desk: &Desk<'_>,
    subject: Subject,
    text: &str,
) -> Result<String, CommandError> {
    let text = cleaned(text);
    if let Some(misfit) = words::misfit(desk.speech, &text, &desk.settings) {
        return Err(Refusal::new(misfit).into());
    }
    let sentence = admitted(desk, subject).await?;
    let at = desk.services.clock.now();
    let card = card_of(desk, &sentence, &text)?;
    let new = NewAppeal::new(&sentence, text, at)
        .after_pause(desk.settings.pause)
        .with_card(card);
    match desk.keep(new).await?.ack {
        Filed::Made { id, .. } => {
            let name = name_of(desk.services, desk.guild);
            Ok(words::filed(desk.speech, id, &sentence, &name))
        }
        // The same form was sent twice, or two of them at once: the one that came first is told of.
        Filed::AlreadyOpen | Filed::TooSoon => match admitted(desk, sentence.subject).await {
            Err(told) => Err(told),
            Ok(_) => Err(anyhow::anyhow!("another appeal is there and is not").into()),
        },
    }
}

/// The errand that posts the card, where there is a channel for it.
fn card_of(
    desk: &Desk<'_>,
    sentence: &Sentence,
    text: &str,
) -> Result<Option<crate::store::tables::operations::NewErrand>, CommandError> {
    let Some(channel) = desk.settings.channel else {
        return Ok(None);
    };
    let now = desk.services.clock.now();
    let appeal = Appeal {
        id: 0,
        guild: desk.guild,
        user: desk.user,
        sentence: Some(sentence.clone()),
        text: text.to_owned(),
        status: Status::Pending,
        answer: None,
        reviewer: None,
        made_at: now,
        changed_at: now,
    };
    let errand = Errand {
        guild: desk.guild,
        key: card_key(APPEAL_MARK),
        reason: "an appeal is shown to the staff".to_owned(),
        calls: vec![Call::Card(card::appeal(
            desk.speech,
            &appeal,
            APPEAL_MARK,
            channel,
        ))],
        after: None,
    };
    let steps = plan_errand(&errand);
    let errand = new_errand(errand, now, &steps).map_err(anyhow::Error::new)?;
    Ok(Some(errand))
}

/// The key of the errand that posts an appeal's card.
pub(super) fn card_key(id: &str) -> String {
    format!("appeals:card:{id}")
}

/// Writes an appeal's card anew, where it stands or as soon as it does.
pub(super) fn edit(posted: PostedCard, id: &str, card: Card) -> Call {
    match posted.place() {
        Some((channel, message)) => Call::EditCard {
            channel,
            message,
            card,
        },
        None => Call::EditPosted {
            posted_by: card_key(id),
            card,
        },
    }
}
