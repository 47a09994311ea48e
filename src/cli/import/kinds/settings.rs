//! `guild_config.json`, `guild_settings.json`, `botdetect_config.json` and `log_event_toggles.json`: objects of settings by
//! guild, which become changes of the guilds' configurations like all others.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use diesel::QueryResult;
use futures_util::future::{BoxFuture, FutureExt as _};
use serde_json::Value as Json;

use super::wishes::{Reader, Target, Wish};
use super::{Kind, Legacy};
use crate::cli::import::fields::{Fields, NO_ID, Wrong, id_in};
use crate::cli::import::tray::{self, Tray};
use crate::cli::import::walk::{Record, Shape};
use crate::domain::ids::{GuildId, UserId};
use crate::guild::config::registry::Registry;
use crate::store::import::settings::{GuildState, load_states, write_changes};
use crate::store::import::{Fate, Mode, OldTable, Session, Settled, Telling};
use crate::store::tables::config::{ConfigChange, ConfigEdit, ConfigWritten, Place, Source};
use crate::vault::{Token, Vault};

/// Where settings come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli::import) enum Origin {
    /// The bot's own settings.
    Config,
    /// Those of its log.
    Settings,
    /// Those of its bot detection.
    BotDetection,
    /// Which events it logs.
    Toggles,
}

const fn legacy(file: &'static str, table: OldTable) -> Legacy {
    Legacy {
        file: Some(file),
        shape: Shape::Entries,
        table,
    }
}

static CONFIG: Legacy = legacy("wdiscordbot-json-data/guild_config.json", OldTable::CONFIG);
static SETTINGS: Legacy = legacy("logging-data/guild_settings.json", OldTable::SETTINGS);
static BOT_DETECTION: Legacy = legacy(
    "wdiscordbot-json-data/botdetect_config.json",
    OldTable::PHRASES,
);
static TOGGLES: Legacy = legacy("logging-data/log_event_toggles.json", OldTable::TOGGLES);

/// Settings of guilds.
#[derive(Clone)]
pub(in crate::cli::import) struct Settings {
    reader: Reader,
    overwrite: bool,
    /// Guilds that were read; one that stands twice counts once.
    seen: HashSet<i64>,
}

/// What an older bot had set in a guild.
pub(in crate::cli::import) struct GuildWishes {
    guild: GuildId,
    wishes: Vec<Wish>,
}

impl Settings {
    /// Settings of an origin; what is set here gives way only where `overwrite` says so.
    pub(in crate::cli::import) fn new(
        origin: Origin,
        (registry, vault): (Arc<Registry>, Option<Arc<Vault>>),
        overwrite: bool,
    ) -> Self {
        let reader = Reader {
            registry,
            vault,
            origin,
        };
        Self {
            reader,
            overwrite,
            seen: HashSet::new(),
        }
    }

    fn guild(&mut self, key: &str) -> Result<GuildId, Wrong> {
        let id =
            id_in(key).ok_or_else(|| Wrong::record(format!("its key is no guild: {NO_ID}")))?;
        if self.seen.insert(id) {
            return Ok(GuildId::from_i64(id));
        }
        Err(Wrong::record(
            "the guild stands twice in this file; its first settings count",
        ))
    }

    async fn settle(&self, session: &mut Session, rows: &[GuildWishes]) -> QueryResult<Settled> {
        let mut settled = Settled::default();
        let mut open: Vec<usize> = (0..rows.len()).collect();
        while !open.is_empty() {
            let guilds: Vec<GuildId> = open.iter().map(|row| rows[*row].guild).collect();
            let tables = self.reader.registry.tables();
            let states = load_states(session, &guilds, tables).await?;
            let judged: Vec<Judged> = open
                .iter()
                .map(|row| self.judge(*row, &rows[*row], &states, session.mode))
                .collect();
            let outdated = write(session, &judged).await?;
            open = judged
                .into_iter()
                .filter_map(|judged| {
                    // Somebody else has changed the guild meanwhile: it is judged anew.
                    if outdated.contains(&judged.change.guild) {
                        return Some(judged.row);
                    }
                    settled.new += judged.new;
                    settled.same += judged.same;
                    settled.told.extend(judged.told);
                    None
                })
                .collect();
        }
        Ok(settled)
    }

    /// Works out what becomes of a guild's wishes.
    fn judge(
        &self,
        row: usize,
        wished: &GuildWishes,
        states: &BTreeMap<GuildId, GuildState>,
        mode: Mode,
    ) -> Judged {
        let nothing = GuildState::default();
        let state = states.get(&wished.guild).unwrap_or(&nothing);
        let mut judged = Judged::new(row, wished.guild, state, self.reader.origin);
        for wish in &wished.wishes {
            let fate = match self.compare(wish, state) {
                Compared::Same => {
                    judged.same += 1;
                    continue;
                }
                Compared::Kept(why) => Fate::Kept(why.to_owned()),
                Compared::New => {
                    judged.new += 1;
                    judged.change.edits.extend(self.edit(wish));
                    if mode == Mode::Write {
                        continue;
                    }
                    Fate::Absent
                }
            };
            judged.told.push(Telling {
                row,
                field: wish.field.clone(),
                fate,
            });
        }
        judged
    }

    fn compare(&self, wish: &Wish, state: &GuildState) -> Compared {
        let now = current(wish, state);
        let is_same = match &now {
            Some(now) if wish.is_secret => self.opens_as(now, &wish.value),
            now => *now == wanted(wish),
        };
        match now {
            _ if is_same => Compared::Same,
            _ if self.overwrite => Compared::New,
            Some(_) => {
                Compared::Kept("another value is set here, and stays; --overwrite takes this one")
            }
            None if state.changed.contains(wish.target.name()) => {
                Compared::Kept("it was cleared here since, and stays so; --overwrite sets it")
            }
            None => Compared::New,
        }
    }

    fn opens_as(&self, now: &Json, secret: &Json) -> bool {
        use secrecy::ExposeSecret as _;
        let opened = self.reader.vault.as_ref().zip(Token::find_in(now));
        let opened = opened.and_then(|(vault, token)| vault.open(&token).ok());
        opened.is_some_and(|opened| Some(opened.expose_secret()) == secret.as_str())
    }

    fn edit(&self, wish: &Wish) -> Option<ConfigEdit> {
        let value = match &self.reader.vault {
            Some(vault) if wish.is_secret => Some(
                vault
                    .seal(wish.value.as_str().unwrap_or_default())
                    .to_json(),
            ),
            // Never in clear.
            None if wish.is_secret => return None,
            _ => wanted(wish),
        };
        Some(match &wish.target {
            Target::Key(key) => ConfigEdit {
                key: key.name.into(),
                place: key.place,
                default: (key.default)()
                    .filter(|_| key.place != Place::Row)
                    .map(|value| value.to_json()),
                value,
            },
            Target::Name(name) => ConfigEdit {
                key: name.clone().into(),
                place: Place::Row,
                default: None,
                value,
            },
        })
    }
}

enum Compared {
    Same,
    New,
    Kept(&'static str),
}

/// What is set now. A stored value that does not fit its key is another value than any that does.
fn current(wish: &Wish, state: &GuildState) -> Option<Json> {
    let stored = &state.stored.values;
    match &wish.target {
        Target::Name(name) => stored.get(name).cloned(),
        Target::Key(key) => {
            let json = stored.get(&key.stored_name())?;
            key.read_stored(json).map_or_else(
                |_| Some(json.clone()),
                |value| value.map(|value| value.to_json()),
            )
        }
    }
}

/// What is to be set; nothing where that is a column's default.
fn wanted(wish: &Wish) -> Option<Json> {
    match &wish.target {
        Target::Key(key) if !wish.is_secret => {
            let value = key.read(&wish.value).ok()?;
            key.unless_default(value).map(|value| value.to_json())
        }
        _ => Some(wish.value.clone()),
    }
}

/// What becomes of a guild's wishes.
struct Judged {
    row: usize,
    new: u64,
    same: u64,
    told: Vec<Telling>,
    change: ConfigChange,
}

impl Judged {
    fn new(row: usize, guild: GuildId, state: &GuildState, origin: Origin) -> Self {
        let change = ConfigChange {
            guild,
            expected: state.stored.version,
            edits: vec![],
            changed_by: UserId(0),
            source: Source::Import,
            reason: Some(format!("import of {}", of(origin).table.name)),
        };
        Self {
            row,
            new: 0,
            same: 0,
            told: vec![],
            change,
        }
    }
}

const fn of(origin: Origin) -> &'static Legacy {
    match origin {
        Origin::Config => &CONFIG,
        Origin::Settings => &SETTINGS,
        Origin::BotDetection => &BOT_DETECTION,
        Origin::Toggles => &TOGGLES,
    }
}

/// Writes what is to be changed, and tells for which guilds somebody else was faster.
async fn write(session: &mut Session, judged: &[Judged]) -> QueryResult<HashSet<GuildId>> {
    let changes = judged.iter().map(|judged| &judged.change);
    let changes: Vec<ConfigChange> = changes
        .filter(|change| !change.edits.is_empty())
        .cloned()
        .collect();
    if session.mode == Mode::Look || changes.is_empty() {
        return Ok(HashSet::new());
    }
    let written = write_changes(session, &changes).await?;
    let outdated = changes.iter().zip(written);
    Ok(outdated
        .filter(|(_, written)| *written == ConfigWritten::Outdated)
        .map(|(change, _)| change.guild)
        .collect())
}

impl Kind for Settings {
    type Row = GuildWishes;

    fn legacy(&self) -> &'static Legacy {
        of(self.reader.origin)
    }

    fn read(&mut self, record: Record<'_>, tray: &mut Tray<GuildWishes>) {
        let fields = self
            .guild(record.key())
            .and_then(|guild| Ok((guild, Fields::read(record.json)?)));
        let (guild, fields) = match fields {
            Ok(read) => read,
            Err(wrong) => {
                tray.read += 1;
                tray.refuse(&record.place, &wrong);
                return;
            }
        };
        let read = self.reader.read(fields);
        tray.read += (read.wishes.len() + read.refused.len()) as u64;
        for wrong in &read.refused {
            tray.refuse(&record.place, wrong);
        }
        for wrong in &read.unknown {
            tray.remark(tray::Kind::Unknown, &record.place, wrong);
        }
        if !read.wishes.is_empty() {
            let wishes = read.wishes;
            // A guild's settings cost more than a row of theirs would.
            let bytes = record.json.len().max(8 * 1024);
            tray.put(record.place, GuildWishes { guild, wishes }, bytes);
        }
    }

    fn settle<'a>(
        &'a mut self,
        session: &'a mut Session,
        rows: &'a [GuildWishes],
    ) -> BoxFuture<'a, QueryResult<Settled>> {
        Self::settle(self, session, rows).boxed()
    }
}
