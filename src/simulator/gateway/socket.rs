//! One WebSocket connection: HELLO, the client's frames in, the session's frames out.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::time::Instant;

use super::handshake::{self, Closing};
use super::{Line, Outgoing, chunk};
use crate::simulator::shared::{Shared, State};

/// Frames written between two flushes, at most.
const BATCH: usize = 512;
/// Frames that a client may send in a minute (Discord's page on the gateway).
const FRAMES_A_MINUTE: u32 = 120;

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
pub(crate) async fn serve(socket: WebSocket, shared: Arc<Shared>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let id = shared.change(|state| state.gateway.next_line());
    let (sink, stream) = socket.split();
    let mut connection = Connection {
        line: Line::new(id, sender),
        identified: false,
        alive: Instant::now(),
        minute: (Instant::now(), 0),
        shared,
    };
    connection.hello();
    connection.run(sink, stream, receiver).await;
    connection.shared.change(|state| state.gateway.hang_up(id));
}

struct Connection {
    shared: Arc<Shared>,
    line: Line,
    identified: bool,
    /// When the client was last heard.
    alive: Instant,
    /// When the current minute began, and the frames in it.
    minute: (Instant, u32),
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

    async fn run(
        &mut self,
        mut sink: SplitSink<WebSocket, Message>,
        mut stream: SplitStream<WebSocket>,
        mut receiver: UnboundedReceiver<Outgoing>,
    ) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let patience = self.shared.settings.heartbeat * 3 / 2 + Duration::from_secs(5);
            let goes_on = tokio::select! {
                () = self.shared.stop.cancelled() => {
                    self.line.send(Outgoing::Close(1001, "The simulator stops."));
                    true
                }
                _ = receiver.recv_many(&mut batch, BATCH) => self.write(&mut sink, &mut batch).await,
                incoming = stream.next() => match incoming {
                    Some(Ok(message)) => self.read(&message),
                    _ => false,
                },
                () = tokio::time::sleep_until(self.alive + patience) => {
                    self.close(handshake::NO_HEARTBEAT);
                    self.alive = Instant::now();
                    true
                }
            };
            if !goes_on {
                return;
            }
        }
    }

    /// Writes what waits, with one flush for all of it. `false` ends the connection.
    async fn write(
        &self,
        sink: &mut SplitSink<WebSocket, Message>,
        batch: &mut Vec<Outgoing>,
    ) -> bool {
        let count = batch.len();
        for outgoing in batch.drain(..) {
            let message = match outgoing {
                Outgoing::Frame(frame) => {
                    self.shared.tape.frame(&frame);
                    Message::Text(frame)
                }
                Outgoing::Close(code, reason) => {
                    let reason = Utf8Bytes::from_static(reason);
                    let frame = Message::Close(Some(CloseFrame { code, reason }));
                    if let Err(problem) = sink.send(frame).await {
                        tracing::trace!(error = %problem, "the client was gone already");
                    }
                    return false;
                }
                Outgoing::Drop => return false,
            };
            if sink.feed(message).await.is_err() {
                return false;
            }
        }
        let flushed = sink.flush().await.is_ok();
        if self.line.written(count) {
            self.shared.ring();
        }
        flushed
    }

    fn close(&self, (code, reason): Closing) {
        self.line.send(Outgoing::Close(code, reason));
    }

    /// Takes in one message of the client. `false` ends the connection.
    fn read(&mut self, message: &Message) -> bool {
        let bytes = match message {
            Message::Text(text) => text.as_str().as_bytes(),
            Message::Binary(bytes) => bytes,
            Message::Close(_) => return false,
            Message::Ping(_) | Message::Pong(_) => return true,
        };
        let outcome = match serde_json::from_slice::<Value>(bytes) {
            Ok(frame) => self.paced().and_then(|()| self.obey(&frame)),
            Err(_) => Err(handshake::UNREADABLE),
        };
        if let Err(closing) = outcome {
            self.close(closing);
        }
        true
    }

    fn paced(&mut self) -> Result<(), Closing> {
        let now = Instant::now();
        if now - self.minute.0 > Duration::from_secs(60) {
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
                if !self.shared.read(|state| state.gateway.deaf) {
                    self.line.frame(ACKNOWLEDGED);
                }
                Ok(())
            }
            op::IDENTIFY => self.identify(data),
            op::RESUME => self.resume(data),
            op::PRESENCE | op::VOICE_STATE | op::SOUNDBOARD if self.identified => Ok(()),
            op::MEMBERS if self.identified => {
                self.shared.change(|state| self.members(state, data));
                Ok(())
            }
            op::PRESENCE | op::VOICE_STATE | op::MEMBERS => Err(handshake::NOT_IDENTIFIED),
            _ => Err(handshake::UNKNOWN_OPCODE),
        }
    }

    fn identify(&mut self, data: &Value) -> Result<(), Closing> {
        if self.identified {
            return Err(handshake::IDENTIFIED_TWICE);
        }
        self.shared.change(|state| {
            handshake::identify(state, &self.shared.settings, self.line.clone(), data)
        })?;
        self.identified = true;
        Ok(())
    }

    fn resume(&mut self, data: &Value) -> Result<(), Closing> {
        if self.identified {
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
        let own = |one: &&mut super::Session| {
            let line = one.line.as_ref();
            line.is_some_and(|line| line.id == self.line.id)
        };
        if let Some(session) = state.gateway.sessions.iter_mut().find(own) {
            chunk::send(&state.world, session, data);
        }
    }
}
