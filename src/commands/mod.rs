//! Commands: the one permission check, replies, and poise's set-up.
