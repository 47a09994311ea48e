//! What Discord enforces: permissions, role order, limits, and the errors it answers with.

pub(crate) mod access;
pub(crate) mod automod;
pub(crate) mod commands;
pub(crate) mod components;
pub(crate) mod error;
pub(crate) mod form;
pub(crate) mod limits;
pub(crate) mod rate;
