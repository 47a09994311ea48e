//! Injected faults as a client meets them.

use std::time::Duration;

use aimod::simulator::{ApiError, Fault};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Bench;
use crate::bot::Bot;

#[tokio::test]
async fn a_failing_status_does_nothing_and_is_used_up() {
    let bench = Bench::start().await;
    let mallory = bench.guild.add_member("mallory").expect("a member").id();
    let path = format!("/guilds/{}/bans/{mallory}", bench.guild.id());
    let pattern = "PUT /guilds/{guild_id}/bans/{user_id}";
    bench.sim.fail_next(pattern, 2, Fault::Status(500));
    for _ in 0..2 {
        let (status, body) = bench.send(Method::PUT, &path, json!({})).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(body["message"], "500: Internal Server Error");
    }
    let banned = || {
        bench
            .sim
            .look(|world| world.is_banned(bench.guild.id(), mallory))
    };
    assert!(!banned());
    let (status, _) = bench.send(Method::PUT, &path, json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert!(banned());
    let seen: Vec<u16> = bench
        .sim
        .requests(pattern)
        .iter()
        .map(|entry| entry.status)
        .collect();
    assert_eq!(seen, [500, 500, 204]);
    assert_eq!(bench.sim.request_count(pattern), 1);
}

#[tokio::test]
async fn a_rate_limit_tells_how_long_to_wait() {
    let bench = Bench::start().await;
    let fault = Fault::RateLimited {
        retry_after: Duration::from_millis(250),
        global: true,
    };
    bench.sim.fail_next("*", 1, fault);
    let request = bench.request(Method::GET, "/users/@me");
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()["X-RateLimit-Scope"], "global");
    assert_eq!(response.headers()["Retry-After"], "1");
    let body: Value = response.json().await.expect("json");
    assert_eq!(
        (&body["retry_after"], &body["global"]),
        (&json!(0.25), &json!(true))
    );
}

#[tokio::test]
async fn an_error_of_ones_own_choice_is_answered() {
    let bench = Bench::start().await;
    let error = ApiError {
        status: 403,
        code: 20_001,
        message: "Bots cannot use this endpoint".into(),
        errors: Value::Null,
        retry_after: None,
    };
    bench
        .sim
        .fail_next("GET /users/@me", 1, Fault::Error(error));
    assert_eq!(
        bench.fails(Method::GET, "/users/@me", json!({})).await,
        (403, 20_001)
    );
}

#[tokio::test]
async fn a_404_and_a_429_are_chosen_over_http() {
    let bench = Bench::start().await;
    let fail = async |fault: Value| {
        let body = json!({"pattern": "GET /users/@me", "fault": fault});
        bench.told("faults", body).await;
    };
    fail(json!({"kind": "status", "status": 404, "code": 10_013})).await;
    let (status, body) = bench.send(Method::GET, "/users/@me", Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(body, json!({"code": 10_013, "message": "Unknown User"}));
    fail(json!({"kind": "status", "status": 429, "retry_after_ms": 1_200})).await;
    let response = bench.request(Method::GET, "/users/@me").send().await;
    let response = response.expect("an answer");
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()["Retry-After"], "2");
    let body: Value = response.json().await.expect("json");
    assert_eq!(
        (&body["retry_after"], &body["global"]),
        (&json!(1.2), &json!(false))
    );
    bench.sim.fail_next("*", 1, Fault::Status(429));
    let response = bench.request(Method::GET, "/users/@me").send().await;
    let response = response.expect("an answer");
    assert_eq!(response.headers()["X-RateLimit-Reset-After"], "1.000");
    let body: Value = response.json().await.expect("json");
    assert_eq!(body["retry_after"], json!(1.0));
}

#[tokio::test]
async fn a_dropped_request_is_not_carried_out_and_a_dropped_answer_is() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/messages");
    let count = || bench.sim.look(|world| world.messages(general).len());
    for (fault, posted) in [(Fault::Drop, 0), (Fault::DropAfter, 1)] {
        bench.sim.fail_next("POST /channels/**", 1, fault);
        let request = bench
            .request(Method::POST, &path)
            .json(&json!({"content": "x"}));
        request.send().await.expect_err("a torn connection");
        assert_eq!(count(), posted);
    }
    let (status, _) = bench
        .send(Method::POST, &path, json!({"content": "x"}))
        .await;
    assert_eq!(status, StatusCode::OK);
    let statuses: Vec<u16> = bench
        .sim
        .requests("POST /channels/**")
        .iter()
        .map(|entry| entry.status)
        .collect();
    assert_eq!(statuses, [0, 0, 200]);
}

#[tokio::test]
async fn a_delayed_answer_comes_all_the_same() {
    let bench = Bench::start().await;
    bench
        .sim
        .fail_next("*", 1, Fault::Delay(Duration::from_millis(50)));
    let (status, _) = bench.send(Method::GET, "/users/@me", json!({})).await;
    assert_eq!(status, StatusCode::OK);
    bench.sim.fail_next("*", 1, Fault::Status(500));
    bench.sim.clear_faults();
    let (status, _) = bench.send(Method::GET, "/users/@me", json!({})).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_real_client_sees_a_fault_as_discords_error() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    bench.sim.fail_next("GET /users/*", 1, Fault::Status(403));
    let user = poise::serenity_prelude::UserId::new(bench.sim.bot_user_id().0);
    let error = bot.http.get_user(user).await.expect_err("refused");
    assert_eq!(error.to_string(), "Missing Permissions");
    let pending = bench.guild.owner().expect("an owner").runs("/echo x");
    bench.sim.fail_next(
        "POST /interactions/**",
        1,
        Fault::Delay(Duration::from_millis(100)),
    );
    let answer = pending.expect("a command").answer().await.expect("late");
    assert_eq!(answer.content, "x");
    bot.stop().await;
}
