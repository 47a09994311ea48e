//! A bare client of the simulator: requests as the bot, and a gateway connection that takes whatever comes.

use std::time::Duration;

use aimod::simulator::{SimGuild, Simulator, SimulatorOptions};
use futures_util::stream::SplitSink;
use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tokio_util::task::TaskTracker;

const EVERY_INTENT: u64 = 0x1_ffff | (3 << 20) | (3 << 24);

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A simulator that records, with one guild and a client.
pub(crate) struct Client {
    pub(crate) sim: Simulator,
    pub(crate) guild: SimGuild,
    http: reqwest::Client,
    tasks: TaskTracker,
    speaker: UnboundedSender<Value>,
    frames: Mutex<UnboundedReceiver<Value>>,
}

/// A gateway connection.
pub(crate) struct Gateway(SplitSink<Stream, Message>);

impl Client {
    pub(crate) async fn start(rate_limits: bool) -> Self {
        let options = SimulatorOptions {
            rate_limits,
            ..SimulatorOptions::default()
        };
        let sim = Simulator::start(options).await.expect("a free port");
        sim.record_traffic();
        let (speaker, frames) = unbounded_channel();
        Self {
            speaker,
            frames: Mutex::new(frames),
            guild: sim.add_guild("Demo"),
            http: reqwest::Client::new(),
            tasks: TaskTracker::new(),
            sim,
        }
    }

    /// Connects, and listens to whatever arrives.
    pub(crate) async fn dial(&self) -> Gateway {
        let url = format!("ws://{}/?v=10&encoding=json", self.sim.address());
        let (stream, _) = connect_async(url).await.expect("a connection");
        let (sink, mut incoming) = stream.split();
        let speaker = self.speaker.clone();
        self.tasks.spawn(async move {
            while let Some(Ok(message)) = incoming.next().await {
                let frame = message.to_text().map(serde_json::from_str::<Value>);
                if let Ok(Ok(frame)) = frame {
                    speaker.send(frame).unwrap_or_default();
                }
            }
        });
        Gateway(sink)
    }

    /// The next dispatch of this name, as a whole frame.
    pub(crate) async fn hears(&self, name: &str) -> Value {
        let mut frames = self.frames.lock().await;
        let found = async {
            loop {
                let frame = frames.recv().await.expect("the client lives");
                if frame["t"] == name {
                    return frame;
                }
            }
        };
        let found = tokio::time::timeout(Duration::from_secs(20), found).await;
        found.unwrap_or_else(|_| panic!("never heard {name}"))
    }

    /// Connects, identifies for the only shard and waits until that is done.
    pub(crate) async fn connect(&self) -> Gateway {
        let mut gateway = self.dial().await;
        let identify = json!({
            "token": self.sim.token(), "intents": EVERY_INTENT,
            "properties": {"os": "linux", "browser": "test", "device": "test"},
        });
        gateway.send(2, identify).await;
        self.sim.bot_connected().await.expect("connected");
        gateway
    }

    /// The answer to a request that must succeed.
    pub(crate) async fn does(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, answer) = self.asks(method.clone(), path, body).await;
        assert!((200..300).contains(&status), "{method} {path}: {answer}");
        answer
    }

    pub(crate) async fn gets(&self, path: &str) -> Value {
        self.does(Method::GET, path, Value::Null).await
    }

    pub(crate) async fn posts(&self, path: &str, body: Value) -> Value {
        self.does(Method::POST, path, body).await
    }

    pub(crate) async fn patches(&self, path: &str, body: Value) -> Value {
        self.does(Method::PATCH, path, body).await
    }

    pub(crate) async fn puts(&self, path: &str, body: Value) -> Value {
        self.does(Method::PUT, path, body).await
    }

    pub(crate) async fn deletes(&self, path: &str) -> Value {
        self.does(Method::DELETE, path, Value::Null).await
    }

    /// A request that must be refused with this code.
    pub(crate) async fn fails(&self, method: Method, path: &str, body: Value, code: u64) {
        let (status, answer) = self.asks(method.clone(), path, body).await;
        assert!(status >= 400, "{method} {path}: {answer}");
        assert_eq!(answer["code"], code, "{method} {path}: {answer}");
    }

    /// Sends a request; `Null` is no body.
    pub(crate) async fn asks(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/api/v10{path}", self.sim.api_base());
        let token = format!("Bot {}", self.sim.token());
        let mut request = self
            .http
            .request(method, url)
            .header("Authorization", token);
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let text = response.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// Waits until everything said so far has left, and closes.
    pub(crate) async fn done(self) -> aimod::simulator::Traffic {
        let drained = tokio::time::timeout(Duration::from_secs(20), self.sim.drained_to(0));
        drained.await.expect("in time").expect("drained");
        let traffic = self.sim.traffic();
        self.sim.shutdown().await;
        self.tasks.close();
        self.tasks.wait().await;
        traffic
    }
}

impl Gateway {
    pub(crate) async fn send(&mut self, op: u64, data: Value) {
        let frame = json!({"op": op, "d": data}).to_string();
        self.0.send(Message::text(frame)).await.expect("connected");
    }
}
