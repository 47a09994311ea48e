//! The guild's language for answers, and the texts that every command shares.

use std::sync::LazyLock;
use std::time::Duration;

use uuid::Uuid;

use super::error::Away;
use super::run::Outcome;
use super::{CommandError, Context, Services};
use crate::domain::ids::GuildId;
use crate::domain::permissions::Permissions;
use crate::guild::language::{Language, Speech, Texts};

/// The texts of this floor.
pub static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::new(
        "commands",
        &[
            (Language::En, include_str!("texts/en.ftl")),
            (Language::De, include_str!("texts/de.ftl")),
        ],
    )
});

/// How long a sleeping guild's language is waited for: an answer in English is better than none.
const LANGUAGE_WITHIN: Duration = Duration::from_millis(500);

/// The language of a guild; English where that cannot be read soon.
pub async fn language_in(services: &Services, guild: GuildId) -> Language {
    if let Some(snapshot) = services.guilds.find_configuration(guild) {
        return Language::of(snapshot.values());
    }
    let read = services.guilds.configuration(guild);
    match tokio::time::timeout(LANGUAGE_WITHIN, read).await {
        Ok(Ok(snapshot)) => Language::of(snapshot.values()),
        _ => Language::En,
    }
}

/// The language in which a call is answered.
pub async fn language_of(ctx: Context<'_>) -> Language {
    match ctx.guild_id() {
        Some(guild) => language_in(ctx.data(), GuildId(guild.get())).await,
        None => Language::En,
    }
}

/// The shared texts in a call's language.
pub(super) async fn speech(ctx: Context<'_>) -> Speech {
    TEXTS.speech(language_of(ctx).await)
}

/// A permission as Discord's client names it in that language.
#[must_use]
pub fn permission(language: Language, permission: Permissions) -> String {
    let id = match permission {
        Permissions::KICK_MEMBERS => "commands-KICK_MEMBERS",
        Permissions::BAN_MEMBERS => "commands-BAN_MEMBERS",
        Permissions::ADMINISTRATOR => "commands-ADMINISTRATOR",
        Permissions::MANAGE_GUILD => "commands-MANAGE_GUILD",
        Permissions::VIEW_AUDIT_LOG => "commands-VIEW_AUDIT_LOG",
        Permissions::VIEW_CHANNEL => "commands-VIEW_CHANNEL",
        Permissions::SEND_MESSAGES => "commands-SEND_MESSAGES",
        Permissions::EMBED_LINKS => "commands-EMBED_LINKS",
        Permissions::ATTACH_FILES => "commands-ATTACH_FILES",
        Permissions::READ_MESSAGE_HISTORY => "commands-READ_MESSAGE_HISTORY",
        Permissions::SEND_MESSAGES_IN_THREADS => "commands-SEND_MESSAGES_IN_THREADS",
        Permissions::MANAGE_MESSAGES => "commands-MANAGE_MESSAGES",
        Permissions::MANAGE_ROLES => "commands-MANAGE_ROLES",
        Permissions::MODERATE_MEMBERS => "commands-MODERATE_MEMBERS",
        _ => "commands-several-permissions",
    };
    TEXTS.say(language, id, &[])
}

/// What a person reads of an error, and how the run counts. A fault gets a reference under which the log holds it.
pub(super) fn explained(
    error: CommandError,
    command: &str,
    language: Language,
) -> (Outcome, String) {
    let speech = TEXTS.speech(language);
    match error {
        CommandError::Refused(refusal) => (Outcome::Refused, refusal.to_string()),
        CommandError::Invalid(wrong) => {
            let args = [("reason", wrong.to_string().into())];
            (Outcome::Refused, speech.with("commands-invalid", &args))
        }
        CommandError::Forbidden(needed) => {
            let args = [("permission", permission(language, needed).into())];
            let text = speech.with("commands-permission-needed", &args);
            (Outcome::Forbidden, text)
        }
        CommandError::OperatorsOnly => (Outcome::Forbidden, speech.say("commands-operators-only")),
        CommandError::Unavailable(away) => {
            let text = match away {
                Away::Database => speech.say("commands-database-away"),
                Away::Change => speech.say("commands-change-uncertain"),
                Away::Write => speech.say("commands-write-uncertain"),
                Away::Guild => speech.say("commands-guild-away"),
            };
            (Outcome::Error, text)
        }
        CommandError::Internal(fault) => {
            let reference = Uuid::new_v4().simple().to_string()[..8].to_owned();
            tracing::error!(
                reference,
                command,
                error = format!("{fault:#}"),
                "a command failed"
            );
            let text = speech.with("commands-fault", &[("reference", reference.into())]);
            (Outcome::Error, text)
        }
    }
}
