//! Our own server as an operator meets it: kept over restarts and kills, private, gone when it should be.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use diesel::sql_types::Integer;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use secrecy::SecretString;

use super::leftovers::PidFile;
use super::*;
use crate::store::connect;
use crate::support::eventually;
use crate::support::server_options;

/// A data folder that the server's user can reach, whatever TMPDIR says.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::Builder::new()
        .prefix("aimod test ")
        .tempdir_in("/tmp")
        .expect("a folder");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))
        .expect("open to the server's user");
    folder
}

fn kept(data_dir: &Path) -> ServerOptions {
    ServerOptions {
        data_dir: Some(data_dir.to_owned()),
        ..server_options()
    }
}

async fn run(url: &str, statement: &str) {
    connect(&SecretString::from(url), Duration::from_secs(10))
        .await
        .expect("the server answers")
        .batch_execute(statement)
        .await
        .expect(statement);
}

async fn count_notes(url: &str) -> i32 {
    let mut connection = connect(&SecretString::from(url), Duration::from_secs(10))
        .await
        .expect("the server answers");
    diesel::select(diesel::dsl::sql::<Integer>("count(*)::int FROM notes"))
        .get_result(&mut connection)
        .await
        .expect("the table is there")
}

fn kill(pid: u32) {
    let pid = rustix::process::Pid::from_raw(pid.cast_signed()).expect("a process");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("killed");
}

#[tokio::test(flavor = "multi_thread")]
async fn data_in_a_folder_with_spaces_survives_a_restart() {
    let folder = folder();
    let data_dir = folder.path().join("a long name with spaces ".repeat(6));
    let server = PostgresServer::start(kept(&data_dir))
        .await
        .expect("starts");
    let url = server.url(DATABASE);
    run(
        &url,
        "CREATE TABLE notes (id int); INSERT INTO notes VALUES (1), (2)",
    )
    .await;
    assert_eq!(find_running(&data_dir).as_deref(), Some(url.as_str()));
    server.stop().await;

    assert_eq!(find_running(&data_dir), None);
    assert!(
        PidFile::read(&data_dir.join("postgres")).is_none(),
        "stopped in order"
    );
    let server = PostgresServer::start(kept(&data_dir))
        .await
        .expect("starts again");
    assert_eq!(count_notes(&server.url(DATABASE)).await, 2);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_runs_again_with_its_data_under_the_same_address() {
    let folder = folder();
    let server = PostgresServer::start(kept(folder.path()))
        .await
        .expect("starts");
    let url = server.url(DATABASE);
    run(
        &url,
        "CREATE TABLE notes (id int); INSERT INTO notes VALUES (1)",
    )
    .await;
    let first = server.pid();
    kill(first);
    eventually("a new server", || {
        server.restarts() == 1 && server.pid() != 0
    })
    .await;
    assert_ne!(server.pid(), first);
    assert_eq!(count_notes(&url).await, 1);
    server.stop().await;
}

/// A server without a watch over it, as it stands after its process was killed.
async fn unwatched(data_dir: &Path) -> (Plan, launch::Running) {
    let options = kept(data_dir);
    let account = Account::choose(&options.search_path).await.expect("a user");
    let plan = Plan {
        folders: Folders::prepare(&options, account.as_ref())
            .await
            .expect("folders"),
        programs: Programs::find(&options, None).await.expect("installed"),
        options,
        account,
    };
    cluster::ensure(&plan).await.expect("a cluster");
    let running = launch::start(&plan).await.expect("starts");
    (plan, running)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_its_process_stops_by_itself() {
    let folder = folder();
    let (plan, mut running) = unwatched(folder.path()).await;
    // What the system does to our end of the pipe when we are killed.
    drop(running.pipe);
    tokio::time::timeout(Duration::from_secs(20), running.lifeline.wait())
        .await
        .expect("the lifeline ends the server")
        .expect("and itself");
    assert!(PidFile::read(&plan.folders.cluster).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_orphaned_server_of_an_earlier_run_is_replaced() {
    let folder = folder();
    let (plan, running) = unwatched(folder.path()).await;
    cluster::ensure_database(&plan, DATABASE)
        .await
        .expect("made");
    let url = plan.url(DATABASE);
    run(
        &url,
        "CREATE TABLE notes (id int); INSERT INTO notes VALUES (1)",
    )
    .await;
    // Killed together with its lifeline, our process leaves the server alone, and the system takes back the lock.
    kill(parent_of(running.pid));
    drop(plan);

    let server = PostgresServer::start(kept(folder.path()))
        .await
        .expect("starts");
    assert_ne!(server.pid(), running.pid);
    assert_eq!(count_notes(&server.url(DATABASE)).await, 1);
    server.stop().await;
    drop(running.pipe);
}

/// The parent's id: the fourth field of `/proc/PID/stat`, the second after the name in parentheses.
fn parent_of(pid: u32) -> u32 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("a process");
    let after_name = stat.rsplit_once(')').expect("a name").1;
    let parent = after_name.split_whitespace().nth(1).expect("a parent");
    parent.parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_lock_file_with_somebody_elses_number_is_no_obstacle() {
    let folder = folder();
    let server = PostgresServer::start(kept(folder.path()))
        .await
        .expect("starts");
    server.stop().await;
    let lock_file = folder.path().join("postgres/postmaster.pid");
    let own = std::process::id();
    std::fs::write(
        &lock_file,
        format!("{own}\nx\n1\n5432\n/tmp\n\n 1 1\nready\n"),
    )
    .expect("written");
    let server = PostgresServer::start(kept(folder.path()))
        .await
        .expect("starts");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_was_half_made_is_made_again() {
    let folder = folder();
    let aside = folder.path().join("postgres.new.half/base");
    std::fs::create_dir_all(&aside).expect("made");
    let server = PostgresServer::start(kept(folder.path()))
        .await
        .expect("starts");
    server.stop().await;
    assert!(!aside.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_data_folder_takes_one_process() {
    let folder = folder();
    let first = PostgresServer::start(kept(folder.path()))
        .await
        .expect("starts");
    let second = PostgresServer::start(kept(folder.path()))
        .await
        .expect_err("in use");
    assert!(matches!(second, ServerError::InUse { .. }), "{second}");
    run(&first.url(DATABASE), "SELECT 1").await;
    first.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_can_enter_the_folders_of_data_and_socket() {
    let folder = folder();
    let server = PostgresServer::start(kept(folder.path()))
        .await
        .expect("starts");
    let socket = &server.watch.plan().folders.socket;
    for private in [socket.as_path(), &folder.path().join("postgres")] {
        let mode = std::fs::metadata(private)
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{}", private.display());
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throw_away_server_survives_a_kill_and_leaves_nothing_behind() {
    let server = PostgresServer::start(server_options())
        .await
        .expect("starts");
    let base = server.watch.plan().folders.socket.clone();
    let url = server.url(DATABASE);
    run(&url, "CREATE TABLE notes (id int)").await;
    kill(server.pid());
    eventually("a new server", || server.restarts() == 1).await;
    assert_eq!(count_notes(&url).await, 0);
    server.stop().await;
    assert!(!base.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_of_another_version_is_refused_and_left_alone() {
    let folder = folder();
    let cluster = folder.path().join("postgres");
    std::fs::create_dir(&cluster).expect("made");
    std::fs::write(cluster.join("PG_VERSION"), "9\n").expect("written");
    let error = PostgresServer::start(kept(folder.path()))
        .await
        .expect_err("too old");
    let text = error.to_string();
    assert!(
        text.contains("was made by PostgreSQL 9, but only"),
        "{text}"
    );
    assert!(cluster.join("PG_VERSION").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_without_programs_is_named() {
    let folder = folder();
    let options = ServerOptions {
        postgres_bin: Some(folder.path().to_owned()),
        ..server_options()
    };
    let error = PostgresServer::start(options)
        .await
        .expect_err("no programs");
    assert!(
        error
            .to_string()
            .starts_with("database.postgres_bin: the folder "),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn root_is_told_when_the_servers_user_cannot_enter_the_data_folder() {
    if !rustix::process::geteuid().is_root() {
        // As a normal user the server is that user, who can enter what it may write.
        return;
    }
    let folder = folder();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700))
        .expect("closed");
    let error = PostgresServer::start(kept(&folder.path().join("data")))
        .await
        .expect_err("closed");
    assert!(matches!(error, ServerError::Unreachable { .. }), "{error}");
}
