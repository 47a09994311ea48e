//! Messages as Discord keeps them: what a channel's history brings, as far as it is judged.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::domain::event::{Author, Message};
use crate::domain::ids::{ChannelId, MessageId, UserId};

/// How many messages one call brings at most; Discord gives no more.
pub const PAGE: usize = 100;

#[derive(Deserialize)]
pub(super) struct KeptMessage {
    pub(super) id: MessageId,
    channel_id: ChannelId,
    author: KeptAuthor,
    content: String,
    webhook_id: Option<IgnoredAny>,
    #[serde(default)]
    message_snapshots: Vec<Snapshot>,
}

#[derive(Deserialize)]
struct KeptAuthor {
    id: UserId,
    username: String,
    #[serde(default)]
    avatar: Option<String>,
    #[serde(default)]
    bot: bool,
    #[serde(default)]
    system: bool,
}

/// What a forward shows.
#[derive(Deserialize)]
struct Snapshot {
    message: Shown,
}

#[derive(Deserialize)]
struct Shown {
    #[serde(default)]
    content: String,
}

impl KeptMessage {
    /// In our words. The author's roles are not part of a history.
    pub(super) fn into_message(self) -> Message {
        let shown = self.message_snapshots.into_iter();
        let texts: Vec<String> = std::iter::once(self.content)
            .chain(shown.map(|snapshot| snapshot.message.content))
            .filter(|text| !text.is_empty())
            .collect();
        Message {
            id: self.id,
            channel: self.channel_id,
            author: Author {
                id: self.author.id,
                name: self.author.username,
                bot: self.author.bot || self.author.system || self.webhook_id.is_some(),
                avatar: self.author.avatar.and_then(|hash| hash.parse().ok()),
                ..Author::default()
            },
            content: texts.join("\n"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Message {
        let kept: KeptMessage = serde_json::from_str(text).expect("a message");
        kept.into_message()
    }

    #[test]
    fn a_forward_says_what_it_shows() {
        let message = read(
            r#"{"id":"5","channel_id":"6","author":{"id":"7","username":"mallory","avatar":"06c16474723fe537c283b8efa61a30c8"},
                "content":"",
                "message_snapshots":[{"message":{"content":"free nitro"}}],"type":0}"#,
        );
        assert_eq!(message.content, "free nitro");
        assert_eq!(message.author.name, "mallory");
        let avatar = message.author.avatar.map(|avatar| avatar.to_string());
        assert_eq!(avatar.as_deref(), Some("06c16474723fe537c283b8efa61a30c8"));
        assert!(!message.author.bot);
    }

    #[test]
    fn a_webhook_is_no_member() {
        let message = read(
            r#"{"id":"5","channel_id":"6","author":{"id":"7","username":"news"},"content":"x","webhook_id":"7"}"#,
        );
        assert!(message.author.bot);
    }
}
