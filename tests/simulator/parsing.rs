//! A real client understands everything that the simulator can say: no event is unknown to it, none vanishes.

use std::collections::BTreeSet;

use aimod::simulator::{ChannelKind, Overwrite, OverwriteTarget, Permissions};
use poise::serenity_prelude as serenity;
use reqwest::Method;
use serde_json::json;
use serenity::all::Event;

use crate::Bench;
use crate::bot::Bot;

/// Every event that the simulator can send.
const EVENTS: &[&str] = &[
    "READY",
    "GUILD_CREATE",
    "GUILD_MEMBER_ADD",
    "GUILD_ROLE_CREATE",
    "GUILD_ROLE_UPDATE",
    "GUILD_MEMBER_UPDATE",
    "MESSAGE_CREATE",
    "MESSAGE_UPDATE",
    "MESSAGE_REACTION_ADD",
    "MESSAGE_DELETE",
    "MESSAGE_DELETE_BULK",
    "GUILD_AUDIT_LOG_ENTRY_CREATE",
    "CHANNEL_CREATE",
    "CHANNEL_UPDATE",
    "CHANNEL_DELETE",
    "THREAD_CREATE",
    "THREAD_DELETE",
    "GUILD_ROLE_DELETE",
    "GUILD_BAN_ADD",
    "GUILD_BAN_REMOVE",
    "GUILD_MEMBER_REMOVE",
    "INTERACTION_CREATE",
    "GUILD_DELETE",
];

/// Lets every kind of event happen.
async fn everything(bench: &Bench) {
    let guild = &bench.guild;
    let general = guild.channel("general").expect("a channel");
    let owner = guild.owner().expect("an owner");
    let mallory = guild.joins("mallory").expect("joins");
    let role = guild.add_role("staff", Permissions::NONE, 2);
    guild
        .edit_role(role, |role| role.color = 7)
        .expect("edited");
    mallory.give_role(role).expect("given");
    let message = mallory.posts(general, "one").expect("posts");
    mallory.edits(message, "two").expect("edits");
    let react = format!("/channels/{general}/messages/{message}/reactions/%E2%9C%85/@me");
    bench.send(Method::PUT, &react, json!({})).await;
    mallory.deletes(message).expect("deletes");
    let both = [0; 2].map(|_| mallory.posts(general, "x").expect("posts"));
    let bulk = format!("/channels/{general}/messages/bulk-delete");
    bench
        .send(Method::POST, &bulk, json!({"messages": both}))
        .await;
    let place = guild.add_channel("place");
    let thread = guild.add_channel_in("thread", ChannelKind::Thread, Some(place));
    let overwrite = Overwrite {
        target: OverwriteTarget::Role(role),
        allow: Permissions::NONE,
        deny: Permissions::SEND_MESSAGES,
    };
    guild.overwrite(place, overwrite).expect("an overwrite");
    guild.delete_channel(thread).expect("deleted");
    guild.delete_channel(place).expect("deleted");
    guild.delete_role(role).expect("deleted");
    owner.bans(mallory.id(), "bye").expect("banned");
    owner.unbans(mallory.id(), "back").expect("unbanned");
    owner.runs("/echo hello").expect("a command");
    guild.outage();
    guild.restore();
}

#[tokio::test]
async fn serenity_understands_every_event() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    everything(&bench).await;
    let mut heard = BTreeSet::new();
    let mut outages = 0;
    bot.hears("the end of the outage", |event| {
        assert!(!matches!(event, Event::Unknown(_)), "{event:?}");
        outages += u32::from(matches!(event, Event::GuildDelete(_)));
        heard.extend(event.name());
        (outages > 0 && matches!(event, Event::GuildCreate(_))).then_some(())
    })
    .await;
    let missing: Vec<_> = EVENTS
        .iter()
        .filter(|name| !heard.contains(**name))
        .collect();
    assert!(missing.is_empty(), "not understood: {missing:?}");
    bot.stop().await;
}

#[tokio::test]
async fn every_dispatch_is_counted() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let before = bench.sim.events_sent();
    let mallory = bench.guild.joins("mallory").expect("joins");
    let general = bench.guild.channel("general").expect("a channel");
    mallory.posts(general, "x").expect("posts");
    assert_eq!(bench.sim.events_sent() - before, 2);
    bot.stop().await;
}

#[tokio::test]
async fn two_bots_of_one_application_hear_the_same() {
    let bench = Bench::start().await;
    let (one, two) = (
        Bot::connect(&bench.sim).await,
        Bot::connect(&bench.sim).await,
    );
    bench.sim.bot_reconnected(0, 2).await.expect("both");
    let general = bench.guild.channel("general").expect("a channel");
    let owner = bench.guild.owner().expect("an owner");
    owner.posts(general, "both").expect("posts");
    assert_eq!(one.hears_message().await.content, "both");
    assert_eq!(two.hears_message().await.content, "both");
    one.stop().await;
    owner.posts(general, "one left").expect("posts");
    assert_eq!(two.hears_message().await.content, "one left");
    two.stop().await;
}

#[tokio::test]
async fn requests_at_once_get_ids_of_their_own() {
    let bench = Bench::unlimited().await;
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/messages");
    let posts = (0..50).map(|n| bench.send(Method::POST, &path, json!({"content": n.to_string()})));
    let answers = futures_util::future::join_all(posts).await;
    let ids: BTreeSet<String> = answers
        .iter()
        .map(|(_, body)| body["id"].to_string())
        .collect();
    assert_eq!(ids.len(), 50);
    let stand = bench.sim.look(|world| {
        let messages = world.messages(general);
        messages
            .windows(2)
            .all(|pair| pair[0].id < pair[1].id && pair[0].at <= pair[1].at)
    });
    assert!(stand);
}

#[tokio::test]
async fn a_guild_of_a_thousand_members_is_read_whole() {
    let bench = Bench::start().await;
    for number in 0..1_000 {
        let name = format!("member-{number}");
        bench.guild.add_member(&name).expect("a member");
    }
    let bot = Bot::connect(&bench.sim).await;
    let (members, large) = bot
        .hears("its guild", |event| match event {
            Event::GuildCreate(event) => Some((event.guild.member_count, event.guild.large)),
            _ => None,
        })
        .await;
    assert_eq!((members, large), (1_002, true));
    let guild = serenity::GuildId::new(bench.guild.id().0);
    let all = bot.http.get_guild_members(guild, Some(1000), None).await;
    assert_eq!(all.expect("members").len(), 1_000);
    bot.stop().await;
}
