//! Every sealed secret that is stored, wherever it stands: to count them, to seal them anew, to give up lost ones.

mod read;
mod tally;
mod write;

pub use self::read::{StoredTokens, count_tokens};
pub use self::tally::Tally;
pub use self::write::{GiveUp, Reseal, Resealed};

use crate::domain::ids::GuildId;
use crate::vault::Token;

/// Where a sealed secret stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A guild's key to a model provider.
    ApiKey,
    /// Sign-in data beside such a key.
    SignIn,
    /// A setting whose value is a secret, such as a webhook's address.
    Setting,
    /// What such a setting was before a change, from where it can be taken back.
    Before,
    /// What such a setting was after a change.
    After,
}

impl Holder {
    /// What is in use.
    pub const IN_USE: [Self; 3] = [Self::ApiKey, Self::SignIn, Self::Setting];
    /// What is only kept for looking back.
    pub const HISTORY: [Self; 2] = [Self::Before, Self::After];
    /// Everything.
    pub const ALL: [Self; 5] = [
        Self::ApiKey,
        Self::SignIn,
        Self::Setting,
        Self::Before,
        Self::After,
    ];

    const fn shelf(self) -> Shelf {
        match self {
            Self::ApiKey => Shelf {
                table: "guild_api_keys",
                column: "encrypted_api_key",
                key: &["guild_id"],
                filter: "encrypted_api_key IS NOT NULL",
            },
            Self::SignIn => Shelf {
                table: "guild_api_keys",
                column: "encrypted_github_auth_info",
                key: &["guild_id"],
                filter: "encrypted_github_auth_info IS NOT NULL",
            },
            Self::Setting => Shelf {
                table: "guild_config",
                column: "value",
                key: &["guild_id", "key"],
                filter: "value ? 'sealed' AND aimod_is_sealed(value)",
            },
            Self::Before => Shelf {
                table: "guild_config_revisions",
                column: "old_value",
                key: &["guild_id", "version", "key"],
                filter: "(old_value ? 'sealed' OR new_value ? 'sealed') AND aimod_is_sealed(old_value)",
            },
            Self::After => Shelf {
                table: "guild_config_revisions",
                column: "new_value",
                key: &["guild_id", "version", "key"],
                filter: "(old_value ? 'sealed' OR new_value ? 'sealed') AND aimod_is_sealed(new_value)",
            },
        }
    }
}

/// How a holder's rows are found. The names are constants of the program; typed queries cannot be told a column by a value.
struct Shelf {
    table: &'static str,
    column: &'static str,
    /// The primary key, which begins with the guild.
    key: &'static [&'static str],
    filter: &'static str,
}

impl Shelf {
    fn is_json(&self) -> bool {
        self.column.ends_with("value")
    }

    /// A column of the key, or what stands for it where the table has none.
    fn of_key(&self, column: &'static str, absent: &'static str) -> &'static str {
        if self.key.contains(&column) {
            column
        } else {
            absent
        }
    }

    /// The column's content as a token of this name.
    fn held(&self, token: &str) -> String {
        if self.is_json() {
            format!("jsonb_build_object('sealed', {token})")
        } else {
            token.to_owned()
        }
    }
}

/// A stored token and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredToken {
    /// Where it stands.
    pub holder: Holder,
    /// Whose it is.
    pub guild: GuildId,
    /// The version of a revision; 0 for what is in use.
    pub version: i64,
    /// The name of the setting; empty for API keys.
    pub key: String,
    /// The token.
    pub token: Token,
}
