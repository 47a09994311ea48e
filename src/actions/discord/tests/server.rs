//! A server that answers as told and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;
use tokio_util::task::TaskTracker;

use crate::actions::discord::{DiscordRest, RestOptions};

pub(super) const TOKEN: &str = "a-token-nobody-may-see";

/// One scripted answer.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    after: Duration,
}

pub(super) fn reply(status: u16, body: &str) -> Reply {
    Reply {
        status,
        headers: vec![],
        body: body.to_owned(),
        after: Duration::ZERO,
    }
}

pub(super) fn no_content() -> Reply {
    reply(204, "")
}

impl Reply {
    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) fn after(mut self, after: Duration) -> Self {
        self.after = after;
        self
    }
}

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) line: String,
    pub(super) reason: Option<String>,
    pub(super) authorization: Option<String>,
    pub(super) body: Value,
    pub(super) at: Instant,
}

#[derive(Default)]
struct Book {
    script: VecDeque<Reply>,
    asked: Vec<Asked>,
    inside: usize,
    most_inside: usize,
}

/// The server. After its script it answers 204.
pub(super) struct Server {
    base: String,
    book: Arc<Mutex<Book>>,
}

impl Server {
    pub(super) async fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        let book = Arc::new(Mutex::new(Book {
            script: script.into_iter().collect(),
            ..Book::default()
        }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let app = Router::new().fallback(answer).with_state(Arc::clone(&book));
        TaskTracker::new().spawn(async move { axum::serve(listener, app).await });
        Self { base, book }
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    pub(super) fn rest(&self) -> DiscordRest {
        self.rest_with(RestOptions {
            timeout: Duration::from_secs(2),
            max_attempts: 3,
            deadline: Duration::from_secs(5),
            backoff: Duration::from_millis(2),
            per_second: 100_000,
        })
    }

    pub(super) fn rest_with(&self, options: RestOptions) -> DiscordRest {
        DiscordRest::new(&TOKEN.into(), Some(&self.base), options).expect("a client")
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        locked(&self.book).asked.clone()
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.line).collect()
    }

    pub(super) fn most_inside(&self) -> usize {
        locked(&self.book).most_inside
    }
}

fn locked(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    book.lock().expect("no test panics while it holds the book")
}

async fn answer(State(book): State<Arc<Mutex<Book>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let header = |name: &str| {
        let value = parts.headers.get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    let bytes = to_bytes(body, 1 << 20).await.unwrap_or_default();
    let asked = Asked {
        line: format!("{} {}", parts.method, parts.uri.path()),
        reason: header("x-audit-log-reason"),
        authorization: header("authorization"),
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
        at: Instant::now(),
    };
    let reply = {
        let mut book = locked(&book);
        book.asked.push(asked);
        book.inside += 1;
        book.most_inside = book.most_inside.max(book.inside);
        book.script.pop_front().unwrap_or_else(no_content)
    };
    tokio::time::sleep(reply.after).await;
    locked(&book).inside -= 1;
    let status = StatusCode::from_u16(reply.status).expect("a status");
    let mut response = Response::builder().status(status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).expect("a response")
}
