//! A bare gateway connection, frame by frame.

use std::time::Duration;

use aimod::simulator::Simulator;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects and takes HELLO.
    pub(crate) async fn open(sim: &Simulator) -> Self {
        Self::open_at(&format!("ws://{}/", sim.address())).await
    }

    /// Connects to an address of one's own and takes HELLO.
    pub(crate) async fn open_at(base: &str) -> Self {
        let mut socket = Self::dial(&format!("{base}?v=10&encoding=json")).await;
        let hello = socket.frame().await;
        assert_eq!(hello["op"], 10);
        assert!(hello["d"]["heartbeat_interval"].is_u64());
        socket
    }

    /// Connects and takes nothing.
    pub(crate) async fn dial(url: &str) -> Self {
        let (stream, _) = connect_async(url).await.expect("a connection");
        Self(stream)
    }

    pub(crate) async fn send(&mut self, frame: &Value) {
        let message = Message::text(frame.to_string());
        // The other side may have closed already; what it said then is read next.
        self.0.send(message).await.unwrap_or_default();
    }

    pub(crate) async fn identify(&mut self, sim: &Simulator, intents: u64, shard: Value) {
        let identify = json!({
            "token": sim.token(), "intents": intents, "shard": shard,
            "properties": {"os": "linux", "browser": "test", "device": "test"},
        });
        self.send(&json!({"op": 2, "d": identify})).await;
    }

    /// Sends something that need not be a frame.
    pub(crate) async fn send_text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap_or_default();
    }

    /// Says good-bye with this code.
    pub(crate) async fn close(&mut self, code: u16) {
        let frame = CloseFrame {
            code: code.into(),
            reason: "".into(),
        };
        self.0.close(Some(frame)).await.expect("an open connection");
    }

    pub(crate) async fn message(&mut self) -> Message {
        self.next().await.expect("an open connection")
    }

    /// The next message; none when the connection was torn.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        let next = tokio::time::timeout(Duration::from_secs(20), self.0.next());
        next.await.expect("a frame in time")?.ok()
    }

    pub(crate) async fn frame(&mut self) -> Value {
        let message = self.message().await;
        serde_json::from_str(message.to_text().expect("text")).expect("json")
    }

    /// The body of the next dispatch of this name.
    pub(crate) async fn dispatch(&mut self, name: &str) -> Value {
        loop {
            let mut frame = self.frame().await;
            if frame["t"] == name {
                return frame["d"].take();
            }
        }
    }

    /// The code that the connection is closed with.
    pub(crate) async fn close_code(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.message().await {
                return frame.expect("a code").code.into();
            }
        }
    }
}
