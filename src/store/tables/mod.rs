//! Tables that more than one room, or a floor below the rooms, reads or writes.

pub mod cases;
pub mod config;
pub mod guilds;
pub mod infractions;
pub mod operations;
pub mod users;
