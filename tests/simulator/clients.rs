//! What clients that nobody here wrote need: commands edited one by one, invites named in the audit log.

use reqwest::Method;
use serde_json::{Value, json};

use crate::Bench;

impl Bench {
    async fn done(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, answer) = self.send(method, path, body).await;
        assert!(status.is_success(), "{path}: {status} {answer}");
        answer
    }
}

#[tokio::test]
async fn a_command_is_edited_and_keeps_its_id() {
    let bench = Bench::start().await;
    let application = bench.sim.application_id();
    let scopes = [
        format!("/applications/{application}/commands"),
        format!(
            "/applications/{application}/guilds/{}/commands",
            bench.guild.id()
        ),
    ];
    for scope in scopes {
        let option = json!({"name": "word", "description": "A word", "type": 3});
        let new = json!({"name": "ping", "description": "Answers", "options": [option]});
        let made = bench.done(Method::POST, &scope, new).await;
        let id = made["id"].as_str().expect("an id");
        let one = format!("{scope}/{id}");
        let edit = json!({"name": "pong", "description": null, "options": null});
        let edited = bench.done(Method::PATCH, &one, edit).await;
        assert_eq!(
            (&edited["id"], &edited["name"]),
            (&made["id"], &json!("pong"))
        );
        assert_eq!(edited["description"], "Answers");
        assert_eq!(edited["options"], made["options"]);
        assert_ne!(edited["version"], made["version"]);
        assert_eq!(bench.done(Method::GET, &one, Value::Null).await, edited);
        let listed = bench.done(Method::GET, &scope, Value::Null).await;
        assert_eq!(listed.as_array().map(Vec::len), Some(1));
        let refused = bench.fails(Method::PATCH, &one, json!({"name": ""})).await;
        assert_eq!(refused, (400, 50035));
        let unknown = format!("{scope}/1");
        let missing = bench.fails(Method::PATCH, &unknown, json!({})).await;
        assert_eq!(missing, (404, 10063));
    }
}

#[tokio::test]
async fn the_audit_log_names_an_invite_by_its_code() {
    let bench = Bench::start().await;
    let everything = aimod::simulator::Permissions::ADMINISTRATOR;
    bench
        .guild
        .set_bot_permissions(everything)
        .expect("the bot is here");
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/invites");
    let invite = bench.done(Method::POST, &path, json!({})).await;
    let code = invite["code"].as_str().expect("a code");
    let path = format!("/invites/{code}");
    bench.done(Method::DELETE, &path, Value::Null).await;
    let changes = |action: u16, which: &str| {
        bench.sim.look(|world| {
            let mut log = world.audit_log(bench.guild.id()).iter();
            let entry = log.find(|entry| entry.action == action);
            let changes = entry.expect("an entry").changes.clone();
            let list = changes.as_array().cloned().unwrap_or_default();
            let code = list.into_iter().find(|change| change["key"] == "code");
            code.map(|change| change[which].clone())
        })
    };
    assert_eq!(changes(40, "new_value"), Some(json!(code)));
    assert_eq!(changes(42, "old_value"), Some(json!(code)));
}
