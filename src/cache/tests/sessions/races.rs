//! Sessions that many touch at once, through several processes' connections.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::{ALICE, both, open, session, settings, start};
use crate::cache::sessions::{Rotated, Seen, SessionId, Sessions};
use crate::domain::clock::Clock;
use crate::settings::SessionSettings;
use crate::support::{TestRedis, redis};

/// As many processes on one Redis.
async fn processes(many: usize, settings: &SessionSettings) -> (TestRedis, Vec<Sessions>) {
    let redis = redis().await;
    let clock = Clock::manual(start());
    let each = (0..many).map(|_| {
        let cache = open(redis.url(), std::time::Duration::from_secs(10));
        Sessions::new(&cache, settings, clock.clone())
    });
    let each = each.collect();
    (redis, each)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_process_opens_another_finds_rotates_and_revokes() {
    let (_redis, each) = processes(3, &settings()).await;
    let [one, two, three] = &each[..] else {
        panic!("three");
    };
    let id = one.open(ALICE).await.expect("it opens");
    assert_eq!(two.find(&id).await, session(ALICE, 0, 0, false));
    let Rotated::Rotated(next) = three.rotate(&id).await else {
        panic!("it rotates");
    };
    assert_eq!(one.rotate(&id).await, Rotated::Already);
    assert_eq!(one.find(&next).await, session(ALICE, 0, 0, false));
    assert_eq!(two.revoke_all(ALICE).await, Ok(1));
    for process in &each {
        assert_eq!(process.find(&next).await, Seen::SignedOut);
        assert_eq!(process.find(&id).await, Seen::SignedOut);
    }
}

/// Rotates one id from everywhere at once: who won, and what the others were told.
async fn race(each: &[Sessions], id: &SessionId) -> (Vec<SessionId>, Vec<Rotated>) {
    let mut racing = JoinSet::new();
    for number in 0..40 {
        let (sessions, id) = (each[number % each.len()].clone(), id.clone());
        racing.spawn(async move { sessions.rotate(&id).await });
    }
    let (mut won, mut others) = (Vec::new(), Vec::new());
    for outcome in racing.join_all().await {
        match outcome {
            Rotated::Rotated(id) => won.push(id),
            other => others.push(other),
        }
    }
    (won, others)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_rotations_of_one_id_one_wins() {
    let strict = SessionSettings {
        rotation_grace: std::time::Duration::ZERO,
        ..settings()
    };
    for (settings, lost) in [(settings(), Rotated::Already), (strict, Rotated::SignedOut)] {
        let (_redis, each) = processes(4, &settings).await;
        let alone = both(settings).await.map(|place| place.sessions);
        for each in [&each[..], &alone[..1]] {
            let mut id = each[0].open(ALICE).await.expect("it opens");
            for _ in 0..10 {
                let (won, others) = race(each, &id).await;
                assert_eq!(won.len(), 1);
                assert_eq!(others, vec![lost.clone(); 39]);
                id = won[0].clone();
            }
            assert_eq!(each[0].find(&id).await, session(ALICE, 0, 0, false));
        }
    }
}

/// Rotates on and on until that is refused, and returns every id that there was.
async fn run_away(sessions: Sessions, mut id: SessionId) -> Vec<SessionId> {
    let mut all = vec![id.clone()];
    loop {
        // In memory nothing is waited for, and others want to run too.
        tokio::task::yield_now().await;
        match sessions.rotate(&id).await {
            Rotated::Rotated(next) => {
                all.push(next.clone());
                id = next;
            }
            Rotated::SignedOut => return all,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_rotation_escapes_the_end_of_all_sessions() {
    let (_redis, each) = processes(4, &settings()).await;
    let alone = both(settings()).await.map(|place| place.sessions);
    for each in [&each[..], &alone[..1]] {
        for _ in 0..10 {
            let (started, mut ready) = tokio::sync::mpsc::channel(8);
            let mut running = JoinSet::new();
            for number in 0..8 {
                let sessions = each[number % each.len()].clone();
                let id = sessions.open(ALICE).await.expect("it opens");
                let started = started.clone();
                running.spawn(async move {
                    started.send(()).await.expect("somebody waits");
                    run_away(sessions, id).await
                });
            }
            for _ in 0..8 {
                ready.recv().await.expect("it runs");
            }
            assert_eq!(each[0].revoke_all(ALICE).await, Ok(8));
            let all = Arc::new(running.join_all().await.concat());
            assert!(all.len() >= 8);
            for id in all.iter() {
                assert_eq!(each[0].find(id).await, Seen::SignedOut);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_out_while_the_id_is_rotated_is_signed_out() {
    let (_redis, each) = processes(2, &settings()).await;
    for _ in 0..30 {
        let id = each[0].open(ALICE).await.expect("it opens");
        let (rotated, _) = tokio::join!(each[0].rotate(&id), each[1].revoke(&id));
        assert_eq!(each[0].find(&id).await, Seen::SignedOut);
        if let Rotated::Rotated(next) = rotated {
            assert_eq!(each[1].find(&next).await, Seen::SignedOut);
        }
    }
}
