//! The whole bot on a Discord that was away, is slow, or fails.

mod catch_up;
mod faults;
