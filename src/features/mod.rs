//! The rooms: what the bot can do. Each is listed here once.

pub mod api_keys;
pub mod appeals;
pub mod blog;
pub mod bot_detect;
pub mod cases;
pub mod command_log;
pub mod config;
pub mod global_bans;
pub mod guilds;
pub mod infractions;
pub mod my_data;
pub(crate) mod notes;
pub(crate) mod stats;
pub mod user_data;

#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;

use self::api_keys::ApiKeys;
use self::global_bans::GlobalBans;
use crate::commands::components::Component;
use crate::commands::forms::FormKind;
use crate::commands::framework::Observers;
use crate::commands::{Command, RoomStates};
use crate::commands::{help, words};
use crate::guild::config::registry::Registry;
use crate::guild::keys;
use crate::guild::language::Texts;
use crate::guild::rule::Judge;
use crate::store::Pool;
use crate::telemetry::metrics::Metric;
use crate::writer::Writer;

/// What rooms keep in the memory of a process, over all its guilds.
#[derive(Clone, Default)]
pub struct Shared {
    /// Whom the operators keep out.
    pub global_bans: GlobalBans,
    /// Whose keys servers may store, and what seals them.
    pub api_keys: ApiKeys,
}

impl Shared {
    /// The rooms that judge, in the order in which they are asked.
    #[must_use]
    pub fn judges(&self) -> Vec<Arc<dyn Judge>> {
        vec![
            Arc::new(global_bans::Enforcement(self.global_bans.clone())),
            Arc::new(bot_detect::BotDetect),
            Arc::new(cases::ByHand),
            Arc::new(appeals::Appeals),
        ]
    }

    /// Every key: the house's own, those of the rooms, and the names that are not in use yet.
    #[must_use]
    pub fn registry(&self) -> Registry {
        Registry::new(&keys::ALL, self.judges()).with_names(&config::NAMES)
    }

    /// The same for the rooms' commands.
    #[must_use]
    pub fn states(&self) -> RoomStates {
        RoomStates::default()
            .with(self.global_bans.clone())
            .with(self.api_keys.clone())
    }
}

/// The rooms that judge, for work beside a running bot: nobody is banned globally there.
#[must_use]
pub fn judges() -> Vec<Arc<dyn Judge>> {
    Shared::default().judges()
}

/// Every key, for work beside a running bot.
#[must_use]
pub fn registry() -> Registry {
    Shared::default().registry()
}

/// The same for a look at what the bot needs: whether anybody is banned globally counts for that.
///
/// # Errors
/// Where the database does not answer.
pub async fn registry_of(pool: &Pool) -> anyhow::Result<Registry> {
    let shared = Shared::default();
    shared.global_bans.load(pool).await?;
    Ok(shared.registry())
}

/// The metrics of the rooms.
#[must_use]
pub fn metrics() -> Vec<&'static dyn Metric> {
    global_bans::metrics::METRICS.to_vec()
}

/// The commands of every room.
#[must_use]
pub fn commands() -> Vec<Command> {
    let mut commands = vec![
        config::command(),
        bot_detect::command(),
        infractions::command(),
        cases::command(),
        my_data::command(),
        stats::command(),
        notes::command(),
        notes::menu(),
        user_data::command(),
        global_bans::command(),
        api_keys::command(),
        blog::command(),
    ];
    commands.extend(appeals::commands());
    commands.push(help::command());
    commands
}

/// The texts of every room, and those that all commands share.
#[must_use]
pub fn texts() -> Vec<&'static Texts> {
    vec![
        &words::TEXTS,
        &config::TEXTS,
        &bot_detect::TEXTS,
        &infractions::TEXTS,
        &cases::TEXTS,
        &my_data::TEXTS,
        &stats::TEXTS,
        &notes::TEXTS,
        &user_data::TEXTS,
        &global_bans::TEXTS,
        &api_keys::TEXTS,
        &appeals::TEXTS,
        &blog::TEXTS,
    ]
}

/// What of every room may be pressed and chosen, long after the message was sent.
#[must_use]
pub fn components() -> Vec<Component> {
    [
        config::components(),
        my_data::components(),
        notes::components(),
        api_keys::components(),
        appeals::components(),
        infractions::components(),
        cases::components(),
        blog::components(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What of every room may be filled in, long after the form was opened.
#[must_use]
pub fn forms() -> Vec<FormKind> {
    [api_keys::forms(), appeals::forms(), cases::forms()]
        .into_iter()
        .flatten()
        .collect()
}

/// The rooms that take note of every command.
#[must_use]
pub fn observers(writer: &Writer) -> Observers {
    vec![Arc::new(command_log::CommandLog::new(writer.clone()))]
}
