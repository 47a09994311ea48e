//! A bare gateway connection, frame by frame.

use std::time::Duration;

use aimod::simulator::Simulator;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects and takes HELLO.
    pub(crate) async fn open(sim: &Simulator) -> Self {
        let url = format!("ws://{}/?v=10&encoding=json", sim.address());
        let (stream, _) = connect_async(url).await.expect("a connection");
        let mut socket = Self(stream);
        let hello = socket.frame().await;
        assert_eq!(hello["op"], 10);
        assert!(hello["d"]["heartbeat_interval"].is_u64());
        socket
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

    async fn message(&mut self) -> Message {
        let next = tokio::time::timeout(Duration::from_secs(20), self.0.next());
        let message = next.await.expect("a frame in time");
        message.expect("an open connection").expect("a frame")
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
