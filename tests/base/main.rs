//! Floors 1 and 2 from outside: pool, TLS, migrations and the program's own command line against real servers.

#[path = "../support/mod.rs"]
mod support;

mod migrations;
mod pool;
mod program;
mod tls;
mod transient;
