//! What the bench stands on: a durable PostgreSQL with a hundred thousand configurations, and a Redis.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use aimod::settings::{LoadOptions, RedisSettings, Settings, process_environment};
use aimod::store::server::{DATABASE, PostgresServer, ServerOptions};
use aimod::store::{connect, migrations};
use anyhow::Context as _;
use diesel_async::SimpleAsyncConnection as _;
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio_postgres::{AsyncMessage, Client, NoTls};
use tokio_util::task::TaskTracker;

/// How many guilds have a configuration.
pub(crate) const GUILDS: u64 = 100_000;

/// What stands in the database before anything is measured: three rows of `guild_config` for each guild, a row of bot
/// detection's settings for each, switched on in every second, with phrases of its own in every tenth.
const FILL: &str = r#"
    SET aimod.writer = 'on';
    INSERT INTO guild_settings (guild_id, config_version) SELECT g, 4 FROM generate_series(1, 100000) g;
    INSERT INTO guild_config (guild_id, key, value)
        SELECT g, key, value FROM generate_series(1, 100000) g, (VALUES
            ('PREFIX', '"?"'::jsonb), ('MODERATOR_ROLE_ID', '1234567890123456789'),
            ('MODERATION_LOG_CHANNEL_ID', '1234567890123456790')) AS k (key, value);
    INSERT INTO botdetect_config (guild_id, enabled, action, keywords)
        SELECT g, g % 2 = 0, 'delete', CASE WHEN g % 10 = 0
            THEN '["first own phrase", "second own phrase", "scam.example"]'::jsonb ELSE '[]' END
        FROM generate_series(1, 100000) g;
"#;

/// The servers, each with a folder that is gone afterwards.
pub(crate) struct Ground {
    pub(crate) settings: Settings,
    pub(crate) folder: TempDir,
    pub(crate) address: String,
    pub(crate) tasks: TaskTracker,
    redis: PathBuf,
    server: PostgresServer,
    _redis_server: Child,
}

impl Ground {
    pub(crate) async fn lay() -> anyhow::Result<Self> {
        let mut environment = process_environment();
        environment.retain(|name, _| matches!(name.as_str(), "PATH" | "TMPDIR" | "HOME"));
        let settings = Settings::load(&LoadOptions {
            environment,
            ..LoadOptions::default()
        })?;
        let folder = tempfile::Builder::new()
            .prefix("aimod-bench-")
            .tempdir_in(&settings.places.temp_dir)?;
        // The server's user is not ours where we are root.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))?;
        let server = PostgresServer::start(ServerOptions {
            data_dir: Some(folder.path().join("data")),
            max_connections: 120,
            ..ServerOptions::throw_away(&settings)
        })
        .await?;
        let address = server.url(DATABASE);
        fill(&SecretString::from(address.clone())).await?;
        let redis = folder.path().join("redis.sock");
        let redis_server = Command::new("redis-server")
            .args([
                "--port",
                "0",
                "--save",
                "",
                "--appendonly",
                "no",
                "--unixsocket",
            ])
            .arg(&redis)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("redis-server cannot be run (Debian: redis-server)")?;
        Ok(Self {
            settings,
            folder,
            address,
            tasks: TaskTracker::new(),
            redis,
            server,
            _redis_server: redis_server,
        })
    }

    /// The database's address.
    pub(crate) fn url(&self) -> SecretString {
        SecretString::from(self.address.clone())
    }

    /// A cache with the Redis behind it, or without.
    pub(crate) fn redis(&self, there: bool) -> RedisSettings {
        let url = there.then(|| SecretString::from(self.redis_url()));
        RedisSettings {
            url,
            ..self.settings.redis.clone()
        }
    }

    /// A connection to Redis without anything of ours, once the server is there.
    pub(crate) async fn bare_redis(&self) -> anyhow::Result<redis::aio::MultiplexedConnection> {
        let client = redis::Client::open(self.redis_url())?;
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        loop {
            match client.get_multiplexed_async_connection().await {
                Ok(connection) => return Ok(connection),
                Err(_) => ticks.tick().await,
            };
        }
    }

    /// A connection to PostgreSQL without anything of ours, as `psql` has one.
    pub(crate) async fn bare(&self) -> anyhow::Result<Client> {
        Ok(self.bare_hearing(|| {}).await?)
    }

    /// A bare connection that tells of each notification.
    pub(crate) async fn bare_hearing(
        &self,
        heard: impl Fn() + Send + 'static,
    ) -> Result<Client, tokio_postgres::Error> {
        let (client, mut connection) = tokio_postgres::connect(&self.address, NoTls).await?;
        let mut messages =
            futures_util::stream::poll_fn(move |context| connection.poll_message(context));
        self.tasks.spawn(async move {
            use futures_util::StreamExt as _;
            while let Some(Ok(message)) = messages.next().await {
                if matches!(message, AsyncMessage::Notification(_)) {
                    heard();
                }
            }
        });
        Ok(client)
    }

    fn redis_url(&self) -> String {
        format!("redis+unix://{}", self.redis.display())
    }

    pub(crate) async fn stop(self) {
        self.server.stop().await;
    }
}

async fn fill(url: &SecretString) -> anyhow::Result<()> {
    migrations::migrate(url).await?;
    let mut conn = connect(url, Duration::from_secs(60)).await?;
    conn.batch_execute(FILL).await?;
    for statement in ["VACUUM ANALYZE", "CHECKPOINT"] {
        conn.batch_execute(statement).await?;
    }
    Ok(())
}
