//! Side effects: planned purely, journaled before they are tried, carried out in order per rate-limit bucket.

mod await_other;
mod bans;
mod call;
mod cards;
mod carry;
pub mod discord;
mod errand;
mod executor;
mod journal;
mod kept;
pub(crate) mod metrics;
mod newest;
mod operation;
mod perform;
pub mod plan;
mod recent;
mod resume;
mod spool;
mod step;
#[cfg(test)]
mod tests;
mod work;

pub use self::errand::Errand;
pub use self::executor::{Actions, ActionsOptions, Busy};
pub use self::kept::{Kept, Opens};
pub use self::perform::{NoticeOutcome, PerformError, Performed};
pub use self::plan::Call;
pub use self::step::{CARD_GONE, CARD_OVERTAKEN};
