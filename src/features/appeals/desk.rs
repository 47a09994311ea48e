//! What everything about appeals begins with: the guild, who asks, what is set, and the words for it.

use std::sync::Arc;
use std::time::Duration;

use super::config::Settings;
use super::replies::TEXTS;
use crate::actions::{Kept, Opens};
use crate::commands::components::Press;
use crate::commands::error::Away;
use crate::commands::forms::Submission;
use crate::commands::{CommandError, Context, Services, caller_of, guild_of};
use crate::domain::ids::{GuildId, UserId};
use crate::features::global_bans::GlobalBans;
use crate::guild::config::snapshot::Snapshot;
use crate::guild::language::{Language, Speech};
use crate::writer::WriteError;

/// How long a change may take, so that whoever waits is told in time. It goes on without them.
const KEPT_WITHIN: Duration = Duration::from_millis(2_000);

/// A call, a press or a form with all that it works on.
pub(super) struct Desk<'a> {
    pub(super) services: &'a Services,
    pub(super) guild: GuildId,
    pub(super) user: UserId,
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) settings: Settings,
    pub(super) speech: Speech,
}

impl<'a> Desk<'a> {
    /// For a command of a server.
    pub(super) async fn of(ctx: Context<'a>) -> Result<Self, CommandError> {
        Self::at(ctx.data(), guild_of(ctx)?, caller_of(ctx)).await
    }

    /// For a press.
    pub(super) async fn pressed(press: &Press<'a>) -> Result<Self, CommandError> {
        Self::at(press.services, press.guild, press.user).await
    }

    /// For a form.
    pub(super) async fn sent(form: &Submission<'a>) -> Result<Self, CommandError> {
        Self::at(form.services, form.guild, form.user).await
    }

    /// For somebody who asks about a server, wherever.
    pub(super) async fn at(
        services: &'a Services,
        guild: GuildId,
        user: UserId,
    ) -> Result<Self, CommandError> {
        let snapshot = services.guilds.configuration(guild).await?;
        let values = snapshot.values();
        Ok(Self {
            services,
            guild,
            user,
            settings: Settings::of(values),
            speech: TEXTS.speech(Language::of(values)),
            snapshot,
        })
    }

    /// Whether the bot's operators keep somebody out of this server, whatever its own staff does.
    ///
    /// # Errors
    /// Where the process keeps no global bans.
    pub(super) fn is_kept_out(&self, user: UserId) -> Result<bool, CommandError> {
        let bans: &GlobalBans = self.services.state()?;
        Ok(bans.keep_out(user, self.snapshot.values()))
    }

    /// Writes a change with what it opens in the journal.
    ///
    /// # Errors
    /// [`CommandError::Unavailable`] soon enough to be read. Asking again is harmless: both records come out the same.
    pub(super) async fn keep<R: Opens>(&self, record: R) -> Result<Kept<R::Ack>, CommandError> {
        let keeping = self.services.actions.keep(record);
        match tokio::time::timeout(KEPT_WITHIN, keeping).await {
            Ok(Ok(kept)) => Ok(kept),
            Ok(Err(refused @ WriteError::Refused { .. })) => {
                Err(anyhow::Error::new(refused).into())
            }
            Ok(Err(_)) | Err(_) => Err(CommandError::Unavailable(Away::Database)),
        }
    }
}
