//! Scripts: lines as one would type them, with times and expectations.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use tokio::time::Instant;

use super::line::{Line, parse, span};
use super::stage::{Goes, Stage};

/// When a line happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// As soon as the one before is settled.
    Next,
    /// This long after the beginning.
    At(Duration),
    /// This long after the one before.
    After(Duration),
}

/// A line of a script.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cue {
    number: usize,
    when: When,
    text: String,
    line: Line,
}

impl Cue {
    fn remark(number: usize, text: &str) -> Self {
        Self {
            number,
            when: When::Next,
            text: text.to_owned(),
            line: Line::Nothing,
        }
    }
}

/// Reads a script. Empty lines mean nothing; those that begin with `#` are told as they are.
///
/// # Errors
/// A time that goes back, and a file without any line.
pub(super) fn read(text: &str) -> anyhow::Result<Vec<Cue>> {
    let mut cues = Vec::new();
    let mut latest = Duration::ZERO;
    for (number, text) in (1..).zip(text.lines()) {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        if text.starts_with('#') {
            cues.push(Cue::remark(number, text));
            continue;
        }
        let (when, text) = timed(text);
        let line = parse(text);
        if let Line::Slip(form) = line {
            anyhow::bail!("line {number}: {text}: it is written {form}");
        }
        if let When::At(at) = when {
            anyhow::ensure!(at >= latest, "line {number}: the time goes back");
            latest = at;
        }
        cues.push(Cue {
            number,
            when,
            text: text.to_owned(),
            line,
        });
    }
    let acts = cues.iter().any(|cue| cue.line != Line::Nothing);
    anyhow::ensure!(acts, "the script has no lines");
    Ok(cues)
}

fn timed(text: &str) -> (When, &str) {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let when = match word.strip_prefix('+') {
        Some(after) => span(after).map(When::After),
        None => clock(word).map(When::At),
    };
    when.map_or((When::Next, text), |when| (when, rest.trim()))
}

/// `M:SS` with parts of a second.
fn clock(text: &str) -> Option<Duration> {
    let (minutes, seconds) = text.split_once(':')?;
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let (whole, part) = seconds.split_once('.').unwrap_or((seconds, "0"));
    if !digits(minutes) || whole.len() != 2 || !digits(whole) || !digits(part) {
        return None;
    }
    let seconds: f64 = seconds.parse().ok()?;
    let minutes: u32 = minutes.parse().ok()?;
    (seconds < 60.0 && minutes < 1_440)
        .then(|| Duration::from_secs(u64::from(minutes) * 60) + Duration::from_secs_f64(seconds))
}

/// Plays a script from its beginning.
///
/// # Errors
/// The first expectation that is not met, with its line and what was seen instead.
pub(super) async fn play(stage: &mut Stage, cues: &[Cue], file: &Path) -> anyhow::Result<()> {
    let mut score = Score {
        at: Duration::ZERO,
        begun: Instant::now(),
    };
    for cue in cues {
        if cue.line == Line::Nothing {
            stage.echo(&cue.text);
            continue;
        }
        score.wait(stage, cue.when).await;
        let expects = matches!(cue.line, Line::Expect(..));
        if !expects {
            stage.echo(&format!("{} {}", shown(score.at), cue.text));
        }
        let done = stage.carry_out(&cue.line).await;
        let place = || format!("{}:{}: {}", file.display(), cue.number, cue.text);
        if done.with_context(place)? == Goes::Out {
            break;
        }
        if expects {
            stage.echo(&format!("  ✓ {}", cue.text));
        }
        // What `clock` puts forward does not count: the times of a script are those of its telling.
        if let Line::Wait(span) = cue.line {
            score.at += span;
        }
    }
    Ok(())
}

fn shown(at: Duration) -> String {
    let minutes = at.as_secs() / 60;
    let seconds = at.as_secs_f64() - (minutes * 60) as f64;
    format!("{minutes}:{seconds:04.1}")
}

/// How far the script is: by its own count, which the clock of the world follows.
struct Score {
    at: Duration,
    begun: Instant,
}

impl Score {
    async fn wait(&mut self, stage: &mut Stage, when: When) {
        let due = match when {
            When::Next => return,
            When::At(at) => at.max(self.at),
            When::After(span) => self.at + span,
        };
        if stage.hurried {
            stage.pass(due - self.at).await;
        } else {
            tokio::time::sleep_until(self.begun + due).await;
        }
        self.at = due;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_may_have_times_and_comments_have_no_meaning() {
        let cues =
            read("# a story\n\n0:02.5 @mallory hi\n+500ms /config show\nhello\n").expect("cues");
        let found: Vec<_> = cues
            .iter()
            .map(|cue| (cue.number, cue.when))
            .skip(1)
            .collect();
        let expected = [
            (3, When::At(Duration::from_millis(2_500))),
            (4, When::After(Duration::from_millis(500))),
            (5, When::Next),
        ];
        assert_eq!(found, expected);
        assert_eq!(cues[0].line, Line::Nothing);
        assert_eq!(cues[1].line, parse("@mallory hi"));
        assert_eq!(cues[2].text, "/config show");
    }

    #[test]
    fn what_is_no_time_is_said() {
        for text in [
            "12:3 is the time",
            "1:75 x",
            "a:10 b",
            "+1 for that",
            "10: yes",
            "1:2.x",
        ] {
            assert_eq!(timed(text), (When::Next, text));
        }
        assert_eq!(timed("12:30"), (When::At(Duration::from_secs(750)), ""));
    }

    #[test]
    fn a_script_goes_forward_and_has_lines() {
        let error = read("0:02 a\n0:01 b").expect_err("back").to_string();
        assert_eq!(error, "line 2: the time goes back");
        assert!(read("# nothing\n").is_err());
        let slip = read("hello\nclock banana")
            .expect_err("no span")
            .to_string();
        assert_eq!(
            slip,
            "line 2: clock banana: it is written clock +10m, with s, m, h or d"
        );
    }

    #[test]
    fn times_are_shown_as_they_are_written() {
        assert_eq!(shown(Duration::from_millis(2_500)), "0:02.5");
        assert_eq!(shown(Duration::from_secs(750)), "12:30.0");
    }
}
