//! A real client moderates: bans, kicks, timeouts, direct messages, with reasons and events.

use poise::serenity_prelude as serenity;
use serenity::all::{ChannelId, CreateMessage, EditMember, Event, GuildId, UserId};

use crate::Bench;
use crate::bot::Bot;

struct Scene {
    bench: Bench,
    bot: Bot,
    guild: GuildId,
    mallory: UserId,
}

async fn scene() -> Scene {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let mallory = bench.guild.add_member("mallory").expect("a member").id();
    Scene {
        guild: GuildId::new(bench.guild.id().0),
        mallory: UserId::new(mallory.0),
        bench,
        bot,
    }
}

fn reason_of(event: &Event) -> Option<(u8, String)> {
    match event {
        Event::GuildAuditLogEntryCreate(event) => {
            let reason = event.entry.reason.clone().unwrap_or_default();
            Some((event.entry.action.num(), reason))
        }
        _ => None,
    }
}

#[tokio::test]
async fn a_ban_is_carried_out_with_its_reason() {
    let scene = scene().await;
    let Scene { bench, bot, .. } = &scene;
    bot.http
        .ban_user(scene.guild, scene.mallory, 0, Some("spam & scam"))
        .await
        .expect("banned");
    let entry = bot.hears("the audit log", reason_of).await;
    assert_eq!(entry, (22, "spam & scam".to_owned()));
    bot.hears("the ban", |event| {
        matches!(event, Event::GuildBanAdd(_)).then_some(())
    })
    .await;
    bot.hears("the departure", |event| {
        matches!(event, Event::GuildMemberRemove(_)).then_some(())
    })
    .await;
    let user = aimod::domain::ids::UserId(scene.mallory.get());
    let reason = bench.sim.look(|world| {
        let ban = world.find_ban(bench.guild.id(), user);
        ban.and_then(|ban| ban.reason.clone())
    });
    assert_eq!(reason.as_deref(), Some("spam & scam"));
    let bans = scene.guild.bans(&bot.http, None, None).await.expect("bans");
    assert_eq!(bans[0].user.name, "mallory");
    scene
        .guild
        .unban(&bot.http, scene.mallory)
        .await
        .expect("unbanned");
    assert!(
        !bench
            .sim
            .look(|world| world.is_banned(bench.guild.id(), user))
    );
    bot.stop().await;
}

#[tokio::test]
async fn a_kick_and_a_timeout_are_carried_out() {
    let scene = scene().await;
    let (bench, bot) = (&scene.bench, &scene.bot);
    let until = bench.sim.clock().now() + chrono::TimeDelta::minutes(10);
    let edit = EditMember::new()
        .disable_communication_until_datetime(until.into())
        .audit_log_reason("calm down");
    let member = scene
        .guild
        .edit_member(&bot.http, scene.mallory, edit)
        .await
        .expect("timed out");
    assert!(member.communication_disabled_until.is_some());
    let entry = bot.hears("the audit log", reason_of).await;
    assert_eq!(entry, (24, "calm down".to_owned()));
    let user = aimod::domain::ids::UserId(scene.mallory.get());
    let held = bench
        .sim
        .look(|world| world.timeout_until(bench.guild.id(), user));
    assert!(held.is_some());
    scene
        .guild
        .kick_with_reason(&bot.http, scene.mallory, "bye")
        .await
        .expect("kicked");
    let entry = bot.hears("the audit log", reason_of).await;
    assert_eq!(entry, (20, "bye".to_owned()));
    assert!(
        !bench
            .sim
            .look(|world| world.is_member(bench.guild.id(), user))
    );
    bot.stop().await;
}

#[tokio::test]
async fn a_message_is_deleted_and_its_author_told() {
    let scene = scene().await;
    let (bench, bot) = (&scene.bench, &scene.bot);
    let general = bench.guild.channel("general").expect("a channel");
    let mallory = bench.guild.member("mallory").expect("a member");
    mallory.posts(general, "free nitro").expect("posts");
    let heard = bot.hears_message().await;
    heard.delete(&bot.http).await.expect("deleted");
    let told = CreateMessage::new().content("that was deleted");
    scene
        .mallory
        .dm(&bot.http, told)
        .await
        .expect("a direct message");
    assert!(bench.sim.look(|world| world.messages(general).is_empty()));
    let text = bench
        .sim
        .look(|world| world.dms(mallory.id())[0].content.clone());
    assert_eq!(text, "that was deleted");
    let own = bot
        .hears("its own direct message", |event| match event {
            Event::MessageCreate(event) => Some(event.message.guild_id),
            _ => None,
        })
        .await;
    assert_eq!(own, None);
    bot.stop().await;
}

#[tokio::test]
async fn a_client_reads_what_it_needs() {
    let scene = scene().await;
    let (bench, http) = (&scene.bench, &scene.bot.http);
    let general = ChannelId::new(bench.guild.channel("general").expect("a channel").0);
    let guild = http.get_guild(scene.guild).await.expect("a guild");
    assert_eq!(guild.name, "Demo");
    let channel = http.get_channel(general).await.expect("a channel");
    assert_eq!(
        channel.guild().map(|one| one.name).as_deref(),
        Some("general")
    );
    assert_eq!(
        http.get_channels(scene.guild)
            .await
            .expect("channels")
            .len(),
        1
    );
    assert_eq!(
        http.get_guild_roles(scene.guild)
            .await
            .expect("roles")
            .len(),
        2
    );
    let member = http
        .get_member(scene.guild, scene.mallory)
        .await
        .expect("a member");
    assert_eq!(member.user.name, "mallory");
    let members = http
        .get_guild_members(scene.guild, Some(100), None)
        .await
        .expect("members");
    assert_eq!(members.len(), 3);
    let found = scene
        .guild
        .search_members(http, "mal", Some(5))
        .await
        .expect("found");
    assert_eq!(found.len(), 1);
    assert_eq!(
        http.get_user(scene.mallory).await.expect("a user").name,
        "mallory"
    );
    assert_eq!(http.get_guilds(None, None).await.expect("guilds").len(), 1);
    let commands = http.get_global_commands().await.expect("commands");
    assert_eq!(commands[0].name, "echo");
    http.broadcast_typing(general).await.expect("typing");
    let log = scene
        .guild
        .audit_logs(http, None, None, None, Some(5))
        .await
        .expect("the log");
    assert!(log.entries.is_empty());
    scene.bot.stop().await;
}

#[tokio::test]
async fn slow_mode_roles_and_bulk_deletion_work() {
    let scene = scene().await;
    let (bench, http) = (&scene.bench, &scene.bot.http);
    let general = bench.guild.channel("general").expect("a channel");
    let place = ChannelId::new(general.0);
    let slow = serenity::EditChannel::new().rate_limit_per_user(30);
    place.edit(http, slow).await.expect("edited");
    let secs = bench
        .sim
        .look(|world| world.channel(general).map(|one| one.slowmode_secs));
    assert_eq!(secs, Some(30));
    let role = bench
        .guild
        .add_role("muted", aimod::simulator::Permissions::NONE, 2);
    let role_id = serenity::RoleId::new(role.0);
    http.add_member_role(scene.guild, scene.mallory, role_id, Some("quiet"))
        .await
        .expect("given");
    let mallory = bench.guild.member("mallory").expect("a member");
    let has = |bench: &Bench| {
        bench.sim.look(|world| {
            let member = world.member(bench.guild.id(), mallory.id());
            member.is_some_and(|member| member.roles.contains(&role))
        })
    };
    assert!(has(bench));
    http.remove_member_role(scene.guild, scene.mallory, role_id, None)
        .await
        .expect("taken");
    assert!(!has(bench));
    // The channel is slow by now, but not for its owner.
    let owner = bench.guild.owner().expect("an owner");
    let ids: Vec<serenity::MessageId> = (0..3)
        .map(|_| owner.posts(general, "x").expect("posts"))
        .map(|id| serenity::MessageId::new(id.0))
        .collect();
    place.delete_messages(http, &ids).await.expect("deleted");
    assert!(bench.sim.look(|world| world.messages(general).is_empty()));
    scene.bot.stop().await;
}

#[tokio::test]
async fn what_people_do_by_hand_is_heard() {
    let scene = scene().await;
    let owner = scene.bench.guild.owner().expect("an owner");
    let mallory = scene.bench.guild.member("mallory").expect("a member");
    owner
        .times_out(mallory.id(), chrono::TimeDelta::minutes(5), "by hand")
        .expect("timed out");
    owner.bans(mallory.id(), "also by hand").expect("banned");
    let first = scene.bot.hears("the timeout", reason_of).await;
    let second = scene.bot.hears("the ban", reason_of).await;
    assert_eq!(first, (24, "by hand".to_owned()));
    assert_eq!(second, (22, "also by hand".to_owned()));
    mallory
        .bans(owner.id(), "revenge")
        .expect_err("no permission");
    scene.bot.stop().await;
}
