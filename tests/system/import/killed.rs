//! An import that is killed at any moment is finished by the next, and nothing is written or counted twice.

use std::process::Stdio;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use tokio::process::Command;

use super::legacy::infractions;
use super::{INFRACTIONS, Scene, ends_within};
use crate::support::server_options;

/// Runs an import and kills it when its time is up; tells whether it was done before.
async fn import_for(scene: &Scene, time: Duration) -> bool {
    let path = std::env::join_paths(server_options().search_path).expect("folders without colons");
    let mut child = Command::new(env!("CARGO_BIN_EXE_aimod"))
        .arg("import")
        .arg(scene.folder.path())
        .env_clear()
        .env("PATH", path)
        .env("DATABASE_URL", scene.database.url.expose_secret())
        .env("ENCRYPTION_KEY", &scene.key)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it runs");
    ends_within(&mut child, time).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_moment_costs_nothing() {
    let scene = Scene::new().await;
    scene.write_good();
    scene.write(INFRACTIONS, infractions(2_000, 25).to_string());
    let mut kills = 0;
    let mut time = Duration::from_millis(60);
    while !import_for(&scene, time).await {
        kills += 1;
        let there = scene.value("SELECT count(*) FROM user_infractions").await;
        assert!(
            ["0", "50000"].contains(&there.as_str()),
            "a part of a file: {there}"
        );
        time = time.mul_f64(1.35);
    }
    assert!(kills >= 5, "only {kills}");
    scene.told(&["--validate"], 0).await;
    let after = scene.fingerprint().await;
    scene.told(&[], 0).await;
    assert_eq!(scene.fingerprint().await, after);
    assert_eq!(
        scene.value("SELECT count(*) FROM user_infractions").await,
        "50000"
    );
    assert_eq!(
        scene
            .value("SELECT sum(infraction_count) FROM user_data")
            .await,
        "50000"
    );
    assert_eq!(
        scene.value("SELECT count(*) FROM moderation_logs").await,
        "4"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_imports_at_once_write_each_record_once() {
    let scene = Scene::new().await;
    scene.write_good();
    let (one, two) = tokio::join!(scene.import(&[]), scene.import(&[]));
    assert_eq!((one.status.code(), two.status.code()), (Some(0), Some(0)));
    assert_eq!(
        scene.value("SELECT count(*) FROM user_infractions").await,
        "200"
    );
    assert_eq!(
        scene
            .value("SELECT sum(infraction_count) FROM user_data")
            .await,
        "200"
    );
    scene.told(&["--validate"], 0).await;
}
