//! A gateway that says what the test tells it to, over real sockets, and remembers what it heard.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio_util::task::TaskTracker;

pub(super) const TOKEN: &str = "a-token-nobody-may-see";

/// What is sent down the wire.
enum Out {
    Text(String),
    Close(u16),
    Drop,
}

/// What the gateway has heard.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Heard {
    pub(super) identified: u32,
    pub(super) resumed: u32,
    pub(super) hung_up: u32,
    pub(super) identify: Value,
}

#[derive(Default)]
struct Line {
    seq: u64,
    history: Vec<(u64, String)>,
    out: Option<mpsc::UnboundedSender<Out>>,
}

/// How REST answers, and whether IDENTIFY is accepted.
#[derive(Clone, Debug)]
pub(super) struct Manners {
    pub(super) gateway_status: u16,
    pub(super) sessions_left: u64,
    pub(super) refuse_with: Option<u16>,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            gateway_status: 200,
            sessions_left: 1_000,
            refuse_with: None,
        }
    }
}

#[derive(Clone)]
pub(super) struct Discord {
    base: String,
    manners: Manners,
    line: Arc<Mutex<Line>>,
    heard: Arc<watch::Sender<Heard>>,
}

impl Discord {
    pub(super) async fn start(manners: Manners) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let this = Self {
            base: listener.local_addr().expect("an address").to_string(),
            manners,
            line: Arc::default(),
            heard: Arc::new(watch::Sender::default()),
        };
        let app = Router::new()
            .route("/api/v10/gateway", get(address))
            .route("/api/v10/gateway/bot", get(address))
            .route("/", get(connect))
            .with_state(this.clone());
        TaskTracker::new().spawn(async move { axum::serve(listener, app).await });
        this
    }

    pub(super) fn base(&self) -> String {
        format!("http://{}", self.base)
    }

    pub(super) fn heard(&self) -> Heard {
        self.heard.borrow().clone()
    }

    pub(super) async fn hears(&self, what: impl FnMut(&Heard) -> bool) {
        let mut heard = self.heard.subscribe();
        heard.wait_for(what).await.expect("the gateway lives");
    }

    /// Dispatches an event; while nobody is connected it waits for the resume.
    pub(super) fn dispatch(&self, kind: &str, data: &Value) {
        let mut line = self.line();
        line.seq += 1;
        let frame = json!({"op": 0, "s": line.seq, "t": kind, "d": data}).to_string();
        let seq = line.seq;
        line.history.push((seq, frame.clone()));
        line.send(Out::Text(frame));
    }

    /// Sends a frame as it is.
    pub(super) fn say(&self, frame: &str) {
        self.line().send(Out::Text(frame.to_owned()));
    }

    pub(super) fn close(&self, code: u16) {
        self.line().send(Out::Close(code));
    }

    /// Cuts the connection without a word.
    pub(super) fn cut(&self) {
        self.line().send(Out::Drop);
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().expect("no test panics while it speaks")
    }

    async fn talk(&self, mut socket: WebSocket) -> Result<(), axum::Error> {
        let hello = json!({"op": 10, "d": {"heartbeat_interval": 41_250}});
        socket.send(Message::Text(hello.to_string().into())).await?;
        let (sender, mut out) = mpsc::unbounded_channel();
        loop {
            tokio::select! {
                said = out.recv() => match said {
                    Some(Out::Text(text)) => socket.send(Message::Text(text.into())).await?,
                    Some(Out::Close(code)) => {
                        let frame = CloseFrame { code, reason: "".into() };
                        socket.send(Message::Close(Some(frame))).await?;
                    }
                    Some(Out::Drop) | None => return Ok(()),
                },
                heard = socket.recv() => match heard {
                    Some(Ok(Message::Text(text))) => self.hear(&text, &sender),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return Ok(()),
                },
            }
        }
    }

    fn hear(&self, text: &str, sender: &mpsc::UnboundedSender<Out>) {
        let frame: Value = serde_json::from_str(text).expect("serenity writes JSON");
        match frame["op"].as_u64() {
            Some(1) => {
                let ack = json!({"op": 11}).to_string();
                drop(sender.send(Out::Text(ack)));
            }
            Some(2) => self.identify(frame["d"].clone(), sender),
            Some(6) => self.resume(&frame["d"], sender),
            other => panic!("unexpected op {other:?}"),
        }
    }

    fn identify(&self, identify: Value, sender: &mpsc::UnboundedSender<Out>) {
        self.line().out = Some(sender.clone());
        match self.manners.refuse_with {
            Some(code) => self.close(code),
            None => self.dispatch("READY", &ready(&identify)),
        }
        self.heard.send_modify(|heard| {
            heard.identified += 1;
            heard.identify = identify;
        });
    }

    fn resume(&self, resume: &Value, sender: &mpsc::UnboundedSender<Out>) {
        assert_eq!(resume["session_id"], "session");
        let mut line = self.line();
        line.out = Some(sender.clone());
        let seen = resume["seq"].as_u64().expect("a sequence number");
        let missed: Vec<_> = line
            .history
            .iter()
            .filter(|(seq, _)| *seq > seen)
            .cloned()
            .collect();
        for (_, frame) in missed {
            line.send(Out::Text(frame));
        }
        drop(line);
        self.dispatch("RESUMED", &json!({}));
        self.heard.send_modify(|heard| heard.resumed += 1);
    }
}

impl Line {
    fn send(&self, what: Out) {
        if let Some(out) = &self.out {
            // A cut line loses it; the history keeps it.
            drop(out.send(what));
        }
    }
}

fn ready(identify: &Value) -> Value {
    json!({
        "v": 10, "session_id": "session", "resume_gateway_url": "ws://127.0.0.1:9", "shard": identify["shard"],
        "user": {"id": "99", "username": "aimod", "discriminator": "0", "avatar": null, "bot": true, "verified": true,
                 "mfa_enabled": false, "email": null, "flags": 0},
        "guilds": [{"id": "7", "unavailable": true}],
        "application": {"id": "98", "flags": 0}
    })
}

async fn address(State(this): State<Discord>) -> Response {
    let status = StatusCode::from_u16(this.manners.gateway_status).expect("a status");
    let limit = json!({"total": 1_000, "remaining": this.manners.sessions_left, "reset_after": 90_000,
                       "max_concurrency": 1});
    let body = json!({"url": format!("ws://{}", this.base), "shards": 1, "session_start_limit": limit,
                      "code": 0, "message": "as scripted"});
    (status, axum::Json(body)).into_response()
}

async fn connect(State(this): State<Discord>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |socket| {
        drop(this.talk(socket).await);
        this.heard.send_modify(|heard| heard.hung_up += 1);
    })
}
