//! Changes of a configuration: an acknowledged one holds for everything that comes after it.

use std::collections::HashMap;

use futures_util::future::join_all;

use super::{LIST, MARK, Yard};
use crate::domain::ids::{ConfigVersion, GuildId};
use crate::guild::config::change::{ChangeError, Edit};
use crate::guild::config::value::Value;
use crate::guild::{Changed, GuildError};

const ONE: GuildId = GuildId(1);

fn entry(text: &str) -> Value {
    Value::Texts([text.into()].into())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_after_an_acknowledged_change_is_judged_by_it() {
    let (yard, _database) = Yard::start(|_| {}).await;
    yard.open(1);
    let mut made = HashMap::from([(ConfigVersion(0), "unset".to_owned())]);
    for number in 0..40 {
        yard.posts(1, "in between");
        let mark = format!("mark {number}");
        let changed = yard.mark(1, &mark).await.expect("committed");
        assert_eq!(changed.version, ConfigVersion(number + 1), "no gaps");
        made.insert(changed.version, mark);
        yard.posts(1, &number.to_string());
    }
    let seen = yard.seen(80).await;
    for seen in &seen {
        assert_eq!(Some(&seen.mark), made.get(&seen.version), "no mix");
        if let Ok(number) = seen.text.parse::<i64>() {
            assert!(seen.version.0 > number, "{seen:?}");
        }
    }
    assert!(
        seen.is_sorted_by_key(|seen| seen.version),
        "versions only grow"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_right_while_messages_flood() {
    let (yard, _database) = Yard::start(|_| {}).await;
    yard.open(1);
    let (first, second) = tokio::join!(
        async {
            for number in 0..20 {
                let mark = format!("mark {number}");
                yard.mark(1, &mark).await.expect("committed");
                yard.posts(1, &mark);
            }
        },
        async {
            for number in 0..2_000 {
                yard.posts(1, "flood");
                if number % 20 == 0 {
                    tokio::task::yield_now().await;
                }
            }
        }
    );
    let ((), ()) = (first, second);
    let seen = yard.seen(2_020).await;
    for seen in seen.iter().filter(|seen| seen.text != "flood") {
        assert_eq!(seen.text, seen.mark);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_who_add_at_once_keep_ten() {
    let (yard, _database) = Yard::start(|_| {}).await;
    yard.open(1);
    let adding = (0..10).map(|number| {
        let edit = Edit::Add(entry(&format!("entry {number}")));
        yard.change(1, &LIST, edit)
    });
    for changed in join_all(adding).await {
        assert!(changed.expect("committed").written());
    }
    let snapshot = yard.guilds.configuration(ONE).await.expect("awake");
    assert_eq!(snapshot.values().texts(&LIST).len(), 10);
    assert_eq!(snapshot.version(), ConfigVersion(10));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_nothing_makes_no_version() {
    let (yard, _database) = Yard::start(|_| {}).await;
    yard.open(1);
    yard.mark(1, "same").await.expect("committed");
    let again = yard.mark(1, "same").await.expect("nothing to do");
    assert_eq!(again, Changed::nothing(ConfigVersion(1)));
    let edit = Edit::Remove(entry("not there"));
    // Removing from an unset list sets it to the empty list that holds already: a statement of its own.
    let removed = yard.change(1, &LIST, edit).await.expect("taken");
    assert!(!removed.written(), "nothing was there and nothing is set");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_does_not_fit_changes_nothing() {
    let (yard, _database) = Yard::start(|_| {}).await;
    yard.open(1);
    let refused = yard.mark(1, &"x".repeat(21)).await;
    assert!(
        matches!(refused, Err(GuildError::Change(ChangeError::Invalid(_)))),
        "{refused:?}"
    );
    let refused = yard.change(1, &MARK, Edit::Add(entry("x"))).await;
    let error = refused.expect_err("no list").to_string();
    assert_eq!(error, "MARK holds a single value, not a list");
    assert_eq!(yard.judges_by(1, "unset").await.version, ConfigVersion(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_change_one_guild_end_with_the_same_configuration() {
    let (one, database) = Yard::start(|_| {}).await;
    let other = Yard::on(&database.url, None, |_| {}).await;
    one.open(1);
    other.open(1);
    one.judges_by(1, "unset").await;
    other.judges_by(1, "unset").await;
    one.mark(1, "by one").await.expect("committed");
    let edit = Edit::Add(entry("by the other"));
    let changed = other.change(1, &LIST, edit).await.expect("committed");
    assert_eq!(changed.version, ConfigVersion(2));
    // The other sees both changes from its own change on.
    let seen = other.judges_by(1, "by one").await;
    assert_eq!(seen.version, ConfigVersion(2));
    let changed = one.mark(1, "again by one").await.expect("committed");
    assert_eq!(changed.version, ConfigVersion(3));
    let snapshot = one.guilds.configuration(ONE).await.expect("awake");
    assert_eq!(snapshot.values().texts(&LIST).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sleeping_guild_is_changed_too() {
    let (yard, _database) = Yard::start(|_| {}).await;
    let changed = yard.mark(7, "woken").await.expect("committed");
    assert_eq!(changed.version, ConfigVersion(1));
    yard.open(7);
    yard.judges_by(7, "woken").await;
}
