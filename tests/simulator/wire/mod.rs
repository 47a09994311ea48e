//! How everything looks on the wire, field by field: with a clock that stands and a seed, ids and tokens are fixed.
#![expect(
    clippy::too_many_lines,
    reason = "a test here is one long literal: what a form looks like on the wire"
)]

mod answers;
mod cards;
mod channels;
mod guilds;
mod interactions;
mod itself;
mod later;
mod members;
mod menus;
mod messages;
mod sanctions;

use aimod::domain::clock::Clock;
use aimod::domain::ids::ChannelId;
use aimod::simulator::{SimMember, SimulatorOptions};
use chrono::DateTime;
use reqwest::Method;
use serde_json::{Value, json};

use crate::Bench;
use crate::socket::Socket;

/// A guild with one member, and a connection that hears everything.
struct Scene {
    bench: Bench,
    socket: Socket,
    general: ChannelId,
    mallory: SimMember,
}

impl Scene {
    async fn start() -> Self {
        let noon = DateTime::from_timestamp(1_780_000_000, 0).expect("a time");
        let options = SimulatorOptions {
            clock: Clock::manual(noon),
            ..SimulatorOptions::default()
        };
        let bench = Bench::start_with(options).await;
        let general = bench.guild.channel("general").expect("a channel");
        let mallory = bench.guild.add_member("mallory").expect("a member");
        let mut socket = Socket::open(&bench.sim).await;
        let intents = poise::serenity_prelude::GatewayIntents::all().bits();
        socket.identify(&bench.sim, intents, json!([0, 1])).await;
        bench.sim.bot_connected().await.expect("connected");
        Self {
            bench,
            socket,
            general,
            mallory,
        }
    }

    /// A scene whose bot has registered a command.
    async fn with_command(command: Value) -> Self {
        let scene = Self::start().await;
        let path = format!(
            "/applications/{}/commands",
            scene.bench.sim.application_id()
        );
        scene.sends(Method::PUT, &path, json!([command])).await;
        scene
    }

    /// The next dispatch of this name, as text.
    async fn hears(&mut self, name: &str) -> String {
        let body = self.socket.dispatch(name).await;
        self.pretty(&body)
    }

    /// The answer to a request of the bot.
    async fn sends(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, answer) = self.bench.send(method, path, body).await;
        assert!(status.is_success(), "{path}: {answer}");
        answer
    }

    /// The answer to a request of the bot, as text.
    async fn reads(&self, path: &str) -> String {
        let answer = self.sends(Method::GET, path, Value::Null).await;
        self.pretty(&answer)
    }

    fn pretty(&self, value: &Value) -> String {
        let text = serde_json::to_string_pretty(value).expect("json");
        text.replace(&self.bench.sim.address().to_string(), "ADDRESS")
    }
}
