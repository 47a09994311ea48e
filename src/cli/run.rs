//! `aimod run`: the bot, until it is told to stop.

use anyhow::Context as _;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Common;
use crate::app::{App, AppOptions};
use crate::settings::{LogFormat, Settings};
use crate::telemetry::logs;

/// Runs until SIGTERM, Ctrl-C, or until Discord ends the connection for good.
///
/// # Errors
/// All wrong settings at once; what could not start; why Discord ended the connection; a stop that took too long.
pub(super) async fn run(common: &Common) -> anyhow::Result<()> {
    let settings = common.settings(true)?;
    install_logs(&settings)?;
    let mut stop = StopSignals::listen()?;
    let options = AppOptions {
        listen: Some(settings.telemetry.listen),
        ..AppOptions::default()
    };
    let app = tokio::select! {
        started = App::start(&settings, options) => started?,
        name = stop.received() => {
            tracing::info!(signal = name, "stopped before the start was over");
            return Ok(());
        }
    };
    let ended = until_the_end(&app, &mut stop).await;
    app.stop().await?;
    tracing::info!("stopped");
    ended
}

async fn until_the_end(app: &App, stop: &mut StopSignals) -> anyhow::Result<()> {
    if let Some(address) = app.address() {
        tracing::info!(%address, "metrics and readiness");
    }
    tokio::select! {
        ended = app.closed() => ended.context("Discord ended the connection"),
        name = stop.received() => {
            tracing::info!(signal = name, "stopping");
            Ok(())
        }
    }
}

fn install_logs(settings: &Settings) -> anyhow::Result<()> {
    let format = match settings.telemetry.log_format {
        LogFormat::Readable => logs::Format::Readable,
        LogFormat::Json => logs::Format::Json,
    };
    Ok(logs::install(&settings.telemetry.log_level, format)?)
}

/// The signals that ask the process to stop.
pub(super) struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// Takes over SIGTERM and Ctrl-C.
    ///
    /// # Errors
    /// Where the system does not let a process listen.
    pub(super) fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?,
            interrupt: signal(SignalKind::interrupt()).context("cannot listen for Ctrl-C")?,
        })
    }

    /// Waits for one of them and names it.
    pub(super) async fn received(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
