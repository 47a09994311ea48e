//! What happened in the world, in order: kept from the moment somebody wants to know, for prompts and for programs
//! that subscribe.

use std::collections::{HashMap, HashSet, VecDeque};

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::answer::{Answer, finished};
use super::log::{RequestEntry, RequestLog};
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::simulator::world::World;
use crate::simulator::world::event::{Body, Event};
use crate::simulator::world::guild::AuditEntry;
use crate::simulator::world::interaction::InteractionKind;
use crate::simulator::world::message::Message;

/// Happenings that are kept; the oldest are forgotten first.
const KEPT: usize = 20_000;
/// Messages that are remembered, so that a deletion can tell what was deleted.
const REMEMBERED: usize = 20_000;
/// Interactions that are watched for answers and their later edits.
const WATCHED: usize = 50;

/// Something that happened in the world.
#[derive(Clone, Debug)]
pub struct Happening {
    /// Counts from 1.
    pub number: u64,
    /// When, by the world's clock.
    pub at: DateTime<Utc>,
    /// Where; none outside guilds.
    pub guild: Option<GuildId>,
    /// Who did it, where that is known.
    pub by: Option<UserId>,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum What {
    /// Somebody wrote a message, a direct one included.
    Posted(Box<Message>),
    /// Somebody changed a message, which now is so.
    Edited(Box<Message>),
    /// A message is gone, which was so.
    Deleted(Box<Message>),
    /// Somebody joined.
    Joined(UserId),
    /// Somebody left by themselves.
    Left(UserId),
    /// Somebody used a command (its name), a button, a select (nothing) or sent a form.
    Used(String),
    /// The bot answered an interaction of this user, or changed its answer.
    Answered(UserId, Box<Answer>),
    /// The audit log has a new entry: a ban, a kick, a timeout, a changed role.
    Moderated(Box<AuditEntry>),
    /// The bot asked REST for something.
    Requested(Box<RequestEntry>),
}

impl What {
    /// One word for it, as programs get it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Posted(_) => "posted",
            Self::Edited(_) => "edited",
            Self::Deleted(_) => "deleted",
            Self::Joined(_) => "joined",
            Self::Left(_) => "left",
            Self::Used(_) => "used",
            Self::Answered(..) => "answered",
            Self::Moderated(_) => "moderated",
            Self::Requested(_) => "requested",
        }
    }
}

/// The ids that the bodies of the gateway's events name.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ids {
    id: Option<Value>,
    ids: Vec<MessageId>,
    channel_id: Option<ChannelId>,
    user: Option<Person>,
}

#[derive(Debug, Deserialize)]
struct Person {
    id: UserId,
}

impl Ids {
    fn of(event: &Event) -> Self {
        let text = match &event.body {
            Body::Json(text) | Body::Message { full: text, .. } => text,
            Body::Guild(_) => return Self::default(),
        };
        serde_json::from_str(text).unwrap_or_default()
    }

    fn number(&self) -> Option<u64> {
        let id = self.id.as_ref()?;
        id.as_u64().or_else(|| id.as_str()?.parse().ok())
    }
}

/// The book of what happened. It stays empty until somebody opens it, so that floods pay nothing for it.
#[derive(Debug, Default)]
pub(crate) struct Diary {
    open: bool,
    entries: VecDeque<Happening>,
    last: u64,
    messages: HashMap<MessageId, Message>,
    order: VecDeque<MessageId>,
    audited: HashMap<GuildId, u64>,
    watched: VecDeque<(u64, Option<Value>)>,
    requests: u64,
}

impl Diary {
    /// Begins to keep what happens, knowing what stands already. The number of the last happening.
    pub(crate) fn open(&mut self, world: &World, log: &RequestLog) -> u64 {
        if !self.open {
            self.open = true;
            self.requests = log.total;
            let stand = world.messages.values().flat_map(|list| list.values());
            for message in stand {
                self.remember(message);
            }
            for guild in world.guilds.values() {
                let newest = guild.audit_log.last().map_or(0, |entry| entry.id);
                self.audited.insert(guild.id, newest);
            }
        }
        self.last
    }

    /// Everything after a number, oldest first.
    pub(crate) fn after(&self, number: u64) -> impl Iterator<Item = &Happening> {
        self.entries.iter().filter(move |one| one.number > number)
    }

    /// Takes in what one change of the world brought, before the gateway is told.
    pub(crate) fn note(&mut self, world: &World, log: &RequestLog) {
        if !self.open {
            return;
        }
        let audit = self.new_audit(world);
        let answers = self.new_answers(world);
        self.note_events(world, &audit, &answers);
        for (guild, entry) in audit {
            let by = Some(entry.by);
            self.write(world, Some(guild), by, What::Moderated(Box::new(entry)));
        }
        for (guild, user, answer) in answers {
            let what = What::Answered(user, Box::new(answer));
            self.write(world, guild, Some(world.bot.user), what);
        }
        let new = usize::try_from(log.total - self.requests).unwrap_or(usize::MAX);
        self.requests = log.total;
        for entry in log.newest(new) {
            let what = What::Requested(Box::new(entry.clone()));
            self.write(world, None, Some(world.bot.user), what);
        }
    }

    fn write(&mut self, world: &World, guild: Option<GuildId>, by: Option<UserId>, what: What) {
        self.last += 1;
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(Happening {
            number: self.last,
            at: world.now(),
            guild,
            by,
            what,
        });
    }

    fn remember(&mut self, message: &Message) {
        if self.messages.insert(message.id, message.clone()).is_none() {
            self.order.push_back(message.id);
        }
        while self.order.len() > REMEMBERED {
            if let Some(oldest) = self.order.pop_front() {
                self.messages.remove(&oldest);
            }
        }
    }

    /// Entries of the audit logs of those guilds that something was said of.
    fn new_audit(&mut self, world: &World) -> Vec<(GuildId, AuditEntry)> {
        let told: HashSet<GuildId> = world.outbox.iter().filter_map(|one| one.guild).collect();
        let mut new = Vec::new();
        for id in told {
            let seen = self.audited.entry(id).or_default();
            let log = world
                .guilds
                .get(&id)
                .map(|guild| guild.audit_log.as_slice());
            let fresh = log.unwrap_or_default().iter().rev();
            let mut fresh: Vec<_> = fresh.take_while(|entry| entry.id > *seen).collect();
            fresh.reverse();
            *seen = fresh.last().map_or(*seen, |entry| entry.id);
            new.extend(fresh.into_iter().map(|entry| (id, entry.clone())));
        }
        new
    }

    /// Answers that were not there before, or were different.
    fn new_answers(&mut self, world: &World) -> Vec<(Option<GuildId>, UserId, Answer)> {
        let mut new = Vec::new();
        for (id, known) in &mut self.watched {
            let Some(found) = world.interactions.get(id) else {
                continue;
            };
            let Some(answer) = finished(world, found) else {
                continue;
            };
            let look = Value::from(vec![
                answer.raw.clone(),
                Value::from(answer.followups.clone()),
            ]);
            if known.as_ref() != Some(&look) {
                *known = Some(look);
                new.push((found.guild, found.user, answer));
            }
        }
        newest_of_each_message(new)
    }

    fn note_events(
        &mut self,
        world: &World,
        audit: &[(GuildId, AuditEntry)],
        answers: &[(Option<GuildId>, UserId, Answer)],
    ) {
        let answered: Vec<_> = answers.iter().map(|(.., answer)| answer.message).collect();
        for event in &world.outbox {
            let ids = Ids::of(event);
            match event.name.as_str() {
                "MESSAGE_CREATE" => self.note_message(world, &ids, What::Posted),
                "MESSAGE_UPDATE" if !answered.contains(&ids.number().map(MessageId)) => {
                    self.note_message(world, &ids, What::Edited);
                }
                "MESSAGE_DELETE" => self.note_deleted(world, ids.number(), audit),
                "MESSAGE_DELETE_BULK" => {
                    for id in &ids.ids {
                        self.note_deleted(world, Some(id.0), audit);
                    }
                }
                "GUILD_MEMBER_ADD" => {
                    let user = ids.user.map(|user| user.id);
                    let what = user.map(What::Joined);
                    self.note_person(world, event.guild, user, what);
                }
                "GUILD_MEMBER_REMOVE" => {
                    let user = ids.user.map(|user| user.id);
                    let sent = |entry: &AuditEntry| matches!(entry.action, 20 | 22);
                    let away = audit
                        .iter()
                        .any(|(_, entry)| sent(entry) && entry.target == user.map(|user| user.0));
                    let what = user.filter(|_| !away).map(What::Left);
                    self.note_person(world, event.guild, user, what);
                }
                "INTERACTION_CREATE" => self.note_use(world, ids.number()),
                _ => {}
            }
        }
    }

    fn note_person(
        &mut self,
        world: &World,
        guild: Option<GuildId>,
        user: Option<UserId>,
        what: Option<What>,
    ) {
        if let Some(what) = what {
            self.write(world, guild, user, what);
        }
    }

    /// A message that answers an interaction is told as its answer.
    fn note_message(&mut self, world: &World, ids: &Ids, what: fn(Box<Message>) -> What) {
        let id = ids.number().map(MessageId);
        let (Some(id), Some(channel)) = (id, ids.channel_id) else {
            return;
        };
        let Some(message) = world.message(channel, id) else {
            return;
        };
        self.remember(message);
        if message.interaction.is_none() {
            let what = what(Box::new(message.clone()));
            self.write(world, message.guild, Some(message.author), what);
        }
    }

    fn note_deleted(&mut self, world: &World, id: Option<u64>, audit: &[(GuildId, AuditEntry)]) {
        let known = id.and_then(|id| self.messages.remove(&MessageId(id)));
        if let Some(message) = known {
            let deletes = |entry: &&(GuildId, AuditEntry)| matches!(entry.1.action, 72 | 73);
            let mut alone = world.deleters.iter();
            let alone = alone.find(|(one, _)| *one == message.id);
            let by = alone.map(|(_, by)| *by);
            let by = by.or_else(|| audit.iter().find(deletes).map(|(_, entry)| entry.by));
            let by = by.unwrap_or(message.author);
            self.write(
                world,
                message.guild,
                Some(by),
                What::Deleted(Box::new(message)),
            );
        }
    }

    fn note_use(&mut self, world: &World, id: Option<u64>) {
        let found = id.and_then(|id| world.interactions.get(&id));
        let Some(found) = found.filter(|one| one.kind != InteractionKind::Autocomplete) else {
            return;
        };
        if self.watched.len() == WATCHED {
            self.watched.pop_front();
        }
        self.watched.push_back((found.id, None));
        let what = What::Used(found.name.clone());
        self.write(world, found.guild, Some(found.user), what);
    }
}

/// A press that changes the answer to an earlier interaction answers both; it is one happening, of the newer one.
fn newest_of_each_message(
    mut answers: Vec<(Option<GuildId>, UserId, Answer)>,
) -> Vec<(Option<GuildId>, UserId, Answer)> {
    let mut seen = HashSet::new();
    answers.reverse();
    answers.retain(|(.., answer)| answer.message.is_none_or(|message| seen.insert(message)));
    answers.reverse();
    answers
}
