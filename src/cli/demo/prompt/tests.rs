//! The prompt on a real bot: what a reader types and sees.

use std::sync::{Arc, Mutex};

use clap::Parser as _;
use serde_json::json;

use super::draw::{self, Shown};
use super::house::House;
use super::line::parse;
use super::stage::{Goes, HELP, Stage};
use crate::cli::demo::Args;
use crate::simulator::{Simulator, SimulatorOptions};

#[derive(clap::Parser)]
struct Whole {
    #[command(flatten)]
    args: Args,
}

/// A stage whose words are kept.
struct Theatre {
    stage: Stage,
    said: Arc<Mutex<Vec<String>>>,
}

impl Theatre {
    async fn open() -> Self {
        let args = Whole::parse_from(["demo"]).args;
        let house = House::start(&args).await.expect("the bot starts");
        let said = Arc::new(Mutex::new(Vec::new()));
        let ear = Arc::clone(&said);
        let say = move |text: &str| ear.lock().expect("no panic").push(text.to_owned());
        let mut stage = Stage::new(house, Box::new(say)).expect("a guild");
        stage.hurried = true;
        Self { stage, said }
    }

    /// What is shown after a line.
    async fn types(&mut self, line: &str) -> String {
        self.said.lock().expect("no panic").clear();
        let goes = self.stage.carry_out(&parse(line)).await;
        assert_eq!(goes.expect("it goes on"), Goes::On, "{line}");
        self.said.lock().expect("no panic").join("\n")
    }
}

fn assert_shows(shown: &str, parts: &[&str]) {
    for part in parts {
        assert!(shown.contains(part), "{part:?} is not in:\n{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_acts_and_sees_what_the_bot_does() {
    let mut theatre = Theatre::open().await;
    assert_eq!(theatre.types("hello there").await, "");
    theatre
        .types("/config set key:MODERATION_LOG_CHANNEL_ID value:#mod-log")
        .await;
    let shown = theatre.types("/botdetect enable on:true").await;
    assert_shows(
        &shown,
        &[
            "○ AIMod answers admin (only admin sees this)",
            "Bot detection is now on",
        ],
    );
    let shown = theatre.types("@mallory Frее Nіtro: claim your gift").await;
    assert_shows(
        &shown,
        &[
            "✗ AIMod deleted mallory's message in #general: “Frее Nіtro",
            "⚑ AIMod timed mallory out for 1h (Bot detection: ",
            "● AIMod writes to mallory by direct message",
            "● AIMod writes in #mod-log",
            "╭─ Case #1 · timeout for 1h ─",
            "│ Member: @mallory",
        ],
    );
    let shown = theatre.types("@mallory but why").await;
    assert_shows(
        &shown,
        &["mallory is timed out for ", "Discord refuses: 50013"],
    );
    theatre.types("clock +1h").await;
    assert_eq!(theatre.types("@mallory thank you").await, "");
    let shown = theatre.types("as moderator /case view 1").await;
    assert_shows(&shown, &["only moderator sees this", "Case #1 · timeout"]);
    theatre
        .stage
        .house
        .stop()
        .await
        .expect("nothing is left undone");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_is_told_and_the_bot_can_be_shaken() {
    let mut theatre = Theatre::open().await;
    for (line, told) in [
        ("/nonsense", "there is no command /nonsense"),
        ("press Appeal", "there is no button \"Appeal\" here"),
        (
            "as stranger /config show",
            "there is no member \"stranger\" here",
        ),
        ("fill one | two", "the bot opened no form"),
        ("clock banana", "it is written clock +10m"),
        ("raid 2000 hello", "it is written raid 20 TEXT"),
        ("go #nowhere", "there is no channel \"nowhere\" here"),
        (
            "as alice /config show",
            "/config is hidden from this member",
        ),
        ("join bob", "→ bob joined"),
        ("leave bob", "← bob left"),
        ("raid 2", "→ raider2 joined"),
        ("restart", "it is back"),
        ("kill", "it is back"),
        ("drop", "the bot is back"),
        ("stats", "0 cases, 0 infractions"),
        ("help", HELP[9]),
    ] {
        let shown = theatre.types(line).await;
        assert!(shown.contains(told), "{line}: {shown}");
    }
    theatre.types("go #mod-log").await;
    theatre.types("hello from here").await;
    let guild = &theatre.stage.house.guild;
    let log = guild.channel("mod-log").expect("a channel");
    let there = theatre
        .stage
        .house
        .sim
        .look(|world| world.messages(log).len());
    assert_eq!(there, 1);
    let quits = theatre.stage.carry_out(&parse("quit")).await;
    assert_eq!(quits.expect("an end"), Goes::Out);
    theatre
        .stage
        .house
        .stop()
        .await
        .expect("nothing is left undone");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_administrator_operates_the_bot_and_has_keys_and_answers_come_once() {
    let mut theatre = Theatre::open().await;
    let shown = theatre
        .types("/globalban add user:@mallory reason:scams everywhere")
        .await;
    assert_shows(&shown, &["@mallory", "is banned everywhere from now on"]);
    let shown = theatre.types("/apikey set provider:openai").await;
    assert_shows(&shown, &["opens a form"]);
    theatre
        .types("/note add user:@alice text:knows @moderator")
        .await;
    let shown = theatre.types("/note list user:@alice").await;
    assert_shows(&shown, &["knows @moderator"]);
    // What became of the global ban may be told in between.
    for line in ["/config show", "press ▶", "press ◀"] {
        let shown = theatre.types(line).await;
        let answers = shown.matches("Settings of this server").count();
        assert_eq!(answers, 1, "{line}: {shown}");
    }
    theatre
        .stage
        .house
        .stop()
        .await
        .expect("nothing is left undone");
}

#[tokio::test(flavor = "multi_thread")]
async fn expectations_look_at_what_was_told_since_the_last_act() {
    let mut theatre = Theatre::open().await;
    theatre.types("/botdetect status").await;
    theatre
        .types("expect Bot detection is off. What happens:")
        .await;
    theatre.types("expect not Bot detection is on").await;
    for (line, why) in [
        (
            "expect not Built-in lists",
            "“Built-in lists” was not to be seen",
        ),
        (
            "expect something else",
            "expected “something else”, but this was seen:",
        ),
    ] {
        let error = theatre.stage.carry_out(&parse(line)).await;
        let error = error.expect_err("not met").to_string();
        assert!(error.starts_with(why), "{error}");
    }
    theatre.types("hello").await;
    let error = theatre.stage.carry_out(&parse("expect Built-in")).await;
    let error = error.expect_err("of an earlier act").to_string();
    assert_eq!(error, "expected “Built-in”, but nothing was seen");
    theatre
        .stage
        .house
        .stop()
        .await
        .expect("nothing is left undone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_middle_of_a_verdict_costs_nothing() {
    let mut theatre = Theatre::open().await;
    theatre.types("/botdetect enable on:true").await;
    let guild = theatre.stage.house.guild.clone();
    let general = guild.channel("general").expect("a channel");
    for number in 1..=5 {
        let name = format!("scammer-{number}");
        let scammer = guild.joins(&name).expect("anybody may join");
        scammer
            .posts(general, "claim your FREE NITRO now")
            .expect("members may write");
    }
    // Nothing has settled yet when it dies.
    theatre.types("kill").await;
    let punished = theatre.stage.house.sim.wait_until("all of it", |world| {
        let gone = world.messages(general).is_empty();
        let muted = |name: String| {
            let id = world.find_user(&name);
            id.is_some_and(|id| world.timeout_until(guild.id(), id).is_some())
        };
        gone && (1..=5).all(|number| muted(format!("scammer-{number}")))
    });
    punished.await.expect("judged after the kill");
    let stats = theatre.types("stats").await;
    assert_shows(&stats, &["5 cases, 5 infractions"]);
    let timeouts = theatre
        .stage
        .house
        .sim
        .request_count("PATCH /guilds/*/members/*");
    assert_eq!(timeouts, 5, "each once");
    theatre
        .stage
        .house
        .stop()
        .await
        .expect("nothing is left undone");
}

/// A world with a guild, for drawing.
async fn world() -> Simulator {
    let sim = Simulator::start(SimulatorOptions::default()).await;
    let sim = sim.expect("a free port");
    let guild = sim.add_guild("Demo");
    guild.add_member("mallory").expect("a member");
    sim
}

#[tokio::test]
async fn a_card_is_drawn_in_a_box_with_its_buttons() {
    let sim = world().await;
    let mallory = sim.user("mallory");
    let embed = json!({
        "title": "Case 7", "description": format!("<@{mallory}> wrote **a scam**"),
        "fields": [{"name": "Reason", "value": "word ".repeat(20)}, {"name": "\u{200b}", "value": "more"}],
        "footer": {"text": "today"},
    });
    let row = json!({"type": 1, "components": [
        {"type": 2, "label": "Appeal", "custom_id": "a"},
        {"type": 2, "label": "Undo", "custom_id": "u", "disabled": true},
        {"type": 3, "custom_id": "s", "placeholder": "why", "options": [{"label": "One"}, {"label": "Two"}]},
    ]});
    let shown = Shown {
        content: "Look:",
        embeds: &[embed],
        components: &[row],
    };
    let lines = sim.look(|world| draw::message(world, &shown));
    let edge = |text: &str, rest: usize| format!("    {text}{}", "─".repeat(rest));
    let reason = format!("    │ Reason: {}", "word ".repeat(13).trim_end());
    let expected = [
        "    Look:".to_owned(),
        edge("╭─ Case 7 ", 64),
        "    │ @mallory wrote a scam".to_owned(),
        reason,
        format!("    │ {}", "word ".repeat(7)),
        "    │ more".to_owned(),
        "    │ today".to_owned(),
        edge("╰─", 72),
        "    [ Appeal ] [ Undo (off) ] [ why ▾ One · Two ]".to_owned(),
    ];
    assert_eq!(lines, expected);
    sim.shutdown().await;
}

#[tokio::test]
async fn mentions_and_times_are_readable() {
    let sim = world().await;
    let guild = sim.guild("Demo").expect("the guild");
    let general = guild.channel("general").expect("a channel");
    let everyone = guild.id();
    let soon = sim.clock().now().timestamp() + 600;
    for (text, shown) in [
        (format!("in <#{general}>"), "in #general".to_owned()),
        (format!("<@&{everyone}>!"), "@@everyone!".to_owned()),
        ("<@1> <3 a < b".to_owned(), "<@1> <3 a < b".to_owned()),
        (format!("<t:{soon}:R>"), "in 10m".to_owned()),
        ("<t:0:R>".to_owned(), String::new()),
        ("<t:60>".to_owned(), "1970-01-01 00:01 UTC".to_owned()),
    ] {
        let read = sim.look(|world| draw::readable(world, &text));
        if shown.is_empty() {
            assert!(read.ends_with(" ago"), "{read}");
        } else {
            assert_eq!(read, shown);
        }
    }
    sim.shutdown().await;
}

#[test]
fn a_form_is_drawn_with_its_inputs_numbered() {
    let form = json!({"title": "Appeal", "custom_id": "f", "components": [
        {"type": 1, "components": [{"type": 4, "custom_id": "a", "label": "Why"}]},
        {"type": 18, "label": "Anything else", "component": {"type": 4, "custom_id": "b"}},
    ]});
    let lines = draw::form(&form);
    assert!(lines[0].starts_with("    ╭─ Appeal ─"));
    assert_eq!(lines[1], "    │ 1. Why: ____");
    assert_eq!(lines[2], "    │ 2. Anything else: ____");
}
