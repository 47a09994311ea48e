//! `aimod stats` and `aimod notes` through the built program, on a database that a bot has filled.

use diesel_async::SimpleAsyncConnection as _;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::program::{aimod, err, out};
use crate::support::{TestDatabase, database};

async fn filled() -> TestDatabase {
    let database = database().await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    conn.batch_execute(
        "INSERT INTO guild_config (guild_id, key, value) VALUES (77, 'TIME_ZONE', '\"Asia/Tokyo\"'); \
         INSERT INTO user_infractions (guild_id, user_id, timestamp, action_taken) VALUES \
         (77, 1, now(), 'WARN'), (77, 1, now(), 'WARN'), (77, 1, now() - interval '3 days', 'BAN'), (78, 1, now(), 'BAN'); \
         INSERT INTO user_notes (guild_id, user_id, author_id, note) VALUES \
         (NULL, 1, 0, 'of the old bot'), (77, 1, 5, 'of a guild'), (77, 2, 5, 'of another user')",
    )
    .await
    .expect("rows");
    drop(conn);
    database
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_is_counted_as_text_as_json_and_as_a_picture() {
    let database = filled().await;
    let variables = [("DATABASE_URL", database.url.expose_secret())];
    let text = aimod(&["stats", "--guild", "77", "--days", "7"], &variables).await;
    let told = out(&text);
    assert!(
        told.starts_with("Infractions in the last 7 days\n"),
        "{told}{}",
        err(&text)
    );
    assert!(
        told.contains("days in Asia/Tokyo\n3 in all · 0 in the 7 days before"),
        "{told}"
    );
    assert!(told.contains("ALL           2   1   3"), "{told}");
    let folder = tempfile::tempdir().expect("a folder");
    let picture = folder.path().join("a picture.png");
    let path = picture.to_str().expect("Unicode");
    let words = [
        "stats", "--guild", "77", "--json", "--png", path, "--theme", "light",
    ];
    let json = aimod(&words, &variables).await;
    let json: Value = serde_json::from_str(&out(&json)).expect("JSON");
    assert_eq!(json["guild"], "77");
    assert_eq!(json["time_zone"], "Asia/Tokyo");
    assert_eq!(json["total"], 3);
    assert_eq!(json["actions"]["WARN"], 2);
    let days = json["days"].as_array().expect("days");
    assert_eq!(days.len(), 30);
    assert_eq!(days.iter().filter(|day| day["total"] == 0).count(), 28);
    let png = std::fs::read(&picture).expect("a picture");
    assert!(png.starts_with(b"\x89PNG") && png.len() > 10_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_counted_is_refused() {
    let database = filled().await;
    let variables = [("DATABASE_URL", database.url.expose_secret())];
    for words in [
        &["stats"][..],
        &["stats", "--guild", "77", "--days", "0"],
        &["stats", "--guild", "77", "--days", "366"],
        &["stats", "--guild", "77", "--theme", "dark"],
        &["notes"],
    ] {
        assert_eq!(
            aimod(words, &variables).await.status.code(),
            Some(2),
            "{words:?}"
        );
    }
    let stranger = aimod(&["stats", "--guild", "5"], &variables).await;
    assert_eq!(
        (stranger.status.code(), out(&stranger), err(&stranger)),
        (
            Some(2),
            String::new(),
            "AIMod knows no guild 5; is it a typing error?\n".to_owned()
        )
    );
    for words in [
        ["notes", "--user"],
        ["stats", "--guild"],
        ["erase", "--user"],
    ] {
        let wrong = aimod(&[words[0], words[1], "abc"], &variables).await;
        assert_eq!(wrong.status.code(), Some(2));
        assert!(err(&wrong).contains("not an id"), "{}", err(&wrong));
    }
    let nowhere = ["stats", "--guild", "77", "--png", "/nowhere/at/all.png"];
    let output = aimod(&nowhere, &variables).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(
        err(&output).contains("cannot write /nowhere/at/all.png"),
        "{}",
        err(&output)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_reads_the_notes_of_every_guild_and_of_none() {
    let database = filled().await;
    let variables = [("DATABASE_URL", database.url.expose_secret())];
    let told = out(&aimod(&["notes", "--user", "1"], &variables).await);
    assert!(
        told.contains("guild 77") && told.contains("of a guild"),
        "{told}"
    );
    assert!(
        told.contains("of no guild") && told.contains("of the old bot"),
        "{told}"
    );
    assert!(!told.contains("of another user"));
    let json = out(&aimod(&["notes", "--user", "1", "--json"], &variables).await);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["notes"][1]["guild"], Value::Null);
    let none = out(&aimod(&["notes", "--user", "9"], &variables).await);
    assert_eq!(none, "user 9: no notes\n");
}
