//! Why there is no connection to Discord, each with the next step.

use std::time::Duration;

use serenity::gateway::GatewayError as SerenityGatewayError;

/// Why the gateway did not start, or ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// The token is not accepted.
    #[error(
        "Discord refuses the bot token; reset it in the developer portal (Bot, Reset Token) and put the new one into DISCORD_TOKEN"
    )]
    InvalidToken,
    /// Close code 4014.
    #[error(
        "Discord refuses the privileged intents; switch on “Server Members Intent” and “Message Content Intent” in the developer portal (Bot, Privileged Gateway Intents) and start again"
    )]
    DisallowedIntents,
    /// The daily number of session starts is used up.
    #[error(
        "Discord allows {remaining} more session starts and {needed} are needed; start again in {} min, and look for a crash loop",
        reset_after.as_secs().div_ceil(60)
    )]
    SessionStartLimit {
        /// How many are left.
        remaining: u64,
        /// One per shard.
        needed: u64,
        /// When there will be more.
        reset_after: Duration,
    },
    /// The configured shards do not make sense.
    #[error("discord.shards is wrong: {0}")]
    Shards(String),
    /// Discord does not answer.
    #[error("cannot reach Discord at {at}: {reason}; check the network and discord.api_base")]
    Unreachable {
        /// Which Discord.
        at: String,
        /// What happened to the last attempt.
        reason: String,
    },
    /// The system refuses a thread or a runtime.
    #[error("cannot start the gateway's thread: {0}")]
    Thread(String),
    /// Discord closed for another reason that will not go away by itself.
    #[error("Discord ended the session: {0}")]
    Ended(String),
    /// The gateway was stopped.
    #[error("the gateway was stopped")]
    Stopped,
    /// The thread did not end within the limit.
    #[error("the gateway did not stop in time")]
    StopTimedOut,
    /// The thread panicked.
    #[error("the gateway's thread died; its panic stands in the log above")]
    Died,
}

impl From<serenity::Error> for GatewayError {
    fn from(error: serenity::Error) -> Self {
        match error {
            serenity::Error::Gateway(
                SerenityGatewayError::InvalidAuthentication
                | SerenityGatewayError::NoAuthentication,
            ) => Self::InvalidToken,
            serenity::Error::Gateway(
                SerenityGatewayError::DisallowedGatewayIntents
                | SerenityGatewayError::InvalidGatewayIntents,
            ) => Self::DisallowedIntents,
            // Only the kind: other errors may quote what was received.
            serenity::Error::Gateway(other) => Self::Ended(other.to_string()),
            serenity::Error::Http(_) => Self::Ended("a request failed".to_owned()),
            _ => Self::Ended("an unexpected error".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fatal_end_tells_the_next_step() {
        let of = |error| GatewayError::from(serenity::Error::Gateway(error)).to_string();
        assert!(of(SerenityGatewayError::InvalidAuthentication).contains("DISCORD_TOKEN"));
        assert!(
            of(SerenityGatewayError::DisallowedGatewayIntents).contains("Message Content Intent")
        );
        assert_eq!(
            of(SerenityGatewayError::InvalidShardData),
            "Discord ended the session: Sent invalid shard data"
        );
        let limit = GatewayError::SessionStartLimit {
            remaining: 0,
            needed: 2,
            reset_after: Duration::from_secs(61),
        };
        assert!(
            limit.to_string().contains("start again in 2 min"),
            "{limit}"
        );
    }
}
