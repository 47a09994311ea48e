//! Side effects: planned purely, journaled before they are tried, carried out in order per rate-limit bucket.

pub mod discord;
