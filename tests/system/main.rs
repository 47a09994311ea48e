//! The house against real servers: pool, TLS, migrations, the program's own command line, and one message through all.

#[path = "../support/mod.rs"]
mod support;

mod bench;
mod blog_command;
mod cache;
mod cache_command;
mod config_command;
mod database;
mod demo;
mod gateway_faults;
mod killed;
mod message;
mod migrations;
mod pool;
mod processes;
mod program;
mod schema;
mod settings;
mod tables;
mod tls;
mod transient;
