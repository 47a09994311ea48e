//! PostgreSQL: pool, migrations, schema, our own server, shared tables.

pub mod backup;
mod connect;
mod database;
mod error;
pub mod import;
pub mod listen;
pub(crate) mod metrics;
pub mod migrations;
mod pool;
pub(crate) mod prepared;
pub mod record;
pub mod rights;
/// The tables, generated from the migrated database.
pub mod schema;
pub mod server;
pub mod tables;
mod tls;

pub use connect::connect;
pub use database::Database;
pub use error::{StoreError, is_transient};
pub use metrics::{metrics, timed};
pub use pool::{Pool, PoolOptions, PoolState, PooledConnection};
