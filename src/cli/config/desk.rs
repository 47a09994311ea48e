//! What every `aimod config` works with: the declared keys, the reader and the writer.

use std::sync::Arc;

use super::words::Refused;
use crate::cli::visit::Visit;
use crate::domain::ids::GuildId;
use crate::features;
use crate::guild::config::apply::Configurator;
use crate::guild::config::key::KeySpec;
use crate::guild::config::loader::Loader;
use crate::guild::config::registry::Registry;
use crate::guild::config::snapshot::Snapshot;
use crate::settings::Settings;
use crate::store::Pool;
use crate::store::tables::provider_keys::KEY_NAME;
use crate::writer::{Writer, WriterOptions};

/// Reads and changes configurations.
pub(super) struct Desk<'v> {
    visit: &'v Visit,
    pub(super) configurator: Configurator,
    pub(super) pool: Pool,
    writer: Writer,
}

impl<'v> Desk<'v> {
    pub(super) async fn open(visit: &'v Visit) -> anyhow::Result<Self> {
        let pool = visit.pool.clone();
        let options = WriterOptions::from(&visit.settings.writer);
        let writer = Writer::start(pool.clone(), options).await?;
        let registry = Arc::new(features::registry_of(&pool).await?);
        let loader = Loader::new(pool.clone(), visit.cache.clone(), registry);
        Ok(Self {
            visit,
            configurator: Configurator::new(loader, writer.clone()),
            pool,
            writer,
        })
    }

    pub(super) async fn close(self) {
        self.writer.drain().await;
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.visit.settings
    }

    pub(super) fn registry(&self) -> &Registry {
        self.configurator.loader().registry()
    }

    /// Every guild that the database knows.
    pub(super) async fn list_known(&self) -> anyhow::Result<Vec<GuildId>> {
        let known = self.visit.list_known().await?;
        Ok(known.into_iter().map(|(guild, _)| guild).collect())
    }

    /// The configuration as it is now.
    pub(super) async fn load(&self, guild: GuildId) -> anyhow::Result<Snapshot> {
        Ok(self.configurator.loader().load(guild).await?)
    }

    /// The key of this name.
    pub(super) fn find_key(&self, name: &str) -> Result<&'static KeySpec, Refused> {
        let registry = self.registry();
        registry.find(name).ok_or_else(|| {
            if let Some(known) = registry.find_reserved(name) {
                return Refused(format!(
                    "{} is not in use yet: no part of AIMod reads it",
                    known.name
                ));
            }
            Refused::unknown_key(name, registry.nearest(name))
        })
    }

    /// The name of a key, of those that are not in use too, and of the API key: they may have a past.
    pub(super) fn find_name(&self, name: &str) -> Result<&'static str, Refused> {
        if name.trim().eq_ignore_ascii_case(KEY_NAME) {
            return Ok(KEY_NAME);
        }
        match self.registry().find_reserved(name) {
            Some(known) => Ok(known.name),
            None => self.find_key(name).map(|key| key.name),
        }
    }
}
