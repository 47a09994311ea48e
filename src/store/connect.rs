//! Opens a single connection: address, TLS, time limits, and what every session of ours is set to.

use std::error::Error as _;
use std::time::Duration;

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use secrecy::SecretString;
use tokio_postgres::NoTls;

use super::{StoreError, tls};
use crate::settings::DatabaseUrl;

/// How long a statement of the pool waits for somebody else's lock: a transaction that somebody left open at the
/// database must not hold up the rows of others for long.
const LOCK_LIMIT: Duration = Duration::from_secs(1);

/// Opens a connection outside any pool, without a time limit on statements: for migrations, listening and checks.
///
/// # Errors
/// [`StoreError::Address`] for a wrong address, [`StoreError::Connect`] when the server does not answer as one within
/// `limit`.
pub async fn connect(url: &SecretString, limit: Duration) -> Result<AsyncPgConnection, StoreError> {
    Connector::new(url, limit, None)?.open().await
}

/// Opens connections to one database.
pub(super) struct Connector {
    config: tokio_postgres::Config,
    tls: Option<tokio_postgres_rustls::MakeRustlsConnect>,
    limit: Duration,
    session: String,
}

impl Connector {
    pub(super) fn new(
        url: &SecretString,
        limit: Duration,
        statement_timeout: Option<Duration>,
    ) -> Result<Self, StoreError> {
        let DatabaseUrl { mut config, tls } = DatabaseUrl::parse(url)?;
        config
            .application_name("aimod")
            .connect_timeout(limit)
            .keepalives_idle(Duration::from_secs(30))
            .tcp_user_timeout(Duration::from_secs(30));
        Ok(Self {
            config,
            tls: tls::connector(&tls)?,
            limit,
            session: session(statement_timeout),
        })
    }

    pub(super) async fn open(&self) -> Result<AsyncPgConnection, StoreError> {
        // The limit of the configuration ends with the TCP handshake; a server that accepts and then says nothing
        // would hold the caller for ever.
        tokio::time::timeout(self.limit, self.handshake())
            .await
            .unwrap_or_else(|_| {
                Err(StoreError::Connect(format!(
                    "no answer within {:?}",
                    self.limit
                )))
            })
    }

    async fn handshake(&self) -> Result<AsyncPgConnection, StoreError> {
        let mut connection = match self.tls.clone() {
            Some(tls) => {
                let (client, connection) = self.config.connect(tls).await.map_err(refused)?;
                AsyncPgConnection::try_from_client_and_connection(client, connection).await
            }
            None => {
                let (client, connection) = self.config.connect(NoTls).await.map_err(refused)?;
                AsyncPgConnection::try_from_client_and_connection(client, connection).await
            }
        }
        .map_err(|error| StoreError::Connect(error.to_string()))?;
        connection.batch_execute(&self.session).await?;
        Ok(connection)
    }
}

/// The session's settings. They are statements, not start-up options, because PgBouncer refuses the latter. English
/// messages let `is_transient` tell errors apart; only a superuser may ask for them before PostgreSQL 15.
fn session(statement_timeout: Option<Duration>) -> String {
    let limit = statement_timeout.map_or(0, |limit| limit.as_millis());
    let lock_limit = statement_timeout.map_or(0, |_| LOCK_LIMIT.as_millis());
    format!(
        "SET statement_timeout = {limit}; SET lock_timeout = {lock_limit}; \
         DO $$ BEGIN PERFORM set_config('lc_messages', 'C', false); \
         EXCEPTION WHEN insufficient_privilege THEN NULL; END $$"
    )
}

/// The whole chain of reasons: tokio-postgres itself only says which step failed.
fn refused(error: tokio_postgres::Error) -> StoreError {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    StoreError::Connect(text)
}
