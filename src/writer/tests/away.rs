//! A database that is away or stands by, commits without an answer, and the stop.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_stays_away_is_an_error_in_time() {
    let scene = scene_with(WriterOptions {
        retry_for: Duration::from_millis(300),
        ..patient()
    })
    .await;
    scene.link.cut();
    let away = scene.writer.keep_now(seen(1, "a")).await;
    assert_eq!(
        away,
        Err(WriteError::Unavailable(Duration::from_millis(300)))
    );
    scene.link.heal();
    while scene.pool.ping().await.is_err() {}
    assert_eq!(scene.writer.keep_now(seen(1, "a")).await, Ok(()));
    assert_eq!(scene.sum().await, 1);
}

/// How the answer to a COMMIT is lost.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Loss {
    /// The server commits while nobody reaches it.
    CommittedUnheard,
    /// Another connection asks while the server is still committing.
    AskedTooEarly,
    /// The server gives the transaction up.
    Aborted,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_without_an_answer_is_written_exactly_once() {
    for loss in [Loss::CommittedUnheard, Loss::AskedTooEarly, Loss::Aborted] {
        let scene = scene().await;
        let lock = scene.hold_commits().await;
        let mut kept = scene.writer.keep_now(seen(1, "a")).boxed();
        tokio::select! {
            _ = &mut kept => panic!("the commit waits"),
            () = scene.blocked() => {}
        }
        match loss {
            Loss::CommittedUnheard => {
                scene.link.cut();
                release(lock).await;
                while scene.sum().await == 0 {}
                scene.link.heal();
            }
            Loss::AskedTooEarly => {
                scene.link.cut();
                scene.pool.ping().await.expect_err("the link is cut");
                scene.link.heal();
                while scene.pool.ping().await.is_err() {}
                release(lock).await;
            }
            Loss::Aborted => {
                scene.terminate_writer().await;
                release(lock).await;
            }
        }
        let answer = timeout(LONG, kept).await.expect("an answer");
        assert_eq!(answer, Ok(()), "{loss:?}");
        assert_eq!(scene.sum().await, 1, "{loss:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_end_nobody_knows_is_not_called_unwritten() {
    let scene = scene_with(WriterOptions {
        // Long enough for the first connection on a busy machine.
        retry_for: Duration::from_secs(2),
        ..patient()
    })
    .await;
    let lock = scene.hold_commits().await;
    let mut kept = scene.writer.keep_now(seen(1, "a")).boxed();
    tokio::select! {
        _ = &mut kept => panic!("the commit waits"),
        () = scene.blocked() => {}
    }
    scene.link.cut();
    assert_eq!(kept.await, Err(WriteError::Interrupted));
    release(lock).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_is_waited_for() {
    let scene = scene().await;
    let mut conn = scene.conn().await;
    let name = &scene.database.name;
    let set = |on| format!("ALTER DATABASE {name} SET default_transaction_read_only = {on}");
    conn.batch_execute(&set("on")).await.expect("a setting");
    let heal = async {
        let mut read_only = scene.pool.acquire().await.expect("a connection");
        let refused = read_only.batch_execute("CREATE TABLE no (n INT)").await;
        refused.expect_err("it is read-only");
        // This connection was opened before the setting.
        conn.batch_execute(&set("off")).await.expect("a setting");
        let back = read_only.batch_execute("SET default_transaction_read_only = off");
        back.await.expect("a setting");
    };
    let (kept, ()) = tokio::join!(scene.writer.keep_now(seen(1, "a")), heal);
    assert_eq!(kept, Ok(()));
    assert_eq!(scene.sum().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_writes_what_waits_and_refuses_what_comes_later() {
    let scene = scene().await;
    let (lock, first) = scene.hold().await;
    for n in 1..=50 {
        scene
            .writer
            .keep(Number(n))
            .await
            .expect("a place in the queue");
    }
    let second = scene.writer.clone();
    let stop = async { tokio::join!(scene.writer.drain(), second.drain()) };
    let work = async { tokio::join!(stop, first, release(lock)) };
    let (_, first, ()) = timeout(LONG, work).await.expect("it stops");
    assert_eq!(first, Ok(()));
    assert_eq!(scene.number("SELECT count(*) FROM numbers").await, 50);
    assert_eq!(
        scene.writer.keep_now(Number(51)).await,
        Err(WriteError::Stopped)
    );
    assert_eq!(
        scene.writer.keep(Number(51)).await,
        Err(WriteError::Stopped)
    );
    // A caller is answered before its batch is counted as settled.
    crate::support::eventually("nothing waits", || scene.writer.waiting() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_holds_exactly_what_was_acknowledged() {
    let scene = scene_with(WriterOptions {
        batch_rows: 17,
        queue_capacity: 40,
        ..WriterOptions::default()
    })
    .await;
    let mut acknowledged = 0;
    for round in 0..6 {
        let rows: Vec<i64> = (0..60)
            .map(|_| match rand::random_range(0..12) {
                0 => -1,
                1 if round % 2 == 0 => PANICS,
                _ => rand::random_range(1..600),
            })
            .collect();
        let users = join_all((0..20).map(|user| scene.writer.keep_now(seen(user, "a"))));
        let changes = join_all((0..5).map(|guild| scene.writer.keep_now(change(guild, round))));
        let numbers = join_all(rows.iter().map(|n| scene.writer.keep_now(Number(*n))));
        let trouble = async {
            if round % 3 == 1 {
                scene.link.cut();
                scene.pool.ping().await.expect_err("the link is cut");
                scene.link.heal();
            }
            if round % 3 == 2 {
                let lock = scene.lock("user_data WHERE user_id < 5").await;
                scene.pool.ping().await.expect("it answers");
                release(lock).await;
            }
        };
        let (users, changes, numbers, ()) = tokio::join!(users, changes, numbers, trouble);
        assert!(users.iter().all(Result::is_ok) && changes.iter().all(Result::is_ok));
        for (row, answer) in rows.iter().zip(numbers) {
            assert_eq!(
                answer.is_ok(),
                *row != -1 && *row != PANICS,
                "{row}: {answer:?}"
            );
            acknowledged += answer.unwrap_or_default();
        }
    }
    assert_eq!(
        scene
            .number("SELECT COALESCE(sum(n), 0) FROM numbers")
            .await,
        acknowledged
    );
    assert_eq!(scene.sum().await, 120);
    assert_eq!(
        scene
            .number("SELECT sum(config_version) FROM guild_settings")
            .await,
        30
    );
}
