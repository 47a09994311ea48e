//! Connections that hear what the database announces: PostgreSQL's `LISTEN` on the channels of the triggers.

use std::pin::pin;
use std::time::Duration;

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::{FutureExt as _, StreamExt as _};
use secrecy::SecretString;

use super::tables::config::list_versions;
use super::{StoreError, connect};
use crate::domain::ids::{ConfigVersion, GuildId};

/// The channel on which the database announces versions.
const CHANNEL: &str = "aimod_config";

/// A guild has a new version; it was committed before this was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announced {
    /// The guild.
    pub guild: GuildId,
    /// Its version.
    pub version: ConfigVersion,
}

impl Announced {
    /// Reads `guild version`; nothing where somebody else has sent something else.
    fn read(payload: &str) -> Option<Self> {
        let (guild, version) = payload.split_once(' ')?;
        Some(Self {
            guild: GuildId(guild.parse().ok()?),
            version: ConfigVersion(version.parse().ok()?),
        })
    }
}

/// Hears what is announced on one channel, on a connection of its own.
pub struct Ear {
    connection: AsyncPgConnection,
}

impl Ear {
    /// Connects and listens. What is committed from now on is heard; what was before is to be looked up.
    ///
    /// # Errors
    /// Where the database does not answer within `patience`.
    pub async fn connect(
        url: &SecretString,
        channel: &str,
        patience: Duration,
    ) -> Result<Self, StoreError> {
        let mut connection = connect(url, patience).await?;
        let listen = format!("LISTEN {channel}");
        within(patience, async {
            Ok(connection.batch_execute(&listen).await?)
        })
        .await?;
        Ok(Self { connection })
    }

    /// Waits for announcements and returns the texts of all that have come by then. Dropping the future loses nothing.
    ///
    /// # Errors
    /// Where the connection is lost.
    pub async fn hear(&mut self) -> Result<Vec<String>, StoreError> {
        let mut stream = pin!(self.connection.notifications_stream());
        let mut next = stream.next().await;
        let mut heard = Vec::new();
        loop {
            let Some(notification) = next else {
                return Err(StoreError::Connect("the listening connection ended".into()));
            };
            heard.push(notification?.payload);
            match stream.next().now_or_never() {
                Some(more) => next = more,
                None => return Ok(heard),
            }
        }
    }
}

/// Hears of new configuration versions.
pub struct Listener {
    ear: Ear,
    patience: Duration,
}

impl Listener {
    /// As [`Ear::connect`], on the channel of configurations.
    ///
    /// # Errors
    /// Where the database does not answer within `patience`.
    pub async fn connect(url: &SecretString, patience: Duration) -> Result<Self, StoreError> {
        let ear = Ear::connect(url, CHANNEL, patience).await?;
        Ok(Self { ear, patience })
    }

    /// As [`Ear::hear`]. Announcements of nobody are left out, so the answer may be empty.
    ///
    /// # Errors
    /// Where the connection is lost.
    pub async fn hear(&mut self) -> Result<Vec<Announced>, StoreError> {
        let heard = self.ear.hear().await?;
        let announced: Vec<_> = heard
            .iter()
            .filter_map(|text| Announced::read(text))
            .collect();
        if announced.len() < heard.len() {
            tracing::warn!("an announcement of a configuration cannot be read");
        }
        Ok(announced)
    }

    /// The versions that these guilds have now, over this very connection: so a sweep also tells whether it lives.
    ///
    /// # Errors
    /// Where the connection is lost, or does not answer in time.
    pub async fn versions(
        &mut self,
        guilds: &[GuildId],
    ) -> Result<Vec<(GuildId, ConfigVersion)>, StoreError> {
        let connection = &mut self.ear.connection;
        within(self.patience, async {
            Ok(list_versions(connection, guilds).await?)
        })
        .await
    }
}

async fn within<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    tokio::time::timeout(patience, answer)
        .await
        .unwrap_or_else(|_| {
            let text = format!("no answer on the listening connection within {patience:?}");
            Err(StoreError::Connect(text))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_guild_and_a_version_are_an_announcement() {
        let announced = Announced {
            guild: GuildId(7),
            version: ConfigVersion(12),
        };
        assert_eq!(Announced::read("7 12"), Some(announced));
        for foreign in ["", "7", "7  12", "seven 12", "7 twelve", "-7 12", "7 12 13"] {
            assert_eq!(Announced::read(foreign), None, "{foreign:?}");
        }
    }
}
