//! One WebSocket connection: HELLO, the client's frames in, the session's frames out.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::time::Instant;

use super::delay::Delayed;
use super::handshake::{self, Closing, Identified};
use super::transport::{Transport, Wishes};
use super::{Line, Outgoing, chunk};
use crate::simulator::shared::{Shared, State};

/// Frames written between two flushes, at most.
const BATCH: usize = 512;
/// Frames that a client may send in a minute (Discord's page on the gateway).
const FRAMES_A_MINUTE: u32 = 120;
/// The largest frame that a client may send (Discord's page on the gateway).
const LARGEST_FRAME: usize = 4096;

/// Discord's numbers of gateway operations.
mod op {
    pub(super) const HEARTBEAT: u64 = 1;
    pub(super) const IDENTIFY: u64 = 2;
    pub(super) const PRESENCE: u64 = 3;
    pub(super) const VOICE_STATE: u64 = 4;
    pub(super) const RESUME: u64 = 6;
    pub(super) const MEMBERS: u64 = 8;
    pub(super) const SOUNDBOARD: u64 = 31;
}

/// The wish for a heartbeat at once.
pub(crate) const HEARTBEAT: &str = r#"{"op":1,"s":null,"t":null,"d":null}"#;
const ACKNOWLEDGED: &str = r#"{"op":11,"s":null,"t":null,"d":null}"#;
pub(crate) const RECONNECT: &str = r#"{"op":7,"s":null,"t":null,"d":null}"#;

pub(crate) const fn invalid_session(resumable: bool) -> &'static str {
    if resumable {
        r#"{"op":9,"s":null,"t":null,"d":true}"#
    } else {
        r#"{"op":9,"s":null,"t":null,"d":false}"#
    }
}

/// Serves a connection until either side ends it.
pub(crate) async fn serve(mut socket: WebSocket, shared: Arc<Shared>, wishes: Wishes) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let (line, now) = shared.change(|state| {
        let line = Line::new(state.gateway.next_line(), sender);
        let latency = state.gateway.latency.clone();
        (line.late(latency), state.world.now())
    });
    let id = line.id;
    let mut connection = Connection {
        line,
        delayed: Delayed::default(),
        transport: wishes.transport(),
        identified: false,
        alive: Instant::now(),
        minute: (now, 0),
        shared,
    };
    match wishes.closing() {
        None => connection.hello(),
        Some(closing) => connection.close(closing),
    }
    connection.run(&mut socket, receiver).await;
    connection
        .shared
        .change(|state| state.gateway.hang_up(id, state.world.now()));
}

struct Connection {
    shared: Arc<Shared>,
    line: Line,
    /// What is on its way to the client.
    delayed: Delayed,
    transport: Transport,
    identified: bool,
    /// When the client was last heard. Its heart beats in the machine's time, whatever the world's clock does.
    alive: Instant,
    /// When the current minute began, in the world's time, and the frames in it.
    minute: (DateTime<Utc>, u32),
}

impl Connection {
    fn hello(&self) {
        let interval = self.shared.settings.heartbeat.as_millis();
        let interval = u64::try_from(interval).unwrap_or(u64::MAX);
        let hello = json!({
            "op": 10, "s": null, "t": null,
            "d": {"heartbeat_interval": interval, "_trace": ["aimod-simulator"]},
        });
        self.line.frame(hello.to_string());
    }

    /// How long the client may be silent: half an interval more than it promised, and what a slow line costs.
    fn patience(&self) -> Duration {
        let interval = self.shared.settings.heartbeat;
        interval * 3 / 2 + interval.min(Duration::from_secs(5))
    }

    async fn run(&mut self, socket: &mut WebSocket, mut receiver: UnboundedReceiver<Outgoing>) {
        let mut batch = Vec::with_capacity(BATCH);
        let patience = self.patience();
        let silence = tokio::time::sleep(patience);
        tokio::pin!(silence);
        loop {
            let goes_on = tokio::select! {
                () = self.shared.stop.cancelled() => {
                    self.line.send(Outgoing::Close(1001, "The simulator stops."));
                    true
                }
                _ = receiver.recv_many(&mut batch, BATCH) => {
                    self.delayed.sift(&mut batch, Instant::now());
                    self.write(socket, &mut batch).await
                }
                () = self.delayed.due() => {
                    self.delayed.release(&mut batch, Instant::now());
                    self.write(socket, &mut batch).await
                }
                incoming = socket.next() => match incoming {
                    Some(Ok(message)) => self.read(&message),
                    _ => false,
                },
                () = &mut silence => {
                    // Heartbeats since then have moved the moment on, which is looked at only here.
                    if self.alive + patience <= Instant::now() {
                        self.close(handshake::NO_HEARTBEAT);
                        self.alive = Instant::now();
                    }
                    silence.as_mut().reset(self.alive + patience);
                    true
                }
            };
            if !goes_on {
                return;
            }
        }
    }

    /// Writes what waits, with one flush for all of it. `false` ends the connection.
    async fn write(&mut self, socket: &mut WebSocket, batch: &mut Vec<Outgoing>) -> bool {
        let count = batch.len();
        for outgoing in batch.drain(..) {
            let message = match outgoing {
                Outgoing::Frame(frame) | Outgoing::Late(_, frame) => {
                    self.shared.tape.frame(&frame);
                    self.transport.message(frame)
                }
                Outgoing::Close(code, reason) => {
                    let reason = Utf8Bytes::from_static(reason);
                    let frame = Message::Close(Some(CloseFrame { code, reason }));
                    if let Err(problem) = socket.send(frame).await {
                        tracing::trace!(error = %problem, "the client was gone already");
                    }
                    return false;
                }
                Outgoing::Drop => return false,
            };
            let Ok(message) = message else {
                return false;
            };
            if socket.feed(message).await.is_err() {
                return false;
            }
        }
        let flushed = socket.flush().await.is_ok();
        if self.line.written(count) {
            self.shared.ring();
        }
        flushed
    }

    /// A client that was too late or counts wrongly has to begin anew; after all else it may resume.
    fn close(&self, (code, reason): Closing) {
        if handshake::ends_session(code) {
            self.shared.change(|state| state.gateway.end(self.line.id));
        }
        self.line.send(Outgoing::Close(code, reason));
    }

    /// Takes in one message of the client. `false` ends the connection.
    fn read(&mut self, message: &Message) -> bool {
        let bytes = match message {
            Message::Text(text) => text.as_str().as_bytes(),
            Message::Binary(bytes) => bytes,
            Message::Close(frame) => {
                if frame
                    .as_ref()
                    .is_some_and(|one| matches!(one.code, 1000 | 1001))
                {
                    self.shared.change(|state| state.gateway.end(self.line.id));
                }
                return false;
            }
            Message::Ping(_) | Message::Pong(_) => return true,
        };
        let frame = serde_json::from_slice::<Value>(bytes).ok();
        let outcome = match frame.filter(|_| bytes.len() <= LARGEST_FRAME) {
            Some(frame) => self.paced().and_then(|()| self.obey(&frame)),
            None => Err(handshake::UNREADABLE),
        };
        if let Err(closing) = outcome {
            self.close(closing);
        }
        true
    }

    fn paced(&mut self) -> Result<(), Closing> {
        let now = self.shared.read(|state| state.world.now());
        if now - self.minute.0 > TimeDelta::seconds(60) {
            self.minute = (now, 0);
        }
        self.minute.1 += 1;
        if self.minute.1 > FRAMES_A_MINUTE {
            return Err(handshake::TOO_FAST);
        }
        Ok(())
    }

    fn obey(&mut self, frame: &Value) -> Result<(), Closing> {
        let data = &frame["d"];
        match frame["op"].as_u64().ok_or(handshake::UNREADABLE)? {
            op::HEARTBEAT => {
                self.alive = Instant::now();
                let heard = |state: &State| state.gateway.hears(self.line.id);
                if self.shared.read(heard) {
                    self.line.frame(ACKNOWLEDGED);
                }
                Ok(())
            }
            op::IDENTIFY | op::RESUME if self.is_down() => {
                self.line.send(Outgoing::Drop);
                Ok(())
            }
            op::IDENTIFY => self.identify(data),
            op::RESUME => self.resume(data),
            op::PRESENCE | op::VOICE_STATE | op::SOUNDBOARD if self.identified => Ok(()),
            op::MEMBERS if self.identified => {
                self.shared.change(|state| self.members(state, data));
                Ok(())
            }
            op::PRESENCE | op::VOICE_STATE | op::MEMBERS | op::SOUNDBOARD => {
                Err(handshake::NOT_IDENTIFIED)
            }
            _ => Err(handshake::UNKNOWN_OPCODE),
        }
    }

    /// Whether an outage began after the client was let in.
    fn is_down(&self) -> bool {
        let down = |state: &State| state.gateway.outage.is_down(state.world.now());
        self.shared.read(down)
    }

    /// Whether this connection has a session: one that was invalidated is to be begun anew.
    fn has_session(&self) -> bool {
        self.identified
            && self.shared.read(|state| {
                let mut sessions = state.gateway.sessions.iter();
                sessions.any(|session| session.is_on(&self.line))
            })
    }

    fn identify(&mut self, data: &Value) -> Result<(), Closing> {
        if self.has_session() {
            return Err(handshake::IDENTIFIED_TWICE);
        }
        let identified = self.shared.change(|state| {
            handshake::identify(state, &self.shared.settings, self.line.clone(), data)
        })?;
        match identified {
            Identified::Opened { compress } => {
                self.identified = true;
                if compress {
                    self.transport.take_packets();
                }
            }
            Identified::TooSoon => self.line.frame(invalid_session(false)),
        }
        Ok(())
    }

    fn resume(&mut self, data: &Value) -> Result<(), Closing> {
        if self.has_session() {
            return Err(handshake::IDENTIFIED_TWICE);
        }
        let resumed = self.shared.change(|state| {
            handshake::resume(state, &self.shared.settings, self.line.clone(), data)
        })?;
        self.identified = resumed;
        if !resumed {
            self.line.frame(invalid_session(false));
        }
        Ok(())
    }

    fn members(&self, state: &mut State, data: &Value) {
        if let Some(session) = state.gateway.session_on(self.line.id) {
            chunk::send(&state.world, session, data);
        }
    }
}
