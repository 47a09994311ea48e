//! `/case reason | note | edit`: the row, its trace and its card.

use std::time::Duration;

use futures_util::future::join_all;

use super::{arrived, cards, logging, read};
use crate::features::tests::{dialog, known, press, runs, types};
use crate::simulator::{Answer, Fault};
use crate::support::House;

/// A case by hand with its card.
pub(super) async fn banned() -> House {
    let house = logging().await;
    let banned = house
        .member("admin")
        .bans(house.sim.user("mallory"), "spam");
    banned.expect("banned");
    arrived(&house, 1).await;
    house
}

/// The button of a text command's answer.
fn newest_of_bot(house: &House) -> Answer {
    let message = house.sim.look(|world| {
        let messages = world.bot_messages(house.general);
        messages.last().map(|message| message.id)
    });
    Answer {
        message,
        ..Answer::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_reason_stands_in_the_case_and_on_its_card() {
    let house = banned().await;
    let text = dialog(
        &house,
        &[
            "/case reason number:1 text:spam in five channels",
            "/case reason number:1 text:spam in six channels",
            "/case note number:1 text:the third account of the same person",
            "/case note number:1 remove:true",
            "/case note number:1 text:an alt of alice",
            "/case view number:1",
        ],
    )
    .await;
    insta::assert_snapshot!(read(&house, &text), @"
    > /case reason number:1 text:spam in five channels
    Case #1, reason: “spam” → “spam in five channels”
    Its card says so too.

    > /case reason number:1 text:spam in six channels
    Case #1, reason: “spam in five channels” → “spam in six channels”
    Its card says so too.

    > /case note number:1 text:the third account of the same person
    Case #1, note of the staff: nothing → “the third account of the same person”

    > /case note number:1 remove:true
    Case #1, note of the staff: “the third account of the same person” → nothing

    > /case note number:1 text:an alt of alice
    Case #1, note of the staff: nothing → “an alt of alice”

    > /case view number:1
    **Case #1** · ban
    Member: <@MALLORY> (`MALLORY`)
    By: <@ADMIN>, in Discord's own menus
    When: TIME
    Reason: spam in six channels
    Outcome: carried out
    Card: https://discord.com/channels/GUILD/MOD-LOG/CARD-1
    Note of the staff: an alt of alice
    TIME <@ADMIN> changed the note: nothing → “an alt of alice”
    TIME <@ADMIN> changed the note: “the third account of the same person” → nothing
    TIME <@ADMIN> changed the note: nothing → “the third account of the same person”
    and 2 earlier changes
    ");
    insta::assert_snapshot!(cards(&house), @r"
    Case #1 · ban
      Member: <@MALLORY> `MALLORY`
      By: <@ADMIN>
      Reason: spam in six channels
    ");
    let kept = house.text(
        "SELECT string_agg(concat_ws(' | ', field, edited_by = (SELECT moderator_id FROM moderation_logs), \
         coalesce(old_text, '-'), coalesce(new_text, '-')), ', ' ORDER BY id) FROM case_edits",
    );
    insta::assert_snapshot!(kept.await.expect("rows"), @"REASON | t | spam | spam in five channels, REASON | t | spam in five channels | spam in six channels, NOTE | t | - | the third account of the same person, NOTE | t | the third account of the same person | -, NOTE | t | - | an alt of alice");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, told to its end")]
async fn what_cannot_be_changed_is_told() {
    let house = banned().await;
    let long = "x".repeat(501);
    let text = dialog(
        &house,
        &[
            "/case reason number:7 text:anything",
            "/case reason number:1 text:spam",
            &format!("/case reason number:1 text:{long}"),
            &format!("/case note number:1 text:{long}"),
            "/case note number:1",
            "/case note number:1 remove:true",
            "/case note number:1 remove:true text:seen",
            "/case edit number:7",
            "/config set key:LANGUAGE_CODE value:de",
            "/case reason number:7 text:anything",
            "/case reason number:1 text:spam",
            &format!("/case reason number:1 text:{long}"),
            &format!("/case note number:1 text:{long}"),
            "/case note number:1",
            "/case note number:1 remove:true text:seen",
        ],
    )
    .await
    .replace(&long, "LONG");
    insta::assert_snapshot!(read(&house, &text), @r"
    > /case reason number:7 text:anything
    This server has no case #7.

    > /case reason number:1 text:spam
    Case #1 says so already. Nothing was changed.

    > /case reason number:1 text:LONG
    A reason has at most 500 characters, and this one has 501. Nothing was changed.

    > /case note number:1 text:LONG
    A note has at most 500 characters, and this one has 501. Nothing was changed.

    > /case note number:1
    A note needs some text; `remove:true` takes the note away. Nothing was changed.

    > /case note number:1 remove:true
    Case #1 says so already. Nothing was changed.

    > /case note number:1 remove:true text:seen
    A note is either written or taken away. Nothing was changed.

    > /case edit number:7
    This server has no case #7.

    > /config set key:LANGUAGE_CODE value:de
    `LANGUAGE_CODE`: `en` (Standard) → `de`
    Die Sprache, in der AIMod antwortet. Texte gibt es in en und de; in den anderen Sprachen antwortet es auf Englisch.
    Das ist Version 2; sie gilt ab der nächsten Nachricht.

    > /case reason number:7 text:anything
    Einen Fall #7 gibt es auf diesem Server nicht.

    > /case reason number:1 text:spam
    Das steht in Fall #1 schon so. Nichts wurde geändert.

    > /case reason number:1 text:LONG
    Ein Grund hat höchstens 500 Zeichen, dieser hat 501. Nichts wurde geändert.

    > /case note number:1 text:LONG
    Eine Notiz hat höchstens 500 Zeichen, diese hat 501. Nichts wurde geändert.

    > /case note number:1
    Eine Notiz braucht einen Text; `remove:true` nimmt sie weg. Nichts wurde geändert.

    > /case note number:1 remove:true text:seen
    Eine Notiz wird entweder geschrieben oder weggenommen. Nichts wurde geändert.
    ");
    let edits = house.number("SELECT count(*) FROM case_edits").await;
    assert_eq!(edits, 0, "nothing was changed");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_that_is_corrected_before_its_card_stands_is_on_it() {
    let house = logging().await;
    let post = format!("POST /channels/{}/messages", house.mod_log);
    house.sim.fail_next(&post, 100_000, Fault::Status(500));
    let banned = house
        .member("admin")
        .bans(house.sim.user("mallory"), "spam");
    banned.expect("banned");
    house.sim.requested(&post, 1).await.expect("it is tried");
    let line = "/case reason number:1 text:spam in five channels";
    let changing = house.member("admin").runs(line).expect("a command");
    let waits =
        "SELECT count(*) FROM action_journal WHERE kind = 'EDIT_CARD' AND state = 'INTENDED'";
    let waiting = async { while house.number(waits).await != 1 {} };
    let waiting = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    waiting.expect("the edit waits for its card");
    house.sim.clear_faults();
    let answer = changing.answer().await.expect("an answer").text();
    assert!(answer.ends_with("Its card says so too."), "{answer}");
    arrived(&house, 1).await;
    insta::assert_snapshot!(cards(&house), @"
    Case #1 · ban
      Member: <@MALLORY> `MALLORY`
      By: <@ADMIN>
      Reason: spam in five channels
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_gone_is_told_and_the_case_is_changed() {
    let house = banned().await;
    let card = house
        .sim
        .look(|world| world.bot_messages(house.mod_log)[0].id);
    house.member("admin").deletes(card).expect("the owner may");
    let first = house.admin("/case reason number:1 text:no card").await;
    house.guild.delete_channel(house.mod_log).expect("there");
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let second = house.admin("/case reason number:1 text:no channel").await;
    insta::assert_snapshot!(read(&house, &format!("{first}\n\n{second}")), @r"
    Case #1, reason: “spam” → “no card”
    Its card in <#MOD-LOG> is gone, so it could not be changed.

    Fall #1, Grund: „no card“ → „no channel“
    Die Karte in <#MOD-LOG> gibt es nicht mehr, geändert ist nur der Fall.
    ");
    let reason = house.text("SELECT reason FROM moderation_logs").await;
    assert_eq!(reason.as_deref(), Some("no channel"));
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_discord_does_not_let_be_changed_is_told() {
    let house = banned().await;
    // Somebody else's message: the card of an older program.
    let refused = Fault::error(403, 50_005);
    house
        .sim
        .fail_next("PATCH /channels/*/messages/*", 1, refused);
    let told = house
        .admin("/case reason number:1 text:of another bot")
        .await;
    insta::assert_snapshot!(read(&house, &told), @r"
    Case #1, reason: “spam” → “of another bot”
    Its card in <#MOD-LOG> could not be changed: edit_card: Discord forbids it: General error (code 50005).
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_changes_reason_and_note_at_once() {
    let mut house = banned().await;
    let opened = runs(&house, "/case edit number:1").await;
    let form = opened.modal.clone().expect("a form");
    insta::assert_snapshot!(form["title"].as_str().unwrap_or_default(), @"Case #1");
    let values: Vec<_> = form["components"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["components"][0]["value"].clone())
        .collect();
    assert_eq!(values, [serde_json::json!("spam"), serde_json::Value::Null]);
    house.rest().await;
    house.wake().await;
    known(&house).await;
    let admin = house.member("admin");
    let sent = admin.fills(&opened, &["spam and worse", "seen before"]);
    let told = sent.expect("the form").answer().await.expect("an answer");
    assert!(
        told.ephemeral || !told.followups.is_empty(),
        "nobody else reads it"
    );
    let view = house.admin("/case view number:1").await;
    insta::assert_snapshot!(read(&house, &format!("{}\n\n{view}", told.text())), @"
    Case #1, reason: “spam” → “spam and worse”
    Case #1, note of the staff: nothing → “seen before”
    Its card says so too.

    **Case #1** · ban
    Member: <@MALLORY> (`MALLORY`)
    By: <@ADMIN>, in Discord's own menus
    When: TIME
    Reason: spam and worse
    Outcome: carried out
    Card: https://discord.com/channels/GUILD/MOD-LOG/CARD-1
    Note of the staff: seen before
    TIME <@ADMIN> changed the note: nothing → “seen before”
    TIME <@ADMIN> changed the reason: “spam” → “spam and worse”
    ");
    assert!(
        cards(&house).contains("spam and worse"),
        "{}",
        cards(&house)
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_does_not_undo_what_somebody_else_changed_meanwhile() {
    let house = banned().await;
    let opened = runs(&house, "/case edit number:1").await;
    house
        .admin("/case reason number:1 text:the newer reason")
        .await;
    let admin = house.member("admin");
    let sent = admin.fills(&opened, &["spam", "a note"]).expect("the form");
    let told = sent.answer().await.expect("an answer").text();
    assert_eq!(
        read(&house, &told),
        "<@ADMIN> has changed case #1 since you opened the form. Nothing was changed; open it again."
    );
    let reason = house.text("SELECT reason || coalesce(note, '') FROM moderation_logs");
    assert_eq!(reason.await.as_deref(), Some("the newer reason"));
    let again = runs(&house, "/case edit number:1").await;
    let sent = admin
        .fills(&again, &["the newer reason", ""])
        .expect("the form");
    let told = sent.answer().await.expect("an answer").text();
    assert_eq!(told, "Case #1 says so already. Nothing was changed.");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_card_says_what_the_case_says_whoever_was_faster() {
    let house = banned().await;
    let lines: Vec<String> = (0..6)
        .map(|n| format!("/case reason number:1 text:reason {n}"))
        .collect();
    let told = join_all(lines.iter().map(|line| house.admin(line))).await;
    let updated = |answer: &String| answer.ends_with("Its card says so too.");
    assert!(told.iter().all(updated), "{told:?}");
    let reason = house.text("SELECT reason FROM moderation_logs").await;
    let reason = format!("  Reason: {}", reason.expect("a reason"));
    assert!(
        cards(&house).ends_with(&reason),
        "{} {reason}",
        cards(&house)
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn text_commands_do_the_same_and_open_the_form_by_a_button() {
    let house = banned().await;
    let changed = types(&house, "admin", "o!case reason 1 spam, by text").await;
    assert!(changed.contains("“spam” → “spam, by text”"), "{changed}");
    let noted = types(&house, "admin", "o!case note 1 by text too").await;
    assert!(!noted.contains("too"), "not before everybody: {noted}");
    let slip = types(&house, "admin", "o!case note 1").await;
    assert_eq!(
        slip,
        "A note needs some text; `o!case note 1 remove:true` takes the note away. Nothing was changed."
    );
    let gone = types(&house, "admin", "o!case note 1 remove:true").await;
    assert!(gone.contains("note of case #1 is changed"), "{gone}");
    types(&house, "admin", "o!case note 1 by text too").await;
    types(&house, "admin", "o!case edit 1").await;
    let button = newest_of_bot(&house);
    let refused = press(&house, "alice", &button, "cases/open/1").await;
    assert!(refused.modal.is_none() && refused.text().contains("Timeout Members"));
    let opened = press(&house, "admin", &button, "cases/open/1").await;
    let form = opened.modal.clone().expect("a form");
    assert_eq!(
        form["components"][1]["components"][0]["value"],
        "by text too"
    );
    let admin = house.member("admin");
    let sent = admin
        .fills(&opened, &["spam, by form", ""])
        .expect("the form");
    let told = sent.answer().await.expect("an answer").text();
    assert!(told.contains("“by text too” → nothing"), "{told}");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_change_nothing() {
    let house = banned().await;
    let denied = "You need the permission **Timeout Members** for this.";
    for line in [
        "/case view number:1",
        "/case list",
        "/case reason number:1 text:mine",
        "/case note number:1 text:mine",
        "/case edit number:1",
    ] {
        assert_eq!(house.says("alice", line).await, denied, "{line}");
    }
    let typed = types(&house, "alice", "o!case reason 1 mine").await;
    assert_eq!(typed, denied);
    assert_eq!(house.number("SELECT count(*) FROM case_edits").await, 0);
    house.nothing_is_left().await;
}
