//! Sends one call: takes its lane, waits as told, repeats what failed on the way, gives up at the deadline.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Method};
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use super::answer::{self, Reading, Scope};
use super::error::RestError;
use super::lanes::{Lane, LaneKey, Lanes};
use super::metrics::{RATE_LIMITED, REQUEST_SECONDS, REQUESTS, Route, status_label};
use super::pace::Pace;
use super::rest::RestOptions;

const LONGEST_PAUSE: Duration = Duration::from_secs(8);
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// One call, ready to be sent as often as needed.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) route: Route,
    pub(super) method: Method,
    /// Below `/api/v10`.
    pub(super) path: String,
    /// The guild or channel that Discord limits by; 0 where there is none.
    pub(super) major: u64,
    pub(super) body: Option<Vec<u8>>,
    pub(super) reason: Option<HeaderValue>,
}

/// The connection, and what it has learned about Discord's limits.
#[derive(Debug)]
pub(super) struct Sender {
    pub(super) client: Client,
    /// For addresses that need no token and must never see it.
    pub(super) bare: Client,
    pub(super) api: String,
    pub(super) options: RestOptions,
    pub(super) lanes: Lanes,
    pub(super) pace: Pace,
    /// Set by the first 401: ten thousand of them would block the address.
    pub(super) token_refused: AtomicBool,
}

impl Sender {
    /// Sends the call and gives the body of its answer.
    pub(super) async fn send(&self, call: Call) -> Result<Vec<u8>, RestError> {
        let deadline = Instant::now() + self.options.deadline;
        let key = LaneKey {
            route: call.route,
            major: call.major,
        };
        let mut lane = timeout_at(deadline, self.lanes.enter(key))
            .await
            .map_err(|_| {
                let route = call.route.label();
                RestError::Unavailable(format!(
                    "the calls of {route} before this one took too long"
                ))
            })?;
        let mut failures = 0;
        loop {
            self.wait_for_a_place(&lane, deadline).await?;
            match self.attempt(&call, &mut lane, deadline).await {
                Reading::Done(body) => return Ok(body),
                Reading::Failed(error) => return Err(self.noted(error)),
                Reading::Wait { wait, scope } => self.close(&mut lane, wait, scope),
                Reading::Retry(why) => {
                    failures += 1;
                    self.pause(failures, deadline, why).await?;
                }
            }
        }
    }

    /// Waits until the lane is open and all calls together are slow enough.
    async fn wait_for_a_place(&self, lane: &Lane, deadline: Instant) -> Result<(), RestError> {
        loop {
            self.wait_until_open(lane, deadline).await?;
            let paced = timeout_at(deadline, self.pace.step()).await;
            paced
                .map_err(|_| RestError::Unavailable("too many calls before this one".to_owned()))?;
            // While waiting for the others a pause may have begun.
            if self.lanes.opens_at(lane).is_none() {
                return Ok(());
            }
        }
    }

    async fn wait_until_open(&self, lane: &Lane, deadline: Instant) -> Result<(), RestError> {
        while let Some(opens) = self.lanes.opens_at(lane) {
            if opens > deadline {
                let wait = opens - Instant::now();
                return Err(RestError::RateLimited { wait });
            }
            sleep_until(opens).await;
        }
        if self.token_refused.load(Ordering::Relaxed) {
            return Err(RestError::Unauthorized);
        }
        Ok(())
    }

    async fn attempt(&self, call: &Call, lane: &mut Lane, deadline: Instant) -> Reading {
        let started = Instant::now();
        let within = self.options.timeout.min(deadline - started);
        let answer = async {
            let response = self.request(call, within).send().await?;
            let (status, headers) = (response.status(), response.headers().clone());
            Ok((status, headers, response.bytes().await?))
        };
        let answer: Result<_, reqwest::Error> = answer.await;
        let status = answer.as_ref().ok().map(|(status, ..)| *status);
        REQUESTS.increment([call.route.label(), status_label(status)]);
        REQUEST_SECONDS.record([call.route.label()], started.elapsed());
        match answer {
            Ok((status, headers, body)) => {
                lane.opens_at = answer::closed_for(&headers).map(|closed| Instant::now() + closed);
                answer::read(status, &headers, body.into())
            }
            Err(error) => Reading::Retry(reason_of(&error)),
        }
    }

    fn request(&self, call: &Call, within: Duration) -> reqwest::RequestBuilder {
        let mut request = self
            .client
            .request(call.method.clone(), format!("{}{}", self.api, call.path))
            .timeout(within);
        if let Some(body) = &call.body {
            request = request.header(CONTENT_TYPE, JSON).body(body.clone());
        }
        if let Some(reason) = &call.reason {
            request = request.header("x-audit-log-reason", reason.clone());
        }
        request
    }

    fn close(&self, lane: &mut Lane, wait: Duration, scope: Scope) {
        RATE_LIMITED.increment([scope.label()]);
        let opens = Instant::now() + wait;
        match scope {
            Scope::Global => self.lanes.pause_all(opens),
            Scope::User | Scope::Shared => lane.opens_at = Some(opens),
        }
        tracing::debug!(
            scope = scope.label(),
            wait_ms = wait.as_millis(),
            "rate limited by Discord"
        );
    }

    /// Pauses after a failure, twice as long each time; gives up after the last attempt or past the deadline.
    async fn pause(&self, failures: u32, deadline: Instant, why: String) -> Result<(), RestError> {
        let longest =
            (self.options.backoff * 2_u32.saturating_pow(failures - 1)).min(LONGEST_PAUSE);
        // Jitter, so that the guilds of an outage do not come back all at once.
        let pause = longest.mul_f64(rand::random_range(0.5..=1.0));
        if failures >= self.options.max_attempts || Instant::now() + pause > deadline {
            return Err(RestError::Unavailable(why));
        }
        tracing::debug!(failures, why, "trying Discord again");
        sleep(pause).await;
        Ok(())
    }

    fn noted(&self, error: RestError) -> RestError {
        if error == RestError::Unauthorized && !self.token_refused.swap(true, Ordering::Relaxed) {
            tracing::error!("Discord refuses the bot token; no further request is sent");
        }
        error
    }
}

/// What went wrong on the way, without the address.
fn reason_of(error: &reqwest::Error) -> String {
    let kind = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    if error.is_timeout() {
        kind.to_owned()
    } else {
        format!("{kind}: {cause}")
    }
}
