//! Steps that wait: for the card that another operation posts, and for what becomes of a punishment.

use super::*;
use crate::actions::{Call, Errand};
use crate::domain::verdict::Undone;
use crate::simulator::Fault;

const POST_ROUTE: &str = "POST /channels/*/messages";
const EDIT_ROUTE: &str = "PATCH /channels/*/messages/*";
const TIME_OUT_ROUTE: &str = "PATCH /guilds/*/members/*";
const INTENDED: &str = "SELECT count(*) FROM action_journal WHERE state = 'INTENDED'";

impl Scene {
    /// A card that tells where its punishment was not carried out.
    fn telling(&self, title: &str) -> Card {
        Card {
            channel: self.mod_log,
            title: title.to_owned(),
            fields: vec![("Member".to_owned(), "mallory".to_owned())],
            buttons: vec![],
            undone: Some(Undone {
                title: Some(format!("{title}, but not done")),
                field: "Why".to_owned(),
            }),
        }
    }

    fn asks(&self, key: &str, calls: Vec<Call>, after: Option<&str>) -> Errand {
        Errand {
            guild: self.guild.id(),
            key: key.to_owned(),
            reason: "an appeal".to_owned(),
            calls,
            after: after.map(str::to_owned),
        }
    }

    fn posts(&self, key: &str) -> Errand {
        self.asks(key, vec![Call::Card(self.telling("Waiting"))], None)
    }

    /// Writes the card of `appeals:1` anew.
    fn edits(&self, key: &str, title: &str) -> Errand {
        let edit = Call::EditPosted {
            posted_by: "appeals:1".to_owned(),
            card: self.telling(title),
        };
        self.asks(key, vec![edit], None)
    }

    /// Tells mallory what became of an operation, and writes the card of `appeals:1` anew where it failed.
    fn tells(&self, key: &str, after: &str) -> Errand {
        let notice = Call::Notice {
            user: self.mallory.id(),
            text: "It is done.".to_owned(),
            buttons: vec![],
            undone: Some("It is not done.".to_owned()),
        };
        let edit = self.edits(key, "Decided").calls;
        let calls = std::iter::once(notice).chain(edit).collect();
        self.asks(key, calls, Some(after))
    }

    /// A time-out of this key, and nothing else.
    fn time_out(&self, key: &str) -> Decision {
        let now = self.clock.now();
        Decision::new(self.guild.id(), key, self.mallory.id(), TIME_OUT, now)
    }

    /// The cards as they stand: heading and lines.
    fn read(&self) -> Vec<String> {
        self.sim.look(|world| {
            let cards = world.bot_messages(self.mod_log).into_iter();
            let read = cards.map(|message| {
                let card = &message.embeds[0];
                let fields = card["fields"].as_array().into_iter().flatten();
                let lines = fields.map(|field| {
                    let text = |name: &str| field[name].as_str().unwrap_or_default().to_owned();
                    format!("{}: {}", text("name"), text("value"))
                });
                let title = card["title"].as_str().unwrap_or_default().to_owned();
                std::iter::once(title).chain(lines).collect::<Vec<_>>()
            });
            read.map(|lines| lines.join("; ")).collect()
        })
    }

    /// Waits until so many steps are journaled and have no outcome.
    async fn wait_for_steps(&self, many: i64) {
        let waiting = async { while self.number(INTENDED).await != many {} };
        let waiting = tokio::time::timeout(LONG, waiting).await;
        waiting.expect("they are journaled");
    }

    async fn begun(&self, errand: Errand, pattern: &str) {
        self.actions.run(errand).expect("there is room");
        self.sim.requested(pattern, 1).await.expect("it is tried");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_says_that_its_punishment_was_not_carried_out() {
    let scene = scene().await;
    let forbidden = Fault::error(403, 50013);
    scene.sim.fail_next(TIME_OUT_ROUTE, 1, forbidden);
    let decision = Decision {
        card: Some(scene.telling(&format!("Case {CASE_NUMBER_MARK}"))),
        ..scene.time_out("bot_detect:1")
    };
    let again = Decision {
        key: "bot_detect:2".to_owned(),
        ..decision.clone()
    };
    scene.carry_out(decision).await;
    scene.carry_out(again).await;
    assert_eq!(
        scene.read(),
        [
            "Case 1, but not done; Member: mallory; \
             Why: timeout: Discord forbids it: Missing Permissions (code 50013)",
            "Case 2; Member: mallory"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_waits_for_its_card_and_the_newest_one_wins() {
    let scene = scene().await;
    scene.sim.fail_next(POST_ROUTE, 100_000, Fault::Status(500));
    scene.begun(scene.posts("appeals:1"), POST_ROUTE).await;
    scene
        .actions
        .run(scene.edits("appeals:1:review", "Under review"))
        .expect("there is room");
    scene.clock.advance(TimeDelta::seconds(1));
    scene
        .actions
        .run(scene.edits("appeals:1:denied", "Denied"))
        .expect("there is room");
    scene.wait_for_steps(3).await;
    assert_eq!(scene.read(), [] as [&str; 0]);
    scene.sim.clear_faults();
    scene.idle().await;
    assert_eq!(scene.read(), ["Denied; Member: mallory"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_was_left_over_with_its_card_follows_it() {
    let mut scene = scene().await;
    scene.sim.fail_next(POST_ROUTE, 100_000, Fault::Status(500));
    scene.begun(scene.posts("appeals:1"), POST_ROUTE).await;
    // It comes first in the journal's order, and takes its card up itself.
    scene
        .actions
        .run(scene.edits("appeals:0", "Denied"))
        .expect("there is room");
    scene.wait_for_steps(2).await;
    scene.actions.stop().await;
    scene.sim.clear_faults();
    scene.restart().await;
    scene.settled().await;
    assert_eq!(scene.read(), ["Denied; Member: mallory"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_never_posted_is_not_waited_for() {
    let scene = scene().await;
    scene.sim.fail_next(POST_ROUTE, 1, Fault::error(403, 50001));
    for errand in [
        scene.posts("appeals:1"),
        scene.edits("appeals:1:denied", "Denied"),
    ] {
        scene.actions.run(errand).expect("there is room");
        scene.idle().await;
    }
    let journal = scene.journal().await;
    assert!(
        journal.ends_with("EDIT_CARD SKIPPED the card is gone"),
        "{journal}"
    );
    assert_eq!(scene.asked(EDIT_ROUTE), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_of_an_outcome_waits_for_it() {
    for (fault, notice, card) in [
        (None, "It is done.", "Waiting; Member: mallory"),
        (
            Some(Fault::error(403, 50013)),
            "It is not done.",
            "Decided, but not done; Member: mallory; \
             Why: timeout: Discord forbids it: Missing Permissions (code 50013)",
        ),
    ] {
        let scene = scene().await;
        scene.actions.run(scene.posts("appeals:1")).expect("room");
        scene.idle().await;
        scene
            .sim
            .fail_next(TIME_OUT_ROUTE, 100_000, Fault::Status(500));
        let time_out = scene.time_out("appeals:lift:1");
        scene.actions.submit(time_out).expect("there is room");
        scene.sim.requested(TIME_OUT_ROUTE, 1).await.expect("tried");
        let told = scene.tells("appeals:told:1", "appeals:lift:1");
        scene.actions.run(told).expect("there is room");
        scene.wait_for_steps(3).await;
        assert_eq!(scene.notices(), [] as [&str; 0]);
        scene.sim.clear_faults();
        if let Some(fault) = fault {
            scene.sim.fail_next(TIME_OUT_ROUTE, 1, fault);
        }
        scene.idle().await;
        assert_eq!(
            (scene.notices(), scene.read()),
            (vec![notice.to_owned()], vec![card.to_owned()])
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_were_left_over_the_one_that_waits_takes_up_the_other() {
    let mut scene = scene().await;
    scene
        .sim
        .fail_next(TIME_OUT_ROUTE, 100_000, Fault::Status(500));
    let time_out = scene.time_out("appeals:lift:1");
    scene.actions.submit(time_out).expect("there is room");
    scene.sim.requested(TIME_OUT_ROUTE, 1).await.expect("tried");
    // In whatever order they come: one is given at the same moment with a lesser key, one a moment later.
    let first = scene.tells("appeals:approved:1", "appeals:lift:1");
    scene.actions.run(first).expect("there is room");
    scene.clock.advance(TimeDelta::seconds(1));
    let later = scene.tells("appeals:told:1", "appeals:lift:1");
    scene.actions.run(later).expect("there is room");
    scene.wait_for_steps(5).await;
    scene.actions.stop().await;
    scene.sim.clear_faults();
    // However late: nobody can have told of what was not known.
    scene.clock.advance(TimeDelta::minutes(30));
    scene.restart().await;
    scene.settled().await;
    assert_eq!(scene.notices(), ["It is done.", "It is done."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_been_told_before_a_stop_is_not_told_again() {
    let mut scene = scene().await;
    scene.carry_out(scene.time_out("appeals:lift:1")).await;
    scene.sim.fail_next(POST_ROUTE, 100_000, Fault::Status(500));
    let told = scene.tells("appeals:told:1", "appeals:lift:1");
    scene.begun(told, POST_ROUTE).await;
    scene.actions.stop().await;
    scene.sim.clear_faults();
    scene.clock.advance(TimeDelta::minutes(30));
    scene.restart().await;
    scene.settled().await;
    assert_eq!(scene.notices(), [] as [&str; 0]);
    let journal = scene.journal().await;
    assert!(
        journal.contains("NOTICE SKIPPED it may have been sent before a restart"),
        "{journal}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_waited_for_its_card_does_not_hide_what_failed_meanwhile() {
    let scene = scene().await;
    scene
        .sim
        .fail_next(TIME_OUT_ROUTE, 100_000, Fault::Status(500));
    let decision = Decision {
        card: Some(scene.telling("Case")),
        ..scene.time_out("appeals:1")
    };
    scene.actions.submit(decision).expect("there is room");
    scene.wait_for_steps(2).await;
    let edit = scene.edits("case-card:1:1", "Case, corrected");
    scene.actions.run(edit).expect("there is room");
    scene.wait_for_steps(3).await;
    scene.sim.clear_faults();
    let forbidden = Fault::error(403, 50013);
    scene.sim.fail_next(TIME_OUT_ROUTE, 1, forbidden);
    scene.idle().await;
    assert_eq!(
        scene.read(),
        ["Case, corrected, but not done; Member: mallory; \
          Why: timeout: Discord forbids it: Missing Permissions (code 50013)"]
    );
}
