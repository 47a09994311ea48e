//! The gateway end to end.
