//! The client: what it is made of, and what it reads. See `punish` and `post` for what it does.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::{RestError, SetupError, codes};
use super::kept::{KeptMessage, PAGE};
use super::lanes::Lanes;
use super::member::{Application, Listed, MEMBERS_PAGE, MemberState};
use super::metrics::Route;
use super::pace::Pace;
use super::send::{Call, Sender};
use crate::domain::event::Message;
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};

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

    /// The members of a guild whose ids follow `after`, by id, at most [`MEMBERS_PAGE`]. Needs the Server Members Intent.
    ///
    /// # Errors
    /// `Forbidden` without the intent.
    pub async fn list_members(
        &self,
        guild: GuildId,
        after: UserId,
    ) -> Result<Vec<(UserId, MemberState)>, RestError> {
        let path = format!("/guilds/{guild}/members?after={after}&limit={MEMBERS_PAGE}");
        let found: Vec<Listed> = self
            .read(call(Route::ListMembers, Method::GET, path, guild.0))
            .await?;
        let mut members: Vec<_> = found.into_iter().map(Listed::into_member).collect();
        members.sort_unstable_by_key(|(user, _)| *user);
        Ok(members)
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

    pub(super) async fn done(&self, call: Call) -> Result<(), RestError> {
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
