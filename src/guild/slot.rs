//! What stays of a guild while its actor sleeps or is started anew: mailbox, view, snapshot, and the actor's address.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use ractor::ActorRef;

use super::actor::GuildMsg;
use super::config::snapshot::Snapshot;
use super::mailbox::{Full, Letter, Mailbox};
use super::metrics::ACTORS;
use super::view::GuildView;
use crate::domain::ids::{ConfigVersion, GuildId};

/// The state of a guild's actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum State {
    Asleep,
    Starting,
    Awake,
    Parked,
}

impl State {
    const ALL: [Self; 4] = [Self::Asleep, Self::Starting, Self::Awake, Self::Parked];

    const fn label(self) -> &'static str {
        match self {
            Self::Asleep => "asleep",
            Self::Starting => "starting",
            Self::Awake => "awake",
            Self::Parked => "parked",
        }
    }
}

pub(super) struct Slot {
    pub(super) guild: GuildId,
    pub(super) mailbox: Mailbox,
    /// Changed by the actor alone; read by permission checks.
    pub(super) view: ArcSwap<GuildView>,
    /// Set while the actor is awake; read by anybody without lock or await.
    pub(super) snapshot: ArcSwapOption<Snapshot>,
    pub(super) actor: ArcSwapOption<ActorRef<GuildMsg>>,
    state: AtomicU8,
    /// The newest version that the database has confirmed to this process: nothing older ever comes into force again.
    confirmed: AtomicI64,
}

impl Slot {
    pub(super) fn new(guild: GuildId, capacity: usize) -> Self {
        ACTORS.add([State::Asleep.label()], 1.0);
        Self {
            guild,
            mailbox: Mailbox::new(capacity),
            view: ArcSwap::from_pointee(GuildView::unknown(guild)),
            snapshot: ArcSwapOption::empty(),
            actor: ArcSwapOption::empty(),
            state: AtomicU8::new(State::Asleep as u8),
            confirmed: AtomicI64::new(0),
        }
    }

    pub(super) fn enter(&self, state: State) {
        let former = self.state.swap(state as u8, Ordering::AcqRel);
        ACTORS.add(
            [State::ALL[usize::from(former) % State::ALL.len()].label()],
            -1.0,
        );
        ACTORS.add([state.label()], 1.0);
    }

    /// Whether an actor lives or is about to. Where none does, the next one reads everything anew.
    pub(super) fn is_awake(&self) -> bool {
        let state = self.state.load(Ordering::Acquire);
        state == State::Awake as u8 || state == State::Starting as u8
    }

    pub(super) fn confirm(&self, version: ConfigVersion) {
        self.confirmed.fetch_max(version.0, Ordering::AcqRel);
    }

    /// The guild's versions begin anew, because all of it was erased.
    pub(super) fn unconfirm(&self) {
        self.confirmed.store(0, Ordering::Release);
    }

    pub(super) fn confirmed(&self) -> ConfigVersion {
        ConfigVersion(self.confirmed.load(Ordering::Acquire))
    }

    /// Puts a letter into the mailbox, waiting for room for so long. Returns whether an actor was told, `false` meaning
    /// that one must be woken.
    pub(super) fn post_within(&self, letter: Letter, patience: Duration) -> Result<bool, Full> {
        self.mailbox.push_within(letter, patience)?;
        Ok(self
            .actor
            .load()
            .as_ref()
            .is_some_and(|actor| actor.cast(GuildMsg::Letter).is_ok()))
    }

    pub(super) fn current_view(&self) -> Arc<GuildView> {
        self.view.load_full()
    }
}
