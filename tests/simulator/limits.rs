//! Discord's rate limits: headers, buckets, the limit over everything, and the block after too many refusals.

use std::time::Duration;

use aimod::actions::discord::{DiscordRest, RestOptions};
use aimod::domain::clock::Clock;
use aimod::domain::ids::ChannelId;
use aimod::simulator::SimulatorOptions;
use chrono::{DateTime, TimeDelta};
use futures_util::StreamExt;
use futures_util::future::join_all;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::Bench;

/// A bench whose clock stands, so that nothing fills again by itself.
async fn bench() -> (Bench, Clock) {
    let noon = DateTime::from_timestamp(1_780_000_000, 0).expect("a time");
    let clock = Clock::manual(noon);
    let options = SimulatorOptions {
        clock: clock.clone(),
        ..SimulatorOptions::default()
    };
    (Bench::start_with(options).await, clock)
}

impl Bench {
    async fn posts(&self, channel: ChannelId) -> Response {
        let request = self.request(Method::POST, &format!("/channels/{channel}/messages"));
        let request = request.json(&json!({"content": "hi"}));
        request.send().await.expect("an answer")
    }
}

fn header(response: &Response, name: &str) -> String {
    let value = response.headers().get(name);
    let text = value.and_then(|value| value.to_str().ok());
    text.unwrap_or("(none)").to_owned()
}

#[tokio::test]
async fn a_bucket_tells_what_is_left_and_then_to_wait() {
    let (bench, clock) = bench().await;
    let general = bench.guild.channel("general").expect("a channel");
    for left in (0..5).rev() {
        let response = bench.posts(general).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "X-RateLimit-Limit"), "5");
        assert_eq!(header(&response, "X-RateLimit-Remaining"), left.to_string());
        assert_eq!(header(&response, "X-RateLimit-Reset-After"), "1.000");
        assert_eq!(header(&response, "X-RateLimit-Reset"), "1780000001.000");
        assert_eq!(header(&response, "X-RateLimit-Bucket").len(), 16);
    }
    clock.advance(TimeDelta::milliseconds(250));
    let refused = bench.posts(general).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(header(&refused, "Retry-After"), "1");
    assert_eq!(header(&refused, "X-RateLimit-Scope"), "user");
    assert_eq!(header(&refused, "X-RateLimit-Global"), "(none)");
    let body: Value = refused.json().await.expect("json");
    let told = json!({
        "message": "You are being rate limited.", "retry_after": 0.75, "global": false, "code": 0,
    });
    assert_eq!(body, told);
    let elsewhere = bench.guild.add_channel("elsewhere");
    assert_eq!(bench.posts(elsewhere).await.status(), StatusCode::OK);
    clock.advance(TimeDelta::milliseconds(750));
    assert_eq!(bench.posts(general).await.status(), StatusCode::OK);
    assert_eq!(bench.sim.look(|world| world.messages(general).len()), 6);
}

#[tokio::test]
async fn fifty_requests_a_second_are_all_that_a_bot_has() {
    let (bench, clock) = bench().await;
    let ask = async |number: usize| {
        let path = ["/users/@me", "/gateway/bot"][number % 2];
        bench.request(Method::GET, path).send().await.expect("sent")
    };
    for number in 0..50 {
        assert_eq!(ask(number).await.status(), StatusCode::OK);
    }
    let refused = ask(0).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(header(&refused, "X-RateLimit-Scope"), "global");
    assert_eq!(header(&refused, "X-RateLimit-Global"), "true");
    let body: Value = refused.json().await.expect("json");
    assert_eq!(body["global"], true);
    // What answers interactions goes on.
    let callback = "/interactions/1/nonsense/callback";
    let unknown = bench
        .fails(Method::POST, callback, json!({"type": 5}))
        .await;
    assert_eq!(unknown, (404, 10062));
    clock.advance(TimeDelta::seconds(1));
    assert_eq!(ask(0).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn ten_thousand_refusals_block_everything() {
    let (bench, clock) = bench().await;
    let url = format!("{}/api/v10/users/@me", bench.sim.api_base());
    let wrong = async || {
        let request = bench.http.get(&url).header("Authorization", "Bot wrong");
        request.send().await.expect("an answer").status()
    };
    let all = futures_util::stream::iter(0..10_000).map(|_| wrong());
    let all: Vec<StatusCode> = all.buffer_unordered(32).collect().await;
    assert!(all.iter().all(|status| *status == StatusCode::UNAUTHORIZED));
    let blocked = bench.request(Method::GET, "/users/@me").send().await;
    let blocked = blocked.expect("an answer");
    assert_eq!(blocked.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(header(&blocked, "Retry-After"), "600");
    assert_eq!(header(&blocked, "X-RateLimit-Scope"), "(none)");
    let text = blocked.text().await.expect("a body");
    assert_eq!(text, "error code: 1015", "not Discord's, but its guard's");
    clock.advance(TimeDelta::minutes(10));
    let (status, _) = bench.send(Method::GET, "/users/@me", json!({})).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn without_limits_nothing_is_counted() {
    let bench = Bench::unlimited().await;
    let general = bench.guild.channel("general").expect("a channel");
    for _ in 0..60 {
        let response = bench.posts(general).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "X-RateLimit-Limit"), "(none)");
    }
}

#[tokio::test]
async fn the_houses_own_client_obeys_the_buckets() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let rest = DiscordRest::new(
        &bench.sim.token().into(),
        Some(&bench.sim.api_base()),
        RestOptions {
            deadline: Duration::from_secs(30),
            ..RestOptions::default()
        },
    );
    let rest = rest.expect("a client");
    let messages: Vec<_> = (0..12)
        .map(|_| mallory.posts(general, "spam").expect("posts"))
        .collect();
    let deletes = messages
        .iter()
        .map(|id| rest.delete_message(general, *id, "spam"));
    let outcomes = join_all(deletes).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let asked = bench.sim.requests("DELETE /channels/*/messages/*");
    let statuses: Vec<u16> = asked.iter().map(|entry| entry.status).collect();
    assert_eq!(statuses, [204; 12], "each once, and none too early");
}
