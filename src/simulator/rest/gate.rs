//! What every request passes: injected faults, the token, the log.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde_json::Value;

use super::extract::boundary;
use super::{BASE, limiter};
use crate::simulator::connection::Switch;
use crate::simulator::control::fault::Fault;
use crate::simulator::control::log::RequestEntry;
use crate::simulator::control::tape::Exchange;
use crate::simulator::rules::error::ApiError;
use crate::simulator::shared::Shared;

/// Discord's limit for a request with files, and for one of JSON alone.
const LARGEST_FORM: usize = 25 * 1024 * 1024;
const LARGEST_JSON: usize = 2 * 1024 * 1024;
/// How much more is read and thrown away, so that a client that is still sending gets to hear the answer.
const LARGEST_WASTE: usize = 64 * 1024 * 1024;
/// Larger bodies are not kept in the log.
const LARGEST_LOGGED: usize = 16 * 1024;

pub(super) async fn pass(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(switch): ConnectInfo<Switch>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let (bytes, whole) = read(&parts, body).await;
    let route = parts.extensions.get::<MatchedPath>();
    let mut entry = RequestEntry {
        method: parts.method.to_string(),
        route: route
            .map_or("(unknown)", |path| below_base(path.as_str()))
            .to_owned(),
        path: below_base(parts.uri.path()).to_owned(),
        status: 0,
        reason: super::extract::reason(&parts.headers),
        body: logged(&bytes),
        at: shared.read(|state| state.world.now()),
    };
    let taped = shared.tape.runs().then(|| Taped::of(&parts, &bytes));
    let fault = shared.change(|state| state.faults.take(&entry.method, &entry.path));
    let request = Request::from_parts(parts, Body::from(bytes));
    let response = match limiter::blocked(&shared) {
        Some(blocked) => blocked,
        None if whole.is_err() => whole.into_response(),
        None => carry_out(&shared, (&entry, fault.as_ref()), request, next).await,
    };
    limiter::answered(&shared, &response);
    let torn = matches!(fault, Some(Fault::Drop | Fault::DropAfter));
    if torn {
        switch.tear();
    } else {
        entry.status = response.status().as_u16();
    }
    let response = match taped.filter(|_| !torn) {
        Some(taped) => tape(&shared, &entry, taped, response).await,
        None => response,
    };
    shared.change(|state| state.log.push(entry));
    response
}

/// The body, or none and why it is not taken.
async fn read(parts: &Parts, body: Body) -> (Bytes, Result<(), ApiError>) {
    let form = boundary(parts.headers.get(header::CONTENT_TYPE)).is_some();
    let most = if form { LARGEST_FORM } else { LARGEST_JSON };
    let mut stream = body.into_data_stream();
    let (mut kept, mut length) = (Vec::new(), 0);
    while let Some(chunk) = stream.next().await {
        let Ok(chunk) = chunk else {
            return (Bytes::new(), Err(ApiError::INVALID_JSON));
        };
        length += chunk.len();
        if length <= most {
            kept.extend_from_slice(&chunk);
        } else if length > LARGEST_WASTE {
            break;
        }
    }
    if length > most {
        return (Bytes::new(), Err(ApiError::BODY_TOO_LARGE));
    }
    (kept.into(), Ok(()))
}

/// What the tape keeps of a request beside the log's entry.
struct Taped {
    query: String,
    sent: Value,
}

impl Taped {
    fn of(parts: &Parts, bytes: &Bytes) -> Self {
        let kind = parts.headers.get(header::CONTENT_TYPE);
        Self {
            query: parts.uri.query().unwrap_or_default().to_owned(),
            sent: super::extract::json_of(kind, bytes).unwrap_or_default(),
        }
    }
}

/// Puts an exchange on the tape; for that the answer is taken apart and put together again.
async fn tape(shared: &Shared, entry: &RequestEntry, taped: Taped, response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    shared.tape.exchange(Exchange {
        method: entry.method.clone(),
        route: entry.route.clone(),
        path: entry.path.clone(),
        query: taped.query,
        sent: taped.sent,
        status: entry.status,
        answer: serde_json::from_slice(&bytes).unwrap_or_default(),
    });
    Response::from_parts(parts, Body::from(bytes))
}

fn below_base(path: &str) -> &str {
    path.strip_prefix(BASE).unwrap_or(path)
}

fn logged(bytes: &Bytes) -> Value {
    if bytes.len() > LARGEST_LOGGED {
        return Value::Null;
    }
    serde_json::from_slice(bytes).unwrap_or_default()
}

async fn carry_out(
    shared: &Arc<Shared>,
    (entry, fault): (&RequestEntry, Option<&Fault>),
    request: Request,
    next: Next,
) -> Response {
    match fault {
        Some(Fault::Delay(time)) => {
            tokio::select! {
                () = tokio::time::sleep(*time) => {}
                () = shared.stop.cancelled() => {}
            }
        }
        Some(Fault::DropAfter) | None => {}
        Some(fault) => return fault.response(),
    }
    if needs_token(request.uri().path()) && !is_authorized(shared, request.headers()) {
        return ApiError::UNAUTHORIZED.into_response();
    }
    let told = match limiter::admit(shared, &entry.method, &entry.route, &entry.path) {
        Ok(told) => told,
        Err(refusal) => return limiter::refused(&refusal),
    };
    let mut response = next.run(request).await;
    if let Some(told) = told {
        limiter::tell(response.headers_mut(), &told);
    }
    response
}

/// Interaction answers and webhooks carry their secret in the path.
fn needs_token(path: &str) -> bool {
    let path = below_base(path);
    !(path.starts_with("/interactions/") || path.starts_with("/webhooks/") || path == "/gateway")
}

fn is_authorized(shared: &Shared, headers: &HeaderMap) -> bool {
    let given = headers.get(header::AUTHORIZATION);
    let given = given.and_then(|value| value.to_str().ok());
    given.and_then(|text| text.strip_prefix("Bot ")) == Some(shared.settings.token.as_str())
}
