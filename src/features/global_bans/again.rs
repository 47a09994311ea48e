//! Members who joined while nobody listened, before a start or between two sessions: no rule has met them, so a server that
//! Discord describes anew is searched for the whole list once more. One server at a time: new entries do not wait for it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::enforce::{Enforcer, Present, Refusals, found};
use super::metrics::SEARCHED_TOTAL;
use super::table::list_unsearched;
use crate::domain::ids::GuildId;
use crate::domain::verdict::Punishment;

/// How long one server may keep the others waiting. What was begun in it goes on all the same.
const AT_MOST: Duration = Duration::from_secs(60);

/// For which of its descriptions each server was searched, and which could not be.
#[derive(Default)]
pub struct Met {
    descriptions: Mutex<HashMap<GuildId, u64>>,
    refusals: Refusals,
}

impl Met {
    /// Notes that a server was searched for the whole list since it was described the last time.
    pub(super) fn note(&self, guild: GuildId, description: u64) {
        self.refusals.forget(guild);
        self.locked().insert(guild, description);
    }

    fn is_due(&self, guild: GuildId, description: u64) -> bool {
        self.locked().get(&guild) != Some(&description) && self.refusals.allow(guild)
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<GuildId, u64>> {
        self.descriptions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Enforcer {
    /// Searches one of the servers that were described anew, if there is one. Whether there was.
    pub(super) async fn search_one_again(&self) -> bool {
        let Some((guild, description)) = self.find_described_anew() else {
            return false;
        };
        let searched = tokio::time::timeout(AT_MOST, self.search_again(guild)).await;
        match searched.unwrap_or_else(|late| Err(late.into())) {
            Ok(true) => self.met.note(guild, description),
            Ok(false) => {
                self.met.refusals.note(guild);
            }
            Err(error) => {
                let pause = self.met.refusals.note(guild);
                SEARCHED_TOTAL.increment(["failed"]);
                tracing::warn!(guild.id = %guild, error = format!("{error:#}"), next = ?pause, "a guild could not be searched again for globally banned users");
            }
        }
        true
    }

    fn find_described_anew(&self) -> Option<(GuildId, u64)> {
        if self.bans.newest() == 0 {
            return None;
        }
        let known = self.guilds.list_known().into_iter();
        let described = known.map(|guild| (guild, self.guilds.view(guild).descriptions));
        let mut anew =
            described.filter(|(guild, description)| self.met.is_due(*guild, *description));
        anew.next()
    }

    /// Whether it is done with. A server that has not been searched for all entries is left to that search first.
    async fn search_again(&self, guild: GuildId) -> anyhow::Result<bool> {
        let entries = self.bans.list_after(0);
        if !self.takes_part(guild).await {
            return Ok(true);
        }
        let mut conn = self.pool.acquire().await?;
        let unsearched = list_unsearched(&mut conn, &[guild], self.bans.newest()).await?;
        drop(conn);
        if !unsearched.is_empty() {
            return Ok(false);
        }
        let present = self.find_present(guild, entries).await?;
        let within_reach = self.within_reach(guild, present).await?;
        SEARCHED_TOTAL.increment([found(&within_reach)]);
        self.ban(guild, within_reach).await?;
        Ok(true)
    }

    /// Without those whom the bot cannot ban: their case said so when they were met, and would say it at every start.
    async fn within_reach(
        &self,
        guild: GuildId,
        present: Vec<Present>,
    ) -> anyhow::Result<Vec<Present>> {
        let view = self.guilds.view_now(guild).await?;
        let ban = Punishment::Ban {
            delete_message_secs: 0,
        };
        let within = |(author, _): &Present| {
            let standing = view.standing_towards(author);
            standing.obstacle(ban).is_none()
        };
        Ok(present.into_iter().filter(within).collect())
    }
}
