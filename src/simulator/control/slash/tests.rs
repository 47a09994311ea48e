//! Slash lines and what becomes of them.

use chrono::DateTime;
use proptest::prelude::*;
use serde_json::Map;

use super::*;
use crate::domain::clock::Clock;

const CONFIG: &str = r#"{"name": "config", "description": "d", "options": [
    {"type": 1, "name": "set", "description": "d", "options": [
        {"type": 3, "name": "key", "description": "d", "required": true, "autocomplete": true},
        {"type": 3, "name": "value", "description": "d", "required": true}]},
    {"type": 2, "name": "group", "description": "d", "options": [
        {"type": 1, "name": "list", "description": "d"}]}]}"#;
const WARN: &str = r#"{"name": "warn", "description": "d", "options": [
    {"type": 6, "name": "member", "description": "d", "required": true},
    {"type": 3, "name": "reason", "description": "d"},
    {"type": 5, "name": "silent", "description": "d"},
    {"type": 4, "name": "days", "description": "d", "min_value": 1, "max_value": 7},
    {"type": 8, "name": "role", "description": "d"},
    {"type": 7, "name": "channel", "description": "d"},
    {"type": 10, "name": "weight", "description": "d"},
    {"type": 3, "name": "kind", "description": "d", "choices": [{"name": "Mild", "value": "m"}]},
    {"type": 11, "name": "proof", "description": "d"}]}"#;

struct Case {
    world: World,
    guild: GuildId,
}

fn case() -> Case {
    let mut world = World::new(Clock::manual(DateTime::UNIX_EPOCH), 1);
    let owner = world.user_named("admin");
    let guild = world.add_guild("g", owner);
    let mallory = world.user_named("mallory");
    world.add_member(guild, mallory, false).expect("a member");
    for raw in [CONFIG, WARN] {
        let raw = serde_json::from_str(raw).expect("json");
        world.register(None, &raw).expect("a command");
    }
    Case { world, guild }
}

impl Case {
    fn data(&self, line: &str) -> Result<Value, SlashError> {
        let commands = self.world.commands.visible_in(Some(self.guild));
        parse(line, &commands)?.data(&self.world, Some(self.guild))
    }

    /// The innermost options as `name=value`.
    fn values(&self, line: &str) -> Vec<String> {
        let data = self.data(line).expect(line);
        let mut options = &data["options"];
        while options[0]["options"].is_array() {
            options = &options[0]["options"];
        }
        let list = options.as_array().expect("options").iter();
        list.map(|one| format!("{}={}", one["name"].as_str().expect("a name"), one["value"]))
            .collect()
    }

    fn error(&self, line: &str) -> String {
        self.data(line).expect_err(line).to_string()
    }
}

#[test]
fn values_stand_by_name_or_in_order_or_both() {
    let case = case();
    let expected = [r#"key="ENABLED""#, r#"value="false""#];
    for line in [
        "/config set key:ENABLED value:false",
        "/config set ENABLED false",
        "/config set ENABLED value:false",
        "config  set  key: ENABLED  value: false ",
    ] {
        assert_eq!(case.values(line), expected, "{line}");
    }
}

#[test]
fn the_last_value_holds_the_rest_and_quotes_hold_words_together() {
    let case = case();
    assert_eq!(
        case.values("/config set PREFIX two words"),
        [r#"key="PREFIX""#, r#"value="two words""#]
    );
    assert_eq!(
        case.values(r#"/config set "two words" x"#),
        [r#"key="two words""#, r#"value="x""#]
    );
    assert_eq!(
        case.values(r#"/config set key:"value:1 x" value:y"#),
        [r#"key="value:1 x""#, r#"value="y""#]
    );
    assert_eq!(
        case.values("/config set key:a b value:c: d"),
        [r#"key="a b""#, r#"value="c: d""#]
    );
}

#[test]
fn groups_nest() {
    let data = case().data("/config group list").expect("a line");
    let group = &data["options"][0];
    assert_eq!(
        (&group["type"], &group["name"]),
        (&json!(2), &json!("group"))
    );
    let list = &group["options"][0];
    assert_eq!((&list["type"], &list["name"]), (&json!(1), &json!("list")));
    assert_eq!(list["options"], json!([]));
}

#[test]
fn every_kind_of_value_is_converted_and_resolved() {
    let case = case();
    let line = "/warn member:@mallory reason:spam silent:true days:3 role:@everyone channel:#general \
                weight:1.5 kind:Mild proof:shot.png";
    let data = case.data(line).expect("a line");
    let mallory = case.world.find_user("mallory").expect("known").to_string();
    let value = |name: &str| {
        let options = data["options"].as_array().expect("options");
        let found = options.iter().find(|one| one["name"] == name);
        found.expect(name)["value"].clone()
    };
    assert_eq!(value("member"), json!(mallory));
    assert_eq!(value("silent"), json!(true));
    assert_eq!(value("days"), json!(3));
    assert_eq!(value("role"), json!(case.guild));
    assert_eq!(value("weight"), json!(1.5));
    assert_eq!(value("kind"), json!("m"));
    assert_eq!(value("proof"), json!("1"));
    let resolved = &data["resolved"];
    assert_eq!(resolved["users"][&mallory]["username"], "mallory");
    assert!(resolved["members"][&mallory]["permissions"].is_string());
    assert_eq!(resolved["attachments"]["1"]["filename"], "shot.png");
    assert_eq!(resolved["channels"].as_object().map(Map::len), Some(1));
}

#[test]
fn wrong_lines_are_explained() {
    let case = case();
    for (line, told) in [
        (
            "/confg set",
            "there is no command /confg; registered are: config, warn",
        ),
        ("/config", "/config needs one of: set, group"),
        ("/config group", "/config group needs one of: list"),
        (
            "/config set ENABLED",
            "/config set needs the option \"value\"",
        ),
        (
            "/config group list x",
            "nothing in /config group list takes \"x\"",
        ),
        (
            "/warn member:mallory silent:maybe",
            "the option \"silent\" takes true or false, not \"maybe\"",
        ),
        (
            "/warn member:mallory days:9",
            "the option \"days\" takes a number from 1 to 7, not \"9\"",
        ),
        (
            "/warn member:mallory kind:Wild",
            "the option \"kind\" takes one of Mild, not \"Wild\"",
        ),
        (
            "/warn member:mallory role:none",
            "the option \"role\" takes a role: @name, mention or id, not \"none\"",
        ),
    ] {
        assert_eq!(case.error(line), told, "{line}");
    }
}

#[test]
fn a_user_who_is_no_member_resolves_without_member() {
    let mut case = case();
    case.world.user_named("stranger");
    let data = case.data("/warn stranger").expect("a line");
    assert!(data["resolved"]["users"].is_object());
    assert!(data["resolved"]["members"].is_null());
}

#[test]
fn the_option_being_typed_is_focused() {
    let case = case();
    let commands = case.world.commands.visible_in(Some(case.guild));
    let focused = |line: &str| {
        let parsed = parse(line, &commands).expect(line);
        let data = parsed.partial_data(&case.world, Some(case.guild));
        let options = data["options"][0]["options"].as_array().cloned();
        let last = options.expect("options").pop().expect("an option");
        assert_eq!(last["focused"], true);
        format!("{}={}", last["name"], last["value"])
    };
    assert_eq!(focused("/config set"), r#""key"="""#);
    assert_eq!(focused("/config set EN"), r#""key"="EN""#);
    assert_eq!(focused("/config set key:"), r#""key"="""#);
    assert_eq!(focused("/config set key:EN value:f"), r#""value"="f""#);
}

#[test]
fn a_guilds_own_command_hides_the_global_one() {
    let mut case = case();
    let own = json!({"name": "warn", "description": "own"});
    case.world
        .register(Some(case.guild), &own)
        .expect("a command");
    let data = case.data("/warn").expect("no options here");
    assert_eq!(data["guild_id"], json!(case.guild));
}

proptest! {
    #[test]
    fn no_line_makes_the_parser_panic(line in "\\PC{0,60}") {
        let case = case();
        let commands = case.world.commands.visible_in(None);
        for start in ["/config set ", "/warn ", ""] {
            let text = format!("{start}{line}");
            if let Ok(parsed) = parse(&text, &commands) {
                drop(parsed.data(&case.world, Some(case.guild)));
                parsed.partial_data(&case.world, Some(case.guild));
            }
        }
    }

    #[test]
    fn a_quoted_value_comes_back_whole(value in "[a-z :,.]{1,30}") {
        prop_assume!(!value.trim().is_empty());
        let case = case();
        let line = format!("/config set key:k value:\"{value}\"");
        let expected = format!("value={}", json!(value));
        prop_assert_eq!(&case.values(&line)[1], &expected);
    }
}
