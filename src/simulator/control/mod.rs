//! The control side: act as anyone, look at everything, break things. As Rust verbs and as HTTP under `/_sim/`.

pub(crate) mod answer;
pub(crate) mod diary;
mod error;
pub(crate) mod fault;
mod guild;
pub(crate) mod http;
pub(crate) mod log;
mod member;
mod options;
mod run;
mod saving;
mod slash;
mod subscribe;
pub(crate) mod tape;
mod trouble;
mod wait;

pub use answer::{Answer, Pending};
pub use diary::{Happening, What};
pub use error::{ControlError, SlashError, Timeout};
pub use fault::Fault;
pub use guild::SimGuild;
pub use log::RequestEntry;
pub use member::SimMember;
pub use options::SimulatorOptions;
pub use run::Simulator;
pub use subscribe::Happenings;
pub use tape::{Exchange, Traffic};
