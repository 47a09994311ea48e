//! `/help`, and what somebody reads who mistypes the name of a text command.

use poise::{CreateReply, FrameworkContext};
use serenity::all::{CreateAllowedMentions, CreateMessage, Message};

use super::permission::{Needs, Who, anyone, permissions_of, suffices};
use super::{Command, CommandError, CommandResult, Context, Services, caller_of, reply, words};
use crate::domain::ids::GuildId;
use crate::domain::permissions::Permissions;
use crate::guild::language::{Language, Speech};

/// How many letters somebody may get wrong.
const MOST_WRONG: usize = 2;

/// The command itself.
#[must_use]
pub fn command() -> Command {
    help()
}

/// Lists the commands that you may use here.
#[poise::command(slash_command, prefix_command, custom_data = "anyone()")]
async fn help(ctx: Context<'_>) -> CommandResult {
    let has = permissions_of(ctx).await.unwrap_or(Permissions::NONE);
    let may = |needs: &Needs| suffices(ctx.data(), *needs, caller_of(ctx), has).is_ok();
    let commands = ctx.framework().options().commands.iter();
    let here = ctx.guild_id().is_some();
    let lines = commands.filter_map(|command| line(command, here, &may));
    let speech = words::speech(ctx).await;
    let prefix = match ctx {
        Context::Application(_) => "/",
        Context::Prefix(_) => ctx.prefix(),
    };
    let text = listed(speech, prefix, lines);
    reply::post(ctx, private(text)).await
}

fn private(text: String) -> CreateReply {
    CreateReply::default()
        .content(reply::clip(text))
        .ephemeral(true)
        .reply(true)
        .allowed_mentions(CreateAllowedMentions::new())
}

/// A command's name, the names of its parts that may be used, and what it does; none for one that may not be used at all.
/// What stands in a menu alone is found there.
fn line(command: &Command, here: bool, may: &dyn Fn(&Needs) -> bool) -> Option<Line> {
    let allowed = |command: &Command| {
        let needs = command.custom_data.downcast_ref::<Needs>();
        needs.is_some_and(|needs| may(needs) && (here || !matches!(needs.who, Who::Member(_))))
    };
    command.slash_action?;
    let parts: Vec<String> = command
        .subcommands
        .iter()
        .filter(|part| allowed(part))
        .map(|part| part.name.to_string())
        .collect();
    (!parts.is_empty() || allowed(command)).then(|| Line {
        name: command.name.to_string(),
        parts,
        what: command.description.clone().unwrap_or_default().to_string(),
    })
}

/// One line of the list.
struct Line {
    name: String,
    parts: Vec<String>,
    what: String,
}

fn listed(speech: Speech, prefix: &str, lines: impl Iterator<Item = Line>) -> String {
    let lines = lines.map(|line| {
        let parts = line.parts.join(" | ");
        let form = format!("{prefix}{} {parts}", line.name);
        format!("`{}` {}", form.trim_end(), line.what)
    });
    let lines: Vec<String> = std::iter::once(speech.say("commands-help"))
        .chain(lines)
        .collect();
    lines.join("\n")
}

/// Answers an unknown text command that is close to one. Any other may be meant for another bot.
pub(super) async fn suggest(
    framework: FrameworkContext<'_, Services, CommandError>,
    message: &Message,
    content_start: usize,
) {
    let Some((prefix, typed)) = message.content.split_at_checked(content_start) else {
        return;
    };
    let typed = typed.split_whitespace().next().unwrap_or_default();
    let commands = framework.options().commands.iter();
    let names = commands
        .filter(|command| command.prefix_action.is_some())
        .map(|command| command.name.as_ref());
    let Some(name) = closest(typed, names) else {
        return;
    };
    let services = framework.user_data().await;
    let language = match message.guild_id {
        Some(guild) => words::language_in(services, GuildId(guild.get())).await,
        None => Language::En,
    };
    let form = format!("{prefix}{name}");
    let text = words::TEXTS.say(language, "commands-did-you-mean", &[("form", form.into())]);
    let answer = CreateMessage::new()
        .content(text)
        .reference_message(message)
        .allowed_mentions(CreateAllowedMentions::new());
    let channel = message.channel_id;
    let send = || channel.send_message(framework.serenity_context, answer.clone());
    if let Err(error) = reply::patiently_sent(send).await {
        tracing::warn!(%error, "a hint at a command did not arrive");
    }
}

/// The name that is meant, if one is near enough: a wrong letter in a short name makes it another word.
fn closest<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let near = names.map(|name| (distance(&typed, name), name));
    let (wrong, name) = near.min()?;
    let most = MOST_WRONG.min(name.chars().count() / 3);
    (1..=most).contains(&wrong).then_some(name)
}

/// How many letters have to be added, left out, changed or swapped with their neighbour.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows = vec![vec![0; other.len() + 1]; one.len() + 1];
    for (at, row) in rows.iter_mut().enumerate() {
        row[0] = at;
    }
    rows[0] = (0..=other.len()).collect();
    for i in 1..=one.len() {
        for j in 1..=other.len() {
            let changed = usize::from(one[i - 1] != other[j - 1]);
            let mut least = (rows[i - 1][j - 1] + changed)
                .min(rows[i - 1][j] + 1)
                .min(rows[i][j - 1] + 1);
            let swapped =
                i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
            if swapped {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_near_and_another_word_is_not() {
        let meant = |typed| {
            closest(
                typed,
                ["config", "case", "stats", "infractions"].into_iter(),
            )
        };
        for (typed, name) in [
            ("confg", "config"),
            ("cnofig", "config"),
            ("CONFIGS", "config"),
            ("caes", "case"),
            ("stat", "stats"),
            ("infractoin", "infractions"),
        ] {
            assert_eq!(meant(typed), Some(name), "{typed}");
        }
        for typed in ["", "weather", "cake!!", "base5", "play", "cat", "con"] {
            assert_eq!(meant(typed), None, "{typed}");
        }
    }
}
