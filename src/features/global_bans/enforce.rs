//! Members that are already present when an entry is made: looked for server by server, and banned where found.
//!
//! How far a server is searched stands in the database: what was added while the bot was off or could not be looked for,
//! and servers that are new, are searched later, by whichever process has the server then.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{StreamExt as _, stream};
use tokio::time::Instant;

use super::again::Met;
use super::config::ENABLED;
use super::list::{Entry, GlobalBans};
use super::metrics::SEARCHED_TOTAL;
use super::rule::Found;
use super::table::{Searched, is_under_way, list_unsearched};
use crate::actions::discord::MemberState;
use crate::actions::{Actions, PerformError};
use crate::domain::clock::Clock;
use crate::domain::event::Author;
use crate::domain::ids::{GuildId, UserId};
use crate::guild::Guilds;
use crate::store::Pool;
use crate::writer::Writer;

/// How many servers are searched at one time. Discord's limit over all calls is kept by the client.
const AT_ONCE: usize = 4;

/// How many members of one server are told and banned at one time: those whose notices are out are banned by one request.
/// Punishments that come meanwhile wait behind so many calls of each server at most.
const TOGETHER: usize = 10;

/// The pauses before a server that could not be searched is searched again: the first and the longest.
pub(super) const PAUSE: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(3_600));

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
    /// The servers that could not be searched.
    pub refusals: Refusals,
    /// The servers that were searched since nobody listened to them.
    pub met: Met,
}

/// The servers that could not be searched, and when that is tried again.
#[derive(Default)]
pub struct Refusals(Mutex<HashMap<GuildId, Refusal>>);

#[derive(Clone, Copy)]
struct Refusal {
    pause: Duration,
    until: Instant,
}

impl Refusals {
    pub(super) fn allow(&self, guild: GuildId) -> bool {
        let refusals = self.locked();
        refusals
            .get(&guild)
            .is_none_or(|refusal| refusal.until <= Instant::now())
    }

    /// Notes another failure, and gives the pause until the next attempt: twice the last one.
    pub(super) fn note(&self, guild: GuildId) -> Duration {
        let mut refusals = self.locked();
        let last = refusals.get(&guild).map(|refusal| refusal.pause);
        let pause = last.map_or(PAUSE.0, |last| (last * 2).min(PAUSE.1));
        let until = Instant::now() + pause;
        refusals.insert(guild, Refusal { pause, until });
        pause
    }

    pub(super) fn forget(&self, guild: GuildId) {
        self.locked().remove(&guild);
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<GuildId, Refusal>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A user of the list who is a member.
pub(super) type Present = (Author, Entry);

impl Enforcer {
    /// What there is to search, and for what: the newest entry and the number of servers.
    pub(super) fn scope(&self) -> (i64, usize) {
        (self.bans.newest(), self.guilds.list_known().len())
    }

    /// Searches the servers of this process that have not been searched for every entry and take part. Whether all of
    /// them are now. One that could not be searched is left to a later time, or, `at_once`, tried whenever that was.
    ///
    /// # Errors
    /// Where the database does not tell which those are.
    pub(super) async fn catch_up(&self, at_once: bool) -> anyhow::Result<bool> {
        let newest = self.bans.newest();
        if newest == 0 {
            return Ok(true);
        }
        let known = self.guilds.list_known();
        let mut conn = self.pool.acquire().await?;
        let unsearched = list_unsearched(&mut conn, &known, newest).await?;
        drop(conn);
        let mut due = Vec::with_capacity(unsearched.len());
        let mut is_left = false;
        for (guild, after) in unsearched {
            if !(at_once || self.refusals.allow(guild)) {
                is_left = true;
            } else if self.takes_part(guild).await {
                due.push((guild, after));
            }
        }
        self.bans.begin(due.len());
        let failed = AtomicBool::new(is_left);
        let failed = &failed;
        stream::iter(due)
            .for_each_concurrent(AT_ONCE, |(guild, after)| async move {
                let searched = self.search(guild, after, newest).await;
                match &searched {
                    Ok(_) => self.refusals.forget(guild),
                    Err(error) => {
                        let pause = self.refusals.note(guild);
                        tracing::warn!(guild.id = %guild, error = format!("{error:#}"), next = ?pause, "a guild could not be searched for globally banned users");
                    }
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
        let description = self.guilds.view(guild).descriptions;
        let entries = self.bans.list_after(after);
        let present = self.find_present(guild, entries).await?;
        let how = found(&present);
        self.ban(guild, present).await?;
        let searched = Searched {
            guild,
            number: newest,
        };
        self.writer.keep_now(searched).await?;
        if after == 0 {
            self.met.note(guild, description);
        }
        Ok(how)
    }

    /// Whether the server keeps to global bans. One that has opted out counts as not searched, so that it is as soon as
    /// it opts in. Where that is not known now, the search tells why.
    pub(super) async fn takes_part(&self, guild: GuildId) -> bool {
        let snapshot = self.guilds.configuration(guild).await;
        snapshot.map_or(true, |snapshot| snapshot.values().bool(&ENABLED))
    }

    pub(super) async fn find_present(
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

    /// Bans them, a few at a time. The journal has each before the server counts as searched. Where not one of the few can
    /// be banned, the others are neither tried nor told.
    pub(super) async fn ban(&self, guild: GuildId, present: Vec<Present>) -> anyhow::Result<()> {
        let mut failed = None;
        for few in present.chunks(TOGETHER) {
            let bans = few.iter().map(|one| self.ban_one(guild, one));
            let outcomes = join_all(bans).await;
            let none = outcomes.iter().all(Result::is_err);
            failed = failed.or(outcomes.into_iter().find_map(Result::err));
            if none {
                break;
            }
        }
        failed.map_or(Ok(()), Err)
    }

    async fn ban_one(&self, guild: GuildId, (author, entry): &Present) -> anyhow::Result<()> {
        // Taken back meanwhile.
        if self.bans.find(author.id).as_ref() != Some(entry) {
            return Ok(());
        }
        let mut conn = self.pool.acquire().await?;
        let under_way = is_under_way(&mut conn, guild, author.id).await?;
        drop(conn);
        anyhow::ensure!(!under_way, "a ban of {} is under way", author.id);
        let view = self.guilds.view_now(guild).await?;
        let snapshot = self.guilds.configuration(guild).await?;
        anyhow::ensure!(snapshot.values().bool(&ENABLED), "it has just opted out");
        let found = Found {
            guild: &view,
            values: snapshot.values(),
            version: snapshot.version(),
            now: self.clock.now(),
        };
        let decision = found.decide(author, entry, None);
        // Known to be out of reach: the case says so, and asking again would not change it.
        let hopeless = decision.standing.obstacle(decision.punishment).is_some();
        match self.actions.perform(decision).await {
            // Journaled, and taken up at the next start.
            Err(PerformError::Interrupted) => Ok(()),
            Ok(performed) if performed.done || hopeless => Ok(()),
            Err(PerformError::AlreadyKnown) if hopeless => Ok(()),
            Ok(performed) => {
                let why = performed.detail.unwrap_or_default();
                anyhow::bail!("{} could not be banned: {why}", author.id);
            }
            Err(error) => Err(anyhow::Error::new(error).context(format!("a ban of {}", author.id))),
        }
    }
}

/// What a search has come to, as a metric label.
pub(super) const fn found(present: &[Present]) -> &'static str {
    if present.is_empty() {
        "absent"
    } else {
        "found"
    }
}

fn author(user: UserId, member: MemberState) -> Author {
    Author {
        id: user,
        name: member.name,
        roles: member.roles,
        joined_at: member.joined_at,
        ..Author::default()
    }
}
