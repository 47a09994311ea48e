//! What a typed line means: a message, a command, or a verb of the demo.

use std::time::Duration;

/// A line, understood.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Line {
    /// An empty line.
    Nothing,
    /// Somebody writes; without a name it is alice.
    Say(Option<String>, String),
    /// Somebody uses a command; without a name it is the administrator.
    Command(Option<String>, String),
    /// Somebody clicks a button or chooses an option; without a name it is the administrator.
    Press(Option<String>, String),
    /// Somebody fills in the form that opened, texts from the top.
    Fill(Option<String>, Vec<String>),
    /// The administrator keeps the file of the newest answer under this name.
    Keep(String),
    /// Somebody joins.
    Join(String),
    /// Somebody leaves.
    Leave(String),
    /// So many strangers join, and each writes the text, if there is one.
    Raid(u32, String),
    /// Goes to another channel.
    Go(String),
    /// Stops the bot and starts it again.
    Restart,
    /// Kills the bot and starts it again.
    Kill,
    /// Tears the bot's gateway connection.
    Drop,
    /// Lets time pass.
    Wait(Duration),
    /// Puts the clock forward.
    Clock(Duration),
    /// Shows figures.
    Stats,
    /// Tells what can be typed.
    Help,
    /// Ends the demo.
    Quit,
    /// The answers must show this text, or must not.
    Expect(bool, String),
    /// A verb without what it takes; how it is written.
    Slip(&'static str),
}

/// Verbs take exactly what they need: `wait 2s` is done and `wait for me` is said. What can hardly be meant as a message
/// is a slip: `wait`, `clock banana`, `raid 2000 hello`.
pub(super) fn parse(text: &str) -> Line {
    let text = text.trim();
    if text.is_empty() {
        return Line::Nothing;
    }
    if let Some(rest) = text.strip_prefix('@') {
        let (name, rest) = split(rest);
        if !name.is_empty() && !rest.is_empty() {
            return said_or_run(Some(name.to_owned()), rest);
        }
    }
    let (word, rest) = split(text);
    if word == "as"
        && let (name, rest) = split(rest)
        && !rest.is_empty()
    {
        let name = name.trim_start_matches('@').to_owned();
        let (word, more) = split(rest);
        return deed(Some(name.clone()), word, more)
            .unwrap_or_else(|| said_or_run(Some(name), rest));
    }
    verb(word, rest)
        .or_else(|| deed(None, word, rest))
        .or_else(|| slip(word, rest))
        .unwrap_or_else(|| said_or_run(None, text))
}

fn said_or_run(name: Option<String>, text: &str) -> Line {
    if text.starts_with('/') {
        Line::Command(name, text.to_owned())
    } else {
        Line::Say(name, text.to_owned())
    }
}

/// What a person does with what the bot showed.
fn deed(name: Option<String>, word: &str, rest: &str) -> Option<Line> {
    match word {
        "press" if !rest.is_empty() => Some(Line::Press(name, rest.to_owned())),
        "fill" if !rest.is_empty() => {
            let texts = rest.split('|').map(|text| text.trim().to_owned());
            Some(Line::Fill(name, texts.collect()))
        }
        _ => None,
    }
}

fn verb(word: &str, rest: &str) -> Option<Line> {
    let alone = |line: Line| rest.is_empty().then_some(line);
    let one = || {
        let name = rest.trim_start_matches(['@', '#']);
        let single = !name.is_empty() && !name.contains(char::is_whitespace);
        single.then(|| name.to_owned())
    };
    match word {
        "help" | "?" => alone(Line::Help),
        "quit" | "exit" => alone(Line::Quit),
        "restart" => alone(Line::Restart),
        "kill" => alone(Line::Kill),
        "drop" => alone(Line::Drop),
        "stats" => alone(Line::Stats),
        "keep" => one().filter(|name| name.contains('.')).map(Line::Keep),
        "join" => one().map(Line::Join),
        "leave" => one().map(Line::Leave),
        "go" if rest.starts_with('#') => one().map(Line::Go),
        "wait" => span(rest).map(Line::Wait),
        "clock" => span(rest.strip_prefix('+')?).map(Line::Clock),
        "raid" => {
            let (count, text) = split(rest);
            let count = count.parse().ok().filter(|count| (1..=500).contains(count));
            count.map(|count| Line::Raid(count, text.to_owned()))
        }
        "expect" => match split(rest) {
            (_, "") if rest.is_empty() => None,
            ("not", text) if !text.is_empty() => Some(Line::Expect(false, text.to_owned())),
            _ => Some(Line::Expect(true, rest.to_owned())),
        },
        _ => None,
    }
}

/// How a verb is written that was written otherwise, unless the line is as well a sentence.
fn slip(word: &str, rest: &str) -> Option<Line> {
    let words = rest.split_whitespace().count();
    let counts = || {
        let (count, _) = split(rest);
        count.parse::<i64>().is_ok()
    };
    let (is_slip, form) = match word {
        "press" => (words == 0, "press LABEL"),
        "fill" => (words == 0, "fill FIRST | SECOND"),
        "expect" => (words == 0, "expect TEXT or expect not TEXT"),
        "as" => (words < 2, "as NAME and a message, command or press"),
        "join" => (words == 0, "join NAME"),
        "leave" => (words == 0, "leave NAME"),
        "go" => (words == 0, "go #CHANNEL"),
        "keep" => (words == 0, "keep NAME.EXT"),
        "wait" => (words < 2, "wait 2s, with ms, s, m, h or d"),
        "clock" => (words < 2, "clock +10m, with s, m, h or d"),
        "raid" => (
            words == 0 || counts(),
            "raid 20 TEXT, with 1 to 500 strangers",
        ),
        _ => (false, ""),
    };
    is_slip.then_some(Line::Slip(form))
}

fn split(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim())
}

/// A span such as `2s`, `1.5s`, `500ms`, `10m`, `1h`, `2d`.
pub(super) fn span(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let (number, unit) = text.split_at(digits);
    let seconds = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    let number: f64 = number.parse().ok()?;
    Duration::try_from_secs_f64(number * seconds)
        .ok()
        .filter(|span| *span <= Duration::from_secs(366 * 86_400))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(name: Option<&str>, text: &str) -> Line {
        Line::Say(name.map(str::to_owned), text.to_owned())
    }

    #[test]
    fn a_line_is_a_message_and_one_with_a_slash_a_command() {
        assert_eq!(parse("  hello there "), say(None, "hello there"));
        assert_eq!(parse(""), Line::Nothing);
        let command = |name: Option<&str>, line: &str| {
            Line::Command(name.map(str::to_owned), line.to_owned())
        };
        assert_eq!(parse("/config show"), command(None, "/config show"));
        let moderator = command(Some("moderator"), "/case view 1");
        assert_eq!(parse("as moderator /case view 1"), moderator);
        assert_eq!(parse("@moderator /case view 1"), moderator);
        assert_eq!(
            parse("@mallory free  nitro"),
            say(Some("mallory"), "free  nitro")
        );
        assert_eq!(
            parse("as mallory hello all"),
            say(Some("mallory"), "hello all")
        );
    }

    #[test]
    fn verbs_are_understood() {
        for (text, line) in [
            ("help", Line::Help),
            ("?", Line::Help),
            ("quit", Line::Quit),
            ("restart", Line::Restart),
            ("kill", Line::Kill),
            ("drop", Line::Drop),
            ("stats", Line::Stats),
            ("join @bob", Line::Join("bob".into())),
            ("leave bob", Line::Leave("bob".into())),
            ("go #mod-log", Line::Go("mod-log".into())),
            ("wait 1.5s", Line::Wait(Duration::from_millis(1_500))),
            ("clock +10m", Line::Clock(Duration::from_secs(600))),
            ("raid 5 hi all", Line::Raid(5, "hi all".into())),
            ("raid 5", Line::Raid(5, String::new())),
            ("keep all.json", Line::Keep("all.json".into())),
            ("press Appeal it", Line::Press(None, "Appeal it".into())),
            (
                "as bob press Yes",
                Line::Press(Some("bob".into()), "Yes".into()),
            ),
            (
                "as bob fill one | two",
                Line::Fill(Some("bob".into()), vec!["one".into(), "two".into()]),
            ),
            (
                "expect AIMod banned",
                Line::Expect(true, "AIMod banned".into()),
            ),
            ("expect not banned", Line::Expect(false, "banned".into())),
        ] {
            assert_eq!(parse(text), line, "{text}");
        }
    }

    #[test]
    fn what_only_begins_like_a_verb_is_said() {
        for text in [
            "wait for me",
            "help me please",
            "join us tonight",
            "quit that",
            "clock is ticking",
            "raid the fridge",
            "go home",
            "restart it once",
            "kill the lights",
            "keep it",
            "keep on. It is fun",
            "@alice",
            "@",
        ] {
            assert_eq!(parse(text), say(None, text), "{text}");
        }
        assert_eq!(parse("@alice help"), say(Some("alice"), "help"));
    }

    #[test]
    fn a_verb_without_what_it_takes_is_a_slip() {
        for (text, form) in [
            ("press", "press LABEL"),
            ("expect", "expect TEXT or expect not TEXT"),
            ("as bob", "as NAME and a message, command or press"),
            ("as", "as NAME and a message, command or press"),
            ("wait", "wait 2s, with ms, s, m, h or d"),
            ("wait 5", "wait 2s, with ms, s, m, h or d"),
            ("clock banana", "clock +10m, with s, m, h or d"),
            ("clock 10m", "clock +10m, with s, m, h or d"),
            ("raid -5 x", "raid 20 TEXT, with 1 to 500 strangers"),
            ("raid 501 x", "raid 20 TEXT, with 1 to 500 strangers"),
            ("raid", "raid 20 TEXT, with 1 to 500 strangers"),
        ] {
            assert_eq!(parse(text), Line::Slip(form), "{text}");
        }
    }

    #[test]
    fn spans_have_a_number_and_a_unit() {
        assert_eq!(span("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(span("2d"), Some(Duration::from_secs(172_800)));
        for wrong in ["", "2", "s", "2 s", "1.2.3s", "2y", "999999d", "-1s"] {
            assert_eq!(span(wrong), None, "{wrong}");
        }
    }
}
