//! Erasing a person: every column is accounted for, what may go goes, and what must stay stays.

use aimod::store::tables::deeds::LastingDeed;
use aimod::store::tables::erasure::{ForgetAgain, ForgetUser, Kept, count_person, load_export};
use diesel_async::SimpleAsyncConnection as _;

use super::*;

/// Columns that hold a person's id, and what becomes of them when the person is forgotten.
const PERSONS: [(&str, &str); 18] = [
    ("appeals.reviewed_by", "a deed of the staff: stays"),
    ("appeals.user_id", "tombstone, or gone where it waits"),
    ("blog_posts.author_id", "an operator's deed: stays"),
    ("case_edits.edited_by", "a deed of the staff: stays"),
    ("command_logs.user_id", "gone"),
    ("config_drafts.asked_by", "gone"),
    ("global_bans.banned_by", "an operator's deed: stays"),
    ("global_bans.user_id", "in force: stays"),
    (
        "guild_config_revisions.changed_by",
        "a deed of the staff: stays",
    ),
    ("moderation_logs.moderator_id", "a deed of the staff: stays"),
    (
        "moderation_logs.target_user_id",
        "tombstone, unless in force",
    ),
    ("user_data.user_id", "gone"),
    ("user_infractions.user_id", "tombstone, unless in force"),
    ("user_notes.author_id", "a deed of the staff: stays"),
    ("user_notes.removed_by", "a deed of the staff: stays"),
    ("user_notes.user_id", "gone"),
    (
        "action_journal.payload",
        "goes with the cases, or within the journal's own time",
    ),
    (
        "botdetect_config.whitelist_users",
        "a guild's setting: stays",
    ),
];

/// A person with something in every table: ended cases and one ban in force, in two guilds.
const PERSON: &str = "
    INSERT INTO guild_settings (guild_id, name, last_case_number) VALUES (10, 'A', 5), (11, 'B', 1);
    INSERT INTO moderation_logs (id, guild_id, case_number, moderator_id, target_user_id, action_type, reason, note,
        duration_seconds, outcome, lifted_at, created_at) OVERRIDING SYSTEM VALUE VALUES
        (101, 10, 1, 9, 5, 'WARN', 'rude', 'private', NULL, 'DONE', NULL, '2026-01-01Z'),
        (102, 10, 2, 9, 5, 'BAN', 'raid', NULL, NULL, 'DONE', NULL, '2026-01-02Z'),
        (103, 10, 3, 0, 5, 'UNBAN', 'mercy', NULL, NULL, 'DONE', NULL, '2026-01-03Z'),
        (104, 10, 4, 9, 5, 'TIMEOUT', 'spam', NULL, 3600, 'DONE', NULL, '2026-01-04Z'),
        (105, 10, 5, 5, 6, 'KICK', 'by the person, about another', NULL, NULL, 'DONE', NULL, '2026-01-05Z'),
        (111, 11, 1, 9, 5, 'BAN', 'in force', 'still', NULL, 'DONE', NULL, '2026-01-06Z');
    INSERT INTO user_infractions (id, guild_id, user_id, timestamp, rule_violated, action_taken, reasoning, case_id)
        OVERRIDING SYSTEM VALUE VALUES (201, 10, 5, '2026-01-01Z', 'Rule 1', 'WARN', 'rude', 101),
        (202, 10, 5, '2026-01-02Z', 'Rule 2', 'BAN', 'raid', 102), (211, 11, 5, '2026-01-06Z', 'Rule 3', 'BAN', 'in force', 111),
        (203, 10, 6, '2026-01-05Z', 'Rule 4', 'KICK', 'another', 105);
    INSERT INTO case_edits (case_id, edited_by, field, old_text, new_text) VALUES (101, 9, 'REASON', 'ruder', 'rude'), (111, 9, 'NOTE', NULL, 'still');
    INSERT INTO action_journal (operation_key, step, guild_id, kind, payload, state, case_id, created_at, settled_at) VALUES
        ('old', 0, 10, 'NOTICE', '{}', 'DONE', 101, '2026-01-01Z', '2026-01-01Z'), ('new', 0, 10, 'NOTICE', '{}', 'DONE', 102, '2026-02-01Z', '2026-02-01Z'),
        ('waits', 0, 10, 'NOTICE', '{}', 'DONE', 104, '2026-01-04Z', '2026-01-04Z'), ('waits', 1, 10, 'CARD', '{}', 'INTENDED', 104, '2026-01-04Z', NULL);
    INSERT INTO appeals (user_id, guild_id, infraction_id, case_id, reason, status, admin_response, reviewed_by) VALUES
        (5, 10, 201, 101, 'I was not', 'DENIED', 'You were', 9), (5, 11, 211, 111, 'please', 'PENDING', NULL, NULL);
    INSERT INTO user_notes (guild_id, user_id, author_id, note, removed_by, removed_at) VALUES
        (10, 5, 9, 'watch', NULL, NULL), (NULL, 5, 0, 'imported', 9, '2026-01-01Z'), (10, 6, 5, 'about another', NULL, NULL);
    INSERT INTO command_logs (guild_id, user_id, command_name, timestamp) VALUES (10, 5, 'help', '2026-01-01Z'), (11, 5, 'help', '2020-01-01Z'), (10, 6, 'help', '2026-01-01Z');
    INSERT INTO config_drafts (guild_id, asked_by, base_version, changes) VALUES (10, 5, 0, '{}');
    INSERT INTO user_data (user_id, username, message_count, infraction_count) VALUES (5, 'mallory', 40, 3), (6, 'alice', 1, 1);
    INSERT INTO global_bans (user_id, reason, banned_by) VALUES (5, 'raids', 1);
    INSERT INTO guild_api_keys (guild_id, api_provider, encrypted_api_key) VALUES (10, 'openai', 'gAAAAA');
    INSERT INTO botdetect_config (guild_id, enabled, whitelist_users) VALUES (10, true, '[5]');
    INSERT INTO guild_config (guild_id, key, value) VALUES (10, 'PREFIX', '\"!\"')";

pub(super) async fn filled() -> Scene {
    let scene = scene().await;
    let mut conn = scene.conn().await;
    conn.batch_execute(PERSON).await.expect("good SQL");
    drop(conn);
    scene
}

/// The first of February: an hour's timeout of January has run out.
pub(super) fn now() -> DateTime<Utc> {
    "2026-02-01T12:00:00Z".parse().expect("a time")
}

async fn forget(scene: &Scene) -> aimod::store::tables::erasure::Forgotten {
    let forget = ForgetUser {
        user: UserId(5),
        now: now(),
        errands: Vec::new(),
    };
    scene.writer.keep_now(forget).await.expect("written")
}

fn told(counts: &[(&'static str, i64)]) -> String {
    let there = counts.iter().filter(|(_, count)| *count > 0);
    let lines: Vec<String> = there
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    lines.join(", ")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_column_that_may_hold_a_person_is_accounted_for() {
    let scene = scene().await;
    let columns = scene
        .text(
            "SELECT string_agg(table_name || '.' || column_name, ' ' ORDER BY table_name, column_name) \
             FROM information_schema.columns c WHERE table_schema = 'public' AND data_type = 'bigint' \
             AND (column_name ~ '(user|moderator|author|member|reviewer|operator|target)_?(user_)?id$' OR column_name ~ '_by$') \
             AND NOT EXISTS (SELECT FROM pg_class p WHERE p.relname = c.table_name AND p.relispartition)",
        )
        .await
        .expect("columns");
    let known: Vec<&str> = PERSONS.iter().map(|(column, _)| *column).collect();
    for column in columns.split(' ') {
        assert!(
            known.contains(&column),
            "what becomes of {column} when a person is forgotten?"
        );
    }
    assert!(PERSONS.iter().all(|(_, fate)| !fate.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_go_goes_and_cases_keep_their_numbers() {
    let scene = filled().await;
    let counted = count_person(&mut *scene.conn().await, UserId(5), now())
        .await
        .expect("counts");
    let done = forget(&scene).await;
    assert_eq!(counted, done, "a look and the deed agree");
    assert_eq!(
        told(&done.removed),
        "appeals_open 1, appeals 1, notes 2, infractions 2, case_edits 1, journal 1, cases 4, command_runs 2, drafts 1, user_data 1"
    );
    assert_eq!(
        done.kept,
        Kept {
            cases: 1,
            infractions: 1,
            appeals: 0,
            global_ban: true
        }
    );
    let cases = scene
        .text("SELECT string_agg(guild_id || '#' || case_number || ' ' || action_type || ' ' || target_user_id || ' ' || COALESCE(reason, '-') || ' ' || COALESCE(note, '-'), '; ' ORDER BY id) FROM moderation_logs")
        .await;
    assert_eq!(
        cases.as_deref(),
        Some(
            "10#1 WARN 0 - -; 10#2 BAN 0 - -; 10#3 UNBAN 0 - -; 10#4 TIMEOUT 0 - -; \
             10#5 KICK 6 by the person, about another -; 11#1 BAN 5 in force still"
        )
    );
    let texts = scene
        .text("SELECT string_agg(user_id || ':' || COALESCE(reasoning, '-'), ' ' ORDER BY id) FROM user_infractions")
        .await;
    assert_eq!(texts.as_deref(), Some("0:- 0:- 6:another 5:in force"));
    let appeals = "SELECT string_agg(user_id || ':' || reason || ':' || status || ':' || COALESCE(admin_response, '-'), ' ') FROM appeals";
    assert_eq!(scene.text(appeals).await.as_deref(), Some("0::DENIED:-"));
    let journal = "SELECT string_agg(operation_key || step, ' ' ORDER BY id) FROM action_journal";
    assert_eq!(
        scene.text(journal).await.as_deref(),
        Some("new0 waits0 waits1")
    );
    assert_eq!(
        scene
            .number("SELECT count(*) FROM user_notes WHERE author_id = 5")
            .await,
        1
    );
    assert_eq!(
        scene
            .number("SELECT moderator_id FROM moderation_logs WHERE id = 105")
            .await,
        5
    );
    let again = forget(&scene).await;
    assert_eq!(
        told(&again.removed),
        "",
        "a second time there is nothing left"
    );
    assert_eq!(again.kept, done.kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_older_programs_called_a_ban_or_a_timeout_is_in_force_all_the_same() {
    let scene = scene().await;
    let words = LastingDeed::ALL.map(LastingDeed::words).concat();
    let values: Vec<String> = words
        .iter()
        .chain(&["temp_ban", "TIMEOUT_LONG", "WARN"])
        .enumerate()
        .map(|(guild, word)| format!("({guild}, 1, 5, '{word}', 'DONE', '2026-02-01T11:00:00Z')"))
        .collect();
    let cases = "INSERT INTO moderation_logs (guild_id, case_number, target_user_id, action_type, outcome, created_at) VALUES";
    let mut conn = scene.conn().await;
    conn.batch_execute(&format!("{cases} {}", values.join(", ")))
        .await
        .expect("good SQL");
    drop(conn);
    forget(&scene).await;
    let held = scene
        .text("SELECT string_agg(action_type, ' ' ORDER BY guild_id) FROM moderation_logs WHERE target_user_id = 5")
        .await;
    assert_eq!(
        held.as_deref(),
        Some("BAN GLOBAL_BAN TEMP_BAN SOFTBAN TIMEOUT MUTE temp_ban TIMEOUT_LONG")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_errands_of_a_persons_appeals_go_with_them_unless_they_are_under_way() {
    let scene = filled().await;
    let mut conn = scene.conn().await;
    conn.batch_execute(
        "UPDATE appeals SET id = 7 WHERE status = 'PENDING'; UPDATE appeals SET id = 77 WHERE status = 'DENIED'; \
         INSERT INTO action_journal (operation_key, step, guild_id, kind, payload, state, settled_at) VALUES \
         ('appeals:card:7', 0, 10, 'CARD', '{}', 'DONE', '2026-02-01T11:59:00Z'), ('appeals:under_review:7', 0, 10, 'CARD', '{}', 'DONE', '2026-02-01Z'), \
         ('appeals:denied:77', 0, 10, 'NOTICE', '{}', 'DONE', '2026-02-01Z'), ('appeals:denied:77', 1, 10, 'EDIT_CARD', '{}', 'INTENDED', NULL), \
         ('appeals:card:777', 0, 10, 'CARD', '{}', 'DONE', '2026-02-01Z')",
    )
    .await
    .expect("good SQL");
    drop(conn);
    let shown = NewErrand {
        guild: GuildId(11),
        key: "appeals:withdrawn:7".to_owned(),
        given_at: now(),
        steps: vec![NewStep {
            kind: "EDIT_CARD".to_owned(),
            payload: serde_json::json!({}),
        }],
    };
    let forget = ForgetUser {
        user: UserId(5),
        now: now(),
        errands: vec![shown],
    };
    scene.writer.keep_now(forget).await.expect("written");
    let journal = "SELECT string_agg(operation_key || ' ' || state, ', ' ORDER BY operation_key, step) FROM action_journal \
                   WHERE operation_key LIKE 'appeals:%'";
    assert_eq!(
        scene.text(journal).await.as_deref(),
        Some(
            "appeals:card:777 DONE, appeals:denied:77 DONE, appeals:denied:77 INTENDED, appeals:withdrawn:7 INTENDED"
        )
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_that_is_taken_back_and_a_timeout_that_has_ended_no_longer_hold_anything() {
    let scene = filled().await;
    let mut conn = scene.conn().await;
    conn.batch_execute(
        "UPDATE moderation_logs SET lifted_at = CURRENT_TIMESTAMP WHERE id = 111; \
         UPDATE moderation_logs SET created_at = '2026-02-01T11:30:00Z' WHERE id = 104; \
         UPDATE moderation_logs SET outcome = 'PENDING' WHERE id = 101",
    )
    .await
    .expect("good SQL");
    drop(conn);
    let done = forget(&scene).await;
    assert_eq!(
        done.kept.cases, 2,
        "a timeout that runs, and what is under way"
    );
    let held = scene.text("SELECT string_agg(id::text, ' ' ORDER BY id) FROM moderation_logs WHERE target_user_id = 5").await;
    assert_eq!(held.as_deref(), Some("101 104"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_that_was_queued_before_brings_nobody_back() {
    let scene = filled().await;
    forget(&scene).await;
    let seen = |messages| {
        let seen = UserSeen {
            user: UserId(5),
            name: "mallory".to_owned(),
            discriminator: None,
            avatar: None,
            first: now(),
            last: now(),
            messages,
        };
        Sightings([seen].into())
    };
    scene.writer.keep_now(seen(3)).await.expect("a late count");
    scene
        .writer
        .keep_now(ForgetAgain(UserId(5)))
        .await
        .expect("written");
    assert_eq!(
        scene
            .number("SELECT count(*) FROM user_data WHERE user_id = 5")
            .await,
        0
    );
    let mut conn = scene.conn().await;
    conn.batch_execute("INSERT INTO user_data (user_id, infraction_count) VALUES (5, 1)")
        .await
        .expect("a new infraction");
    scene
        .writer
        .keep_now(ForgetAgain(UserId(5)))
        .await
        .expect("written");
    assert_eq!(
        scene
            .number("SELECT count(*) FROM user_data WHERE user_id = 5")
            .await,
        1,
        "what happened since stays"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_all_of_a_person_and_nobody_else() {
    let scene = filled().await;
    let export = load_export(&mut *scene.conn().await, UserId(5))
        .await
        .expect("an export");
    let counts: Vec<String> = export
        .iter()
        .map(|(part, rows)| format!("{part} {}", rows.as_array().expect("a list").len()))
        .collect();
    assert_eq!(
        counts.join(", "),
        "user 1, infractions 3, cases 5, appeals 2, notes 2, global_bans 1, latest_actions 4, command_runs 2, waiting_imports 1"
    );
    let text = serde_json::to_string(&export).expect("JSON");
    for (word, there) in [
        ("watch", true),
        ("You were", true),
        ("ruder", true),
        ("private", true),
        ("another", false),
    ] {
        assert_eq!(text.contains(word), there, "{word}");
    }
    // Who noted, judged or banned is not told.
    assert!(
        !text.contains("\"9\"") && !text.contains(":9,") && !text.contains("author"),
        "{text}"
    );
    let nobody = load_export(&mut *scene.conn().await, UserId(77))
        .await
        .expect("an export");
    assert!(nobody.values().all(|part| part == &json!([])));
}
