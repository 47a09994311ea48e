//! Members that are already present when an entry is made: looked for server by server, and banned where found.
//!
//! How far a server is searched stands in the database: what was added while the bot was off or could not be looked for,
//! and servers that are new, are searched later, by whichever process has the server then.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{StreamExt as _, stream};

use super::config::ENABLED;
use super::list::{Entry, GlobalBans};
use super::metrics::SEARCHED_TOTAL;
use super::rule::Found;
use super::table::{Searched, list_unsearched};
use crate::actions::discord::MemberState;
use crate::actions::{Actions, PerformError};
use crate::domain::clock::Clock;
use crate::domain::event::Author;
use crate::domain::ids::{GuildId, UserId};
use crate::guild::Guilds;
use crate::store::Pool;
use crate::writer::Writer;

/// How many servers are searched at one time. Discord's limit over all calls is kept by the client, and punishments that
/// come meanwhile wait behind these few at most.
const AT_ONCE: usize = 4;

/// For up to so many users each is asked for; for more, the members are listed.
const ASKED_ONE_BY_ONE: usize = 20;

/// Finds and bans members beside everything else.
pub struct Enforcer {
    /// The list, which also shows the progress.
    pub bans: GlobalBans,
    /// The servers of this process.
    pub guilds: Guilds,
    /// Asks Discord and carries the bans out.
    pub actions: Actions,
    /// Reads how far servers are searched.
    pub pool: Pool,
    /// Notes how far servers are searched.
    pub writer: Writer,
    /// Tells the time.
    pub clock: Clock,
}

/// A user of the list who is a member.
type Present = (Author, Entry);

impl Enforcer {
    /// What there is to search, and for what: the newest entry and the number of servers.
    pub(super) fn scope(&self) -> (i64, usize) {
        (self.bans.newest(), self.guilds.list_known().len())
    }

    /// Searches the servers of this process that have not been searched for every entry. Whether all of them are now;
    /// one that could not be searched is left to the next time.
    ///
    /// # Errors
    /// Where the database does not tell which those are.
    pub(super) async fn catch_up(&self) -> anyhow::Result<bool> {
        let newest = self.bans.newest();
        if newest == 0 {
            return Ok(true);
        }
        let known = self.guilds.list_known();
        let mut conn = self.pool.acquire().await?;
        let due = list_unsearched(&mut conn, &known, newest).await?;
        drop(conn);
        self.bans.begin(due.len());
        let failed = AtomicBool::new(false);
        let failed = &failed;
        stream::iter(due)
            .for_each_concurrent(AT_ONCE, |(guild, after)| async move {
                let searched = self.search(guild, after, newest).await;
                if let Err(error) = &searched {
                    tracing::warn!(guild.id = %guild, error = format!("{error:#}"), "a guild could not be searched for globally banned users");
                }
                SEARCHED_TOTAL.increment([searched.as_ref().map_or("failed", |how| how)]);
                self.bans.searched(searched.is_err());
                failed.fetch_or(searched.is_err(), Ordering::Relaxed);
            })
            .await;
        Ok(!failed.load(Ordering::Relaxed))
    }

    /// Bans whoever of the entries behind `after` is a member, and notes that the server is searched up to `newest`.
    async fn search(
        &self,
        guild: GuildId,
        after: i64,
        newest: i64,
    ) -> anyhow::Result<&'static str> {
        let snapshot = self.guilds.configuration(guild).await?;
        let how = if snapshot.values().bool(&ENABLED) {
            let present = self
                .find_present(guild, self.bans.list_after(after))
                .await?;
            let how = if present.is_empty() {
                "absent"
            } else {
                "found"
            };
            self.ban(guild, present).await?;
            how
        } else {
            "opted_out"
        };
        let searched = Searched {
            guild,
            number: newest,
        };
        self.writer.keep_now(searched).await?;
        Ok(how)
    }

    async fn find_present(
        &self,
        guild: GuildId,
        entries: Vec<(UserId, Entry)>,
    ) -> anyhow::Result<Vec<Present>> {
        let discord = self.actions.discord();
        let mut present = Vec::new();
        if entries.len() <= ASKED_ONE_BY_ONE {
            for (user, entry) in entries {
                if let Some(member) = discord.find_member(guild, user).await? {
                    present.push((author(user, member), entry));
                }
            }
            return Ok(present);
        }
        let mut wanted: HashMap<UserId, Entry> = entries.into_iter().collect();
        let mut after = UserId(0);
        loop {
            let page = discord.list_members(guild, after).await?;
            let Some((last, _)) = page.last() else {
                return Ok(present);
            };
            after = *last;
            for (user, member) in page {
                if let Some(entry) = wanted.remove(&user) {
                    present.push((author(user, member), entry));
                }
            }
        }
    }

    /// Bans them one after another. The journal has each before the server counts as searched.
    async fn ban(&self, guild: GuildId, present: Vec<Present>) -> anyhow::Result<()> {
        for (author, entry) in present {
            // Taken back meanwhile.
            if self.bans.find(author.id).as_ref() != Some(&entry) {
                continue;
            }
            let view = self.guilds.view_now(guild).await?;
            let snapshot = self.guilds.configuration(guild).await?;
            let found = Found {
                guild: &view,
                values: snapshot.values(),
                version: snapshot.version(),
                now: self.clock.now(),
            };
            match self
                .actions
                .perform(found.decide(&author, &entry, None))
                .await
            {
                // Banned a moment ago, because of a message say; or journaled, and taken up at the next start.
                Ok(_) | Err(PerformError::AlreadyKnown | PerformError::Interrupted) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

fn author(user: UserId, member: MemberState) -> Author {
    Author {
        id: user,
        name: member.name,
        roles: member.roles,
        ..Author::default()
    }
}
