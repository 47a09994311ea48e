//! Punishments taken back, deeds done by hand, and cases without an infraction.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn taking_back_marks_the_case_in_the_transaction_that_opens_its_own() {
    let scene = scene().await;
    for key in ["a", "b", "c"] {
        scene.open(operation(GUILD, key, 1)).await;
    }
    scene.open(operation(GuildId(11), "d", 1)).await;
    let unban = |key: &str, number, second| {
        let mut new = operation(GUILD, key, 1);
        new.decision.punishment = Punishment::Unban;
        new.decision.moderator = UserId(42);
        new.decision.lifts = Some(CaseNumber(number));
        new.decision.decided_at = moment(second);
        new
    };
    // Together, out of order, one of them twice, and one for a case that there is not.
    let all = [("x", 3, 5), ("y", 1, 6), ("x", 3, 5), ("z", 99, 7)];
    let all = all.map(|(key, number, second)| scene.writer.keep_now(unban(key, number, second)));
    let opened = join_all(all).await;
    assert_eq!(opened.iter().filter(|one| one.is_ok()).count(), 4);
    // Lifted before: the first time stays.
    scene.open(unban("late", 3, 50)).await;
    let lifted = "SELECT string_agg(guild_id || ':' || case_number || ':' || lifted_at, ' ' ORDER BY case_number) \
                  FROM (SELECT guild_id, case_number, extract(epoch FROM lifted_at)::bigint - 1780000000 lifted_at \
                        FROM moderation_logs WHERE lifted_at IS NOT NULL) AS lifted";
    assert_eq!(scene.text(lifted).await.as_deref(), Some("10:1:6 10:3:5"));
    let by_whom = "SELECT string_agg(DISTINCT action_type || moderator_id, ' ') FROM moderation_logs \
                   WHERE case_number > 3";
    assert_eq!(scene.text(by_whom).await.as_deref(), Some("UNBAN42"));
    assert_eq!(
        scene.number("SELECT count(*) FROM user_infractions").await,
        4
    );
    let together = "SELECT count(*) FROM moderation_logs lifted JOIN moderation_logs unban ON lifted.xmin = unban.xmin \
                    WHERE lifted.case_number = 3 AND unban.action_type = 'UNBAN'";
    assert!(scene.number(together).await > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_back_without_a_number_marks_what_older_programs_called_otherwise() {
    let scene = scene().await;
    for (key, word) in [("a", "temp_ban"), ("b", "MUTE"), ("c", "KICK")] {
        scene.open(operation(GUILD, key, 1)).await;
        let renamed = format!(
            "UPDATE moderation_logs SET action_type = '{word}', duration_seconds = NULL \
             WHERE case_number = (SELECT max(case_number) FROM moderation_logs)"
        );
        let mut conn = scene.conn().await;
        diesel::sql_query(renamed)
            .execute(&mut *conn)
            .await
            .expect("good SQL");
    }
    for (key, punishment) in [("x", Punishment::Unban), ("y", Punishment::EndTimeout)] {
        let mut new = operation(GUILD, key, 1);
        new.decision.punishment = punishment;
        new.decision.decided_at = moment(130);
        scene.open(new).await;
    }
    let lifted = "SELECT string_agg(action_type, ' ' ORDER BY id) FROM moderation_logs WHERE lifted_at IS NOT NULL";
    assert_eq!(scene.text(lifted).await.as_deref(), Some("temp_ban MUTE"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_overruled_by_a_later_case_that_has_not_failed() {
    let scene = scene().await;
    for (guild, user, second, failed) in [(10, 5, 10, false), (10, 6, 20, true), (11, 7, 20, false)]
    {
        let key = format!("{guild}:{user}");
        let mut new = operation(GuildId(guild), &key, 1);
        new.decision.target = UserId(user);
        new.decision.decided_at = moment(second);
        scene.open(new).await;
        if failed {
            let outcome = CaseOutcome {
                done: false,
                detail: None,
                card: None,
            };
            let settled = settled(&key, 0, Some(outcome));
            scene.writer.keep_now(settled).await.expect("written");
        }
    }
    let mut conn = scene.conn().await;
    for (user, action, since, expected) in [
        (5, "TIMEOUT", 9, true),
        (5, "TIMEOUT", 10, false),
        (5, "BAN", 9, false),
        (6, "TIMEOUT", 9, false),
        (7, "TIMEOUT", 9, false),
    ] {
        let whom = (GUILD, UserId(user));
        let overruled = is_overruled(&mut conn, whom, action, moment(since)).await;
        assert_eq!(overruled, Ok(expected), "{user} {action} {since}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_an_infraction_counts_as_one() {
    let scene = scene().await;
    let all = [("a", true), ("b", false), ("c", true), ("d", false)].map(|(key, infraction)| {
        let mut new = operation(GUILD, key, 1);
        new.decision.infraction = infraction;
        new.decision.rule = key.to_owned();
        scene.writer.keep_now(new)
    });
    for opened in join_all(all).await {
        assert!(matches!(opened, Ok(Opened::Case { .. })), "{opened:?}");
    }
    let linked = "SELECT string_agg(j.operation_key, ' ' ORDER BY j.operation_key) FROM user_infractions i \
                  JOIN action_journal j ON j.case_id = i.case_id AND j.operation_key = i.rule_violated";
    assert_eq!(scene.text(linked).await.as_deref(), Some("a c"));
    let counted = "SELECT sum(infraction_count) FROM user_data";
    assert_eq!(scene.number(counted).await, 2);
    // Nobody is made known by a case alone.
    let mut new = operation(GUILD, "e", 1);
    (new.decision.infraction, new.decision.target) = (false, UserId(6));
    scene.open(new).await;
    assert_eq!(scene.number("SELECT count(*) FROM user_data").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_of_a_deed_by_hand_is_done_and_gets_its_card_once() {
    let scene = scene().await;
    let mut new = operation(GUILD, "k", 1);
    new.decision.by_hand = Some(77);
    scene.open(new.clone()).await;
    let row = "SELECT concat_ws(' ', outcome, audit_entry_id, message_id, outcome_detail) FROM moderation_logs";
    assert_eq!(scene.text(row).await.as_deref(), Some("DONE 77"));
    for (message, shown) in [(4, "DONE 77 4"), (5, "DONE 77 4")] {
        let outcome = CaseOutcome {
            done: true,
            detail: None,
            card: Some((ChannelId(3), MessageId(message))),
        };
        let settled = settled("k", 0, Some(outcome));
        scene.writer.keep_now(settled).await.expect("written");
        assert_eq!(scene.text(row).await.as_deref(), Some(shown));
    }
    // Whoever judges the entry once more, by another name, opens no second case.
    new.decision.key = "other".to_owned();
    let refused = scene.writer.keep_now(new).await;
    assert!(
        matches!(refused, Err(WriteError::Refused { .. })),
        "{refused:?}"
    );
    assert_eq!(scene.number("SELECT count(*) FROM action_journal").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_punishment_that_discord_does_not_take_back_holds_as_before() {
    let scene = scene().await;
    for key in ["a", "b"] {
        scene.open(operation(GUILD, key, 1)).await;
    }
    for (key, number, done) in [("refused", 1, false), ("done", 2, true)] {
        let mut new = operation(GUILD, key, 1);
        new.decision.punishment = Punishment::Unban;
        new.decision.lifts = Some(CaseNumber(number));
        new.decision.decided_at = moment(200 + number);
        scene.open(new).await;
        let outcome = CaseOutcome {
            done,
            detail: None,
            card: None,
        };
        let ended = settled(key, 0, Some(outcome));
        // A line of the spool may be written again.
        for _ in 0..2 {
            let written = scene.writer.keep_now(ended.clone()).await;
            written.expect("written");
        }
    }
    let lifted = "SELECT string_agg(case_number::text, ' ') FROM moderation_logs WHERE lifted_at IS NOT NULL";
    assert_eq!(scene.text(lifted).await.as_deref(), Some("2"));
}
