//! A Redis of one test, on a Unix socket in a folder of its own.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use aimod::store::server::{Package, install_command};
use secrecy::SecretString;
use tokio::process::{Child, Command};

/// A Redis server that belongs to one test and ends with it.
pub(crate) struct TestRedis {
    folder: tempfile::TempDir,
    server: Option<Child>,
}

/// Starts a Redis of the test's own.
pub(crate) async fn redis() -> TestRedis {
    let mut redis = TestRedis {
        folder: tempfile::Builder::new()
            .prefix("aimod-redis-")
            .tempdir_in("/tmp")
            .expect("a folder"),
        server: None,
    };
    redis.start().await;
    redis
}

impl TestRedis {
    /// The address.
    pub(crate) fn url(&self) -> SecretString {
        SecretString::from(format!("redis+unix://{}", self.socket().display()))
    }

    /// The socket, for a [`super::Link`].
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("redis.sock")
    }

    /// Starts the server, empty, and waits until it answers.
    pub(crate) async fn start(&mut self) {
        let child = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no"])
            .arg("--unixsocket")
            .arg(self.socket())
            .arg("--dir")
            .arg(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        self.server = Some(child.unwrap_or_else(|error| {
            panic!(
                "redis-server cannot be run ({error}); install it with `{}`",
                install_command(Package::Redis)
            )
        }));
        let answered = async {
            while self.command(&["PING"]).await.is_err() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), answered)
            .await
            .expect("Redis answers");
    }

    /// Kills the server.
    pub(crate) async fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().await.expect("Redis is killed");
        }
    }

    /// Removes every key.
    pub(crate) async fn flush(&self) {
        self.command(&["FLUSHALL"]).await.expect("Redis is emptied");
    }

    /// Sends one command, as anybody could who shares this Redis.
    pub(crate) async fn command(&self, words: &[&str]) -> redis::RedisResult<redis::Value> {
        use secrecy::ExposeSecret;
        let client = redis::Client::open(self.url().expose_secret())?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        let mut command = redis::Cmd::new();
        for word in words {
            command.arg(word);
        }
        command.query_async(&mut connection).await
    }
}
