//! The program killed at any moment of its start: the next start recovers, and nothing is left running.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::support::server_options;

fn migrate(data_dir: &Path) -> Command {
    let path = std::env::join_paths(server_options().search_path).expect("folders without colons");
    let mut command = Command::new(env!("CARGO_BIN_EXE_aimod"));
    command
        .arg("migrate")
        .env_clear()
        .env("PATH", path)
        .env("AIMOD__DATABASE__DATA_DIR", data_dir)
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// A folder that the server's user can enter.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::Builder::new()
        .prefix("aimod killed ")
        .tempdir_in("/tmp")
        .expect("a folder");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))
        .expect("open to the server's user");
    folder
}

/// Runs the program and kills it when its time is up; tells whether it was done before.
async fn run_for(data_dir: &Path, time: Duration) -> bool {
    let mut child = migrate(data_dir).spawn().expect("it runs");
    let Ok(ended) = tokio::time::timeout(time, child.wait()).await else {
        child.kill().await.expect("killed");
        return false;
    };
    let output = child.wait_with_output().await.expect("an end");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(ended.expect("an end").success(), "after {time:?}: {said}");
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_moment_of_the_start_costs_nothing() {
    let folder = folder();
    let mut kills = 0;
    let mut time = Duration::from_millis(40);
    while !run_for(folder.path(), time).await {
        kills += 1;
        time = time.mul_f64(1.2);
    }
    assert!(kills > 0, "the start takes longer than a moment");
    let output = migrate(folder.path()).output().await.expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(!folder.path().join("postgres/postmaster.pid").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_starts_at_once_are_told_apart() {
    let folder = folder();
    let (mut one, mut two) = (migrate(folder.path()), migrate(folder.path()));
    let (one, two) = tokio::join!(one.output(), two.output());
    let outputs = [one.expect("it runs"), two.expect("it runs")];
    for output in outputs.iter().filter(|output| !output.status.success()) {
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("in use by another aimod process"), "{said}");
    }
    assert!(outputs.iter().any(|output| output.status.success()));
}
