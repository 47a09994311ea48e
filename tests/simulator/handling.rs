//! What members do beside writing, over HTTP as programs of any language do it.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Bench;
use crate::bot::Bot;

async fn bench() -> Bench {
    let bench = Bench::start().await;
    bench.told("members", json!({"user": "alice"})).await;
    bench
}

async fn posted(bench: &Bench) -> Value {
    let word = json!({"user": "alice", "content": "look"});
    bench.told("post", word).await["message_id"].clone()
}

#[tokio::test]
async fn files_are_attached_by_their_facts() {
    let bench = bench().await;
    let files = json!([{"filename": "cat.png", "size": 5, "content_type": "image/png"}, {"filename": "x.bin"}]);
    bench
        .told("post", json!({"user": "alice", "attachments": files}))
        .await;
    let shown = bench.ask("messages").await[0]["attachments"].take();
    assert_eq!(
        (&shown[0]["filename"], &shown[0]["size"], &shown[1]["size"]),
        (&json!("cat.png"), &json!(5), &json!(1024))
    );
    let wrong = json!({"user": "alice", "attachments": [{"name": "cat.png"}]});
    assert_eq!(bench.tell("post", wrong).await.0, 400);
}

#[tokio::test]
async fn roles_have_colours_and_places_which_change() {
    let bench = bench().await;
    let role = json!({"name": "staff", "color": 0xff_0000, "hoist": true, "position": 7});
    let id = bench.told("roles", role).await["role_id"].clone();
    let roles = async || {
        let roles = bench.ask("world").await["guilds"][0]["roles"].take();
        let mut list = roles.as_array().expect("a list").iter();
        let found = list.find(|one| one["id"] == id).expect("the role");
        (
            found["name"].clone(),
            found["color"].clone(),
            found["position"].clone(),
            found["permissions"].clone(),
        )
    };
    let red = (json!("staff"), json!(0xff_0000), json!(7), json!("0"));
    assert_eq!(roles().await, red);
    let change = json!({"role": "staff", "name": "Chiefs", "color": 255, "position": 9});
    bench.told("edit_role", change).await;
    let blue = (json!("Chiefs"), json!(255), json!(9), json!("0"));
    assert_eq!(roles().await, blue, "what is not named stays");
    bench
        .told("edit_role", json!({"role": "bot", "position": 3}))
        .await;
    let own = bench.guild.bot_role().expect("a role");
    let low = bench.sim.look(|world| {
        let guild = world.guild(bench.guild.id()).expect("the guild");
        guild.roles[&own].position
    });
    assert_eq!(low, 3);
}

#[tokio::test]
async fn members_react_and_moderators_pin() {
    let bench = bench().await;
    let message = posted(&bench).await;
    let react = json!({"user": "alice", "message": message, "emoji": "👍"});
    bench.told("react", react.clone()).await;
    let shown = async || bench.ask("messages").await[0].take();
    assert_eq!(shown().await["reactions"][0]["count"], 1);
    let mut back = react;
    back["on"] = json!(false);
    bench.told("react", back).await;
    assert!(shown().await["reactions"].get(0).is_none());
    let pin = |user: &str| json!({"user": user, "message": message});
    let (status, refused) = bench.tell("pin", pin("alice")).await;
    assert_eq!((status, &refused["discord"]["code"]), (403, &json!(50013)));
    bench.told("pin", pin("admin")).await;
    assert_eq!(shown().await["pinned"], true);
    let unpin = json!({"user": "admin", "message": message, "on": false});
    bench.told("pin", unpin).await;
    assert_eq!(shown().await["pinned"], false);
}

#[tokio::test]
async fn a_slow_channel_makes_members_wait() {
    let bench = bench().await;
    bench
        .told("slow_mode", json!({"user": "admin", "seconds": 60}))
        .await;
    posted(&bench).await;
    let again = json!({"user": "alice", "content": "again"});
    let (_, refused) = bench.tell("post", again).await;
    assert_eq!(refused["discord"]["code"], 20016);
    let (status, _) = bench
        .tell("slow_mode", json!({"user": "alice", "seconds": 0}))
        .await;
    assert_eq!(status, 403, "she has no Manage Channels");
    for seconds in [-1, 21_601] {
        let wrong = json!({"user": "admin", "seconds": seconds});
        assert_eq!(bench.tell("slow_mode", wrong).await.0, 400, "{seconds}");
    }
}

#[tokio::test]
async fn people_come_by_invite_as_often_as_it_says() {
    let bench = bench().await;
    let invite = json!({"user": "admin", "uses": 2, "seconds": 600});
    let code = bench.told("invites", invite).await["invite"].clone();
    let join = |name: &str| json!({"user": name, "invite": code});
    bench.told("join", join("bob")).await;
    assert_eq!(bench.ask("invites").await[0]["uses"], 1);
    bench.told("join", join("carol")).await;
    assert_eq!(bench.ask("invites").await, json!([]));
    let (status, over) = bench.tell("join", join("dave")).await;
    assert_eq!((status, &over["discord"]["code"]), (403, &json!(10006)));
    assert!(bench.guild.member("dave").is_err());
    let code = bench.told("invites", json!({"user": "admin"})).await["invite"].clone();
    let shown = bench
        .send(
            Method::GET,
            &format!("/invites/{}", code.as_str().expect("a code")),
            Value::Null,
        )
        .await;
    assert_eq!(shown.0, StatusCode::OK);
    let other = bench.sim.add_guild("Other");
    let elsewhere = other.joins_by(code.as_str().expect("a code"), "dave");
    elsewhere.expect_err("the invite of another guild");
    let gone = json!({"guild": "Demo", "user": "admin", "invite": code});
    bench.told("delete_invite", gone).await;
    assert_eq!(bench.ask("invites?guild=Demo").await, json!([]));
}

#[tokio::test]
async fn automod_rules_are_kept_and_dropped() {
    let bench = bench().await;
    let rule = json!({
        "name": "no nitro", "trigger_type": 1, "trigger_metadata": {"keyword_filter": ["*nitro*"]}, "actions": [{"type": 1}],
    });
    let keep = json!({"user": "admin", "rule": rule});
    let id = bench.told("automod", keep).await["rule_id"].clone();
    assert_eq!(bench.ask("automod").await[0]["name"], "no nitro");
    let scam = json!({"user": "alice", "content": "free nitro"});
    let (_, refused) = bench.tell("post", scam.clone()).await;
    assert_eq!(refused["discord"]["code"], 200_000);
    let own = json!({"user": "alice", "rule": rule});
    assert_eq!(bench.tell("automod", own).await.0, 403);
    let (status, wrong) = bench
        .tell("automod", json!({"user": "admin", "rule": {"name": "x"}}))
        .await;
    assert_eq!(status, 400, "{wrong}");
    bench
        .told("delete_automod", json!({"user": "admin", "rule": id}))
        .await;
    bench.told("post", scam).await;
    let (status, _) = bench
        .tell("delete_automod", json!({"user": "admin", "rule": "x"}))
        .await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn context_menus_are_used_on_users_and_messages() {
    let bench = bench().await;
    let bot = Bot::connect(&bench.sim).await;
    let message = posted(&bench).await;
    let on_user = json!({"user": "admin", "command": "Profile", "target": "alice"});
    let on_message = json!({"user": "admin", "command": "Quote", "message": message});
    let about = bench.told("menu", on_user).await["text"].clone();
    assert!(
        about.as_str().is_some_and(|text| text.contains("alice")),
        "{about}"
    );
    let quoted = bench.told("menu", on_message).await["text"].clone();
    assert!(
        quoted.as_str().is_some_and(|text| text.contains("look")),
        "{quoted}"
    );
    let unknown = json!({"user": "admin", "command": "Nothing", "target": "alice"});
    assert_eq!(bench.tell("menu", unknown).await.0, 404);
    bot.stop().await;
}
