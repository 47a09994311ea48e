//! Test servers: a PostgreSQL with a fresh database per test, a Redis per test, and a link that can be cut.
//!
//! Used by the tests inside the crate and by those in `tests/`. A server that is missing on the machine fails the test
//! and names the command that installs it.

mod house;
mod link;
mod postgres;
mod redis;
mod selftest;
mod wait;

pub(crate) use house::House;
pub(crate) use link::Link;
pub(crate) use postgres::{
    Runner, TestDatabase, database, database_without_schema, server_options,
};
pub(crate) use redis::{TestRedis, redis};
pub(crate) use wait::eventually;
