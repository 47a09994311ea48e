//! Two processes with a shard each: a change by any way decides the next message in the right one, whatever Redis does.

pub(crate) mod bot;
mod crash;
mod garbage;
mod scene;

use garbage::Garbage;
use scene::{BOTH, Scene};

#[tokio::test(flavor = "multi_thread")]
async fn a_change_by_any_way_decides_the_next_message_in_the_right_process() {
    let mut scene = Scene::start().await;
    scene.changes_by_every_way().await;
    scene.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flushed_a_dead_and_an_empty_redis_change_no_verdict() {
    let mut scene = Scene::start().await;
    for trouble in ["flushed", "dead", "empty"] {
        scene.switched_off_asleep().await;
        match trouble {
            "flushed" => scene.redis.flush().await,
            "dead" => scene.redis.stop().await,
            _ => scene.redis.start().await,
        }
        scene.wakes_switched_off().await;
        scene.goes_on().await;
    }
    scene.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_under_the_keys_of_ours_changes_no_verdict_and_goes() {
    let mut scene = Scene::start().await;
    for forms in Garbage::ALL.chunks(BOTH.len()) {
        scene.switched_off_asleep().await;
        for (guild, garbage) in BOTH.into_iter().zip(forms) {
            scene.put(guild, *garbage).await;
        }
        scene.wakes_switched_off().await;
        for (guild, garbage) in BOTH.into_iter().zip(forms) {
            scene.is_repaired(guild, *garbage).await;
        }
        scene.goes_on().await;
    }
    scene.nothing_is_left().await;
}
