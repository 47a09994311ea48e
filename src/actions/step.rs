//! One step: called until it has an outcome, and never called again where Discord shows that it was done.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::bans::Batch;
use super::discord::{RestError, codes};
use super::executor::Executor;
use super::operation::{Done, Ended, Operation};
use super::plan::{Call, nonce};
use crate::domain::ids::{GuildId, UserId};
use crate::store::tables::cases::is_overruled;

/// How long a stop waits for the call in hand. It may have been carried out all the same: the next run finds out.
const STOP_GRACE: Duration = Duration::from_secs(2);

/// The detail of a step that would have changed a card which somebody has deleted.
pub const CARD_GONE: &str = "the card is gone";

/// The detail of an edit that was not made, because a later one of the same card was asked for by then.
pub const CARD_OVERTAKEN: &str = "a newer edit has taken its place";

/// A call with all that Discord is told.
struct Request<'a> {
    guild: GuildId,
    call: &'a Call,
    reason: &'a str,
    nonce: &'a str,
    /// Since when somebody may have tried it; `None` before the first attempt.
    tried_since: Option<DateTime<Utc>>,
}

impl Executor {
    /// Tries a step until it has an outcome. `None` where the process stops first.
    pub(super) async fn end_step(
        self: &Arc<Self>,
        operation: &Operation,
        place: usize,
    ) -> Option<(Ended, Done)> {
        let step = &operation.steps[place].step;
        if let Some(obstacle) = &step.obstacle {
            return Some((Ended::skipped(obstacle), Done::default()));
        }
        let call = match self.awaited(operation, step).await? {
            Ok(call) => call,
            Err(why) => return Some((Ended::skipped(why), Done::default())),
        };
        let mut request = Request {
            guild: operation.guild,
            call: &call,
            reason: &step.reason,
            nonce: &nonce(&operation.key, i16::try_from(place).unwrap_or(i16::MAX)),
            tried_since: operation.resumed.then(|| operation.since()),
        };
        let started = tokio::time::Instant::now();
        loop {
            if self.cards.is_overtaken(&step.call, operation.decided_at) {
                return Some((Ended::skipped(CARD_OVERTAKEN), Done::default()));
            }
            if let Some(why) = self.needless(operation, &request).await {
                return Some((Ended::skipped(why), Done::default()));
            }
            let tried = self.try_step(operation, &request);
            let error = match self.before_the_stop(tried).await? {
                Ok(ended) => return Some(ended),
                Err(error) => error,
            };
            if let Some(ended) = ending(&call, &error) {
                return Some((ended, Done::default()));
            }
            if started.elapsed() > self.options.retry_for {
                return Some((Ended::failed(error.to_string()), Done::default()));
            }
            // The failed call may have been carried out: only its answer may be missing.
            request.tried_since = Some(operation.since());
            tracing::warn!(guild.id = %operation.guild, action = call.label(), %error, "Discord is tried again");
            self.pause().await;
            if self.stopping.is_cancelled() {
                return None;
            }
        }
    }

    /// Why a step must not be tried, or not again, because of what has happened since it was decided.
    async fn needless(&self, operation: &Operation, request: &Request<'_>) -> Option<&'static str> {
        let call = request.call;
        if self.is_over(call) {
            return Some("the time-out had ended before it could be set");
        }
        if self.cards.is_overtaken(call, operation.decided_at) {
            return Some(CARD_OVERTAKEN);
        }
        let may_be = request.tried_since.is_some() || self.is_contradicted(operation, call);
        if !may_be || !self.is_overruled(operation, call).await {
            return None;
        }
        Some(match call {
            Call::Unban { .. } | Call::EndTimeout { .. } => "the user was punished anew since",
            _ => "it was taken back before it was done",
        })
    }

    /// A time-out that would end in the past is none, and setting it would lift one that somebody else has set.
    fn is_over(&self, call: &Call) -> bool {
        matches!(call, Call::TimeOut { until, .. } if *until <= self.clock.now())
    }

    /// Whether the contrary was asked for in this process since, which spares the question to the database.
    fn is_contradicted(&self, operation: &Operation, call: &Call) -> bool {
        call.contrary().is_some_and(|(user, contrary)| {
            let deed = (operation.guild, user, contrary.label());
            self.deeds.is_after(&deed, operation.decided_at)
        })
    }

    /// Whether a later case says the contrary: what was held up must not undo it. Without a database there is nobody to
    /// ask, and what was decided goes on.
    async fn is_overruled(&self, operation: &Operation, call: &Call) -> bool {
        let Some((user, contrary)) = call.contrary() else {
            return false;
        };
        let Ok(mut conn) = self.pool.acquire().await else {
            return false;
        };
        let (whom, since) = ((operation.guild, user), operation.decided_at);
        let overruled = is_overruled(&mut conn, whom, contrary.label(), since).await;
        overruled.unwrap_or_else(|error| {
            tracing::warn!(guild.id = %operation.guild, %error, "later cases cannot be read");
            false
        })
    }

    async fn before_the_stop<T>(&self, call: impl Future<Output = T>) -> Option<T> {
        let given_up = async {
            self.stopping.cancelled().await;
            tokio::time::sleep(STOP_GRACE).await;
        };
        tokio::select! {
            answer = call => Some(answer),
            () = given_up => None,
        }
    }

    async fn try_step(
        &self,
        operation: &Operation,
        request: &Request<'_>,
    ) -> Result<(Ended, Done), RestError> {
        if let Some(since) = request.tried_since {
            if self.was_done(request, since).await? {
                return Ok((Ended::DONE, Done::default()));
            }
            // Meanwhile somebody may have taken it back.
            if let Some(why) = self.needless(operation, request).await {
                return Ok((Ended::skipped(why), Done::default()));
            }
        }
        let done = self.call(request).await?;
        Ok((Ended::DONE, done))
    }

    async fn call(&self, request: &Request<'_>) -> Result<Done, RestError> {
        let Request {
            guild,
            call,
            reason,
            nonce,
            ..
        } = *request;
        let discord = &self.discord;
        match call {
            Call::DeleteMessage { channel, message } => {
                discord.delete_message(*channel, *message, reason).await?;
            }
            Call::Notice {
                user,
                text,
                buttons,
                ..
            } => {
                let posted = discord.send_notice(*user, text, buttons, nonce).await?;
                return Ok(Done {
                    posted: Some(posted),
                });
            }
            Call::TimeOut { user, until } => {
                discord.time_out(guild, *user, *until, reason).await?;
            }
            Call::Kick { user } => discord.kick(guild, *user, reason).await?,
            Call::Ban {
                user,
                delete_message_secs,
            } => {
                let batch = Batch {
                    guild,
                    delete_message_secs: *delete_message_secs,
                    reason: reason.to_owned(),
                };
                self.bans.ban(discord, batch, *user).await?;
            }
            Call::EndTimeout { user } => discord.end_timeout(guild, *user, reason).await?,
            Call::Unban { user } => {
                self.bans.make_way(guild, *user).await;
                discord.unban(guild, *user, reason).await?;
            }
            Call::Card(card) => {
                let message = discord.post_card(card, nonce).await?;
                return Ok(Done {
                    posted: Some((card.channel, message)),
                });
            }
            Call::EditCard {
                channel,
                message,
                card,
            } => discord.edit_card(*channel, *message, card).await?,
            // By now it is known where the card stands: see `awaited`.
            Call::EditPosted { .. } => {}
        }
        Ok(Done::default())
    }

    /// Whether Discord's state shows that an earlier attempt was carried out. While Discord cannot be asked it is not
    /// tried again either.
    async fn was_done(
        &self,
        request: &Request<'_>,
        since: DateTime<Utc>,
    ) -> Result<bool, RestError> {
        let guild = request.guild;
        let seen = match request.call {
            Call::Ban { user, .. } => self.discord.is_banned(guild, *user).await,
            Call::Kick { user } => self.is_gone(guild, *user, since).await,
            Call::TimeOut { user, until } => self.is_timed_out(guild, *user, *until).await,
            Call::EndTimeout { user } => self.is_free(guild, *user).await,
            Call::Unban { user } => {
                let banned = self.discord.is_banned(guild, *user).await;
                banned.map(|banned| !banned)
            }
            // Repeating these changes nothing: a deleted message is gone, the nonce names a message once, and a card
            // that is written anew says the same.
            Call::DeleteMessage { .. }
            | Call::Notice { .. }
            | Call::Card(_)
            | Call::EditCard { .. }
            | Call::EditPosted { .. } => Ok(false),
        };
        match seen {
            // The bot may not look, but perhaps act; a repeated kick of somebody who is gone is refused.
            Err(error) if error.is_final() => Ok(false),
            seen => seen,
        }
    }

    /// Somebody who came back after the kick is not kicked again.
    async fn is_gone(
        &self,
        guild: GuildId,
        user: UserId,
        since: DateTime<Utc>,
    ) -> Result<bool, RestError> {
        let member = self.discord.find_member(guild, user).await?;
        Ok(member.is_none_or(|member| member.joined_at.is_some_and(|at| at > since)))
    }

    /// Whether a member is there and not timed out. Of somebody who has left Discord keeps the time-out, and says so
    /// when it is asked to end it.
    async fn is_free(&self, guild: GuildId, user: UserId) -> Result<bool, RestError> {
        let member = self.discord.find_member(guild, user).await?;
        let now = self.clock.now();
        Ok(member.is_some_and(|member| member.timeout_until.is_none_or(|until| until <= now)))
    }

    async fn is_timed_out(
        &self,
        guild: GuildId,
        user: UserId,
        until: DateTime<Utc>,
    ) -> Result<bool, RestError> {
        let member = self.discord.find_member(guild, user).await?;
        let there = member.and_then(|member| member.timeout_until);
        // Discord keeps milliseconds.
        Ok(there.is_some_and(|there| there + TimeDelta::milliseconds(1) >= until))
    }
}

/// What Discord's refusal means for a step: its end, or `None` where trying again may help.
fn ending(call: &Call, error: &RestError) -> Option<Ended> {
    match (call, error) {
        // Somebody else deleted it or lifted it, or the member is gone already: what was wanted is so.
        (Call::DeleteMessage { .. }, RestError::NotFound { .. })
        | (
            Call::Kick { .. },
            RestError::NotFound {
                code: codes::UNKNOWN_MEMBER | codes::UNKNOWN_USER,
            },
        )
        | (
            Call::Unban { .. },
            RestError::NotFound {
                code: codes::UNKNOWN_BAN | codes::UNKNOWN_USER,
            },
        ) => Some(Ended::DONE),
        (Call::TimeOut { .. } | Call::EndTimeout { .. }, RestError::NotFound { .. }) => {
            Some(Ended::skipped("the member has left"))
        }
        (Call::EditCard { .. }, RestError::NotFound { .. }) => Some(Ended::skipped(CARD_GONE)),
        (Call::Notice { .. }, RestError::DmClosed | RestError::NotFound { .. }) => {
            Some(Ended::skipped("the member's direct messages are closed"))
        }
        (call, error) if error.is_final() => {
            Some(Ended::failed(format!("{}: {error}", call.label())))
        }
        _ => None,
    }
}
