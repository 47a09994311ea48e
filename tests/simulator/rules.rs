//! Each rule and the error that Discord answers when it is broken, by bare HTTP.

use aimod::simulator::{Overwrite, OverwriteTarget, Permissions};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Bench;

const NOBODY: &str = "1234567890123456789";

#[tokio::test]
async fn without_the_right_token_nothing_is_answered() {
    let bench = Bench::start().await;
    let url = format!("{}/api/v10/users/@me", bench.sim.api_base());
    for token in ["", "Bot wrong", bench.sim.token()] {
        let request = bench.http.get(&url).header("Authorization", token);
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        let body: Value = response.json().await.expect("json");
        assert_eq!(body, json!({"message": "401: Unauthorized", "code": 0}));
    }
    let (status, me) = bench.send(Method::GET, "/users/@me", json!({})).await;
    assert_eq!((status.as_u16(), &me["bot"]), (200, &json!(true)));
}

#[tokio::test]
async fn what_is_unknown_has_a_code_of_its_own() {
    let bench = Bench::start().await;
    let guild = bench.guild.id();
    let general = bench.guild.channel("general").expect("a channel");
    let stranger = bench.sim.user("stranger");
    for (path, code) in [
        (format!("/channels/{NOBODY}"), 10003),
        (format!("/guilds/{NOBODY}"), 10004),
        (format!("/guilds/{guild}/members/{stranger}"), 10007),
        (format!("/channels/{general}/messages/{NOBODY}"), 10008),
        (format!("/guilds/{guild}/roles/{NOBODY}"), 10011),
        (format!("/users/{NOBODY}"), 10013),
        (format!("/guilds/{guild}/members/{NOBODY}"), 10013),
        (format!("/guilds/{guild}/bans/{stranger}"), 10026),
        (
            format!(
                "/webhooks/{}/nonsense/messages/@original",
                bench.sim.application_id()
            ),
            10015,
        ),
        ("/no/such/route".to_owned(), 0),
    ] {
        let outcome = bench.fails(Method::GET, &path, json!({})).await;
        assert_eq!(outcome, (404, code), "{path}");
    }
    let path = format!("/channels/{general}/messages/{NOBODY}");
    assert_eq!(
        bench.fails(Method::DELETE, &path, json!({})).await,
        (404, 10008)
    );
    let path = "/interactions/1/nonsense/callback";
    assert_eq!(
        bench.fails(Method::POST, path, json!({"type": 5})).await,
        (404, 10062)
    );
}

#[tokio::test]
async fn a_path_that_is_no_snowflake_is_an_invalid_form() {
    let bench = Bench::start().await;
    assert_eq!(
        bench.fails(Method::GET, "/guilds/abc", json!({})).await,
        (400, 50035)
    );
    let method = bench.fails(Method::PUT, "/users/@me", json!({})).await;
    assert_eq!(method, (405, 0));
}

#[tokio::test]
async fn a_missing_permission_is_50013() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let owner = bench.guild.owner().expect("an owner");
    let message = owner.posts(general, "mine").expect("posts");
    let mallory = bench.guild.add_member("mallory").expect("a member").id();
    let guild = bench.guild.id();
    bench
        .guild
        .set_bot_permissions(Permissions::NONE)
        .expect("the bot's role");
    let soon = "2015-01-01T00:00:00Z";
    let member = format!("/guilds/{guild}/members/{mallory}");
    for (method, path, body) in [
        (
            Method::PUT,
            format!("/guilds/{guild}/bans/{mallory}"),
            json!({}),
        ),
        (Method::DELETE, member.clone(), json!({})),
        (
            Method::PATCH,
            member.clone(),
            json!({"communication_disabled_until": soon}),
        ),
        (Method::PATCH, member.clone(), json!({"nick": "x"})),
        (Method::PATCH, member.clone(), json!({"roles": [guild]})),
        (
            Method::DELETE,
            format!("/channels/{general}/messages/{message}"),
            json!({}),
        ),
        (
            Method::PATCH,
            format!("/channels/{general}"),
            json!({"rate_limit_per_user": 5}),
        ),
        (Method::GET, format!("/guilds/{guild}/bans"), json!({})),
        (
            Method::GET,
            format!("/guilds/{guild}/audit-logs"),
            json!({}),
        ),
        (
            Method::POST,
            format!("/guilds/{guild}/bulk-ban"),
            json!({"user_ids": [mallory]}),
        ),
    ] {
        let outcome = bench.fails(method.clone(), &path, body).await;
        assert_eq!(outcome, (403, 50013), "{method} {path}");
    }
}

#[tokio::test]
async fn a_hidden_channel_is_50001() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let guild = bench.guild.id();
    let hide = Overwrite {
        target: OverwriteTarget::Role(guild.everyone_role()),
        allow: Permissions::NONE,
        deny: Permissions::VIEW_CHANNEL,
    };
    bench.guild.overwrite(general, hide).expect("hidden");
    let path = format!("/channels/{general}/messages");
    let outcome = bench
        .fails(Method::POST, &path, json!({"content": "x"}))
        .await;
    assert_eq!(outcome, (403, 50001));
}

#[tokio::test]
async fn nobody_above_is_touched() {
    let bench = Bench::start().await;
    let guild = bench.guild.id();
    let boss = bench.guild.add_member("boss").expect("a member");
    let above = bench.guild.add_role("boss", Permissions::NONE, 200);
    boss.give_role(above).expect("a role");
    let owner = bench.guild.owner().expect("an owner").id();
    let admin = bench.guild.add_member("deputy").expect("a member");
    let role = bench
        .guild
        .add_role("deputy", Permissions::ADMINISTRATOR, 3);
    admin.give_role(role).expect("a role");
    for target in [boss.id(), owner, bench.sim.bot_user_id()] {
        let path = format!("/guilds/{guild}/bans/{target}");
        assert_eq!(
            bench.fails(Method::PUT, &path, json!({})).await,
            (403, 50013)
        );
        let path = format!("/guilds/{guild}/members/{target}");
        assert_eq!(
            bench.fails(Method::DELETE, &path, json!({})).await,
            (403, 50013)
        );
    }
    // An administrator below can be kicked but not silenced.
    let path = format!("/guilds/{guild}/members/{}", admin.id());
    let until = (bench.sim.clock().now() + chrono::TimeDelta::hours(1)).to_rfc3339();
    let body = json!({"communication_disabled_until": until});
    assert_eq!(bench.fails(Method::PATCH, &path, body).await, (403, 50013));
    let (status, _) = bench.send(Method::DELETE, &path, json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_timeout_is_28_days_at_most() {
    let bench = Bench::start().await;
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let path = format!("/guilds/{}/members/{}", bench.guild.id(), mallory.id());
    let after = |days: i64| {
        let until = bench.sim.clock().now() + chrono::TimeDelta::days(days);
        json!({"communication_disabled_until": until.to_rfc3339()})
    };
    let (status, body) = bench.send(Method::PATCH, &path, after(29)).await;
    assert_eq!((status.as_u16(), &body["code"]), (400, &json!(50035)));
    assert!(body["errors"]["communication_disabled_until"]["_errors"].is_array());
    let (status, member) = bench.send(Method::PATCH, &path, after(27)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(member["communication_disabled_until"].is_string());
    let general = bench.guild.channel("general").expect("a channel");
    mallory.posts(general, "hello?").expect_err("silenced");
    let lift = json!({"communication_disabled_until": null});
    bench.send(Method::PATCH, &path, lift).await;
    mallory.posts(general, "hello").expect("free");
}

#[tokio::test]
async fn a_ban_history_and_a_reason_are_limited() {
    let bench = Bench::start().await;
    let mallory = bench.guild.add_member("mallory").expect("a member").id();
    let path = format!("/guilds/{}/bans/{mallory}", bench.guild.id());
    let long = json!({"delete_message_seconds": 604_801});
    assert_eq!(bench.fails(Method::PUT, &path, long).await, (400, 50035));
    let in_query = format!("{path}?delete_message_seconds=604801");
    assert_eq!(
        bench.fails(Method::PUT, &in_query, json!({})).await,
        (400, 50035)
    );
    let request = bench
        .request(Method::PUT, &path)
        .header("X-Audit-Log-Reason", "r".repeat(513));
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    // Discord takes a ban without any body.
    let response = bench
        .request(Method::PUT, &path)
        .send()
        .await
        .expect("sent");
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn an_answer_outside_the_simulation_is_noted() {
    let bench = Bench::start().await;
    bench
        .fails(Method::GET, "/guilds/1/templates", json!({}))
        .await;
    let log = bench.sim.requests("/guilds/*/templates");
    assert_eq!((log[0].route.as_str(), log[0].status), ("(unknown)", 404));
}

#[tokio::test]
async fn a_guild_without_the_bot_is_unknown() {
    let bench = Bench::start().await;
    bench.guild.remove_bot().expect("removed");
    let path = format!("/guilds/{}", bench.guild.id());
    assert_eq!(
        bench.fails(Method::GET, &path, json!({})).await,
        (404, 10004)
    );
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/messages");
    let post = bench
        .fails(Method::POST, &path, json!({"content": "x"}))
        .await;
    assert_eq!(post, (403, 50001));
}
