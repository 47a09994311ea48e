//! The command framework behind the gateway's intake: it sees only what commands need, and a stop waits for it.

use std::sync::Arc;

use serenity::all::{Client, Context, FullEvent};
use serenity::async_trait;
use serenity::framework::Framework;
use tokio_util::task::TaskTracker;

use super::handler::Intake;

/// A framework whose work in hand is counted.
pub(super) struct Commands<F> {
    pub(super) inner: F,
    pub(super) intake: Arc<Intake>,
    pub(super) in_hand: TaskTracker,
}

#[async_trait]
impl<F: Framework> Framework for Commands<F> {
    async fn init(&mut self, client: &Client) {
        self.inner.init(client).await;
    }

    async fn dispatch(&self, context: Context, event: FullEvent) {
        if self.intake.is_closed() || !concerns_commands(&event) {
            return;
        }
        let _in_hand = self.in_hand.token();
        self.inner.dispatch(context, event).await;
    }
}

/// The rest would only wait in memory until the framework has set itself up.
const fn concerns_commands(event: &FullEvent) -> bool {
    matches!(
        event,
        FullEvent::Ready { .. }
            | FullEvent::Message { .. }
            | FullEvent::MessageUpdate { .. }
            | FullEvent::MessageDelete { .. }
            | FullEvent::InteractionCreate { .. }
    )
}
