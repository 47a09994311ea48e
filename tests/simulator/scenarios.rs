//! The bot itself on what the simulated Discord can do: another bot beside it, and a guild that is away.

use crate::support::House;

const SCAM: &str = "claim your FREE NITRO now";

async fn detecting() -> House {
    let house = House::start().await;
    let log = format!(
        "/config set key:MODERATION_LOG_CHANNEL_ID value:<#{}>",
        house.mod_log
    );
    for line in [
        "/botdetect enable on:true",
        "/botdetect action action:ban",
        log.as_str(),
    ] {
        assert!(!house.admin(line).await.is_empty(), "{line}");
    }
    house
}

#[tokio::test]
async fn what_another_bot_writes_is_not_judged() {
    let house = detecting().await;
    let music = house.guild.add_bot("music").expect("another bot");
    let heard = music.posts(house.general, SCAM).expect("posts");
    let mallory = house.member("mallory");
    let scam = mallory.posts(house.general, SCAM).expect("posts");
    house
        .sim
        .wait_until("the scam to go", |world| {
            world.message(house.general, scam).is_none()
        })
        .await
        .expect("judged");
    house.settled().await;
    house.sim.look(|world| {
        assert!(world.message(house.general, heard).is_some());
        assert!(!world.is_banned(house.id(), music.id()));
        assert!(world.is_banned(house.id(), mallory.id()));
    });
    assert_eq!(
        house.number("SELECT count(*) FROM moderation_logs").await,
        1
    );
    house.nothing_is_left().await;
}

#[tokio::test]
async fn a_guild_that_is_away_is_tried_again_until_it_is_back() {
    let house = detecting().await;
    let mallory = house.member("mallory");
    // Nothing of this leaves the simulator before the outage: the test does not wait in between.
    let scam = mallory.posts(house.general, SCAM).expect("posts");
    house.guild.outage();
    let tried = tokio::select! {
        tried = house.sim.requested("PUT /guilds/*/bans/*", 1) => tried,
        tried = house.sim.requested("DELETE /channels/*/messages/*", 1) => tried,
    };
    tried.expect("the bot acts");
    let log = house.sim.request_log();
    assert!(log.iter().any(|one| one.status == 503), "{log:?}");
    house.guild.restore();
    house
        .sim
        .wait_until("the ban", |world| world.is_banned(house.id(), mallory.id()))
        .await
        .expect("carried out");
    house
        .sim
        .wait_until("the scam to go", |world| {
            world.message(house.general, scam).is_none()
        })
        .await
        .expect("deleted");
    house.settled().await;
    let outcome = house.text("SELECT outcome FROM moderation_logs WHERE case_number = 1");
    assert_eq!(outcome.await.as_deref(), Some("DONE"));
    house.nothing_is_left().await;
}
