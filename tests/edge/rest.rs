//! Side effects take place in the simulated world, once, and refusals come back as what they are.

use std::time::Duration;

use aimod::actions::discord::{DiscordRest, RestError, RestOptions, codes};
use aimod::domain::ids::{ChannelId, MessageId};
use aimod::domain::verdict::Card;
use aimod::simulator::{Fault, Permissions, SimGuild, SimMember, Simulator, SimulatorOptions};
use chrono::{SubsecRound, TimeDelta};
use futures_util::future::join_all;

use crate::world::{rest, simulator};

struct Scene {
    sim: Simulator,
    guild: SimGuild,
    general: ChannelId,
    mallory: SimMember,
    rest: DiscordRest,
}

async fn scene() -> Scene {
    let sim = simulator(SimulatorOptions::default()).await;
    let guild = sim.add_guild("The Guild");
    Scene {
        general: guild.channel("general").expect("every guild has it"),
        mallory: guild.add_member("mallory").expect("not banned"),
        rest: rest(&sim, sim.token()),
        guild,
        sim,
    }
}

impl Scene {
    fn posted(&self) -> MessageId {
        let posted = self.mallory.posts(self.general, "free nitro");
        posted.expect("members may post")
    }

    async fn ban(&self) -> Result<(), RestError> {
        let (guild, user) = (self.guild.id(), self.mallory.id());
        self.rest.ban(guild, user, 3_600, "spam").await
    }

    /// How often this was asked for, whatever the answer.
    fn asked(&self, pattern: &str) -> usize {
        self.sim.requests(pattern).len()
    }

    fn card(&self) -> Card {
        Card {
            channel: self.general,
            title: "Case 1".into(),
            fields: vec![
                ("Member".into(), "@everyone mallory".into()),
                ("Reason".into(), "x".repeat(3_000)),
            ],
            buttons: vec![],
            undone: None,
        }
    }
}

#[tokio::test]
async fn a_message_is_deleted_and_then_gone() {
    let scene = scene().await;
    let message = scene.posted();
    let delete = || scene.rest.delete_message(scene.general, message, "spam");
    assert_eq!(delete().await, Ok(()));
    scene
        .sim
        .look(|world| assert!(world.message(scene.general, message).is_none()));
    let gone = RestError::NotFound {
        code: codes::UNKNOWN_MESSAGE,
    };
    assert_eq!(delete().await, Err(gone));
}

#[tokio::test]
async fn a_burst_in_many_channels_keeps_below_the_global_limit() {
    let sim = simulator(SimulatorOptions::default()).await;
    let guild = sim.add_guild("The Guild");
    let mallory = guild.add_member("mallory").expect("not banned");
    let messages: Vec<_> = (0..200)
        .map(|number| {
            let channel = guild.add_channel(&format!("channel-{number}"));
            let posted = mallory.posts(channel, "free nitro");
            (channel, posted.expect("members may post"))
        })
        .collect();
    let options = RestOptions::default();
    let rest = DiscordRest::new(&sim.token().into(), Some(&sim.api_base()), options);
    let rest = rest.expect("a client");
    let deletions = messages
        .iter()
        .map(|(channel, message)| rest.delete_message(*channel, *message, "spam"));
    let outcomes = join_all(deletions).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let pattern = "DELETE /channels/*/messages/*";
    let statuses: Vec<u16> = sim.requests(pattern).iter().map(|one| one.status).collect();
    assert_eq!(statuses, vec![204; 200], "none of them was one too many");
}

#[tokio::test]
async fn a_ban_takes_place_with_its_reason() {
    let scene = scene().await;
    let (guild, mallory) = (scene.guild.id(), scene.mallory.id());
    assert_eq!(scene.rest.is_banned(guild, mallory).await, Ok(false));
    assert_eq!(scene.ban().await, Ok(()));
    assert_eq!(scene.rest.is_banned(guild, mallory).await, Ok(true));
    assert_eq!(scene.rest.find_member(guild, mallory).await, Ok(None));
    let bans = scene.sim.look(|world| {
        let bans = world.bans(guild).into_iter();
        bans.map(|(user, reason)| (user, reason.map(str::to_owned)))
            .collect::<Vec<_>>()
    });
    assert_eq!(bans, [(mallory, Some("spam".to_owned()))]);
    assert_eq!(scene.ban().await, Ok(()), "banning twice is no error");
}

#[tokio::test]
async fn a_member_is_timed_out_and_kicked() {
    let scene = scene().await;
    let (guild, mallory) = (scene.guild.id(), scene.mallory.id());
    let until = (scene.sim.clock().now() + TimeDelta::hours(1)).trunc_subsecs(0);
    let timed_out = scene
        .rest
        .time_out(guild, mallory, until, "calm down: ü")
        .await;
    assert_eq!(timed_out, Ok(()));
    let found = scene.rest.find_member(guild, mallory).await;
    let member = found.expect("an answer").expect("a member");
    assert_eq!(member.roles, []);
    assert_eq!(member.timeout_until, Some(until));
    assert!(member.joined_at.is_some());
    assert_eq!(scene.rest.kick(guild, mallory, "spam").await, Ok(()));
    scene.sim.look(|world| {
        assert!(!world.is_member(guild, mallory));
        let reasons = world
            .audit_log(guild)
            .iter()
            .filter_map(|entry| entry.reason.as_deref());
        let reasons: Vec<_> = reasons.collect();
        assert!(
            reasons.contains(&"calm down: ü") && reasons.contains(&"spam"),
            "{reasons:?}"
        );
    });
    let gone = RestError::NotFound {
        code: codes::UNKNOWN_MEMBER,
    };
    assert_eq!(scene.rest.kick(guild, mallory, "spam").await, Err(gone));
}

#[tokio::test]
async fn a_timeout_beyond_28_days_is_refused() {
    let scene = scene().await;
    let until = scene.sim.clock().now() + TimeDelta::days(30);
    let (guild, mallory) = (scene.guild.id(), scene.mallory.id());
    let refused = scene.rest.time_out(guild, mallory, until, "").await;
    assert!(
        matches!(refused, Err(RestError::Refused { status: 400, .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_notice_reaches_the_member_unless_the_door_is_closed() {
    let scene = scene().await;
    let mallory = scene.mallory.id();
    let sent = scene
        .rest
        .send_notice(mallory, "You were warned.", &[], "n-1")
        .await;
    let dms = scene.sim.look(|world| {
        let dms = world.dms(mallory).into_iter();
        dms.map(|dm| (dm.id, dm.content.clone()))
            .collect::<Vec<_>>()
    });
    assert_eq!(
        dms,
        [(sent.expect("sent").1, "You were warned.".to_owned())]
    );
    scene.mallory.closes_dms();
    let refused = scene.rest.send_notice(mallory, "Again.", &[], "n-2").await;
    assert_eq!(refused, Err(RestError::DmClosed));
}

#[tokio::test]
async fn a_card_is_posted_once_however_often_it_is_tried() {
    let scene = scene().await;
    scene
        .sim
        .fail_next("POST /channels/*/messages", 1, Fault::DropAfter);
    let first = scene.rest.post_card(&scene.card(), "case-1").await;
    let again = scene.rest.post_card(&scene.card(), "case-1").await;
    assert_eq!(first, again);
    let posted = scene.sim.look(|world| {
        let posted = world.bot_messages(scene.general).into_iter();
        posted
            .map(|message| (message.id, message.mention_everyone))
            .collect::<Vec<_>>()
    });
    assert_eq!(posted, [(first.expect("posted"), false)]);
    assert_eq!(scene.asked("POST /channels/*/messages"), 3);
}

#[tokio::test]
async fn a_card_for_a_lost_channel_is_not_found() {
    let scene = scene().await;
    scene
        .guild
        .delete_channel(scene.general)
        .expect("it exists");
    let lost = RestError::NotFound {
        code: codes::UNKNOWN_CHANNEL,
    };
    assert_eq!(
        scene.rest.post_card(&scene.card(), "case-1").await,
        Err(lost)
    );
}

#[tokio::test]
async fn a_missing_permission_is_told() {
    let scene = scene().await;
    scene
        .guild
        .set_bot_permissions(Permissions::NONE)
        .expect("the bot is there");
    let Err(RestError::Forbidden { code, .. }) = scene.ban().await else {
        panic!("it may not ban");
    };
    assert_eq!(code, codes::MISSING_PERMISSIONS);
    assert_eq!(
        scene.asked("PUT /guilds/*/bans/*"),
        1,
        "and not tried again"
    );
}

#[tokio::test]
async fn failures_on_the_way_do_not_lose_a_ban() {
    let bans = "PUT /guilds/*/bans/*";
    for fault in [
        Fault::Status(502),
        Fault::Drop,
        Fault::DropAfter,
        Fault::RateLimited {
            retry_after: Duration::from_millis(40),
            global: false,
        },
        Fault::RateLimited {
            retry_after: Duration::from_millis(40),
            global: true,
        },
    ] {
        let scene = scene().await;
        scene.sim.fail_next(bans, 2, fault.clone());
        assert_eq!(scene.ban().await, Ok(()), "{fault:?}");
        assert_eq!(scene.asked(bans), 3, "{fault:?}");
        let (guild, mallory) = (scene.guild.id(), scene.mallory.id());
        scene
            .sim
            .look(|world| assert!(world.is_banned(guild, mallory), "{fault:?}"));
    }
}

#[tokio::test]
async fn a_crowd_is_deleted_in_order_and_without_a_429() {
    let scene = scene().await;
    let messages: Vec<_> = (0..20).map(|_| scene.posted()).collect();
    let deletes = messages
        .iter()
        .map(|id| scene.rest.delete_message(scene.general, *id, "spam"));
    let deleted = join_all(deletes).await;
    assert!(deleted.iter().all(Result::is_ok), "{deleted:?}");
    let asked = scene.sim.requests("DELETE /channels/*/messages/*");
    let paths: Vec<_> = asked.iter().map(|entry| entry.path.clone()).collect();
    let general = scene.general;
    let wanted: Vec<_> = messages
        .iter()
        .map(|id| format!("/channels/{general}/messages/{id}"))
        .collect();
    assert_eq!(paths, wanted);
}

#[tokio::test]
async fn the_application_proves_the_token_and_tells_the_intents() {
    let scene = scene().await;
    let application = scene.rest.application().await.expect("the token is right");
    assert!(application.sees_members() && application.sees_contents());
    let stranger = rest(&scene.sim, "wrong");
    assert_eq!(stranger.application().await, Err(RestError::Unauthorized));
}
