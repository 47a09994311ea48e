//! One message travels the whole house.

use crate::support::House;

#[tokio::test(flavor = "multi_thread")]
async fn a_scam_is_deleted_punished_recorded_and_announced() {
    let house = House::start().await;
    assert_eq!(
        house.admin("/botdetect enable on:true").await,
        "Bot detection is now on. The next message is judged accordingly."
    );
    house
        .admin(&format!(
            "/config set key:MODERATION_LOG_CHANNEL_ID value:<#{}>",
            house.mod_log
        ))
        .await;

    let mallory = house.member("mallory");
    let scam = mallory
        .posts(house.general, "claim your FREE NITRO now")
        .expect("a message");
    house
        .sim
        .wait_until("the card", |world| {
            !world.bot_messages(house.mod_log).is_empty()
        })
        .await
        .expect("a card");
    house.settled().await;

    house.sim.look(|world| {
        assert!(world.message(house.general, scam).is_none(), "deleted");
        assert!(
            world.timeout_until(house.id(), mallory.id()).is_some(),
            "timed out"
        );
        assert_eq!(world.dms(mallory.id()).len(), 1, "told");
    });
    assert_eq!(
        house.number("SELECT count(*) FROM user_infractions").await,
        1
    );
    assert_eq!(
        house
            .text("SELECT outcome FROM moderation_logs WHERE case_number = 1")
            .await
            .as_deref(),
        Some("DONE")
    );
    assert_eq!(
        house.number("SELECT infraction_count FROM user_data").await,
        1
    );
    house.nothing_is_left().await;
}
