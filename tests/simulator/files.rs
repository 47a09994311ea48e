//! Files: uploading, fetching, naming them in commands, and how large a request may be.

use aimod::simulator::{Draft, Overwrite, OverwriteTarget, Permissions};
use poise::serenity_prelude::{CreateAttachment, CreateMessage};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Bench;

const LIMIT: usize = 25 * 1024 * 1024;

/// A body of several parts: the message and one file of this many bytes.
fn form(payload: &Value, size: usize) -> Vec<u8> {
    let head = format!(
        "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{payload}\r\n\
         --b\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"log.txt\"\r\n\
         Content-Type: text/plain\r\n\r\n"
    );
    let mut body = head.into_bytes();
    body.extend(std::iter::repeat_n(b'x', size));
    body.extend(b"\r\n--b--\r\n");
    body
}

impl Bench {
    async fn sends_form(&self, method: Method, path: &str, body: Vec<u8>) -> (u16, Value) {
        let request = self
            .request(method, path)
            .header("Content-Type", "multipart/form-data; boundary=b")
            .body(body);
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        (status, response.json().await.expect("JSON"))
    }

    /// What is found at the address of the first file of a message.
    async fn fetches(&self, file: &Value) -> (StatusCode, String, String) {
        let url = file["url"].as_str().expect("an address");
        let response = self.http.get(url).send().await.expect("an answer");
        let kind = response.headers().get("content-type");
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let (status, kind) = (response.status(), kind.to_owned());
        (status, kind, response.text().await.expect("a text"))
    }
}

#[tokio::test]
async fn what_the_bot_uploads_can_be_fetched() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/messages");
    let payload = json!({"content": "see", "attachments": [{"id": 0, "description": "the log"}]});
    let sent = bench
        .sends_form(Method::POST, &path, form(&payload, 5))
        .await;
    let file = &sent.1["attachments"][0];
    assert_eq!(
        (&file["filename"], &file["size"]),
        (&json!("log.txt"), &json!(5))
    );
    assert_eq!(file["description"], "the log");
    let found = bench.fetches(file).await;
    assert_eq!(
        found,
        (StatusCode::OK, "text/plain".to_owned(), "xxxxx".to_owned())
    );
    let mut other = file.clone();
    other["url"] = json!(format!("{}x", file["url"].as_str().expect("an address")));
    assert_eq!(bench.fetches(&other).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_edit_keeps_drops_and_adds_files() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/messages");
    let payload = json!({"content": "see"});
    let (_, posted) = bench
        .sends_form(Method::POST, &path, form(&payload, 1))
        .await;
    let first = posted["attachments"][0]["id"].clone();
    let own = format!("{path}/{}", posted["id"].as_str().expect("an id"));
    let edit = form(&json!({"content": "two"}), 2);
    let (_, both) = bench.sends_form(Method::PATCH, &own, edit).await;
    assert_eq!(both["attachments"].as_array().map(Vec::len), Some(2));
    let second = json!({"attachments": [{"id": both["attachments"][1]["id"]}, {"id": "1"}]});
    let (_, one) = bench.send(Method::PATCH, &own, second).await;
    assert_eq!(one["attachments"].as_array().map(Vec::len), Some(1));
    assert_ne!(one["attachments"][0]["id"], first);
    assert_eq!(bench.fetches(&one["attachments"][0]).await.2, "xx");
}

#[tokio::test]
async fn a_request_that_is_too_large_is_40005() {
    let bench = Bench::unlimited().await;
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/messages");
    let payload = json!({"content": "see"});
    let (status, answer) = bench
        .sends_form(Method::POST, &path, form(&payload, LIMIT))
        .await;
    assert_eq!((status, &answer["code"]), (413, &json!(40005)));
    assert!(answer["message"].is_string());
    // A file is limited by itself as well.
    let (status, answer) = bench
        .sends_form(Method::POST, &path, form(&payload, 10 * 1024 * 1024 + 1))
        .await;
    assert_eq!((status, &answer["code"]), (413, &json!(40005)));
    let large = json!({"content": "x".repeat(2 * 1024 * 1024)});
    let refused = bench.fails(Method::POST, &path, large).await;
    assert_eq!(refused, (413, 40005));
    let long = json!({"content": "x".repeat(1024 * 1024)});
    assert_eq!(bench.fails(Method::POST, &path, long).await, (400, 50035));
    let statuses: Vec<u16> = bench
        .sim
        .requests(&format!("POST {path}"))
        .iter()
        .map(|one| one.status)
        .collect();
    assert_eq!(statuses, [413, 413, 413, 400], "all of them are in the log");
}

#[tokio::test]
async fn a_form_beyond_the_limit_of_json_is_taken() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/messages");
    let body = form(&json!({"content": "see"}), 3 * 1024 * 1024);
    let (status, posted) = bench.sends_form(Method::POST, &path, body).await;
    assert_eq!(
        (status, &posted["attachments"][0]["size"]),
        (200, &json!(3 * 1024 * 1024))
    );
    // Only the bytes of small files are kept.
    let found = bench.fetches(&posted["attachments"][0]).await;
    assert_eq!(found.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_members_post_can_be_fetched_too() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let id = mallory
        .posts_file(general, "scam.png", *b"\x89PNG")
        .expect("posts");
    let (_, shown) = bench
        .send(
            Method::GET,
            &format!("/channels/{general}/messages/{id}"),
            Value::Null,
        )
        .await;
    let file = &shown["attachments"][0];
    assert_eq!(file["content_type"], "image/png");
    assert_eq!(bench.fetches(file).await.0, StatusCode::OK);
    let deny = Overwrite {
        target: OverwriteTarget::Role(bench.guild.id().everyone_role()),
        allow: Permissions::NONE,
        deny: Permissions::ATTACH_FILES,
    };
    bench.guild.overwrite(general, deny).expect("set");
    let refused = mallory
        .posts_file(general, "again.png", *b"x")
        .expect_err("no files here");
    assert!(refused.to_string().contains("50013"), "{refused}");
    let many = (0..11).fold(Draft::text("x"), |draft, n| {
        draft.file(&n.to_string(), "text/plain", *b"x")
    });
    let owner = bench.guild.owner().expect("an owner");
    let refused = owner.posts_draft(general, many).expect_err("too many");
    assert!(refused.to_string().contains("50035"), "{refused}");
}

#[tokio::test]
async fn a_command_is_given_a_file_that_was_uploaded() {
    let bench = Bench::start().await;
    let command = json!([{"name": "report", "description": "d", "options": [
        {"type": 11, "name": "proof", "description": "d", "required": true},
    ]}]);
    let path = format!("/applications/{}/commands", bench.sim.application_id());
    bench.send(Method::PUT, &path, command).await;
    let mut socket = crate::socket::Socket::open(&bench.sim).await;
    socket.identify(&bench.sim, 1, json!([0, 1])).await;
    bench.sim.bot_connected().await.expect("connected");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let facts = mallory
        .uploads("scam.txt", *b"free nitro")
        .expect("uploads");
    mallory.runs("/report proof:scam.txt").expect("used");
    let heard = socket.dispatch("INTERACTION_CREATE").await;
    let data = &heard["data"];
    let id = data["options"][0]["value"].as_str().expect("an id");
    let file = &data["resolved"]["attachments"][id];
    assert_eq!(file, &facts);
    assert_eq!(bench.fetches(file).await.2, "free nitro");
}

#[tokio::test]
async fn an_answer_brings_a_file() {
    let bench = Bench::start().await;
    let path = format!("/applications/{}/commands", bench.sim.application_id());
    bench
        .send(
            Method::PUT,
            &path,
            json!([{"name": "export", "description": "d"}]),
        )
        .await;
    let mut socket = crate::socket::Socket::open(&bench.sim).await;
    socket.identify(&bench.sim, 1, json!([0, 1])).await;
    bench.sim.bot_connected().await.expect("connected");
    let owner = bench.guild.owner().expect("an owner");
    let pending = owner.runs("/export").expect("used");
    let heard = socket.dispatch("INTERACTION_CREATE").await;
    let (id, token) = (
        heard["id"].as_str().expect("an id"),
        heard["token"].as_str().expect("a token"),
    );
    let callback = format!("/interactions/{id}/{token}/callback?with_response=true");
    let body = form(&json!({"type": 4, "data": {"content": "all of it"}}), 4);
    let (_, answer) = bench.sends_form(Method::POST, &callback, body).await;
    let file = &answer["resource"]["message"]["attachments"][0];
    assert_eq!(bench.fetches(file).await.2, "xxxx");
    assert_eq!(
        pending.answer().await.expect("an answer").content,
        "all of it"
    );
    let follow = format!("/webhooks/{}/{token}", bench.sim.application_id());
    let (_, more) = bench
        .sends_form(Method::POST, &follow, form(&json!({}), 6))
        .await;
    assert_eq!(bench.fetches(&more["attachments"][0]).await.2, "xxxxxx");
}

#[tokio::test]
async fn a_real_client_uploads_and_downloads() {
    let bench = Bench::start().await;
    let bot = crate::bot::Bot::connect(&bench.sim).await;
    let general = bench.guild.channel("general").expect("a channel");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    mallory
        .posts_file(general, "scam.txt", *b"free nitro")
        .expect("posts");
    let heard = bot.hears_message().await;
    let fetched = heard.attachments[0].download().await.expect("downloads");
    assert_eq!(fetched, b"free nitro");
    let proof = CreateAttachment::bytes(*b"seen", "proof.txt");
    let reply = CreateMessage::new().add_file(proof).content("noted");
    let posted = heard.channel_id.send_message(&bot.http, reply).await;
    let posted = posted.expect("posts");
    let fetched = posted.attachments[0].download().await.expect("downloads");
    assert_eq!(fetched, b"seen");
    bot.stop().await;
}
