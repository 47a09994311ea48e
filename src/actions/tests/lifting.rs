//! Punishments taken back, deeds done by hand, and cases without an infraction.

use super::*;
use crate::domain::ids::{CaseNumber, UserId};
use crate::simulator::Fault;

const UNBAN_ROUTE: &str = "DELETE /guilds/*/bans/*";
const MEMBER_ROUTE: &str = "PATCH /guilds/*/members/*";

impl Scene {
    /// Takes back what case `lifts` did. It cannot be about a message: whoever is banned or timed out has posted none.
    fn taking_back(&self, punishment: Punishment, lifts: Option<i64>) -> Decision {
        let (guild, user, now) = (self.guild.id(), self.mallory.id(), self.clock.now());
        self.clock.advance(TimeDelta::seconds(1));
        Decision {
            lifts: lifts.map(CaseNumber),
            moderator: UserId(42),
            reasoning: "an appeal".to_owned(),
            ..Decision::new(
                guild,
                format!("sanctions:{user}:{now}"),
                user,
                punishment,
                now,
            )
        }
    }

    fn unban(&self, lifts: Option<i64>) -> Decision {
        self.taking_back(Punishment::Unban, lifts)
    }

    /// What somebody has done in Discord's menus a moment ago.
    fn by_hand(&self, punishment: Punishment, entry: u64) -> Decision {
        self.clock.advance(TimeDelta::seconds(1));
        Decision {
            by_hand: Some(entry),
            lifts: None,
            ..self.taking_back(punishment, None)
        }
    }

    fn is_timed_out(&self) -> bool {
        let (guild, user) = (self.guild.id(), self.mallory.id());
        let until = self.sim.look(|world| world.timeout_until(guild, user));
        until.is_some_and(|until| until > self.clock.now())
    }

    async fn infractions(&self) -> (i64, i64) {
        let counted = "SELECT coalesce(sum(infraction_count), 0) FROM user_data";
        let rows = "SELECT count(*) FROM user_infractions";
        (self.number(rows).await, self.number(counted).await)
    }

    async fn lifted(&self) -> String {
        let lifted = "SELECT string_agg(case_number::text, ' ' ORDER BY case_number) FROM moderation_logs \
                      WHERE lifted_at IS NOT NULL";
        self.told(lifted, "0").await.text.unwrap_or_default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_and_a_time_out_are_taken_back_and_their_cases_say_so() {
    let scene = scene().await;
    scene.carry_out(scene.decision(TIME_OUT)).await;
    assert!(scene.is_timed_out());
    let end = scene.taking_back(Punishment::EndTimeout, Some(1));
    scene.carry_out(end).await;
    assert!(!scene.is_timed_out());
    scene.carry_out(scene.decision(BAN)).await;
    scene.carry_out(scene.unban(Some(3))).await;
    assert!(!scene.is_banned());
    assert_eq!(
        scene.cases().await,
        "1 TIMEOUT DONE\n2 END_TIMEOUT DONE\n3 BAN DONE\n4 UNBAN DONE"
    );
    assert_eq!(scene.lifted().await, "1 3");
    assert_eq!(scene.infractions().await, (2, 2), "taking back is none");
    let by_whom = "SELECT sum(moderator_id) FROM moderation_logs";
    assert_eq!(scene.number(by_whom).await, 84);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_so_already_counts_as_done() {
    let scene = scene().await;
    scene.carry_out(scene.unban(None)).await;
    let end = scene.taking_back(Punishment::EndTimeout, None);
    scene.carry_out(end).await;
    assert_eq!(scene.cases().await, "1 UNBAN DONE\n2 END_TIMEOUT DONE");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_out_of_somebody_who_has_left_cannot_be_ended() {
    let scene = scene().await;
    let end = scene.taking_back(Punishment::EndTimeout, None);
    scene.mallory.leaves().expect("a member");
    scene.carry_out(end).await;
    assert_eq!(
        scene.cases().await,
        "1 END_TIMEOUT FAILED the member has left"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_back_may_be_refused_or_hopeless() {
    let scene = scene().await;
    scene.carry_out(scene.decision(BAN)).await;
    scene.sim.fail_next(UNBAN_ROUTE, 1, Fault::Status(403));
    scene.carry_out(scene.unban(None)).await;
    let mut hopeless = scene.unban(None);
    hopeless.standing.permissions = 0;
    scene.carry_out(hopeless).await;
    assert!(scene.is_banned());
    assert_eq!(scene.asked(UNBAN_ROUTE), 1);
    assert_eq!(
        scene.cases().await,
        "1 BAN DONE\n\
         2 UNBAN FAILED unban: Discord forbids it: Missing Permissions (code 50013)\n\
         3 UNBAN FAILED the bot lacks the permission Ban Members"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unban_that_was_done_is_not_asked_for_again() {
    for (fault, asked_again) in [(Fault::DropAfter, false), (Fault::Status(500), true)] {
        let mut scene = scene().await;
        scene.carry_out(scene.decision(BAN)).await;
        let unban = scene.unban(Some(1));
        scene.stop_at(unban, UNBAN_ROUTE, fault).await;
        let before = scene.asked(UNBAN_ROUTE);
        scene.restart_and_settle().await;
        assert!(!scene.is_banned());
        assert_eq!(scene.asked(UNBAN_ROUTE) > before, asked_again);
        assert_eq!(scene.cases().await, "1 BAN DONE\n2 UNBAN DONE");
        assert_eq!(scene.lifted().await, "1");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_time_out_is_not_ended_again() {
    for (fault, asked_again) in [(Fault::DropAfter, false), (Fault::Status(500), true)] {
        let mut scene = scene().await;
        scene.carry_out(scene.decision(TIME_OUT)).await;
        let end = scene.taking_back(Punishment::EndTimeout, Some(1));
        scene.stop_at(end, MEMBER_ROUTE, fault).await;
        let before = scene.asked(MEMBER_ROUTE);
        scene.restart_and_settle().await;
        assert!(!scene.is_timed_out());
        assert_eq!(scene.asked(MEMBER_ROUTE) > before, asked_again);
        assert_eq!(scene.cases().await, "1 TIMEOUT DONE\n2 END_TIMEOUT DONE");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_held_up_undoes_nothing_that_was_decided_later() {
    let mut scene = scene().await;
    scene.carry_out(scene.decision(BAN)).await;
    let unban = scene.unban(Some(1));
    scene.stop_at(unban, UNBAN_ROUTE, Fault::Status(500)).await;
    // Somebody bans the user in Discord's menus, who is banned already, and means it.
    scene.restart().await;
    scene.carry_out(scene.by_hand(BAN, 91)).await;
    scene.settled().await;
    assert!(scene.is_banned());
    assert_eq!(
        scene.cases().await,
        "1 BAN DONE\n2 UNBAN FAILED the user was punished anew since\n3 BAN DONE"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_that_was_held_up_is_not_made_after_it_was_taken_back() {
    let mut scene = scene().await;
    let ban = scene.decision(BAN);
    scene
        .stop_at(ban, "PUT /guilds/*/bans/*", Fault::Status(500))
        .await;
    scene.restart().await;
    scene.carry_out(scene.by_hand(Punishment::Unban, 92)).await;
    let before = scene.bans();
    scene.settled().await;
    assert!(!scene.is_banned());
    assert_eq!(scene.bans(), before);
    assert_eq!(
        scene.cases().await,
        "1 BAN FAILED it was taken back before it was done\n2 UNBAN DONE"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deed_done_by_hand_is_written_down_as_done_and_announced() {
    let scene = scene().await;
    let by_hand = Decision {
        by_hand: Some(77),
        moderator: UserId(42),
        infraction: false,
        ..scene.decision(BAN)
    };
    let (_, message) = by_hand.message.expect("a message");
    let key = by_hand.key.clone();
    scene.carry_out(by_hand.clone()).await;
    scene.carry_out(by_hand).await;
    assert!(!scene.is_banned() && scene.stands(message));
    assert_eq!(
        (scene.bans(), scene.notices().len(), scene.cards()),
        (0, 0, 1)
    );
    assert_eq!(scene.journal().await, "CARD DONE");
    assert_eq!(scene.cases().await, "1 BAN DONE");
    assert_eq!(scene.infractions().await, (0, 0));
    let (_, card) = scene.posted(&key).await.expect("a card");
    let row =
        "SELECT audit_entry_id || ' ' || moderator_id || ' ' || message_id FROM moderation_logs";
    let row = scene.told(row, "0").await.text.expect("a case");
    assert_eq!(row, format!("77 42 {card}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deed_done_by_hand_needs_no_card() {
    let scene = scene().await;
    let by_hand = Decision {
        by_hand: Some(78),
        card: None,
        ..scene.decision(Punishment::Kick)
    };
    scene.carry_out(by_hand).await;
    assert!(scene.is_member());
    assert_eq!(
        scene.journal().await,
        "NOTICE SKIPPED nothing is to be done on Discord"
    );
    assert_eq!(scene.cases().await, "1 KICK DONE");
    assert_eq!(scene.infractions().await, (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_card_of_a_deed_done_by_hand_may_fail_and_its_case_says_so() {
    let scene = scene().await;
    let by_hand = Decision {
        by_hand: Some(79),
        ..scene.decision(Punishment::Kick)
    };
    scene
        .guild
        .delete_channel(scene.mod_log)
        .expect("it is there");
    scene.carry_out(by_hand).await;
    assert_eq!(
        scene.cases().await,
        "1 KICK DONE card: Discord does not know what the call was about (code 10003)"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_need_not_be_an_infraction() {
    let scene = scene().await;
    let noted = Decision {
        infraction: false,
        ..scene.decision(BAN)
    };
    scene.carry_out(noted).await;
    assert!(scene.is_banned());
    assert_eq!(scene.cases().await, "1 BAN DONE");
    assert_eq!(scene.infractions().await, (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_back_while_the_database_is_away_marks_the_case_later() {
    let scene = scene().await;
    scene.carry_out(scene.decision(BAN)).await;
    scene.link.cut();
    scene.carry_out(scene.unban(Some(1))).await;
    assert!(!scene.is_banned());
    scene.link.heal();
    scene.spool_empties().await;
    assert_eq!(scene.cases().await, "1 BAN DONE\n2 UNBAN DONE");
    assert_eq!(scene.lifted().await, "1");
    assert_eq!(scene.infractions().await, (1, 1));
}
