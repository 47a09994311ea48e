//! Frames that are on their way for a while: a slow line between the gateway and its client.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::Outgoing;

/// How long frames are on their way, in the machine's time; the same for all lines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latency(Arc<AtomicU64>);

impl Latency {
    /// From the next frame on.
    pub(crate) fn set(&self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        self.0.store(micros, Ordering::Release);
    }

    /// When a frame arrives that is sent now; none where that is at once.
    pub(super) fn due(&self) -> Option<Instant> {
        let micros = self.0.load(Ordering::Acquire);
        (micros > 0).then(|| Instant::now() + Duration::from_micros(micros))
    }
}

/// What one connection's client does not see yet, in order.
#[derive(Debug, Default)]
pub(super) struct Delayed(VecDeque<Outgoing>);

impl Delayed {
    /// Leaves in `batch` what goes out now, and keeps the rest back: what is late, and all that was said after it. An
    /// end of the connection overtakes them, so that they are lost with it.
    pub(super) fn sift(&mut self, batch: &mut Vec<Outgoing>, now: Instant) {
        let late = |one: &Outgoing| matches!(one, Outgoing::Late(..));
        if self.0.is_empty() && !batch.iter().any(late) {
            return;
        }
        let ends = |one: &Outgoing| matches!(one, Outgoing::Close(..) | Outgoing::Drop);
        let said = std::mem::take(batch);
        let end = said.iter().position(ends);
        for (at, one) in said.into_iter().enumerate() {
            if end == Some(at) {
                self.release(batch, now);
                batch.push(one);
                return;
            }
            self.0.push_back(one);
        }
        self.release(batch, now);
    }

    /// Hands out what is due.
    pub(super) fn release(&mut self, batch: &mut Vec<Outgoing>, now: Instant) {
        while let Some(next) = self.0.pop_front() {
            match next {
                Outgoing::Late(due, _) if due > now => {
                    self.0.push_front(next);
                    return;
                }
                Outgoing::Late(_, frame) => batch.push(Outgoing::Frame(frame)),
                other => batch.push(other),
            }
        }
    }

    /// Waits until there is something to hand out; for ever where nothing is kept back.
    pub(super) async fn due(&self) {
        match self.0.front() {
            Some(Outgoing::Late(due, _)) => sleep_until(*due).await,
            Some(_) => {}
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(text: &'static str) -> Outgoing {
        Outgoing::Frame(text.into())
    }

    fn texts(batch: &mut Vec<Outgoing>) -> Vec<String> {
        let said = batch.drain(..).map(|one| match one {
            Outgoing::Frame(frame) => frame.as_str().to_owned(),
            other => format!("{other:?}"),
        });
        said.collect()
    }

    #[test]
    fn what_is_said_after_a_late_frame_comes_after_it() {
        let now = Instant::now();
        let due = now + Duration::from_secs(1);
        let mut delayed = Delayed::default();
        let mut batch = vec![frame("a"), Outgoing::Late(due, "b".into()), frame("c")];
        delayed.sift(&mut batch, now);
        assert_eq!(texts(&mut batch), ["a"]);
        batch.push(frame("d"));
        delayed.sift(&mut batch, now);
        assert!(batch.is_empty());
        delayed.release(&mut batch, due);
        assert_eq!(texts(&mut batch), ["b", "c", "d"]);
        batch.push(frame("e"));
        delayed.sift(&mut batch, due);
        assert_eq!(texts(&mut batch), ["e"]);
    }

    #[test]
    fn an_end_overtakes_what_is_late() {
        let now = Instant::now();
        let late = |seconds, text: &'static str| {
            Outgoing::Late(now + Duration::from_secs(seconds), text.into())
        };
        let mut delayed = Delayed::default();
        let mut batch = vec![late(0, "a"), late(9, "b"), Outgoing::Drop, frame("c")];
        delayed.sift(&mut batch, now);
        assert_eq!(texts(&mut batch), ["a", "Drop"]);
    }

    #[tokio::test]
    async fn a_frame_is_so_long_on_its_way() {
        let latency = Latency::default();
        assert_eq!(latency.due(), None);
        let before = Instant::now();
        latency.clone().set(Duration::from_millis(20));
        let due = latency.due().expect("late");
        assert!(due >= before + Duration::from_millis(20));
        let mut delayed = Delayed::default();
        let mut batch = vec![Outgoing::Late(due, "a".into())];
        delayed.sift(&mut batch, Instant::now());
        delayed.due().await;
        delayed.release(&mut batch, Instant::now());
        assert_eq!(texts(&mut batch), ["a"]);
    }
}
