//! Side effects: planned purely, journaled before they are tried, carried out in order per rate-limit bucket.

pub mod discord;
mod executor;
mod journal;
pub(crate) mod metrics;
pub mod plan;
mod resume;
mod spool;

pub use self::executor::{Actions, ActionsOptions, Busy};
