//! Slash commands, suggestions, buttons and context menus, answered by poise.

use aimod::simulator::{ControlError, Permissions, SlashError};

use crate::Bench;
use crate::bot::Bot;

#[tokio::test]
async fn a_command_is_answered() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let alice = bench.guild.add_member("alice").expect("a member");
    let pending = alice.runs("/echo text:hello there").expect("a command");
    let answer = pending.answer().await.expect("an answer");
    assert_eq!(answer.content, "hello there");
    assert!(!answer.ephemeral);
    let general = bench.guild.channel("general").expect("a channel");
    let shown = bench
        .sim
        .look(|world| world.bot_messages(general)[0].content.clone());
    assert_eq!(shown, "hello there");
    bot.stop().await;
}

#[tokio::test]
async fn subcommands_take_values_by_name_or_in_order() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let owner = bench.guild.owner().expect("an owner");
    let expected = format!("ENABLED is false in {}", bench.guild.id());
    for line in [
        "/config set key:ENABLED value:false",
        "/config set ENABLED false",
        "/config set value:false key:ENABLED",
    ] {
        let answer = owner.runs(line).expect(line).answer().await.expect(line);
        assert_eq!(answer.content, expected, "{line}");
        assert!(answer.ephemeral);
    }
    // Ephemeral answers are nobody else's business.
    let general = bench.guild.channel("general").expect("a channel");
    assert!(bench.sim.look(|world| world.messages(general).is_empty()));
    bot.stop().await;
}

#[tokio::test]
async fn members_and_channels_are_resolved() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let owner = bench.guild.owner().expect("an owner");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let by_id = format!(
        "/warn member:<@{}> channel:#general times:3 reason:spam",
        mallory.id()
    );
    for line in [by_id.as_str(), "/warn @mallory general 3 spam"] {
        let answer = owner.runs(line).expect(line).answer().await.expect(line);
        assert_eq!(answer.content, "mallory general 3 spam");
    }
    bot.stop().await;
}

#[tokio::test]
async fn a_deferred_answer_counts_when_it_is_filled_in() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let owner = bench.guild.owner().expect("an owner");
    let pending = owner.runs("/slow").expect("a command");
    let answer = pending
        .answer_when(|answer| !answer.followups.is_empty())
        .await
        .expect("an answer");
    assert_eq!(answer.content, "at last, edited");
    assert!(answer.ephemeral);
    assert_eq!(answer.followups[0]["content"], "and more");
    bot.stop().await;
}

#[tokio::test]
async fn the_option_being_typed_gets_suggestions() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let owner = bench.guild.owner().expect("an owner");
    for line in [
        "/config set key:ENA",
        "/config set ENA",
        "/config show key:ENA",
    ] {
        let choices = owner.autocompletes(line).await.expect(line);
        assert_eq!(choices.len(), 1, "{line}");
        assert_eq!(choices[0]["name"], "ENABLED");
    }
    let all = owner.autocompletes("/config set").await.expect("choices");
    assert_eq!(all.len(), 3);
    bot.stop().await;
}

#[tokio::test]
async fn a_button_updates_its_message() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let owner = bench.guild.owner().expect("an owner");
    let pending = owner.runs("/press").expect("a command");
    let answer = pending.answer().await.expect("an answer");
    assert_eq!(answer.custom_ids(), ["undo"]);
    let message = answer.message.expect("a message");
    assert!(matches!(
        owner.presses(message, "other"),
        Err(ControlError::Unknown { .. })
    ));
    // The bot begins to listen a moment after its message stands, as on Discord.
    bench
        .sim
        .requested("GET /webhooks/**", 1)
        .await
        .expect("the bot looks its message up");
    let mut updated = None;
    for _ in 0..50 {
        let pressed = owner.presses(message, "undo").expect("a press");
        let short = std::time::Duration::from_millis(200);
        if let Ok(answer) = pressed.answer_within(short).await {
            updated = Some(answer);
            break;
        }
    }
    let updated = updated.expect("an update");
    assert_eq!(updated.content, "undone by admin");
    assert!(updated.components.is_empty());
    bot.stop().await;
}

#[tokio::test]
async fn a_context_menu_command_has_its_target() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let owner = bench.guild.owner().expect("an owner");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let pending = owner.runs_on_user("Profile", mallory.id()).expect("a use");
    let answer = pending.answer().await.expect("an answer");
    assert_eq!(answer.content, "this is mallory");
    bot.stop().await;
}

#[tokio::test]
async fn the_client_hides_what_a_member_may_not_use() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let alice = bench.guild.add_member("alice").expect("a member");
    let line = "/config show";
    match alice.runs(line) {
        Err(ControlError::Slash(SlashError::Hidden { needed, .. })) => {
            assert_eq!(needed, "MANAGE_GUILD");
        }
        other => panic!("{other:?}"),
    }
    let unchecked = alice.runs_unchecked(line).expect("sent all the same");
    assert_eq!(
        unchecked.answer().await.expect("an answer").content,
        "shows everything"
    );
    alice.may(Permissions::MANAGE_GUILD).expect("a role");
    alice.runs(line).expect("visible now");
    bot.stop().await;
}

#[tokio::test]
async fn a_wrong_line_is_explained() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let owner = bench.guild.owner().expect("an owner");
    let told = |line: &str| owner.runs(line).expect_err(line).to_string();
    assert_eq!(
        told("/nothing"),
        "there is no command /nothing; registered are: echo, config, warn, slow, press"
    );
    assert_eq!(told("/config"), "/config needs one of: show, set");
    assert_eq!(
        told("/config set key:ENABLED"),
        "/config set needs the option \"value\""
    );
    assert_eq!(
        told("/warn @nobody"),
        "the option \"member\" takes a user: name, mention or id, not \"@nobody\""
    );
    assert_eq!(
        told("/warn @admin times:99"),
        "the option \"times\" takes a number from 1 to 10, not \"99\""
    );
    assert_eq!(told("/slow now"), "nothing in /slow takes \"now\"");
    bot.stop().await;
}
