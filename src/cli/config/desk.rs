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
use crate::guild::keys;
use crate::store::Pool;
use crate::writer::{Writer, WriterOptions};

/// Reads and changes configurations.
pub(super) struct Desk {
    pub(super) configurator: Configurator,
    pub(super) pool: Pool,
    writer: Writer,
}

impl Desk {
    pub(super) async fn open(visit: &Visit) -> anyhow::Result<Self> {
        let pool = visit.pool.clone();
        let options = WriterOptions::from(&visit.settings.writer);
        let writer = Writer::start(pool.clone(), options).await?;
        let registry = Arc::new(Registry::new(&keys::ALL, features::judges()));
        let loader = Loader::new(pool.clone(), visit.cache.clone(), registry);
        Ok(Self {
            configurator: Configurator::new(loader, writer.clone()),
            pool,
            writer,
        })
    }

    pub(super) async fn close(self) {
        self.writer.drain().await;
    }

    pub(super) fn registry(&self) -> &Registry {
        self.configurator.loader().registry()
    }

    /// The configuration as it is now.
    pub(super) async fn load(&self, guild: GuildId) -> anyhow::Result<Snapshot> {
        Ok(self.configurator.loader().load(guild).await?)
    }

    /// The key of this name.
    pub(super) fn find_key(&self, name: &str) -> Result<&'static KeySpec, Refused> {
        let registry = self.registry();
        registry.find(name).ok_or_else(|| {
            let nearest = registry.nearest(name);
            Refused::unknown_key(name, nearest)
        })
    }
}
