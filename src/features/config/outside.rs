//! What the operator's command line says in the words of the commands: plain English, without Discord's marks.

use super::check::{Facts, Finding, check};
use super::members::{self, Members};
use super::replies;
use super::transfer::{Doubt, Unreadable};
use super::words::Words;
use crate::actions::discord::{DiscordRest, GuildLook, RestError};
use crate::domain::event::Event;
use crate::domain::ids::{ChannelId, GuildId, RoleId};
use crate::guild::config::registry::Registry;
use crate::guild::config::snapshot::Snapshot;
use crate::guild::language::Language;
use crate::guild::view::GuildView;

/// A guild as Discord shows it to an operator's command.
pub(crate) struct Sight {
    view: GuildView,
    look: GuildLook,
    members: Members,
}

/// Looks at a guild, and for the members that its settings name. `None` where the bot is not in it.
pub(crate) async fn look(
    discord: &DiscordRest,
    guild: GuildId,
    (registry, snapshot): (&Registry, &Snapshot),
) -> Result<Option<Sight>, RestError> {
    let Some(look) = discord.look_at(guild).await? else {
        return Ok(None);
    };
    let mut view = GuildView::unknown(guild);
    view.apply(&Event::GuildAvailable(Box::new(look.facts.clone())));
    let members = members::ask(discord, guild, (registry, snapshot)).await;
    Ok(Some(Sight {
        view,
        look,
        members,
    }))
}

/// What is wrong with a configuration, a sentence each: without a sight of the guild as far as that can be told without
/// Discord.
pub(crate) fn findings(
    registry: &Registry,
    snapshot: &Snapshot,
    sight: Option<&Sight>,
) -> Vec<String> {
    let (nothing, nobody) = (GuildView::unknown(GuildId::default()), Members::default());
    let facts = Facts {
        registry,
        snapshot,
        view: sight.map_or(&nothing, |sight| &sight.view),
        allowed_in: &|channel| {
            let look = &sight?.look;
            Some((look.allowed_in(channel)?, look.is_thread(channel)))
        },
        members: sight.map_or(&nobody, |sight| &sight.members),
    };
    let words = Words::new(Language::En, registry);
    let found = check(&facts);
    let found = found
        .iter()
        .filter(|one| !matches!(one, Finding::UnknownGuild));
    found
        .map(|one| unmarked(&plain(&replies::finding(words, one)), facts.view))
        .collect()
}

/// Discord's mentions as names and ids, which is what a terminal shows.
fn unmarked(text: &str, view: &GuildView) -> String {
    let mut parts = text.split('<');
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mention = part
            .split_once('>')
            .and_then(|(mark, rest)| Some((named(mark, view)?, rest)));
        match mention {
            Some((name, rest)) => whole.push_str(&format!("{name}{rest}")),
            None => whole.push_str(&format!("<{part}")),
        }
    }
    whole
}

fn named(mark: &str, view: &GuildView) -> Option<String> {
    let id = |digits: &str| digits.parse::<u64>().ok();
    if let Some(channel) = mark.strip_prefix('#').and_then(id) {
        let found = view.find_channel(ChannelId(channel));
        return Some(match found {
            Some(found) => format!("#{} ({channel})", found.name),
            None => format!("channel {channel}"),
        });
    }
    if let Some(role) = mark.strip_prefix("@&").and_then(id) {
        let found = view.find_role(RoleId(role));
        return Some(match found {
            Some(found) => format!("@{} ({role})", found.name),
            None => format!("role {role}"),
        });
    }
    let user = mark.strip_prefix('@').and_then(id)?;
    Some(format!("user {user}"))
}

/// What is to be known before an import.
pub(crate) fn doubt(registry: &Registry, doubt: &Doubt) -> String {
    plain(&replies::doubt(Words::new(Language::En, registry), doubt))
}

/// Why a file is no export.
pub(crate) fn unreadable(registry: &Registry, wrong: Unreadable) -> String {
    let words = Words::new(Language::En, registry);
    plain(&replies::unreadable(words, wrong))
}

fn plain(marked: &str) -> String {
    let plain = marked.replace("**", "").replace('`', "");
    plain.trim_end_matches('.').replace("/config ", "config ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{Channel, GuildFacts};

    #[test]
    fn mentions_become_names_and_everything_else_stays() {
        let facts = GuildFacts {
            channels: vec![Channel {
                id: ChannelId(5),
                name: "log".to_owned(),
                parent: None,
                text: true,
            }],
            ..GuildFacts::default()
        };
        let mut view = GuildView::unknown(GuildId(1));
        view.apply(&Event::GuildAvailable(Box::new(facts)));
        assert_eq!(
            unmarked("in <#5>, <#6>, of <@&7> and <@8>: 1 < 2 <b> <#x>", &view),
            "in #log (5), channel 6, of role 7 and user 8: 1 < 2 <b> <#x>"
        );
    }
}
