//! The members that settings name: whether they are still here. Discord is asked, a bounded number in a bounded time.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::actions::discord::DiscordRest;
use crate::domain::ids::{GuildId, UserId};
use crate::guild::config::registry::Registry;
use crate::guild::config::snapshot::Snapshot;
use crate::guild::config::value::{Kind, Value};

/// The most members that one check asks for.
const MOST: usize = 50;
/// How long it asks.
const WITHIN: Duration = Duration::from_secs(5);

/// What Discord said about them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Members {
    /// Those who are no members.
    pub(super) gone: BTreeSet<UserId>,
    /// How many could not be asked for.
    pub(super) unasked: usize,
}

/// All members that settings name.
fn named(registry: &Registry, snapshot: &Snapshot) -> BTreeSet<UserId> {
    let lists = registry.keys().filter(|key| key.kind == Kind::Users);
    let lists = lists.filter_map(|key| match snapshot.values().find(key) {
        Some(Value::Ids(ids)) => Some(ids.iter().map(|id| UserId(*id)).collect::<Vec<_>>()),
        _ => None,
    });
    lists.flatten().collect()
}

/// Asks Discord for each. Who cannot be asked for, for want of time or of an answer, is counted.
pub(super) async fn ask(
    discord: &DiscordRest,
    guild: GuildId,
    (registry, snapshot): (&Registry, &Snapshot),
) -> Members {
    let named = named(registry, snapshot);
    let mut gone = BTreeSet::new();
    let mut asked = 0;
    let asking = async {
        for user in named.iter().take(MOST) {
            match discord.find_member(guild, *user).await {
                Ok(Some(_)) => {}
                Ok(None) => drop(gone.insert(*user)),
                Err(error) => {
                    tracing::warn!(guild.id = %guild, %error, "members could not be asked for");
                    return;
                }
            }
            asked += 1;
        }
    };
    drop(tokio::time::timeout(WITHIN, asking).await);
    Members {
        gone,
        unasked: named.len() - asked,
    }
}
