//! `guild_config` and `guild_config_revisions`: what administrators have set, and every change that led there.

mod history;
mod read;
mod write;

pub use self::history::{Revision, list_revisions, load_undo};
pub use self::read::{
    StoredConfig, find_edition, find_version, list_known, list_versions, load_config, load_configs,
};
pub use self::write::{ConfigChange, ConfigEdit, ConfigWritten};

/// Where a key's value is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A row of `guild_config`.
    Row,
    /// A column of a room's own settings table, which has one row per guild and a default for every column.
    Column {
        /// The table; its key is `guild_id` and it has `updated_at`.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
}

/// The way by which a change came. Changes by plain SQL are noted as `SQL` by the database itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A command on Discord.
    Command,
    /// The operator's command line.
    Cli,
    /// A file that somebody imported.
    Import,
    /// AIMod itself.
    System,
}

impl Source {
    /// The word in the database.
    #[must_use]
    pub const fn as_sql(self) -> &'static str {
        match self {
            Self::Command => "COMMAND",
            Self::Cli => "CLI",
            Self::Import => "IMPORT",
            Self::System => "SYSTEM",
        }
    }

    /// The metric label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Cli => "cli",
            Self::Import => "import",
            Self::System => "system",
        }
    }
}
