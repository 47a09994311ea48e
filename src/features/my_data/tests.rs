//! Members read what is kept about them, and have it forgotten.

use serde_json::Value;

use crate::features::tests::{detecting, logged, named, plain_sql, punished, types};
use crate::simulator::Answer;
use crate::support::House;

/// Mallory has been warned, banned elsewhere, noted and counted, and has run a command.
async fn house() -> House {
    let house = detecting().await;
    house.admin("/botdetect action action:warn").await;
    punished(&house, "mallory", "claim your FREE NITRO now").await;
    let mallory = house.sim.user("mallory");
    plain_sql(
        &house,
        &format!(
            "INSERT INTO moderation_logs (guild_id, case_number, moderator_id, target_user_id, action_type, reason) \
             VALUES (77, 1, 9, {mallory}, 'BAN', 'raids'); \
             INSERT INTO user_notes (guild_id, user_id, author_id, note) VALUES (77, {mallory}, 9, 'watch this one')"
        ),
    )
    .await;
    house
}

/// What a member reads after a slash command, in full.
async fn runs(house: &House, name: &str, line: &str) -> Answer {
    let call = house.member(name).runs(line).expect("a command");
    call.answer().await.expect("the application responds")
}

async fn presses(house: &House, name: &str, answer: &Answer, which: usize) -> Answer {
    let id = answer.custom_ids()[which].to_owned();
    let message = answer.message.expect("an answering message");
    let call = house.member(name).presses(message, &id).expect("a button");
    call.answer().await.expect("the application responds")
}

/// The file of an answer.
async fn file(house: &House, answer: &Answer) -> Value {
    let url = answer.raw["attachments"][0]["url"]
        .as_str()
        .expect("an address");
    let discord = house.app().actions().discord();
    let bytes = discord.download(url, 1_000_000).await.expect("a file");
    serde_json::from_slice(&bytes).expect("JSON")
}

async fn of_mallory(house: &House, table: &str, column: &str) -> i64 {
    let mallory = house.sim.user("mallory");
    house
        .number(&format!(
            "SELECT count(*) FROM {table} WHERE {column} = {mallory}"
        ))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_gets_all_that_is_kept_as_a_file() {
    let house = house().await;
    let answer = runs(&house, "mallory", "/mydata export").await;
    assert!(answer.ephemeral, "nobody else sees it");
    insta::assert_snapshot!(answer.text(), @"Everything that AIMod keeps about you on all servers is in this file. Only you see it. What you have decided as a moderator is not in it: it belongs to the records of the people concerned.");
    let file = file(&house, &answer).await;
    assert_eq!(file["format"], "aimod-mydata-1");
    assert_eq!(file["user"], house.sim.user("mallory").to_string());
    let kept = &file["kept"];
    assert_eq!(kept["cases"].as_array().map(Vec::len), Some(2));
    assert_eq!(kept["infractions"][0]["guild"], house.id().to_string());
    assert_eq!(kept["notes"][0]["text"], "watch this one");
    assert_eq!(kept["user"][0]["username"], "mallory");
    let latest = kept["latest_actions"].as_array().expect("a list");
    let notice = latest.iter().find(|one| one["action"] == "NOTICE");
    let notice = notice.expect("the warning");
    assert_eq!(
        (&notice["state"], &notice["case"]),
        (&"DONE".into(), &1.into())
    );
    assert!(notice["text"].is_string(), "{notice}");
    let deleted = latest.iter().find(|one| one["action"] == "DELETE_MESSAGE");
    assert!(deleted.expect("the message")["text"].is_null());
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_forgotten_after_a_question_also_after_a_restart() {
    let mut house = house().await;
    house.says("mallory", "/config show").await;
    logged(&house, 1).await;
    let asked = runs(&house, "mallory", "/mydata forget").await;
    assert!(asked.ephemeral);
    insta::assert_snapshot!(named(&house, asked.text()), @r"
    **Forget you?** This would go, on all servers where AIMod works:
    - Your name, picture and counters
    - Commands you ran: 1
    - Moderators' notes about you: 1
    - Infractions, their reasons: 1
    - Cases, their reasons and notes: 1
    It cannot be undone. An appeal that waits is withdrawn by it.
    This stays:
    - 1 case with your id and its reason: the ban or timeout is in force, and could otherwise be neither found nor lifted. Once it has ended, ask again.
    - Number, kind and date of ended cases and infractions, and the rule that was named, without you: servers count on their statistics.
    - What you decided as a moderator or set as an administrator, under your id: others have a right to know who did it.
    - Messages that AIMod posted in a server's channels: they belong to that server.
    - Technical entries about the latest actions, for a few weeks: they keep anything from being done twice.
    ");
    house.rest().await;
    house.wake().await;
    // A count that waits in memory must not bring the person back.
    house
        .member("mallory")
        .posts(house.general, "one more")
        .expect("a message");
    let receipt = presses(&house, "mallory", &asked, 0).await;
    insta::assert_snapshot!(named(&house, receipt.text()), @r"
    **You are forgotten.** This is gone, or no longer bears your name:
    - Your name, picture and counters
    - Commands you ran: 2
    - Moderators' notes about you: 1
    - Infractions, their reasons: 1
    - Cases, their reasons and notes: 1
    This stays:
    - 1 case with your id and its reason: the ban or timeout is in force, and could otherwise be neither found nor lifted. Once it has ended, ask again.
    - Number, kind and date of ended cases and infractions, and the rule that was named, without you: servers count on their statistics.
    - What you decided as a moderator or set as an administrator, under your id: others have a right to know who did it.
    - Messages that AIMod posted in a server's channels: they belong to that server.
    - Technical entries about the latest actions, for a few weeks: they keep anything from being done twice.
    What you do from now on is noted anew: messages are counted, commands are logged.
    ");
    house.settled().await;
    for (table, column, left) in [
        ("user_data", "user_id", 0),
        ("command_logs", "user_id", 0),
        ("user_notes", "user_id", 0),
        ("user_infractions", "user_id", 0),
        ("moderation_logs", "target_user_id", 1),
    ] {
        assert_eq!(of_mallory(&house, table, column).await, left, "{table}");
    }
    // The case keeps its number, and who asked to be forgotten is not named by having asked.
    assert_eq!(house.number(&format!("SELECT count(*) FROM moderation_logs WHERE guild_id = {} AND case_number = 1 AND target_user_id = 0", house.id())).await, 1);
    let runs = "SELECT count(*) FROM command_logs WHERE command_name = 'mydata forget button' AND user_id = 0";
    noted(&house, runs).await;
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_thinks_better_of_it_keeps_everything() {
    let house = house().await;
    let asked = runs(&house, "mallory", "/mydata forget").await;
    let kept = presses(&house, "mallory", &asked, 1).await;
    assert_eq!(kept.text(), "Nothing was changed.");
    assert!(of_mallory(&house, "user_notes", "user_id").await > 0);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_served_in_direct_messages_too() {
    let house = house().await;
    let call = house
        .member("mallory")
        .runs_directly("/mydata forget")
        .expect("a command");
    let asked = call.answer().await.expect("the application responds");
    assert!(
        asked.text().starts_with("**Forget you?**"),
        "{}",
        asked.text()
    );
    let receipt = presses(&house, "mallory", &asked, 0).await;
    assert!(
        receipt.text().starts_with("**You are forgotten.**"),
        "{}",
        receipt.text()
    );
    assert_eq!(of_mallory(&house, "user_notes", "user_id").await, 0);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_command_is_not_answered_before_everybody() {
    let house = house().await;
    let told = types(&house, "mallory", "o!mydata export").await;
    insta::assert_snapshot!(told, @"A reply here could be read by everybody. Use the slash command `/mydata`, or write to me directly.");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_whom_nothing_is_kept_reads_so_in_german_too() {
    let house = House::start().await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let answer = runs(&house, "alice", "/mydata forget").await;
    insta::assert_snapshot!(answer.text(), @"AIMod speichert nichts über dich, was sich vergessen ließe.");
    assert!(answer.custom_ids().is_empty(), "nothing to press");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_is_told_in_german() {
    let house = house().await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let asked = runs(&house, "mallory", "/mydata forget").await;
    let run = "SELECT count(*) FROM command_logs WHERE command_name = 'mydata forget'";
    noted(&house, run).await;
    let receipt = presses(&house, "mallory", &asked, 0).await;
    let text = format!("{}\n\n{}", asked.text(), receipt.text());
    insta::assert_snapshot!(named(&house, text), @r"
    **Dich vergessen?** Das würde verschwinden, auf allen Servern mit AIMod:
    - Dein Name, dein Bild und deine Zähler
    - Notizen von Moderatoren über dich: 1
    - Verstöße, ihre Begründungen: 1
    - Fälle, ihre Gründe und Notizen: 1
    Das lässt sich nicht rückgängig machen. Ein Einspruch, der noch wartet, gilt damit als zurückgezogen.
    Das bleibt:
    - 1 Fall mit deiner ID und dem Grund: Der Bann oder Timeout gilt noch und ließe sich sonst weder finden noch aufheben. Frag noch einmal, wenn er vorbei ist.
    - Nummer, Art und Datum beendeter Fälle und Verstöße und die genannte Regel, ohne dich: Server brauchen sie für ihre Statistik.
    - Was du als Moderator entschieden oder als Administrator eingestellt hast, unter deiner ID: Andere haben ein Recht darauf, zu wissen, wer es war.
    - Nachrichten, die AIMod in Kanälen eines Servers gepostet hat: Sie gehören diesem Server.
    - Technische Einträge zu den letzten Aktionen, für einige Wochen: Sie verhindern, dass etwas doppelt geschieht.

    **Du bist vergessen.** Das ist gelöscht oder trägt deinen Namen nicht mehr:
    - Dein Name, dein Bild und deine Zähler
    - Befehle, die du ausgeführt hast: 1
    - Notizen von Moderatoren über dich: 1
    - Verstöße, ihre Begründungen: 1
    - Fälle, ihre Gründe und Notizen: 1
    Das bleibt:
    - 1 Fall mit deiner ID und dem Grund: Der Bann oder Timeout gilt noch und ließe sich sonst weder finden noch aufheben. Frag noch einmal, wenn er vorbei ist.
    - Nummer, Art und Datum beendeter Fälle und Verstöße und die genannte Regel, ohne dich: Server brauchen sie für ihre Statistik.
    - Was du als Moderator entschieden oder als Administrator eingestellt hast, unter deiner ID: Andere haben ein Recht darauf, zu wissen, wer es war.
    - Nachrichten, die AIMod in Kanälen eines Servers gepostet hat: Sie gehören diesem Server.
    - Technische Einträge zu den letzten Aktionen, für einige Wochen: Sie verhindern, dass etwas doppelt geschieht.
    Was du von jetzt an tust, wird neu erfasst: Nachrichten werden gezählt, Befehle protokolliert.
    ");
    house.nothing_is_left().await;
}

/// Waits until a run is logged, which happens after its answer.
async fn noted(house: &House, query: &str) {
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(5));
    let waiting = async {
        while house.number(query).await == 0 {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), waiting)
        .await
        .expect("the run is logged");
}
