//! Posting, reading, editing and deleting messages by bare HTTP, and what is refused.

use aimod::simulator::{Overwrite, OverwriteTarget, Permissions};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Bench;

const NOBODY: &str = "1234567890123456789";

#[tokio::test]
async fn an_invalid_message_names_its_wrong_fields() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/messages");
    assert_eq!(
        bench.fails(Method::POST, &path, json!({})).await,
        (400, 50006)
    );
    let wrong = json!({
        "content": "x".repeat(2001), "embeds": [{"title": "x".repeat(257)}],
        "components": [{"type": 1, "components": [{"type": 2, "custom_id": "x".repeat(101)}]}],
    });
    let (status, body) = bench.send(Method::POST, &path, wrong).await;
    assert_eq!((status.as_u16(), &body["code"]), (400, &json!(50035)));
    assert_eq!(
        body["errors"]["content"]["_errors"][0],
        json!({"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."})
    );
    assert!(body["errors"]["embeds"]["0"]["title"]["_errors"].is_array());
    let button = &body["errors"]["components"]["0"]["components"]["0"];
    assert!(button["custom_id"]["_errors"].is_array());
    let reply = json!({"content": "x", "message_reference": {"message_id": NOBODY}});
    let (_, body) = bench.send(Method::POST, &path, reply.clone()).await;
    let found = &body["errors"]["message_reference"]["_errors"][0]["code"];
    assert_eq!(found, "REPLYING_UNKNOWN_MESSAGE");
    let mut lenient = reply;
    lenient["message_reference"]["fail_if_not_exists"] = json!(false);
    let (status, _) = bench.send(Method::POST, &path, lenient).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_message_is_posted_read_edited_and_deleted() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/messages");
    let card = json!({"embeds": [{"title": "t", "color": 1}]});
    let (_, posted) = bench.send(Method::POST, &path, card).await;
    assert_eq!(posted["embeds"][0]["type"], "rich");
    let own = format!("{path}/{}", posted["id"].as_str().expect("an id"));
    let (_, edited) = bench
        .send(Method::PATCH, &own, json!({"content": "c"}))
        .await;
    assert_eq!(
        (&edited["content"], &edited["embeds"][0]["title"]),
        (&json!("c"), &json!("t"))
    );
    assert!(edited["edited_timestamp"].is_string());
    let (_, listed) = bench.send(Method::GET, &path, json!({})).await;
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    let (status, _) = bench.send(Method::DELETE, &own, json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(
        bench.fails(Method::GET, &own, json!({})).await,
        (404, 10008)
    );
}

#[tokio::test]
async fn a_message_is_listed_newest_first_and_in_windows() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let owner = bench.guild.owner().expect("an owner");
    let ids: Vec<String> = (0..5)
        .map(|n| {
            owner
                .posts(general, &n.to_string())
                .expect("posts")
                .to_string()
        })
        .collect();
    let contents = async |query: String| {
        let path = format!("/channels/{general}/messages?{query}");
        let (_, list) = bench.send(Method::GET, &path, json!({})).await;
        let list = list.as_array().cloned().expect("a list");
        let texts = list.iter().filter_map(|one| one["content"].as_str());
        texts.collect::<String>()
    };
    assert_eq!(contents("limit=3".to_owned()).await, "432");
    assert_eq!(contents(format!("before={}&limit=2", ids[3])).await, "21");
    assert_eq!(contents(format!("after={}&limit=2", ids[0])).await, "21");
}

#[tokio::test]
async fn files_come_with_a_payload_beside() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let payload = r#"{"content":"see","attachments":[{"id":0,"filename":"a.txt"}]}"#;
    let body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{payload}\r\n\
         --b\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a.txt\"\r\n\r\nhi\r\n--b--\r\n"
    );
    let path = format!("/channels/{general}/messages");
    let request = bench
        .request(Method::POST, &path)
        .header("Content-Type", "multipart/form-data; boundary=b")
        .body(body);
    let posted: Value = request
        .send()
        .await
        .expect("sent")
        .json()
        .await
        .expect("json");
    assert_eq!(posted["content"], "see");
    assert_eq!(posted["attachments"][0]["filename"], "a.txt");
    let url = posted["attachments"][0]["url"]
        .as_str()
        .expect("an address");
    let fetched = bench.http.get(url).send().await.expect("sent");
    assert_eq!(fetched.text().await.expect("a text"), "hi");
}

#[tokio::test]
async fn only_ones_own_messages_are_edited() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let owner = bench.guild.owner().expect("an owner");
    let message = owner.posts(general, "mine").expect("posts");
    let path = format!("/channels/{general}/messages/{message}");
    let outcome = bench
        .fails(Method::PATCH, &path, json!({"content": "x"}))
        .await;
    assert_eq!(outcome, (403, 50005));
}

#[tokio::test]
async fn embeds_need_a_permission_of_their_own() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let deny = Overwrite {
        target: OverwriteTarget::Member(bench.sim.bot_user_id()),
        allow: Permissions::NONE,
        deny: Permissions::EMBED_LINKS,
    };
    bench.guild.overwrite(general, deny).expect("denied");
    let path = format!("/channels/{general}/messages");
    let card = json!({"embeds": [{"title": "t"}]});
    assert_eq!(bench.fails(Method::POST, &path, card).await, (403, 50013));
    let (status, _) = bench
        .send(Method::POST, &path, json!({"content": "x"}))
        .await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_direct_message_needs_an_open_door() {
    let bench = Bench::start().await;
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let open = json!({"recipient_id": mallory.id()});
    let (_, channel) = bench.send(Method::POST, "/users/@me/channels", open).await;
    assert_eq!(channel["recipients"][0]["username"], "mallory");
    let path = format!(
        "/channels/{}/messages",
        channel["id"].as_str().expect("an id")
    );
    let hello = json!({"content": "hello"});
    let (status, _) = bench.send(Method::POST, &path, hello.clone()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(bench.sim.look(|world| world.dms(mallory.id()).len()), 1);
    mallory.closes_dms();
    assert_eq!(
        bench.fails(Method::POST, &path, hello.clone()).await,
        (403, 50007)
    );
    mallory.opens_dms();
    mallory.leaves().expect("leaves");
    assert_eq!(bench.fails(Method::POST, &path, hello).await, (403, 50007));
}

#[tokio::test]
async fn equal_enforced_nonces_answer_the_first_message() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/messages");
    let once = json!({"content": "entry", "nonce": "case-1", "enforce_nonce": true});
    let (_, first) = bench.send(Method::POST, &path, once.clone()).await;
    let (_, second) = bench.send(Method::POST, &path, once).await;
    assert_eq!(first["id"], second["id"]);
    assert_eq!(first["nonce"], "case-1");
    assert_eq!(bench.sim.look(|world| world.messages(general).len()), 1);
    let plain = json!({"content": "entry", "nonce": "case-1"});
    let (_, third) = bench.send(Method::POST, &path, plain).await;
    assert_ne!(first["id"], third["id"]);
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/messages");
    let request = bench.request(Method::POST, &path).body("{not json");
    let response = request.send().await.expect("an answer");
    let body: Value = response.json().await.expect("json");
    assert_eq!(body["code"], 50109);
}
