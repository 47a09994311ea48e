//! PostgreSQL: pool, migrations, schema, our own server, shared tables.

mod connect;
mod error;
pub mod migrations;
mod pool;
/// The tables, generated from the migrated database.
pub mod schema;
pub mod server;
mod tls;

pub use connect::connect;
pub use error::{StoreError, is_transient};
pub use pool::{Pool, PoolOptions, PoolState, PooledConnection};
pub use tls::install_crypto_provider;
