//! Plain data that every floor speaks: ids, events, decisions, actions, the clock. No I/O, no Discord library.

pub mod avatar;
pub mod clock;
pub mod duration;
pub mod event;
pub mod ids;
pub mod permissions;
pub mod verdict;
pub mod zone;
