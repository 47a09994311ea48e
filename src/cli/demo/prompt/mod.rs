//! The demo's prompt and its scripts: the reader acts in the guild Demo, and the bot's answers appear as text.

mod body;
mod draw;
mod house;
mod line;
mod mention;
mod script;
mod stage;
mod stats;
mod tell;
#[cfg(test)]
mod tests;
mod typed;

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

use self::house::House;
use self::line::Line;
use self::stage::{Goes, Stage};
use self::typed::Typed;
use super::Args;
use crate::cli::run::StopSignals;
use crate::store::tables::ledger::Ledger;

const WELCOME: &str = "\
AIMod, the real bot, on a Discord of its own. You are in #general of the guild Demo, with admin, alice, mallory and
moderator; the bot writes its cards into #mod-log. A line is a message of alice, a line with / a command of admin. Try:

  @mallory Frее Nіtro: claim your gift now
  /case view 1
  help
";

/// Opens the prompt on this terminal until the reader ends it.
///
/// # Errors
/// What could not start, and what the bot left undone.
pub(super) async fn open(args: &Args, mut signals: StopSignals) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "starting …")?;
    let house = House::start(args).await?;
    let (mut typed, print) = Typed::open()?;
    let mut stage = Stage::new(house, print)?;
    prepare(&mut stage).await?;
    stage.tell(WELCOME);
    let conversed = tokio::select! {
        conversed = converse(&mut stage, &mut typed) => conversed,
        _ = signals.received() => Ok(()),
    };
    drop(typed);
    let ledger = stage.house.stop().await;
    conversed?;
    part(&ledger?)
}

/// The last word: what the database held.
fn part(ledger: &Ledger) -> anyhow::Result<()> {
    let held = stats::held(ledger);
    writeln!(
        std::io::stdout(),
        "The database held {held}; nothing was left undone."
    )?;
    Ok(())
}

/// What an administrator does first, so that there is something to see.
async fn prepare(stage: &mut Stage) -> anyhow::Result<()> {
    for line in [
        "/config set key:MODERATION_LOG_CHANNEL_ID value:#mod-log",
        "/botdetect enable on:true",
    ] {
        stage.house.guild.owner()?.runs(line)?.answer().await?;
    }
    stage.forget();
    Ok(())
}

/// Line by line; what happens between two lines is told above the one that is being typed.
async fn converse(stage: &mut Stage, typed: &mut Typed) -> anyhow::Result<()> {
    while typed.ask() {
        let line = loop {
            tokio::select! {
                line = typed.next() => break line,
                happening = stage.next() => stage.tell_happening(&happening),
            }
        };
        let Some(line) = line else { return Ok(()) };
        let line = line::parse(&line);
        match stage.carry_out(&line).await {
            Ok(Goes::On) if matches!(line, Line::Expect(..)) => stage.tell("  ✓ it is so"),
            Ok(Goes::On) => {}
            Ok(Goes::Out) => return Ok(()),
            Err(_) if matches!(line, Line::Expect(..)) => stage.tell("  ✗ it is not so"),
            Err(error) => stage.tell(&format!("  ! {error:#}")),
        }
    }
    Ok(())
}

/// Plays a script.
///
/// # Errors
/// What could not start, the first expectation that is not met, and what the bot left undone.
pub(super) async fn play(args: &Args, file: &Path, signals: StopSignals) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file);
    let text = text.with_context(|| format!("{} cannot be read", file.display()))?;
    play_text(args, (file, &text), signals).await
}

/// What is piped into the program.
///
/// # Errors
/// What is no text.
pub(super) fn piped() -> anyhow::Result<String> {
    std::io::read_to_string(std::io::stdin()).context("standard input cannot be read")
}

/// Plays a script that was read from there.
///
/// # Errors
/// As [`play`].
pub(super) async fn play_text(
    args: &Args,
    (file, text): (&Path, &str),
    mut signals: StopSignals,
) -> anyhow::Result<()> {
    let cues = script::read(text).with_context(|| format!("{} is no script", file.display()))?;
    let house = House::start(args).await?;
    let print = |text: &str| {
        if let Err(problem) = writeln!(std::io::stdout(), "{text}") {
            tracing::debug!(error = %problem, "cannot print");
        }
    };
    let mut stage = Stage::new(house, Box::new(print))?;
    stage.hurried = !args.real_time;
    let played = tokio::select! {
        played = script::play(&mut stage, &cues, file) => played,
        name = signals.received() => Err(anyhow::anyhow!("ended by {name}")),
    };
    let ledger = stage.house.stop().await;
    played?;
    part(&ledger?)
}
