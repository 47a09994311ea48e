//! What a change of a case leaves in the database, whoever else changes it at the same time.

use futures_util::future::join_all;

use super::super::table::{EditCase, Edited, Field, NewText};
use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::ids::{CaseNumber, GuildId, UserId};
use crate::domain::verdict::{Decision, Punishment};
use crate::features::tests::plain_sql;
use crate::support::House;

const STRANGE: GuildId = GuildId(1);

async fn house() -> House {
    let house = House::start().await;
    let statement = format!(
        "INSERT INTO moderation_logs (guild_id, case_number, target_user_id, action_type, reason) \
         VALUES ({}, 1, 5, 'BAN', 'first'), (1, 2, 5, 'BAN', 'of another guild')",
        house.id()
    );
    plain_sql(&house, &statement).await;
    house
}

fn edit(guild: GuildId, number: i64, text: &str) -> EditCase {
    EditCase {
        guild,
        number: CaseNumber(number),
        by: UserId(7),
        texts: vec![NewText {
            field: Field::Reason,
            text: Some(text.to_owned()),
        }],
        seen: None,
    }
}

async fn write(house: &House, edit: EditCase) -> Edited {
    let written = house.app().writer().keep_now(edit).await;
    written.expect("the database takes it")
}

#[tokio::test]
async fn a_case_of_another_guild_is_out_of_reach() {
    let house = house().await;
    let guild = house.id();
    for (guild, number) in [(guild, 2), (STRANGE, 1), (guild, 9)] {
        let edited = write(&house, edit(guild, number, "mine")).await;
        assert_eq!(edited, Edited::NoSuchCase);
    }
    let reasons = house.text("SELECT string_agg(reason, ', ' ORDER BY id) FROM moderation_logs");
    assert_eq!(reasons.await.as_deref(), Some("first, of another guild"));
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_at_the_same_moment_form_one_chain() {
    let house = house().await;
    let guild = house.id();
    let texts: Vec<String> = (0..20).map(|n| format!("reason {n}")).collect();
    let all = texts.iter().map(|text| write(&house, edit(guild, 1, text)));
    let changed = |edited: &Edited| matches!(edited, Edited::Changed(_));
    assert!(join_all(all).await.iter().all(changed));
    let broken = house.number(
        "SELECT count(*) FROM (SELECT old_text, lag(new_text, 1, 'first') OVER (ORDER BY id) AS before \
         FROM case_edits) e WHERE old_text <> before",
    );
    assert_eq!(broken.await, 0, "each begins where the one before it ended");
    let last = "SELECT count(*) FROM moderation_logs m WHERE case_number = 1 AND reason = \
                (SELECT new_text FROM case_edits ORDER BY id DESC LIMIT 1)";
    assert_eq!(house.number(last).await, 1);
    house.nothing_is_left().await;
}

#[tokio::test]
async fn what_was_seen_before_somebody_elses_change_is_not_written() {
    let house = house().await;
    let guild = house.id();
    let based = |seen, text: &str| EditCase {
        seen: Some(seen),
        ..edit(guild, 1, text)
    };
    let first = write(&house, based(0, "second")).await;
    let Edited::Changed(first) = first else {
        panic!("{first:?}");
    };
    let newest = first.texts[0].0;
    assert_eq!(first.before.reason.as_deref(), Some("first"));
    let outdated = write(&house, based(0, "third")).await;
    assert_eq!(outdated, Edited::Outdated(UserId(7)));
    assert!(matches!(
        write(&house, based(newest, "third")).await,
        Edited::Changed(_)
    ));
    assert_eq!(write(&house, edit(guild, 1, "third")).await, Edited::Same);
    house.nothing_is_left().await;
}

/// The numbers of the cases that count as taken back once `punishment` is.
async fn lifted_by(house: &House, punishment: Punishment, at: DateTime<Utc>) -> String {
    let key = format!("test:{}", punishment.label());
    let decision = Decision {
        by_hand: Some(u64::from(punishment == Punishment::Unban)),
        ..Decision::new(house.id(), key, UserId(5), punishment, at)
    };
    let performed = house.app().actions().perform(decision).await;
    performed.expect("it is noted");
    let numbers = "SELECT string_agg(case_number::text, ',' ORDER BY case_number) FROM moderation_logs \
                   WHERE lifted_at IS NOT NULL";
    house.text(numbers).await.unwrap_or_default()
}

#[tokio::test]
async fn only_a_punishment_that_holds_is_taken_back() {
    let house = House::start().await;
    let clock = crate::domain::clock::Clock::system();
    let statement = format!(
        "INSERT INTO moderation_logs (guild_id, case_number, target_user_id, action_type, outcome, duration_seconds, \
             created_at) \
         SELECT {}, n, u, a, o, d, now() - interval '1 minute' * m FROM (VALUES \
             (1, 5, 'BAN', 'DONE', NULL, 50), (2, 5, 'BAN', 'DONE', NULL, 40), (3, 6, 'BAN', 'DONE', NULL, 35), \
             (4, 5, 'BAN', 'FAILED', NULL, 34), (5, 5, 'KICK', 'DONE', NULL, 33), \
             (6, 5, 'TIMEOUT', 'DONE', 60, 20), (7, 5, 'BAN', 'DONE', NULL, 10)) t (n, u, a, o, d, m); \
         INSERT INTO guild_settings (guild_id, last_case_number) VALUES ({}, 7) \
         ON CONFLICT (guild_id) DO UPDATE SET last_case_number = 7",
        house.id(),
        house.id()
    );
    plain_sql(&house, &statement).await;
    let ended = lifted_by(&house, Punishment::EndTimeout, clock.now()).await;
    assert_eq!(ended, "", "that timeout was over");
    let unbanned = lifted_by(
        &house,
        Punishment::Unban,
        clock.now() - TimeDelta::minutes(32),
    )
    .await;
    assert_eq!(unbanned, "2", "the newest ban of then that was carried out");
    house.nothing_is_left().await;
}
