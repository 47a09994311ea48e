//! `/stats` on a simulated Discord.

use crate::features::stats::days::Span;
use crate::features::stats::report::Report;
use crate::features::tests::{detecting, dialog, logged, plain_sql, punished, runs, types};
use crate::support::House;

/// A text without the days and times that differ from run to run.
fn without_days(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = match line.split_once(", days in ") {
            Some((_, zone)) => format!("(range), days in {zone}"),
            None => line.to_owned(),
        };
        let words: Vec<&str> = line.split(" · most on ").collect();
        let line = match words.as_slice() {
            [head, tail] => {
                let tail = tail.split_once(": ").map_or(*tail, |(_, tail)| tail);
                format!("{head} · most on (day): {tail}")
            }
            _ => line,
        };
        let is_row = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
            .iter()
            .any(|day| line.starts_with(day));
        if is_row {
            let counts: Vec<&str> = line.split_whitespace().skip(3).collect();
            lines.push(format!("(day) {}", counts.join(" ")));
        } else {
            // How wide the columns are depends on the days, too.
            lines.push(line.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    lines.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn moderators_count_what_was_punished() {
    let house = detecting().await;
    let empty = runs(&house, "/stats moderation days:7").await;
    assert_eq!(
        empty.text(),
        "No infractions in the last 7 days. All quiet!"
    );
    assert_eq!(empty.raw["attachments"][0]["filename"], "moderation.png");
    dialog(&house, &["/botdetect action action:warn"]).await;
    punished(&house, "mallory", "claim your FREE NITRO now").await;
    punished(&house, "mallory", "claim your FREE NITRO now").await;
    dialog(
        &house,
        &[
            "/botdetect action action:timeout duration:2h",
            "/config set key:TIME_ZONE value:pacific/auckland",
        ],
    )
    .await;
    punished(&house, "mallory", "claim your FREE NITRO now").await;
    let answer = runs(&house, "/stats moderation days:3 theme:light").await;
    insta::assert_snapshot!(without_days(&answer.text()), @r"
    **Infractions in the last 3 days**
    (range), days in Pacific/Auckland
    3 in all · 0 in the 3 days before · most on (day): 3 · 2 days without any
    ```
    DAY WARN TIMEOUT ALL
    (day) · · 0
    (day) · · 0
    (day) 2 1 3
    ALL 2 1 3
    ```
    ");
    assert!(answer.ephemeral, "nobody else reads it");
    let picture = &answer.raw["attachments"][0];
    assert_eq!(picture["filename"], "moderation.png");
    assert!(picture["size"].as_u64().is_some_and(|size| size > 10_000));
    let answer = runs(&house, "/stats moderation days:90").await;
    let files = answer.raw["attachments"].as_array().expect("files");
    let names: Vec<_> = files.iter().map(|file| &file["filename"]).collect();
    assert_eq!(names, ["moderation-days.txt", "moderation.png"]);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn text_commands_and_strangers_are_answered_too() {
    let house = House::start().await;
    let text = types(&house, "admin", "o!stats moderation 7").await;
    assert_eq!(text, "No infractions in the last 7 days. All quiet!");
    let text = types(&house, "admin", "o!stats moderation 99999").await;
    assert_eq!(text, "No infractions in the last 365 days. All quiet!");
    let told = house.says("alice", "/stats moderation").await;
    assert_eq!(
        told,
        "You need the permission **Timeout Members** for this."
    );
    let told = house.says("alice", "/stats commands").await;
    assert_eq!(told, "You need the permission **Manage Server** for this.");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_count_commands() {
    let house = House::start().await;
    assert_eq!(
        house.admin("/stats commands days:1").await,
        "No command was run today."
    );
    house.admin("/config show").await;
    house.admin("/config show").await;
    house
        .admin("/config set key:PREFIX value:far too long a prefix")
        .await;
    house.says("alice", "/config show").await;
    logged(&house, 5).await;
    plain_sql(&house, "UPDATE command_logs SET duration_ms = 23").await;
    let told = house.admin("/stats commands").await;
    insta::assert_snapshot!(without_days(&told), @r"
    **Commands in the last 30 days**
    (range), days in UTC
    5 runs, 2 refused (wrong input or no permission), 0 failed
    ```
    COMMAND RUNS FAILED MEDIAN
    config show 3 · 23 ms
    config set 1 · 23 ms
    stats commands 1 · 23 ms
    ```
    ");
    house.nothing_is_left().await;
}

/// Infractions at the edges of days, as an older program may have left them.
#[tokio::test(flavor = "multi_thread")]
async fn the_database_counts_by_the_days_of_the_zone() {
    let house = House::start().await;
    let id = house.id();
    plain_sql(
        &house,
        &format!(
            "INSERT INTO user_infractions (guild_id, user_id, timestamp, action_taken) VALUES \
             ({id}, 1, '2026-10-24 22:00:00Z', 'WARN'), ({id}, 1, '2026-10-25 22:59:59.999Z', 'warn'), \
             ({id}, 1, '2026-10-25 23:00:00Z', NULL), ({id}, 1, '2026-10-24 21:59:59Z', 'BAN'), \
             ({id}, 1, '2026-10-26 23:00:00Z', 'BAN'), ({id}, 1, '2026-10-20 12:00:00Z', '**`x`**'), \
             (1, 1, '2026-10-25 12:00:00Z', 'BAN')"
        ),
    )
    .await;
    plain_sql(
        &house,
        &format!(
            "INSERT INTO moderation_logs (guild_id, case_number, moderator_id, target_user_id, action_type, created_at) VALUES \
             ({id}, 901, 5, 1, 'BAN', '2026-10-25 12:00:00Z'), ({id}, 902, 0, 1, 'BAN', '2026-10-25 12:00:00Z'), \
             ({id}, 903, 5, 1, 'KICK', '2026-10-26 23:00:00Z')"
        ),
    )
    .await;
    let zone = crate::domain::zone::find("Europe/Berlin").expect("a zone");
    let now = "2026-10-26T22:30:00Z".parse().expect("a time");
    let load = async |days| {
        let mut conn = house.database.pool.acquire().await.expect("a connection");
        let report = Report::load(&mut conn, id, Span::ending(now, zone, days)).await;
        report.expect("an answer")
    };
    let report = load(2).await;
    let days: Vec<_> = report.days.iter().map(|day| format!("{day:?}")).collect();
    assert_eq!(days, [r#"{"WARN": 2}"#, r#"{"UNKNOWN": 1}"#]);
    assert_eq!(report.before, 1, "the ban one second before");
    assert_eq!(report.by_hand, [("BAN".to_owned(), 1)]);
    let report = load(10).await;
    assert_eq!(report.days.len(), 10);
    assert_eq!(report.days.iter().filter(|day| day.is_empty()).count(), 6);
    assert_eq!(
        report.totals(),
        [("WARN", 2), ("BAN", 1), ("UNKNOWN", 1), ("X", 1)]
    );
    house.nothing_is_left().await;
}
