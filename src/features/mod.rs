//! The rooms: each is listed here once.

pub mod bot_detect;
