//! What the bot builds: channels, threads, roles, invites, AutoMod rules.

use serde_json::json;

use crate::client::Client;

pub(super) async fn tour(client: &Client) {
    channels(client).await;
    threads(client).await;
    private_threads(client).await;
    roles(client).await;
    invites(client).await;
    automod(client).await;
}

fn id(answer: &serde_json::Value) -> &str {
    answer["id"].as_str().expect("an id")
}

async fn channels(client: &Client) {
    let path = format!("/guilds/{}/channels", client.guild.id());
    let category = client
        .posts(&path, json!({"name": "rooms", "type": 4}))
        .await;
    let everyone = client.guild.id().everyone_role();
    let made = client
        .posts(
            &path,
            json!({
                "name": "quiet", "type": 0, "topic": "hush", "parent_id": id(&category), "rate_limit_per_user": 5,
                "permission_overwrites": [{"id": everyone, "type": 0, "allow": "0", "deny": "2048"}],
            }),
        )
        .await;
    let own = format!("/channels/{}", id(&made));
    client
        .patches(
            &own,
            json!({"name": "loud", "parent_id": null, "position": 3}),
        )
        .await;
    client.deletes(&own).await;
    client
        .deletes(&format!("/channels/{}", id(&category)))
        .await;
}

async fn threads(client: &Client) {
    let general = client.guild.channel("general").expect("a channel");
    let alice = client.guild.member("alice").expect("a member");
    let message = alice.posts(general, "a long story").expect("posts");
    let path = format!("/channels/{general}");
    let from = client
        .posts(
            &format!("{path}/messages/{message}/threads"),
            json!({"name": "story"}),
        )
        .await;
    let free = client
        .posts(
            &format!("{path}/threads"),
            json!({"name": "free", "type": 11, "auto_archive_duration": 1440}),
        )
        .await;
    let own = format!("/channels/{}", id(&from));
    client
        .patches(&own, json!({"archived": true, "locked": true}))
        .await;
    client.deletes(&own).await;
    client.deletes(&format!("/channels/{}", id(&free))).await;
}

async fn private_threads(client: &Client) {
    let general = client.guild.channel("general").expect("a channel");
    let alice = client.guild.member("alice").expect("a member");
    let made = client
        .posts(
            &format!("/channels/{general}/threads"),
            json!({"name": "hidden", "type": 12, "invitable": false}),
        )
        .await;
    let own = format!("/channels/{}", id(&made));
    let members = format!("{own}/thread-members");
    let hers = format!("{members}/{}", alice.id());
    client.puts(&hers, serde_json::Value::Null).await;
    client.gets(&format!("{members}?with_member=true")).await;
    client.gets(&members).await;
    client.gets(&hers).await;
    let active = format!("/guilds/{}/threads/active", client.guild.id());
    client.gets(&active).await;
    client.deletes(&hers).await;
    client.deletes(&format!("{members}/@me")).await;
    client
        .puts(&format!("{members}/@me"), serde_json::Value::Null)
        .await;
    client.deletes(&own).await;
}

async fn roles(client: &Client) {
    let path = format!("/guilds/{}/roles", client.guild.id());
    let made = client
        .posts(
            &path,
            json!({"name": "helpers", "permissions": "1024", "color": 255, "hoist": true}),
        )
        .await;
    let own = format!("{path}/{}", id(&made));
    client
        .patches(&own, json!({"name": "aides", "mentionable": true}))
        .await;
    client
        .patches(&path, json!([{"id": id(&made), "position": 2}]))
        .await;
    client.deletes(&own).await;
}

async fn invites(client: &Client) {
    let general = client.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/invites");
    let made = client
        .posts(
            &path,
            json!({"max_age": 3600, "max_uses": 5, "temporary": false}),
        )
        .await;
    client.gets(&path).await;
    client
        .gets(&format!("/guilds/{}/invites", client.guild.id()))
        .await;
    let own = format!("/invites/{}", made["code"].as_str().expect("a code"));
    client.gets(&own).await;
    let code = made["code"].as_str().expect("a code");
    client.sim.joins_by_invite("guest", code).expect("joins");
    client.deletes(&own).await;
}

async fn automod(client: &Client) {
    let path = format!("/guilds/{}/auto-moderation/rules", client.guild.id());
    let alerts = client.guild.add_channel("alerts");
    let rule = json!({
        "name": "words", "event_type": 1, "trigger_type": 1, "enabled": true,
        "trigger_metadata": {"keyword_filter": ["bad*"], "regex_patterns": ["b[a4]d"], "allow_list": ["badge"]},
        "actions": [
            {"type": 1, "metadata": {"custom_message": "no"}},
            {"type": 2, "metadata": {"channel_id": alerts}},
            {"type": 3, "metadata": {"duration_seconds": 60}},
        ],
    });
    let made = client.posts(&path, rule).await;
    let bob = client.guild.joins("bob").expect("joins");
    let general = client.guild.channel("general").expect("a channel");
    bob.posts(general, "badly done").expect_err("blocked");
    let mentions = json!({
        "name": "mentions", "event_type": 1, "trigger_type": 5, "trigger_metadata": {"mention_total_limit": 5},
        "actions": [{"type": 1}],
    });
    client.posts(&path, mentions).await;
    client.gets(&path).await;
    let own = format!("{path}/{}", id(&made));
    client.gets(&own).await;
    client
        .patches(&own, json!({"enabled": false, "name": "no words"}))
        .await;
    client.deletes(&own).await;
}
