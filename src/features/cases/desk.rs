//! What every `/case` command begins with, whether it is called, pressed or sent as a form.

use super::replies::{self, TEXTS};
use crate::commands::components::Press;
use crate::commands::forms::Submission;
use crate::commands::target::check_record;
use crate::commands::words::language_of;
use crate::commands::{CommandError, Context, Refusal, Services, caller_of, guild_of};
use crate::domain::ids::{CaseNumber, GuildId, UserId};
use crate::guild::language::{Language, Speech};
use crate::store::tables::cases::Case;

/// Who reads an answer, and therefore what of the staff's own words it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// Somebody of the staff alone.
    Staff,
    /// A whole channel: text commands are answered before everybody.
    Everybody,
    /// The member whom the case is about.
    Oneself,
}

/// A call with all that it works on.
#[derive(Clone, Copy)]
pub(super) struct Desk<'a> {
    pub(super) services: &'a Services,
    pub(super) guild: GuildId,
    pub(super) user: UserId,
    pub(super) language: Language,
    pub(super) speech: Speech,
    is_public: bool,
}

impl<'a> Desk<'a> {
    /// For a command.
    pub(super) async fn of(ctx: Context<'a>) -> Result<Self, CommandError> {
        let language = language_of(ctx).await;
        let place = (guild_of(ctx)?, caller_of(ctx));
        Ok(Self {
            is_public: matches!(ctx, Context::Prefix(_)),
            ..Self::at(ctx.data(), place, language)
        })
    }

    /// For a press.
    pub(super) fn pressed(press: &Press<'a>) -> Self {
        Self::at(press.services, (press.guild, press.user), press.language)
    }

    /// For a form.
    pub(super) fn sent(form: &Submission<'a>) -> Self {
        Self::at(form.services, (form.guild, form.user), form.language)
    }

    fn at(services: &'a Services, (guild, user): (GuildId, UserId), language: Language) -> Self {
        Self {
            services,
            guild,
            user,
            language,
            speech: TEXTS.speech(language),
            is_public: false,
        }
    }

    /// Who reads what is answered about this case.
    pub(super) fn audience(&self, case: &Case) -> Audience {
        if case.target_user_id == self.user.as_i64() {
            Audience::Oneself
        } else if self.is_public {
            Audience::Everybody
        } else {
            Audience::Staff
        }
    }

    /// The case of that number, where the caller may change it.
    pub(super) async fn case_to_change(&self, number: i64) -> Result<Case, CommandError> {
        let case = self.case(number).await?;
        let about = UserId::from_i64(case.target_user_id);
        check_record(self.services, (self.guild, about), self.user, self.language).await?;
        Ok(case)
    }

    /// The case of that number, as it is now.
    pub(super) async fn case(&self, number: i64) -> Result<Case, CommandError> {
        let mut conn = self.services.reader().await?;
        let found = Case::find(&mut conn, self.guild, CaseNumber(number)).await?;
        Ok(found.ok_or_else(|| self.no_such_case(number))?)
    }

    /// What is said of a number that no case has.
    pub(super) fn no_such_case(&self, number: i64) -> Refusal {
        Refusal::new(replies::no_such_case(self.speech, number))
    }
}
