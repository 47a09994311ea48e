//! What happens in the simulated guilds reaches the sink: all of it, once, in order.

use std::sync::Arc;

use aimod::domain::event::Event;
use aimod::domain::permissions::Permissions as OurPermissions;
use aimod::gateway::{Gateway, GatewayError, ShardStates};
use aimod::simulator::{ChannelKind, Permissions, SimGuild, SimMember, SimulatorOptions};
use serde_json::json;
use tokio::time::timeout;

use crate::world::{LONG, Sink, connected, gateway, options, simulator};

async fn stopped(gateway: &Gateway) {
    assert_eq!(gateway.stop(LONG).await, Ok(()));
}

fn member(guild: &SimGuild, name: &str) -> SimMember {
    guild.add_member(name).expect("nobody is banned")
}

fn post(guild: &SimGuild, member: &SimMember, numbers: std::ops::Range<u32>) {
    let general = guild.channel("general").expect("every guild has it");
    for number in numbers {
        let posted = member.posts(general, &number.to_string());
        posted.expect("members may post");
    }
}

fn numbered(numbers: std::ops::Range<u32>) -> Vec<String> {
    numbers.map(|number| number.to_string()).collect()
}

fn labels(events: &[aimod::domain::event::GuildEvent]) -> Vec<&'static str> {
    events.iter().map(|event| event.event.label()).collect()
}

#[tokio::test]
async fn a_guild_that_is_there_becomes_available_in_full() {
    let sim = simulator(SimulatorOptions::default()).await;
    let guild = sim.add_guild("The Guild");
    member(&guild, "ann");
    let mods = guild.add_role("Mods", Permissions::BAN_MEMBERS, 5);
    let rooms = guild.add_channel_in("Rooms", ChannelKind::Category, None);
    let (gateway, sink) = connected(&sim).await;
    let events = sink.after(1).await;
    let Event::GuildAvailable(facts) = &events[0].event else {
        panic!("{events:?}");
    };
    assert_eq!(
        (facts.name.as_str(), facts.bot),
        ("The Guild", sim.bot_user_id())
    );
    assert_eq!(facts.owner, guild.owner().expect("an owner").id());
    assert_eq!(facts.bot_roles, [guild.bot_role().expect("the bot's role")]);
    let everyone = guild.id().everyone_role();
    assert!(facts.roles.iter().any(|role| role.id == everyone));
    let mods = facts
        .roles
        .iter()
        .find(|role| role.id == mods)
        .expect("the role");
    assert_eq!(
        (mods.permissions, mods.position),
        (OurPermissions::BAN_MEMBERS, 5)
    );
    let texts: Vec<_> = facts
        .channels
        .iter()
        .map(|c| (c.name.as_str(), c.text))
        .collect();
    assert!(
        texts.contains(&("general", true)) && texts.contains(&("Rooms", false)),
        "{texts:?}"
    );
    assert!(facts.channels.iter().any(|channel| channel.id == rooms));
    stopped(&gateway).await;
}

#[tokio::test]
async fn everything_that_happens_in_a_guild_is_told_in_our_words() {
    let sim = simulator(SimulatorOptions::default()).await;
    let guild = sim.add_guild("The Guild");
    let general = guild.channel("general").expect("every guild has it");
    let (gateway, sink) = connected(&sim).await;
    sink.after(1).await;
    let ann = guild.joins("ann").expect("she may");
    let message = ann.posts(general, "helo").expect("she may");
    ann.edits(message, "hello").expect("her own");
    let role = guild.add_role("Mods", Permissions::NONE, 5);
    guild
        .edit_role(role, |role| role.position = 6)
        .expect("it exists");
    guild.delete_role(role).expect("it exists");
    let channel = guild.add_channel("talk");
    let thread = guild.add_channel_in("thread", ChannelKind::Thread, Some(channel));
    guild.delete_channel(thread).expect("it exists");
    guild.delete_channel(channel).expect("it exists");
    ann.leaves().expect("she may");
    guild.outage();
    guild.restore();
    guild.remove_bot().expect("it is there");
    let events = sink.after(15).await;
    insta::assert_snapshot!(
        labels(&events).join(" "),
        @"guild_available member_joined message_posted message_edited role_changed role_changed role_deleted channel_changed channel_changed channel_deleted channel_deleted member_left guild_unavailable guild_available guild_left"
    );
    let Event::MessageEdited(edited) = &events[3].event else {
        panic!("{events:?}");
    };
    assert_eq!(
        (edited.content.as_str(), edited.author.name.as_str()),
        ("hello", "ann")
    );
    stopped(&gateway).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_messages_of_a_guild_stay_in_order_while_others_flood() {
    let sim = simulator(SimulatorOptions::default()).await;
    let guilds: Vec<_> = ["one", "two", "three"]
        .map(|name| sim.add_guild(name))
        .into();
    let people: Vec<_> = guilds.iter().map(|guild| member(guild, "ann")).collect();
    let (gateway, sink) = connected(&sim).await;
    sink.after(3).await;
    for number in 0..10_000 {
        for (guild, ann) in guilds.iter().zip(&people) {
            post(guild, ann, number..number + 1);
        }
    }
    sink.after(3 + 30_000).await;
    for guild in &guilds {
        assert!(
            sink.texts(guild.id()) == numbered(0..10_000),
            "guild {}",
            guild.id()
        );
    }
    stopped(&gateway).await;
}

#[tokio::test]
async fn a_resumed_session_loses_and_doubles_nothing() {
    let sim = simulator(SimulatorOptions::default()).await;
    let guild = sim.add_guild("The Guild");
    let ann = member(&guild, "ann");
    let (gateway, sink) = connected(&sim).await;
    post(&guild, &ann, 0..100);
    sim.ask_to_reconnect();
    post(&guild, &ann, 100..200);
    sim.bot_reconnected(1, 0).await.expect("it resumes");
    post(&guild, &ann, 200..300);
    sim.drop_connections();
    post(&guild, &ann, 300..400);
    sim.bot_reconnected(2, 0).await.expect("it resumes again");
    post(&guild, &ann, 400..500);
    sink.heard("499").await;
    assert_eq!(sink.texts(guild.id()), numbered(0..500));
    stopped(&gateway).await;
}

#[tokio::test]
async fn after_a_lost_session_the_guild_becomes_available_anew() {
    let sim = simulator(SimulatorOptions::default()).await;
    let guild = sim.add_guild("The Guild");
    let ann = member(&guild, "ann");
    let (gateway, sink) = connected(&sim).await;
    sink.after(1).await;
    sim.invalidate_sessions(false);
    sim.bot_connected().await.expect("it identifies anew");
    let events = sink.after(2).await;
    assert_eq!(labels(&events), ["guild_available", "guild_available"]);
    post(&guild, &ann, 0..3);
    sink.heard("2").await;
    assert_eq!(sink.texts(guild.id()), numbered(0..3));
    stopped(&gateway).await;
}

#[tokio::test]
async fn a_malformed_or_unknown_event_changes_nothing() {
    let sim = simulator(SimulatorOptions::default()).await;
    let guild = sim.add_guild("The Guild");
    let ann = member(&guild, "ann");
    let (gateway, sink) = connected(&sim).await;
    sink.after(1).await;
    let here = Some(guild.id());
    sim.send_raw(here, "MESSAGE_CREATE", &json!({"id": [], "content": 5}));
    sim.send_raw(
        here,
        "GUILD_CREATE",
        &json!({"id": guild.id(), "unavailable": true}),
    );
    sim.send_raw(here, "CHANNEL_UPDATE", &json!(null));
    sim.send_raw(here, "INVENTED_TOMORROW", &json!({"guild_id": guild.id()}));
    post(&guild, &ann, 0..2);
    sink.heard("1").await;
    let told = labels(&sink.events());
    assert_eq!(
        told,
        ["guild_available", "message_posted", "message_posted"]
    );
    assert_eq!(sim.sessions_opened(), (1, 0));
    stopped(&gateway).await;
}

#[tokio::test]
async fn a_wrong_token_is_a_clear_error() {
    let sim = simulator(SimulatorOptions::default()).await;
    let error = gateway(options(&sim, "wrong"), &Sink::new()).await;
    assert_eq!(error.map(drop), Err(GatewayError::InvalidToken));
}

#[tokio::test]
async fn intents_that_are_not_granted_are_a_clear_error() {
    let sim = simulator(SimulatorOptions {
        privileged_intents: 0,
        ..SimulatorOptions::default()
    });
    let sim = sim.await;
    let gateway = gateway(options(&sim, sim.token()), &Sink::new()).await;
    let gateway = gateway.expect("REST accepts the token");
    let closed = timeout(LONG, gateway.closed()).await.expect("it closes");
    assert_eq!(closed, Err(GatewayError::DisallowedIntents));
}

#[tokio::test]
async fn a_process_runs_the_shards_it_is_given() {
    let sim = simulator(SimulatorOptions {
        shards: 16,
        ..SimulatorOptions::default()
    });
    let sim = sim.await;
    let wanted = aimod::gateway::GatewayOptions {
        shards: Some((3..4, 16)),
        ..options(&sim, sim.token())
    };
    let gateway = gateway(wanted, &Sink::new())
        .await
        .expect("the simulator is there");
    timeout(LONG, gateway.ready())
        .await
        .expect("in time")
        .expect("ready");
    let states = ShardStates {
        connected: 1,
        total: 1,
    };
    assert_eq!(*gateway.shards().borrow(), states);
    assert_eq!(sim.sessions_opened(), (1, 0));
    stopped(&gateway).await;
}

#[tokio::test]
async fn after_the_stop_the_sink_is_left_alone() {
    let sim = simulator(SimulatorOptions::default()).await;
    let guild = sim.add_guild("The Guild");
    let ann = member(&guild, "ann");
    let (gateway, sink) = connected(&sim).await;
    sink.after(1).await;
    stopped(&gateway).await;
    post(&guild, &ann, 0..5);
    drop(gateway);
    assert_eq!(sink.events().len(), 1);
    assert_eq!(Arc::strong_count(&sink), 1, "the thread has let go of it");
}
