//! The guild actor: takes one letter after another from its mailbox. What it does with them is in `State`'s methods.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ractor::{Actor, ActorProcessingErr, ActorRef};
use tokio::sync::oneshot;

use super::activity::Activity;
use super::config::change::{self, Change, ChangeError, Changed};
use super::guilds::Services;
use super::mailbox::Letter;
use super::metrics::{CHANGES_TOTAL, DECISIONS_TOTAL, MessageMeters, RELOAD_SECONDS, SHED_TOTAL};
use super::slot::{Slot, State};
use crate::cache::count_guild_config;
use crate::domain::event::{Event, GuildEvent};
use crate::store::tables::config::{ConfigChange, ConfigChanged};
use crate::store::tables::guilds::GuildSeen;
use crate::writer::WriteError;

/// How often counts are flushed, and how often an actor looks whether it may sleep.
const TICK: Duration = Duration::from_secs(5);

pub(super) struct GuildActor;

/// The process stops before a configuration could be read.
struct Stopping;

/// What an actor is told.
pub(super) enum GuildMsg {
    /// A letter is in the mailbox.
    Letter,
    /// Time has passed.
    Tick,
}

/// What an actor starts with.
pub(super) struct Start {
    pub(super) slot: Arc<Slot>,
    pub(super) services: Services,
}

/// A guild's memory while it is awake.
pub(super) struct Memory {
    slot: Arc<Slot>,
    services: Services,
    activity: Activity,
    meters: MessageMeters,
    last_letter: Instant,
}

impl Actor for GuildActor {
    type Msg = GuildMsg;
    type State = Memory;
    type Arguments = Start;

    async fn pre_start(
        &self,
        _myself: ActorRef<GuildMsg>,
        start: Start,
    ) -> Result<Memory, ActorProcessingErr> {
        start.slot.enter(State::Starting);
        Ok(Memory {
            slot: start.slot,
            services: start.services,
            activity: Activity::default(),
            meters: MessageMeters::new(),
            last_letter: Instant::now(),
        })
    }

    async fn post_start(
        &self,
        myself: ActorRef<GuildMsg>,
        memory: &mut Memory,
    ) -> Result<(), ActorProcessingErr> {
        if memory.load_configuration().await.is_err() {
            myself.stop(None);
            return Ok(());
        }
        memory.slot.enter(State::Awake);
        memory.slot.actor.store(Some(Arc::new(myself.clone())));
        // What waited while nobody was there, and what came in before the address was known.
        for _ in 0..memory.slot.mailbox.len() {
            myself.cast(GuildMsg::Letter)?;
        }
        myself.send_interval(TICK, || GuildMsg::Tick);
        Ok(())
    }

    async fn handle(
        &self,
        myself: ActorRef<GuildMsg>,
        message: GuildMsg,
        memory: &mut Memory,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            GuildMsg::Letter => memory.handle_next().await,
            GuildMsg::Tick => {
                memory.flush_activity().await;
                if memory.may_sleep() {
                    // From here on letters wake a new actor.
                    memory.slot.actor.store(None);
                    myself.stop(Some(super::supervisor::ASLEEP.to_owned()));
                }
            }
        }
        Ok(())
    }

    async fn post_stop(
        &self,
        _myself: ActorRef<GuildMsg>,
        memory: &mut Memory,
    ) -> Result<(), ActorProcessingErr> {
        memory.slot.actor.store(None);
        memory.slot.snapshot.store(None);
        memory.flush_activity().await;
        Ok(())
    }
}

impl Memory {
    /// Waits for as long as the configuration cannot be read: no default stands in for it.
    async fn load_configuration(&self) -> Result<(), Stopping> {
        let mut pause = Duration::from_millis(100);
        loop {
            match self.services.loader.load(self.slot.guild).await {
                Ok(snapshot) => {
                    self.slot.snapshot.store(Some(Arc::new(snapshot)));
                    return Ok(());
                }
                Err(error) => {
                    tracing::warn!(guild.id = %self.slot.guild, %error, "the configuration cannot be read yet");
                }
            }
            tokio::select! {
                () = tokio::time::sleep(pause.mul_f64(rand::random_range(0.5..1.0))) => {}
                () = self.services.stopping.cancelled() => return Err(Stopping),
            }
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }

    async fn handle_next(&mut self) {
        let Some((came, letter)) = self.slot.mailbox.pop() else {
            return;
        };
        self.meters.wait.record(came.elapsed());
        self.last_letter = Instant::now();
        match letter {
            Letter::Event(event) => self.handle_event(event).await,
            Letter::Change(change, reply) => {
                let result = self.change(*change).await;
                // A caller that has gone away no longer waits for the answer; the change holds all the same.
                drop(reply.send(result));
            }
            Letter::Reload => drop(self.load_configuration().await),
            #[expect(clippy::panic, reason = "this is what the letter asks for")]
            Letter::Crash => panic!("crash asked for"),
        }
    }

    async fn handle_event(&mut self, event: GuildEvent) {
        self.take_in(&event.event).await;
        match &event.event {
            Event::MessagePosted(message) | Event::MessageEdited(message)
                if !message.author.bot =>
            {
                if matches!(event.event, Event::MessagePosted(_)) {
                    self.activity
                        .note(&message.author, self.services.clock.now());
                }
                self.judge(&event);
                self.meters.decision.record(event.received.elapsed());
                self.meters.judged.increment(1);
            }
            Event::MemberJoined(_) => self.judge(&event),
            _ => {}
        }
    }

    /// Follows the gateway: the view of the guild, and its row in the database.
    async fn take_in(&self, event: &Event) {
        let mut view = self.slot.view.load_full();
        if matches!(event, Event::MessagePosted(_)) {
            return;
        }
        if Arc::make_mut(&mut view).apply(event) {
            self.slot.view.store(view);
        }
        let guild = self.slot.guild;
        let seen = match event {
            Event::GuildAvailable(facts) => {
                self.services.actions.settle(guild);
                let member_count = i32::try_from(facts.member_count).unwrap_or(i32::MAX);
                Some(GuildSeen::Present {
                    guild,
                    name: facts.name.clone(),
                    member_count,
                })
            }
            Event::GuildLeft => Some(GuildSeen::Left {
                guild,
                at: self.services.clock.now(),
            }),
            _ => None,
        };
        if let Some(seen) = seen
            && let Err(error) = self.services.writer.keep(seen).await
        {
            tracing::error!(guild.id = %guild, %error, "guild_settings does not follow the gateway");
        }
    }

    fn judge(&self, event: &GuildEvent) {
        count_guild_config(true);
        let Some(snapshot) = self.slot.snapshot.load_full() else {
            return;
        };
        let view = self.slot.view.load();
        let Some(decision) = snapshot.judge(&view, &event.event, self.services.clock.now()) else {
            return;
        };
        DECISIONS_TOTAL.increment([
            self.services.loader.registry().label_of(&decision.room),
            decision.punishment.label(),
        ]);
        tracing::info!(
            guild.id = %decision.guild,
            user.id = %decision.target,
            room = decision.room,
            action = decision.punishment.label(),
            config.version = %decision.config_version,
            "decided"
        );
        if let Err(error) = self.services.actions.submit(decision) {
            SHED_TOTAL.increment(["actions_full"]);
            tracing::error!(guild.id = %self.slot.guild, %error, "a decision was given up");
        }
    }

    /// Writes a change and judges by it from the moment of its commit.
    async fn change(&self, change: Change) -> Result<Changed, ChangeError> {
        let source = change.source.label();
        let result = self.try_change(change).await;
        let outcome = match &result {
            Ok(Changed { written: true, .. }) => "written",
            Ok(_) => "unchanged",
            Err(ChangeError::Invalid(_)) => "invalid",
            Err(ChangeError::Write(_)) => "failed",
        };
        CHANGES_TOTAL.increment([source, outcome]);
        result
    }

    async fn try_change(&self, change: Change) -> Result<Changed, ChangeError> {
        let Some(current) = self.slot.snapshot.load_full() else {
            return Err(ChangeError::Write(WriteError::Stopped));
        };
        let new = change::after(current.values(), change.key, &change.edit)?;
        let old = current.values().find_set(change.key).cloned();
        if new == old {
            return Ok(Changed {
                version: current.version(),
                old,
                new,
                written: false,
            });
        }
        let record = ConfigChange {
            guild: self.slot.guild,
            key: change.key.name,
            place: change.key.place,
            value: new.as_ref().map(super::config::value::Value::to_json),
            changed_by: change.by,
            source: change.source,
            reason: change.reason,
        };
        let committed = self.commit(record).await?;
        let started = Instant::now();
        if committed.version.0 == current.version().0 + 1 {
            let registry = self.services.loader.registry();
            let next = current.with(registry, committed.version, change.key, new.clone());
            self.slot.snapshot.store(Some(Arc::new(next)));
        } else {
            // Another process changed this guild meanwhile: only the database knows all of it.
            drop(self.load_configuration().await);
        }
        RELOAD_SECONDS.record([], started.elapsed());
        self.services.publish(self.slot.guild, committed.version);
        tracing::info!(guild.id = %self.slot.guild, key = change.key.name, config.version = %committed.version, "configured");
        Ok(Changed {
            version: committed.version,
            old,
            new,
            written: true,
        })
    }

    /// Waits for the commit, but not so long that judging would stop with the database. A change that is still under
    /// way then is read back as soon as it has ended.
    async fn commit(&self, record: ConfigChange) -> Result<ConfigChanged, WriteError> {
        let (ended, mut answer) = oneshot::channel();
        let (writer, slot) = (self.services.writer.clone(), Arc::clone(&self.slot));
        self.services.tasks.spawn(async move {
            if ended.send(writer.keep_now(record).await).is_err() {
                // A sleeping or crashed guild reads everything anew, so a letter that finds no reader is not missed.
                drop(slot.post(Letter::Reload));
            }
        });
        let patience = self.services.options.commit_within;
        match tokio::time::timeout(patience, &mut answer).await {
            Ok(result) => result.unwrap_or(Err(WriteError::Interrupted)),
            Err(_) => Err(WriteError::Unavailable(patience)),
        }
    }

    async fn flush_activity(&mut self) {
        for seen in self.activity.take() {
            if let Err(error) = self.services.writer.keep(seen).await {
                // Counts may be lost; see `keep`.
                tracing::warn!(guild.id = %self.slot.guild, %error, "message counts were not written");
                return;
            }
        }
    }

    fn may_sleep(&self) -> bool {
        self.slot.mailbox.is_empty()
            && self.last_letter.elapsed() >= self.services.options.idle_after
    }
}
