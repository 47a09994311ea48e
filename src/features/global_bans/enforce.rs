//! Members that are already present when an entry is made: looked for server by server, and banned where found.

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::config::ENABLED;
use super::list::{Entry, GlobalBans};
use super::metrics::SEARCHED_TOTAL;
use super::rule::Found;
use crate::actions::Actions;
use crate::domain::clock::Clock;
use crate::domain::event::Author;
use crate::domain::ids::{GuildId, UserId};
use crate::guild::Guilds;

/// How many servers are asked at one time. Discord's limit over all calls is kept by the client, and punishments that come
/// meanwhile wait behind these few at most.
const AT_ONCE: usize = 4;

/// Finds and bans members beside everything else; cloning is cheap.
#[derive(Clone)]
pub struct Enforcer {
    /// The list, which also shows the progress.
    pub bans: GlobalBans,
    /// The servers of this process.
    pub guilds: Guilds,
    /// Asks Discord and carries the bans out.
    pub actions: Actions,
    /// Tells the time.
    pub clock: Clock,
    /// The stop waits for what runs here.
    pub tasks: TaskTracker,
    /// Set when the process stops. What was not searched by then is searched by the next start.
    pub stopping: CancellationToken,
}

impl Enforcer {
    /// The time.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Searches all servers of this process for these users, in the background.
    pub(super) fn enforce(&self, entries: Vec<(UserId, Entry)>) {
        let guilds = self.guilds.list_known();
        self.bans.begin(guilds.len() * entries.len());
        let this = self.clone();
        self.tasks.spawn(async move {
            let stopping = this.stopping.clone();
            stopping
                .run_until_cancelled(this.search(guilds, entries))
                .await;
        });
    }

    async fn search(&self, guilds: Vec<GuildId>, entries: Vec<(UserId, Entry)>) {
        let mut searches = Vec::with_capacity(guilds.len() * entries.len());
        for (user, entry) in entries {
            searches.extend(guilds.iter().map(|guild| (*guild, user, entry.clone())));
        }
        stream::iter(searches)
            .for_each_concurrent(AT_ONCE, |(guild, user, entry)| async move {
                let how = match self.search_one(guild, user, &entry).await {
                    Ok(how) => how,
                    Err(error) => {
                        tracing::warn!(guild.id = %guild, user.id = %user, error = format!("{error:#}"), "a globally banned user could not be looked for");
                        "failed"
                    }
                };
                SEARCHED_TOTAL.increment([how]);
                self.bans.searched();
            })
            .await;
    }

    async fn search_one(
        &self,
        guild: GuildId,
        user: UserId,
        entry: &Entry,
    ) -> anyhow::Result<&'static str> {
        let snapshot = self.guilds.configuration(guild).await?;
        if !snapshot.values().bool(&ENABLED) {
            return Ok("opted_out");
        }
        // Taken back meanwhile.
        if self.bans.find(user).as_ref() != Some(entry) {
            return Ok("taken_back");
        }
        let Some(member) = self.actions.discord().find_member(guild, user).await? else {
            return Ok("absent");
        };
        let view = self.guilds.view_now(guild).await?;
        let author = Author {
            id: user,
            name: member.name,
            roles: member.roles,
            ..Author::default()
        };
        let found = Found {
            guild: &view,
            values: snapshot.values(),
            version: snapshot.version(),
            now: self.clock.now(),
        };
        self.actions.submit(found.decide(&author, entry, None))?;
        Ok("found")
    }
}
