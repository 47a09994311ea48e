//! The whole bot on a Discord that was away, is slow, or fails.

mod catch_up;
mod faults;
mod leaving;
mod retention;
