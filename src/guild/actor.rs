//! The guild actor: takes one letter after another from its mailbox. What it does with them is in `State`'s methods.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ractor::{Actor, ActorProcessingErr, ActorRef};

use super::activity::Activity;
use super::guilds::Services;
use super::mailbox::Letter;
use super::metrics::{DECISIONS_TOTAL, MessageMeters, SHED_TOTAL};
use super::newest::Newest;
use super::slot::{Slot, State};
use crate::cache::count_guild_config;
use crate::domain::event::{Event, GuildEvent};
use crate::store::tables::guilds::GuildSeen;

/// How often counts are flushed, and how often an actor looks whether it may sleep. A crash loses at most the counts of
/// five seconds: two until the flush, and plenty for the writer's commit.
const TICK: Duration = Duration::from_secs(2);

pub(super) struct GuildActor;

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
    pub(super) slot: Arc<Slot>,
    pub(super) services: Services,
    /// What is in force comes from Redis or from before a crash: whatever the database says takes its place.
    pub(super) unconfirmed: bool,
    activity: Activity,
    newest: Newest,
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
            unconfirmed: false,
            activity: Activity::default(),
            newest: Newest::new(),
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
        memory.slot.actor.store(Some(Arc::new(myself.clone())));
        memory.slot.enter(State::Awake);
        // What waited while nobody was there, and what came in before the address was known.
        for _ in 0..memory.slot.mailbox.len() {
            myself.cast(GuildMsg::Letter)?;
        }
        let tick = TICK.min(memory.services.options.idle_after);
        myself.send_interval(tick, || GuildMsg::Tick);
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
                let guild = memory.slot.guild;
                memory.activity.flush(guild, &memory.services.writer);
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
        let guild = memory.slot.guild;
        memory.activity.finish(guild, &memory.services.writer).await;
        Ok(())
    }
}

impl Memory {
    async fn handle_next(&mut self) {
        let Some((came, letter)) = self.slot.mailbox.pop() else {
            return;
        };
        self.meters.wait.record(came.elapsed());
        self.last_letter = Instant::now();
        match letter {
            Letter::Event(event) => self.handle_event(event).await,
            // A caller that has gone away was told that nothing was changed.
            Letter::Change(_, reply) if reply.is_closed() => {}
            Letter::Change(change, reply) => {
                let result = self.change(*change).await;
                // Where the caller went away meanwhile, the change holds all the same.
                drop(reply.send(result));
            }
            // Who has gone away meanwhile needs no answer.
            Letter::CatchUp(reply) => drop(reply.send(self.be_current().await)),
            Letter::View(reply) => drop(reply.send(self.slot.current_view())),
            Letter::Configuration(read) => self.take(*read),
            Letter::Erased => self.start_over(),
            Letter::Forget(user, reply) => {
                self.activity.forget(user);
                // Who has gone away meanwhile needs no answer.
                reply.send(()).ok();
            }
            #[expect(clippy::panic, reason = "this is what the letter asks for")]
            Letter::Crash => panic!("crash asked for"),
        }
        self.slot.mailbox.put_down();
    }

    async fn handle_event(&mut self, event: GuildEvent) {
        self.take_in(&event.event).await;
        match &event.event {
            Event::MessagePosted(message)
            | Event::MessageEdited(message)
            | Event::MessageFound(message)
                if !message.author.bot =>
            {
                let edited = matches!(event.event, Event::MessageEdited(_));
                if !edited && !self.newest.is_new(message.id) {
                    return;
                }
                if matches!(event.event, Event::MessagePosted(_)) {
                    self.activity
                        .note_message(&message.author, self.services.clock.now());
                }
                self.judge(&event);
                self.meters.decision.record(event.received.elapsed());
                self.meters.judged.increment(1);
            }
            Event::MemberJoined(who) => {
                if !who.bot {
                    self.activity.note_join(who, self.services.clock.now());
                }
                self.judge(&event);
            }
            Event::AuditEntry(_) => self.judge(&event),
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
        if matches!(event, Event::RoleChanged(_) | Event::RoleDeleted(_)) {
            self.services.forget_permissions(guild);
        }
        let seen = match event {
            Event::GuildAvailable(facts) => {
                self.services.actions.settle(guild);
                Some(GuildSeen::present(guild, &facts.name, facts.member_count))
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
        if !view.is_known() {
            // Who is staff cannot be told yet. Discord describes a guild before it sends anything else of it.
            return;
        }
        let Some(mut decision) = snapshot.judge(&view, &event.event, self.services.clock.now())
        else {
            return;
        };
        let registry = self.services.loader.registry();
        registry.hang_buttons(&mut decision, snapshot.values());
        DECISIONS_TOTAL.increment([
            registry.label_of(&decision.room),
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

    fn may_sleep(&self) -> bool {
        self.slot.mailbox.is_empty()
            && self.activity.is_settled()
            && self.last_letter.elapsed() >= self.services.options.idle_after
    }
}
