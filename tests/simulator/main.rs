//! The simulated Discord, driven by a real serenity client with poise and by bare HTTP.

#[path = "../support/mod.rs"]
mod support;

mod audit;
mod automod;
mod bot;
mod clients;
mod commands;
mod control;
mod doors;
mod events;
mod expiry;
mod faults;
mod files;
mod forms;
mod gateway;
mod gateway_codes;
mod gateway_compression;
mod gateway_outage;
mod gateway_sessions;
mod handling;
mod hands;
mod leaving;
mod limits;
mod moderation;
mod parsing;
mod people;
mod posting;
mod pressing;
mod reading;
mod replying;
mod rewording;
mod rules;
mod saving;
mod scenarios;
mod sending;
mod socket;
mod structure;
mod subscribing;
mod threads;
mod visits;
mod wire;

use aimod::simulator::{SimGuild, Simulator, SimulatorOptions};
use reqwest::{Method, StatusCode};
use serde_json::Value;

/// A simulator with one guild, and a client for bare requests as the bot.
struct Bench {
    sim: Simulator,
    guild: SimGuild,
    http: reqwest::Client,
}

impl Bench {
    async fn start() -> Self {
        Self::start_with(SimulatorOptions::default()).await
    }

    /// Without rate limits.
    async fn unlimited() -> Self {
        let options = SimulatorOptions {
            rate_limits: false,
            ..SimulatorOptions::default()
        };
        Self::start_with(options).await
    }

    async fn start_with(options: SimulatorOptions) -> Self {
        let sim = Simulator::start(options).await.expect("a free port");
        let guild = sim.add_guild("Demo");
        let http = reqwest::Client::new();
        Self { sim, guild, http }
    }

    /// The request of a bot, with its token.
    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/api/v10{path}", self.sim.api_base());
        let token = format!("Bot {}", self.sim.token());
        self.http
            .request(method, url)
            .header("Authorization", token)
    }

    /// Sends a request and reads status and JSON, `Null` for no body.
    async fn send(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let request = self.request(method, path).json(&body);
        let response = request.send().await.expect("an answer");
        let status = response.status();
        let text = response.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// Sends a request that must fail, and gives status and Discord's code.
    async fn fails(&self, method: Method, path: &str, body: Value) -> (u16, u64) {
        let (status, answer) = self.send(method, path, body).await;
        let code = answer["code"].as_u64();
        (status.as_u16(), code.expect("an error of Discord's kind"))
    }
}
