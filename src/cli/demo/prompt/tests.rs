//! The prompt on a real bot: what a reader types and sees.
