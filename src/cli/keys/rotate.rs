//! `aimod keys rotate`: seals what older keys hold anew with the first key, in batches, also while the bot runs.
//!
//! Each batch is a transaction of its own that replaces only tokens which are still the ones that were read. So whoever
//! changes a secret meanwhile wins, and a run that was killed is finished by the next.

use std::collections::BTreeSet;

use anyhow::{Context as _, bail};
use futures_util::future::try_join_all;
use indicatif::ProgressBar;
use secrecy::ExposeSecret as _;

use super::{Told, secrets};
use crate::app::secrets::what_to_do;
use crate::cli::progress::Bar;
use crate::cli::visit::Visit;
use crate::domain::ids::GuildId;
use crate::store::tables::tokens::{
    Holder, Reseal, Resealed, StoredToken, StoredTokens, Tally, count_tokens,
};
use crate::vault::Vault;
use crate::writer::{Writer, WriterOptions};

/// Tokens that are read and written at once.
const BATCH: i64 = 500;
/// So often all is walked again for what was changed meanwhile by a bot whose first key is still another one.
const WALKS: usize = 5;

pub(super) async fn tell(visit: &Visit, vault: Option<&Vault>) -> anyhow::Result<Told> {
    let Some(vault) = vault else {
        bail!("ENCRYPTION_KEY is not set: its first key is what secrets are sealed with");
    };
    let options = WriterOptions::from(&visit.settings.writer);
    let writer = Writer::start(visit.pool.clone(), options).await?;
    let outcome = Rotation::new(visit, vault, &writer).run().await;
    writer.drain().await;
    let rotation = outcome?;
    let mut conn = visit.pool.acquire().await?;
    let in_use = Tally::take(&mut conn, &Holder::IN_USE, Some(vault)).await?;
    Ok(Told {
        text: rotation.told(&in_use),
        lost: in_use.lost() > 0,
    })
}

struct Rotation<'r> {
    visit: &'r Visit,
    vault: &'r Vault,
    writer: &'r Writer,
    bar: ProgressBar,
    sealed: u64,
    /// What was changed between reading and writing, in the last walk.
    changed: u64,
}

impl<'r> Rotation<'r> {
    fn new(visit: &'r Visit, vault: &'r Vault, writer: &'r Writer) -> Self {
        Self {
            visit,
            vault,
            writer,
            bar: ProgressBar::hidden(),
            sealed: 0,
            changed: 0,
        }
    }

    async fn run(mut self) -> anyhow::Result<Self> {
        for _ in 0..WALKS {
            self.changed = 0;
            self.walk().await.context(
                "not every secret is sealed anew; start `aimod keys rotate` again, it goes on where it was",
            )?;
            if self.changed == 0 {
                break;
            }
        }
        Ok(self)
    }

    async fn walk(&mut self) -> anyhow::Result<()> {
        let mut conn = self.visit.pool.acquire().await?;
        let all = count_tokens(&mut conn, &Holder::ALL).await?;
        drop(conn);
        self.bar = Bar::counting(u64::try_from(all).unwrap_or_default(), "sealing anew").shown();
        let mut tokens = StoredTokens::of(&Holder::ALL, BATCH);
        loop {
            let mut conn = self.visit.pool.acquire().await?;
            let batch = tokens.next_batch(&mut conn).await?;
            drop(conn);
            if batch.is_empty() {
                self.bar.finish_and_clear();
                return Ok(());
            }
            let read = batch.len() as u64;
            self.seal(batch).await?;
            self.bar.inc(read);
        }
    }

    async fn seal(&mut self, batch: Vec<StoredToken>) -> anyhow::Result<()> {
        let old = |found: &StoredToken| !self.vault.is_current(&found.token);
        let rows: Vec<Reseal> = batch
            .into_iter()
            .filter(old)
            .filter_map(|found| reseal(self.vault, found))
            .collect();
        let guilds: BTreeSet<GuildId> = rows
            .iter()
            .filter(|row| row.found.holder == Holder::Setting)
            .map(|row| row.found.guild)
            .collect();
        let written = rows.into_iter().map(|row| self.writer.keep_now(row));
        for done in try_join_all(written).await? {
            match done {
                Resealed::Done => self.sealed += 1,
                Resealed::Changed => self.changed += 1,
            }
        }
        self.forget(guilds).await;
        Ok(())
    }

    /// What Redis holds of these guilds has the old tokens. Where it does not answer, they end by themselves.
    async fn forget(&self, guilds: BTreeSet<GuildId>) {
        let guilds: Vec<GuildId> = guilds.into_iter().collect();
        if self.visit.cache.is_shared()
            && !guilds.is_empty()
            && let Err(error) = self.visit.cache.forget(&guilds).await
        {
            self.bar.suspend(|| {
                eprintln!("aimod: {error}; Redis may hold old tokens for five minutes more");
            });
        }
    }

    fn told(&self, in_use: &Tally) -> String {
        let mut text = match self.sealed {
            0 => "every secret that opens was sealed with the first key already".to_owned(),
            sealed => format!("{} sealed anew with the first key", secrets(sealed)),
        };
        if self.changed > 0 {
            text += "; others were changed meanwhile with another key: give the running bot the new ENCRYPTION_KEY first, then rotate again";
        }
        if in_use.lost() > 0 {
            text += &format!(
                "; {} open with no key: {}",
                secrets(in_use.lost()),
                what_to_do(in_use)
            );
        }
        text
    }
}

/// The same secret under the first key; nothing where no key opens it.
fn reseal(vault: &Vault, found: StoredToken) -> Option<Reseal> {
    let secret = vault.open(&found.token).ok()?;
    let new = vault.seal(secret.expose_secret());
    Some(Reseal { found, new })
}
