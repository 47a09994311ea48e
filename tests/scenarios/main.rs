//! Scenarios through the whole house: gateway, actors, writer, database, Discord.

#[path = "../support/mod.rs"]
mod support;

mod message;
