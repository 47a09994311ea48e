//! Tables that more than one room, or a floor below the rooms, reads or writes.

pub mod cases;
pub mod config;
pub mod deeds;
pub mod erasure;
pub mod guilds;
pub mod infractions;
pub mod ledger;
pub mod months;
pub mod operations;
pub mod progress;
pub mod provider_keys;
pub mod retention;
pub mod tokens;
pub mod users;

/// A text that PostgreSQL can hold. What comes from Discord or its members must not keep a row from being written.
fn without_nul(text: &str) -> String {
    text.replace('\0', "")
}
