//! Rows that somebody's open transaction keeps locked: nobody else waits for them, and they are written when it ends.

use serde_json::json;

use super::*;
use crate::store::tables::operations::{ErrandOpened, NewErrand, NewStep};

impl Scene {
    /// Locks rows until the connection is released, as somebody with a console would who forgets to commit.
    pub(super) async fn lock(&self, rows: &str) -> PooledConnection {
        let mut conn = self.conn().await;
        conn.batch_execute(&format!("BEGIN; SELECT FROM {rows} FOR UPDATE"))
            .await
            .expect("a lock");
        conn
    }

    async fn see(&self, users: std::ops::Range<u64>) {
        let seen = join_all(users.map(|user| self.writer.keep_now(seen(user, "a"))));
        assert!(seen.await.iter().all(Result::is_ok));
    }

    async fn nothing_waits(&self) {
        // A caller is answered before its batch is counted as settled.
        crate::support::eventually("nothing waits", || self.writer.waiting() == 0).await;
    }
}

/// A row of a guild in another table than its settings.
fn errand(guild: u64, key: &str) -> NewErrand {
    NewErrand {
        guild: GuildId(guild),
        key: key.to_owned(),
        given_at: Clock::system().now(),
        steps: vec![NewStep {
            kind: "CARD".to_owned(),
            payload: json!({}),
        }],
    }
}

/// Far sooner than a locked row is given up.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    let soon = WriterOptions::default().retry_for / 3;
    timeout(soon, work)
        .await
        .expect("nobody waits for the lock")
}

fn version(answer: Result<ConfigWritten, WriteError>) -> i64 {
    match answer {
        Ok(ConfigWritten::Changed(version)) => version.0,
        other => panic!("not changed: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_row_holds_up_nobody_else() {
    let scene = scene_with(WriterOptions::default()).await;
    scene.see(0..5).await;
    let lock = scene.lock("user_data WHERE user_id = 2").await;
    let mut locked = scene.writer.keep_now(seen(2, "b")).boxed();
    let others = async {
        for round in 0..5 {
            let numbers = join_all((1..40).map(|n| scene.writer.keep_now(Number(n))));
            let changes = join_all((1..6).map(|guild| scene.writer.keep_now(change(guild, round))));
            let (numbers, changes, ()) = tokio::join!(numbers, changes, scene.see(10..50));
            assert!(numbers.iter().all(Result::is_ok) && changes.iter().all(Result::is_ok));
        }
    };
    tokio::select! {
        answer = &mut locked => panic!("it is locked: {answer:?}"),
        () = soon(others) => {}
    }
    release(lock).await;
    assert_eq!(timeout(LONG, locked).await, Ok(Ok(())));
    assert_eq!(scene.sum().await, 5 + 5 * 40 + 1);
    scene.nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_in_one_batch_with_a_locked_row_is_written_before_it() {
    let scene = scene_with(WriterOptions::default()).await;
    scene.see(0..3).await;
    let lock = scene.lock("user_data WHERE user_id = 1").await;
    let mut locked = scene.writer.keep_now(seen(1, "b")).boxed();
    let numbers = async {
        let numbers = join_all((1..100).map(|n| scene.writer.keep_now(Number(n))));
        tokio::join!(numbers, scene.see(2..60)).0
    };
    tokio::select! {
        biased;
        answer = &mut locked => panic!("it is locked: {answer:?}"),
        numbers = soon(numbers) => assert!(numbers.iter().all(Result::is_ok)),
    }
    release(lock).await;
    assert_eq!(timeout(LONG, locked).await, Ok(Ok(())));
    assert_eq!(scene.sum().await, 3 + 58 + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_guild_is_changed_in_order_when_the_lock_goes() {
    let scene = scene_with(WriterOptions::default()).await;
    assert_eq!(version(scene.writer.keep_now(change(1, 0)).await), 1);
    let lock = scene.lock("guild_settings WHERE guild_id = 1").await;
    let mut lane = join_all((1..8).map(|n| scene.writer.keep_now(change(1, n)))).boxed();
    let others = async {
        for n in 0..4 {
            assert_eq!(version(scene.writer.keep_now(change(2, n)).await), n + 1);
            let opened = scene.writer.keep_now(errand(1, &format!("e{n}"))).await;
            assert_eq!(
                opened,
                Ok(ErrandOpened::New),
                "the same guild's other tables"
            );
        }
    };
    tokio::select! {
        answers = &mut lane => panic!("it is locked: {answers:?}"),
        () = soon(others) => {}
    }
    release(lock).await;
    let versions: Vec<i64> = timeout(LONG, lane)
        .await
        .expect("the lock is gone")
        .into_iter()
        .map(version)
        .collect();
    assert_eq!(versions, [2, 3, 4, 5, 6, 7, 8]);
    scene.nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_stays_is_an_error_in_time_and_opens_its_lane() {
    let scene = scene_with(WriterOptions {
        retry_for: Duration::from_secs(1),
        ..WriterOptions::default()
    })
    .await;
    scene.writer.keep_now(change(1, 0)).await.expect("written");
    let lock = scene.lock("guild_settings WHERE guild_id = 1").await;
    let held = scene.writer.keep_now(change(1, 1)).await;
    assert_eq!(held, Err(WriteError::Unavailable(Duration::from_secs(1))));
    release(lock).await;
    assert_eq!(version(scene.writer.keep_now(change(1, 1)).await), 2);
    scene.nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_for_what_is_locked_and_for_what_follows_it() {
    let scene = scene_with(WriterOptions::default()).await;
    scene.writer.keep_now(change(1, 0)).await.expect("written");
    let lock = scene.lock("guild_settings WHERE guild_id = 1").await;
    let mut lane = join_all((1..4).map(|n| scene.writer.keep_now(change(1, n)))).boxed();
    // Once it is aside, the others go on.
    tokio::select! {
        answers = &mut lane => panic!("it is locked: {answers:?}"),
        () = soon(scene.see(0..5)) => {}
    }
    for n in 1..=10 {
        scene.writer.keep(Number(n)).await.expect("a place");
    }
    let mut stop = scene.writer.drain().boxed();
    let written = async { while scene.number("SELECT count(*) FROM numbers").await < 10 {} };
    tokio::select! {
        // The stop begins before it is looked whether everything else is written.
        biased;
        () = &mut stop => panic!("three changes are not written"),
        () = soon(written) => {}
    }
    let refused = scene.writer.keep_now(Number(11)).await;
    assert_eq!(refused, Err(WriteError::Stopped));
    release(lock).await;
    let (lane, ()) = timeout(LONG, async { tokio::join!(lane, stop) })
        .await
        .expect("it stops");
    let versions: Vec<i64> = lane.into_iter().map(version).collect();
    assert_eq!(versions, [2, 3, 4]);
    scene.nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_aside_has_a_bound_and_loses_nothing() {
    let scene = scene_with(WriterOptions {
        queue_capacity: 8,
        batch_rows: 4,
        enqueue_timeout: Duration::from_millis(50),
        lock_limit: Duration::from_millis(20),
        ..WriterOptions::default()
    })
    .await;
    let mut lock = scene.conn().await;
    lock.batch_execute("BEGIN; LOCK TABLE user_data IN EXCLUSIVE MODE")
        .await
        .expect("a lock");
    let flood = join_all((0..200).map(|user| scene.writer.keep_now(seen(user, "a"))));
    let unlock = async {
        // In the queue, aside, and in hand.
        while scene.writer.waiting() > 8 + 8 + 4 {
            tokio::task::yield_now().await;
        }
        release(lock).await;
    };
    let (answers, ()) = timeout(LONG, async { tokio::join!(flood, unlock) })
        .await
        .expect("the others are refused");
    let full = Err(WriteError::QueueFull(Duration::from_millis(50)));
    let written = answers.iter().filter(|answer| answer.is_ok()).count();
    let refused = answers.iter().filter(|answer| **answer == full).count();
    assert_eq!(written + refused, 200, "{answers:?}");
    assert!((8..=20).contains(&written), "{written}");
    assert_eq!(scene.sum().await, i64::try_from(written).expect("small"));
    scene.nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_leaves_alone_what_is_aside() {
    let scene = scene_with(WriterOptions::default()).await;
    scene.see(0..3).await;
    let lock = scene.lock("user_data WHERE user_id = 1").await;
    let mut locked = scene.writer.keep_now(seen(1, "b")).boxed();
    let others = async {
        scene.see(10..12).await;
        let bomb = scene.writer.keep_now(Number(PANICS)).await;
        assert_eq!(bomb, Err(WriteError::Interrupted));
        scene.see(10..12).await;
    };
    tokio::select! {
        answer = &mut locked => panic!("it is locked: {answer:?}"),
        () = soon(others) => {}
    }
    release(lock).await;
    assert_eq!(timeout(LONG, locked).await, Ok(Ok(())));
    assert_eq!(scene.sum().await, 3 + 4 + 1);
    scene.nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_among_what_is_aside_fails_its_own_row() {
    let scene = scene_with(WriterOptions::default()).await;
    scene.see(0..3).await;
    let lock = scene.lock("user_data WHERE user_id = 1").await;
    let mut locked = scene.writer.keep_now(seen(1, "b")).boxed();
    let others = async {
        let numbers = join_all((1..20).map(|n| scene.writer.keep_now(Number(n))));
        let poisoned = scene.writer.keep_now(Number(-1));
        tokio::join!(scene.writer.keep_now(Number(PANICS)), poisoned, numbers)
    };
    let (bomb, poisoned, numbers) = tokio::select! {
        biased;
        answer = &mut locked => panic!("it is locked: {answer:?}"),
        others = soon(others) => others,
    };
    assert_eq!(bomb, Err(WriteError::Interrupted));
    assert!(
        matches!(poisoned, Err(WriteError::Refused { .. })),
        "{poisoned:?}"
    );
    assert!(numbers.iter().all(Result::is_ok), "{numbers:?}");
    release(lock).await;
    assert_eq!(timeout(LONG, locked).await, Ok(Ok(())));
    scene.nothing_waits().await;
}
