//! The supervisor of guild actors: wakes, restarts with back-off, parks those that crash again and again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ractor::{Actor, ActorCell, ActorId, ActorProcessingErr, ActorRef, SupervisionEvent};

use super::actor::{GuildActor, GuildMsg, Start};
use super::guilds::Services;
use super::metrics::RESTARTS_TOTAL;
use super::slot::{Slot, State};
use crate::domain::ids::GuildId;

/// Why an actor stops that may sleep.
pub(super) const ASLEEP: &str = "asleep";

pub(super) struct Supervisor;

pub(super) enum SupervisorMsg {
    /// A letter came for a guild without actor.
    Wake(Arc<Slot>),
    /// The pause after a crash, or the parking time, is over.
    Restart(Arc<Slot>),
    /// Let every actor finish its mailbox, then stop.
    Drain,
}

/// The actors that live, and the crashes that are remembered.
pub(super) struct Wards {
    services: Services,
    by_actor: HashMap<ActorId, Arc<Slot>>,
    /// Guilds with a living actor or a restart under way: a wake for them has nothing to do.
    occupied: HashMap<GuildId, Option<ActorRef<GuildMsg>>>,
    crashes: HashMap<GuildId, Vec<Instant>>,
    draining: bool,
}

impl Actor for Supervisor {
    type Msg = SupervisorMsg;
    type State = Wards;
    type Arguments = Services;

    async fn pre_start(
        &self,
        _myself: ActorRef<SupervisorMsg>,
        services: Services,
    ) -> Result<Wards, ActorProcessingErr> {
        Ok(Wards {
            services,
            by_actor: HashMap::new(),
            occupied: HashMap::new(),
            crashes: HashMap::new(),
            draining: false,
        })
    }

    async fn handle(
        &self,
        myself: ActorRef<SupervisorMsg>,
        message: SupervisorMsg,
        wards: &mut Wards,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            SupervisorMsg::Wake(slot) if wards.occupied.contains_key(&slot.guild) => {}
            SupervisorMsg::Wake(slot) | SupervisorMsg::Restart(slot) => {
                wards.spawn(&myself, slot).await;
            }
            SupervisorMsg::Drain => wards.drain(&myself),
        }
        Ok(())
    }

    async fn handle_supervisor_evt(
        &self,
        myself: ActorRef<SupervisorMsg>,
        event: SupervisionEvent,
        wards: &mut Wards,
    ) -> Result<(), ActorProcessingErr> {
        match event {
            SupervisionEvent::ActorTerminated(actor, ..) => wards.ended(&myself, &actor).await,
            SupervisionEvent::ActorFailed(actor, error) => {
                wards.crashed(&myself, &actor, &error.to_string())
            }
            _ => {}
        }
        if wards.draining && wards.by_actor.is_empty() {
            myself.stop(None);
        }
        Ok(())
    }
}

impl Wards {
    async fn spawn(&mut self, myself: &ActorRef<SupervisorMsg>, slot: Arc<Slot>) {
        if self.draining {
            return;
        }
        let start = Start {
            slot: Arc::clone(&slot),
            services: self.services.clone(),
        };
        match Actor::spawn_linked(None, GuildActor, start, myself.get_cell()).await {
            Ok((actor, _)) => {
                self.occupied.insert(slot.guild, Some(actor.clone()));
                self.by_actor.insert(actor.get_id(), slot);
            }
            // One guild that cannot start must not end the supervisor of all.
            Err(error) => self.pause_after_crash(myself, slot, &error.to_string()),
        }
    }

    /// An actor went to sleep. What came in while it did wakes the next one.
    async fn ended(&mut self, myself: &ActorRef<SupervisorMsg>, actor: &ActorCell) {
        let Some(slot) = self.by_actor.remove(&actor.get_id()) else {
            return;
        };
        self.occupied.remove(&slot.guild);
        slot.enter(State::Asleep);
        if !slot.mailbox.is_empty() {
            self.spawn(myself, slot).await;
        }
    }

    fn crashed(&mut self, myself: &ActorRef<SupervisorMsg>, actor: &ActorCell, error: &str) {
        if let Some(slot) = self.by_actor.remove(&actor.get_id()) {
            self.pause_after_crash(myself, slot, error);
        }
    }

    /// Plans the next start: soon after a first crash, much later after many.
    fn pause_after_crash(
        &mut self,
        myself: &ActorRef<SupervisorMsg>,
        slot: Arc<Slot>,
        error: &str,
    ) {
        slot.actor.store(None);
        slot.mailbox.put_down();
        self.occupied.insert(slot.guild, None);
        let options = &self.services.options;
        let recent = self.crashes.entry(slot.guild).or_default();
        recent.retain(|at| at.elapsed() < options.crash_window);
        recent.push(Instant::now());
        let crashes = recent.len();
        RESTARTS_TOTAL.increment(["panic"]);
        let pause = if crashes >= options.crash_limit {
            slot.enter(State::Parked);
            // Nobody keeps it up to date while it is parked.
            slot.snapshot.store(None);
            recent.clear();
            tracing::error!(guild.id = %slot.guild, error, crashes, "a guild crashed again and again and is parked");
            options.parked_for
        } else {
            slot.enter(State::Starting);
            let pause = back_off(options.restart_pause, options.restart_pause_most, crashes);
            tracing::error!(guild.id = %slot.guild, error, crashes, "a guild crashed and is started anew");
            pause
        };
        myself.send_after(pause, move || SupervisorMsg::Restart(slot));
    }

    fn drain(&mut self, myself: &ActorRef<SupervisorMsg>) {
        self.draining = true;
        for actor in self.occupied.values().flatten() {
            // One that has ended meanwhile has nothing left to finish.
            drop(actor.drain());
        }
        if self.by_actor.is_empty() {
            myself.stop(None);
        }
    }
}

/// Doubles with every crash up to `most`, and takes between half and all of that, so that guilds do not return at once.
fn back_off(first: Duration, most: Duration, crashes: usize) -> Duration {
    let doublings = u32::try_from(crashes.saturating_sub(1))
        .unwrap_or(u32::MAX)
        .min(16);
    let full = first
        .saturating_mul(2_u32.saturating_pow(doublings))
        .min(most);
    full.mul_f64(rand::random_range(0.5..=1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_its_limit() {
        let (first, most) = (Duration::from_millis(100), Duration::from_secs(30));
        for (crashes, full) in [
            (1, 100),
            (2, 200),
            (4, 800),
            (20, 30_000),
            (usize::MAX, 30_000),
        ] {
            let pause = back_off(first, most, crashes);
            let full = Duration::from_millis(full);
            assert!(pause >= full / 2 && pause <= full, "{crashes}: {pause:?}");
        }
    }
}
