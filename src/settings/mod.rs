//! Process settings: defaults, file, environment, each value with its source.
//!
//! A setting comes from the first of these that names it: the variable `AIMOD__SECTION__KEY`, the seed's variable
//! (`DISCORD_TOKEN`, `DATABASE_URL`, `REDIS_URL`, `ENCRYPTION_KEY`), the file given with `--config`, the default. No file
//! is read unless it is named, so that the working directory never decides what the bot does. A variable that is set
//! but empty counts as unset, because that is what compose files write for a value left out.
//!
//! Every key is declared once, in its section's file, with its description, default and bounds; the reader, the check
//! for unknown keys and the test of `config/aimod.toml` all work from that declaration.

mod database;
mod database_url;
mod discord;
mod environment;
mod layers;
mod places;
mod problems;
mod reader;
mod retention;
mod section;
mod sections;
mod value;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

pub use database::DatabaseSettings;
pub use database_url::{DatabaseUrl, TlsMode, WrongDatabaseUrl};
pub use discord::{DiscordSettings, ShardRange};
pub use environment::{Environment, process_environment};
pub use places::Places;
pub use problems::{Problem, Problems, SettingsError};
pub use retention::RetentionSettings;
pub use section::KeySpec;
pub use sections::{
    ActionsSettings, GuildSettings, ProcessSettings, RedisSettings, SessionSettings,
    TelemetrySettings, VaultSettings, WriterSettings,
};
pub use value::LogFormat;

use layers::Layers;
use reader::Reader;

/// Everything the process is told from outside. Secrets inside cannot be printed.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The Discord account and how to reach it.
    pub discord: DiscordSettings,
    /// PostgreSQL, somebody else's or our own.
    pub database: DatabaseSettings,
    /// The shared cache.
    pub redis: RedisSettings,
    /// Sessions of people who sign in.
    pub sessions: SessionSettings,
    /// The keys that seal stored secrets.
    pub vault: VaultSettings,
    /// Logs, metrics and their HTTP endpoints.
    pub telemetry: TelemetrySettings,
    /// Guild actors and their supervision.
    pub guild: GuildSettings,
    /// The door for writes.
    pub writer: WriterSettings,
    /// Calls to Discord.
    pub actions: ActionsSettings,
    /// How long what is kept is kept.
    pub retention: RetentionSettings,
    /// The process as a whole.
    pub process: ProcessSettings,
    /// Folders and search paths, worked out from the settings and the environment.
    pub places: Places,
}

/// What to load the settings from.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The settings file (`--config`), if one was named.
    pub file: Option<PathBuf>,
    /// The environment; [`process_environment`] gives the process's own.
    pub environment: Environment,
    /// Whether a missing `discord.token` is a problem. Only `run` needs one.
    pub token_required: bool,
}

impl Settings {
    /// Loads and checks every setting.
    ///
    /// # Errors
    /// All problems at once: missing, malformed, out of bounds and unknown settings, each with its file or variable.
    pub fn load(options: &LoadOptions) -> Result<Self, SettingsError> {
        let mut problems = Problems::default();
        let layers = Layers::gather(options, &mut problems);
        let mut reader = Reader::new(&layers, &mut problems);
        let mut settings = Self {
            discord: DiscordSettings::read(&mut reader),
            database: DatabaseSettings::read(&mut reader),
            redis: RedisSettings::read(&mut reader),
            sessions: SessionSettings::read(&mut reader),
            vault: VaultSettings::read(&mut reader),
            telemetry: TelemetrySettings::read(&mut reader),
            guild: GuildSettings::read(&mut reader),
            writer: WriterSettings::read(&mut reader),
            actions: ActionsSettings::read(&mut reader),
            retention: RetentionSettings::read(&mut reader),
            process: ProcessSettings::read(&mut reader),
            places: Places::default(),
        };
        settings.places = Places::find(&settings.database, &options.environment);
        settings.validate(options.token_required, &mut problems);
        problems.into_result(settings)
    }

    /// Every key the program knows, in the order of `config/aimod.toml`.
    #[must_use]
    pub fn keys() -> Vec<KeySpec> {
        [
            DiscordSettings::keys(),
            DatabaseSettings::keys(),
            RedisSettings::keys(),
            SessionSettings::keys(),
            VaultSettings::keys(),
            TelemetrySettings::keys(),
            GuildSettings::keys(),
            WriterSettings::keys(),
            ActionsSettings::keys(),
            RetentionSettings::keys(),
            ProcessSettings::keys(),
        ]
        .concat()
    }

    fn validate(&self, token_required: bool, problems: &mut Problems) {
        if token_required && self.discord.token.is_none() && !problems.names("discord.token") {
            problems.add(
                "discord.token",
                "is missing: set DISCORD_TOKEN to the bot's token (discord.com/developers/applications, page Bot)",
            );
        }
        self.discord.validate(problems);
        self.database.validate(problems);
        self.redis.validate(problems);
        self.sessions.validate(problems);
        self.vault.validate(problems);
        self.telemetry.validate(problems);
        self.guild.validate(problems);
        self.writer.validate(problems);
    }
}
