//! Guilds, users, and the journal with its cases and infractions.

use std::num::NonZeroU16;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_is_met_renamed_left_and_met_again() {
    let scene = scene().await;
    let present = |name: &str, member_count| GuildSeen::Present {
        guild: GUILD,
        name: name.to_owned(),
        member_count,
    };
    let row = "SELECT name || ' ' || member_count || ' ' || (left_at IS NULL) FROM guild_settings";
    for (seen, expected) in [
        (
            GuildSeen::Left {
                guild: GUILD,
                at: moment(0),
            },
            " 0 false".to_owned(),
        ),
        (present("Old", 3), "Old 3 true".to_owned()),
        (present("Ne\0w", 4), "New 4 true".to_owned()),
        (
            GuildSeen::Left {
                guild: GUILD,
                at: moment(1),
            },
            "New 4 false".to_owned(),
        ),
        (
            present(&"ü".repeat(300), 5),
            format!("{} 5 true", "ü".repeat(255)),
        ),
    ] {
        scene.writer.keep_now(seen).await.expect("written");
        assert_eq!(scene.text(row).await, Some(expected));
    }
    // Queued together they still follow one another.
    let events = [
        present("A", 1),
        GuildSeen::Left {
            guild: GUILD,
            at: moment(2),
        },
        present("B", 2),
    ];
    join_all(events.map(|seen| scene.writer.keep_now(seen))).await;
    assert_eq!(scene.text(row).await.as_deref(), Some("B 2 true"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_of_a_user_adds_up() {
    let scene = scene().await;
    let seen = |user, name: &str, second, messages| {
        let seen = UserSeen {
            user: UserId(user),
            name: name.to_owned(),
            discriminator: NonZeroU16::new(42),
            avatar: format!("{second:032x}").parse().ok(),
            first: moment(second),
            last: moment(second),
            messages,
        };
        Sightings([seen].into())
    };
    let rows = [
        seen(5, "new", 9, 2),
        seen(6, "b", 1, 1),
        seen(5, "old", 3, 4),
    ];
    join_all(rows.map(|row| scene.writer.keep_now(row))).await;
    scene
        .writer
        .keep_now(seen(5, "newer", 12, 10))
        .await
        .expect("written");
    // Another process was late.
    let late = scene.writer.keep_now(seen(5, "oldest", 2, 1)).await;
    late.expect("written");
    scene.open(operation(GUILD, "k", 1)).await;
    let found = UserData::find(&mut *scene.conn().await, UserId(5)).await;
    let expected = UserData {
        username: Some("newer".to_owned()),
        discriminator: Some("0042".to_owned()),
        avatar_url: Some(
            "https://cdn.discordapp.com/avatars/5/0000000000000000000000000000000c.png".to_owned(),
        ),
        first_seen: moment(2),
        last_seen: moment(12),
        message_count: 17,
        infraction_count: 1,
    };
    assert_eq!(found, Ok(Some(expected)));
    assert_eq!(
        UserData::find(&mut *scene.conn().await, UserId(9)).await,
        Ok(None)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_opens_its_case_infraction_counter_and_steps_together() {
    let scene = scene().await;
    assert_eq!(scene.open(operation(GUILD, "k", 3)).await, case(1));
    let mut conn = scene.conn().await;
    let found = Case::find(&mut conn, GUILD, CaseNumber(1)).await;
    let opened = found.expect("an answer").expect("a case");
    assert_eq!(
        (
            opened.action_type.as_str(),
            opened.outcome.as_str(),
            opened.duration_seconds
        ),
        ("TIMEOUT", "PENDING", Some(60))
    );
    assert_eq!(opened.created_at, moment(100));
    let infractions = list_infractions(&mut conn, GUILD, UserId(5), 10)
        .await
        .expect("a list");
    assert_eq!(infractions[0].case_number, Some(1));
    assert_eq!(infractions[0].rule_violated.as_deref(), Some("no scams"));
    let steps = list_steps(&mut conn, "k").await.expect("steps");
    assert_eq!(
        steps.iter().map(|step| step.step).collect::<Vec<_>>(),
        [0, 1, 2]
    );
    assert!(
        steps
            .iter()
            .all(|step| step.case_number == Some(1) && step.state == "INTENDED")
    );
    assert!(
        steps
            .iter()
            .all(|step| step.decided_at == Some(moment(100)))
    );
    let transactions = "SELECT count(DISTINCT x) FROM (SELECT xmin::text x FROM moderation_logs \
        UNION ALL SELECT xmin::text FROM user_infractions UNION ALL SELECT xmin::text FROM user_data \
        UNION ALL SELECT xmin::text FROM action_journal) AS rows";
    assert_eq!(scene.number(transactions).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_opens_once_however_often_it_comes() {
    let scene = scene().await;
    let other = writer(&scene.database).await;
    let all = (0..50).map(|n| {
        let writer = if n % 2 == 0 { &scene.writer } else { &other };
        // A later judgement of the same message may have more steps.
        writer.keep_now(operation(GUILD, "k", 1 + n % 4))
    });
    let opened: Vec<Opened> = join_all(all)
        .await
        .into_iter()
        .map(|opened| opened.expect("written"))
        .collect();
    let new = opened.iter().filter(|opened| **opened == case(1)).count();
    let old = opened
        .iter()
        .filter(|opened| **opened == Opened::AlreadyOpen)
        .count();
    assert_eq!((new, old), (1, 49));
    let steps = scene.number("SELECT count(*) FROM action_journal").await;
    assert_eq!(
        scene.open(operation(GUILD, "k", 9)).await,
        Opened::AlreadyOpen
    );
    assert_eq!(
        scene.number("SELECT count(*) FROM action_journal").await,
        steps
    );
    for table in ["moderation_logs", "user_infractions"] {
        assert_eq!(
            scene.number(&format!("SELECT count(*) FROM {table}")).await,
            1
        );
    }
    assert_eq!(
        scene
            .number("SELECT sum(infraction_count) FROM user_data")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn case_numbers_have_no_gap_though_rows_are_refused() {
    let scene = scene().await;
    let other = writer(&scene.database).await;
    let all = (0..90_u64).map(|n| {
        let writer = if n % 2 == 0 { &scene.writer } else { &other };
        let mut new = operation(GuildId(1 + n % 3), &format!("k{n}"), 2);
        if n % 10 == 0 {
            new.steps[1].kind = "HUG".to_owned();
        }
        writer.keep_now(new)
    });
    let mut numbers = [vec![], vec![], vec![]];
    for (n, opened) in join_all(all).await.into_iter().enumerate() {
        match opened {
            Ok(Opened::Case { number }) => numbers[n % 3].push(number.0),
            other => assert!(n % 10 == 0 && other.is_err(), "{n}: {other:?}"),
        }
    }
    for mut of_guild in numbers {
        of_guild.sort_unstable();
        assert_eq!(of_guild, (1..=27).collect::<Vec<_>>());
    }
    assert_eq!(
        scene.number("SELECT count(*) FROM action_journal").await,
        162
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_is_written_once_and_ends_the_case_once() {
    let scene = scene().await;
    scene.open(operation(GUILD, "k", 2)).await;
    let outcome = CaseOutcome {
        done: true,
        detail: Some("the card\0 failed".to_owned()),
        card: Some((ChannelId(3), MessageId(4))),
    };
    for step in [settled("k", 0, None), settled("k", 1, Some(outcome))] {
        scene.writer.keep_now(step).await.expect("written");
    }
    let late = CaseOutcome {
        done: false,
        detail: None,
        card: None,
    };
    let again = StepSettled {
        state: StepState::Failed,
        ..settled("k", 1, Some(late))
    };
    scene.writer.keep_now(again).await.expect("written");
    scene
        .writer
        .keep_now(settled("unknown", 0, None))
        .await
        .expect("nothing to do");
    let mut conn = scene.conn().await;
    let case = Case::find(&mut conn, GUILD, CaseNumber(1)).await;
    let case = case.expect("an answer").expect("a case");
    assert_eq!(
        (case.outcome.as_str(), case.channel_id, case.message_id),
        ("DONE", Some(3), Some(4))
    );
    assert_eq!(case.outcome_detail.as_deref(), Some("the card failed"));
    let steps = list_steps(&mut conn, "k").await.expect("steps");
    assert!(steps.iter().all(|step| step.state == "SKIPPED"));
    assert_eq!(steps[0].detail.as_deref(), Some("not needed"));
    assert_eq!(list_unsettled(&mut conn, GUILD).await, Ok(vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn unsettled_operations_come_whole_and_in_order() {
    let scene = scene().await;
    for (guild, key, steps) in [(10, "b", 2), (10, "a", 3), (10, "done", 1), (11, "c", 1)] {
        scene.open(operation(GuildId(guild), key, steps)).await;
    }
    for (key, step) in [("a", 0), ("a", 1), ("done", 0)] {
        scene
            .writer
            .keep_now(settled(key, step, None))
            .await
            .expect("written");
    }
    let steps = list_unsettled(&mut *scene.conn().await, GUILD)
        .await
        .expect("a list");
    let found: Vec<_> = steps
        .iter()
        .map(|step| (step.operation_key.as_str(), step.step, step.state.as_str()))
        .collect();
    let expected = [
        ("a", 0, "SKIPPED"),
        ("a", 1, "SKIPPED"),
        ("a", 2, "INTENDED"),
        ("b", 0, "INTENDED"),
        ("b", 1, "INTENDED"),
    ];
    assert_eq!(found, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_errand_is_journaled_once_and_without_a_case() {
    let scene = scene().await;
    let other = writer(&scene.database).await;
    let all = (0..30).map(|n| {
        let writer = if n % 2 == 0 { &scene.writer } else { &other };
        writer.keep_now(errand(GUILD, "e", 1 + n % 3))
    });
    let opened = join_all(all).await;
    let new = opened.iter().filter(|one| **one == Ok(ErrandOpened::New));
    assert_eq!(new.count(), 1);
    // A key belongs to one thing, be it a decision or an errand.
    assert_eq!(
        scene.open(operation(GUILD, "e", 1)).await,
        Opened::AlreadyOpen
    );
    scene.open(operation(GUILD, "k", 1)).await;
    let opened = scene.writer.keep_now(errand(GUILD, "k", 1)).await;
    assert_eq!(opened, Ok(ErrandOpened::AlreadyOpen));
    let mut conn = scene.conn().await;
    let steps = list_steps(&mut conn, "e").await.expect("steps");
    assert!(!steps.is_empty());
    for step in steps {
        assert_eq!((step.case_number, step.decided_at), (None, None));
        assert_eq!(step.created_at, moment(200), "when it was given");
    }
    assert_eq!(
        scene.number("SELECT count(*) FROM moderation_logs").await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn orphans_are_old_unsettled_and_of_any_guild() {
    let scene = scene().await;
    for (guild, key) in [(0, "b"), (11, "a"), (12, "settled"), (13, "young")] {
        let mut new = errand(GuildId(guild), key, 2);
        let age = if key == "a" { 10 } else { 20 };
        new.given_at = if key == "young" {
            moment(500)
        } else {
            moment(age)
        };
        scene.writer.keep_now(new).await.expect("written");
    }
    for (key, step) in [("settled", 0), ("settled", 1), ("a", 0)] {
        let settled = settled(key, step, None);
        scene.writer.keep_now(settled).await.expect("written");
    }
    let mut conn = scene.conn().await;
    let orphans = list_orphans(&mut conn, moment(100), 10)
        .await
        .expect("a list");
    let found: Vec<_> = orphans
        .iter()
        .map(|orphan| (orphan.guild_id, orphan.operation_key.as_str()))
        .collect();
    assert_eq!(found, [(11, "a"), (0, "b")]);
    let first = list_orphans(&mut conn, moment(100), 1)
        .await
        .expect("a list");
    assert_eq!(first, orphans[..1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn infractions_come_newest_first() {
    let scene = scene().await;
    for (key, second) in [("a", 5), ("b", 9), ("c", 1), ("d", 9)] {
        let mut new = operation(GUILD, key, 1);
        new.decision.decided_at = moment(0) + TimeDelta::seconds(second);
        new.decision.reasoning = key.to_owned();
        scene.open(new).await;
    }
    let mut conn = scene.conn().await;
    let list = list_infractions(&mut conn, GUILD, UserId(5), 3)
        .await
        .expect("a list");
    let order: Vec<_> = list
        .iter()
        .filter_map(|row| row.reasoning.as_deref())
        .collect();
    assert_eq!(order, ["d", "b", "a"]);
    assert_eq!(count_infractions(&mut conn, GUILD, UserId(5)).await, Ok(4));
    assert_eq!(
        count_infractions(&mut conn, GuildId(9), UserId(5)).await,
        Ok(0)
    );
}
