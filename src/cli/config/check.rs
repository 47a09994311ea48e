//! `aimod config check`: one guild, or all that the database knows.

use serde_json::{Value as Json, json};

use super::Told;
use super::desk::Desk;
use super::words::visible;
use crate::domain::ids::{ConfigVersion, GuildId};
use crate::features::config::outside::findings;

/// How many guilds are read by one statement.
const AT_ONCE: usize = 500;

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

pub(super) async fn tell(desk: &Desk<'_>, args: &Args) -> anyhow::Result<Told> {
    let guilds = match args.guild {
        Some(guild) => vec![guild],
        None => desk.list_known().await?,
    };
    let mut found = Vec::new();
    for some in guilds.chunks(AT_ONCE) {
        for (guild, snapshot) in desk.configurator.loader().read_many(some).await? {
            let findings = findings(desk.registry(), &snapshot);
            if !findings.is_empty() {
                let version = snapshot.version();
                found.push(Found {
                    guild,
                    version,
                    findings,
                });
            }
        }
    }
    found.sort_by_key(|found| found.guild);
    let text = if args.json {
        as_json(guilds.len(), &found).to_string()
    } else {
        as_text(guilds.len(), &found)
    };
    let found = !found.is_empty();
    Ok(Told { text, found })
}

fn as_text(checked: usize, all: &[Found]) -> String {
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
    text.push_str(&format!(
        "{checked} checked: {tail}; channels, roles and the bot's permissions are looked at by /config check on Discord"
    ));
    text
}

fn counted(many: usize, what: &str) -> String {
    match many {
        1 => format!("1 {what}"),
        many => format!("{many} {what}s"),
    }
}

fn as_json(checked: usize, all: &[Found]) -> Json {
    let guilds = all.iter().map(
        |found| json!({"guild": found.guild, "version": found.version, "findings": found.findings}),
    );
    json!({"checked": checked, "guilds": guilds.collect::<Vec<_>>()})
}
