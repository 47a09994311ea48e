//! `/infractions add`.

use std::time::Duration;

use super::super::replies::{self, Part, TEXTS, Told};
use super::TO_ADD;
use crate::actions::{NoticeOutcome, PerformError};
use crate::commands::error::Away;
use crate::commands::target::Target;
use crate::commands::words::language_of;
use crate::commands::{
    Command, CommandError, CommandResult, Context, Refusal, caller_of, guild_of, reply,
    with_text_form,
};
use crate::domain::verdict::{Decision, Punishment};
use crate::features::cases::{self, CardFacts};
use crate::guild::keys::MODERATION_LOG_CHANNEL_ID;
use crate::guild::language::{Language, Speech};

/// The most characters of a rule, and of what is said beside it.
const MOST: (usize, usize) = (100, 400);

/// How long somebody waits to read whether the member was told; the warning is given all the same.
const PATIENCE: Duration = Duration::from_secs(10);

/// `/infractions add`.
pub(super) fn add() -> Command {
    with_text_form(add_named(), add_typed())
}

/// Warns a member: an infraction and a case, and the member is told.
#[poise::command(slash_command, rename = "add", custom_data = "TO_ADD")]
async fn add_named(
    ctx: Context<'_>,
    #[description = "The member, also one who has left"] user: serenity::all::User,
    #[description = "The rule that was broken, at most 100 characters"] rule: String,
    #[description = "What there is to say about it, at most 400 characters; the member reads it"]
    reasoning: Option<String>,
) -> CommandResult {
    warn(ctx, &user, &rule, reasoning.as_deref()).await
}

#[poise::command(prefix_command, rename = "add", custom_data = "TO_ADD")]
async fn add_typed(
    ctx: Context<'_>,
    user: serenity::all::User,
    #[rest] rule: String,
) -> CommandResult {
    warn(ctx, &user, &rule, None).await
}

async fn warn(
    ctx: Context<'_>,
    user: &serenity::all::User,
    rule: &str,
    reasoning: Option<&str>,
) -> CommandResult {
    let speech = TEXTS.speech(language_of(ctx).await);
    let warning = Warning::read(speech, rule, reasoning)?;
    let target = Target::check(ctx, user).await?;
    let decision = decide(ctx, &target, &warning).await?;
    let performed = ctx.data().actions.perform(decision);
    let (case, told) = match tokio::time::timeout(PATIENCE, performed).await {
        Ok(Ok(performed)) => (performed.case, told(performed.notice, target.is_member)),
        Ok(Err(PerformError::Interrupted | PerformError::AlreadyKnown)) | Err(_) => {
            (None, Told::NotYet)
        }
        Ok(Err(error @ (PerformError::Busy(_) | PerformError::NotJournaled(_)))) => {
            tracing::warn!(%error, "a warning was not given");
            return Err(CommandError::Unavailable(Away::Database));
        }
    };
    reply::say(ctx, replies::warned(speech, target.user, case, told)).await
}

const fn told(notice: NoticeOutcome, is_member: bool) -> Told {
    match notice {
        // Discord refuses both with the same words.
        NoticeOutcome::Closed if !is_member => Told::Away,
        NoticeOutcome::Delivered => Told::Yes,
        NoticeOutcome::Closed => Told::Closed,
        NoticeOutcome::Failed | NoticeOutcome::NotWanted => Told::No,
    }
}

/// What a moderator says against somebody.
struct Warning {
    rule: String,
    /// Both, as the case and the member have it.
    reason: String,
}

impl Warning {
    fn read(speech: Speech, rule: &str, reasoning: Option<&str>) -> Result<Self, Refusal> {
        let fits = |text: &str, part: Part, most: usize| {
            let text: String = text.chars().filter(|c| *c != '\0').collect();
            let text = text.trim().to_owned();
            match text.chars().count() {
                long if long > most => {
                    Err(Refusal::new(replies::too_long(speech, part, (most, long))))
                }
                _ => Ok(text),
            }
        };
        let rule = fits(rule, Part::Rule, MOST.0)?;
        let reasoning = fits(reasoning.unwrap_or_default(), Part::Reasoning, MOST.1)?;
        if rule.is_empty() {
            return Err(Refusal::new(replies::rule_missing(speech)));
        }
        let reason = match reasoning.as_str() {
            "" => rule.clone(),
            more => format!("{rule}: {more}"),
        };
        Ok(Self { rule, reason })
    }
}

async fn decide(
    ctx: Context<'_>,
    target: &Target,
    warning: &Warning,
) -> Result<Decision, CommandError> {
    let (services, guild) = (ctx.data(), guild_of(ctx)?);
    let snapshot = services.guilds.configuration(guild).await?;
    let language = Language::of(snapshot.values());
    let name = services.guilds.view(guild).name.clone();
    let facts = CardFacts {
        moderator: caller_of(ctx),
        reason: Some(&warning.reason),
        ..CardFacts::new(target.user, &target.name, Punishment::Warn)
    };
    let log = snapshot.values().channel(&MODERATION_LOG_CHANNEL_ID);
    // Discord's id of the call: whoever carries it out twice finds it done.
    let key = format!("infractions:{}", ctx.id());
    let now = services.clock.now();
    let mut decision = Decision {
        target_name: target.name.clone(),
        rule: warning.rule.clone(),
        reasoning: warning.reason.clone(),
        notice: Some(replies::notice(
            TEXTS.speech(language),
            &name,
            &warning.reason,
        )),
        card: log.map(|channel| cases::card(language, channel, &facts)),
        standing: target.standing,
        config_version: snapshot.version(),
        moderator: caller_of(ctx),
        ..Decision::new(guild, key, target.user, Punishment::Warn, now)
    };
    let registry = services.guilds.registry();
    registry.hang_buttons(&mut decision, snapshot.values());
    Ok(decision)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rule: &str, reasoning: Option<&str>) -> Result<(String, String), String> {
        let read = Warning::read(TEXTS.speech(Language::En), rule, reasoning);
        let read = read.map_err(|refusal| refusal.to_string())?;
        Ok((read.rule, read.reason))
    }

    #[test]
    fn a_warning_says_the_rule_and_what_there_is_to_say() {
        let both = |rule: &str, reason: &str| Ok((rule.to_owned(), reason.to_owned()));
        assert_eq!(read(" no spam\0 ", None), both("no spam", "no spam"));
        assert_eq!(read("no spam", Some("  ")), both("no spam", "no spam"));
        let said = read("no spam", Some("five times"));
        assert_eq!(said, both("no spam", "no spam: five times"));
    }

    #[test]
    fn what_is_too_long_or_empty_is_refused() {
        assert!(read(" ", Some("because")).is_err());
        assert!(read(&"ä".repeat(100), Some(&"ä".repeat(400))).is_ok());
        let long = read(&"ä".repeat(101), None).expect_err("too long");
        assert!(
            long.contains("at most 100") && long.contains("101"),
            "{long}"
        );
        let long = read("a rule", Some(&"ä".repeat(401))).expect_err("too long");
        assert!(
            long.contains("at most 400") && long.contains("401"),
            "{long}"
        );
    }
}
