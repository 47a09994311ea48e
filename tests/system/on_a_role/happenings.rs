//! What happens in the house beside the typed lines: by hand, by buttons and forms, by time, and from files.

use std::time::Duration;

use aimod::simulator::World;
use diesel_async::SimpleAsyncConnection as _;

use super::Scene;

/// What moderators do in Discord's own menus becomes a case.
pub(super) async fn by_hand(scene: &Scene) {
    let house = &scene.house;
    house.guild.joins("pest").expect("anybody may");
    let admin = house.member("admin");
    let pest = house.sim.user("pest");
    admin.bans(pest, "a pest").expect("the owner may");
    let kept = "SELECT count(*) FROM moderation_logs WHERE audit_entry_id IS NOT NULL";
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    let waiting = async {
        while house.number(kept).await != 1 {
            ticks.tick().await;
        }
    };
    let limit = Duration::from_secs(30);
    tokio::time::timeout(limit, waiting).await.expect("a case");
}

/// Somebody's time-out is lifted by a granted appeal.
pub(super) async fn lifted(scene: &Scene) {
    let house = &scene.house;
    house
        .admin("/botdetect action action:timeout duration:1h")
        .await;
    let naughty = house.guild.joins("naughty").expect("anybody may");
    let scam = naughty.posts(house.general, "claim your FREE NITRO now");
    scam.expect("a message");
    let guild = house.id();
    let until = |world: &World| world.timeout_until(guild, naughty.id());
    let timed_out = house
        .sim
        .wait_until("the time-out", |world| until(world).is_some());
    timed_out.await.expect("timed out");
    house.settled().await;
    let form = naughty.clicks("Appeal").expect("a button");
    let form = form.answer().await.expect("a form");
    let why = "That was my little brother, and he is sorry.";
    scene.fills("naughty", &form, why).await;
    house.settled().await;
    let appeal = scene.last("appeals").await;
    let line = format!("/appeals decide id:{appeal} decision:approve");
    let decided = house.admin(&line).await;
    assert!(decided.contains("is approved"), "{decided}");
    let free = house.sim.wait_until("the end of the time-out", |world| {
        until(world).is_none_or(|until| until <= world.now())
    });
    free.await.expect("lifted");
}

/// Settings come from a file.
pub(super) async fn imported(scene: &Scene) {
    let file = br#"{"format": 1, "settings": {"PREFIX": "imported!"}}"#.to_vec();
    let admin = scene.house.member("admin");
    admin.uploads("settings.json", file).expect("taken");
    let asked = scene
        .runs("admin", "/config import file:settings.json")
        .await;
    scene.presses("admin", &asked).await;
    let shown = scene.house.admin("/config show key:PREFIX").await;
    assert!(shown.contains("imported!"), "{shown}");
}

/// A guild that AIMod left long ago goes with all its rows.
pub(super) async fn purged(scene: &Scene) {
    let house = &scene.house;
    let mut conn = house.database.pool.acquire().await.expect("a connection");
    let rows = "INSERT INTO guild_settings (guild_id, name, left_at) VALUES (900200, 'Gone', now() - interval '31 days'); \
                INSERT INTO guild_config VALUES (900200, 'PREFIX', '\"?\"'); \
                INSERT INTO moderation_logs (guild_id, case_number, target_user_id, action_type) VALUES (900200, 1, 5, 'BAN'); \
                INSERT INTO user_infractions (guild_id, user_id, timestamp) VALUES (900200, 5, now()); \
                INSERT INTO user_notes (guild_id, user_id, note) VALUES (900200, 5, 'old')";
    conn.batch_execute(rows).await.expect("a superuser may");
    drop(conn);
    let swept = house.app().keep_up().await.expect("it works");
    assert!(swept.is_some(), "nobody else is at it");
    for table in [
        "guild_settings",
        "guild_config",
        "guild_config_revisions",
        "moderation_logs",
        "user_infractions",
        "user_notes",
    ] {
        let left = format!("SELECT count(*) FROM {table} WHERE guild_id = 900200");
        assert_eq!(house.number(&left).await, 0, "{table}");
    }
}

/// Mallory is warned, and appeals.
pub(super) async fn punished(scene: &Scene) {
    let house = &scene.house;
    for name in ["mallory", "alice"] {
        let scam = house
            .member(name)
            .posts(house.general, "claim your FREE NITRO now")
            .expect("a message");
        let gone = house.sim.wait_until("the deletion", |world| {
            world.message(house.general, scam).is_none()
        });
        gone.await.expect("deleted");
        house.settled().await;
    }
    let form = scene.runs("mallory", "/appeal punishment:1").await;
    let filed = scene
        .fills(
            "mallory",
            &form,
            "That was my little brother, and he is sorry.",
        )
        .await;
    assert!(filed.contains("**#1**"), "{filed}");
    house.settled().await;
}

/// One record of each of the Python bot's files.
pub(super) fn old_files(scene: &Scene) {
    let at = r#""timestamp": "2024-05-01T12:00:00Z""#;
    for (name, text) in [
        (
            "wdiscordbot-json-data/guild_config.json",
            r#"{"900100": {"ENABLED": false}}"#.to_owned(),
        ),
        (
            "wdiscordbot-json-data/user_infractions.json",
            format!(
                r#"{{"900100_7": [{{{at}, "rule_violated": "1", "action_taken": "WARN", "reasoning": "rude"}}]}}"#
            ),
        ),
        (
            "wdiscordbot-json-data/appeals.json",
            format!(
                r#"{{"0b7c4b2e-8f8b-4a52-9a3e-0c1f5d6a7b80": {{"appeal_id": "0b7c4b2e-8f8b-4a52-9a3e-0c1f5d6a7b80", "user_id": 7, "reason": "sorry", {at}, "status": "pending", "original_infraction": {{{at}, "guild_id": 900100, "rule_violated": "1", "action_taken": "WARN", "reasoning": "rude"}}}}}}"#
            ),
        ),
        ("wdiscordbot-json-data/global_bans.json", "[66]".to_owned()),
        (
            "wdiscordbot-json-data/botdetect_config.json",
            r#"{"900100": {"enabled": true, "keywords": ["free nitro"], "action": "warn"}}"#
                .to_owned(),
        ),
        (
            "logging-data/moderation_logs.json",
            format!(
                r#"[{{"case_id": 4, "guild_id": 900100, {at}, "target_user_id": 7, "action_type": "BAN"}}]"#
            ),
        ),
        (
            "logging-data/guild_settings.json",
            r#"{"900100": {"mod_log_channel_id": 5}}"#.to_owned(),
        ),
        (
            "logging-data/log_event_toggles.json",
            r#"{"900100": {"member_join": false}}"#.to_owned(),
        ),
        ("user_data.json", r#"{"7": {"note": "watch"}}"#.to_owned()),
    ] {
        scene.write(name, &text);
    }
}
