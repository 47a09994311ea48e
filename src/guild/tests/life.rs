//! How guild actors live: order, crashes, parking, sleep, and mailboxes that are full.

use std::time::{Duration, Instant};

use super::{Yard, until};
use crate::domain::event::{Author, Event, Message};
use crate::domain::ids::{ChannelId, ConfigVersion, GuildId, MessageId, UserId};

const ONE: GuildId = GuildId(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_judges_in_the_order_in_which_things_happened() {
    let (yard, _database) = Yard::start(|_| {}).await;
    for guild in 1..=3 {
        yard.open(guild);
    }
    for number in 0..500 {
        for guild in 1..=3 {
            yard.posts(guild, &number.to_string());
        }
    }
    let seen = yard.seen(1_500).await;
    for guild in 1..=3 {
        let of_guild = seen.iter().filter(|seen| seen.guild == GuildId(guild));
        let texts: Vec<_> = of_guild.map(|seen| seen.text.clone()).collect();
        let expected: Vec<_> = (0..500).map(|number| number.to_string()).collect();
        assert_eq!(texts, expected, "guild {guild}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_judged_before_discord_has_described_the_guild() {
    let (yard, _database) = Yard::start(|_| {}).await;
    yard.posts(1, "who is staff here?");
    yard.open(1);
    yard.posts(1, "after");
    assert_eq!(yard.texts(1).await, ["after"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bots_are_not_judged() {
    let (yard, _database) = Yard::start(|_| {}).await;
    yard.open(1);
    let message = Message {
        id: MessageId(1),
        channel: ChannelId(2),
        author: Author {
            id: UserId(3),
            name: "a bot".into(),
            bot: true,
            roles: vec![],
            ..Author::default()
        },
        content: "by a bot".into(),
    };
    yard.deliver(1, Event::MessagePosted(message));
    yard.posts(1, "by a member");
    assert_eq!(yard.texts(1).await, ["by a member"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_loses_nothing_that_waits_and_harms_no_other_guild() {
    let (yard, _database) = Yard::start(|_| {}).await;
    yard.open(1);
    yard.open(2);
    yard.mark(1, "kept").await.expect("committed");
    yard.posts(1, "before");
    yard.guilds.crash(ONE);
    yard.posts(1, "after");
    yard.posts(2, "elsewhere");
    yard.guilds.crash(ONE);
    yard.posts(1, "after both");
    let seen = yard.seen(4).await;
    let of_one: Vec<_> = seen
        .iter()
        .filter(|seen| seen.guild == ONE)
        .map(|seen| (seen.text.as_str(), seen.mark.as_str()))
        .collect();
    assert_eq!(
        of_one,
        [
            ("before", "kept"),
            ("after", "kept"),
            ("after both", "kept")
        ]
    );
    until("nothing in hand", || yard.guilds.waiting() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_that_crashes_again_and_again_is_parked_and_comes_back() {
    let parked_for = Duration::from_millis(400);
    let (yard, _database) = Yard::start(|options| {
        options.crash_limit = 3;
        options.parked_for = parked_for;
    })
    .await;
    yard.open(1);
    yard.open(2);
    let started = Instant::now();
    for _ in 0..3 {
        yard.guilds.crash(ONE);
    }
    yard.posts(1, "still here");
    yard.posts(2, "unharmed");
    let seen = yard.seen(2).await;
    assert_eq!(
        (seen[0].text.as_str(), seen[1].text.as_str()),
        ("unharmed", "still here")
    );
    assert!(started.elapsed() >= parked_for, "it was parked");
    // Its crashes are forgiven: the next one is followed by a short pause again.
    yard.guilds.crash(ONE);
    yard.posts(1, "and again");
    yard.seen(3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_guild_sleeps_and_wakes_with_its_configuration() {
    let (yard, _database) =
        Yard::start(|options| options.idle_after = Duration::from_millis(50)).await;
    yard.open(1);
    yard.mark(1, "remembered").await.expect("committed");
    for round in 1..=3 {
        until("sleep", || yard.guilds.find_configuration(ONE).is_none()).await;
        yard.posts(1, "wake up");
        let seen = yard.seen(round).await;
        let last = seen.last().expect("judged");
        assert_eq!(
            (last.mark.as_str(), last.version),
            ("remembered", ConfigVersion(1))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_that_come_while_a_guild_falls_asleep_are_read() {
    let (yard, _database) =
        Yard::start(|options| options.idle_after = Duration::from_millis(1)).await;
    yard.open(1);
    for number in 0..200 {
        yard.posts(1, &number.to_string());
        assert_eq!(yard.seen(number + 1).await.len(), number + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_flood_waits_for_room_and_loses_nothing() {
    let (yard, _database) = Yard::start(|options| {
        options.mailbox_capacity = 10;
        options.room_within = Duration::from_secs(20);
    })
    .await;
    yard.open(1);
    for number in 0..2_000 {
        yard.posts(1, &number.to_string());
    }
    let texts = yard.texts(2_000).await;
    let expected: Vec<_> = (0..2_000).map(|number| number.to_string()).collect();
    assert_eq!(texts, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_stuck_guild_sheds_at_once_and_recovers() {
    let (yard, _database) = Yard::start(|options| {
        options.mailbox_capacity = 5;
        options.room_within = Duration::from_millis(50);
    })
    .await;
    yard.open(1);
    yard.open(2);
    yard.posts(1, "first");
    yard.seen(1).await;
    yard.probe.close();
    yard.posts(1, "hold");
    until("the hold in hand", || yard.guilds.waiting() == 1).await;
    let started = Instant::now();
    for number in 0..1_000 {
        yard.posts(1, &number.to_string());
    }
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "only the first of those without room waited: {:?}",
        started.elapsed()
    );
    yard.posts(2, "elsewhere");
    assert_eq!(yard.texts(2).await, ["first", "elsewhere"]);
    yard.probe.release();
    let texts = yard.texts(8).await;
    assert_eq!(texts[2..], ["hold", "0", "1", "2", "3", "4"]);
    yard.posts(1, "recovered");
    assert_eq!(yard.texts(9).await.last().expect("nine"), "recovered");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stop_lets_every_mailbox_be_finished() {
    let (yard, _database) = Yard::start(|_| {}).await;
    yard.open(1);
    for number in 0..500 {
        yard.posts(1, &number.to_string());
    }
    yard.seen(1).await;
    yard.guilds.stop().await;
    assert_eq!(yard.judged().len(), 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_comes_twice_is_judged_once() {
    let (yard, _database) = Yard::start(|_| {}).await;
    yard.open(1);
    let message = Message {
        id: MessageId(900),
        channel: ChannelId(2),
        author: Author {
            id: UserId(3),
            name: "member".into(),
            bot: false,
            roles: vec![],
            ..Author::default()
        },
        content: "once".into(),
    };
    yard.deliver(1, Event::MessagePosted(message.clone()));
    yard.deliver(1, Event::MessagePosted(message.clone()));
    yard.deliver(1, Event::MessagePosted(message));
    yard.posts(1, "after");
    assert_eq!(yard.texts(2).await, ["once", "after"]);
}
