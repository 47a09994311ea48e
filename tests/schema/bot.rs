//! The bot itself through its commands and actions, with everything that it asked and heard on the tape.

use aimod::simulator::{SimMember, Traffic};

use crate::support::House;

const SCAM: &str = "claim your FREE NITRO now";
const ACTIONS: [&str; 5] = ["delete", "warn", "timeout", "kick", "ban"];

/// What passed while the bot started, answered every command and carried out every action.
pub(crate) async fn traffic() -> Traffic {
    let mut house = House::start().await;
    // The start itself belongs to it: IDENTIFY, the application, the registering of commands.
    house.rest().await;
    house.sim.record_traffic();
    house.wake().await;
    configures(&house).await;
    for action in ACTIONS {
        punishes(&house, action).await;
    }
    let banned = house.sim.user("crook-ban");
    assert!(house.sim.look(|world| world.is_banned(house.id(), banned)));
    let outcome = house.text("SELECT outcome FROM moderation_logs WHERE case_number = 1");
    assert_eq!(outcome.await.as_deref(), Some("DONE"));
    reads_and_undoes(&house).await;
    house.settled().await;
    house.sim.drained_to(0).await.expect("drained");
    let traffic = house.sim.traffic();
    house.nothing_is_left().await;
    traffic
}

async fn configures(house: &House) {
    let log = format!(
        "/config set key:MODERATION_LOG_CHANNEL_ID value:<#{}>",
        house.mod_log
    );
    let partners = house
        .guild
        .add_role("partners", aimod::simulator::Permissions::NONE, 2);
    tracing::debug!(role.id = %partners, "made a role to exempt");
    for line in [
        "/botdetect enable on:true",
        log.as_str(),
        "/botdetect status",
        "/botdetect keywords add keyword:grapefruit course",
        "/botdetect keywords list",
        "/botdetect keywords defaults",
        "/botdetect whitelist add role:partners user:alice",
        "/botdetect whitelist remove role:partners user:alice",
        "/botdetect test text:a grapefruit course",
        "/config show",
        "/config show key:PREFIX",
        "/config set key:PREFIX value:far too long a prefix",
    ] {
        assert!(!house.admin(line).await.is_empty(), "{line}");
    }
    let admin = house.member("admin");
    for line in [
        "/config show key:MOD",
        "/botdetect keywords remove keyword:gr",
    ] {
        let choices = admin.autocompletes(line).await;
        assert!(!choices.expect("suggestions").is_empty(), "{line}");
    }
    house
        .admin("/botdetect keywords remove keyword:grapefruit course")
        .await;
}

async fn punishes(house: &House, action: &str) {
    house
        .admin(&format!("/botdetect action action:{action}"))
        .await;
    let member: SimMember = house
        .guild
        .joins(&format!("crook-{action}"))
        .expect("not banned");
    let scam = member.posts(house.general, SCAM).expect("a message");
    house
        .sim
        .wait_until(action, |world| world.message(house.general, scam).is_none())
        .await
        .expect("deleted");
    house.settled().await;
}

async fn reads_and_undoes(house: &House) {
    for line in [
        "/case view number:1",
        "/case view number:999",
        "/infractions view user:crook-warn",
        "/config reset key:PREFIX",
        "/botdetect enable on:false",
    ] {
        assert!(!house.admin(line).await.is_empty(), "{line}");
    }
    // The same by a text command, which is answered in the channel.
    let answers = |world: &aimod::simulator::World| world.bot_messages(house.general).len();
    let before = house.sim.look(answers);
    let admin = house.member("admin");
    admin
        .posts(house.general, "o!case view 1")
        .expect("a message");
    house
        .sim
        .wait_until("the reply", |world| answers(world) > before)
        .await
        .expect("answered");
    // One who may not.
    let refused = house.says("mallory", "/config show").await;
    assert!(!refused.is_empty());
}
