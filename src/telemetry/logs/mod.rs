//! The log: readable or JSON lines on standard error, without what other libraries would give away.
//!
//! Libraries write whole payloads into their DEBUG lines, spans and some warnings: SQL parameters, gateway frames,
//! message texts. Whatever the filter says, those never reach the log. Some of them are counted instead: gateway
//! events that serenity cannot read, and every ERROR.

use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt as _, LevelFilter, ParseError, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, Registry};

use super::metrics::metrics;

metrics! {
    /// Gateway events that could not be read, because they are unknown or malformed.
    pub(crate) static UNKNOWN_EVENTS: Counter<0> = ("aimod_gateway_unknown_events_total", []);
    /// ERROR lines, by whether AIMod or a library wrote them.
    pub(crate) static ERRORS: Counter<1> = ("aimod_log_errors_total", ["source"]);
}

/// Where serenity says that it does not know an event, at DEBUG, with the event in the text.
const SERENITY_DISPATCH: &str = "serenity::client::dispatch";
/// Where serenity says that a frame cannot be read, with the frame in the text.
const SERENITY_FRAMES: &str = "serenity::gateway::ws";
/// Where serenity repeats the reason at ERROR; a JSON error quotes the value it stumbled over.
const SERENITY_RUNNER: &str = "serenity::gateway::bridge::shard_runner";
/// How many ERROR lines are remembered for [`errors_after`].
const REMEMBERED: usize = 64;

/// How a log line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Readable,
    /// One JSON object per line.
    Json,
}

/// Why the log could not be started.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter is not in the form `info,aimod::guild=debug`.
    #[error("cannot read the log filter {filter:?}: {source}")]
    Filter {
        /// The filter as it was given.
        filter: String,
        /// What is wrong with it.
        source: ParseError,
    },
}

/// Starts the log of this process; when it runs already, only the filter is checked.
///
/// # Errors
///
/// [`LogError::Filter`] when `filter` cannot be read.
pub fn install(filter: &str, format: Format) -> Result<(), LogError> {
    let lines = lines(filter, format, std::io::stderr)?;
    let subscriber = Registry::default().with(lines).with(counts());
    // A second app in the same process (tests) shares the log of the first.
    drop(tracing::subscriber::set_global_default(subscriber));
    Ok(())
}

/// The layer that writes lines.
fn lines<S, W>(
    filter: &str,
    format: Format,
    writer: W,
) -> Result<Box<dyn Layer<S> + Send + Sync>, LogError>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let wanted = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .parse(filter)
        .map_err(|source| LogError::Filter {
            filter: filter.to_owned(),
            source,
        })?;
    let wanted = wanted.and(filter_fn(may_be_written));
    let layer = tracing_subscriber::fmt::layer().with_writer(writer);
    Ok(match format {
        Format::Readable => layer
            .with_ansi(std::io::stderr().is_terminal())
            .with_filter(wanted)
            .boxed(),
        Format::Json => layer
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .with_filter(wanted)
            .boxed(),
    })
}

/// Whether a line of this origin is free of payloads; our own lines always are.
fn may_be_written(meta: &Metadata<'_>) -> bool {
    let (target, level) = (meta.target(), *meta.level());
    if is_ours(target) {
        return true;
    }
    let gives_away =
        target == SERENITY_FRAMES || (target == SERENITY_RUNNER && level == Level::ERROR);
    let enough = if target.starts_with("serenity") {
        Level::WARN
    } else {
        Level::INFO
    };
    meta.is_event() && level <= enough && !gives_away
}

fn is_ours(target: &str) -> bool {
    target == "aimod" || target.starts_with("aimod::")
}

/// The layer that counts, whatever the filter of the lines hides.
fn counts<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    let counted = filter_fn(|meta| {
        let level = *meta.level();
        meta.is_event()
            && match meta.target() {
                SERENITY_DISPATCH => level <= Level::DEBUG,
                SERENITY_FRAMES => level <= Level::WARN,
                _ => level == Level::ERROR,
            }
    });
    Counts.with_filter(counted.with_max_level_hint(LevelFilter::DEBUG))
}

struct Counts;

impl<S: Subscriber> Layer<S> for Counts {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let meta = event.metadata();
        match meta.target() {
            SERENITY_FRAMES => UNKNOWN_EVENTS.increment([]),
            SERENITY_DISPATCH if message_starts(event, "An unknown event") => {
                UNKNOWN_EVENTS.increment([]);
            }
            _ => {}
        }
        if *meta.level() == Level::ERROR {
            let ours = is_ours(meta.target());
            ERRORS.increment([if ours { "aimod" } else { "library" }]);
            remember(event, ours);
        }
    }
}

/// The newest ERROR lines and how many there have been in all.
struct Errors {
    seen: usize,
    newest: VecDeque<String>,
}

static SEEN: Mutex<Errors> = Mutex::new(Errors {
    seen: 0,
    newest: VecDeque::new(),
});

/// How many ERROR lines this process has written; a mark for [`errors_after`].
#[must_use]
pub fn errors_seen() -> usize {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).seen
}

/// The ERROR lines after a mark, the newest 64 at most: a scenario ends by showing that there were none. Of a
/// library's line only the origin is kept.
#[must_use]
pub fn errors_after(mark: usize) -> Vec<String> {
    let errors = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let fresh = errors.seen.saturating_sub(mark).min(errors.newest.len());
    let skipped = errors.newest.len() - fresh;
    errors.newest.iter().skip(skipped).cloned().collect()
}

fn remember(event: &Event<'_>, ours: bool) {
    let mut line = Line(event.metadata().target().to_owned());
    if ours {
        event.record(&mut line);
    }
    let mut errors = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    errors.seen += 1;
    errors.newest.push_back(line.0);
    if errors.newest.len() > REMEMBERED {
        errors.newest.pop_front();
    }
}

/// A line as text: origin, then each field.
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let name = field.name();
        // Writing to a string cannot fail.
        write!(self.0, " {name}={value:?}").ok();
    }
}

/// Whether the text of `event` starts so; the rest, which may be long, is never formatted.
fn message_starts(event: &Event<'_>, with: &'static str) -> bool {
    let mut start = Start {
        rest: with,
        matches: true,
    };
    event.record(&mut start);
    start.matches && start.rest.is_empty()
}

struct Start {
    rest: &'static str,
    matches: bool,
}

impl Visit for Start {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            // Ends with an error as soon as the answer is known.
            write!(self, "{value:?}").ok();
        }
    }
}

impl fmt::Write for Start {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let shared = text.len().min(self.rest.len());
        self.matches = self.matches && text.as_bytes()[..shared] == self.rest.as_bytes()[..shared];
        if !self.matches {
            return Err(fmt::Error);
        }
        self.rest = &self.rest[shared..];
        if self.rest.is_empty() {
            Err(fmt::Error)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;
