//! A Discord of our own: a world, its rules, a REST and a gateway face, and a control side.
//!
//! ```text
//!          control/  (Rust verbs, HTTP under /_sim/)
//!             │ acts as people, looks, breaks things
//!             ▼
//!   world/ (state, acts) ◀── asks ── rules/ (permissions, limits, errors)
//!     ▲               │
//!     │ acts as the bot │ what happened
//!   rest/            ▼
//!   (/api/v10)     gateway/ (sessions over WebSocket)
//! ```
//!
//! A bot connects to it by nothing but another base address: REST at [`Simulator::api_base`], and from there the
//! gateway. All people and the bot act through the same functions of `world/acts`, which ask the same rules, so what
//! Discord refuses is refused here with Discord's own error. One lock holds the world; what an act says to the gateway
//! is handed over under that lock, so every session hears everything in the order it happened.

mod connection;
mod control;
mod gateway;
mod rest;
mod rules;
mod shared;
mod world;

pub use control::{
    Answer, ControlError, Exchange, Fault, Happening, Happenings, Pending, RequestEntry, SimGuild,
    SimMember, Simulator, SimulatorOptions, SlashError, Timeout, Traffic, What,
};
pub use rules::error::ApiError;
pub use world::World;
pub use world::channel::{Channel, ChannelKind, Overwrite, OverwriteTarget};
pub use world::guild::{AuditEntry, Ban, Guild, Role};
pub use world::message::{Draft, Message, Origin, Reaction};
pub use world::people::{Member, User};
pub use world::permission::Permissions;
