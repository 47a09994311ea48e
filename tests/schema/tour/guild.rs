//! The bot's account, guilds, members, bans, roles and channels.

use aimod::simulator::{ChannelKind, Overwrite, OverwriteTarget, Permissions};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::Client;

const NOBODY: &str = "1234567890123456789";

pub(super) async fn tour(client: &Client) {
    let everything = Permissions::ADMINISTRATOR;
    client
        .guild
        .set_bot_permissions(everything)
        .expect("the bot");
    account(client).await;
    members(client).await;
    bans(client).await;
    by_hand(client).await;
    channels(client).await;
}

async fn account(client: &Client) {
    for path in [
        "/gateway",
        "/gateway/bot",
        "/oauth2/applications/@me",
        "/applications/@me",
        "/users/@me",
        "/users/@me/guilds",
    ] {
        client.gets(path).await;
    }
    let guild = client.guild.id();
    for rest in [
        "",
        "?with_counts=true",
        "/channels",
        "/threads/active",
        "/roles",
        "/members?limit=100",
        "/members/search?query=ad&limit=5",
        "/bans",
    ] {
        client.gets(&format!("/guilds/{guild}{rest}")).await;
    }
    let bot = client.sim.bot_user_id();
    client.gets(&format!("/users/{bot}")).await;
    client.gets(&format!("/guilds/{guild}/members/{bot}")).await;
    let role = client.guild.bot_role().expect("a role");
    client.gets(&format!("/guilds/{guild}/roles/{role}")).await;
    let until = client.sim.clock().now() + TimeDelta::hours(1);
    let incidents =
        json!({"invites_disabled_until": until.to_rfc3339(), "dms_disabled_until": null});
    let pause = format!("/guilds/{guild}/incident-actions");
    client.puts(&pause, incidents).await;
    client
        .puts(&pause, json!({"invites_disabled_until": null}))
        .await;
}

async fn members(client: &Client) {
    let guild = client.guild.id();
    let mallory = client.guild.joins("mallory").expect("joins");
    let path = format!("/guilds/{guild}/members/{}", mallory.id());
    let until = client.sim.clock().now() + TimeDelta::hours(1);
    let timeout = json!({"communication_disabled_until": until.to_rfc3339()});
    client.patches(&path, timeout).await;
    client
        .patches(
            &path,
            json!({"communication_disabled_until": null, "nick": "mal"}),
        )
        .await;
    client
        .patches(
            &format!("/guilds/{guild}/members/@me"),
            json!({"nick": "keeper"}),
        )
        .await;
    let role = client.guild.add_role("staff", Permissions::NONE, 3);
    client
        .puts(&format!("{path}/roles/{role}"), Value::Null)
        .await;
    client.gets(&path).await;
    client.deletes(&format!("{path}/roles/{role}")).await;
    client.patches(&path, json!({"roles": [role]})).await;
    client.deletes(&path).await;
}

async fn bans(client: &Client) {
    let guild = client.guild.id();
    let (one, two) = (client.sim.user("one"), client.sim.user("two"));
    let member = client.guild.joins("three").expect("joins").id();
    let path = format!("/guilds/{guild}/bans/{one}");
    client
        .puts(&path, json!({"delete_message_seconds": 60}))
        .await;
    client.gets(&path).await;
    client.gets(&format!("/guilds/{guild}/bans?limit=10")).await;
    client.deletes(&path).await;
    let several = json!({"user_ids": [two, member], "delete_message_seconds": 0});
    client
        .posts(&format!("/guilds/{guild}/bulk-ban"), several)
        .await;
    let audit = format!("/guilds/{guild}/audit-logs?limit=50&action_type=22");
    client.gets(&audit).await;
    client.gets(&format!("/guilds/{guild}/audit-logs")).await;
    let pages = format!("/guilds/{guild}/audit-logs?after=1&before={}", u64::MAX);
    client.gets(&pages).await;
}

/// What people do by hand, and what happens to the guild.
async fn by_hand(client: &Client) {
    let owner = client.guild.owner().expect("an owner");
    let walter = client.guild.joins("walter").expect("joins");
    owner
        .times_out(walter.id(), TimeDelta::minutes(5), "loud")
        .expect("timed out");
    walter.leaves().expect("left");
    let role = client.guild.add_role("short", Permissions::NONE, 4);
    client
        .guild
        .edit_role(role, |role| role.color = 0x00ff_0000)
        .expect("edited");
    client.guild.delete_role(role).expect("deleted");
    names(client);
    client.guild.outage();
    client.guild.restore();
}

async fn channels(client: &Client) {
    let guild = client.guild.id();
    let general = client.guild.channel("general").expect("a channel");
    let category = client
        .guild
        .add_channel_in("rooms", ChannelKind::Category, None);
    let voice = client
        .guild
        .add_channel_in("voice", ChannelKind::Voice, Some(category));
    let thread = client
        .guild
        .add_channel_in("thread", ChannelKind::Thread, Some(general));
    for channel in [general, category, voice, thread] {
        client.gets(&format!("/channels/{channel}")).await;
    }
    client.gets(&format!("/guilds/{guild}/channels")).await;
    client
        .gets(&format!("/guilds/{guild}/threads/active"))
        .await;
    client
        .patches(
            &format!("/channels/{general}"),
            json!({"topic": "all and sundry", "rate_limit_per_user": 0}),
        )
        .await;
    let role = guild.everyone_role();
    let permissions = format!("/channels/{general}/permissions/{role}");
    client
        .puts(
            &permissions,
            json!({"type": 0, "allow": "0", "deny": "2048"}),
        )
        .await;
    client
        .puts(
            &permissions,
            json!({"type": 0, "allow": "64", "deny": "2048"}),
        )
        .await;
    client.deletes(&permissions).await;
    let overwrite = Overwrite {
        target: OverwriteTarget::Role(role),
        allow: Permissions::NONE,
        deny: Permissions::ATTACH_FILES,
    };
    client.guild.overwrite(voice, overwrite).expect("set");
    for channel in [thread, voice, category] {
        client.guild.delete_channel(channel).expect("deleted");
    }
}

/// Errors are answers too.
pub(super) async fn refusals(client: &Client) {
    let guild = client.guild.id();
    let general = client.guild.channel("general").expect("a channel");
    for (path, code) in [
        (format!("/channels/{NOBODY}"), 10003),
        (format!("/guilds/{NOBODY}"), 10004),
        (format!("/users/{NOBODY}"), 10013),
        (format!("/guilds/{guild}/roles/{NOBODY}"), 10011),
        (format!("/guilds/{guild}/bans/{NOBODY}"), 10026),
        (format!("/guilds/{guild}/members/{NOBODY}"), 10013),
        (format!("/channels/{general}/messages/{NOBODY}"), 10008),
    ] {
        client.fails(Method::GET, &path, Value::Null, code).await;
    }
    let owner = client.guild.owner().expect("an owner").id();
    let ban = format!("/guilds/{guild}/bans/{owner}");
    client.fails(Method::PUT, &ban, json!({}), 50013).await;
    let long = json!({"delete_message_seconds": 604_801});
    client.fails(Method::PUT, &ban, long, 50035).await;
    let messages = format!("/channels/{general}/messages");
    let long = json!({"content": "x".repeat(2001), "embeds": [{"title": "x".repeat(257)}]});
    client.fails(Method::POST, &messages, long, 50035).await;
    client
        .fails(Method::POST, &messages, json!({}), 50006)
        .await;
}

/// New names, a guild that changes hands and back, another bot.
fn names(client: &Client) {
    let alice = client.guild.add_member("renamed").expect("a member");
    alice.renames_account("anew").expect("renamed");
    alice.takes_nick("Al").expect("a nickname");
    let bot = client.guild.member_by_id(client.sim.bot_user_id());
    bot.renames_account("warden").expect("renamed");
    let owner = client.guild.owner().expect("an owner");
    owner.renames_guild("Renamed").expect("renamed");
    owner.hands_guild_to(alice.id()).expect("handed over");
    alice.hands_guild_to(owner.id()).expect("handed back");
    let music = client.guild.add_bot("music").expect("another bot");
    owner.kicks(music.id(), "noise").expect("kicked");
}
