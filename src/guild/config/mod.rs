//! A guild's configuration: declared keys, typed values, immutable snapshots, and changes.

pub mod apply;
pub mod change;
pub mod key;
pub mod loader;
pub mod registry;
pub mod snapshot;
pub mod value;

#[cfg(test)]
mod tests;
