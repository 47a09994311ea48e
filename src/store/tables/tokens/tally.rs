//! How many stored secrets there are, and which of the keys at hand opens them.

use std::collections::BTreeSet;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use super::{Holder, StoredToken, StoredTokens};
use crate::domain::ids::GuildId;
use crate::vault::Vault;

/// How many tokens are read at once.
const BATCH: i64 = 1000;

/// Stored secrets by the key that opens them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many each key opens, the first key first.
    pub by_key: Vec<u64>,
    /// API keys and sign-in data that no key opens.
    pub lost_keys: u64,
    /// Settings (or, in the history, former values of settings) that no key opens.
    pub lost_settings: u64,
    /// The first guilds that have such, at most five.
    pub guilds: BTreeSet<GuildId>,
}

impl Tally {
    /// Reads all tokens of these holders in batches and tries the keys on each. Without a vault none opens.
    ///
    /// # Errors
    /// Whatever the database gives.
    pub async fn take(
        conn: &mut AsyncPgConnection,
        holders: &'static [Holder],
        vault: Option<&Vault>,
    ) -> QueryResult<Self> {
        let mut tally = Self {
            by_key: vec![0; vault.map_or(0, Vault::count_keys)],
            ..Self::default()
        };
        let mut tokens = StoredTokens::of(holders, BATCH);
        loop {
            let batch = tokens.next_batch(conn).await?;
            if batch.is_empty() {
                return Ok(tally);
            }
            for found in &batch {
                tally.note(found, vault);
            }
        }
    }

    fn note(&mut self, found: &StoredToken, vault: Option<&Vault>) {
        let key = vault.and_then(|vault| vault.find_key(&found.token));
        match (key, found.holder) {
            (Some(place), _) => {
                if let Some(count) = self.by_key.get_mut(place - 1) {
                    *count += 1;
                }
                return;
            }
            (None, Holder::ApiKey | Holder::SignIn) => self.lost_keys += 1,
            (None, _) => self.lost_settings += 1,
        }
        self.guilds.insert(found.guild);
        if self.guilds.len() > 5 {
            self.guilds.pop_last();
        }
    }

    /// How many no key opens.
    #[must_use]
    pub const fn lost(&self) -> u64 {
        self.lost_keys + self.lost_settings
    }

    /// How many there are.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.by_key.iter().sum::<u64>() + self.lost()
    }

    /// How many only an older key opens.
    #[must_use]
    pub fn older(&self) -> u64 {
        self.by_key.iter().skip(1).sum()
    }
}
