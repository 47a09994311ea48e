//! `aimod config export | import`. Names of channels and roles are not known here: a file of another guild says by `--map`
//! which stands for which.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::change::{done, make};
use super::desk::Desk;
use super::past::{listed, say};
use super::words::{Refused, confirm, visible};
use super::{Of, Remarks};
use crate::domain::ids::{ChannelId, RoleId};
use crate::features::config::transfer::{self, Directory, Doubt, MOST_BYTES, Place};
use crate::features::config::{outside, past};
use crate::guild::view::GuildView;
use crate::store::tables::config::Source;

/// A file to import.
pub(super) struct File {
    pub(super) file: PathBuf,
    pub(super) map: Vec<(u64, u64)>,
}

/// Reads `OLD=NEW`.
pub(super) fn pair(text: &str) -> Result<(u64, u64), String> {
    let (old, new) = text.split_once('=').ok_or("write it as OLD=NEW")?;
    let id = |text: &str| text.trim().parse::<u64>();
    match (id(old), id(new)) {
        (Ok(old), Ok(new)) if i64::try_from(new).is_ok_and(|new| new > 0) => Ok((old, new)),
        _ => Err("both are ids, as in 1234=5678".to_owned()),
    }
}

pub(super) async fn export(desk: &Desk<'_>, of: &Of) -> anyhow::Result<String> {
    let snapshot = desk.load(of.guild).await?;
    let nameless = GuildView::unknown(of.guild);
    let file = transfer::export(of.guild, &snapshot, desk.registry(), &nameless);
    Ok(serde_json::to_string_pretty(&file)?)
}

pub(super) async fn import(
    desk: &Desk<'_>,
    of: &Of,
    file: &File,
    remarks: Remarks,
    yes: bool,
) -> anyhow::Result<String> {
    let registry = desk.registry();
    let bytes = read(&file.file)?;
    let export =
        transfer::read(&bytes).map_err(|wrong| Refused(outside::unreadable(registry, wrong)))?;
    let mapped = Mapped::of(&file.map);
    let plan = transfer::plan(&export, of.guild, &mapped, registry);
    mapped.complete()?;
    for doubt in plan.doubts.iter().filter(|doubt| is_told(doubt)) {
        eprintln!("aimod: {}", visible(&outside::doubt(registry, doubt)));
    }
    let now = desk.load(of.guild).await?;
    let steps = past::towards(registry, &now, &plan.values);
    if steps.is_empty() && !of.json {
        let (guild, version) = (of.guild, now.version());
        return Ok(format!(
            "guild {guild}: nothing to change, the file holds nothing else than version {version}"
        ));
    }
    let head = format!("guild {}: into version {}\n", of.guild, now.version());
    say(of, &format!("{head}\n{}", listed(registry, &steps)));
    confirm("Take these settings over?", yes || steps.is_empty())?;
    let (edits, _) = past::edits(registry, &steps);
    let kept = past::kept(registry, &steps);
    let remarks = Remarks {
        version: remarks.version.or(Some(now.version())),
        ..remarks
    };
    let changed = make(desk, of, (edits, kept), (Source::Import, remarks)).await?;
    Ok(done(of, &changed))
}

/// What was mapped by the operator is no doubt.
const fn is_told(doubt: &Doubt) -> bool {
    !matches!(doubt, Doubt::Channel(..) | Doubt::Role(..))
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let named = || format!("cannot read {}", path.display());
    let mut bytes = Vec::new();
    // One more than is taken tells that there is more.
    let most = u64::try_from(MOST_BYTES)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let read = if path.as_os_str() == "-" {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        let file = std::fs::File::open(path).with_context(named)?;
        file.take(most).read_to_end(&mut bytes)
    };
    read.with_context(named)?;
    if bytes.len() > MOST_BYTES {
        let why = "the file is too large; an export has at most 1 MiB";
        return Err(Refused(why.to_owned()).into());
    }
    Ok(bytes)
}

/// Stands for a guild of which no names are known.
struct Mapped {
    map: BTreeMap<u64, u64>,
    missing: RefCell<Vec<String>>,
}

impl Mapped {
    fn of(map: &[(u64, u64)]) -> Self {
        Self {
            map: map.iter().copied().collect(),
            missing: RefCell::default(),
        }
    }

    fn place(&self, (what, id): (&str, u64), name: &str, is_foreign: bool) -> Place {
        match self.map.get(&id) {
            Some(here) => Place::Instead(*here),
            None if !is_foreign => Place::Same,
            None => {
                let name = match name.parse::<u64>() {
                    Ok(same) if id == same => String::new(),
                    _ => format!(" ({})", visible(name)),
                };
                self.missing.borrow_mut().push(format!("{what} {id}{name}"));
                Place::Nowhere
            }
        }
    }

    /// Refuses a file of another guild of which not every channel and role is mapped: nothing is left out unasked.
    fn complete(&self) -> Result<(), Refused> {
        let mut missing = self.missing.borrow().clone();
        missing.sort();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Refused(format!(
            "nothing was changed: the file is of another guild; say --map OLD=NEW for {}",
            missing.join(", ")
        )))
    }
}

impl Directory for Mapped {
    fn channel(&self, id: ChannelId, name: &str, is_foreign: bool) -> Place {
        self.place(("channel", id.0), name, is_foreign)
    }

    fn role(&self, id: RoleId, name: &str, is_foreign: bool) -> Place {
        self.place(("role", id.0), name, is_foreign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_two_ids() {
        assert_eq!(pair("12=34"), Ok((12, 34)));
        for text in [
            "12",
            "12=",
            "=34",
            "a=b",
            "12=0",
            "12=-1",
            "1=99999999999999999999",
        ] {
            assert!(pair(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_not_mapped_is_named_once() {
        let mapped = Mapped::of(&[(1, 10)]);
        assert_eq!(mapped.channel(ChannelId(1), "a", true), Place::Instead(10));
        assert_eq!(mapped.role(RoleId(2), "b", false), Place::Same);
        mapped.complete().expect("nothing is missing");
        for _ in 0..2 {
            assert_eq!(mapped.role(RoleId(2), "mods\n", true), Place::Nowhere);
        }
        mapped.channel(ChannelId(3), "3", true);
        assert_eq!(
            mapped.complete().expect_err("missing").to_string(),
            "nothing was changed: the file is of another guild; say --map OLD=NEW for channel 3, role 2 (mods\\n)"
        );
    }
}
