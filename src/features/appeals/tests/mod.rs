//! Appeals: the pure parts by themselves, then scenarios in the words of those who are there.

mod choosing;
mod deciding;
mod filing;
mod forgotten;
mod german;
mod hostile;
mod imported;
mod pure;
mod surviving;
mod undone;
mod upheld;

use std::time::Duration;

use crate::domain::clock::Clock;
use crate::domain::ids::{ChannelId, UserId};
use crate::features::tests::{named, punished, without_times};
use crate::simulator::{Answer, Message, Permissions, SimMember, SimulatorOptions, World};
use crate::support::House;

/// What brings a punishment.
const SCAM: &str = "claim your FREE NITRO now";

/// What somebody writes who appeals.
const WHY: &str = "That was my little brother, and he is sorry.";

/// A server with bot detection, cards in `#mod-log` and a moderator, whose clock can be put forward.
async fn server() -> House {
    let discord = SimulatorOptions {
        rate_limits: false,
        clock: Clock::shifted(),
        ..SimulatorOptions::default()
    };
    let house = House::start_on(discord, |_| {}).await;
    let log = format!(
        "/config set key:MODERATION_LOG_CHANNEL_ID value:<#{}>",
        house.mod_log
    );
    house.admin("/botdetect enable on:true").await;
    house.admin(&log).await;
    let staff = house.guild.add_member("moderator").expect("a member");
    let may = Permissions::MODERATE_MEMBERS | Permissions::BAN_MEMBERS;
    staff.may(may).expect("there");
    house
}

/// The same, and mallory's scam has brought this punishment: case 1.
async fn after(action: &str) -> (House, SimMember) {
    let house = server().await;
    let mallory = house.member("mallory");
    house
        .admin(&format!("/botdetect action action:{action}"))
        .await;
    punished(&house, "mallory", SCAM).await;
    (house, mallory)
}

/// Clicks something and gives the answer in full.
async fn clicks(who: &SimMember, label: &str) -> Answer {
    let call = who.clicks(label).expect("it is there");
    call.answer().await.expect("the application responds")
}

/// Clicks something that opens a form, fills it in and sends it; gives what is read then.
async fn fills(who: &SimMember, label: &str, texts: &[&str]) -> String {
    let opened = clicks(who, label).await;
    if opened.modal.is_none() {
        return opened.text();
    }
    sends(who, &opened, texts).await
}

/// Sends a form that is open.
async fn sends(who: &SimMember, opened: &Answer, texts: &[&str]) -> String {
    let call = who.fills(opened, texts).expect("a form");
    call.answer()
        .await
        .expect("the application responds")
        .text()
}

/// Appeals by the button in the direct messages.
async fn appeals(who: &SimMember) -> String {
    fills(who, "Appeal", &[WHY]).await
}

/// A slash command in full.
async fn runs(who: &SimMember, line: &str) -> Answer {
    let call = who.runs_unchecked(line).expect("a command");
    call.answer().await.expect("the application responds")
}

/// What the bot wrote to somebody, each message with its buttons, the newest last.
fn told(house: &House, who: UserId) -> Vec<String> {
    let bot = house.sim.bot_user_id();
    house.sim.look(|world: &World| {
        let messages = world.dms(who).into_iter();
        let own = messages.filter(|message| message.author == bot && message.flags & 64 == 0);
        own.map(shown).collect()
    })
}

/// What the bot posted in a channel for all who read it, the newest last.
fn posted(house: &House, channel: ChannelId) -> Vec<String> {
    house.sim.look(|world| {
        let messages = world.bot_messages(channel).into_iter();
        let public = messages.filter(|message| message.flags & 64 == 0);
        public.map(shown).collect()
    })
}

/// A message as a person sees it: text, cards, and what is to press.
fn shown(message: &Message) -> String {
    let mut lines = vec![message.content.clone()];
    for embed in &message.embeds {
        lines.push(embed["title"].as_str().unwrap_or_default().to_owned());
        for field in embed["fields"].as_array().into_iter().flatten() {
            let part = |name: &str| field[name].as_str().unwrap_or_default().to_owned();
            lines.push(format!("{}: {}", part("name"), part("value")));
        }
    }
    let rows = message.components.iter();
    let buttons = rows
        .filter_map(|row| row["components"].as_array())
        .flatten();
    let labels: Vec<&str> = buttons.filter_map(|one| one["label"].as_str()).collect();
    if !labels.is_empty() {
        lines.push(format!("[{}]", labels.join("] [")));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// Texts with names for ids and without times.
fn read(house: &House, texts: &[String]) -> String {
    let text = named(house, texts.join("\n\n"));
    let moderator = house.sim.user("moderator").to_string();
    without_times(&text.replace(&moderator, "MODERATOR"))
}

/// A case in short.
async fn case(house: &House, number: i64) -> String {
    let query = format!(
        "SELECT action_type || ' ' || outcome || CASE WHEN lifted_at IS NULL THEN '' ELSE ' lifted' END \
         || CASE moderator_id WHEN 0 THEN '' ELSE ' by hand of staff' END \
         FROM moderation_logs WHERE case_number = {number}"
    );
    house.text(&query).await.unwrap_or_default()
}

/// An appeal in short.
async fn status(house: &House, id: i64) -> String {
    let query = format!("SELECT status FROM appeals WHERE id = {id}");
    house.text(&query).await.unwrap_or_default()
}

/// Waits until the database tells this number.
async fn becomes(house: &House, query: &str, number: i64) {
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    let waiting = async {
        while house.number(query).await != number {
            ticks.tick().await;
        }
    };
    let limit = Duration::from_secs(30);
    tokio::time::timeout(limit, waiting).await.expect(query);
}

fn is_timed_out(house: &House, who: UserId) -> bool {
    house.sim.look(|world| {
        world
            .timeout_until(house.id(), who)
            .is_some_and(|until| until > world.now())
    })
}

fn is_banned(house: &House, who: UserId) -> bool {
    house.sim.look(|world| world.is_banned(house.id(), who))
}
