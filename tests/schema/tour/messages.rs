//! Messages in channels and direct ones, with everything that can hang on them.

use aimod::simulator::Draft;
use reqwest::Method;
use serde_json::json;

use crate::client::Client;

pub(super) async fn tour(client: &Client) {
    by_people(client);
    by_the_bot(client).await;
    direct(client).await;
}

fn by_people(client: &Client) {
    let general = client.guild.channel("general").expect("a channel");
    let alice = client.guild.joins("alice").expect("joins");
    let first = alice.posts(general, "hello <@1> @everyone").expect("posts");
    let rich = Draft::text("look")
        .reply_to(first)
        .attachment("a.png", 1_000, "image/png")
        .embed(json!({"title": "t", "fields": [{"name": "n", "value": "v"}]}));
    alice.posts_draft(general, rich).expect("posts");
    alice.posts_file(general, "ü.png", *b"x").expect("posts");
    alice.edits(first, "hello again").expect("edits");
    alice.deletes(first).expect("deletes");
}

async fn by_the_bot(client: &Client) {
    let general = client.guild.channel("general").expect("a channel");
    let alice = client.guild.member("alice").expect("a member");
    let path = format!("/channels/{general}/messages");
    let replied = alice.posts(general, "ping").expect("posts");
    let card = json!({
        "content": "a card", "nonce": "n-1", "enforce_nonce": true, "allowed_mentions": {"parse": []},
        "embeds": [{"title": "Case 1", "description": "d", "color": 255, "fields": [
            {"name": "Member", "value": "alice", "inline": true},
        ]}],
        "components": [
            {"type": 1, "components": [{"type": 2, "style": 1, "label": "Appeal", "custom_id": "appeal"}]},
            {"type": 1, "components": [{"type": 3, "custom_id": "pick", "options": [{"label": "a", "value": "a"}]}]},
        ],
        "message_reference": {"message_id": replied},
    });
    let posted = client.posts(&path, card.clone()).await;
    let again = client.posts(&path, card).await;
    assert_eq!(posted["id"], again["id"], "the nonce stands for it");
    let id = posted["id"].as_str().expect("an id");
    client.gets(&format!("{path}/{id}")).await;
    client.gets(&format!("{path}?limit=10")).await;
    client
        .patches(&format!("{path}/{id}"), json!({"content": "changed"}))
        .await;
    let reactions = format!("{path}/{id}/reactions");
    let thumb = format!("{reactions}/%F0%9F%91%8D");
    let own = format!("{thumb}/@me");
    let nothing = serde_json::Value::Null;
    client.puts(&own, nothing.clone()).await;
    client.gets(&thumb).await;
    client.gets(&format!("{path}/{id}")).await;
    client.deletes(&own).await;
    client.puts(&own, nothing.clone()).await;
    let bot = client.sim.bot_user_id();
    client.deletes(&format!("{thumb}/{bot}")).await;
    client.deletes(&thumb).await;
    client.deletes(&reactions).await;
    for pins in [format!("{path}/pins"), format!("/channels/{general}/pins")] {
        client.puts(&format!("{pins}/{id}"), nothing.clone()).await;
        client.gets(&pins).await;
        client.deletes(&format!("{pins}/{id}")).await;
    }
    client
        .does(
            Method::POST,
            &format!("/channels/{general}/typing"),
            serde_json::Value::Null,
        )
        .await;
    client.deletes(&format!("{path}/{id}")).await;
    let several: Vec<_> = (0..3)
        .map(|_| alice.posts(general, "flood").expect("posts"))
        .collect();
    client
        .posts(&format!("{path}/bulk-delete"), json!({"messages": several}))
        .await;
    let lonely = alice.posts(general, "one more").expect("posts");
    client.deletes(&format!("{path}/{lonely}")).await;
}

async fn direct(client: &Client) {
    let alice = client.guild.member("alice").expect("a member");
    let opened = client
        .posts("/users/@me/channels", json!({"recipient_id": alice.id()}))
        .await;
    let channel = opened["id"].as_str().expect("an id");
    client.gets(&format!("/channels/{channel}")).await;
    let path = format!("/channels/{channel}/messages");
    client
        .posts(&path, json!({"content": "You were warned."}))
        .await;
    let mine = alice.writes_to_bot("why?").expect("writes");
    alice.edits(mine, "why, though?").expect("edits");
    alice.deletes(mine).expect("deletes");
    alice.closes_dms();
    client
        .fails(Method::POST, &path, json!({"content": "Again."}), 50007)
        .await;
    alice.opens_dms();
}
