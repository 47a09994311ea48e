//! The bot's database, wherever it is: the one that was named, or one in a server of our own.

use secrecy::SecretString;

use super::server::{DATABASE, PostgresServer, ServerError, ServerOptions, find_running};
use crate::settings::Settings;

/// A database that can be connected to, and the server that we run for it, if we do.
#[derive(Debug)]
pub struct Database {
    url: SecretString,
    server: Option<PostgresServer>,
}

impl Database {
    /// For the bot itself: `database.url`, or else our own server, which then belongs to this process.
    ///
    /// # Errors
    /// See [`ServerError`]; a data folder in use by another process is one. A database that was named is not contacted.
    pub async fn serve(settings: &Settings) -> Result<Self, ServerError> {
        match &settings.database.url {
            Some(url) => Ok(Self::named(url.clone())),
            None => Self::own(ServerOptions::kept(settings)).await,
        }
    }

    /// For a command that is soon done: as [`Database::serve`], but a server that the bot runs at the moment is used
    /// along with it.
    ///
    /// # Errors
    /// As [`Database::serve`].
    pub async fn visit(settings: &Settings) -> Result<Self, ServerError> {
        match (
            &settings.database.url,
            find_running(&settings.places.data_dir),
        ) {
            (None, Some(url)) => Ok(Self::named(url.into())),
            _ => Self::serve(settings).await,
        }
    }

    /// A database that is gone after [`Database::stop`].
    ///
    /// # Errors
    /// See [`ServerError`].
    pub async fn throw_away(settings: &Settings) -> Result<Self, ServerError> {
        Self::own(ServerOptions::throw_away(settings)).await
    }

    fn named(url: SecretString) -> Self {
        Self { url, server: None }
    }

    async fn own(options: ServerOptions) -> Result<Self, ServerError> {
        let server = PostgresServer::start(options).await?;
        Ok(Self {
            url: server.url(DATABASE).into(),
            server: Some(server),
        })
    }

    /// The address.
    #[must_use]
    pub fn url(&self) -> &SecretString {
        &self.url
    }

    /// Our own server, if this is one.
    #[must_use]
    pub fn server(&self) -> Option<&PostgresServer> {
        self.server.as_ref()
    }

    /// Stops our own server; a database elsewhere is left alone. Close the pools first.
    pub async fn stop(self) {
        if let Some(server) = self.server {
            server.stop().await;
        }
    }
}
