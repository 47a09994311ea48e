//! Edited and pinned messages, replies and slow mode.

use aimod::domain::clock::Clock;
use aimod::simulator::{
    ControlError, Draft, Overwrite, OverwriteTarget, Permissions, SimulatorOptions,
};
use chrono::{DateTime, TimeDelta};
use reqwest::Method;
use serde_json::{Value, json};

use crate::Bench;
use crate::socket::Socket;

const SUPPRESS_EMBEDS: u64 = 1 << 2;

impl Bench {
    /// Posts as the bot into #general; answers the message's own path and the message.
    async fn says(&self, body: Value) -> (String, Value) {
        let general = self.guild.channel("general").expect("a channel");
        let path = format!("/channels/{general}/messages");
        let (status, posted) = self.send(Method::POST, &path, body).await;
        assert!(status.is_success(), "{posted}");
        let id = posted["id"].as_str().expect("an id").to_owned();
        (format!("{path}/{id}"), posted)
    }

    async fn rewords(&self, path: &str, body: Value) -> Value {
        let (status, edited) = self.send(Method::PATCH, path, body).await;
        assert!(status.is_success(), "{edited}");
        edited
    }
}

fn mentioned(message: &Value) -> usize {
    message["mentions"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn an_edit_reads_the_mentions_anew() {
    let bench = Bench::start().await;
    let alice = bench.guild.add_member("alice").expect("a member").id();
    let (path, posted) = bench.says(json!({"content": format!("<@{alice}>")})).await;
    assert_eq!(mentioned(&posted), 1);
    let plain = bench.rewords(&path, json!({"content": "nobody"})).await;
    assert_eq!(mentioned(&plain), 0, "no stale mention");
    let again = json!({"content": format!("<@{alice}> again")});
    assert_eq!(mentioned(&bench.rewords(&path, again.clone()).await), 1);
    let mut muted = again;
    muted["allowed_mentions"] = json!({"parse": []});
    assert_eq!(mentioned(&bench.rewords(&path, muted.clone()).await), 0);
    let embed = json!({"embeds": [{"title": "t"}]});
    assert_eq!(
        mentioned(&bench.rewords(&path, embed).await),
        0,
        "the text is as it was"
    );
    muted["allowed_mentions"] = json!({"parse": [], "users": [alice]});
    assert_eq!(mentioned(&bench.rewords(&path, muted).await), 1);
}

#[tokio::test]
async fn mentions_are_allowed_as_a_kind_or_one_by_one() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/messages");
    for allowed in [
        json!({"parse": ["users"], "users": ["1"]}),
        json!({"parse": [], "roles": vec!["1"; 101]}),
    ] {
        let body = json!({"content": "x", "allowed_mentions": allowed});
        let (_, answer) = bench.send(Method::POST, &path, body).await;
        assert_eq!(answer["code"], 50035);
        assert!(answer["errors"]["allowed_mentions"].is_object(), "{answer}");
    }
}

#[tokio::test]
async fn embeds_are_hidden_and_shown_again() {
    let bench = Bench::start().await;
    let (path, posted) = bench
        .says(json!({"content": "x", "embeds": [{"title": "t"}]}))
        .await;
    assert_eq!(posted["embeds"].as_array().map(Vec::len), Some(1));
    let hidden = bench
        .rewords(&path, json!({"flags": SUPPRESS_EMBEDS}))
        .await;
    assert_eq!(
        (&hidden["embeds"], &hidden["flags"]),
        (&json!([]), &json!(SUPPRESS_EMBEDS))
    );
    assert_eq!(
        hidden["edited_timestamp"],
        Value::Null,
        "nothing was reworded"
    );
    let shown = bench.rewords(&path, json!({"flags": 0})).await;
    assert_eq!(shown["embeds"][0]["title"], "t");
}

#[tokio::test]
async fn a_moderator_hides_embeds_of_others_and_changes_nothing_else() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let alice = bench.guild.add_member("alice").expect("a member");
    let draft = Draft::text("look").embed(json!({"title": "t"}));
    let message = alice.posts_draft(general, draft).expect("posts");
    let path = format!("/channels/{general}/messages/{message}");
    let hidden = bench
        .rewords(&path, json!({"flags": SUPPRESS_EMBEDS}))
        .await;
    assert_eq!(hidden["embeds"], json!([]));
    let both = json!({"flags": 0, "content": "mine now"});
    assert_eq!(bench.fails(Method::PATCH, &path, both).await, (403, 50005));
    let weak = Permissions(Permissions::MODERATION_BOT.0 & !Permissions::MANAGE_MESSAGES.0);
    bench.guild.set_bot_permissions(weak).expect("the bot");
    assert_eq!(
        bench.fails(Method::PATCH, &path, json!({"flags": 0})).await,
        (403, 50013)
    );
}

#[tokio::test]
async fn automod_judges_edits_as_well() {
    let bench = Bench::start().await;
    let all = Permissions::MODERATION_BOT | Permissions::MANAGE_GUILD;
    bench.guild.set_bot_permissions(all).expect("the bot");
    let rule = json!({
        "name": "words", "event_type": 1, "trigger_type": 1, "enabled": true,
        "trigger_metadata": {"keyword_filter": ["bad"]}, "actions": [{"type": 1}],
    });
    let path = format!("/guilds/{}/auto-moderation/rules", bench.guild.id());
    bench.send(Method::POST, &path, rule).await;
    let general = bench.guild.channel("general").expect("a channel");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let message = mallory.posts(general, "nice").expect("posts");
    let refused = mallory.edits(message, "bad").expect_err("blocked");
    assert!(refused.to_string().contains("200000"), "{refused}");
    let kept = bench.sim.look(|world| {
        world
            .message(general, message)
            .map(|one| one.content.clone())
    });
    assert_eq!(kept.as_deref(), Some("nice"));
    mallory.edits(message, "nicer").expect("edits");
}

#[tokio::test]
async fn a_reply_needs_the_right_to_read_what_was_said() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let alice = bench.guild.add_member("alice").expect("a member");
    let message = alice.posts(general, "ping").expect("posts");
    let blind = Overwrite {
        target: OverwriteTarget::Role(bench.guild.id().everyone_role()),
        allow: Permissions::NONE,
        deny: Permissions::READ_MESSAGE_HISTORY,
    };
    bench.guild.overwrite(general, blind).expect("set");
    let path = format!("/channels/{general}/messages");
    for replied in [message.to_string(), "1".to_owned()] {
        let reply = json!({"content": "pong", "message_reference": {"message_id": replied}});
        assert_eq!(
            bench.fails(Method::POST, &path, reply).await,
            (403, 160_002)
        );
    }
    let (status, _) = bench
        .send(Method::POST, &path, json!({"content": "pong"}))
        .await;
    assert!(status.is_success());
}

#[tokio::test]
async fn slow_mode_tells_how_long_to_wait_and_lets_bots_through() {
    let noon = DateTime::from_timestamp(1_780_000_000, 0).expect("a time");
    let options = SimulatorOptions {
        clock: Clock::manual(noon),
        ..SimulatorOptions::default()
    };
    let bench = Bench::start_with(options).await;
    let general = bench.guild.channel("general").expect("a channel");
    let alice = bench.guild.add_member("alice").expect("a member");
    bench
        .rewords(
            &format!("/channels/{general}"),
            json!({"rate_limit_per_user": 10}),
        )
        .await;
    alice.posts(general, "one").expect("posts");
    bench.sim.advance(TimeDelta::milliseconds(2_500));
    let Err(ControlError::Refused(refused)) = alice.posts(general, "two") else {
        panic!("not refused");
    };
    assert_eq!((refused.status, refused.code), (429, 20016));
    assert_eq!(refused.body()["retry_after"], 7.5);
    bench.sim.advance(TimeDelta::milliseconds(7_501));
    alice.posts(general, "two").expect("the pause is over");
    // Discord's page on channels: bots are not slowed down.
    let weak = Permissions::EVERYONE;
    bench.guild.set_bot_permissions(weak).expect("the bot");
    bench.says(json!({"content": "one"})).await;
    bench.says(json!({"content": "two"})).await;
}

#[tokio::test]
async fn a_pin_is_told_in_the_channel() {
    let bench = Bench::start().await;
    let mut socket = Socket::open(&bench.sim).await;
    let intents = poise::serenity_prelude::GatewayIntents::all().bits();
    socket.identify(&bench.sim, intents, json!([0, 1])).await;
    bench.sim.bot_connected().await.expect("connected");
    let general = bench.guild.channel("general").expect("a channel");
    let owner = bench.guild.owner().expect("an owner");
    let message = owner.posts(general, "the rules").expect("posts");
    let pin = format!("/channels/{general}/messages/pins/{message}");
    for _ in 0..2 {
        let (status, _) = bench.send(Method::PUT, &pin, Value::Null).await;
        assert_eq!(status.as_u16(), 204);
    }
    socket.dispatch("MESSAGE_CREATE").await;
    let told = socket.dispatch("MESSAGE_CREATE").await;
    assert_eq!((&told["type"], &told["content"]), (&json!(6), &json!("")));
    assert_eq!(told["author"]["id"], json!(bench.sim.bot_user_id()));
    assert_eq!(told["message_reference"]["message_id"], json!(message));
    assert!(told.get("referenced_message").is_none());
    let count = bench.sim.look(|world| world.messages(general).len());
    assert_eq!(count, 2, "pinned again it is not told again");
    let weak = Permissions::EVERYONE;
    bench.guild.set_bot_permissions(weak).expect("the bot");
    assert_eq!(
        bench.fails(Method::PUT, &pin, Value::Null).await,
        (403, 50013)
    );
}
