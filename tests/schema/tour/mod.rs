//! Every REST operation and every event that the simulator offers, each at least once.

mod gateway;
mod guild;
mod interactions;
mod messages;
mod structure;

use aimod::simulator::Traffic;
use reqwest::Method;
use serde_json::{Value, json};

use super::client::Client;

/// What passed on the way.
pub(crate) async fn traffic() -> Traffic {
    let client = Client::start(false).await;
    let socket = client.connect().await;
    let ready = client.hears("READY").await;
    guild::tour(&client).await;
    guild::refusals(&client).await;
    messages::tour(&client).await;
    structure::tour(&client).await;
    interactions::tour(&client).await;
    gateway::tour(&client, socket, &ready).await;
    let mut traffic = client.done().await;
    traffic.exchanges.extend(limited().await.exchanges);
    traffic
}

/// Being told to wait, by a bucket and by the limit over everything.
async fn limited() -> Traffic {
    let client = Client::start(true).await;
    let general = client.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/messages");
    let mut statuses = Vec::new();
    for _ in 0..20 {
        let body = json!({"content": "flood"});
        statuses.push(client.asks(Method::POST, &path, body).await.0);
    }
    for _ in 0..100 {
        statuses.push(client.asks(Method::GET, "/users/@me", Value::Null).await.0);
    }
    assert!(statuses.contains(&429), "{statuses:?}");
    client.done().await
}
