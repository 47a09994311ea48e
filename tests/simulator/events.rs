//! What a connected bot hears.

use poise::serenity_prelude as serenity;
use serenity::all::{Event, GatewayIntents};

use crate::Bench;
use crate::bot::Bot;

#[tokio::test]
async fn a_bot_connects_and_hears_of_its_guilds() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let (name, roles, channels) = bot
        .hears("its guild", |event| match event {
            Event::GuildCreate(event) => {
                let guild = &event.guild;
                Some((guild.name.clone(), guild.roles.len(), guild.channels.len()))
            }
            _ => None,
        })
        .await;
    assert_eq!((name.as_str(), roles, channels), ("Demo", 2, 1));
    bot.stop().await;
    bench.sim.shutdown().await;
}

#[tokio::test]
async fn a_guild_made_later_is_announced() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let later = bench.sim.add_guild("Later");
    later.add_member("alice").expect("a member");
    bot.hears("the second guild", |event| match event {
        Event::GuildCreate(event) => (event.guild.name == "Later").then_some(()),
        _ => None,
    })
    .await;
    bot.stop().await;
}

#[tokio::test]
async fn a_message_arrives_with_author_and_content() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let mallory = bench.guild.joins("mallory").expect("joins");
    let general = bench.guild.channel("general").expect("a channel");
    let id = mallory.posts(general, "hello").expect("posts");
    let message = bot.hears_message().await;
    assert_eq!(message.id.get(), id.0);
    assert_eq!(message.author.name, "mallory");
    assert_eq!(message.content, "hello");
    assert_eq!(
        message.guild_id.map(|id| id.get()),
        Some(bench.guild.id().0)
    );
    assert!(message.member.is_some());
    bot.stop().await;
}

#[tokio::test]
async fn messages_arrive_in_the_order_they_were_written() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let general = bench.guild.channel("general").expect("a channel");
    for number in 0..2_000 {
        mallory.posts(general, &number.to_string()).expect("posts");
    }
    for number in 0..2_000 {
        assert_eq!(bot.hears_message().await.content, number.to_string());
    }
    bench
        .sim
        .drained_to(0)
        .await
        .expect("everything was written");
    bot.stop().await;
}

#[tokio::test]
async fn without_the_content_intent_contents_are_empty() {
    let bench = Bench::start().await;
    let intents = GatewayIntents::all() - GatewayIntents::MESSAGE_CONTENT;
    let bot = Bot::dial(&bench.sim, intents).await;
    bench.sim.bot_ready().await.expect("ready");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let general = bench.guild.channel("general").expect("a channel");
    mallory.posts(general, "secret").expect("posts");
    assert_eq!(bot.hears_message().await.content, "");
    // What mentions the bot and what is written to it directly can be read.
    let mention = format!("hi <@{}>", bench.sim.bot_user_id());
    mallory.posts(general, &mention).expect("posts");
    assert_eq!(bot.hears_message().await.content, mention);
    mallory.writes_to_bot("direct").expect("writes");
    assert_eq!(bot.hears_message().await.content, "direct");
    bot.stop().await;
}

#[tokio::test]
async fn without_the_members_intent_joins_are_not_heard() {
    let bench = Bench::start().await;
    let intents = GatewayIntents::non_privileged();
    let bot = Bot::dial(&bench.sim, intents).await;
    bench.sim.bot_ready().await.expect("ready");
    let mallory = bench.guild.joins("mallory").expect("joins");
    let general = bench.guild.channel("general").expect("a channel");
    mallory.posts(general, "x").expect("posts");
    let first = bot
        .hears("a join or a message", |event| match event {
            Event::GuildMemberAdd(_) => Some("join"),
            Event::MessageCreate(_) => Some("message"),
            _ => None,
        })
        .await;
    assert_eq!(first, "message");
    bot.stop().await;
}

#[tokio::test]
async fn joins_edits_deletions_and_departures_are_heard() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let general = bench.guild.channel("general").expect("a channel");
    let mallory = bench.guild.joins("mallory").expect("joins");
    let message = mallory.posts(general, "one").expect("posts");
    mallory.edits(message, "two").expect("edits");
    mallory.deletes(message).expect("deletes");
    mallory.leaves().expect("leaves");
    let mut seen = Vec::new();
    bot.hears("the departure", |event| {
        seen.extend(match event {
            Event::GuildMemberAdd(event) => Some(format!("join {}", event.member.user.name)),
            Event::MessageUpdate(event) => event.content.clone(),
            Event::MessageDelete(event) => Some(event.message_id.to_string()),
            _ => None,
        });
        matches!(event, Event::GuildMemberRemove(_)).then_some(())
    })
    .await;
    assert_eq!(
        seen,
        [
            "join mallory".to_owned(),
            "two".to_owned(),
            message.to_string()
        ]
    );
    bot.stop().await;
}

#[tokio::test]
async fn roles_channels_and_overwrites_are_heard() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let role = bench
        .guild
        .add_role("staff", aimod::simulator::Permissions::NONE, 5);
    let channel = bench.guild.add_channel("staff-room");
    bench
        .guild
        .overwrite(
            channel,
            aimod::simulator::Overwrite {
                target: aimod::simulator::OverwriteTarget::Role(role),
                allow: aimod::simulator::Permissions::VIEW_CHANNEL,
                deny: aimod::simulator::Permissions::NONE,
            },
        )
        .expect("an overwrite");
    bench.guild.delete_role(role).expect("deleted");
    bench.guild.delete_channel(channel).expect("deleted");
    let mut seen = Vec::new();
    bot.hears("the deleted channel", |event| {
        seen.extend(
            event
                .name()
                .filter(|name| name.starts_with("GUILD_ROLE") || name.starts_with("CHANNEL")),
        );
        matches!(event, Event::ChannelDelete(_)).then_some(())
    })
    .await;
    assert_eq!(
        seen,
        [
            "GUILD_ROLE_CREATE",
            "CHANNEL_CREATE",
            "CHANNEL_UPDATE",
            "GUILD_ROLE_DELETE",
            "CHANNEL_DELETE"
        ]
    );
    bot.stop().await;
}

#[tokio::test]
async fn an_outage_is_not_a_removal() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    bench.guild.outage();
    let gone = |event: &Event| match event {
        Event::GuildDelete(event) => Some(event.guild.unavailable),
        _ => None,
    };
    assert!(bot.hears("the outage", gone).await);
    bench.guild.restore();
    let back = |event: &Event| matches!(event, Event::GuildCreate(_)).then_some(());
    bot.hears("the guild again", back).await;
    bench.guild.remove_bot().expect("removed");
    assert!(!bot.hears("the removal", gone).await);
    bench.guild.invite_bot().expect("invited");
    bot.hears("the invitation", back).await;
    bot.stop().await;
}

#[tokio::test]
async fn unknown_and_malformed_events_reach_the_client_without_harm() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let guild = Some(bench.guild.id());
    bench
        .sim
        .send_raw(guild, "BRAND_NEW_EVENT", &serde_json::json!({"x": 1}));
    bench.sim.send_raw(
        guild,
        "MESSAGE_CREATE",
        &serde_json::json!({"id": "nonsense"}),
    );
    let general = bench.guild.channel("general").expect("a channel");
    let owner = bench.guild.owner().expect("an owner");
    owner.posts(general, "still here").expect("posts");
    assert_eq!(bot.hears_message().await.content, "still here");
    bot.stop().await;
}
