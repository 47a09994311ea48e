//! All rooms together: their commands and keys, and what scenarios of several rooms share.

mod answers;
mod slow;
mod texts;

use std::collections::BTreeSet;
use std::time::Duration;

use diesel_async::SimpleAsyncConnection as _;

use super::{commands, components, judges, registry};
use crate::commands::framework::declared;
use crate::commands::permission::needs;
use crate::domain::ids::{ConfigVersion, MessageId};
use crate::domain::permissions::Permissions;
use crate::guild::keys;
use crate::simulator::Answer;
use crate::support::House;

/// What the bot replies to a text command in `#general`.
pub(super) async fn types(house: &House, name: &str, text: &str) -> String {
    known(house).await;
    let replies = |world: &crate::simulator::World| world.bot_messages(house.general).len();
    let before = house.sim.look(replies);
    house
        .member(name)
        .posts(house.general, text)
        .expect("a message");
    let reply = house.sim.wait_for("a reply", |world| {
        let message = world.bot_messages(house.general).get(before).copied()?;
        Some(message.content.clone())
    });
    reply.await.expect("the bot replies")
}

/// Waits until the guild has taken in who may do what: permissions of text commands are computed from that.
pub(super) async fn known(house: &House) {
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    let guilds = house.app().guilds();
    let waiting = async {
        while !guilds.view(house.id()).is_known() {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting)
        .await
        .expect("Discord describes the guild");
}

/// Waits until so many runs of commands are logged, which happens after their answers.
pub(crate) async fn logged(house: &House, runs: i64) {
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    let waiting = async {
        while house.number("SELECT count(*) FROM command_logs").await < runs {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting)
        .await
        .expect("every run is logged");
}

/// Statements of others, past the bot.
pub(crate) async fn plain_sql(house: &House, statements: &str) {
    let mut conn = house.database.pool.acquire().await.expect("a connection");
    let done = conn.batch_execute(statements).await;
    done.expect("good SQL");
}

/// Waits until the guild judges by this version.
pub(super) async fn taken_in(house: &House, version: i64) {
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    let held = || {
        let found = house.app().guilds().find_configuration(house.id());
        found.is_some_and(|snapshot| snapshot.version() >= ConfigVersion(version))
    };
    let waiting = async {
        while !held() {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting)
        .await
        .expect("the version arrives");
}

/// Slash commands of the administrator with their answers, as one text; names stand for ids.
pub(super) async fn dialog(house: &House, lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines {
        let answer = house.admin(line).await;
        text.push_str(&format!("> {line}\n{answer}\n\n"));
    }
    text.truncate(text.trim_end().len());
    named(house, text)
}

/// Presses a button of an answer.
pub(super) async fn press(house: &House, who: &str, answer: &Answer, id: &str) -> Answer {
    let message = answer.message.expect("an answering message");
    let call = house.member(who).presses(message, id).expect("a button");
    call.answer().await.expect("the application responds")
}

/// The administrator's slash command with its answer in full.
pub(super) async fn runs(house: &House, line: &str) -> Answer {
    let call = house.member("admin").runs(line).expect("a command");
    call.answer().await.expect("the application responds")
}

/// A text without Discord's times, which differ from run to run.
pub(crate) fn without_times(text: &str) -> String {
    let mut parts = text.split("<t:");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        whole.push_str("TIME");
        whole.push_str(part.split_once('>').map_or("", |(_, rest)| rest));
    }
    whole
}

/// A text with names in the place of ids, which differ from run to run.
pub(crate) fn named(house: &House, mut text: String) -> String {
    for (id, name) in [
        (house.mod_log.to_string(), "MOD-LOG"),
        (house.general.to_string(), "GENERAL"),
        (house.id().to_string(), "GUILD"),
        (house.sim.bot_user_id().to_string(), "AIMOD"),
        (house.sim.user("alice").to_string(), "ALICE"),
        (house.sim.user("mallory").to_string(), "MALLORY"),
        (house.sim.user("admin").to_string(), "ADMIN"),
    ] {
        text = text.replace(&id, name);
    }
    text
}

/// Switches bot detection on, with cards in `#mod-log`.
pub(crate) async fn detecting() -> House {
    let house = House::start().await;
    house.admin("/botdetect enable on:true").await;
    let line = format!(
        "/config set key:MODERATION_LOG_CHANNEL_ID value:<#{}>",
        house.mod_log
    );
    house.admin(&line).await;
    house
}

/// Lets somebody post in `#general` and waits until that is deleted and everything that follows is done.
pub(crate) async fn punished(house: &House, name: &str, text: &str) -> MessageId {
    let message = house
        .member(name)
        .posts(house.general, text)
        .expect("a message");
    gone(house, message).await;
    message
}

/// Waits until a message is deleted and everything that follows is done.
pub(crate) async fn gone(house: &House, message: MessageId) {
    house
        .sim
        .wait_until("the deletion", |world| {
            world.message(house.general, message).is_none()
        })
        .await
        .expect("deleted");
    house.settled().await;
}

/// Lets somebody post in `#general` and waits until it has been judged: what is posted later is deleted.
pub(super) async fn stays(house: &House, name: &str, text: &str) -> MessageId {
    let message = house
        .member(name)
        .posts(house.general, text)
        .expect("a message");
    judged(house).await;
    house.sim.look(|world| {
        assert!(
            world.message(house.general, message).is_some(),
            "{text:?} by {name} stays"
        );
    });
    message
}

/// Waits until everything that was posted so far has been judged. A change goes through the same mailbox.
pub(super) async fn judged(house: &House) {
    let key = "/config set key:BOTDETECT_TIMEOUT value:";
    for length in ["61m", "60m"] {
        house.admin(&format!("{key}{length}")).await;
    }
    house.settled().await;
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told to its end")]
fn every_command_declares_the_permission_it_needs() {
    let list: Vec<String> = declared(&commands())
        .into_iter()
        .map(|(name, needs)| {
            let needs = needs.unwrap_or_else(|| panic!("{name} declares no permission"));
            format!("{name}: {needs}")
        })
        .collect();
    insta::assert_snapshot!(list.join("\n"), @r"
    config: Manage Server
    config show: Manage Server
    config set: Manage Server
    config add: Manage Server
    config remove: Manage Server
    config reset: Manage Server
    config history: Manage Server
    config diff: Manage Server
    config rollback: Manage Server
    config check: Manage Server
    config export: Manage Server
    config import: Manage Server
    botdetect: Manage Server
    botdetect status: Manage Server
    botdetect enable: Manage Server
    botdetect action: Manage Server
    botdetect keywords: Manage Server
    botdetect keywords add: Manage Server
    botdetect keywords remove: Manage Server
    botdetect keywords list: Manage Server
    botdetect keywords defaults: Manage Server
    botdetect whitelist: Manage Server
    botdetect whitelist add: Manage Server
    botdetect whitelist remove: Manage Server
    botdetect test: Manage Server
    infractions: Timeout Members
    infractions view: Timeout Members
    infractions add: Kick Members
    infractions remove: Kick Members
    infractions clear: Manage Server
    case: Timeout Members
    case view: Timeout Members
    case list: Timeout Members
    case reason: Timeout Members
    case note: Timeout Members
    case edit: Timeout Members
    mydata: anyone
    mydata export: anyone
    mydata forget: anyone
    stats: Timeout Members
    stats moderation: Timeout Members
    stats commands: Manage Server
    note: Timeout Members
    note add: Timeout Members
    note list: Timeout Members
    note remove: Timeout Members
    note history: Manage Server
    Notes: Timeout Members
    user: Timeout Members
    user info: Timeout Members
    globalban: operators
    globalban add: operators
    globalban remove: operators
    globalban list: operators
    globalban check: operators
    apikey: Manage Server
    apikey set: Manage Server
    apikey info: Manage Server
    apikey remove: Manage Server
    blog: anyone
    blog list: anyone
    blog show: anyone
    appeal: anyone
    appeals: Timeout Members
    appeals list: Timeout Members
    appeals view: Timeout Members
    appeals decide: Timeout Members
    help: anyone
    ");
}

#[test]
fn every_command_and_parameter_is_described_within_discords_limits() {
    fn check(command: &crate::commands::Command) {
        let text = command.description.as_deref().unwrap_or_default();
        assert!(
            (10..=100).contains(&text.chars().count()) && text.ends_with('.'),
            "{}: {text:?}",
            command.qualified_name
        );
        // What is used from a menu has no parameters that anybody fills in.
        let shown = command.slash_action.is_some();
        for parameter in command.parameters.iter().filter(|_| shown) {
            let text = parameter.description.as_deref().unwrap_or_default();
            assert!((3..=100).contains(&text.chars().count()), "{text:?}");
        }
        command.subcommands.iter().for_each(check);
    }
    commands().iter().for_each(check);
}

#[test]
fn every_key_is_declared_once_and_its_default_fits_it() {
    let registry = registry();
    let judges = judges();
    let all: Vec<_> = keys::ALL
        .into_iter()
        .chain(judges.iter().flat_map(|judge| judge.keys().iter().copied()))
        .collect();
    let names: BTreeSet<_> = all.iter().map(|key| key.name).collect();
    assert_eq!(names.len(), all.len(), "each name once");
    let places: BTreeSet<_> = all.iter().map(|key| key.stored_name()).collect();
    assert_eq!(places.len(), all.len(), "each place once");
    for key in &all {
        assert_eq!(key.name, key.name.to_ascii_uppercase());
        assert!(key.description.ends_with('.'), "{}", key.name);
        if let Some(default) = (key.default)() {
            assert_eq!(key.read(&default.to_json()), Ok(default), "{}", key.name);
        }
    }
    assert_eq!(registry.keys().count(), all.len());
    assert_eq!(registry.tables(), ["botdetect_config"]);
    assert_eq!(registry.label_of("bot_detect"), "bot_detect");
    assert_eq!(registry.label_of("appeals"), "appeals");
    assert_eq!(registry.label_of("nobody"), "unknown");
}

#[test]
fn every_button_declares_its_permission_and_is_told_from_the_others() {
    let all = components();
    for one in &all {
        assert_ne!(
            one.needs,
            needs(Permissions::NONE),
            "{}: who may, is said",
            one.name
        );
        let alike = all.iter().filter(|other| {
            other.prefix == one.prefix || other.prefix.starts_with(&format!("{}/", one.prefix))
        });
        assert_eq!(alike.count(), 1, "{}", one.prefix);
    }
}
