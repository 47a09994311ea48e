//! Bans, kicks and time-outs, and what takes them back.

use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{RestError, codes};
use super::limits::{BULK_BAN, MAX_DELETE_MESSAGE_SECS, reason_header};
use super::metrics::Route;
use super::rest::{DiscordRest, call};
use crate::domain::ids::{GuildId, UserId};

/// What became of a bulk ban.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct BulkBanned {
    /// Who is banned by it.
    #[serde(rename = "banned_users")]
    pub banned: Vec<UserId>,
    /// Who is not: banned before, or out of the bot's reach.
    #[serde(rename = "failed_users", default)]
    pub failed: Vec<UserId>,
}

impl DiscordRest {
    /// Bans a user, member or not, and deletes their messages of the last `delete_message_secs` seconds (at most seven
    /// days). Needs Ban Members and a higher role. Banning twice is no error.
    ///
    /// # Errors
    /// `Forbidden` where the bot may not ban this user.
    pub async fn ban(
        &self,
        guild: GuildId,
        user: UserId,
        delete_message_secs: u32,
        reason: &str,
    ) -> Result<(), RestError> {
        let seconds = delete_message_secs.min(MAX_DELETE_MESSAGE_SECS);
        let path = format!("/guilds/{guild}/bans/{user}");
        let mut call = call(Route::Ban, Method::PUT, path, guild.0);
        call.body = Some(body(&json!({ "delete_message_seconds": seconds })));
        call.reason = reason_header(reason);
        self.done(call).await
    }

    /// Lifts a ban. Needs Ban Members.
    ///
    /// # Errors
    /// `NotFound` with [`codes::UNKNOWN_BAN`] where the user is not banned, which may be this call's own earlier attempt.
    pub async fn unban(&self, guild: GuildId, user: UserId, reason: &str) -> Result<(), RestError> {
        let path = format!("/guilds/{guild}/bans/{user}");
        let mut call = call(Route::Unban, Method::DELETE, path, guild.0);
        call.reason = reason_header(reason);
        self.done(call).await
    }

    /// Bans up to [`BULK_BAN`] users in one request; what is beyond is failed without asking. Needs Ban Members and
    /// Manage Server. Whoever is banned already, or may not be banned by the bot, is among the failed; so after an answer
    /// that was lost are those that it banned ([`DiscordRest::is_banned`] tells).
    ///
    /// # Errors
    /// `Forbidden` where the bot lacks a permission, or with [`codes::STRANGER_BANS_EXCEEDED`] where the guild has banned
    /// too many users who were no members for now.
    pub async fn bulk_ban(
        &self,
        guild: GuildId,
        users: &[UserId],
        delete_message_secs: u32,
        reason: &str,
    ) -> Result<BulkBanned, RestError> {
        let (asked, beyond) = users.split_at(users.len().min(BULK_BAN));
        if asked.is_empty() {
            return Ok(BulkBanned::default());
        }
        let seconds = delete_message_secs.min(MAX_DELETE_MESSAGE_SECS);
        let path = format!("/guilds/{guild}/bulk-ban");
        let mut call = call(Route::BulkBan, Method::POST, path, guild.0);
        let wanted = json!({ "user_ids": asked, "delete_message_seconds": seconds });
        call.body = Some(body(&wanted));
        call.reason = reason_header(reason);
        let mut outcome = match self.read(call).await {
            // Discord's way of saying that every one of them failed.
            Err(RestError::Refused {
                code: codes::BULK_BAN_FAILED,
                ..
            }) => BulkBanned {
                banned: Vec::new(),
                failed: asked.to_vec(),
            },
            answer => answer?,
        };
        outcome.failed.extend_from_slice(beyond);
        Ok(outcome)
    }

    /// Removes a member. Needs Kick Members and a higher role.
    ///
    /// # Errors
    /// `NotFound` with [`codes::UNKNOWN_MEMBER`] where the user is no member, which may be this call's own earlier attempt.
    pub async fn kick(&self, guild: GuildId, user: UserId, reason: &str) -> Result<(), RestError> {
        let path = format!("/guilds/{guild}/members/{user}");
        let mut call = call(Route::Kick, Method::DELETE, path, guild.0);
        call.reason = reason_header(reason);
        self.done(call).await
    }

    /// Takes a member's voice until then, at most 28 days from now. Needs Moderate Members and a higher role.
    ///
    /// # Errors
    /// `Refused` where `until` is too far, `Forbidden` for administrators and the owner.
    pub async fn time_out(
        &self,
        guild: GuildId,
        user: UserId,
        until: DateTime<Utc>,
        reason: &str,
    ) -> Result<(), RestError> {
        let until = until.to_rfc3339_opts(SecondsFormat::Millis, true);
        self.edit_timeout((guild, user), &json!(until), reason)
            .await
    }

    /// Gives a member's voice back. Needs Moderate Members and a higher role. Of somebody who is not timed out it is no
    /// error.
    ///
    /// # Errors
    /// `NotFound` with [`codes::UNKNOWN_MEMBER`] where the user is no member.
    pub async fn end_timeout(
        &self,
        guild: GuildId,
        user: UserId,
        reason: &str,
    ) -> Result<(), RestError> {
        self.edit_timeout((guild, user), &Value::Null, reason).await
    }

    async fn edit_timeout(
        &self,
        (guild, user): (GuildId, UserId),
        until: &Value,
        reason: &str,
    ) -> Result<(), RestError> {
        let path = format!("/guilds/{guild}/members/{user}");
        let mut call = call(Route::TimeOut, Method::PATCH, path, guild.0);
        call.body = Some(body(&json!({ "communication_disabled_until": until })));
        call.reason = reason_header(reason);
        self.done(call).await
    }

    /// Whether the user is banned. Needs Ban Members.
    ///
    /// # Errors
    /// Any but `NotFound` with [`codes::UNKNOWN_BAN`], which is the answer `false`.
    pub async fn is_banned(&self, guild: GuildId, user: UserId) -> Result<bool, RestError> {
        let path = format!("/guilds/{guild}/bans/{user}");
        let found = self.done(call(Route::FindBan, Method::GET, path, guild.0));
        match found.await {
            Ok(()) => Ok(true),
            Err(RestError::NotFound {
                code: codes::UNKNOWN_BAN,
            }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn body(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}
