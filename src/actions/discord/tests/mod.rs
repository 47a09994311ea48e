//! The client against a server that answers as told, over a real socket.

mod download;
mod punish;
mod server;

use std::time::{Duration, Instant};

use chrono::{TimeZone, Utc};
use futures_util::future::join_all;
use serde_json::json;

use super::lanes::Lane;
use super::{DiscordRest, MemberState, RestError, RestOptions, SetupError, codes};
use crate::domain::ids::{ChannelId, GuildId, MessageId, RoleId, UserId};
use crate::domain::verdict::Card;
use server::{Server, TOKEN, no_content, reply};

const GUILD: GuildId = GuildId(7);
const USER: UserId = UserId(9);
const SOON: Duration = Duration::from_millis(60);

async fn ban(rest: &DiscordRest, guild: u64) -> Result<(), RestError> {
    rest.ban(GuildId(guild), USER, 0, "spam").await
}

fn too_many(body: &str) -> server::Reply {
    reply(429, body).with("x-ratelimit-scope", "user")
}

#[tokio::test]
async fn each_side_effect_is_the_request_that_discord_documents() {
    let server = Server::start([]).await;
    let rest = server.rest();
    let until = Utc.with_ymd_and_hms(2026, 8, 1, 12, 0, 0).single();
    let until = until.expect("a date");
    let deleted = rest.delete_message(ChannelId(3), MessageId(4), "spam");
    deleted.await.expect("deleted");
    rest.ban(GUILD, USER, 900_000, "scam: ü")
        .await
        .expect("banned");
    rest.kick(GUILD, USER, "").await.expect("kicked");
    rest.time_out(GUILD, USER, until, "calm")
        .await
        .expect("timed out");
    let seen: Vec<_> = server
        .asked()
        .into_iter()
        .map(|asked| (asked.line, asked.reason, asked.body))
        .collect();
    let reason = |text: &str| Some(text.to_owned());
    assert_eq!(
        seen,
        [
            (
                "DELETE /api/v10/channels/3/messages/4".to_owned(),
                reason("spam"),
                json!(null)
            ),
            (
                "PUT /api/v10/guilds/7/bans/9".to_owned(),
                reason("scam%3A%20%C3%BC"),
                json!({"delete_message_seconds": 604_800})
            ),
            (
                "DELETE /api/v10/guilds/7/members/9".to_owned(),
                None,
                json!(null)
            ),
            (
                "PATCH /api/v10/guilds/7/members/9".to_owned(),
                reason("calm"),
                json!({"communication_disabled_until": "2026-08-01T12:00:00.000Z"})
            ),
        ]
    );
    let token = format!("Bot {TOKEN}");
    assert!(
        server
            .asked()
            .iter()
            .all(|asked| asked.authorization.as_ref() == Some(&token))
    );
}

#[tokio::test]
async fn a_notice_opens_the_direct_channel_first() {
    let script = [
        reply(200, r#"{"id":"31","type":1}"#),
        reply(200, r#"{"id":"32"}"#),
    ];
    let server = Server::start(script).await;
    let rest = server.rest();
    let sent = rest.send_notice(USER, "You were warned.", &[], "n1").await;
    assert_eq!(sent, Ok((ChannelId(31), MessageId(32))));
    let asked = server.asked();
    assert_eq!(asked[0].body, json!({"recipient_id": "9"}));
    assert_eq!(asked[1].line, "POST /api/v10/channels/31/messages");
    assert_eq!(asked[1].body["content"], "You were warned.");
}

#[tokio::test]
async fn a_closed_direct_channel_is_told_apart() {
    let closed = r#"{"code":50007,"message":"Cannot send messages to this user"}"#;
    let server = Server::start([reply(200, r#"{"id":"31"}"#), reply(403, closed)]).await;
    let sent = server.rest().send_notice(USER, "hello", &[], "n1").await;
    assert_eq!(sent, Err(RestError::DmClosed));
    assert!(RestError::DmClosed.is_final());
}

#[tokio::test]
async fn a_card_that_is_posted_again_carries_the_same_nonce() {
    let server = Server::start([reply(502, ""), reply(200, r#"{"id":"5"}"#)]).await;
    let card = Card {
        channel: ChannelId(3),
        title: "Case 1".into(),
        fields: vec![("Action".into(), "BAN".into())],
        buttons: vec![],
        undone: None,
    };
    assert_eq!(
        server.rest().post_card(&card, "case-1").await,
        Ok(MessageId(5))
    );
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].body, asked[1].body);
    assert_eq!(asked[1].body["nonce"], "case-1");
}

#[tokio::test]
async fn calls_of_one_bucket_go_one_after_another() {
    let slow = no_content().after(Duration::from_millis(2));
    let server = Server::start(vec![slow; 17]).await;
    let rest = server.rest();
    let all = join_all((0..17).map(|_| ban(&rest, 7))).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    assert_eq!(server.most_inside(), 1);
}

#[tokio::test]
async fn other_buckets_do_not_wait() {
    let slow = no_content().after(SOON);
    let server = Server::start(vec![slow; 4]).await;
    let rest = server.rest();
    let (bans, kick) = tokio::join!(
        join_all((1..=3).map(|guild| ban(&rest, guild))),
        rest.kick(GuildId(1), USER, "spam")
    );
    assert!(bans.iter().all(Result::is_ok) && kick.is_ok());
    assert_eq!(server.most_inside(), 4);
}

#[tokio::test]
async fn a_429_is_waited_out_as_told() {
    let server = Server::start([too_many(r#"{"retry_after":0.06,"global":false}"#)]).await;
    assert_eq!(ban(&server.rest(), 7).await, Ok(()));
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    assert!(asked[1].at - asked[0].at >= SOON);
}

#[tokio::test]
async fn an_exhausted_bucket_is_left_alone_until_it_opens() {
    let last = no_content()
        .with("x-ratelimit-remaining", "0")
        .with("x-ratelimit-reset-after", "0.06");
    let server = Server::start([last]).await;
    let rest = server.rest();
    let started = Instant::now();
    assert_eq!(ban(&rest, 7).await, Ok(()));
    assert!(started.elapsed() < SOON, "the call itself does not wait");
    assert_eq!(ban(&rest, 7).await, Ok(()));
    let asked = server.asked();
    assert!(asked[1].at - asked[0].at >= SOON - Duration::from_millis(5));
}

#[tokio::test]
async fn a_global_limit_pauses_every_bucket() {
    let server = Server::start([reply(429, r#"{"retry_after":0.06,"global":true}"#)]).await;
    let rest = server.rest();
    let (first, second) = tokio::join!(ban(&rest, 1), async {
        while rest.sender.lanes.opens_at(&Lane::default()).is_none() {
            tokio::task::yield_now().await;
        }
        ban(&rest, 2).await
    });
    assert_eq!((first, second), (Ok(()), Ok(())));
    let asked = server.asked();
    let other = asked.iter().find(|asked| asked.line.contains("/guilds/2/"));
    let other = other.expect("the other guild's ban");
    assert!(other.at - asked[0].at >= SOON, "it waited as well");
}

#[tokio::test]
async fn a_limit_beyond_the_deadline_is_an_error_at_once() {
    let server = Server::start([too_many(r#"{"retry_after":3600}"#)]).await;
    let rest = server.rest();
    let Err(RestError::RateLimited { wait }) = ban(&rest, 7).await else {
        panic!("an hour is too long");
    };
    assert!(wait > Duration::from_secs(3_590), "{wait:?}");
    assert_eq!(server.asked().len(), 1);
    assert_eq!(ban(&rest, 8).await, Ok(()), "other buckets go on");
}

#[tokio::test]
async fn what_fails_on_the_way_is_tried_again() {
    let server = Server::start([reply(500, ""), reply(503, "<html>")]).await;
    assert_eq!(ban(&server.rest(), 7).await, Ok(()));
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn after_the_last_attempt_discord_counts_as_away() {
    let server = Server::start(vec![reply(500, "secret body"); 3]).await;
    let error = ban(&server.rest(), 7).await.expect_err("always 500");
    assert_eq!(
        error.to_string(),
        "Discord cannot be reached: 500 Internal Server Error"
    );
    assert!(!error.is_final());
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_not_awaited_for_ever() {
    let server = Server::start(vec![no_content().after(Duration::from_secs(9)); 2]).await;
    let rest = server.rest_with(RestOptions {
        timeout: Duration::from_millis(40),
        max_attempts: 2,
        deadline: Duration::from_secs(2),
        backoff: Duration::from_millis(2),
        per_second: 100_000,
    });
    let error = ban(&rest, 7).await.expect_err("nobody answers");
    assert_eq!(error, RestError::Unavailable("no answer in time".into()));
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_call_stuck_behind_others_gives_up_at_its_deadline() {
    let server = Server::start([no_content().after(Duration::from_secs(9))]).await;
    let rest = server.rest_with(RestOptions {
        timeout: Duration::from_secs(9),
        max_attempts: 1,
        deadline: Duration::from_millis(40),
        backoff: Duration::from_millis(2),
        per_second: 100_000,
    });
    let (first, second) = tokio::join!(ban(&rest, 7), ban(&rest, 7));
    assert!(matches!(first, Err(RestError::Unavailable(_))), "{first:?}");
    assert!(
        matches!(second, Err(RestError::Unavailable(_))),
        "{second:?}"
    );
}

#[tokio::test]
async fn nobody_listening_is_an_outage() {
    let server = Server::start([]).await;
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let gone = gone.expect("a free port").local_addr().expect("an address");
    let base = format!("http://{gone}");
    let options = RestOptions {
        max_attempts: 2,
        backoff: Duration::from_millis(1),
        ..RestOptions::default()
    };
    let rest = DiscordRest::new(&TOKEN.into(), Some(&base), options).expect("a client");
    let error = ban(&rest, 7).await.expect_err("nobody is there");
    assert!(
        error
            .to_string()
            .starts_with("Discord cannot be reached: no connection"),
        "{error}"
    );
    assert!(
        !error.to_string().contains(&gone.port().to_string()),
        "{error}"
    );
    assert_ne!(server.base(), base);
}

#[tokio::test]
async fn after_a_refused_token_nothing_more_is_sent() {
    let server = Server::start([reply(401, r#"{"code":0,"message":"401: Unauthorized"}"#)]).await;
    let rest = server.rest();
    assert_eq!(rest.application().await, Err(RestError::Unauthorized));
    assert_eq!(ban(&rest, 7).await, Err(RestError::Unauthorized));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_missing_permission_is_discords_last_word() {
    let body = r#"{"code":50013,"message":"Missing Permissions"}"#;
    let server = Server::start([reply(403, body)]).await;
    let error = ban(&server.rest(), 7).await.expect_err("not permitted");
    assert_eq!(
        error,
        RestError::Forbidden {
            code: codes::MISSING_PERMISSIONS,
            message: "Missing Permissions".into()
        }
    );
    assert!(error.is_final());
    assert_eq!(error.label(), "forbidden");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn who_is_no_member_is_not_found_and_no_error() {
    let script = [
        reply(
            200,
            r#"{"roles":["4"],"communication_disabled_until":null,"joined_at":"2026-01-02T03:04:05+00:00","user":{}}"#,
        ),
        reply(404, r#"{"code":10007,"message":"Unknown Member"}"#),
        reply(404, r#"{"code":10004,"message":"Unknown Guild"}"#),
    ];
    let server = Server::start(script).await;
    let rest = server.rest();
    let member = MemberState {
        name: String::new(),
        roles: vec![RoleId(4)],
        timeout_until: None,
        joined_at: Some("2026-01-02T03:04:05Z".parse().expect("a time")),
    };
    assert_eq!(rest.find_member(GUILD, USER).await, Ok(Some(member)));
    assert_eq!(rest.find_member(GUILD, USER).await, Ok(None));
    let unknown = rest.find_member(GUILD, USER).await;
    assert_eq!(unknown, Err(RestError::NotFound { code: 10_004 }));
}

#[tokio::test]
async fn a_ban_is_there_or_not() {
    let unknown = reply(404, r#"{"code":10026,"message":"Unknown Ban"}"#);
    let server = Server::start([reply(200, r#"{"reason":null}"#), unknown]).await;
    let rest = server.rest();
    assert_eq!(rest.is_banned(GUILD, USER).await, Ok(true));
    assert_eq!(rest.is_banned(GUILD, USER).await, Ok(false));
    assert_eq!(server.lines(), vec!["GET /api/v10/guilds/7/bans/9"; 2]);
}

#[tokio::test]
async fn an_unreadable_answer_does_not_show_its_text() {
    let server = Server::start([reply(200, r#"{"roles":"a private word"}"#)]).await;
    let error = server.rest().find_member(GUILD, USER).await;
    let error = error.expect_err("roles are a list");
    assert!(!error.to_string().contains("private"), "{error}");
    assert!(!error.is_final());
}

#[tokio::test]
async fn the_token_is_never_printed() {
    let server = Server::start([]).await;
    let printed = format!("{:?}", server.rest());
    assert!(!printed.contains(TOKEN), "{printed}");
}

#[tokio::test]
async fn wrong_settings_are_named() {
    let make =
        |token: &str, base| DiscordRest::new(&token.into(), base, RestOptions::default()).map(drop);
    assert_eq!(make("a\nb", None), Err(SetupError::Token));
    for base in ["localhost:7700", "ftp://x", "http://", ""] {
        assert_eq!(make("t", Some(base)), Err(SetupError::ApiBase(base.into())));
    }
    assert_eq!(make("Bot t", Some("http://127.0.0.1:1/")), Ok(()));
}
