//! What the gateway says beside events: acknowledgements, chunks, invitations to reconnect, replays.

use serde_json::{Value, json};

use crate::client::{Client, Gateway};

pub(super) async fn tour(client: &Client, mut socket: Gateway, ready: &Value) {
    socket.send(1, Value::Null).await;
    let guild = client.guild.id();
    let wanted = json!({"guild_id": guild, "query": "", "limit": 0, "nonce": "n"});
    socket.send(8, wanted).await;
    let named = json!({"guild_id": guild, "user_ids": ["1234567890123456789"]});
    socket.send(8, named).await;
    client.sim.ask_for_heartbeat();
    client.sim.ask_to_reconnect();
    client.sim.drop_connections();
    let session = ready["d"]["session_id"].clone();
    resume(client, &session).await;
    client.guild.remove_bot().expect("removed");
    client.guild.invite_bot().expect("invited");
    client.sim.invalidate_sessions(true);
    client.sim.invalidate_sessions(false);
}

async fn resume(client: &Client, session: &Value) {
    let (resumed, identified) = client.sim.sessions_opened();
    let mut socket = client.dial().await;
    let data = json!({"token": client.sim.token(), "session_id": session, "seq": 1});
    socket.send(6, data).await;
    client
        .sim
        .bot_reconnected(identified + 1, resumed)
        .await
        .expect("resumed");
}
