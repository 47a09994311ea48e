//! The rate limits on the wire: the headers of every answer, and the answers that tell to wait.

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use serde_json::json;

use crate::simulator::rules::rate::{Refusal, Told};
use crate::simulator::shared::Shared;

/// Whose limit it is: the bot's, that of all its requests, or the resource's for everybody.
const SCOPE: &str = "X-RateLimit-Scope";

/// Lets a request through, or says why not.
pub(super) fn admit(
    shared: &Shared,
    method: &str,
    route: &str,
    path: &str,
) -> Result<Option<Told>, Refusal> {
    if !shared.settings.rate_limits {
        return Ok(None);
    }
    shared.change(|state| {
        let now = state.world.now();
        state.rates.take(method, route, path, now)
    })
}

/// The answer to everybody while the address is blocked.
pub(super) fn blocked(shared: &Shared) -> Option<Response> {
    let refusal = shared.read(|state| state.rates.blocked(state.world.now()))?;
    Some(refused(&refusal))
}

/// Counts an answer towards the block. Limits that a resource has for everybody do not (Discord's page on rate limits).
pub(super) fn answered(shared: &Shared, response: &Response) {
    let status = response.status().as_u16();
    let of_all = response
        .headers()
        .get(SCOPE)
        .is_some_and(|scope| scope == "shared");
    if shared.settings.rate_limits && !of_all && matches!(status, 401 | 403 | 429) {
        shared.change(|state| {
            let now = state.world.now();
            state.rates.answered(status, now);
        });
    }
}

/// The answer to a request that was not let through.
pub(super) fn refused(refusal: &Refusal) -> Response {
    match refusal {
        // Cloudflare stands before Discord and speaks no JSON.
        Refusal::Blocked(wait) => {
            let mut response = (StatusCode::TOO_MANY_REQUESTS, "error code: 1015").into_response();
            put(
                response.headers_mut(),
                header::RETRY_AFTER.as_str(),
                &ceiled(*wait),
            );
            response
        }
        Refusal::Global(wait) => too_many(*wait, "global"),
        Refusal::Bucket(told) => {
            let mut response = too_many(told.reset_after, "user");
            tell(response.headers_mut(), told);
            response
        }
    }
}

/// Discord's answer of 429. The scope is `user`, `global` or `shared`.
pub(crate) fn too_many(wait: TimeDelta, scope: &str) -> Response {
    let global = scope == "global";
    let body = json!({
        "message": "You are being rate limited.", "retry_after": seconds(wait), "global": global, "code": 0,
    });
    let mut response = (StatusCode::TOO_MANY_REQUESTS, Json(body)).into_response();
    let headers = response.headers_mut();
    put(headers, header::RETRY_AFTER.as_str(), &ceiled(wait));
    put(headers, SCOPE, scope);
    if global {
        put(headers, "X-RateLimit-Global", "true");
    }
    response
}

/// Puts what a bucket says of itself into an answer.
pub(super) fn tell(headers: &mut HeaderMap, told: &Told) {
    let reset = told.reset.timestamp_millis();
    for (name, value) in [
        ("X-RateLimit-Limit", told.limit.to_string()),
        ("X-RateLimit-Remaining", told.remaining.to_string()),
        (
            "X-RateLimit-Reset",
            format!("{}.{:03}", reset / 1000, reset % 1000),
        ),
        (
            "X-RateLimit-Reset-After",
            format!("{:.3}", seconds(told.reset_after)),
        ),
        ("X-RateLimit-Bucket", told.bucket.clone()),
    ] {
        put(headers, name, &value);
    }
}

/// In thousandths and rounded up, so that who waits so long has waited long enough.
fn seconds(wait: TimeDelta) -> f64 {
    let micros = wait.num_microseconds().unwrap_or(i64::MAX).max(0);
    let millis = u32::try_from(micros.saturating_add(999) / 1_000).unwrap_or(u32::MAX);
    f64::from(millis) / 1_000.0
}

/// `Retry-After` knows whole seconds only.
fn ceiled(wait: TimeDelta) -> String {
    format!("{}", seconds(wait).ceil())
}

fn put(headers: &mut HeaderMap, name: &str, value: &str) {
    let name = name.parse::<header::HeaderName>();
    if let (Ok(name), Ok(value)) = (name, value.parse()) {
        headers.insert(name, value);
    }
}
