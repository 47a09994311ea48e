//! What an answer of Discord means: done, wait, try again, or give up. Pure.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Deserialize;

use super::error::{RestError, codes};
use super::limits::clip;

/// The longest wait that is believed; anything above is as good as for ever.
const LONGEST_WAIT: Duration = Duration::from_secs(86_400);
/// The shortest pause after a 429, so that an answer without a figure does not make a busy loop.
const SHORTEST_WAIT: Duration = Duration::from_millis(10);
const MESSAGE_CHARS: usize = 200;

/// What an answer means for the call.
#[derive(Debug, PartialEq)]
pub(super) enum Reading {
    /// It is done; the body as it came.
    Done(Vec<u8>),
    /// It was one too many: again after `wait`.
    Wait { wait: Duration, scope: Scope },
    /// Discord failed, or the way to it: again after a pause of our own.
    Retry(String),
    /// It will not be done.
    Failed(RestError),
}

/// What a 429 limits, Discord's `X-RateLimit-Scope`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// The bot in this bucket.
    User,
    /// The bot everywhere.
    Global,
    /// Everybody who touches this thing.
    Shared,
}

impl Scope {
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Global => "global",
            Self::Shared => "shared",
        }
    }
}

/// Discord's error object, as far as it is read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    code: u32,
    message: String,
    retry_after: Option<f64>,
    global: bool,
}

/// Reads an answer.
pub(super) fn read(status: StatusCode, headers: &HeaderMap, body: Vec<u8>) -> Reading {
    if status.is_success() {
        return Reading::Done(body);
    }
    let error: ErrorBody = serde_json::from_slice(&body).unwrap_or_default();
    match status {
        StatusCode::TOO_MANY_REQUESTS => Reading::Wait {
            wait: wait_asked(headers, &error),
            scope: scope(headers, &error),
        },
        StatusCode::REQUEST_TIMEOUT => Reading::Retry(status.to_string()),
        _ if status.is_server_error() => Reading::Retry(status.to_string()),
        _ => Reading::Failed(refusal(status, error)),
    }
}

/// How long the bucket stays closed, where this call took the last place in it.
pub(super) fn closed_for(headers: &HeaderMap) -> Option<Duration> {
    (header(headers, "x-ratelimit-remaining") == Some("0"))
        .then(|| seconds(header(headers, "x-ratelimit-reset-after")?.parse().ok()?))
        .flatten()
}

fn refusal(status: StatusCode, error: ErrorBody) -> RestError {
    let ErrorBody { code, message, .. } = error;
    let message = if message.is_empty() {
        "no reason given".to_owned()
    } else {
        clip(&message, MESSAGE_CHARS).to_owned()
    };
    match status {
        StatusCode::UNAUTHORIZED => RestError::Unauthorized,
        StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST
            if matches!(code, codes::CANNOT_SEND_TO_USER | codes::NO_MUTUAL_GUILD) =>
        {
            RestError::DmClosed
        }
        StatusCode::FORBIDDEN => RestError::Forbidden { code, message },
        StatusCode::NOT_FOUND => RestError::NotFound { code },
        _ => RestError::Refused {
            status: status.as_u16(),
            code,
            message,
        },
    }
}

/// The body is exact to the millisecond, the header is rounded up to seconds.
fn wait_asked(headers: &HeaderMap, error: &ErrorBody) -> Duration {
    error
        .retry_after
        .and_then(seconds)
        .or_else(|| seconds(header(headers, "retry-after")?.parse().ok()?))
        .unwrap_or(Duration::from_secs(1))
        .max(SHORTEST_WAIT)
}

/// An answer of 429 without Discord's error object comes from the edge in front of it, which limits by address.
fn scope(headers: &HeaderMap, error: &ErrorBody) -> Scope {
    match header(headers, "x-ratelimit-scope") {
        Some("user") => Scope::User,
        Some("shared") => Scope::Shared,
        Some("global") => Scope::Global,
        _ if error.global || header(headers, "x-ratelimit-global").is_some() => Scope::Global,
        _ if error.retry_after.is_none() => Scope::Global,
        _ => Scope::User,
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn seconds(seconds: f64) -> Option<Duration> {
    let wait = Duration::try_from_secs_f64(seconds).ok()?;
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    fn answer(status: u16, body: &str) -> Reading {
        let status = StatusCode::from_u16(status).expect("a status");
        read(status, &HeaderMap::new(), body.as_bytes().to_vec())
    }

    #[test]
    fn each_refusal_has_its_own_error() {
        let failed = |status, body| match answer(status, body) {
            Reading::Failed(error) => error,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            failed(403, r#"{"code":50013,"message":"Missing Permissions"}"#),
            RestError::Forbidden {
                code: 50_013,
                message: "Missing Permissions".into()
            }
        );
        assert_eq!(
            failed(
                403,
                r#"{"code":50007,"message":"Cannot send messages to this user"}"#
            ),
            RestError::DmClosed
        );
        assert_eq!(
            failed(403, r#"{"code":50278,"message":"no mutual guilds"}"#),
            RestError::DmClosed
        );
        assert_eq!(
            failed(404, r#"{"code":10008,"message":"Unknown Message"}"#),
            RestError::NotFound { code: 10_008 }
        );
        assert_eq!(
            failed(401, r#"{"code":0,"message":"401: Unauthorized"}"#),
            RestError::Unauthorized
        );
        assert_eq!(
            failed(400, "<html>"),
            RestError::Refused {
                status: 400,
                code: 0,
                message: "no reason given".into()
            }
        );
    }

    #[test]
    fn only_what_may_change_by_itself_is_tried_again() {
        for status in [500, 502, 503, 504, 520, 408] {
            assert!(matches!(answer(status, ""), Reading::Retry(_)), "{status}");
        }
        assert_eq!(answer(204, ""), Reading::Done(vec![]));
    }

    #[test]
    fn the_body_of_a_429_is_believed_before_the_header() {
        let body = br#"{"message":"slow down","retry_after":0.25,"global":false}"#.to_vec();
        let told = headers(&[("retry-after", "1"), ("x-ratelimit-scope", "shared")]);
        assert_eq!(
            read(StatusCode::TOO_MANY_REQUESTS, &told, body),
            Reading::Wait {
                wait: Duration::from_millis(250),
                scope: Scope::Shared
            }
        );
    }

    #[test]
    fn a_429_without_discords_body_stops_everything() {
        let told = headers(&[("retry-after", "7")]);
        assert_eq!(
            read(
                StatusCode::TOO_MANY_REQUESTS,
                &told,
                b"error code: 1015".to_vec()
            ),
            Reading::Wait {
                wait: Duration::from_secs(7),
                scope: Scope::Global
            }
        );
    }

    #[test]
    fn a_nonsensical_wait_is_bounded() {
        for (asked, wait) in [
            ("-1", Duration::from_secs(1)),
            ("0", SHORTEST_WAIT),
            ("1e30", Duration::from_secs(1)),
            ("1e9", LONGEST_WAIT),
        ] {
            let body = format!(r#"{{"retry_after":{asked},"global":true}}"#);
            assert_eq!(
                answer(429, &body),
                Reading::Wait {
                    wait,
                    scope: Scope::Global
                },
                "{asked}"
            );
        }
    }

    #[test]
    fn the_last_place_closes_the_bucket() {
        let told = |remaining| {
            headers(&[
                ("x-ratelimit-remaining", remaining),
                ("x-ratelimit-reset-after", "1.5"),
            ])
        };
        assert_eq!(closed_for(&told("0")), Some(Duration::from_millis(1_500)));
        assert_eq!(closed_for(&told("3")), None);
        assert_eq!(closed_for(&HeaderMap::new()), None);
    }
}
