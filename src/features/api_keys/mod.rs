//! A server's own key to a model provider: typed into a form, sealed at once, shown to nobody again.

mod commands;
mod replies;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub(super) use self::commands::{apikey as command, components, forms};
pub(super) use self::replies::TEXTS;
use crate::settings::VaultSettings;
use crate::vault::{Vault, VaultError};

/// What the commands need of the process.
#[derive(Clone, Debug, Default)]
pub struct ApiKeys {
    /// Seals keys; without one none can be stored.
    pub vault: Option<Arc<Vault>>,
    /// The providers that the operator allows, `api_keys.providers`.
    pub providers: Arc<[String]>,
}

impl ApiKeys {
    /// What the settings say.
    ///
    /// # Errors
    /// Where a key of theirs is no Fernet key.
    pub fn from_settings(settings: &VaultSettings) -> Result<Self, VaultError> {
        let keys = settings.encryption_keys.as_ref();
        Ok(Self {
            vault: keys.map(Vault::from_keys).transpose()?.map(Arc::new),
            providers: settings.api_providers.clone().into(),
        })
    }
}
