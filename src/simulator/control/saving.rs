//! Worlds from and to files.

use std::io;
use std::path::Path;

use super::run::Simulator;
use crate::domain::clock::Clock;
use crate::simulator::world::World;

/// Reads a world; the error names the file.
pub(super) async fn load(path: &Path, clock: Clock) -> io::Result<World> {
    let named = |problem: String| format!("cannot load the world {}: {problem}", path.display());
    let text = tokio::fs::read_to_string(path).await;
    let text = text.map_err(|problem| {
        let text = named(problem.to_string());
        io::Error::new(problem.kind(), text)
    })?;
    World::load(&text, clock).map_err(|problem| {
        let text = named(problem.to_string());
        io::Error::new(io::ErrorKind::InvalidData, text)
    })
}

impl Simulator {
    /// Writes the world into a file that [`SimulatorOptions::world`](super::SimulatorOptions::world) loads: guilds,
    /// people, channels, messages, bans, the audit log, registered commands. Sessions and interactions are not part of
    /// it. An older file is replaced only when the new one is whole.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub async fn save(&self, path: &Path) -> io::Result<()> {
        let text = self.world_file();
        let half = path.with_extension("half");
        tokio::fs::write(&half, text).await?;
        tokio::fs::rename(&half, path).await
    }

    /// The text of such a file.
    #[must_use]
    pub fn world_file(&self) -> String {
        let saved = self.shared.read(|state| state.world.saved());
        // What is saved holds nothing that JSON cannot.
        serde_json::to_string_pretty(&saved).unwrap_or_default()
    }
}
