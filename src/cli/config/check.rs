//! `aimod config check`: one guild, or all that the database knows.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::{Value as Json, json};

use super::Told;
use super::desk::Desk;
use super::words::visible;
use crate::actions::discord::{DiscordRest, RestError, RestOptions};
use crate::domain::ids::{ConfigVersion, GuildId};
use crate::features::config::outside::{Sight, findings, look};
use crate::guild::config::snapshot::Snapshot;
use crate::settings::Settings;

/// How many guilds are read by one statement.
const AT_ONCE: usize = 500;
/// How many guilds Discord is asked about at a time.
const LOOKS_AT_ONCE: usize = 8;
/// How long one call to Discord may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The arguments of `aimod config check`.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// The guild's id.
    #[arg(long, value_name = "ID", value_parser = super::guild, required_unless_present = "all")]
    guild: Option<GuildId>,
    /// Every guild that the database knows.
    #[arg(long, conflicts_with = "guild")]
    all: bool,
    /// Do not ask Discord, which otherwise tells of channels, roles, members and permissions where DISCORD_TOKEN is set.
    #[arg(long)]
    offline: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// What is wrong in a guild.
struct Found {
    guild: GuildId,
    version: ConfigVersion,
    findings: Vec<String>,
}

/// How many guilds were looked at on Discord.
#[derive(Default)]
struct Looks {
    seen: usize,
    /// The bot is not in them.
    absent: usize,
    unseen: usize,
    /// Why, of the first.
    why: Option<String>,
}

pub(super) async fn tell(desk: &Desk<'_>, args: &Args) -> anyhow::Result<Told> {
    let guilds = match args.guild {
        Some(guild) => vec![guild],
        None => desk.list_known().await?,
    };
    let eyes = Eyes::open(desk.settings(), args.offline)?;
    let (mut found, mut looks) = (Vec::new(), Looks::default());
    for some in guilds.chunks(AT_ONCE) {
        let read = desk.configurator.loader().read_many(some).await?;
        let seen = stream::iter(&read).map(|(guild, snapshot)| eyes.look(desk, *guild, snapshot));
        let seen: Vec<Seen> = seen.buffered(LOOKS_AT_ONCE).collect().await;
        for ((guild, snapshot), seen) in read.iter().zip(seen) {
            let sight = looks.note(seen);
            let findings = findings(desk.registry(), snapshot, sight.as_deref());
            if !findings.is_empty() {
                found.push(Found {
                    guild: *guild,
                    version: snapshot.version(),
                    findings,
                });
            }
        }
    }
    found.sort_by_key(|found| found.guild);
    let text = if args.json {
        as_json(guilds.len(), &found, &looks).to_string()
    } else {
        as_text(guilds.len(), &found, &looks)
    };
    let found = !found.is_empty();
    Ok(Told { text, found })
}

type Seen = Result<Option<Box<Sight>>, String>;

/// Discord's REST API, where there is a token for it.
struct Eyes {
    discord: Option<DiscordRest>,
    why_not: &'static str,
    /// Discord could not be reached; it is not asked again and again.
    is_away: AtomicBool,
}

impl Eyes {
    fn open(settings: &Settings, offline: bool) -> anyhow::Result<Self> {
        let (discord, why_not) = match &settings.discord.token {
            _ if offline => (None, "--offline"),
            None => (None, "DISCORD_TOKEN is not set"),
            Some(token) => {
                let options = RestOptions {
                    timeout: settings.actions.timeout,
                    max_attempts: 2,
                    deadline: PATIENCE,
                    // The bot that may be running has the rest.
                    per_second: (settings.discord.requests_per_second / 2).max(1),
                    ..RestOptions::default()
                };
                let base = settings.discord.api_base.as_deref();
                (Some(DiscordRest::new(token, base, options)?), "")
            }
        };
        Ok(Self {
            discord,
            why_not,
            is_away: AtomicBool::new(false),
        })
    }

    async fn look(&self, desk: &Desk<'_>, guild: GuildId, snapshot: &Snapshot) -> Seen {
        let Some(discord) = &self.discord else {
            return Err(self.why_not.to_owned());
        };
        if self.is_away.load(Ordering::Relaxed) {
            return Err("Discord could not be asked before".to_owned());
        }
        let seen = look(discord, guild, (desk.registry(), snapshot)).await;
        seen.map(|sight| sight.map(Box::new)).map_err(|error| {
            if matches!(error, RestError::Unavailable(_) | RestError::Unauthorized) {
                self.is_away.store(true, Ordering::Relaxed);
            }
            error.to_string()
        })
    }
}

impl Looks {
    fn note(&mut self, seen: Seen) -> Option<Box<Sight>> {
        match seen {
            Ok(Some(sight)) => {
                self.seen += 1;
                Some(sight)
            }
            Ok(None) => {
                self.absent += 1;
                None
            }
            Err(why) => {
                self.unseen += 1;
                self.why.get_or_insert(why);
                None
            }
        }
    }

    /// What was not looked at, and why.
    fn told(&self) -> String {
        let mut text = String::new();
        if self.absent > 0 {
            text.push_str(&format!("; AIMod is not in {} of them", self.absent));
        }
        if let Some(why) = &self.why {
            text.push_str(&format!(
                "; channels, roles, members and the bot's permissions were not looked at in {} ({why})",
                counted(self.unseen, "guild")
            ));
        }
        text
    }
}

fn as_text(checked: usize, all: &[Found], looks: &Looks) -> String {
    let mut text = String::new();
    for found in all {
        let Found { guild, version, .. } = found;
        text.push_str(&format!("guild {guild}, version {version}\n"));
        for finding in &found.findings {
            text.push_str(&format!("  - {}\n", visible(finding)));
        }
    }
    let findings: usize = all.iter().map(|found| found.findings.len()).sum();
    let checked = counted(checked, "guild");
    let tail = match findings {
        0 => "nothing is wrong".to_owned(),
        many => format!(
            "{} in {}",
            counted(many, "finding"),
            counted(all.len(), "guild")
        ),
    };
    text.push_str(&format!("{checked} checked: {tail}{}", looks.told()));
    text
}

fn counted(many: usize, what: &str) -> String {
    match many {
        1 => format!("1 {what}"),
        many => format!("{many} {what}s"),
    }
}

fn as_json(checked: usize, all: &[Found], looks: &Looks) -> Json {
    let guilds = all.iter().map(
        |found| json!({"guild": found.guild, "version": found.version, "findings": found.findings}),
    );
    json!({
        "checked": checked,
        "guilds": guilds.collect::<Vec<_>>(),
        "discord": {
            "seen": looks.seen,
            "absent": looks.absent,
            "unseen": looks.unseen,
            "why": looks.why,
        },
    })
}
