//! Checks the Discord account: does the token open it, and may the bot have the intents it asks for.

use std::time::Duration;

use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use super::Finding;
use crate::settings::{DiscordSettings, Settings};

const TOKEN: &str = "token";
const INTENTS: &str = "intents";
const PORTAL: &str = "discord.com/developers/applications";

/// Flags of an application (Discord's reference, "Application Flags"): the intent is granted to a verified bot, or
/// switched on for a small one.
const GUILD_MEMBERS: u64 = 1 << 14 | 1 << 15;
const MESSAGE_CONTENT: u64 = 1 << 18 | 1 << 19;

#[derive(serde::Deserialize)]
struct User {
    username: String,
}

#[derive(serde::Deserialize)]
struct Application {
    #[serde(default)]
    flags: u64,
}

pub(super) async fn examine(settings: &Settings) -> Vec<Finding> {
    let discord = &settings.discord;
    let Some(token) = &discord.token else {
        return vec![Finding::error(
            TOKEN,
            "DISCORD_TOKEN is not set",
            format!("set it to the bot's token ({PORTAL}, page Bot)"),
        )];
    };
    let user = ask::<User>(discord, token, "users/@me").await;
    let of_token = match user {
        Ok(user) => Finding::ok(TOKEN, format!("it opens the account {}", user.username)),
        Err(finding) => return vec![finding],
    };
    let of_intents = match ask::<Application>(discord, token, "applications/@me").await {
        Ok(application) => intents(discord, application.flags),
        Err(finding) => Finding {
            subject: INTENTS,
            ..finding
        },
    };
    vec![of_token, of_intents]
}

fn intents(discord: &DiscordSettings, flags: u64) -> Finding {
    let missing: Vec<&str> = [
        (discord.message_content, MESSAGE_CONTENT, "Message Content"),
        (discord.guild_members, GUILD_MEMBERS, "Server Members"),
    ]
    .iter()
    .filter(|(wanted, bits, _)| *wanted && flags & bits == 0)
    .map(|(_, _, name)| *name)
    .collect();
    if missing.is_empty() {
        return Finding::ok(INTENTS, "every intent that is asked for is allowed");
    }
    Finding::error(
        INTENTS,
        format!(
            "not allowed: {}; Discord would refuse the connection",
            missing.join(", ")
        ),
        format!("switch them on ({PORTAL}, page Bot), or off in the settings of discord"),
    )
}

async fn ask<T: DeserializeOwned>(
    discord: &DiscordSettings,
    token: &SecretString,
    path: &str,
) -> Result<T, Finding> {
    let base = discord.api_base.as_deref().unwrap_or("https://discord.com");
    let unreachable = |error: reqwest::Error| {
        Finding::error(
            TOKEN,
            format!("Discord could not be asked: {}", reasons(&error)),
            "check the network, or discord.api_base",
        )
    };
    let answer = reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .user_agent(concat!(
            "DiscordBot (aimod, ",
            env!("CARGO_PKG_VERSION"),
            ")"
        ))
        .build()
        .map_err(unreachable)?
        .get(format!("{}/api/v10/{path}", base.trim_end_matches('/')))
        .header("Authorization", format!("Bot {}", token.expose_secret()))
        .send()
        .await
        .map_err(unreachable)?;
    match answer.status() {
        StatusCode::OK => answer.json().await.map_err(unreachable),
        StatusCode::UNAUTHORIZED => Err(Finding::error(
            TOKEN,
            "Discord does not accept it",
            format!("make a new one ({PORTAL}, page Bot) and set DISCORD_TOKEN"),
        )),
        status => Err(Finding::error(
            TOKEN,
            format!("Discord answered {status}"),
            "wait a little and look again",
        )),
    }
}

/// The error and what lies under it; its own text stops at "error sending request".
fn reasons(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::Grade;

    #[test]
    fn an_intent_counts_in_both_of_its_forms() {
        let discord = DiscordSettings::default();
        for flags in [1 << 14 | 1 << 18, 1 << 15 | 1 << 19] {
            assert_eq!(intents(&discord, flags).grade, Grade::Ok);
        }
        let finding = intents(&discord, 1 << 18);
        assert_eq!(finding.grade, Grade::Error);
        assert!(finding.text.contains("Server Members"), "{finding}");
        let without = DiscordSettings {
            guild_members: false,
            ..discord
        };
        assert_eq!(intents(&without, 1 << 18).grade, Grade::Ok);
    }
}
