//! Who may press what, what forms are sent after, and what Discord fills in by itself.

use aimod::domain::ids::{ChannelId, MessageId};
use aimod::simulator::{
    ApiError, ControlError, Overwrite, OverwriteTarget, Permissions, SimMember,
};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::Bench;
use crate::socket::Socket;

struct Desk {
    bench: Bench,
    socket: Socket,
    general: ChannelId,
    mallory: SimMember,
}

impl Desk {
    async fn open() -> Self {
        let bench = Bench::unlimited().await;
        let mut socket = Socket::open(&bench.sim).await;
        socket.identify(&bench.sim, 1, json!([0, 1])).await;
        bench.sim.bot_connected().await.expect("connected");
        let path = format!("/applications/{}/commands", bench.sim.application_id());
        let list = json!([
            {"name": "go", "description": "d"},
            {"name": "here", "description": "d", "contexts": [0]},
            {"name": "find", "description": "d", "options": [
                {"type": 3, "name": "text", "description": "d", "autocomplete": true},
            ]},
        ]);
        bench.send(Method::PUT, &path, list).await;
        Self {
            general: bench.guild.channel("general").expect("a channel"),
            mallory: bench.guild.add_member("mallory").expect("a member"),
            bench,
            socket,
        }
    }

    /// A message of the bot with these components in a row each.
    async fn card(&self, list: &[Value]) -> MessageId {
        let rows = list
            .iter()
            .map(|one| json!({"type": 1, "components": [one]}));
        let body = json!({"content": "press", "components": rows.collect::<Vec<_>>()});
        let path = format!("/channels/{}/messages", self.general);
        let (_, posted) = self.bench.send(Method::POST, &path, body).await;
        let id = posted["id"].as_str().and_then(|id| id.parse().ok());
        id.unwrap_or_else(|| panic!("{posted}"))
    }

    /// The interaction that comes next, answered with this.
    async fn answers(&mut self, body: Value) -> (Value, u64) {
        let heard = self.socket.dispatch("INTERACTION_CREATE").await;
        let field = |name: &str| heard[name].as_str().expect("a text").to_owned();
        let path = format!("/interactions/{}/{}/callback", field("id"), field("token"));
        let (_, answer) = self.bench.send(Method::POST, &path, body).await;
        (heard, answer["code"].as_u64().unwrap_or(0))
    }
}

fn button() -> Value {
    json!({"type": 2, "style": 1, "label": "Go", "custom_id": "go"})
}

fn form(components: Value) -> Value {
    json!({"type": 9, "data": {"custom_id": "form", "title": "Why", "components": components}})
}

fn input() -> Value {
    json!([{"type": 1, "components": [{"type": 4, "custom_id": "why", "label": "Why", "style": 2}]}])
}

fn code<T: std::fmt::Debug>(outcome: Result<T, ControlError>) -> u32 {
    match outcome {
        Err(ControlError::Refused(ApiError { code, .. })) => code,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn only_members_who_see_the_place_and_may_speak_press() {
    let desk = Desk::open().await;
    let card = desk.card(&[button()]).await;
    let stranger = desk.bench.sim.user("stranger");
    let stranger = desk.bench.guild.member_by_id(stranger);
    assert_eq!(code(stranger.presses(card, "go")), 50001);
    let owner = desk.bench.guild.owner().expect("an owner");
    owner
        .times_out(desk.mallory.id(), TimeDelta::minutes(5), "")
        .expect("silenced");
    assert_eq!(code(desk.mallory.presses(card, "go")), 50013);
    owner
        .times_out(desk.mallory.id(), TimeDelta::zero(), "")
        .expect("free");
    desk.mallory.presses(card, "go").expect("pressed");
    let hide = Overwrite {
        target: OverwriteTarget::Member(desk.mallory.id()),
        allow: Permissions::NONE,
        deny: Permissions::VIEW_CHANNEL,
    };
    desk.bench
        .guild
        .overwrite(desk.general, hide)
        .expect("hidden");
    assert_eq!(code(desk.mallory.presses(card, "go")), 50001);
    let inside = desk.mallory.clone().in_channel(desk.general);
    assert_eq!(code(inside.runs_unchecked("/go")), 50001);
    let suggested = inside.autocompletes("/go").await;
    assert_eq!(code(suggested), 50001);
}

#[tokio::test]
async fn what_one_alone_sees_is_neither_pressed_nor_reached_by_others() {
    let mut desk = Desk::open().await;
    desk.mallory.runs("/go").expect("used");
    let row = json!([{"type": 1, "components": [button()]}]);
    let hidden = json!({"type": 4, "data": {"content": "psst", "flags": 64, "components": row}});
    desk.answers(hidden).await;
    let hidden = desk.mallory.clicks("Go").expect("the own one");
    drop(hidden);
    let (heard, _) = desk.answers(json!({"type": 6})).await;
    let id = heard["message"]["id"].as_str().expect("an id").to_owned();
    let owner = desk.bench.guild.owner().expect("an owner");
    let message = id.parse().expect("an id");
    assert_eq!(code(owner.presses(message, "go")), 10008);
    let path = format!("/channels/{}/messages/{id}", desk.general);
    for (method, path) in [
        (Method::GET, path.clone()),
        (Method::DELETE, path.clone()),
        (Method::PATCH, path.clone()),
        (Method::PUT, format!("{path}/reactions/%F0%9F%91%8D/@me")),
        (Method::POST, format!("{path}/threads")),
        (
            Method::PUT,
            format!("/channels/{}/messages/pins/{id}", desk.general),
        ),
    ] {
        let body = json!({"content": "changed", "name": "thread"});
        let refused = desk.bench.fails(method.clone(), &path, body).await;
        assert_eq!(refused, (404, 10008), "{method} {path}");
    }
    let shown = desk.mallory.posts(desk.general, "x").expect("posts");
    let both = json!({"messages": [id, shown]});
    let path = format!("/channels/{}/messages/bulk-delete", desk.general);
    desk.bench.send(Method::POST, &path, both).await;
    let still = |world: &aimod::simulator::World| world.message(desk.general, message).is_some();
    assert!(desk.bench.sim.look(still));
}

#[tokio::test]
async fn a_form_from_a_button_belongs_to_its_message() {
    let mut desk = Desk::open().await;
    let card = desk.card(&[button()]).await;
    desk.mallory.presses(card, "go").expect("pressed");
    desk.answers(form(input())).await;
    let fields = [("why", "because")];
    desk.mallory.submits("form", &fields).expect("sent");
    let (sent, refused) = desk
        .answers(json!({"type": 7, "data": {"content": "noted", "components": []}}))
        .await;
    assert_eq!((sent["message"]["id"].clone(), refused), (json!(card), 0));
    let look = |world: &aimod::simulator::World| world.message(desk.general, card).cloned();
    let content = desk.bench.sim.look(look).map(|message| message.content);
    assert_eq!(content.as_deref(), Some("noted"));
}

#[tokio::test]
async fn a_form_from_a_command_has_no_message_to_change() {
    let mut desk = Desk::open().await;
    desk.mallory
        .submits("form", &[])
        .expect_err("nothing was opened");
    desk.mallory.runs("/go").expect("used");
    desk.answers(form(input())).await;
    desk.mallory
        .submits("form", &[("other", "x")])
        .expect_err("no such input");
    let fields = [("why", "because")];
    desk.mallory.submits("form", &fields).expect("sent");
    let (sent, refused) = desk.answers(json!({"type": 6})).await;
    assert_eq!((sent.get("message"), refused), (None, 50035));
}

#[tokio::test]
async fn a_form_is_sent_in_the_shape_that_it_was_opened_in() {
    let mut desk = Desk::open().await;
    let options = json!([{"label": "a", "value": "a"}, {"label": "b", "value": "b"}]);
    desk.mallory.runs("/go").expect("used");
    let labelled = json!([
        {"type": 10, "content": "Tell us"},
        {"type": 18, "label": "Why", "component": {"type": 4, "custom_id": "why", "style": 2}},
        {"type": 18, "label": "Which", "component":
            {"type": 3, "custom_id": "which", "max_values": 2, "options": options}},
        {"type": 18, "label": "Who", "component": {"type": 5, "custom_id": "who"}},
    ]);
    desk.answers(form(labelled)).await;
    let name = desk.mallory.id().to_string();
    let submits = |which: &[(&str, &str)]| desk.mallory.submits("form", which);
    let none = [("why", "so"), ("who", "mallory")];
    assert_eq!(code(submits(&none)), 50035, "nothing chosen");
    let wrong = [("why", "so"), ("which", "z"), ("who", "mallory")];
    assert_eq!(code(submits(&wrong)), 50035, "not offered");
    submits(&[
        ("why", "so"),
        ("which", "a"),
        ("which", "b"),
        ("who", "mallory"),
    ])
    .expect("sent");
    let (sent, _) = desk
        .answers(json!({"type": 4, "data": {"content": "noted"}}))
        .await;
    let parts = &sent["data"]["components"];
    assert_eq!(parts[0], json!({"type": 10, "id": 1}));
    assert_eq!(parts[1]["component"]["value"], "so");
    assert_eq!(parts[2]["component"]["values"], json!(["a", "b"]));
    assert_eq!(parts[3]["component"]["values"], json!([name]));
    let resolved = &sent["data"]["resolved"];
    assert_eq!(resolved["users"][&name]["username"], "mallory");
}

#[tokio::test]
async fn selects_that_fill_themselves_say_what_was_chosen() {
    let mut desk = Desk::open().await;
    let staff = desk
        .bench
        .guild
        .add_role("staff", Permissions::NONE, 2)
        .to_string();
    let kinds = [
        (5, "mallory", "users"),
        (6, staff.as_str(), "roles"),
        (7, "staff", "roles"),
        (8, "general", "channels"),
    ];
    for (kind, choice, list) in kinds {
        let card = desk
            .card(&[json!({"type": kind, "custom_id": "pick"})])
            .await;
        desk.mallory
            .selects(card, "pick", &[choice])
            .expect("chosen");
        let (sent, _) = desk.answers(json!({"type": 6})).await;
        let data = &sent["data"];
        let id = data["values"][0].as_str().expect("an id");
        assert_eq!(data["resolved"][list][id]["id"], id, "{data}");
        desk.mallory
            .selects(card, "pick", &["nothing"])
            .expect_err("nobody has this name");
    }
}

#[tokio::test]
async fn commands_are_used_in_direct_messages() {
    let mut desk = Desk::open().await;
    desk.mallory.runs_directly("/go").expect("used");
    let (heard, _) = desk
        .answers(json!({"type": 4, "data": {"content": "hi"}}))
        .await;
    assert_eq!((&heard["context"], heard.get("member")), (&json!(1), None));
    assert_eq!(heard["user"]["username"], "mallory");
    let said = desk
        .bench
        .sim
        .look(|world| world.dms(desk.mallory.id()).len());
    assert_eq!(said, 1);
    let mallory = desk.mallory.clone();
    let asked = tokio::join!(
        mallory.autocompletes_directly("/find text:ap"),
        desk.answers(json!({"type": 8, "data": {"choices": [{"name": "apple", "value": "1"}]}})),
    );
    let (suggested, (heard, _)) = asked;
    assert_eq!(suggested.expect("suggestions")[0]["name"], "apple");
    assert_eq!((&heard["type"], heard.get("guild_id")), (&json!(4), None));
    desk.mallory
        .runs_directly("/here")
        .expect_err("only in guilds");
    let asked = json!({"user": "mallory", "line": "/here", "direct": true});
    assert_eq!(desk.bench.tell("command", asked).await.0, 404);
}

#[tokio::test]
async fn a_button_and_its_form_work_in_direct_messages_also_for_who_was_banned() {
    let mut desk = Desk::open().await;
    let path = "/users/@me/channels";
    let body = json!({"recipient_id": desk.mallory.id()});
    let (_, opened) = desk.bench.send(Method::POST, path, body).await;
    let path = format!(
        "/channels/{}/messages",
        opened["id"].as_str().expect("an id")
    );
    let rows = json!([{"type": 1, "components": [button()]}]);
    let notice = json!({"content": "banned", "components": rows});
    desk.bench.send(Method::POST, &path, notice).await;
    let owner = desk.bench.guild.owner().expect("an owner");
    owner.bans(desk.mallory.id(), "").expect("may");
    desk.mallory.clicks("Go").expect("the button");
    let (heard, _) = desk.answers(form(input())).await;
    assert_eq!((heard.get("guild_id"), heard.get("member")), (None, None));
    assert_eq!(
        (&heard["context"], &heard["user"]["username"]),
        (&json!(1), &json!("mallory"))
    );
    let sent = desk
        .mallory
        .submits("form", &[("why", "because")])
        .expect("sent");
    let told = json!({"type": 4, "data": {"content": "noted", "flags": 64}});
    let (heard, refused) = desk.answers(told).await;
    assert_eq!((heard.get("guild_id"), refused), (None, 0));
    assert_eq!(heard["message"]["content"], "banned");
    let answer = sent.answer().await.expect("an answer");
    assert_eq!((answer.content.as_str(), answer.ephemeral), ("noted", true));
}
