//! From a typed slash line to the data of an interaction, as Discord's client does it.

mod line;
mod values;

use serde_json::{Value, json};

use super::error::SlashError;
use crate::domain::ids::GuildId;
use crate::simulator::world::World;
use crate::simulator::world::command::{CHAT_INPUT, Command, OptionSpec, option};
use line::Given;
use values::Resolver;

pub(crate) use values::chosen;

/// A line that fits a registered command.
#[derive(Debug)]
pub(crate) struct Parsed<'a> {
    pub(crate) command: &'a Command,
    /// Group and subcommand, outermost first.
    path: Vec<&'a OptionSpec>,
    given: Vec<Given<'a>>,
}

/// Finds the command and splits its arguments. Values may be named (`key:ENABLED value:false`) or stand in declared
/// order (`ENABLED false`); quotes hold a value together.
pub(crate) fn parse<'a>(line: &str, commands: &[&'a Command]) -> Result<Parsed<'a>, SlashError> {
    let text = line.trim_start().trim_start_matches('/');
    let (name, mut rest) = first_word(text);
    let mut chat = commands
        .iter()
        .filter(|command| command.spec.kind == CHAT_INPUT);
    let command = chat
        .find(|command| command.spec.name == name)
        .ok_or_else(|| no_command(name, commands))?;
    let mut options = command.spec.options.as_slice();
    let mut path: Vec<&OptionSpec> = Vec::new();
    while options
        .first()
        .is_some_and(|first| first.kind <= option::SUB_COMMAND_GROUP)
    {
        let (word, after) = first_word(rest);
        let found = options.iter().find(|option| option.name == word);
        let found = found.ok_or_else(|| SlashError::NoSubcommand {
            path: spelled(&command.spec.name, &path),
            known: names(options.iter().map(|option| option.name.as_str())),
        })?;
        path.push(found);
        options = &found.options;
        rest = after;
    }
    let given = line::arguments(rest, options).map_err(|rest| SlashError::TooMuch {
        path: spelled(&command.spec.name, &path),
        rest,
    })?;
    Ok(Parsed {
        command,
        path,
        given,
    })
}

fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

fn spelled(name: &str, path: &[&OptionSpec]) -> String {
    let rest = path.iter().map(|option| option.name.as_str());
    std::iter::once(name)
        .chain(rest)
        .collect::<Vec<_>>()
        .join(" ")
}

fn no_command(name: &str, commands: &[&Command]) -> SlashError {
    let chat = commands
        .iter()
        .filter(|command| command.spec.kind == CHAT_INPUT);
    let known = names(chat.map(|command| command.spec.name.as_str()));
    SlashError::NoCommand {
        name: name.to_owned(),
        known: if known.is_empty() {
            "none".to_owned()
        } else {
            known
        },
    }
}

impl Parsed<'_> {
    fn leaf(&self) -> &[OptionSpec] {
        let leaf = self.path.last().map(|option| option.options.as_slice());
        leaf.unwrap_or(&self.command.spec.options)
    }

    fn spelled(&self) -> String {
        spelled(&self.command.spec.name, &self.path)
    }

    /// The `data` field of a command.
    pub(crate) fn data(&self, world: &World, guild: Option<GuildId>) -> Result<Value, SlashError> {
        let mut resolver = Resolver::new(world, guild);
        let mut options = Vec::new();
        for given in &self.given {
            options.push(resolver.convert(given)?);
        }
        let given =
            |wanted: &OptionSpec| self.given.iter().any(|one| one.option.name == wanted.name);
        let missing = self
            .leaf()
            .iter()
            .find(|option| option.required && !given(option));
        if let Some(option) = missing {
            return Err(SlashError::Missing {
                path: self.spelled(),
                option: option.name.clone(),
            });
        }
        Ok(self.wrap(options, resolver.resolved(), guild))
    }

    /// The `data` field of an autocompletion: the last option is being typed.
    pub(crate) fn partial_data(&self, world: &World, guild: Option<GuildId>) -> Value {
        let mut resolver = Resolver::new(world, guild);
        let mut options = Vec::new();
        let (focused, done) = match self.given.split_last() {
            Some((last, done)) => (Some((last.option, last.text.as_str())), done),
            None => (self.leaf().first().map(|option| (option, "")), &[][..]),
        };
        // What is not finished yet is left out, as the client does.
        options.extend(done.iter().filter_map(|given| resolver.convert(given).ok()));
        if let Some((option, text)) = focused {
            options.push(json!({
                "name": option.name, "type": option.kind, "value": text, "focused": true,
            }));
        }
        self.wrap(options, resolver.resolved(), guild)
    }

    fn wrap(&self, options: Vec<Value>, resolved: Value, guild: Option<GuildId>) -> Value {
        let inner = self.path.iter().rev().fold(options, |inside, option| {
            vec![json!({"name": option.name, "type": option.kind, "options": inside})]
        });
        let mut data = json!({
            "id": self.command.id.to_string(), "name": self.command.spec.name, "type": CHAT_INPUT, "options": inner,
        });
        if let Some(guild) = guild.filter(|_| self.command.raw.contains_key("guild_id")) {
            data["guild_id"] = json!(guild);
        }
        if resolved.as_object().is_some_and(|map| !map.is_empty()) {
            data["resolved"] = resolved;
        }
        data
    }
}

#[cfg(test)]
mod tests;
