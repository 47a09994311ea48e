//! Before the first connection: the REST client, the gateway's address, and which shards to start.

use std::ops::Range;
use std::time::Duration;

use secrecy::ExposeSecret;
use serenity::http::{Http, HttpBuilder, HttpError};
use serenity::model::gateway::BotGateway;
use tokio::time::sleep;

use super::{GatewayError, GatewayOptions};

const ATTEMPTS: u32 = 5;
/// The pause after the first failed attempt; doubles with each.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(500);
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// The shards that this process starts, of how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ShardPlan {
    pub(super) own: Range<u32>,
    pub(super) total: u32,
}

impl ShardPlan {
    pub(super) fn count(&self) -> u32 {
        self.own.end.saturating_sub(self.own.start)
    }
}

/// serenity's REST client. Behind a proxy or the simulator its own rate limiter is off, because it would ignore the
/// other address.
pub(super) fn http(options: &GatewayOptions) -> Result<Http, GatewayError> {
    let mut client = reqwest::Client::builder()
        .connect_timeout(CONNECT_WITHIN)
        .timeout(ANSWER_WITHIN);
    if options.api_base.is_some() {
        client = client.no_proxy();
    }
    let client = client.build().map_err(|error| GatewayError::Unreachable {
        at: address(options),
        reason: error.without_url().to_string(),
    })?;
    let mut http = HttpBuilder::new(options.token.expose_secret()).client(client);
    if let Some(base) = &options.api_base {
        http = http.proxy(base).ratelimiter_disabled(true);
    }
    Ok(http.build())
}

/// Asks where the gateway is, which also proves the token. Tries again while Discord cannot be reached.
pub(super) async fn ask(
    http: &Http,
    options: &GatewayOptions,
    first_pause: Duration,
) -> Result<BotGateway, GatewayError> {
    let mut failures = 0;
    loop {
        let error = match http.get_bot_gateway().await {
            Ok(gateway) => return Ok(gateway),
            Err(error) => error,
        };
        let reason = reason_of(error)?;
        failures += 1;
        if failures == ATTEMPTS {
            let at = address(options);
            return Err(GatewayError::Unreachable { at, reason });
        }
        tracing::warn!(reason, "cannot reach Discord, trying again");
        sleep(first_pause * 2_u32.pow(failures - 1)).await;
    }
}

/// Checks the wanted shards against what Discord allows.
pub(super) fn plan(
    gateway: &BotGateway,
    wanted: Option<(Range<u32>, u32)>,
) -> Result<ShardPlan, GatewayError> {
    let (own, total) = match wanted {
        Some((own, total)) => checked(own, total)?,
        None => (0..gateway.shards.max(1), gateway.shards.max(1)),
    };
    if total < gateway.shards {
        tracing::warn!(
            total,
            recommended = gateway.shards,
            "discord.shards has fewer shards than Discord recommends"
        );
    }
    let plan = ShardPlan { own, total };
    let (limit, needed) = (&gateway.session_start_limit, u64::from(plan.count()));
    if limit.remaining < needed {
        return Err(GatewayError::SessionStartLimit {
            remaining: limit.remaining,
            needed,
            reset_after: Duration::from_millis(limit.reset_after),
        });
    }
    Ok(plan)
}

fn checked(own: Range<u32>, total: u32) -> Result<(Range<u32>, u32), GatewayError> {
    let Range { start, end } = own;
    if start >= end {
        return Err(GatewayError::Shards(format!(
            "{start}..{end} holds no shard"
        )));
    }
    if end > total {
        let text = format!("{start}..{end} reaches beyond the {total} shards there are");
        return Err(GatewayError::Shards(text));
    }
    Ok((own, total))
}

/// Why another attempt makes sense, or the error that ends them.
fn reason_of(error: serenity::Error) -> Result<String, GatewayError> {
    match error {
        serenity::Error::Http(HttpError::UnsuccessfulRequest(answer)) => {
            match answer.status_code.as_u16() {
                401 => Err(GatewayError::InvalidToken),
                _ => Ok(format!("it answers {}", answer.status_code)),
            }
        }
        serenity::Error::Http(HttpError::Request(error)) => Ok(cause_of(&error.without_url())),
        serenity::Error::Http(HttpError::InvalidHeader(_)) => Err(GatewayError::InvalidToken),
        serenity::Error::Http(HttpError::Url(error)) => Ok(error.to_string()),
        _ => Ok("its answer cannot be read".to_owned()),
    }
}

fn cause_of(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

fn address(options: &GatewayOptions) -> String {
    let base = options.api_base.as_deref();
    base.unwrap_or("https://discord.com").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gateway(shards: u32, remaining: u64) -> BotGateway {
        serde_json::from_value(serde_json::json!({
            "url": "wss://gateway.discord.gg",
            "shards": shards,
            "session_start_limit":
                {"total": 1000, "remaining": remaining, "reset_after": 60_000, "max_concurrency": 1},
        }))
        .expect("Discord's shape")
    }

    #[test]
    fn without_a_wish_discords_advice_is_taken() {
        let plan = plan(&gateway(3, 1000), None).expect("three shards");
        assert_eq!((plan.own.clone(), plan.total, plan.count()), (0..3, 3, 3));
    }

    #[test]
    fn a_range_of_shards_is_kept() {
        let plan = plan(&gateway(1, 1000), Some((4..8, 16))).expect("four shards");
        assert_eq!((plan.own.clone(), plan.total, plan.count()), (4..8, 16, 4));
    }

    #[test]
    fn a_wrong_range_is_named() {
        for (own, total) in [(3..3, 4), (0..5, 4), (0..1, 0), (4..5, 4)] {
            let error = plan(&gateway(1, 1000), Some((own.clone(), total)));
            assert!(
                matches!(error, Err(GatewayError::Shards(_))),
                "{own:?}/{total}"
            );
        }
    }

    #[tokio::test]
    async fn nobody_listening_is_named_after_several_attempts() {
        let free = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let free = free.expect("a free port").local_addr().expect("an address");
        let options = GatewayOptions {
            token: "t".into(),
            api_base: Some(format!("http://{free}")),
            shards: None,
            message_content: true,
            guild_members: true,
        };
        let http = http(&options).expect("a client");
        let error = ask(&http, &options, Duration::from_millis(1)).await;
        let error = error.expect_err("nobody is there").to_string();
        assert!(
            error.starts_with(&format!("cannot reach Discord at http://{free}: ")),
            "{error}"
        );
    }

    #[test]
    fn an_exhausted_session_limit_is_not_made_worse() {
        let error = plan(&gateway(2, 1), None).expect_err("one session is not enough");
        assert_eq!(
            error,
            GatewayError::SessionStartLimit {
                remaining: 1,
                needed: 2,
                reset_after: Duration::from_secs(60)
            }
        );
    }
}
