//! `aimod keys forget`: gives up the secrets in use that no key opens, so that the bot can run without them.

use super::{Told, secrets};
use crate::app::secrets::lost;
use crate::cli::question::confirm;
use crate::cli::visit::Visit;
use crate::store::tables::tokens::{GiveUp, Holder, StoredTokens, Tally};
use crate::vault::Vault;
use crate::writer::{Writer, WriterOptions};

pub(super) async fn tell(visit: &Visit, vault: Option<&Vault>, yes: bool) -> anyhow::Result<Told> {
    let mut conn = visit.pool.acquire().await?;
    let tally = Tally::take(&mut conn, &Holder::IN_USE, vault).await?;
    drop(conn);
    let Some(what) = lost(&tally) else {
        return Ok(Told {
            text: "every stored secret opens; there is nothing to give up".to_owned(),
            lost: false,
        });
    };
    eprintln!("{what}");
    confirm("Give them up? Their guilds have to set them again.", yes)?;
    let options = WriterOptions::from(&visit.settings.writer);
    let writer = Writer::start(visit.pool.clone(), options).await?;
    let given_up = give_up(visit, vault, &writer).await;
    writer.drain().await;
    Ok(Told {
        text: format!("{} given up", secrets(given_up?)),
        lost: false,
    })
}

async fn give_up(visit: &Visit, vault: Option<&Vault>, writer: &Writer) -> anyhow::Result<u64> {
    let mut count = 0;
    let mut tokens = StoredTokens::of(&Holder::IN_USE, 500);
    loop {
        let mut conn = visit.pool.acquire().await?;
        let batch = tokens.next_batch(&mut conn).await?;
        drop(conn);
        if batch.is_empty() {
            return Ok(count);
        }
        for found in batch {
            let opens = vault.is_some_and(|vault| vault.find_key(&found.token).is_some());
            if !opens && writer.keep_now(GiveUp { found }).await? {
                count += 1;
            }
        }
    }
}
