//! Reads back what happened while nobody listened: before a start, after a kill, between two sessions, in an outage.
//!
//! Discord replays events to a session that is resumed, and to no other. So AIMod remembers until when it has heard
//! everything, and when a guild becomes available it reads the channels whose newest message is younger than that, and
//! what the audit log has gained since, which nothing announces: one call for each guild that lets it. A message or an
//! entry may thus be judged twice; the journal carries the same decision out once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::EventSink;
use super::listening::Listening;
use super::metrics::FOUND;
use crate::actions::discord::{DiscordRest, PAGE, RestError};
use crate::domain::event::{Event, GuildEvent, GuildFacts, Message, RollCall};
use crate::domain::ids::{
    AuditEntryId, ChannelId, DISCORD_EPOCH_MS, GuildId, MessageId, RoleId, UserId,
};
use crate::domain::permissions::Permissions;
use crate::guild::Guilds;
use crate::store::Pool;
use crate::store::tables::guilds::list_missing;

/// No channel is read further than this; a bot that was away in a flood would otherwise be busy with the past.
const MOST_PER_CHANNEL: usize = 10 * PAGE;

/// Nor is the audit log read over more pages than this.
const MOST_AUDIT_PAGES: usize = 10;

/// Hands events on to the guilds, and reads back what they have missed.
#[derive(Clone)]
pub struct CatchUp {
    /// Who gets the events.
    pub guilds: Guilds,
    /// Where the channels are read.
    pub discord: DiscordRest,
    /// Where it is read which guilds AIMod was in.
    pub pool: Pool,
    /// Until when everything has been heard, and what the time is.
    pub listening: Listening,
    /// How far back to read at most.
    pub most: Duration,
    /// Ends the reading.
    pub stopping: CancellationToken,
    /// Where the reading runs: not on the gateway's thread.
    pub runtime: Handle,
}

impl EventSink for CatchUp {
    fn deliver(&self, event: GuildEvent) {
        let missed = match &event.event {
            Event::GuildAvailable(facts) => {
                self.listening.present.came(event.guild);
                self.missed(event.guild, facts)
            }
            Event::GuildUnavailable => {
                self.listening.lost(event.guild);
                None
            }
            Event::GuildLeft => {
                self.listening.found(event.guild);
                self.listening.present.went(event.guild);
                None
            }
            _ => None,
        };
        let guild = event.guild;
        self.guilds.deliver(event);
        if let Some(missed) = missed {
            self.read_beside(self.clone().read(guild, missed));
        }
    }

    fn call_roll(&self, roll: RollCall) {
        self.listening.present.called(&roll);
        self.read_beside(self.clone().find_left(roll));
    }
}

/// What there is to read.
struct Missed {
    /// Channels with something new.
    channels: Vec<ChannelId>,
    /// Whether the audit log may be read; whether it has anything new only reading it tells.
    audit_log: bool,
    /// Everything that follows it.
    after: MessageId,
}

impl CatchUp {
    /// Reads on the other runtime, until the process stops.
    fn read_beside(&self, reading: impl Future<Output = ()> + Send + 'static) {
        let stopping = self.stopping.clone();
        let job = async move {
            stopping.run_until_cancelled_owned(reading).await;
        };
        self.listening.reading.spawn_on(job, &self.runtime);
    }

    /// Finds out from which guilds AIMod was removed while nobody listened: nothing else tells of it. With the database
    /// away, the next connection asks again.
    async fn find_left(self, roll: RollCall) {
        let missing = match self.pool.acquire().await {
            Ok(mut conn) => list_missing(&mut conn, &roll).await.map_err(Into::into),
            Err(error) => Err(anyhow::Error::from(error)),
        };
        let missing = missing.unwrap_or_else(|error| {
            tracing::warn!(%error, "it cannot be read which guilds were left meanwhile");
            Vec::new()
        });
        for guild in missing {
            self.deliver_left(guild).await;
        }
    }

    async fn deliver_left(&self, guild: GuildId) {
        let sink = self.clone();
        // A full mailbox makes the deliverer wait.
        let handed = tokio::task::spawn_blocking(move || {
            let left = GuildEvent {
                guild,
                received: Instant::now(),
                event: Event::GuildLeft,
            };
            let hand_over = || {
                tracing::info!(guild.id = %guild, "AIMod was removed from this guild while nobody listened");
                sink.listening.found(guild);
                sink.guilds.deliver(left);
            };
            sink.listening.present.unless_there(guild, hand_over);
        });
        if let Err(error) = handed.await {
            tracing::error!(guild.id = %guild, %error, "a departure that was found is lost");
        }
    }

    fn missed(&self, guild: GuildId, facts: &GuildFacts) -> Option<Missed> {
        let earliest = self.listening.now() - self.most;
        let away = self.listening.found(guild);
        let heard = self.listening.heard_until()?;
        let since = away.map_or(heard, |away| away.min(heard)).max(earliest);
        let channels: Vec<ChannelId> = facts
            .newest_messages
            .iter()
            .filter(|(_, newest)| newest.created_at() >= since)
            .map(|(channel, _)| *channel)
            .collect();
        let audit_log = bot_of(guild, facts).allow(Permissions::VIEW_AUDIT_LOG);
        (audit_log || !channels.is_empty()).then(|| Missed {
            channels,
            audit_log,
            after: first_id_of(since),
        })
    }

    #[expect(
        clippy::cognitive_complexity,
        reason = "each line of the log counts as branches"
    )]
    async fn read(self, guild: GuildId, missed: Missed) {
        let mut roles = HashMap::new();
        let (mut found, mut closed) = (0, 0);
        for channel in missed.channels {
            match self
                .read_channel(guild, channel, missed.after, &mut roles)
                .await
            {
                Ok(messages) => found += messages,
                // Channels that the bot cannot see it does not moderate either; in others it lacks the history alone.
                Err(RestError::Forbidden { .. }) => closed += 1,
                Err(error) => {
                    tracing::warn!(guild.id = %guild, channel.id = %channel, %error, "what was missed cannot be read");
                }
            }
        }
        if found > 0 {
            tracing::info!(guild.id = %guild, messages = found, "read what was posted while nobody listened");
        }
        if closed > 0 {
            tracing::info!(guild.id = %guild, channels = closed, "what was posted there meanwhile may not be read: Read Message History is missing");
        }
        if missed.audit_log
            && let Err(error) = self
                .read_audit_log(guild, AuditEntryId(missed.after.0))
                .await
        {
            tracing::warn!(guild.id = %guild, %error, "what was done while nobody listened cannot be read");
        }
    }

    /// Hands over what moderators did by hand.
    async fn read_audit_log(
        &self,
        guild: GuildId,
        mut after: AuditEntryId,
    ) -> Result<(), RestError> {
        for _ in 0..MOST_AUDIT_PAGES {
            let page = self.discord.list_audit_entries(guild, after).await?;
            for entry in page.entries {
                self.deliver_late(guild, Event::AuditEntry(entry)).await;
            }
            match page.next {
                Some(next) => after = next,
                None => break,
            }
        }
        Ok(())
    }

    async fn read_channel(
        &self,
        guild: GuildId,
        channel: ChannelId,
        mut after: MessageId,
        roles: &mut HashMap<UserId, Vec<RoleId>>,
    ) -> Result<usize, RestError> {
        let mut found = 0;
        while found < MOST_PER_CHANNEL {
            let page = self.discord.list_messages(channel, after).await?;
            let full = page.len() == PAGE;
            found += page.len();
            after = page.last().map_or(after, |message| message.id);
            for message in page {
                self.hand_over(guild, message, roles).await?;
            }
            if !full {
                break;
            }
        }
        Ok(found)
    }

    async fn hand_over(
        &self,
        guild: GuildId,
        mut message: Message,
        roles: &mut HashMap<UserId, Vec<RoleId>>,
    ) -> Result<(), RestError> {
        if message.author.bot || message.content.is_empty() {
            return Ok(());
        }
        let author = message.author.id;
        if let Entry::Vacant(place) = roles.entry(author) {
            let member = self.discord.find_member(guild, author).await?;
            place.insert(member.map_or_else(Vec::new, |member| member.roles));
        }
        message.author.roles = roles.get(&author).cloned().unwrap_or_default();
        FOUND.increment([]);
        self.deliver_late(guild, Event::MessageFound(message)).await;
        Ok(())
    }

    async fn deliver_late(&self, guild: GuildId, event: Event) {
        let event = GuildEvent {
            guild,
            received: Instant::now(),
            event,
        };
        let guilds = self.guilds.clone();
        // A full mailbox makes the deliverer wait.
        let handed = tokio::task::spawn_blocking(move || guilds.deliver(event)).await;
        if let Err(error) = handed {
            tracing::error!(guild.id = %guild, %error, "what was read back is lost");
        }
    }
}

/// What the bot may do in the whole guild, as the guild was described: a call that Discord would refuse is not made.
fn bot_of(guild: GuildId, facts: &GuildFacts) -> Permissions {
    let everyone = guild.everyone_role();
    let own = facts
        .roles
        .iter()
        .filter(|role| role.id == everyone || facts.bot_roles.contains(&role.id));
    own.fold(Permissions::NONE, |sum, role| sum | role.permissions)
}

/// The smallest id that Discord can have given at this moment, less one.
fn first_id_of(moment: DateTime<Utc>) -> MessageId {
    let ms = moment.timestamp_millis().saturating_sub(DISCORD_EPOCH_MS);
    MessageId((u64::try_from(ms).unwrap_or_default() << 22).saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + second, 0).expect("a moment")
    }

    #[test]
    fn every_message_of_a_moment_follows_its_first_id() {
        let first = first_id_of(at(0));
        assert!(first.created_at() < at(0));
        assert_eq!(MessageId(first.0 + 1).created_at(), at(0));
        assert_eq!(first_id_of(DateTime::UNIX_EPOCH), MessageId(0));
    }
}
