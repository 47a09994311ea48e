//! The smaller sections: Redis, vault, telemetry, guild actors, writer, actions, the process.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use redis::IntoConnectionInfo;
use secrecy::{ExposeSecret, SecretString};

use super::section::section;
use super::{LogFormat, Problems};

section! {
    /// The shared cache.
    "redis" => RedisSettings {
        /// The cache, as redis://:password@host:port/number, rediss:// with TLS, or redis+unix:///path; usually given as
        /// REDIS_URL. Unset: AIMod keeps its cache in its own memory.
        "url" => url: Option<SecretString> = None;
        /// Time limit of one call; a cache that is slower counts as away, milliseconds.
        "timeout_ms" => timeout: Duration = Duration::from_millis(250), 10..=10000;
    }
}

impl RedisSettings {
    pub(super) fn validate(&self, problems: &mut Problems) {
        if let Some(url) = &self.url
            && url.expose_secret().into_connection_info().is_err()
        {
            problems.add(
                "redis.url",
                "is not a Redis address; it looks like redis://:password@host:6379/0, with special characters in the password percent-encoded",
            );
        }
    }
}

section! {
    /// Sessions of people who sign in.
    "sessions" => SessionSettings {
        /// A session that is not used for this long ends, seconds.
        "idle_secs" => idle: Duration = Duration::from_secs(604_800), 60..=31536000;
        /// A session ends this long after signing in, however much it is used, seconds.
        "life_secs" => life: Duration = Duration::from_secs(2_592_000), 60..=31536000;
        /// How long a session's old id goes on after it was given a new one, for requests that are under way; 0 ends it at
        /// once, seconds.
        "rotation_grace_secs" => rotation_grace: Duration = Duration::from_secs(10), 0..=300;
    }
}

impl SessionSettings {
    pub(super) fn validate(&self, problems: &mut Problems) {
        if self.idle > self.life {
            problems.add("sessions.idle_secs", "must not be above sessions.life_secs");
        }
    }
}

section! {
    /// The keys that seal stored secrets.
    "vault" => VaultSettings {
        /// Fernet keys with commas between: the first seals, all open. Usually given as ENCRYPTION_KEY; `aimod keys
        /// generate` makes one. Unset: no secret can be stored.
        "encryption_keys" => encryption_keys: Option<SecretString> = None;
        /// Providers of AI models of which servers may store a key of their own, a list of names.
        "api_providers" => api_providers: Vec<String> = ["anthropic", "google", "mistral", "openai", "openrouter"].map(str::to_owned).to_vec();
    }
}

impl VaultSettings {
    pub(super) fn validate(&self, problems: &mut Problems) {
        let is_name = |name: &String| {
            (1..=50).contains(&name.len())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        if !self.api_providers.iter().all(is_name) {
            problems.add(
                "vault.api_providers",
                "must be names of 1 to 50 letters, digits, `-`, `_` and `.`",
            );
        }
        let Some(keys) = &self.encryption_keys else {
            return;
        };
        for (index, key) in keys.expose_secret().split(',').enumerate() {
            if fernet::Fernet::new(key.trim()).is_none() {
                problems.add(
                    "vault.encryption_keys",
                    format!(
                        "key {} is not a Fernet key (44 characters, as `aimod keys generate` prints)",
                        index + 1
                    ),
                );
            }
        }
    }
}

section! {
    /// Logs, metrics and their HTTP endpoints.
    "telemetry" => TelemetrySettings {
        /// Address of /metrics, /livez and /readyz. They tell figures about the bot: keep them off the internet.
        "listen" => listen: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9464);
        /// How log lines look: "readable" or "json".
        "log_format" => log_format: LogFormat = LogFormat::Readable;
        /// What is logged: error, warn, info, debug or trace, also per part, for example "info,aimod::guild=debug".
        "log_level" => log_level: String = "info".to_owned();
    }
}

impl TelemetrySettings {
    pub(super) fn validate(&self, problems: &mut Problems) {
        if tracing_subscriber::EnvFilter::try_new(&self.log_level).is_err() {
            problems.add(
                "telemetry.log_level",
                format!(
                    "must be a level or a list of part=level, is `{}`",
                    self.log_level
                ),
            );
        }
    }
}

section! {
    /// Guild actors and their supervision.
    "guild" => GuildSettings {
        /// Events that may wait for one guild; more are shed and counted, number.
        "mailbox_capacity" => mailbox_capacity: usize = 10000, 1..=1000000;
        /// A guild without events for this long is put to sleep, seconds.
        "idle_after_secs" => idle_after: Duration = Duration::from_secs(900), 1..=86400;
        /// Shortest wait before a crashed guild is started again, milliseconds.
        "restart_backoff_min_ms" => restart_backoff_min: Duration = Duration::from_millis(100), 1..=60000;
        /// Longest wait before a crashed guild is started again, milliseconds.
        "restart_backoff_max_ms" => restart_backoff_max: Duration = Duration::from_millis(30000), 1..=600000;
        /// Crashes inside guild.crash_window_secs after which a guild is parked, number.
        "crash_limit" => crash_limit: u32 = 5, 1..=1000;
        /// The window in which crashes are counted, seconds.
        "crash_window_secs" => crash_window: Duration = Duration::from_secs(60), 1..=86400;
        /// A parked guild is tried again after this long, seconds.
        "parked_retry_secs" => parked_retry: Duration = Duration::from_secs(300), 1..=86400;
        /// How often configuration versions are compared with the database's, for changes by others whose announcement
        /// was lost, seconds.
        "config_sweep_secs" => config_sweep: Duration = Duration::from_secs(1), 1..=3600;
    }
}

impl GuildSettings {
    pub(super) fn validate(&self, problems: &mut Problems) {
        if self.restart_backoff_min > self.restart_backoff_max {
            problems.add(
                "guild.restart_backoff_min_ms",
                "must not be above guild.restart_backoff_max_ms",
            );
        }
    }
}

section! {
    /// The door for writes.
    "writer" => WriterSettings {
        /// Records that may wait to be written; then callers wait, number.
        "queue_capacity" => queue_capacity: usize = 10000, 1..=1000000;
        /// Most rows in one statement, number.
        "batch_rows" => batch_rows: usize = 500, 1..=1000;
        /// How long a caller waits for a place in the full queue, milliseconds.
        "enqueue_timeout_ms" => enqueue_timeout: Duration = Duration::from_millis(3000), 1..=60000;
        /// How long a write is tried again while the database is away, seconds.
        "retry_for_secs" => retry_for: Duration = Duration::from_secs(60), 0..=3600;
    }
}

impl WriterSettings {
    pub(super) fn validate(&self, problems: &mut Problems) {
        if self.batch_rows > self.queue_capacity {
            problems.add(
                "writer.batch_rows",
                "must not be above writer.queue_capacity",
            );
        }
    }
}

section! {
    /// Calls to Discord.
    "actions" => ActionsSettings {
        /// Time limit of one call, milliseconds.
        "timeout_ms" => timeout: Duration = Duration::from_millis(10000), 100..=120000;
        /// How often a call that fails for now is tried, number.
        "max_attempts" => max_attempts: u32 = 5, 1..=100;
        /// Most room on disk for what cannot be written to the database at the moment, bytes.
        "spool_max_bytes" => spool_max_bytes: u64 = 67108864, 4096..=1099511627776;
    }
}

section! {
    /// The process as a whole.
    "process" => ProcessSettings {
        /// How long a stop may take before what is left is given up, seconds.
        "shutdown_secs" => shutdown: Duration = Duration::from_secs(10), 1..=600;
    }
}
