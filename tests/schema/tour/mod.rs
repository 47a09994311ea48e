//! Every REST operation and every event that the simulator offers, each at least once.

mod gateway;
mod guild;
mod interactions;
mod messages;

use aimod::simulator::Traffic;

use super::client::Client;

/// What passed on the way.
pub(crate) async fn traffic() -> Traffic {
    let client = Client::start().await;
    let socket = client.connect().await;
    let ready = client.hears("READY").await;
    guild::tour(&client).await;
    guild::refusals(&client).await;
    messages::tour(&client).await;
    interactions::tour(&client).await;
    gateway::tour(&client, socket, &ready).await;
    client.done().await
}
