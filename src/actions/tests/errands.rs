//! Errands: side effects without a case, with a decision's guarantees.

use super::*;
use crate::actions::{Busy, Call, Errand};
use crate::domain::ids::GuildId;
use crate::domain::verdict::{Button, ButtonStyle};
use crate::simulator::Fault;

const POST_ROUTE: &str = "POST /channels/*/messages";
const EDIT_ROUTE: &str = "PATCH /channels/*/messages/*";

fn button(id: &str) -> Button {
    Button {
        id: id.to_owned(),
        label: "Approve".to_owned(),
        style: ButtonStyle::Success,
    }
}

impl Scene {
    fn card(&self, title: &str, buttons: Vec<Button>) -> Card {
        Card {
            channel: self.mod_log,
            title: title.to_owned(),
            fields: vec![("Member".to_owned(), "mallory".to_owned())],
            buttons,
            undone: None,
        }
    }

    fn errand(&self, key: &str, calls: Vec<Call>) -> Errand {
        Errand {
            guild: self.guild.id(),
            key: key.to_owned(),
            reason: "an appeal".to_owned(),
            calls,
            after: None,
        }
    }

    fn review(&self, key: &str) -> Errand {
        let card = self.card("Appeal", vec![button("appeals:approve:1")]);
        let notice = Call::Notice {
            user: self.mallory.id(),
            text: "Received.".to_owned(),
            buttons: vec![button("appeals:withdraw:1")],
            undone: None,
        };
        self.errand(key, vec![notice, Call::Card(card)])
    }

    async fn edit(&self, key: &str) -> Errand {
        let (channel, message) = self.posted("appeals:1").await.expect("a card");
        let edit = Call::EditCard {
            channel,
            message,
            card: self.card("Appeal, approved", vec![]),
        };
        self.errand(key, vec![edit])
    }

    async fn runs(&self, errand: Errand) {
        self.actions.run(errand).expect("there is room");
        self.idle().await;
    }

    /// Runs an errand until `pattern` was tried, then stops as a crash would: without its outcome.
    async fn stop_errand_at(&mut self, errand: Errand, pattern: &str, fault: Fault) {
        self.sim.fail_next(pattern, 100_000, fault);
        self.actions.run(errand).expect("there is room");
        self.sim.requested(pattern, 1).await.expect("it is tried");
        self.actions.stop().await;
        self.sim.clear_faults();
    }

    async fn unsettled(&self) -> i64 {
        self.number("SELECT count(*) FROM action_journal WHERE state = 'INTENDED'")
            .await
    }

    /// Waits until somebody has settled everything, without asking for any guild.
    async fn settles_by_itself(&self) {
        let settled = async { while self.unsettled().await > 0 {} };
        let settled = tokio::time::timeout(LONG, settled).await;
        settled.expect("all steps end");
    }

    fn titles(&self) -> Vec<String> {
        self.sim.look(|world| {
            let cards = world.bot_messages(self.mod_log).into_iter();
            let titles = cards.map(|card| card.embeds[0]["title"].to_string());
            titles.collect()
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_errand_is_run_once_however_often_it_is_given() {
    let scene = scene().await;
    for _ in 0..20 {
        scene
            .actions
            .run(scene.review("appeals:1"))
            .expect("there is room");
        scene.actions.settle(scene.guild.id());
    }
    scene.idle().await;
    scene.runs(scene.review("appeals:1")).await;
    scene.settled().await;
    assert_eq!((scene.cards(), scene.notices().len()), (1, 1));
    assert_eq!(scene.journal().await, "NOTICE DONE\nCARD DONE");
    assert_eq!(scene.cases().await, "", "an errand opens no case");
    let posted = scene.posted("appeals:1").await.expect("the card");
    assert_eq!(posted.0, scene.mod_log);
    assert_eq!(scene.buttons(posted), ["appeals:approve:1"]);
    assert_eq!(scene.posted("appeals:2").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_bears_its_buttons() {
    let scene = scene().await;
    let mut errand = scene.review("appeals:1");
    errand.calls.truncate(1);
    scene.runs(errand).await;
    let notice = scene.sim.look(|world| {
        let notice = world.dms(scene.mallory.id())[0];
        (notice.channel, notice.id)
    });
    assert_eq!(scene.buttons(notice), ["appeals:withdraw:1"]);
    assert_eq!(scene.posted("appeals:1").await, None, "it is no card");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_written_anew_and_loses_its_buttons() {
    let scene = scene().await;
    scene.runs(scene.review("appeals:1")).await;
    let posted = scene.posted("appeals:1").await.expect("the card");
    scene.runs(scene.edit("appeals:1:approved").await).await;
    assert_eq!(scene.titles(), ["\"Appeal, approved\""]);
    assert_eq!(scene.buttons(posted), Vec::<String>::new());
    assert_eq!(scene.posted("appeals:1:approved").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_discord_held_up_does_not_write_over_a_newer_one() {
    let mut scene = scene().await;
    scene.runs(scene.review("appeals:1")).await;
    let older = scene.edit("appeals:1:review").await;
    let mut newer = scene.edit("appeals:1:approved").await;
    let Call::EditCard { card, .. } = &mut newer.calls[0] else {
        panic!("an edit");
    };
    card.title = "The last word".to_owned();
    let away = Fault::Status(500);
    scene.sim.fail_next(EDIT_ROUTE, 100_000, away);
    scene.actions.run(older.clone()).expect("there is room");
    let tried = scene.sim.requested(EDIT_ROUTE, 1).await;
    tried.expect("the older one is tried");
    scene.clock.advance(TimeDelta::seconds(1));
    scene.actions.run(newer.clone()).expect("there is room");
    let overtaken =
        "SELECT count(*) FROM action_journal WHERE detail = 'a newer edit has taken its place'";
    let given_up = async { while scene.number(overtaken).await == 0 {} };
    let given_up = tokio::time::timeout(LONG, given_up).await;
    given_up.expect("the older one gives way while Discord is away");
    scene.sim.clear_faults();
    scene.idle().await;
    assert_eq!(scene.titles(), ["\"The last word\""]);
    // The same where the older one is left over from an earlier run.
    let left = Errand {
        key: "appeals:1:left".to_owned(),
        ..older
    };
    scene
        .stop_errand_at(left, EDIT_ROUTE, Fault::Status(500))
        .await;
    scene.clock.advance(TimeDelta::seconds(1));
    scene.restart().await;
    newer.key.push('2');
    scene.runs(newer).await;
    scene.settled().await;
    assert_eq!(scene.titles(), ["\"The last word\""]);
    assert_eq!(scene.number(overtaken).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_gone_or_not_ones_own_hinders_nothing_else() {
    let scene = scene().await;
    let others = scene.mallory.posts(scene.general, "mine");
    let edit = |channel, message| Call::EditCard {
        channel,
        message,
        card: scene.card("x", vec![]),
    };
    let notice = Call::Notice {
        user: scene.mallory.id(),
        text: "Decided.".to_owned(),
        buttons: vec![],
        undone: None,
    };
    let calls = vec![
        edit(scene.mod_log, MessageId(5)),
        edit(ChannelId(5), MessageId(5)),
        edit(scene.general, others.expect("members may post")),
        notice,
    ];
    scene.runs(scene.errand("appeals:1", calls)).await;
    assert_eq!(
        scene.journal().await,
        "EDIT_CARD SKIPPED the card is gone\n\
         EDIT_CARD SKIPPED the card is gone\n\
         EDIT_CARD FAILED edit_card: Discord forbids it: \
         Cannot edit a message authored by another user (code 50005)\n\
         NOTICE DONE"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_errand_that_a_stop_cut_short_is_ended_by_the_next_run() {
    for fault in [Fault::DropAfter, Fault::Status(500)] {
        let mut scene = scene().await;
        let errand = scene.review("appeals:1");
        scene.stop_errand_at(errand, POST_ROUTE, fault).await;
        scene.restart_and_settle().await;
        assert_eq!((scene.cards(), scene.notices().len()), (1, 1));
        assert_eq!(scene.journal().await, "NOTICE DONE\nCARD DONE");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_a_stop_cut_short_is_done_by_the_next_run() {
    for fault in [Fault::DropAfter, Fault::Status(500)] {
        let mut scene = scene().await;
        scene.runs(scene.review("appeals:1")).await;
        let edit = scene.edit("appeals:1:approved").await;
        scene.stop_errand_at(edit, EDIT_ROUTE, fault).await;
        scene.restart_and_settle().await;
        assert_eq!(scene.titles(), ["\"Appeal, approved\""]);
        assert_eq!(scene.unsettled().await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_errand_for_no_guild_is_taken_up_at_the_start() {
    let mut scene = scene().await;
    let errand = Errand {
        guild: GuildId(0),
        ..scene.review("global_bans:told:1")
    };
    scene
        .stop_errand_at(errand, POST_ROUTE, Fault::Status(500))
        .await;
    assert_eq!(scene.unsettled().await, 2);
    scene.restart().await;
    scene.settles_by_itself().await;
    assert_eq!((scene.cards(), scene.notices().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_asks_for_is_taken_up_after_a_while() {
    let mut scene = scene_with(|options| options.sweep_every = Duration::from_millis(5)).await;
    let errand = Errand {
        guild: GuildId(4_711),
        ..scene.review("appeals:1")
    };
    scene
        .stop_errand_at(errand, POST_ROUTE, Fault::Status(500))
        .await;
    scene.clock.advance(TimeDelta::minutes(119));
    scene.restart().await;
    scene.runs(scene.errand("appeals:2", vec![])).await;
    assert_eq!(scene.unsettled().await, 2, "somebody may still be at it");
    scene.clock.advance(TimeDelta::minutes(2));
    scene.settles_by_itself().await;
    assert_eq!(
        scene.journal().await,
        "NOTICE SKIPPED it may have been sent before a restart\n\
         CARD DONE\n\
         NOTICE SKIPPED nothing is to be done on Discord"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_errand_needs_no_database() {
    let scene = scene().await;
    scene.link.cut();
    scene.runs(scene.review("appeals:1")).await;
    assert_eq!((scene.cards(), scene.notices().len()), (1, 1));
    assert_eq!(scene.spooled().lines().count(), 3);
    scene.runs(scene.review("appeals:1")).await;
    assert_eq!(scene.cards(), 1, "the spool knows it");
    scene.link.heal();
    scene.spool_empties().await;
    assert_eq!(scene.journal().await, "NOTICE DONE\nCARD DONE");
    assert_eq!(scene.cases().await, "");
    assert!(scene.posted("appeals:1").await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spooled_errand_keeps_the_time_at_which_it_was_given() {
    let mut scene = scene().await;
    scene.link.cut();
    scene
        .stop_errand_at(scene.review("appeals:1"), POST_ROUTE, Fault::DropAfter)
        .await;
    scene.clock.advance(TimeDelta::minutes(10));
    scene.link.heal();
    scene.restart().await;
    scene.settled().await;
    assert_eq!(scene.notices().len(), 1, "nobody is told twice");
    assert_eq!(
        scene.journal().await,
        "NOTICE SKIPPED it may have been sent before a restart\nCARD DONE"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn errands_and_decisions_share_their_room() {
    let scene = scene_with(|options| options.most_in_flight = 1).await;
    let first = scene.actions.run(scene.review("appeals:1"));
    let second = scene.actions.run(scene.review("appeals:2"));
    assert_eq!((first, second), (Ok(()), Err(Busy)));
    scene.idle().await;
    assert_eq!(scene.cards(), 1);
}
