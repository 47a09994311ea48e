//! What comes after the first answer to an interaction: edits of the original, follow-ups, deletions.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::domain::ids::MessageId;
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::rules::form::wrong;
use crate::simulator::world::World;
use crate::simulator::world::files::NewFile;
use crate::simulator::world::interaction::{Interaction, LAST_ANSWER, Progress};
use crate::simulator::world::message::{
    AllowedMentions, COMPONENTS_V2, Draft, EPHEMERAL, Edit, LOADING, SUPPRESS_EMBEDS,
};

/// A message as the bot sends it, for posting and editing. In an edit, what is left out stays, and null is empty.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Reply {
    #[serde(deserialize_with = "given")]
    pub(crate) content: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    pub(crate) embeds: Option<Option<Vec<Value>>>,
    #[serde(deserialize_with = "given")]
    pub(crate) components: Option<Option<Vec<Value>>>,
    #[serde(deserialize_with = "given")]
    pub(crate) attachments: Option<Option<Vec<Value>>>,
    pub(crate) flags: Option<u64>,
    pub(crate) nonce: Option<Value>,
    pub(crate) enforce_nonce: Option<bool>,
    pub(crate) message_reference: Option<Reference>,
    pub(crate) allowed_mentions: Option<AllowedMentions>,
    /// The files that came with it.
    #[serde(skip)]
    pub(crate) files: Vec<NewFile>,
}

/// The message that a new one replies to.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Reference {
    pub(crate) message_id: Option<MessageId>,
    #[serde(default)]
    pub(crate) fail_if_not_exists: Option<bool>,
}

fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Flags that a bot may set: suppress embeds, ephemeral, silent, components of the second kind.
const SETTABLE: u64 = SUPPRESS_EMBEDS | EPHEMERAL | (1 << 12) | COMPONENTS_V2;

impl Reply {
    pub(crate) fn read(data: &Value) -> Ruling<Self> {
        if data.is_null() {
            return Ok(Self::default());
        }
        Self::deserialize(data)
            .map_err(|problem| wrong("", "MODEL_TYPE_CONVERT", problem.to_string()))
    }

    pub(crate) fn into_draft(self) -> Draft {
        Draft {
            content: self.content.flatten().unwrap_or_default(),
            embeds: self.embeds.flatten().unwrap_or_default(),
            components: self.components.flatten().unwrap_or_default(),
            attachments: files(self.attachments.flatten().unwrap_or_default()),
            files: self.files,
            system: None,
            flags: self.flags.unwrap_or(0) & SETTABLE,
            reply_to: self.message_reference.and_then(|one| one.message_id),
            nonce: self.nonce,
            origin: None,
            allowed_mentions: self.allowed_mentions,
        }
    }

    pub(crate) fn into_edit(self) -> Edit {
        Edit {
            content: self.content.map(Option::unwrap_or_default),
            embeds: self.embeds.map(Option::unwrap_or_default),
            components: self.components.map(Option::unwrap_or_default),
            attachments: self.attachments.map(Option::unwrap_or_default),
            files: self.files,
            flags: None,
            suppress: self.flags.map(|flags| flags & SUPPRESS_EMBEDS != 0),
            allowed_mentions: self.allowed_mentions,
        }
    }
}

/// Completes the facts of files that a message speaks of without bringing them.
fn files(list: Vec<Value>) -> Vec<Value> {
    list.into_iter()
        .map(|mut file| {
            if let Value::Object(map) = &mut file {
                let id = map.get("id").map(|id| id.to_string().replace('"', ""));
                let id = id.unwrap_or_default();
                let name = map.get("filename").and_then(Value::as_str);
                let name = name.unwrap_or("file").to_owned();
                let url = format!("https://cdn.example.invalid/attachments/{id}/{name}");
                map.insert("id".to_owned(), Value::from(id));
                map.insert("filename".to_owned(), Value::from(name));
                for field in ["url", "proxy_url"] {
                    map.entry(field)
                        .or_insert_with(|| Value::from(url.as_str()));
                }
                map.entry("size").or_insert_with(|| Value::from(0));
            }
            file
        })
        .collect()
}

impl World {
    /// The interaction that a webhook token belongs to, while follow-ups are possible.
    pub(crate) fn interaction_for(&self, token: &str) -> Ruling<&Interaction> {
        let id = self.tokens.get(token);
        let found = id.and_then(|id| self.interactions.get(id));
        let found = found.ok_or(ApiError::UNKNOWN_WEBHOOK)?;
        if found.progress == Progress::Open {
            return Err(ApiError::UNKNOWN_WEBHOOK);
        }
        if self.now() - found.at > LAST_ANSWER {
            return Err(ApiError::WRONG_WEBHOOK_TOKEN);
        }
        Ok(found)
    }

    /// A follow-up. The first one after a deferred answer becomes that answer, as on Discord.
    pub(crate) fn follow_up(&mut self, token: &str, reply: Reply) -> Ruling<MessageId> {
        let found = self.interaction_for(token)?.clone();
        if let Some(original) = self.still_loading(&found) {
            self.complete(&found, original, reply)?;
            return Ok(original);
        }
        let message = self.reply(&found, reply)?;
        if let Some(stored) = self.interactions.get_mut(&found.id) {
            stored.followups.push(message);
        }
        Ok(message)
    }

    fn still_loading(&self, found: &Interaction) -> Option<MessageId> {
        let original = found.original?;
        let message = self.message(found.channel, original)?;
        (message.flags & LOADING != 0).then_some(original)
    }

    fn complete(&mut self, found: &Interaction, original: MessageId, reply: Reply) -> Ruling {
        let flags = self
            .message(found.channel, original)
            .map(|message| message.flags & !LOADING);
        let edit = Edit {
            flags,
            ..reply.into_edit()
        };
        if blank(&edit) {
            return Err(ApiError::EMPTY_MESSAGE);
        }
        self.rewrite(found.channel, original, edit)
    }

    /// Edits the original answer or a follow-up; completes a deferred one.
    pub(crate) fn edit_answer(
        &mut self,
        token: &str,
        which: &str,
        reply: Reply,
    ) -> Ruling<MessageId> {
        let found = self.interaction_for(token)?.clone();
        let message = answer_named(&found, which)?;
        if self.still_loading(&found) == Some(message) {
            self.complete(&found, message, reply)?;
        } else {
            self.rewrite(found.channel, message, reply.into_edit())?;
        }
        if let Some(stored) = self.interactions.get_mut(&found.id)
            && stored.progress == Progress::DeferredUpdate
        {
            stored.progress = Progress::Updated;
        }
        Ok(message)
    }

    /// Deletes the original answer or a follow-up.
    pub(crate) fn delete_answer(&mut self, token: &str, which: &str) -> Ruling {
        let found = self.interaction_for(token)?.clone();
        let message = answer_named(&found, which)?;
        if self.message(found.channel, message).is_none() {
            return Err(ApiError::UNKNOWN_MESSAGE);
        }
        self.erase(found.channel, &[message]);
        Ok(())
    }
}

fn blank(edit: &Edit) -> bool {
    let empty = |list: &Option<Vec<Value>>| list.as_ref().is_none_or(Vec::is_empty);
    edit.content
        .as_deref()
        .unwrap_or_default()
        .trim()
        .is_empty()
        && empty(&edit.embeds)
        && empty(&edit.components)
        && empty(&edit.attachments)
        && edit.files.is_empty()
}

/// The message that `@original` or an id means in this interaction.
pub(crate) fn answer_named(found: &Interaction, which: &str) -> Ruling<MessageId> {
    if which == "@original" {
        return found.original.ok_or(ApiError::UNKNOWN_WEBHOOK);
    }
    let id = which.parse().map_err(|_| ApiError::UNKNOWN_MESSAGE)?;
    let own = found.original == Some(id) || found.followups.contains(&id);
    own.then_some(id).ok_or(ApiError::UNKNOWN_MESSAGE)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(data: &Value) -> Reply {
        Reply::read(data).expect("a reply")
    }

    #[test]
    fn in_an_edit_null_empties_and_absence_keeps() {
        let edit = read(&json!({"content": null, "embeds": []})).into_edit();
        assert_eq!(edit.content.as_deref(), Some(""));
        assert_eq!(edit.embeds.map(|list| list.len()), Some(0));
        assert!(edit.components.is_none() && edit.attachments.is_none());
        let edit = read(&Value::Null).into_edit();
        assert!(edit.content.is_none() && edit.embeds.is_none());
    }

    #[test]
    fn only_some_flags_may_be_set() {
        let draft = read(&json!({"content": "x", "flags": EPHEMERAL | LOADING | (1 << 12)}));
        assert_eq!(draft.into_draft().flags, EPHEMERAL | (1 << 12));
    }

    #[test]
    fn a_wrongly_typed_field_is_an_invalid_form() {
        for data in [
            json!({"content": 1}),
            json!({"embeds": "x"}),
            json!({"flags": -1}),
        ] {
            let error = Reply::read(&data).expect_err("wrong");
            assert_eq!(error.code, 50035, "{data}");
        }
    }

    #[test]
    fn files_get_the_facts_that_they_lack() {
        let draft =
            read(&json!({"attachments": [{"id": 0, "filename": "a.png"}, {}]})).into_draft();
        assert_eq!(draft.attachments[0]["id"], "0");
        assert!(
            draft.attachments[0]["url"]
                .as_str()
                .is_some_and(|url| url.ends_with("/0/a.png"))
        );
        assert_eq!(draft.attachments[1]["filename"], "file");
        assert_eq!(draft.attachments[1]["size"], 0);
    }

    #[test]
    fn an_edit_without_anything_to_see_is_blank() {
        assert!(blank(&read(&json!({})).into_edit()));
        assert!(blank(
            &read(&json!({"content": " ", "embeds": []})).into_edit()
        ));
        assert!(!blank(&read(&json!({"content": "x"})).into_edit()));
        assert!(!blank(
            &read(&json!({"embeds": [{"title": "t"}]})).into_edit()
        ));
    }
}
