//! `aimod doctor`: a line for each thing the bot needs, with ok, warning or error and the next step.

mod database;
mod discord;

use std::fmt;
use std::process::ExitCode;

use super::Common;
use crate::cache::Cache;
use crate::settings::{Settings, SettingsError};

/// The arguments of `aimod doctor`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grade {
    /// As it should be.
    Ok,
    /// The bot runs, with less.
    Warning,
    /// The bot does not run.
    Error,
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    subject: &'static str,
    grade: Grade,
    text: String,
    next_step: Option<String>,
}

impl Finding {
    fn ok(subject: &'static str, text: impl Into<String>) -> Self {
        Self {
            subject,
            grade: Grade::Ok,
            text: text.into(),
            next_step: None,
        }
    }

    fn warning(subject: &'static str, text: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            subject,
            grade: Grade::Warning,
            text: text.into(),
            next_step: Some(next.into()),
        }
    }

    fn error(subject: &'static str, text: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            grade: Grade::Error,
            ..Self::warning(subject, text, next)
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let grade = match self.grade {
            Grade::Ok => "ok",
            Grade::Warning => "warning",
            Grade::Error => "error",
        };
        write!(f, "{grade:<8}{:<10}{}", self.subject, self.text)?;
        match &self.next_step {
            Some(next) => write!(f, "; next: {next}"),
            None => Ok(()),
        }
    }
}

pub(super) async fn run(common: &Common, _args: &Args) -> anyhow::Result<ExitCode> {
    let findings = match common.settings(false) {
        Ok(settings) => examine(&settings).await,
        Err(error) => of_settings(&error),
    };
    for finding in &findings {
        println!("{finding}");
    }
    Ok(exit_code(&findings))
}

fn exit_code(findings: &[Finding]) -> ExitCode {
    if findings.iter().any(|one| one.grade == Grade::Error) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn of_settings(error: &SettingsError) -> Vec<Finding> {
    error
        .problems
        .iter()
        .map(|problem| Finding::error("settings", problem.to_string(), "correct it and look again"))
        .collect()
}

async fn examine(settings: &Settings) -> Vec<Finding> {
    let mut findings = vec![Finding::ok("settings", "every setting is right")];
    findings.extend(database::examine(settings).await);
    findings.push(redis(settings).await);
    findings.push(key(settings));
    findings.extend(discord::examine(settings).await);
    findings
}

async fn redis(settings: &Settings) -> Finding {
    const SUBJECT: &str = "redis";
    if settings.redis.url.is_none() {
        return Finding::ok(SUBJECT, "REDIS_URL is not set, the cache is in memory");
    }
    let answered = match Cache::open(&settings.redis) {
        Ok(cache) => cache.ping().await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match answered {
        Ok(()) => Finding::ok(SUBJECT, "it answers"),
        Err(error) => Finding::warning(
            SUBJECT,
            error,
            "start Redis or correct REDIS_URL; until then the bot runs without a shared cache",
        ),
    }
}

fn key(settings: &Settings) -> Finding {
    const SUBJECT: &str = "key";
    match &settings.vault.encryption_keys {
        Some(_) => Finding::ok(SUBJECT, "the encryption keys are well formed"),
        None => Finding::warning(
            SUBJECT,
            "ENCRYPTION_KEY is not set, so no secret of a guild can be stored",
            "set it to what `aimod keys generate` prints, and keep it",
        ),
    }
}

#[cfg(test)]
mod tests;
