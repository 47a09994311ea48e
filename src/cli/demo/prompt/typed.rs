//! Lines that are typed on a terminal: an editor on a thread of its own, whose line survives what is printed meanwhile.

use std::io::Write as _;
use std::thread;

use anyhow::Context as _;
use rustyline::config::Config;
use rustyline::history::MemHistory;
use rustyline::{Editor, ExternalPrinter as _};
use tokio::sync::mpsc;

/// What stands before the typed line.
const PROMPT: &str = "› ";

/// A terminal's lines, one at a time.
pub(super) struct Typed {
    lines: mpsc::Receiver<String>,
    asked: std::sync::mpsc::Sender<()>,
}

impl Typed {
    /// Takes the terminal over. The second part prints above the line that is being typed.
    ///
    /// # Errors
    /// Where the terminal cannot be used.
    pub(super) fn open() -> anyhow::Result<(Self, Box<dyn FnMut(&str) + Send>)> {
        let config = Config::builder().auto_add_history(true).build();
        let history = MemHistory::with_config(&config);
        let mut editor: Editor<(), MemHistory> =
            Editor::with_history(config, history).context("this terminal cannot be used")?;
        let mut printer = editor
            .create_external_printer()
            .context("this terminal cannot be printed on")?;
        let (sender, lines) = mpsc::channel(1);
        let (asked, asks) = std::sync::mpsc::channel::<()>();
        thread::Builder::new()
            .name("prompt".to_owned())
            .spawn(move || {
                // Ends with Ctrl-C, Ctrl-D, or when nobody asks any more.
                while asks.recv().is_ok() {
                    let Ok(line) = editor.readline(PROMPT) else {
                        return;
                    };
                    if sender.blocking_send(line).is_err() {
                        return;
                    }
                }
            })
            .context("no thread for the prompt")?;
        let print = move |text: &str| {
            if printer.print(format!("{text}\n")).is_err() {
                // The terminal is gone; the loop ends with it.
                tracing::debug!("cannot print on the terminal");
            }
            if let Err(problem) = std::io::stdout().flush() {
                tracing::debug!(error = %problem, "cannot print on the terminal");
            }
        };
        Ok((Self { lines, asked }, Box::new(print)))
    }

    /// Lets the reader type the next line.
    pub(super) fn ask(&self) -> bool {
        self.asked.send(()).is_ok()
    }

    /// The next line; none at the end.
    pub(super) async fn next(&mut self) -> Option<String> {
        self.lines.recv().await
    }
}
