//! The bot with a runtime of its own, so that it can be killed: all that it does ends where it is.

use std::time::Duration;

use anyhow::Context as _;
use tokio::runtime::{Builder, Runtime};

use crate::app::{App, AppOptions};
use crate::settings::Settings;

/// How long the remains of a killed bot may take to be gone.
const LEFTOVERS: Duration = Duration::from_secs(5);

/// A running bot.
pub(super) struct Body {
    app: Option<App>,
    runtime: Option<Runtime>,
}

impl Body {
    pub(super) async fn start(settings: &Settings, options: &AppOptions) -> anyhow::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .thread_name("bot")
            .enable_all()
            .build()
            .context("no runtime for the bot")?;
        let mut body = Self {
            app: None,
            runtime: None,
        };
        let (settings, options) = (settings.clone(), options.clone());
        let start = runtime.spawn(async move { Box::pin(App::start(&settings, options)).await });
        body.runtime = Some(runtime);
        body.app = Some(start.await.context("the bot's start failed")??);
        Ok(body)
    }

    pub(super) fn app(&self) -> anyhow::Result<&App> {
        self.app.as_ref().context("the bot does not run")
    }

    /// Stops the bot in order.
    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        match self.app.take() {
            Some(app) => app.stop().await,
            None => Ok(()),
        }
    }

    /// Ends the bot in the middle of whatever it does: nothing is finished, written or said good-bye to.
    pub(super) async fn kill(mut self) -> anyhow::Result<()> {
        let runtime = self.runtime.take().context("the bot has no runtime")?;
        let ended = tokio::task::spawn_blocking(move || runtime.shutdown_timeout(LEFTOVERS));
        ended.await.context("the bot does not die")
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        // What is dropped on a runtime must not wait for another one.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
