//! Faults that requests of the bot run into.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use serde_json::Value;

use crate::simulator::rest::limiter;
use crate::simulator::rules::error::ApiError;

/// How long a 429 tells to wait unless told otherwise.
const USUAL_WAIT: Duration = Duration::from_secs(1);

/// Errors that a test may want a request to run into, with Discord's words for them.
const NAMED: &[ApiError] = &[
    ApiError::UNKNOWN_CHANNEL,
    ApiError::UNKNOWN_GUILD,
    ApiError::UNKNOWN_INVITE,
    ApiError::UNKNOWN_MEMBER,
    ApiError::UNKNOWN_MESSAGE,
    ApiError::UNKNOWN_ROLE,
    ApiError::UNKNOWN_USER,
    ApiError::UNKNOWN_WEBHOOK,
    ApiError::UNKNOWN_BAN,
    ApiError::UNKNOWN_INTERACTION,
    ApiError::UNKNOWN_COMMAND,
    ApiError::STRANGER_BANS_EXCEEDED,
    ApiError::ALREADY_ANSWERED,
    ApiError::MISSING_ACCESS,
    ApiError::CANNOT_SEND_TO_USER,
    ApiError::MISSING_PERMISSIONS,
    ApiError::INVALID_FORM,
];

/// What happens to a request instead of, or before, what it asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// It is not carried out; the answer has this status and the body that Discord would send with it. A 404 is that
    /// of an unknown message; one of something else is made by [`Fault::error`]. A 429 tells to wait for a second.
    Status(u16),
    /// It is not carried out; the answer is this error.
    Error(ApiError),
    /// It is not carried out; the answer is 429 and tells to wait.
    RateLimited {
        /// How long to wait.
        retry_after: Duration,
        /// Whether the limit is the global one.
        global: bool,
    },
    /// It is not carried out; the answer is 429 of a limit that the resource has for everybody, which does not count
    /// towards the block of the address.
    Shared {
        /// How long to wait.
        retry_after: Duration,
    },
    /// It is carried out after this time.
    Delay(Duration),
    /// It is not carried out, and the connection breaks.
    Drop,
    /// It is carried out, but the connection breaks before the answer.
    DropAfter,
}

impl Fault {
    /// Answers with this status and code of Discord's, and the message that goes with it.
    #[must_use]
    pub fn error(status: u16, code: u32) -> Self {
        let known = NAMED.iter().find(|one| one.code == code);
        let message = known.map_or("General error".into(), |one| one.message.clone());
        Self::Error(ApiError {
            status,
            code,
            message,
            errors: Value::Null,
            retry_after: None,
        })
    }

    pub(crate) fn response(&self) -> Response {
        match self {
            Self::Status(429) => rate_limited(USUAL_WAIT, "user"),
            Self::Status(status) => status_error(*status).into_response(),
            Self::Error(error) => error.clone().into_response(),
            Self::RateLimited {
                retry_after,
                global,
            } => rate_limited(*retry_after, if *global { "global" } else { "user" }),
            Self::Shared { retry_after } => rate_limited(*retry_after, "shared"),
            Self::Delay(_) | Self::Drop | Self::DropAfter => StatusCode::OK.into_response(),
        }
    }

    /// Reads a fault as the control side's HTTP face takes it.
    pub(crate) fn from_json(value: &Value) -> Option<Self> {
        let millis = |name: &str| value[name].as_u64().map(Duration::from_millis);
        let scope = match &value["scope"] {
            Value::Null if value["global"] == true => "global",
            Value::Null => "user",
            scope => scope.as_str()?,
        };
        if !["user", "global", "shared"].contains(&scope) {
            return None;
        }
        let limited = |retry_after| match scope {
            "shared" => Self::Shared { retry_after },
            _ => Self::RateLimited {
                retry_after,
                global: scope == "global",
            },
        };
        match value["kind"].as_str()? {
            "status" => {
                let status = u16::try_from(value["status"].as_u64()?).ok()?;
                let code = value["code"].as_u64();
                match (status, code) {
                    (429, None) => Some(limited(millis("retry_after_ms").unwrap_or(USUAL_WAIT))),
                    (_, None) => Some(Self::Status(status)),
                    (_, Some(code)) => Some(Self::error(status, u32::try_from(code).ok()?)),
                }
            }
            "rate_limited" => Some(limited(millis("retry_after_ms")?)),
            "delay" => Some(Self::Delay(millis("ms")?)),
            "drop" => Some(Self::Drop),
            "drop_after" => Some(Self::DropAfter),
            _ => None,
        }
    }
}

fn status_error(status: u16) -> ApiError {
    let plain = |message: &'static str| ApiError {
        status,
        code: 0,
        message: message.into(),
        errors: Value::Null,
        retry_after: None,
    };
    match status {
        401 => ApiError::UNAUTHORIZED,
        403 => ApiError::MISSING_PERMISSIONS,
        404 => ApiError::UNKNOWN_MESSAGE,
        500 => plain("500: Internal Server Error"),
        502 => plain("502: Bad Gateway"),
        503 => plain("503: Service Unavailable"),
        _ => plain("General error"),
    }
}

fn rate_limited(retry_after: Duration, scope: &str) -> Response {
    let wait = TimeDelta::from_std(retry_after).unwrap_or(TimeDelta::MAX);
    let mut response = limiter::too_many(wait, scope);
    let headers = response.headers_mut();
    headers.insert("X-RateLimit-Remaining", HeaderValue::from_static("0"));
    let after = format!("{:.3}", retry_after.as_secs_f64());
    if let Ok(after) = after.parse() {
        headers.insert("X-RateLimit-Reset-After", after);
    }
    response
}

/// Faults that wait for their requests, first come first served.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    pattern: String,
    left: u32,
    fault: Fault,
}

impl Faults {
    pub(crate) fn add(&mut self, pattern: &str, times: u32, fault: Fault) {
        if times > 0 {
            self.rules.push(Rule {
                pattern: pattern.to_owned(),
                left: times,
                fault,
            });
        }
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// The fault that this request runs into, used up by one.
    pub(crate) fn take(&mut self, method: &str, path: &str) -> Option<Fault> {
        let fits = |rule: &&mut Rule| matches(&rule.pattern, method, path);
        let rule = self.rules.iter_mut().find(fits)?;
        let fault = rule.fault.clone();
        rule.left -= 1;
        self.rules.retain(|rule| rule.left > 0);
        Some(fault)
    }
}

/// Whether a request fits a pattern: an optional method, then a path below `/api/v10` in which `*` and `{name}` stand
/// for one part and a final `**` for the rest. `*` alone fits everything.
pub(crate) fn matches(pattern: &str, method: &str, path: &str) -> bool {
    let (wanted, template) = match pattern.trim().split_once(' ') {
        Some((wanted, template)) => (Some(wanted), template.trim()),
        None => (None, pattern.trim()),
    };
    if wanted.is_some_and(|wanted| !wanted.eq_ignore_ascii_case(method)) {
        return false;
    }
    if template == "*" || template == "**" {
        return true;
    }
    let mut parts = path.trim_matches('/').split('/');
    for wanted in template.trim_matches('/').split('/') {
        if wanted == "**" {
            return true;
        }
        let open = wanted == "*" || (wanted.starts_with('{') && wanted.ends_with('}'));
        match parts.next() {
            Some(part) if open || part == wanted => {}
            _ => return false,
        }
    }
    parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pattern_names_method_and_route() {
        let fits = |pattern| matches(pattern, "POST", "/channels/12/messages");
        for pattern in [
            "*",
            "POST /channels/{channel_id}/messages",
            "/channels/*/messages",
            "post /channels/**",
            "POST *",
        ] {
            assert!(fits(pattern), "{pattern}");
        }
        for pattern in [
            "GET *",
            "/channels/*",
            "/channels/*/messages/*",
            "/guilds/**",
            "/channels/13/messages",
        ] {
            assert!(!fits(pattern), "{pattern}");
        }
    }

    #[test]
    fn a_fault_is_used_up() {
        let mut faults = Faults::default();
        faults.add("PUT /guilds/*/bans/*", 2, Fault::Status(500));
        let mut take = || faults.take("PUT", "/guilds/1/bans/2");
        assert_eq!(take(), Some(Fault::Status(500)));
        assert_eq!(take(), Some(Fault::Status(500)));
        assert_eq!(take(), None);
    }

    #[test]
    fn a_rate_limit_tells_how_long_to_wait() {
        let fault = Fault::RateLimited {
            retry_after: Duration::from_millis(1500),
            global: false,
        };
        let response = fault.response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["Retry-After"], "2");
        assert_eq!(response.headers()["X-RateLimit-Scope"], "user");
    }

    #[test]
    fn a_fault_is_read_from_json() {
        let read = |value: Value| Fault::from_json(&value);
        assert_eq!(
            read(json!({"kind": "status", "status": 503})),
            Some(Fault::Status(503))
        );
        assert_eq!(
            read(json!({"kind": "delay", "ms": 5})),
            Some(Fault::Delay(Duration::from_millis(5)))
        );
        assert_eq!(read(json!({"kind": "explode"})), None);
    }

    #[test]
    fn each_kind_of_fault_is_read_whole() {
        for (value, fault) in [
            (
                json!({"kind": "rate_limited", "retry_after_ms": 1500, "global": true}),
                Fault::RateLimited {
                    retry_after: Duration::from_millis(1500),
                    global: true,
                },
            ),
            (
                json!({"kind": "status", "status": 429, "retry_after_ms": 700}),
                Fault::RateLimited {
                    retry_after: Duration::from_millis(700),
                    global: false,
                },
            ),
            (
                json!({"kind": "status", "status": 404, "code": 10_003}),
                Fault::Error(ApiError::UNKNOWN_CHANNEL),
            ),
            (
                json!({"kind": "rate_limited", "retry_after_ms": 700, "scope": "shared"}),
                Fault::Shared {
                    retry_after: Duration::from_millis(700),
                },
            ),
            (json!({"kind": "drop"}), Fault::Drop),
            (json!({"kind": "drop_after"}), Fault::DropAfter),
        ] {
            assert_eq!(Fault::from_json(&value), Some(fault), "{value}");
        }
        for value in [
            json!({"kind": "status"}),
            json!({"kind": "status", "status": 70_000}),
            json!({"kind": "delay", "ms": "5"}),
            json!({"kind": "rate_limited"}),
            json!({"kind": "rate_limited", "retry_after_ms": 1, "scope": "none"}),
            json!("drop"),
        ] {
            assert_eq!(Fault::from_json(&value), None, "{value}");
        }
    }

    #[test]
    fn an_error_of_ones_own_choice_speaks_discords_words() {
        for known in NAMED {
            let fault = Fault::error(known.status, known.code);
            assert_eq!(fault, Fault::Error(known.clone()));
        }
        let Fault::Error(other) = Fault::error(404, 1) else {
            panic!("an error");
        };
        assert_eq!((other.code, &*other.message), (1, "General error"));
        let limited = Fault::Status(429).response();
        assert_eq!(limited.headers()["Retry-After"], "1");
    }

    #[test]
    fn a_status_comes_with_the_body_that_discord_sends() {
        for (status, code) in [(401, 0), (403, 50013), (404, 10008), (500, 0), (418, 0)] {
            let error = status_error(status);
            assert_eq!((error.status, error.code), (status, code));
            assert_eq!(Fault::Status(status).response().status(), status);
        }
    }

    proptest::proptest! {
        #[test]
        fn a_template_fits_every_path_made_from_it(parts in proptest::collection::vec("[a-z0-9]{1,8}", 1..6), open in 0_usize..6) {
            let path = format!("/{}", parts.join("/"));
            let mut template = parts.clone();
            if let Some(part) = template.get_mut(open) {
                "{name}".clone_into(part);
            }
            let template = format!("/{}", template.join("/"));
            proptest::prop_assert!(matches(&template, "GET", &path));
            let rest = format!("GET /{}/**", parts[0]);
            proptest::prop_assert!(matches(&rest, "get", &path));
            let longer = format!("{path}/more");
            proptest::prop_assert!(!matches(&template, "GET", &longer));
        }
    }
}
