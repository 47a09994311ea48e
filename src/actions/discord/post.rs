//! Messages: notices, cards, and cards written anew.

use reqwest::Method;
use serde::Serialize;
use serde_json::json;
use serenity::builder::CreateMessage;

use super::error::RestError;
use super::limits::reason_header;
use super::messages;
use super::metrics::Route;
use super::rest::{Created, DiscordRest, call};
use crate::domain::ids::{ChannelId, MessageId, UserId};
use crate::domain::verdict::{Button, Card};

impl DiscordRest {
    /// Deletes a message. Needs Manage Messages in the channel.
    ///
    /// # Errors
    /// `NotFound` with `codes::UNKNOWN_MESSAGE` where it is already gone, which may be this call's own earlier attempt.
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
    /// within some minutes returns the first message. Tells where the message stands.
    ///
    /// # Errors
    /// `DmClosed` where the user does not accept direct messages.
    pub async fn send_notice(
        &self,
        user: UserId,
        text: &str,
        buttons: &[Button],
        nonce: &str,
    ) -> Result<(ChannelId, MessageId), RestError> {
        let channel = self.open_dm(user).await?;
        let notice = messages::notice(text, buttons, nonce);
        Ok((channel, self.post(channel, &notice).await?))
    }

    /// Posts a card in its channel as an embed, cut to Discord's limits, mentioning nobody. The same nonce (at most
    /// 25 characters) within some minutes returns the first message. Needs Send Messages and Embed Links.
    ///
    /// # Errors
    /// `NotFound` with [`codes::UNKNOWN_CHANNEL`](super::codes::UNKNOWN_CHANNEL) where the channel is gone.
    pub async fn post_card(&self, card: &Card, nonce: &str) -> Result<MessageId, RestError> {
        self.post(card.channel, &messages::card(card, nonce)).await
    }

    /// Writes a card of the bot's own anew, with its buttons; without any, those that are there go. Repeating it is
    /// harmless.
    ///
    /// # Errors
    /// `NotFound` where the message or its channel is gone, `Forbidden` where it is not the bot's.
    pub async fn edit_card(
        &self,
        channel: ChannelId,
        message: MessageId,
        card: &Card,
    ) -> Result<(), RestError> {
        let path = format!("/channels/{channel}/messages/{message}");
        let mut call = call(Route::EditMessage, Method::PATCH, path, channel.0);
        call.body = Some(as_json(&messages::edited_card(card))?);
        self.done(call).await
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
}

fn as_json(message: &impl Serialize) -> Result<Vec<u8>, RestError> {
    serde_json::to_vec(message).map_err(|_| RestError::Refused {
        status: 0,
        code: 0,
        message: "the message cannot be written as JSON".to_owned(),
    })
}
