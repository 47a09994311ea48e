//! Side effects: planned purely, journaled before they are tried, carried out in order per rate-limit bucket.

pub mod discord;
mod executor;
mod journal;
pub(crate) mod metrics;
mod operation;
pub mod plan;
mod recent;
mod resume;
mod spool;
mod step;
#[cfg(test)]
mod tests;

pub use self::executor::{Actions, ActionsOptions, Busy};
