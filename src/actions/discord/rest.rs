//! The client: one method per side effect.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use serenity::builder::CreateMessage;

use super::error::{RestError, SetupError, codes};
use super::kept::{KeptMessage, PAGE};
use super::lanes::Lanes;
use super::limits::{MAX_DELETE_MESSAGE_SECS, reason_header};
use super::member::{Application, MemberState};
use super::messages;
use super::metrics::Route;
use super::pace::Pace;
use super::send::{Call, Sender};
use crate::domain::event::Message;
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::domain::verdict::Card;

const DISCORD: &str = "https://discord.com";

/// How patient the client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestOptions {
    /// The longest wait for the answer to one attempt.
    pub timeout: Duration,
    /// How many attempts may fail by 5xx, connection or time-out. Answers of 429 do not count.
    pub max_attempts: u32,
    /// The longest that a call may take, waiting for its bucket included.
    pub deadline: Duration,
    /// The pause after the first failed attempt; doubles with each further one, up to 8 s.
    pub backoff: Duration,
    /// How many requests Discord takes in a second, over all routes.
    pub per_second: u32,
}

impl Default for RestOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            max_attempts: 5,
            deadline: Duration::from_secs(60),
            backoff: Duration::from_millis(250),
            per_second: 50,
        }
    }
}

/// Discord's REST API. Cloning is cheap; clones share connections and limits.
///
/// Every method gives up with a [`RestError`]: `Forbidden`, `NotFound`, `Refused` and `DmClosed` are Discord's last word,
/// `RateLimited`, `Unavailable` and `Unauthorized` are not. After an `Unavailable` the call may have been carried out.
#[derive(Clone, Debug)]
pub struct DiscordRest {
    pub(super) sender: Arc<Sender>,
}

/// Of whatever has an id, the id.
#[derive(Deserialize)]
pub(super) struct Created<Id> {
    pub(super) id: Id,
}

impl DiscordRest {
    /// Makes the client. Nothing is sent yet. With `api_base`, requests go there instead of to `https://discord.com`,
    /// past any proxy that the environment names.
    ///
    /// # Errors
    /// Names a token or an address that cannot be used.
    pub fn new(
        token: &SecretString,
        api_base: Option<&str>,
        options: RestOptions,
    ) -> Result<Self, SetupError> {
        if let Some(base) = api_base {
            check_base(base)?;
        }
        let built = |headers: HeaderMap, redirects: Policy| {
            let builder = Client::builder()
                .redirect(redirects)
                .user_agent(serenity::constants::USER_AGENT)
                .default_headers(headers)
                .connect_timeout(options.timeout);
            let builder = match api_base {
                Some(_) => builder.no_proxy(),
                None => builder,
            };
            let built = builder.build();
            built.map_err(|error| SetupError::Client(error.to_string()))
        };
        let base = api_base.unwrap_or(DISCORD).trim_end_matches('/');
        let sender = Sender {
            client: built(credentials(token)?, Policy::default())?,
            bare: built(HeaderMap::new(), Policy::none())?,
            api: format!("{base}/api/v10"),
            options,
            lanes: Lanes::default(),
            pace: Pace::new(options.per_second),
            token_refused: false.into(),
        };
        Ok(Self {
            sender: Arc::new(sender),
        })
    }

    /// Deletes a message. Needs Manage Messages in the channel.
    ///
    /// # Errors
    /// `NotFound` with [`codes::UNKNOWN_MESSAGE`] where it is already gone, which may be this call's own earlier attempt.
    pub async fn delete_message(
        &self,
        channel: ChannelId,
        message: MessageId,
        reason: &str,
    ) -> Result<(), RestError> {
        let path = format!("/channels/{channel}/messages/{message}");
        let mut call = call(Route::DeleteMessage, Method::DELETE, path, channel.0);
        call.reason = reason_header(reason);
        self.done(call).await
    }

    /// Opens the direct-message channel with a user, or finds the one that is open.
    ///
    /// # Errors
    /// `DmClosed` or `Refused` where the user cannot be written to.
    pub async fn open_dm(&self, user: UserId) -> Result<ChannelId, RestError> {
        let path = "/users/@me/channels".to_owned();
        let mut call = call(Route::OpenDm, Method::POST, path, 0);
        call.body = Some(json!({ "recipient_id": user }).to_string().into_bytes());
        let channel: Created<ChannelId> = self.read(call).await?;
        Ok(channel.id)
    }

    /// Writes to a user directly, cut to 2,000 characters, mentioning nobody. The same nonce (at most 25 characters)
    /// within some minutes returns the first message.
    ///
    /// # Errors
    /// `DmClosed` where the user does not accept direct messages.
    pub async fn send_notice(
        &self,
        user: UserId,
        text: &str,
        nonce: &str,
    ) -> Result<MessageId, RestError> {
        let channel = self.open_dm(user).await?;
        self.post(channel, &messages::notice(text, nonce)).await
    }

    /// Posts a card in its channel as an embed, cut to Discord's limits, mentioning nobody. The same nonce (at most
    /// 25 characters) within some minutes returns the first message. Needs Send Messages and Embed Links.
    ///
    /// # Errors
    /// `NotFound` with [`codes::UNKNOWN_CHANNEL`] where the channel is gone.
    pub async fn post_card(&self, card: &Card, nonce: &str) -> Result<MessageId, RestError> {
        self.post(card.channel, &messages::card(card, nonce)).await
    }

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
        call.body = Some(
            json!({ "delete_message_seconds": seconds })
                .to_string()
                .into_bytes(),
        );
        call.reason = reason_header(reason);
        self.done(call).await
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
        let path = format!("/guilds/{guild}/members/{user}");
        let until = until.to_rfc3339_opts(SecondsFormat::Millis, true);
        let body = json!({ "communication_disabled_until": until });
        let mut call = call(Route::TimeOut, Method::PATCH, path, guild.0);
        call.body = Some(body.to_string().into_bytes());
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

    /// The member as Discord knows it now; `None` where the user is no member.
    ///
    /// # Errors
    /// Any but `NotFound` with [`codes::UNKNOWN_MEMBER`] or [`codes::UNKNOWN_USER`], which are the answer `None`.
    pub async fn find_member(
        &self,
        guild: GuildId,
        user: UserId,
    ) -> Result<Option<MemberState>, RestError> {
        let path = format!("/guilds/{guild}/members/{user}");
        let found = self.read(call(Route::FindMember, Method::GET, path, guild.0));
        match found.await {
            Ok(member) => Ok(Some(member)),
            Err(RestError::NotFound {
                code: codes::UNKNOWN_MEMBER | codes::UNKNOWN_USER,
            }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The messages of a channel that follow `after`, oldest first, at most [`PAGE`]. Needs Read Message History. The
    /// authors come without their roles.
    ///
    /// # Errors
    /// `Forbidden` where the channel may not be read.
    pub async fn list_messages(
        &self,
        channel: ChannelId,
        after: MessageId,
    ) -> Result<Vec<Message>, RestError> {
        let path = format!("/channels/{channel}/messages?after={after}&limit={PAGE}");
        let call = call(Route::ListMessages, Method::GET, path, channel.0);
        let mut found: Vec<KeptMessage> = self.read(call).await?;
        found.sort_unstable_by_key(|message| message.id);
        Ok(found.into_iter().map(KeptMessage::into_message).collect())
    }

    /// The bot's own application: proves the token and tells the granted intents.
    ///
    /// # Errors
    /// `Unauthorized` where the token is not accepted.
    pub async fn application(&self) -> Result<Application, RestError> {
        let path = "/oauth2/applications/@me".to_owned();
        self.read(call(Route::Application, Method::GET, path, 0))
            .await
    }

    async fn post(
        &self,
        channel: ChannelId,
        message: &CreateMessage,
    ) -> Result<MessageId, RestError> {
        let path = format!("/channels/{channel}/messages");
        let mut call = call(Route::PostMessage, Method::POST, path, channel.0);
        call.body = Some(as_json(message)?);
        let message: Created<MessageId> = self.read(call).await?;
        Ok(message.id)
    }

    async fn done(&self, call: Call) -> Result<(), RestError> {
        self.sender.send(call).await.map(drop)
    }

    pub(super) async fn read<T: DeserializeOwned>(&self, call: Call) -> Result<T, RestError> {
        let route = call.route.label();
        let body = self.sender.send(call).await?;
        serde_json::from_slice(&body).map_err(|error| {
            // The category and place of the error, but not its text, which may quote the body.
            let (what, column) = (error.classify(), error.column());
            RestError::Unavailable(format!(
                "the answer to {route} is unreadable ({what:?} at {column})"
            ))
        })
    }
}

pub(super) const fn call(route: Route, method: Method, path: String, major: u64) -> Call {
    Call {
        route,
        method,
        path,
        major,
        body: None,
        reason: None,
    }
}

fn as_json(message: &CreateMessage) -> Result<Vec<u8>, RestError> {
    serde_json::to_vec(message).map_err(|_| RestError::Refused {
        status: 0,
        code: 0,
        message: "the message cannot be written as JSON".to_owned(),
    })
}

fn credentials(token: &SecretString) -> Result<HeaderMap, SetupError> {
    let token = token.expose_secret().trim();
    let token = token.strip_prefix("Bot ").unwrap_or(token);
    let mut value = HeaderValue::try_from(format!("Bot {token}")).map_err(|_| SetupError::Token)?;
    value.set_sensitive(true);
    Ok(HeaderMap::from_iter([(AUTHORIZATION, value)]))
}

fn check_base(base: &str) -> Result<(), SetupError> {
    match Url::parse(base) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(()),
        _ => Err(SetupError::ApiBase(base.to_owned())),
    }
}
