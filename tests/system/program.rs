//! The program itself: its exit codes and what it prints.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

use tokio::process::Command;

use crate::support::server_options;

/// Runs the built program with these variables and nothing else of the environment.
pub(crate) async fn aimod(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let path = std::env::join_paths(server_options().search_path).expect("folders without colons");
    Command::new(env!("CARGO_BIN_EXE_aimod"))
        .args(arguments)
        .env_clear()
        .env("PATH", path)
        .envs(variables.iter().copied())
        .output()
        .await
        .expect("the program runs")
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder that the server's user can enter, with spaces in its name.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::Builder::new()
        .prefix("aimod program ")
        .tempdir_in("/tmp")
        .expect("a folder");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))
        .expect("open to the server's user");
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generated_key_is_one_line_and_fits_the_vault() {
    let output = aimod(&["keys", "generate"], &[]).await;
    assert!(output.status.success());
    let printed = out(&output);
    let key = printed.strip_suffix('\n').expect("a line").to_owned();
    assert_eq!(key.len(), 44);
    aimod::vault::Vault::from_keys(&key.clone().into()).expect("a key");
    assert_ne!(out(&aimod(&["keys", "generate"], &[]).await), printed);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_own_database_is_made_migrated_and_kept() {
    let folder = folder();
    let data_dir = folder.path().join("my data");
    let variables = [(
        "AIMOD__DATABASE__DATA_DIR",
        data_dir.to_str().expect("Unicode"),
    )];
    let first = aimod(&["migrate"], &variables).await;
    assert!(first.status.success(), "{}", err(&first));
    assert!(out(&first).starts_with("applied 20"), "{}", out(&first));
    let second = aimod(&["migrate"], &variables).await;
    assert_eq!(out(&second), "nothing to do\n");
    let status = aimod(&["migrate", "--status"], &variables).await;
    assert!(
        out(&status)
            .lines()
            .all(|line| line.starts_with("applied "))
    );
    let doctor = aimod(&["doctor"], &variables).await;
    assert!(
        out(&doctor).contains("ok      schema    it is this version's"),
        "{}",
        out(&doctor)
    );
    let too_many = aimod(&["migrate", "--down", "999"], &variables).await;
    assert_eq!(too_many.status.code(), Some(1));
    assert!(
        err(&too_many).contains("cannot take back 999 migrations"),
        "{}",
        err(&too_many)
    );
    assert!(!is_running(&data_dir), "the server is stopped at the end");
}

fn is_running(data_dir: &Path) -> bool {
    aimod::store::server::find_running(data_dir).is_some()
        || data_dir.join("postgres/postmaster.pid").exists()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_uses_the_server_that_the_bot_runs() {
    let folder = folder();
    let options = aimod::store::server::ServerOptions {
        data_dir: Some(folder.path().to_owned()),
        ..server_options()
    };
    let server = aimod::store::server::PostgresServer::start(options)
        .await
        .expect("starts");
    let pid = server.pid();
    let variables = [(
        "AIMOD__DATABASE__DATA_DIR",
        folder.path().to_str().expect("Unicode"),
    )];
    let output = aimod(&["migrate"], &variables).await;
    assert!(output.status.success(), "{}", err(&output));
    assert_eq!(server.pid(), pid, "it was left alone");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_are_all_named_and_exit_with_1() {
    let output = aimod(
        &["migrate", "--config", "/nowhere.toml"],
        &[
            ("DATABASE_URL", "postgres://u:hunter2@h:x/d"),
            ("AIMOD__WRITER__BATCH_ROW", "5"),
        ],
    )
    .await;
    assert_eq!(output.status.code(), Some(1));
    let text = err(&output);
    for part in [
        "3 settings are wrong:",
        "/nowhere.toml cannot be read",
        "writer.batch_row (AIMOD__WRITER__BATCH_ROW) is unknown; did you mean AIMOD__WRITER__BATCH_ROWS?",
        "database.url (DATABASE_URL) is not a PostgreSQL address",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_command_line_exits_with_2() {
    for arguments in [&["nonsense"][..], &[], &["migrate", "--down", "x"]] {
        let output = aimod(arguments, &[]).await;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(err(&output).contains("--help"), "{}", err(&output));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_exits_with_1_when_something_is_missing() {
    let output = aimod(
        &["doctor"],
        &[("DATABASE_URL", "postgres://127.0.0.1:1/none")],
    )
    .await;
    assert_eq!(output.status.code(), Some(1));
    assert!(
        out(&output).contains("error   token     DISCORD_TOKEN is not set; next: "),
        "{}",
        out(&output)
    );
}
