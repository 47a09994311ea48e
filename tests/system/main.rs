//! The house against real servers: pool, TLS, migrations, the program's own command line, and one message through all.

#[path = "../support/mod.rs"]
mod support;

mod backup;
mod bench;
mod blog_command;
mod cache;
mod cache_command;
mod canary;
mod config_command;
mod database;
mod demo;
mod erase_command;
mod gateway_faults;
mod import;
mod keys_command;
mod killed;
mod least_privilege;
mod message;
mod migrations;
mod on_a_role;
mod pool;
mod processes;
mod program;
mod samples;
mod schema;
mod seed;
mod settings;
mod stats_command;
mod tables;
mod tls;
mod transient;
