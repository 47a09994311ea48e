//! Control requests that subscribe to what happens: server-sent events, and a long poll for who cannot stream.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, stream};
use serde_json::{Value, json};

use super::Reply;
use super::ask::{Ask, Asked, json as answer};
use crate::simulator::control::error::ControlError;
use crate::simulator::control::{Happening, Happenings, Simulator};

/// The longest that a poll waits.
const LONGEST: Duration = Duration::from_secs(300);

/// The kinds that are wanted; none is all.
#[derive(Debug)]
struct Kinds(Option<String>);

impl Kinds {
    fn want(&self, happening: &Happening) -> bool {
        let kind = happening.what.kind();
        let list = self.0.as_deref();
        list.is_none_or(|list| list.split(',').any(|one| one.trim() == kind))
    }
}

fn number<T: std::str::FromStr>(name: &str, text: Option<&str>) -> Result<Option<T>, ControlError> {
    let wrong = |_| ControlError::Request(format!("{name} is no number"));
    text.map(|text| text.trim().parse().map_err(wrong))
        .transpose()
}

/// Opens the book, so that what happens from now on is kept.
fn open(sim: &Simulator, after: Option<u64>) -> Happenings {
    let from_now = sim.happenings();
    after.map_or(from_now, |after| sim.happenings_after(after))
}

pub(super) async fn stream(
    State(sim): State<Simulator>,
    headers: HeaderMap,
    Asked(ask): Asked,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ControlError> {
    let seen = headers.get("last-event-id");
    let seen = seen.and_then(|id| id.to_str().ok());
    let after = number("after", ask.after.as_deref().or(seen))?;
    let following = Following {
        happenings: open(&sim, after),
        kinds: Kinds(ask.kinds),
        sim,
    };
    let events = stream::unfold(following, |mut following| async move {
        let event = following.next().await?;
        Some((Ok(event), following))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

struct Following {
    sim: Simulator,
    happenings: Happenings,
    kinds: Kinds,
}

impl Following {
    /// The next event; none when the simulator stops.
    async fn next(&mut self) -> Option<Event> {
        let stop = self.sim.shared.stop.clone();
        loop {
            let next = stop.run_until_cancelled(self.happenings.next()).await?;
            if self.kinds.want(&next) {
                let wire = self.sim.look(|world| next.wire(world));
                let event = Event::default().id(next.number.to_string());
                return Some(event.event(next.what.kind()).data(wire.to_string()));
            }
        }
    }
}

pub(super) async fn happenings(State(sim): State<Simulator>, Asked(ask): Asked) -> Reply {
    let after = number("after", ask.after.as_deref())?;
    let wait = number("wait", ask.wait.as_deref())?.map_or(Duration::ZERO, Duration::from_secs);
    let mut happenings = open(&sim, Some(after.unwrap_or(0)));
    let list = first_wanted(&sim, &mut happenings, wait.min(LONGEST), &ask).await;
    let last = list.last().map_or(after.unwrap_or(0), |last| last.number);
    let shown: Vec<Value> = sim.look(|world| list.iter().map(|one| one.wire(world)).collect());
    answer(json!({"last": last, "happenings": shown}))
}

/// Everything that is wanted so far, or the first of it that comes in time.
async fn first_wanted(
    sim: &Simulator,
    happenings: &mut Happenings,
    wait: Duration,
    ask: &Ask,
) -> Vec<Happening> {
    let kinds = Kinds(ask.kinds.clone());
    let mut list = happenings.so_far();
    list.retain(|one| kinds.want(one));
    let coming = async {
        loop {
            let next = happenings.next().await;
            if kinds.want(&next) {
                return next;
            }
        }
    };
    if list.is_empty() {
        tokio::select! {
            first = coming => list.push(first),
            () = tokio::time::sleep(wait) => {}
            () = sim.shared.stop.cancelled() => {}
        }
    }
    list
}
