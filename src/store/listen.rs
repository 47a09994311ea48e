//! Connections that hear what the database announces: PostgreSQL's `LISTEN`.

use std::pin::pin;
use std::time::Duration;

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::{FutureExt as _, StreamExt as _};
use secrecy::SecretString;

use super::tables::config::list_versions;
use super::tables::erasure;
use super::{StoreError, connect};
use crate::domain::ids::{ConfigVersion, GuildId, UserId};

/// The channel on which the database announces versions.
const CHANNEL: &str = "aimod_config";

/// What was committed before this was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Announced {
    /// A guild has a new version.
    Version(GuildId, ConfigVersion),
    /// All of a guild is gone, its versions too.
    GuildErased(GuildId),
    /// What could go of a person is gone.
    UserErased(UserId),
    /// Errands of a guild stand in the journal, for whoever has the guild.
    Errands(GuildId),
}

impl Announced {
    /// Reads `guild version`, or `user 1`, `guild 1` and `errands 1` on the channel of erasures; nothing where somebody else has sent
    /// something else.
    fn read(channel: &str, payload: &str) -> Option<Self> {
        let (first, second) = payload.split_once(' ')?;
        if channel == CHANNEL {
            let version = ConfigVersion(second.parse().ok()?);
            return Some(Self::Version(GuildId(first.parse().ok()?), version));
        }
        let id = second.parse().ok()?;
        match first {
            "guild" => Some(Self::GuildErased(GuildId(id))),
            "user" => Some(Self::UserErased(UserId(id))),
            "errands" => Some(Self::Errands(GuildId(id))),
            _ => None,
        }
    }
}

/// An announcement as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The channel.
    pub channel: String,
    /// The text.
    pub payload: String,
}

/// Hears what is announced on some channels, on a connection of its own.
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
        channels: &[&str],
        patience: Duration,
    ) -> Result<Self, StoreError> {
        let mut connection = connect(url, patience).await?;
        let listens: Vec<String> = channels.iter().map(|one| format!("LISTEN {one}")).collect();
        let listen = listens.join("; ");
        within(patience, async {
            Ok(connection.batch_execute(&listen).await?)
        })
        .await?;
        Ok(Self { connection })
    }

    /// Waits for announcements and returns all that have come by then. Dropping the future loses nothing.
    ///
    /// # Errors
    /// Where the connection is lost.
    pub async fn hear(&mut self) -> Result<Vec<Heard>, StoreError> {
        let mut stream = pin!(self.connection.notifications_stream());
        let mut next = stream.next().await;
        let mut heard = Vec::new();
        loop {
            let Some(notification) = next else {
                return Err(StoreError::Connect("the listening connection ended".into()));
            };
            let notification = notification?;
            heard.push(Heard {
                channel: notification.channel,
                payload: notification.payload,
            });
            match stream.next().now_or_never() {
                Some(more) => next = more,
                None => return Ok(heard),
            }
        }
    }
}

/// Hears of new configuration versions and of erasures.
pub struct Listener {
    ear: Ear,
    patience: Duration,
}

impl Listener {
    /// As [`Ear::connect`], on the channels of configurations and of erasures.
    ///
    /// # Errors
    /// Where the database does not answer within `patience`.
    pub async fn connect(url: &SecretString, patience: Duration) -> Result<Self, StoreError> {
        let ear = Ear::connect(url, &[CHANNEL, erasure::CHANNEL], patience).await?;
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
            .filter_map(|one| Announced::read(&one.channel, &one.payload))
            .collect();
        if announced.len() < heard.len() {
            tracing::warn!("an announcement cannot be read");
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
        let announced = Announced::Version(GuildId(7), ConfigVersion(12));
        assert_eq!(Announced::read(CHANNEL, "7 12"), Some(announced));
        for foreign in [
            "", "7", "7  12", "seven 12", "7 twelve", "-7 12", "7 12 13", "user 7",
        ] {
            assert_eq!(Announced::read(CHANNEL, foreign), None, "{foreign:?}");
        }
    }

    #[test]
    fn an_erasure_names_a_person_or_a_guild() {
        let read = |payload| Announced::read(erasure::CHANNEL, payload);
        assert_eq!(read("user 7"), Some(Announced::UserErased(UserId(7))));
        assert_eq!(read("guild 8"), Some(Announced::GuildErased(GuildId(8))));
        assert_eq!(read("errands 9"), Some(Announced::Errands(GuildId(9))));
        for foreign in ["", "user", "7 12", "member 7", "user -7", "user 7 8"] {
            assert_eq!(read(foreign), None, "{foreign:?}");
        }
    }
}
