//! A control request: the fields that any of them takes, and how names become handles.

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::domain::ids::{ChannelId, MessageId, UserId};
use crate::simulator::control::error::ControlError;
use crate::simulator::control::{SimGuild, SimMember, Simulator};
use crate::simulator::world::permission::Permissions;

/// The fields of a request. Each handler takes those that it needs and says which one is missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Ask {
    pub(super) guild: Option<Value>,
    pub(super) channel: Option<Value>,
    pub(super) user: Option<Value>,
    pub(super) target: Option<Value>,
    pub(super) bot: Option<bool>,
    pub(super) direct: Option<bool>,
    pub(super) private: Option<bool>,
    pub(super) role: Option<Value>,
    pub(super) roles: Option<Vec<Value>>,
    pub(super) message: Option<Value>,
    pub(super) reply_to: Option<Value>,
    pub(super) name: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) parent: Option<Value>,
    pub(super) permissions: Option<Value>,
    pub(super) allow: Option<Value>,
    pub(super) deny: Option<Value>,
    pub(super) position: Option<u16>,
    pub(super) color: Option<u32>,
    pub(super) hoist: Option<bool>,
    pub(super) content: Option<String>,
    pub(super) embeds: Option<Vec<Value>>,
    pub(super) attachments: Option<Vec<Attachment>>,
    pub(super) emoji: Option<String>,
    pub(super) invite: Option<String>,
    pub(super) uses: Option<u32>,
    pub(super) rule: Option<Value>,
    pub(super) command: Option<String>,
    pub(super) line: Option<String>,
    pub(super) unchecked: Option<bool>,
    pub(super) custom_id: Option<String>,
    pub(super) label: Option<String>,
    pub(super) values: Option<Vec<String>>,
    pub(super) fields: Option<Map<String, Value>>,
    pub(super) reason: Option<String>,
    pub(super) seconds: Option<i64>,
    pub(super) ms: Option<u64>,
    pub(super) account_age_days: Option<i64>,
    pub(super) open: Option<bool>,
    pub(super) present: Option<bool>,
    pub(super) on: Option<bool>,
    pub(super) pattern: Option<String>,
    pub(super) times: Option<u32>,
    pub(super) fault: Option<Value>,
    pub(super) action: Option<String>,
    pub(super) code: Option<u16>,
    pub(super) event: Option<String>,
    pub(super) data: Option<Value>,
    pub(super) limit: Option<String>,
    pub(super) after: Option<String>,
    pub(super) wait: Option<String>,
    pub(super) kinds: Option<String>,
}

/// A file of which only these facts exist.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Attachment {
    pub(super) filename: String,
    #[serde(default = "usual_size")]
    pub(super) size: u64,
    #[serde(default = "usual_type")]
    pub(super) content_type: String,
}

const fn usual_size() -> u64 {
    1_024
}

fn usual_type() -> String {
    "application/octet-stream".to_owned()
}

/// The field or an error that names it.
pub(super) fn need<T>(field: Option<T>, name: &str) -> Result<T, ControlError> {
    field.ok_or_else(|| ControlError::Request(format!("the field {name:?} is missing")))
}

/// A name or an id, given as text or number.
pub(super) fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

impl Ask {
    pub(super) fn guild(&self, sim: &Simulator) -> Result<SimGuild, ControlError> {
        if let Some(name) = &self.guild {
            return sim.guild(&text(name));
        }
        let ids: Vec<_> = sim.look(|world| world.guilds().iter().map(|one| one.id).collect());
        match ids.as_slice() {
            [only] => Ok(sim.guild_by_id(*only)),
            _ => need(None, "guild"),
        }
    }

    /// The person in the field `user`, a member of the guild.
    pub(super) fn member(&self, sim: &Simulator) -> Result<SimMember, ControlError> {
        let guild = self.guild(sim)?;
        let member = guild.member(&self.user_name()?)?;
        match self.channel {
            Some(_) => Ok(member.in_channel(self.channel(&guild)?)),
            None => Ok(member),
        }
    }

    /// The person in the field `user`, a member or not: direct messages are there for both.
    pub(super) fn person(&self, sim: &Simulator) -> Result<SimMember, ControlError> {
        let name = self.user_name()?;
        let found = sim.look(|world| world.find_user(&name));
        let user = found.ok_or_else(|| ControlError::unknown("user", name))?;
        Ok(self.guild(sim)?.member_by_id(user))
    }

    pub(super) fn user_name(&self) -> Result<String, ControlError> {
        need(self.user.as_ref(), "user").map(text)
    }

    /// The channel in the field `channel`, #general if there is none.
    pub(super) fn channel(&self, guild: &SimGuild) -> Result<ChannelId, ControlError> {
        let name = self.channel.as_ref().map(text);
        guild.channel(name.as_deref().unwrap_or("general"))
    }

    pub(super) fn parent(&self, guild: &SimGuild) -> Result<Option<ChannelId>, ControlError> {
        let parent = self.parent.as_ref().map(text);
        parent.map(|name| guild.channel(&name)).transpose()
    }

    pub(super) fn role_name(&self) -> Result<String, ControlError> {
        need(self.role.as_ref(), "role").map(text)
    }

    pub(super) fn role_names(&self) -> Vec<String> {
        let roles = self.roles.as_deref().unwrap_or_default();
        roles.iter().map(text).collect()
    }

    pub(super) fn target(&self, sim: &Simulator) -> Result<UserId, ControlError> {
        let name = text(need(self.target.as_ref(), "target")?);
        let found = sim.look(|world| world.find_user(&name));
        found.ok_or_else(|| ControlError::unknown("user", name))
    }

    pub(super) fn message(&self) -> Result<MessageId, ControlError> {
        message_id(need(self.message.as_ref(), "message")?)
    }

    pub(super) fn replied(&self) -> Result<Option<MessageId>, ControlError> {
        self.reply_to.as_ref().map(message_id).transpose()
    }

    pub(super) fn content(&self) -> Result<&str, ControlError> {
        need(self.content.as_deref(), "content")
    }
}

fn message_id(value: &Value) -> Result<MessageId, ControlError> {
    let id = text(value);
    id.parse().map_err(|_| ControlError::unknown("message", id))
}

/// Permissions as a list of names, names with commas, or a number; nothing is none.
pub(super) fn permissions(value: Option<&Value>) -> Result<Permissions, ControlError> {
    let names: Vec<String> = match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(list)) => list.iter().map(text).collect(),
        Some(one) => text(one).split(',').map(str::to_owned).collect(),
    };
    names.iter().try_fold(Permissions::NONE, |sum, name| {
        let one = Permissions::from_text(name);
        one.map(|one| sum | one)
            .ok_or_else(|| ControlError::unknown("permission", name.trim()))
    })
}

/// The body of a `POST`.
pub(super) struct Body(pub(super) Ask);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = ControlError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ControlError> {
        let bytes = axum::body::Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|problem| ControlError::Request(problem.to_string()))?;
        let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        // Read without asking for a content type, so that a bare `curl -d` will do.
        serde_json::from_slice(bytes)
            .map(Self)
            .map_err(|problem| ControlError::Request(problem.to_string()))
    }
}

/// The query of a `GET`.
pub(super) struct Asked(pub(super) Ask);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = ControlError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ControlError> {
        let query = Query::<Map<String, Value>>::from_request_parts(parts, state).await;
        let Query(map) = query.map_err(|problem| ControlError::Request(problem.to_string()))?;
        serde_json::from_value(Value::Object(map))
            .map(Self)
            .map_err(|problem| ControlError::Request(problem.to_string()))
    }
}

/// Rust's way to answer a value as JSON.
pub(super) fn json(value: Value) -> super::Reply {
    Ok(Json(value))
}
