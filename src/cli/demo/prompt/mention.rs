//! Mentions as Discord's client makes them of what somebody types.

use crate::domain::ids::GuildId;
use crate::simulator::World;

/// The text with mentions in the place of `@name`, where the guild has such a member or role. `@` within a word, as in
/// an address, is no mention.
pub(super) fn mentions(world: &World, guild: GuildId, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let name_end = from[1..].find(|c: char| !is_of_name(c));
        let (name, after) = from[1..].split_at(name_end.unwrap_or(from.len() - 1));
        let begins = out
            .chars()
            .next_back()
            .is_none_or(|c| !is_of_name(c) && c != '<');
        // A full stop after a name ends the sentence.
        let (name, dots) = name.split_at(name.trim_end_matches('.').len());
        match begins.then(|| mention(world, guild, name)).flatten() {
            Some(mention) => out.push_str(&mention),
            None => out.push_str(&format!("@{name}")),
        }
        out.push_str(dots);
        rest = after;
    }
    out.push_str(rest);
    out
}

const fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

fn mention(world: &World, guild: GuildId, name: &str) -> Option<String> {
    let by_name = world.find_user(name).filter(|_| !name.is_empty());
    let member = by_name.filter(|user| world.member(guild, *user).is_some());
    if let Some(member) = member {
        return Some(format!("<@{member}>"));
    }
    let mut roles = world.guild(guild)?.roles.values();
    let role = roles.find(|role| role.name == name)?;
    Some(format!("<@&{}>", role.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::{Permissions, Simulator, SimulatorOptions};

    #[tokio::test]
    async fn names_become_mentions_where_discord_makes_them() {
        let sim = Simulator::start(SimulatorOptions::default()).await;
        let sim = sim.expect("a free port");
        let guild = sim.add_guild("Demo");
        let mallory = guild.add_member("mallory").expect("a member").id();
        let staff = guild.add_role("staff", Permissions::NONE, 1);
        for (typed, written) in [
            (
                "/user info user:@mallory",
                format!("/user info user:<@{mallory}>"),
            ),
            ("tell @mallory.", format!("tell <@{mallory}>.")),
            ("@staff, look", format!("<@&{staff}>, look")),
            ("@nobody", "@nobody".to_owned()),
            ("@everyone free nitro", "@everyone free nitro".to_owned()),
            ("me@mallory @", "me@mallory @".to_owned()),
            ("<@1> @", "<@1> @".to_owned()),
        ] {
            let read = sim.look(|world| mentions(world, guild.id(), typed));
            assert_eq!(read, written, "{typed}");
        }
        sim.shutdown().await;
    }
}
