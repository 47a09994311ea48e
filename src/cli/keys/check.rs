//! `aimod keys check`: how many stored secrets each key opens.

use serde_json::json;

use super::{Told, secrets};
use crate::app::secrets::{lost, what_to_do};
use crate::cli::visit::Visit;
use crate::store::tables::tokens::{Holder, Tally};
use crate::vault::Vault;

pub(super) async fn tell(visit: &Visit, vault: Option<&Vault>, json: bool) -> anyhow::Result<Told> {
    let mut conn = visit.pool.acquire().await?;
    let in_use = Tally::take(&mut conn, &Holder::IN_USE, vault).await?;
    let history = Tally::take(&mut conn, &Holder::HISTORY, vault).await?;
    Ok(Told {
        text: match json {
            true => object(&in_use, &history),
            false => table(&in_use, &history),
        },
        lost: in_use.lost() > 0,
    })
}

fn object(in_use: &Tally, history: &Tally) -> String {
    let counts = |tally: &Tally| json!({"by_key": tally.by_key, "lost": tally.lost()});
    json!({"in_use": counts(in_use), "history": counts(history)}).to_string()
}

/// A line for each key, and what follows from them.
fn table(in_use: &Tally, history: &Tally) -> String {
    if in_use.all() + history.all() == 0 {
        return "no secret is stored".to_owned();
    }
    let mut lines = vec![row("KEY", "IN USE", "HISTORY")];
    let counts = in_use.by_key.iter().zip(&history.by_key);
    for (place, (in_use, history)) in (1..).zip(counts) {
        let name = match place {
            1 => "first".to_owned(),
            older => format!("number {older}"),
        };
        lines.push(row(&name, &in_use.to_string(), &history.to_string()));
    }
    let (now, then) = (in_use.lost().to_string(), history.lost().to_string());
    lines.push(row("none", &now, &then));
    lines.push(String::new());
    lines.push(conclusion(in_use, history));
    lines.join("\n")
}

fn row(key: &str, in_use: &str, history: &str) -> String {
    format!("{key:<9}  {in_use:>6}  {history:>7}")
}

fn conclusion(in_use: &Tally, history: &Tally) -> String {
    if let Some(lost) = lost(in_use) {
        return format!("{lost}; {}", what_to_do(in_use));
    }
    let older = in_use.older() + history.older();
    let past = match history.lost() {
        0 => String::new(),
        lost => format!(
            "; {} of the history cannot be taken back any more",
            secrets(lost)
        ),
    };
    match (older, in_use.by_key.len()) {
        (0, 1) => format!("every secret in use opens{past}"),
        (0, _) => format!("the first key opens every secret; the others are not needed{past}"),
        (older, _) => format!(
            "{} still need an older key; `aimod keys rotate` seals them with the first{past}",
            secrets(older)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::GuildId;

    fn tally(by_key: &[u64], lost_keys: u64) -> Tally {
        Tally {
            by_key: by_key.to_vec(),
            lost_keys,
            guilds: [GuildId(7)].into(),
            ..Tally::default()
        }
    }

    fn lines(in_use: &Tally, history: &Tally) -> Vec<String> {
        let table = table(in_use, history);
        table.lines().map(str::to_owned).collect()
    }

    #[test]
    fn one_key_that_opens_everything_is_said_to() {
        assert_eq!(
            lines(&tally(&[12], 0), &tally(&[0], 0)),
            [
                "KEY        IN USE  HISTORY",
                "first          12        0",
                "none            0        0",
                "",
                "every secret in use opens",
            ]
        );
        for none in [tally(&[0], 0), tally(&[], 0)] {
            assert_eq!(lines(&none, &none), ["no secret is stored"]);
        }
    }

    #[test]
    fn what_needs_an_older_key_is_counted_and_what_is_lost_comes_first() {
        assert_eq!(
            lines(&tally(&[10, 3], 0), &tally(&[1, 2], 1)),
            [
                "KEY        IN USE  HISTORY",
                "first          10        1",
                "number 2        3        2",
                "none            0        1",
                "",
                "5 secrets still need an older key; `aimod keys rotate` seals them with the first; \
                 1 secret of the history cannot be taken back any more",
            ]
        );
        let last = |in_use, history| lines(&in_use, &history).pop().expect("a line");
        assert_eq!(
            last(tally(&[13, 0], 0), tally(&[3, 0], 0)),
            "the first key opens every secret; the others are not needed"
        );
        assert_eq!(
            last(tally(&[10, 3], 1), tally(&[1, 2], 0)),
            "1 of 14 stored secrets open with none of the 2 keys in ENCRYPTION_KEY (1 of API keys; in guild 7); \
             add the key they were sealed with at its end, after a comma, or give them up with `aimod keys forget`"
        );
    }

    #[test]
    fn a_program_reads_the_same_counts() {
        let told = object(&tally(&[10, 3], 1), &tally(&[1, 2], 4));
        assert_eq!(
            told,
            r#"{"in_use":{"by_key":[10,3],"lost":1},"history":{"by_key":[1,2],"lost":4}}"#
        );
    }
}
