//! How much Discord takes: 50 requests a second in all, buckets per route, and a budget of refused requests.
//!
//! Counted on the world's clock, so that a manual clock moves it. The sizes of Discord's buckets are unpublished and
//! change; those in [`BUCKETS`] are what bots observe, rounded up.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use chrono::{DateTime, TimeDelta, Utc};

/// Requests of a bot in a second over all routes (Discord's page on rate limits).
const GLOBAL: Size = Size::per_second(50);
/// Answers of 401, 403 and 429 within ten minutes, after which an address is blocked (the same page).
const REFUSED: Size = Size {
    count: 10_000,
    period: TimeDelta::minutes(10),
};
/// Buckets that are remembered before those that are full again are forgotten.
const REMEMBERED: usize = 10_000;

/// How many requests a bucket takes in which time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) count: u32,
    pub(crate) period: TimeDelta,
}

impl Size {
    const fn per_second(count: u32) -> Self {
        Self {
            count,
            period: TimeDelta::seconds(1),
        }
    }
}

/// Method and route of each bucket of its own, with its size.
const BUCKETS: &[(&str, &str, Size)] = &[
    (
        "POST",
        "/channels/{channel_id}/messages",
        Size::per_second(5),
    ),
    (
        "PATCH",
        "/channels/{channel_id}/messages/{message_id}",
        Size::per_second(5),
    ),
    (
        "DELETE",
        "/channels/{channel_id}/messages/{message_id}",
        Size::per_second(5),
    ),
    (
        "POST",
        "/channels/{channel_id}/messages/bulk-delete",
        Size::per_second(1),
    ),
    (
        "PUT",
        "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me",
        Size {
            count: 1,
            period: TimeDelta::milliseconds(250),
        },
    ),
    (
        "PATCH",
        "/channels/{channel_id}",
        Size {
            count: 5,
            period: TimeDelta::seconds(5),
        },
    ),
    (
        "POST",
        "/guilds/{guild_id}/bulk-ban",
        Size {
            count: 5,
            period: TimeDelta::seconds(5),
        },
    ),
    (
        "GET",
        "/guilds/{guild_id}/audit-logs",
        Size {
            count: 10,
            period: TimeDelta::seconds(5),
        },
    ),
    (
        "POST",
        "/webhooks/{application_id}/{interaction_token}",
        Size {
            count: 5,
            period: TimeDelta::seconds(2),
        },
    ),
];
/// Everything else that reads, and that changes something.
const READS: Size = Size::per_second(50);
const WRITES: Size = Size::per_second(10);

/// A window of time with what was taken in it.
#[derive(Clone, Copy, Debug)]
struct Window {
    ends: DateTime<Utc>,
    taken: u32,
}

impl Window {
    const EMPTY: Self = Self {
        ends: DateTime::<Utc>::MIN_UTC,
        taken: 0,
    };

    /// Takes one, if one is left.
    fn take(&mut self, size: Size, now: DateTime<Utc>) -> bool {
        if now >= self.ends {
            *self = Self {
                ends: now + size.period,
                taken: 0,
            };
        }
        let left = self.taken < size.count;
        self.taken += u32::from(left);
        left
    }
}

/// What a bucket says of itself in the headers of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) bucket: String,
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    pub(crate) reset: DateTime<Utc>,
    pub(crate) reset_after: TimeDelta,
}

/// Why a request is not let through.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Refusal {
    /// The address is blocked for this long, before Discord even sees the request.
    Blocked(TimeDelta),
    /// The bot's requests of this second are used up.
    Global(TimeDelta),
    /// The route's bucket is empty.
    Bucket(Told),
}

/// The counters.
#[derive(Debug)]
pub(crate) struct Rates {
    global: Window,
    refused: Window,
    buckets: HashMap<(u64, String), Window>,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            global: Window::EMPTY,
            refused: Window::EMPTY,
            buckets: HashMap::new(),
        }
    }
}

impl Rates {
    /// How long the address is blocked yet.
    pub(crate) fn blocked(&self, now: DateTime<Utc>) -> Option<Refusal> {
        let blocked = self.refused.taken >= REFUSED.count && now < self.refused.ends;
        blocked.then(|| Refusal::Blocked(self.refused.ends - now))
    }

    /// Lets a request through, or not. Answers to interactions have no bucket and count nowhere; their webhooks have
    /// buckets, but are outside of the global limit.
    pub(crate) fn take(
        &mut self,
        method: &str,
        route: &str,
        path: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Told>, Refusal> {
        if route.starts_with("/interactions/") {
            return Ok(None);
        }
        if !route.starts_with("/webhooks/") && !self.global.take(GLOBAL, now) {
            return Err(Refusal::Global(self.global.ends - now));
        }
        let size = size(method, route);
        let name = name(method, route);
        if self.buckets.len() > REMEMBERED {
            self.buckets.retain(|_, window| window.ends > now);
        }
        let window = self.buckets.entry((name, major(route, path)));
        let window = window.or_insert(Window::EMPTY);
        let taken = window.take(size, now);
        let told = Told {
            bucket: format!("{name:016x}"),
            limit: size.count,
            remaining: size.count - window.taken,
            reset: window.ends,
            reset_after: window.ends - now,
        };
        if taken {
            Ok(Some(told))
        } else {
            Err(Refusal::Bucket(told))
        }
    }

    /// Counts an answer towards the block, if it was a refusal.
    pub(crate) fn answered(&mut self, status: u16, now: DateTime<Utc>) {
        if matches!(status, 401 | 403 | 429) {
            self.refused.take(REFUSED, now);
        }
    }
}

fn size(method: &str, route: &str) -> Size {
    let own = BUCKETS
        .iter()
        .find(|(of, at, _)| *of == method && *at == route);
    match own {
        Some((.., size)) => *size,
        None if method == "GET" => READS,
        None => WRITES,
    }
}

fn name(method: &str, route: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (method, route).hash(&mut hasher);
    hasher.finish()
}

/// What tells buckets of one route apart: the channel, the guild, or the webhook with its token.
fn major(route: &str, path: &str) -> String {
    let parts = match route.split('/').nth(1) {
        Some("channels" | "guilds") => 3,
        Some("webhooks") => 4,
        _ => return String::new(),
    };
    path.split('/').take(parts).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    const POST: (&str, &str) = ("POST", "/channels/{channel_id}/messages");

    fn noon() -> DateTime<Utc> {
        DateTime::from_timestamp(1_780_000_000, 0).expect("a time")
    }

    fn post(rates: &mut Rates, channel: u64, now: DateTime<Utc>) -> Result<Option<Told>, Refusal> {
        let path = format!("/channels/{channel}/messages");
        rates.take(POST.0, POST.1, &path, now)
    }

    #[test]
    fn a_bucket_counts_down_is_empty_and_fills_again() {
        let mut rates = Rates::default();
        let left: Vec<u32> = (0..5)
            .filter_map(|_| post(&mut rates, 1, noon()).ok().flatten())
            .map(|told| told.remaining)
            .collect();
        assert_eq!(left, [4, 3, 2, 1, 0]);
        let Err(Refusal::Bucket(told)) = post(&mut rates, 1, noon() + TimeDelta::milliseconds(400))
        else {
            panic!("the bucket is empty");
        };
        assert_eq!((told.limit, told.remaining), (5, 0));
        assert_eq!(told.reset_after, TimeDelta::milliseconds(600));
        assert!(
            post(&mut rates, 2, noon()).is_ok(),
            "another channel's is not"
        );
        assert!(post(&mut rates, 1, noon() + TimeDelta::seconds(1)).is_ok());
    }

    #[test]
    fn the_fifty_first_request_of_a_second_is_too_many_but_answers_to_interactions_are_free() {
        let mut rates = Rates::default();
        for channel in 0..50 {
            assert!(post(&mut rates, channel, noon()).is_ok());
        }
        let wait = TimeDelta::seconds(1);
        assert_eq!(post(&mut rates, 50, noon()), Err(Refusal::Global(wait)));
        let callback = "/interactions/{interaction_id}/{interaction_token}/callback";
        for _ in 0..60 {
            assert_eq!(
                rates.take("POST", callback, "/interactions/1/t/callback", noon()),
                Ok(None)
            );
        }
        let webhook = "/webhooks/{application_id}/{interaction_token}";
        assert!(rates.take("POST", webhook, "/webhooks/1/t", noon()).is_ok());
        assert!(post(&mut rates, 50, noon() + wait).is_ok());
    }

    #[test]
    fn ten_thousand_refusals_block_the_address_until_their_ten_minutes_are_over() {
        let mut rates = Rates::default();
        for number in 0..10_000 {
            assert_eq!(rates.blocked(noon()), None, "after {number}");
            rates.answered([401, 403, 429][number % 3], noon());
            rates.answered(404, noon());
        }
        let late = noon() + TimeDelta::minutes(9);
        assert_eq!(
            rates.blocked(late),
            Some(Refusal::Blocked(TimeDelta::minutes(1)))
        );
        assert_eq!(rates.blocked(noon() + TimeDelta::minutes(10)), None);
    }

    #[test]
    fn buckets_are_told_apart_by_what_they_are_about() {
        assert_eq!(
            major("/channels/{c}/messages/{m}", "/channels/1/messages/2"),
            "/channels/1"
        );
        assert_eq!(
            major("/webhooks/{a}/{t}/messages/{m}", "/webhooks/1/t/messages/2"),
            "/webhooks/1/t"
        );
        assert_eq!(major("/users/@me/channels", "/users/@me/channels"), "");
    }

    #[test]
    fn buckets_that_are_full_again_are_forgotten() {
        let mut rates = Rates::default();
        for channel in 0..=REMEMBERED as u64 {
            let now = noon() + TimeDelta::seconds(i64::try_from(channel).expect("small"));
            post(&mut rates, channel, now).expect("room");
        }
        post(&mut rates, 0, noon() + TimeDelta::days(1)).expect("room");
        assert_eq!(rates.buckets.len(), 1);
    }
}
