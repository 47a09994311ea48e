//! Registering commands, and interactions of every kind with answers of every kind.

use aimod::simulator::SimMember;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::Client;

const LINE: &str = "/all text:hello whole:7 yes:true user:@alice channel:#general role:staff any:@alice part:0.5 file:log.txt";

pub(super) async fn tour(client: &Client) {
    register(client).await;
    let owner = client.guild.owner().expect("an owner");
    answers(client, &owner).await;
    defers(client, &owner).await;
    suggests(client, &owner).await;
    components(client, &owner).await;
    menus(client, &owner).await;
}

async fn register(client: &Client) {
    let all = json!({"name": "all", "description": "Every kind of option", "options": [
        {"type": 3, "name": "text", "description": "d", "required": true, "autocomplete": true},
        {"type": 4, "name": "whole", "description": "d", "min_value": 1, "max_value": 9},
        {"type": 5, "name": "yes", "description": "d"},
        {"type": 6, "name": "user", "description": "d"},
        {"type": 7, "name": "channel", "description": "d"},
        {"type": 8, "name": "role", "description": "d"},
        {"type": 9, "name": "any", "description": "d"},
        {"type": 10, "name": "part", "description": "d"},
        {"type": 11, "name": "file", "description": "d"},
    ]});
    let group = json!({"name": "group", "description": "d", "default_member_permissions": "32", "options": [
        {"type": 2, "name": "inner", "description": "d", "options": [
            {"type": 1, "name": "run", "description": "d", "options": [
                {"type": 3, "name": "pick", "description": "d", "choices": [{"name": "A", "value": "a"}]},
            ]},
        ]},
    ]});
    let list = json!([all, group, {"name": "Look", "type": 2}, {"name": "Report", "type": 3}]);
    let base = format!("/applications/{}", client.sim.application_id());
    for path in [
        format!("{base}/commands"),
        format!("{base}/guilds/{}/commands", client.guild.id()),
    ] {
        client.puts(&path, list.clone()).await;
        let made = client
            .posts(&path, json!({"name": "extra", "description": "d"}))
            .await;
        let known = client.gets(&path).await;
        assert_eq!(known.as_array().map(Vec::len), Some(5));
        let id = made["id"].as_str().expect("an id");
        client.deletes(&format!("{path}/{id}")).await;
        client
            .fails(
                Method::POST,
                &path,
                json!({"name": "Wrong Name", "description": "d"}),
                50035,
            )
            .await;
    }
    let own = format!("{base}/guilds/{}/commands", client.guild.id());
    client.puts(&own, json!([])).await;
    let known = client.gets(&format!("{base}/commands")).await;
    let id = known[0]["id"].as_str().expect("an id");
    client.gets(&format!("{base}/commands/{id}")).await;
}

/// The id and token of the interaction that the client hears next.
async fn heard(client: &Client) -> (String, String) {
    let frame = client.hears("INTERACTION_CREATE").await;
    let field = |name: &str| frame["d"][name].as_str().map(str::to_owned);
    (
        field("id").expect("an id"),
        field("token").expect("a token"),
    )
}

async fn answers(client: &Client, owner: &SimMember) {
    owner.uploads("log.txt", *b"bytes").expect("uploads");
    owner.runs(LINE).expect("used");
    let (id, token) = heard(client).await;
    let callback = format!("/interactions/{id}/{token}/callback");
    let body = json!({"type": 4, "data": {"content": "hi", "flags": 64}});
    client
        .posts(&format!("{callback}?with_response=true"), body.clone())
        .await;
    client.fails(Method::POST, &callback, body, 40060).await;
    let webhook = format!("/webhooks/{}/{token}", client.sim.application_id());
    let follow = client.posts(&webhook, json!({"content": "more"})).await;
    let original = format!("{webhook}/messages/@original");
    client.gets(&original).await;
    client
        .patches(&original, json!({"content": "changed"}))
        .await;
    client.deletes(&original).await;
    let follow = format!(
        "{webhook}/messages/{}",
        follow["id"].as_str().expect("an id")
    );
    client.gets(&follow).await;
    client.patches(&follow, json!({"content": "changed"})).await;
    client.deletes(&follow).await;
}

async fn defers(client: &Client, owner: &SimMember) {
    owner.runs("/group inner run pick:a").expect("used");
    let (id, token) = heard(client).await;
    client
        .posts(
            &format!("/interactions/{id}/{token}/callback"),
            json!({"type": 5}),
        )
        .await;
    let webhook = format!("/webhooks/{}/{token}", client.sim.application_id());
    client
        .patches(
            &format!("{webhook}/messages/@original"),
            json!({"content": "done", "embeds": [{"title": "t"}]}),
        )
        .await;
}

async fn suggests(client: &Client, owner: &SimMember) {
    let asked = owner.autocompletes("/all text:he");
    let answered = async {
        let (id, token) = heard(client).await;
        let choices =
            json!({"type": 8, "data": {"choices": [{"name": "hello", "value": "hello"}]}});
        client
            .posts(&format!("/interactions/{id}/{token}/callback"), choices)
            .await;
    };
    let (choices, ()) = tokio::join!(asked, answered);
    assert_eq!(choices.expect("suggestions").len(), 1);
}

async fn components(client: &Client, owner: &SimMember) {
    let general = client.guild.channel("general").expect("a channel");
    let card = json!({"content": "press", "components": [
        {"type": 1, "components": [{"type": 2, "style": 4, "label": "Go", "custom_id": "go"}]},
        {"type": 1, "components": [{"type": 3, "custom_id": "pick", "options": [{"label": "a", "value": "a"}]}]},
    ]});
    let posted = client
        .posts(&format!("/channels/{general}/messages"), card)
        .await;
    let message = posted["id"].as_str().and_then(|id| id.parse().ok());
    let message = message.expect("an id");
    owner.presses(message, "go").expect("pressed");
    let form = json!({"type": 9, "data": {"custom_id": "form", "title": "Why", "components": [
        {"type": 1, "components": [{"type": 4, "custom_id": "why", "label": "Why", "style": 2}]},
    ]}});
    answer(client, form).await;
    owner.submits("form", &[("why", "because")]).expect("sent");
    answer(client, json!({"type": 4, "data": {"content": "noted"}})).await;
    owner
        .runs_directly("/group inner run pick:a")
        .expect("used");
    answer(client, json!({"type": 4, "data": {"content": "here"}})).await;
    filled_by_discord(client, owner).await;
    owner.presses(message, "go").expect("pressed");
    answer(
        client,
        json!({"type": 4, "data": {"content": "went", "flags": 64}}),
    )
    .await;
    owner.selects(message, "pick", &["a"]).expect("selected");
    answer(
        client,
        json!({"type": 7, "data": {"content": "picked", "components": []}}),
    )
    .await;
}

async fn answer(client: &Client, body: Value) {
    let (id, token) = heard(client).await;
    client
        .posts(
            &format!("/interactions/{id}/{token}/callback?with_response=true"),
            body,
        )
        .await;
}

async fn menus(client: &Client, owner: &SimMember) {
    let general = client.guild.channel("general").expect("a channel");
    let alice = client.guild.member("alice").expect("a member");
    let message = alice.posts(general, "rude").expect("posts");
    owner.runs_on_user("Look", alice.id()).expect("used");
    answer(client, json!({"type": 4, "data": {"content": "seen"}})).await;
    owner.runs_on_message("Report", message).expect("used");
    answer(client, json!({"type": 5, "data": {"flags": 64}})).await;
}

/// Selects of people, roles and channels.
async fn filled_by_discord(client: &Client, owner: &SimMember) {
    let general = client.guild.channel("general").expect("a channel");
    for (kind, choice) in [(5, "alice"), (6, "staff"), (7, "alice"), (8, "general")] {
        let select = json!({"type": kind, "custom_id": "pick"});
        let row = json!([{"type": 1, "components": [select]}]);
        let body = json!({"content": "pick", "components": row});
        let path = format!("/channels/{general}/messages");
        let posted = client.posts(&path, body).await;
        let message = posted["id"].as_str().and_then(|id| id.parse().ok());
        owner
            .selects(message.expect("an id"), "pick", &[choice])
            .expect("selected");
        answer(client, json!({"type": 6})).await;
    }
}
