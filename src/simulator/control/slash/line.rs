//! Splitting the arguments of a slash line: named values, values in order, quotes.

use crate::simulator::world::command::OptionSpec;

/// An option and the text that was given for it.
#[derive(Debug)]
pub(super) struct Given<'a> {
    pub(super) option: &'a OptionSpec,
    pub(super) text: String,
}

/// Splits the text behind the command's words. The error is the text that no option takes.
pub(super) fn arguments<'a>(
    text: &str,
    options: &'a [OptionSpec],
) -> Result<Vec<Given<'a>>, String> {
    let starts = named_starts(text, options);
    let first = starts.first().map_or(text.len(), |(at, _)| *at);
    let named: Vec<Given<'a>> = starts
        .iter()
        .enumerate()
        .map(|(number, (at, option))| {
            let end = starts.get(number + 1).map_or(text.len(), |(next, _)| *next);
            let value = text[*at..end]
                .split_once(':')
                .map_or("", |(_, value)| value);
            Given {
                option,
                text: unquote(value),
            }
        })
        .collect();
    let unnamed: Vec<&OptionSpec> = options
        .iter()
        .filter(|option| !named.iter().any(|given| given.option.name == option.name))
        .collect();
    let mut given = in_order(text[..first].trim(), &unnamed)?;
    given.extend(named);
    Ok(given)
}

/// Where `name:` of a known option begins a word outside quotes.
fn named_starts<'a>(text: &str, options: &'a [OptionSpec]) -> Vec<(usize, &'a OptionSpec)> {
    let mut starts = Vec::new();
    let (mut quoted, mut boundary) = (false, true);
    for (at, c) in text.char_indices() {
        if boundary && !quoted {
            let named = |option: &&OptionSpec| {
                let rest = text[at..].strip_prefix(option.name.as_str());
                rest.is_some_and(|rest| rest.starts_with(':'))
            };
            starts.extend(options.iter().find(named).map(|option| (at, option)));
        }
        quoted ^= c == '"';
        boundary = c.is_whitespace();
    }
    starts
}

/// Gives each option a word, and the last one everything that is left.
fn in_order<'a>(text: &str, options: &[&'a OptionSpec]) -> Result<Vec<Given<'a>>, String> {
    let mut given = Vec::new();
    let mut rest = text;
    for (number, option) in options.iter().enumerate() {
        if rest.is_empty() {
            break;
        }
        let last = number + 1 == options.len();
        let (word, after) = if last { (rest, "") } else { word(rest) };
        given.push(Given {
            option,
            text: unquote(word),
        });
        rest = after.trim_start();
    }
    if rest.is_empty() {
        Ok(given)
    } else {
        Err(rest.to_owned())
    }
}

/// The first word; a quoted part counts as one.
fn word(text: &str) -> (&str, &str) {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        quoted ^= c == '"';
        if c.is_whitespace() && !quoted {
            return text.split_at(at);
        }
    }
    (text, "")
}

fn unquote(text: &str) -> String {
    let text = text.trim();
    let inside = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inside.unwrap_or(text).to_owned()
}
