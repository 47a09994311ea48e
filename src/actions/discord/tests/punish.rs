//! What takes punishments back, bans of many, and cards written anew.

use serde_json::json;

use super::server::{Server, reply};
use super::{GUILD, USER};
use crate::actions::discord::{BULK_BAN, BulkBanned, RestError, codes};
use crate::domain::ids::{ChannelId, MessageId, UserId};
use crate::domain::verdict::{Button, ButtonStyle, Card};

fn users(range: std::ops::Range<u64>) -> Vec<UserId> {
    range.map(UserId).collect()
}

#[tokio::test]
async fn taking_back_is_the_request_that_discord_documents() {
    let server = Server::start([]).await;
    let rest = server.rest();
    rest.unban(GUILD, USER, "an appeal")
        .await
        .expect("unbanned");
    rest.end_timeout(GUILD, USER, "an appeal")
        .await
        .expect("ended");
    let asked = server.asked();
    assert_eq!(asked[0].line, "DELETE /api/v10/guilds/7/bans/9");
    assert_eq!(asked[1].line, "PATCH /api/v10/guilds/7/members/9");
    assert_eq!(
        asked[1].body,
        json!({ "communication_disabled_until": null })
    );
    assert!(
        asked
            .iter()
            .all(|one| one.reason.as_deref() == Some("an%20appeal"))
    );
}

#[tokio::test]
async fn an_unban_of_somebody_who_is_not_banned_is_told_apart() {
    let unknown = reply(404, r#"{"code":10026,"message":"Unknown Ban"}"#);
    let server = Server::start([unknown]).await;
    let unbanned = server.rest().unban(GUILD, USER, "").await;
    let code = codes::UNKNOWN_BAN;
    assert_eq!(unbanned, Err(RestError::NotFound { code }));
}

#[tokio::test]
async fn a_bulk_ban_tells_who_is_banned_and_who_is_not() {
    let answer = r#"{"banned_users":["1","2"],"failed_users":["3"]}"#;
    let server = Server::start([reply(200, answer)]).await;
    let rest = server.rest();
    let outcome = rest.bulk_ban(GUILD, &users(1..4), 900_000, "raid").await;
    let expected = BulkBanned {
        banned: users(1..3),
        failed: users(3..4),
    };
    assert_eq!(outcome, Ok(expected));
    let asked = server.asked().remove(0);
    assert_eq!(asked.line, "POST /api/v10/guilds/7/bulk-ban");
    assert_eq!(
        asked.body,
        json!({"user_ids": ["1", "2", "3"], "delete_message_seconds": 604_800})
    );
    assert_eq!(asked.reason.as_deref(), Some("raid"));
}

#[tokio::test]
async fn a_bulk_ban_of_which_nothing_came_is_no_error() {
    let refused = reply(400, r#"{"code":500000,"message":"Failed to ban users"}"#);
    let server = Server::start([refused]).await;
    let outcome = server.rest().bulk_ban(GUILD, &users(1..4), 0, "").await;
    let outcome = outcome.expect("an outcome");
    assert_eq!((outcome.banned, outcome.failed), (vec![], users(1..4)));
}

#[tokio::test]
async fn a_guild_that_has_banned_too_many_strangers_is_told_apart() {
    let message = "Maximum number of bans for non-guild members have been exceeded";
    let refused = json!({"code": 30_035, "message": message}).to_string();
    let server = Server::start([reply(403, &refused)]).await;
    let outcome = server.rest().bulk_ban(GUILD, &users(1..2), 0, "").await;
    let Err(RestError::Forbidden { code, .. }) = outcome else {
        panic!("refused: {outcome:?}");
    };
    assert_eq!(code, codes::STRANGER_BANS_EXCEEDED);
}

#[tokio::test]
async fn a_bulk_ban_asks_for_nobody_or_two_hundred_at_most() {
    let answer = r#"{"banned_users":[]}"#;
    let server = Server::start([reply(200, answer)]).await;
    let rest = server.rest();
    let nobody = rest.bulk_ban(GUILD, &[], 0, "").await;
    assert_eq!(nobody, Ok(BulkBanned::default()));
    assert!(server.asked().is_empty());
    let many = users(0..BULK_BAN as u64 + 2);
    let outcome = rest
        .bulk_ban(GUILD, &many, 0, "")
        .await
        .expect("an outcome");
    assert_eq!(outcome.failed, many[BULK_BAN..]);
    let asked = server.asked()[0].body["user_ids"].as_array().map(Vec::len);
    assert_eq!(asked, Some(BULK_BAN));
}

#[tokio::test]
async fn a_card_is_written_anew_with_its_buttons_or_without_any() {
    let server = Server::start([]).await;
    let rest = server.rest();
    let card = |buttons| Card {
        channel: ChannelId(1),
        title: "Appeal".into(),
        fields: vec![("Member".into(), "<@5>".into())],
        buttons,
        undone: None,
    };
    let button = Button {
        id: "appeals:approve:1".into(),
        label: "Approve".into(),
        style: ButtonStyle::Success,
    };
    for buttons in [vec![button], vec![]] {
        let card = card(buttons);
        let edited = rest.edit_card(ChannelId(3), MessageId(4), &card).await;
        edited.expect("edited");
    }
    let asked = server.asked();
    assert_eq!(asked[0].line, "PATCH /api/v10/channels/3/messages/4");
    assert_eq!(
        asked[0].body["components"],
        json!([{"type": 1, "components": [
            {"type": 2, "style": 3, "custom_id": "appeals:approve:1", "label": "Approve", "disabled": false}
        ]}])
    );
    assert_eq!(asked[0].body["embeds"][0]["title"], "Appeal");
    assert_eq!(asked[0].body["allowed_mentions"]["parse"], json!([]));
    assert_eq!(asked[1].body["components"], json!([]));
}
