//! Whether the keys at hand open what is stored: asked before the first guild wakes, and by the doctor.

use anyhow::{Context as _, bail};
use diesel_async::AsyncPgConnection;

use crate::settings::Settings;
use crate::store::tables::tokens::{Holder, Tally};
use crate::vault::Vault;

/// Refuses to start where a stored secret in use opens with none of the keys: the bot would run without it, and nobody
/// would know why.
///
/// # Errors
/// Says how many there are and what to do.
pub(super) async fn check(conn: &mut AsyncPgConnection, settings: &Settings) -> anyhow::Result<()> {
    let keys = settings.vault.encryption_keys.as_ref();
    let vault = keys.map(Vault::from_keys).transpose()?;
    let tally = Tally::take(conn, &Holder::IN_USE, vault.as_ref()).await;
    let tally = tally.context("the stored secrets cannot be read")?;
    if let Some(what) = lost(&tally) {
        bail!("{what}; {}", what_to_do(&tally));
    }
    tracing::info!(
        secrets = tally.all(),
        older_keys = tally.older(),
        "every stored secret opens"
    );
    Ok(())
}

/// Tells how many secrets are lost; nothing where all open.
pub(crate) fn lost(tally: &Tally) -> Option<String> {
    let (lost, all) = (tally.lost(), tally.all());
    if lost == 0 {
        return None;
    }
    let guilds: Vec<String> = tally.guilds.iter().map(ToString::to_string).collect();
    let text = match tally.by_key.len() {
        0 => format!("ENCRYPTION_KEY is not set, and {lost} stored secrets are sealed"),
        1 => format!("{lost} of {all} stored secrets do not open with the key in ENCRYPTION_KEY"),
        many => format!(
            "{lost} of {all} stored secrets open with none of the {many} keys in ENCRYPTION_KEY"
        ),
    };
    let kinds = [
        (tally.lost_keys, "of API keys"),
        (tally.lost_settings, "of settings"),
    ];
    let kinds: Vec<String> = kinds
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, kind)| format!("{count} {kind}"))
        .collect();
    let guilds = match guilds.as_slice() {
        [one] => format!("in guild {one}"),
        many => format!("first in guilds {}", many.join(", ")),
    };
    Some(format!("{text} ({}; {guilds})", kinds.join(", ")))
}

/// The next step for an operator with lost secrets.
pub(crate) fn what_to_do(tally: &Tally) -> &'static str {
    if tally.by_key.is_empty() {
        "set it to the key they were sealed with, or give them up with `aimod keys forget`"
    } else {
        "add the key they were sealed with at its end, after a comma, or give them up with `aimod keys forget`"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::GuildId;

    fn tally(by_key: &[u64], lost_keys: u64, lost_settings: u64) -> Tally {
        Tally {
            by_key: by_key.to_vec(),
            lost_keys,
            lost_settings,
            guilds: [GuildId(7), GuildId(9)].into(),
        }
    }

    #[test]
    fn what_is_lost_is_counted_and_the_next_step_named() {
        let of = |tally: &Tally| lost(tally).map(|lost| format!("{lost}; {}", what_to_do(tally)));
        insta::assert_snapshot!(of(&tally(&[], 2, 1)).expect("lost"), @"ENCRYPTION_KEY is not set, and 3 stored secrets are sealed (2 of API keys, 1 of settings; first in guilds 7, 9); set it to the key they were sealed with, or give them up with `aimod keys forget`");
        insta::assert_snapshot!(of(&tally(&[5], 0, 1)).expect("lost"), @"1 of 6 stored secrets do not open with the key in ENCRYPTION_KEY (1 of settings; first in guilds 7, 9); add the key they were sealed with at its end, after a comma, or give them up with `aimod keys forget`");
        insta::assert_snapshot!(of(&tally(&[5, 3], 1, 0)).expect("lost"), @"1 of 9 stored secrets open with none of the 2 keys in ENCRYPTION_KEY (1 of API keys; first in guilds 7, 9); add the key they were sealed with at its end, after a comma, or give them up with `aimod keys forget`");
        assert_eq!(of(&tally(&[5, 3], 0, 0)), None);
        assert_eq!(of(&tally(&[], 0, 0)), None);
    }
}
