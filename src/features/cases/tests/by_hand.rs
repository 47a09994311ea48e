//! What moderators do in Discord's own menus becomes a case, once.

use chrono::TimeDelta;
use serde_json::json;

use super::{arrived, cards, logging, read};
use crate::features::tests::{detecting, dialog, known, named, plain_sql, punished, without_times};
use crate::simulator::Permissions;
use crate::support::House;

const HOUR: TimeDelta = TimeDelta::hours(1);

fn bans(house: &House, name: &str, reason: &str) {
    let banned = house.member("admin").bans(house.sim.user(name), reason);
    banned.expect("the owner may");
}

/// How a case and its audit entry look in the database.
async fn rows(house: &House) -> String {
    let rows = house.text(
        "SELECT string_agg(concat_ws(' ', case_number, action_type, outcome, \
         CASE WHEN audit_entry_id IS NULL THEN 'own' ELSE 'by hand' END, duration_seconds, \
         CASE WHEN lifted_at IS NOT NULL THEN 'lifted' END), ', ' ORDER BY case_number) FROM moderation_logs",
    );
    rows.await.unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, told to its end")]
async fn everything_that_is_done_by_hand_is_a_case_with_a_card() {
    let house = logging().await;
    let (admin, mallory) = (house.member("admin"), house.sim.user("mallory"));
    let (alice, none) = (house.sim.user("alice"), TimeDelta::zero());
    admin
        .times_out(mallory, HOUR * 2, "spam")
        .expect("timed out");
    arrived(&house, 1).await;
    admin.times_out(mallory, none, "").expect("ended");
    arrived(&house, 2).await;
    admin.kicks(alice, "a fake account").expect("kicked");
    arrived(&house, 3).await;
    bans(&house, "mallory", "");
    arrived(&house, 4).await;
    admin.unbans(mallory, "a mistake").expect("unbanned");
    arrived(&house, 5).await;
    assert_eq!(
        rows(&house).await,
        "1 TIMEOUT DONE by hand 7200 lifted, 2 END_TIMEOUT DONE by hand, 3 KICK DONE by hand, \
         4 BAN DONE by hand lifted, 5 UNBAN DONE by hand"
    );
    let lines = ["/case list", "/case view number:1", "/case view number:4"];
    let text = dialog(&house, &lines).await;
    insta::assert_snapshot!(read(&house, &text), @r"
    > /case list
    **5 cases**, newest first
    `#5` TIME **ban lifted** <@MALLORY> by <@ADMIN>: a mistake
    `#4` TIME **ban** <@MALLORY> by <@ADMIN>: none given (taken back)
    `#3` TIME **kick** <@ALICE> by <@ADMIN>: a fake account
    `#2` TIME **timeout ended** <@MALLORY> by <@ADMIN>: none given
    `#1` TIME **timeout for 2h** <@MALLORY> by <@ADMIN>: spam (taken back)

    > /case view number:1
    **Case #1** · timeout for 2h
    Member: <@MALLORY> (`MALLORY`)
    By: <@ADMIN>, in Discord's own menus
    When: TIME
    Reason: spam
    Outcome: carried out
    Taken back: TIME
    Card: https://discord.com/channels/GUILD/MOD-LOG/CARD-1

    > /case view number:4
    **Case #4** · ban
    Member: <@MALLORY> (`MALLORY`)
    By: <@ADMIN>, in Discord's own menus
    When: TIME
    Reason: none given
    Outcome: carried out
    Taken back: TIME
    Card: https://discord.com/channels/GUILD/MOD-LOG/CARD-4
    ");
    insta::assert_snapshot!(cards(&house), @r"
    Case #1 · timeout for 2h
      Member: <@MALLORY> `MALLORY`
      By: <@ADMIN>
      Reason: spam
    Case #2 · timeout ended
      Member: <@MALLORY> `MALLORY`
      By: <@ADMIN>
      Reason: none given
    Case #3 · kick
      Member: <@ALICE> `ALICE`
      By: <@ADMIN>
      Reason: a fake account
    Case #4 · ban
      Member: <@MALLORY> `MALLORY`
      By: <@ADMIN>
      Reason: none given
    Case #5 · ban lifted
      Member: <@MALLORY> `MALLORY`
      By: <@ADMIN>
      Reason: a mistake
    ");
    let counted = house.number("SELECT count(*) FROM user_infractions").await;
    assert_eq!(counted, 0, "what others did is no infraction of ours");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_card_is_in_the_language_of_the_server() {
    let house = logging().await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let mallory = house.sim.user("mallory");
    let timed_out = house.member("admin").times_out(mallory, HOUR, "");
    timed_out.expect("timed out");
    arrived(&house, 1).await;
    let text = dialog(&house, &["/case list user:mallory", "/case view number:1"]).await;
    insta::assert_snapshot!(format!("{}\n\n{}", cards(&house), read(&house, &text)), @r"
    Fall #1 · Timeout für 1h
      Mitglied: <@MALLORY> `MALLORY`
      Von: <@ADMIN>
      Grund: keiner angegeben

    > /case list user:mallory
    **1 Fall**
    `#1` TIME **Timeout für 1h** <@MALLORY> von <@ADMIN>: keiner angegeben

    > /case view number:1
    **Fall #1** · Timeout für 1h
    Mitglied: <@MALLORY> (`MALLORY`)
    Von: <@ADMIN>, in den Menüs von Discord
    Wann: TIME
    Grund: keiner angegeben
    Ergebnis: ausgeführt
    Karte: https://discord.com/channels/GUILD/MOD-LOG/CARD-1
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_discord_sends_twice_is_one_case() {
    let house = logging().await;
    house.sim.duplicate_next_event();
    bans(&house, "mallory", "spam");
    bans(&house, "alice", "spam too");
    arrived(&house, 2).await;
    assert_eq!(
        cards(&house)
            .lines()
            .filter(|line| line.contains("ban"))
            .count(),
        2
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_neither_loses_nor_doubles_what_was_done_by_hand() {
    let mut house = logging().await;
    bans(&house, "mallory", "before");
    arrived(&house, 1).await;
    house.rest().await;
    bans(&house, "alice", "meanwhile");
    // As after a kill: nothing says that the last minutes were heard.
    plain_sql(
        &house,
        "UPDATE gateway_progress SET heard_until = heard_until - interval '5 minutes'",
    )
    .await;
    house.wake().await;
    arrived(&house, 2).await;
    let text = dialog(&house, &["/case list"]).await;
    insta::assert_snapshot!(read(&house, &text), @r"
    > /case list
    **2 cases**, newest first
    `#2` TIME **ban** <@ALICE> by <@ADMIN>: meanwhile
    `#1` TIME **ban** <@MALLORY> by <@ADMIN>: before
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_while_the_session_was_lost_is_read_back() {
    let mut house = logging().await;
    house.rest().await;
    house.wake().await;
    house.sim.invalidate_sessions(false);
    // The next session begins a moment later and is told nothing of this.
    bans(&house, "mallory", "spam");
    arrived(&house, 1).await;
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_may_not_be_read_is_not_asked_for() {
    let mut house = logging().await;
    house.rest().await;
    let few = Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES | Permissions::EMBED_LINKS;
    house.guild.set_bot_permissions(few).expect("there");
    bans(&house, "mallory", "spam");
    let before = house.sim.request_count("GET /guilds/*/audit-logs");
    house.wake().await;
    known(&house).await;
    house.settled().await;
    let after = house.sim.request_count("GET /guilds/*/audit-logs");
    assert_eq!(after, before);
    let check = house.admin("/config check").await;
    assert!(
        check.contains("Moderation log: AIMod lacks **View Audit Log**."),
        "{check}"
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_make_one_case() {
    let house = logging().await;
    let scratch = tempfile::tempdir().expect("a folder");
    let second = house.another(scratch.path()).await;
    bans(&house, "mallory", "spam");
    bans(&house, "alice", "spam");
    arrived(&house, 2).await;
    second.settled().await;
    second.stop().await.expect("it stops");
    house.settled().await;
    assert_eq!(
        house.number("SELECT count(*) FROM moderation_logs").await,
        2
    );
    let posted = house
        .sim
        .look(|world| world.bot_messages(house.mod_log).len());
    assert_eq!(posted, 2, "a card each");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_aimod_does_itself_is_not_doubled() {
    let house = detecting().await;
    house.admin("/botdetect action action:ban").await;
    punished(&house, "mallory", "claim your FREE NITRO now").await;
    // Whatever Discord told of the first ban, it told before this one.
    bans(&house, "alice", "by hand");
    arrived(&house, 2).await;
    assert_eq!(rows(&house).await, "1 BAN DONE own, 2 BAN DONE by hand");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_bot_is_the_moderator_of_its_own_cases() {
    let house = logging().await;
    let other = house.guild.add_bot("dyno").expect("a bot");
    other.may(Permissions::BAN_MEMBERS).expect("invited so");
    let banned = other.bans(house.sim.user("mallory"), "automatic");
    banned.expect("it may");
    arrived(&house, 1).await;
    let text = dialog(&house, &["/case list moderator:dyno"]).await;
    let text = text.replace(&other.id().to_string(), "DYNO");
    insta::assert_snapshot!(read(&house, &text), @r"
    > /case list moderator:dyno
    **1 case**
    `#1` TIME **ban** <@MALLORY> by <@DYNO>: automatic
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_punishment_of_one_member_is_no_case() {
    let house = logging().await;
    let guild = house.id();
    let entry = |id: u64, more: serde_json::Value| {
        let mut entry = json!({"guild_id": guild, "id": (u64::MAX / 4 + id).to_string(),
            "user_id": house.sim.user("admin"), "target_id": house.sim.user("mallory")});
        let fields = entry.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        house
            .sim
            .send_raw(Some(guild), "GUILD_AUDIT_LOG_ENTRY_CREATE", &entry);
    };
    entry(
        1,
        json!({"action_type": 21, "target_id": null,
        "options": {"members_removed": "9", "delete_member_days": "7"}}),
    );
    entry(
        2,
        json!({"action_type": 24, "changes": [{"key": "nick", "new_value": "x"}]}),
    );
    entry(3, json!({"action_type": 145}));
    entry(4, json!({"action_type": 9_999, "changes": "a new form"}));
    bans(&house, "alice", "the one case");
    arrived(&house, 1).await;
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_log_channel_a_case_is_noted_and_nothing_is_posted() {
    let house = House::start().await;
    known(&house).await;
    bans(&house, "mallory", "spam");
    arrived(&house, 1).await;
    let text = dialog(&house, &["/case view number:1"]).await;
    insta::assert_snapshot!(without_times(&named(&house, text)), @r"
    > /case view number:1
    **Case #1** · ban
    Member: <@MALLORY> (`MALLORY`)
    By: <@ADMIN>, in Discord's own menus
    When: TIME
    Reason: spam
    Outcome: carried out
    ");
    let posted = house.sim.request_count("POST /channels/*/messages");
    assert_eq!(posted, 0, "nothing is posted, and nobody is written to");
    house.nothing_is_left().await;
}
