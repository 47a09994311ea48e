//! Request Guild Members: the answer in chunks.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Session;
use crate::domain::ids::{GuildId, UserId};
use crate::simulator::world::World;
use crate::simulator::world::people::Member;
use crate::simulator::world::wire::MemberWire;

/// Members of one chunk (Discord's page on gateway events).
const CHUNK: usize = 1_000;

#[derive(Debug, Deserialize)]
struct Request {
    guild_id: GuildId,
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    limit: usize,
    #[serde(default)]
    user_ids: Option<OneOrMany>,
    #[serde(default)]
    nonce: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(UserId),
    Many(Vec<UserId>),
}

/// Sends the members that were asked for; an unreadable request or an unknown guild gets no answer.
pub(crate) fn send(world: &World, session: &mut Session, data: &Value) {
    let Ok(request) = Request::deserialize(data) else {
        return;
    };
    let Some(guild) = world.guilds.get(&request.guild_id) else {
        return;
    };
    let wanted: Vec<UserId> = match request.user_ids {
        Some(OneOrMany::One(id)) => vec![id],
        Some(OneOrMany::Many(ids)) => ids,
        None => Vec::new(),
    };
    let query = request.query.unwrap_or_default().to_lowercase();
    let fits = |member: &&Member| {
        let name = world.name_of(member.user).to_lowercase();
        if wanted.is_empty() {
            name.starts_with(&query)
        } else {
            wanted.contains(&member.user)
        }
    };
    let most = if request.limit == 0 {
        usize::MAX
    } else {
        request.limit
    };
    let found: Vec<&Member> = guild.members.values().filter(fits).take(most).collect();
    let missing: Vec<&UserId> = wanted
        .iter()
        .filter(|id| !guild.members.contains_key(id))
        .collect();
    let count = found.len().div_ceil(CHUNK).max(1);
    for index in 0..count {
        let part = found.iter().skip(index * CHUNK).take(CHUNK);
        let members: Vec<_> = part.map(|member| MemberWire::of(world, member)).collect();
        let mut body = json!({
            "guild_id": guild.id, "members": members, "chunk_index": index, "chunk_count": count,
            "not_found": missing,
        });
        if let Some(nonce) = &request.nonce {
            body["nonce"] = json!(nonce);
        }
        session.push("GUILD_MEMBERS_CHUNK", &body.to_string());
    }
}
