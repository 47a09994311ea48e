//! Request Guild Members: the answer in chunks.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Session;
use crate::domain::ids::{GuildId, UserId};
use crate::simulator::world::World;
use crate::simulator::world::event::intents;
use crate::simulator::world::people::Member;
use crate::simulator::world::wire::MemberWire;

/// Members of one chunk (Discord's page on gateway events).
const CHUNK: usize = 1_000;
/// Members that can be asked for by their ids at once, and that the start of a name finds at most.
const ASKED: usize = 100;

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
    presences: bool,
    #[serde(default)]
    nonce: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(UserId),
    Many(Vec<UserId>),
}

/// Sends the members that were asked for. An unreadable request and an unknown guild get no answer, nor does the wish
/// for everybody without the members intent.
pub(crate) fn send(world: &World, session: &mut Session, data: &Value) {
    let Ok(request) = Request::deserialize(data) else {
        return;
    };
    let bots_own = world.guilds.get(&request.guild_id).filter(|guild| {
        guild.available
            && session.covers(Some(guild.id))
            && guild.members.contains_key(&world.bot.user)
    });
    let Some(guild) = bots_own else {
        return;
    };
    let wanted: Vec<UserId> = match request.user_ids {
        Some(OneOrMany::One(id)) => vec![id],
        Some(OneOrMany::Many(ids)) => ids,
        None => Vec::new(),
    };
    let everybody = wanted.is_empty() && request.query.as_deref() == Some("");
    let nobody = wanted.is_empty() && request.query.is_none();
    let blind = session.intents & intents::GUILD_MEMBERS == 0;
    if nobody || wanted.len() > ASKED || everybody && blind {
        return;
    }
    let query = request.query.unwrap_or_default().to_lowercase();
    let fits = |member: &&Member| {
        let name = world.name_of(member.user).to_lowercase();
        if wanted.is_empty() {
            name.starts_with(&query)
        } else {
            wanted.contains(&member.user)
        }
    };
    let most = most(request.limit, &query);
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
        if request.presences {
            body["presences"] = json!([]);
        }
        if let Some(nonce) = &request.nonce {
            body["nonce"] = json!(nonce);
        }
        session.push("GUILD_MEMBERS_CHUNK", &body.to_string());
    }
}

/// How many members an answer holds: those who search by name get a hundred at most.
fn most(limit: usize, query: &str) -> usize {
    let wanted = if limit == 0 { usize::MAX } else { limit };
    if query.is_empty() {
        wanted
    } else {
        wanted.min(ASKED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::Clock;
    use crate::simulator::gateway::{Line, Outgoing};

    fn world() -> (World, GuildId) {
        let mut world = World::new(Clock::manual(chrono::DateTime::UNIX_EPOCH), 1);
        let owner = world.user_named("owner");
        let guild = world.add_guild("g", owner);
        for number in 0..2_500 {
            let user = world.user_named(&format!("member-{number:04}"));
            world.add_member(guild, user, false).expect("a member");
        }
        (world, guild)
    }

    /// The chunks that a request is answered with.
    fn chunks(world: &World, request: &Value) -> Vec<Value> {
        chunks_for(intents::GUILD_MEMBERS, world, request)
    }

    fn chunks_for(intents: u64, world: &World, request: &Value) -> Vec<Value> {
        let mut session = Session::new("s".to_owned(), (0, 1), intents);
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        session.line = Some(Line::new(1, sender));
        send(world, &mut session, request);
        let mut seen = Vec::new();
        while let Ok(Outgoing::Frame(frame)) = receiver.try_recv() {
            let mut frame: Value = serde_json::from_str(&frame).expect("json");
            seen.push(frame["d"].take());
        }
        seen
    }

    fn count(chunk: &Value) -> usize {
        chunk["members"].as_array().expect("members").len()
    }

    #[test]
    fn everybody_comes_in_chunks_of_a_thousand() {
        let (world, guild) = world();
        let all = chunks(&world, &json!({"guild_id": guild, "query": "", "limit": 0}));
        assert_eq!(all.iter().map(count).collect::<Vec<_>>(), [1000, 1000, 502]);
        for (index, chunk) in all.iter().enumerate() {
            assert_eq!(
                (&chunk["chunk_index"], &chunk["chunk_count"]),
                (&json!(index), &json!(3))
            );
        }
    }

    #[test]
    fn a_query_is_the_start_of_a_name_and_a_limit_bounds_it() {
        let (world, guild) = world();
        let some = chunks(
            &world,
            &json!({"guild_id": guild, "query": "MEMBER-00", "limit": 0}),
        );
        assert_eq!(some.iter().map(count).collect::<Vec<_>>(), [100]);
        let capped = chunks(
            &world,
            &json!({"guild_id": guild, "query": "member", "limit": 0}),
        );
        assert_eq!(capped.iter().map(count).collect::<Vec<_>>(), [100]);
        let few = chunks(
            &world,
            &json!({"guild_id": guild, "query": "member", "limit": 7}),
        );
        assert_eq!(few.iter().map(count).collect::<Vec<_>>(), [7]);
        let none = chunks(
            &world,
            &json!({"guild_id": guild, "query": "x", "limit": 0}),
        );
        assert_eq!(none.iter().map(count).collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn single_ids_are_found_or_named_as_missing() {
        let (world, guild) = world();
        let owner = world.find_user("owner").expect("known");
        let one = chunks(&world, &json!({"guild_id": guild, "user_ids": owner}));
        assert_eq!((count(&one[0]), &one[0]["not_found"]), (1, &json!([])));
        let both = chunks(
            &world,
            &json!({"guild_id": guild, "user_ids": [owner, "1"]}),
        );
        assert_eq!((count(&both[0]), &both[0]["not_found"]), (1, &json!(["1"])));
    }

    #[test]
    fn everybody_needs_the_members_intent_and_a_query_does_not() {
        let (world, guild) = world();
        let all = json!({"guild_id": guild, "query": "", "limit": 0});
        assert!(chunks_for(0, &world, &all).is_empty());
        let some = json!({"guild_id": guild, "query": "member-00", "limit": 5, "presences": true});
        let some = chunks_for(0, &world, &some);
        assert_eq!((count(&some[0]), &some[0]["presences"]), (5, &json!([])));
        let ids: Vec<String> = (0..=100).map(|id: u64| id.to_string()).collect();
        let many = json!({"guild_id": guild, "user_ids": ids});
        assert!(chunks(&world, &many).is_empty(), "a hundred ids at most");
    }

    #[test]
    fn nonsense_and_unknown_guilds_get_no_answer() {
        let (world, _) = world();
        assert!(chunks(&world, &json!({"guild_id": "x"})).is_empty());
        assert!(chunks(&world, &json!({"guild_id": "1", "query": ""})).is_empty());
    }
}
