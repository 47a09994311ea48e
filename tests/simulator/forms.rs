//! Buttons, selects and forms: what the bot may show, and what people may send back.

use aimod::simulator::{ApiError, ControlError, SimMember};
use reqwest::Method;
use serde_json::{Value, json};

use crate::Bench;
use crate::socket::Socket;

/// A guild with a command that was registered, and a connection.
struct Desk {
    bench: Bench,
    socket: Socket,
    owner: SimMember,
}

impl Desk {
    async fn open() -> Self {
        let bench = Bench::unlimited().await;
        let path = format!("/applications/{}/commands", bench.sim.application_id());
        let commands = json!([
            {"name": "appeal", "description": "d"}, {"name": "Look up", "type": 2}, {"name": "Report", "type": 3},
        ]);
        bench.send(Method::PUT, &path, commands).await;
        let mut socket = Socket::open(&bench.sim).await;
        socket.identify(&bench.sim, 1, json!([0, 1])).await;
        bench.sim.bot_connected().await.expect("connected");
        let owner = bench.guild.owner().expect("an owner");
        Self {
            bench,
            socket,
            owner,
        }
    }

    /// Where the interaction that comes next is answered.
    async fn callback(&mut self) -> String {
        let heard = self.socket.dispatch("INTERACTION_CREATE").await;
        let field = |name: &str| heard[name].as_str().expect("a text").to_owned();
        format!("/interactions/{}/{}/callback", field("id"), field("token"))
    }

    /// Opens a form for the owner.
    async fn opens(&mut self, form: Value) {
        self.owner.runs("/appeal").expect("used");
        let callback = self.callback().await;
        let body = json!({"type": 9, "data": form});
        let (status, answer) = self.bench.send(Method::POST, &callback, body).await;
        assert!(status.is_success(), "{answer}");
    }

    async fn refused(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.bench.send(Method::POST, path, body).await;
        assert_eq!(
            (status.as_u16(), &answer["code"]),
            (400, &json!(50035)),
            "{answer}"
        );
        answer["errors"].clone()
    }
}

fn code<T: std::fmt::Debug>(outcome: Result<T, ControlError>) -> u32 {
    match outcome {
        Err(ControlError::Refused(ApiError { code, .. })) => code,
        other => panic!("not refused: {other:?}"),
    }
}

fn row(one: Value) -> Value {
    json!([{"type": 1, "components": [one]}])
}

fn form(input: Value) -> Value {
    json!({"custom_id": "form", "title": "Appeal", "components": row(input)})
}

#[tokio::test]
async fn wrong_components_are_named_in_messages_and_answers_alike() {
    let mut desk = Desk::open().await;
    let general = desk.bench.guild.channel("general").expect("a channel");
    let wrong =
        json!({"content": "x", "components": row(json!({"type": 2, "style": 1, "label": "Go"}))});
    let place = ["components", "0", "components", "0", "custom_id"];
    let at = |errors: &Value| {
        place
            .iter()
            .fold(errors.clone(), |node, part| node[*part].clone())
    };
    let path = format!("/channels/{general}/messages");
    let errors = desk.refused(&path, wrong.clone()).await;
    assert_eq!(at(&errors)["_errors"][0]["code"], "BASE_TYPE_REQUIRED");
    let (_, posted) = desk
        .bench
        .send(Method::POST, &path, json!({"content": "x"}))
        .await;
    let own = format!("{path}/{}", posted["id"].as_str().expect("an id"));
    let edited = desk.bench.fails(Method::PATCH, &own, wrong.clone()).await;
    assert_eq!(edited, (400, 50035));
    desk.owner.runs("/appeal").expect("used");
    let callback = desk.callback().await;
    let errors = desk
        .refused(&callback, json!({"type": 4, "data": wrong}))
        .await;
    assert_eq!(
        at(&errors["data"])["_errors"][0]["code"],
        "BASE_TYPE_REQUIRED"
    );
    // Nothing of that was the answer.
    let right = json!({"type": 4, "data": {"content": "fine"}});
    let (status, _) = desk.bench.send(Method::POST, &callback, right).await;
    assert!(status.is_success());
}

#[tokio::test]
async fn a_wrong_form_is_not_opened() {
    let mut desk = Desk::open().await;
    desk.owner.runs("/appeal").expect("used");
    let callback = desk.callback().await;
    let mut wrong =
        form(json!({"type": 4, "custom_id": "why", "style": 2, "label": "x".repeat(46)}));
    wrong["title"] = json!("x".repeat(46));
    let errors = desk
        .refused(&callback, json!({"type": 9, "data": wrong}))
        .await;
    assert!(errors["data"]["title"]["_errors"].is_array(), "{errors}");
    let label = &errors["data"]["components"]["0"]["components"]["0"]["label"];
    assert_eq!(label["_errors"][0]["code"], "BASE_TYPE_BAD_LENGTH");
}

#[tokio::test]
async fn a_form_is_sent_only_filled_in_as_it_asks() {
    let mut desk = Desk::open().await;
    let input = json!({
        "type": 4, "custom_id": "why", "label": "Why", "style": 2, "min_length": 3, "max_length": 5,
    });
    desk.opens(form(input)).await;
    for text in ["", "ab", "abcdef"] {
        assert_eq!(
            code(desk.owner.submits("form", &[("why", text)])),
            50035,
            "{text}"
        );
    }
    assert_eq!(code(desk.owner.submits("form", &[])), 50035, "required");
    desk.owner
        .submits("form", &[("why", "abcd")])
        .expect("sent");
    let free =
        json!({"type": 4, "custom_id": "why", "label": "Why", "style": 1, "required": false});
    desk.callback().await;
    desk.opens(form(free)).await;
    desk.owner.submits("form", &[]).expect("sent");
}

#[tokio::test]
async fn only_what_is_offered_is_pressed_and_chosen() {
    let desk = Desk::open().await;
    let general = desk.bench.guild.channel("general").expect("a channel");
    let select = json!({"type": 3, "custom_id": "pick", "max_values": 2, "options": [
        {"label": "a", "value": "a"}, {"label": "b", "value": "b"}, {"label": "c", "value": "c"},
    ]});
    let grey = json!({"type": 2, "style": 1, "label": "Go", "custom_id": "go", "disabled": true});
    let card = json!({"content": "x", "components": [row(select)[0], row(grey)[0]]});
    let (_, posted) = desk
        .bench
        .send(Method::POST, &format!("/channels/{general}/messages"), card)
        .await;
    let id = posted["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("an id");
    let picks = |values: &[&str]| desk.owner.selects(id, "pick", values);
    for values in [&[][..], &["a", "b", "c"], &["z"]] {
        assert_eq!(code(picks(values)), 50035, "{values:?}");
    }
    picks(&["a", "c"]).expect("chosen");
    assert_eq!(code(desk.owner.presses(id, "go")), 50035);
}

#[tokio::test]
async fn commands_of_the_menus_carry_whom_and_what_they_are_used_on() {
    let mut desk = Desk::open().await;
    let general = desk.bench.guild.channel("general").expect("a channel");
    let mallory = desk.bench.guild.add_member("mallory").expect("a member");
    let message = mallory.posts(general, "rude").expect("posts");
    desk.owner
        .runs_on_user("Look up", mallory.id())
        .expect("used");
    let heard = desk.socket.dispatch("INTERACTION_CREATE").await;
    let data = &heard["data"];
    let id = mallory.id().to_string();
    assert_eq!((&data["type"], &data["target_id"]), (&json!(2), &json!(id)));
    assert_eq!(data["resolved"]["users"][&id]["username"], "mallory");
    assert!(data["resolved"]["members"][&id]["permissions"].is_string());
    desk.owner.runs_on_message("Report", message).expect("used");
    let heard = desk.socket.dispatch("INTERACTION_CREATE").await;
    let data = &heard["data"];
    let id = message.to_string();
    assert_eq!((&data["type"], &data["target_id"]), (&json!(3), &json!(id)));
    assert_eq!(data["resolved"]["messages"][&id]["content"], "rude");
    desk.owner
        .runs_on_user("Report", mallory.id())
        .expect_err("of the other menu");
    let path = format!("/applications/{}/commands", desk.bench.sim.application_id());
    let staff = json!({"name": "Note", "type": 2, "default_member_permissions": "32"});
    desk.bench.send(Method::POST, &path, staff).await;
    desk.owner
        .runs_on_user("Note", mallory.id())
        .expect("staff sees it");
    let hidden = mallory.runs_on_user("Note", desk.owner.id());
    let told = hidden.expect_err("hidden from others").to_string();
    assert!(told.contains("MANAGE_GUILD"), "{told}");
    let wrong = json!({"name": "Report", "type": 3, "description": "says why"});
    let errors = desk.refused(&path, wrong).await;
    let found = &errors["description"]["_errors"][0]["code"];
    assert_eq!(
        found,
        "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID"
    );
}
