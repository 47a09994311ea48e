//! From a decision to its steps: order, obstacles, texts, nonces.

use std::collections::HashSet;
use std::time::Duration;

use proptest::prelude::*;

use crate::actions::Errand;
use crate::actions::plan::{Call, Step, new_errand, nonce, operation, plan, plan_errand};
use crate::domain::clock::Clock;
use crate::domain::ids::{CaseNumber, ChannelId, GuildId, MessageId, UserId};
use crate::domain::verdict::{
    Button, ButtonStyle, CASE_NUMBER_MARK, Card, Decision, Punishment, Standing,
};

fn bare(punishment: Punishment) -> Decision {
    let now = Clock::system().now();
    Decision {
        target_name: "mallory".to_owned(),
        rule: "rule".to_owned(),
        reasoning: "why".to_owned(),
        ..Decision::new(GuildId(1), "room:1", UserId(5), punishment, now)
    }
}

fn card() -> Card {
    Card {
        channel: ChannelId(9),
        title: format!("Case {CASE_NUMBER_MARK}"),
        fields: vec![(CASE_NUMBER_MARK.to_owned(), format!("a{CASE_NUMBER_MARK}"))],
        buttons: vec![button()],
        undone: None,
    }
}

fn button() -> Button {
    Button {
        id: format!("room:case:{CASE_NUMBER_MARK}"),
        label: format!("Case {CASE_NUMBER_MARK}"),
        style: ButtonStyle::Primary,
    }
}

fn full(punishment: Punishment) -> Decision {
    Decision {
        message: Some((ChannelId(2), MessageId(3))),
        notice: Some(format!("This is case {CASE_NUMBER_MARK}.")),
        notice_buttons: vec![button()],
        card: Some(card()),
        ..bare(punishment)
    }
}

fn kinds(decision: &Decision) -> Vec<&'static str> {
    plan(decision).iter().map(|step| step.call.kind()).collect()
}

const PUNISHMENTS: [Punishment; 7] = [
    Punishment::Delete,
    Punishment::Warn,
    super::TIME_OUT,
    Punishment::Kick,
    super::BAN,
    Punishment::EndTimeout,
    Punishment::Unban,
];

#[test]
fn the_message_goes_first_and_the_member_is_told_before_the_punishment() {
    let expected: [&[&str]; 7] = [
        &["DELETE_MESSAGE", "NOTICE", "CARD"],
        &["DELETE_MESSAGE", "NOTICE", "CARD"],
        &["DELETE_MESSAGE", "NOTICE", "TIMEOUT", "CARD"],
        &["DELETE_MESSAGE", "NOTICE", "KICK", "CARD"],
        &["DELETE_MESSAGE", "NOTICE", "BAN", "CARD"],
        &["DELETE_MESSAGE", "NOTICE", "END_TIMEOUT", "CARD"],
        &["DELETE_MESSAGE", "NOTICE", "UNBAN", "CARD"],
    ];
    for (punishment, kinds_of) in PUNISHMENTS.into_iter().zip(expected) {
        assert_eq!(kinds(&full(punishment)), kinds_of);
    }
}

#[test]
fn a_decision_without_side_effects_still_has_a_step_that_claims_its_key() {
    let steps = plan(&bare(Punishment::Warn));
    assert_eq!(steps.len(), 1);
    assert!(steps[0].is_nothing());
    let errand = Errand {
        guild: GuildId(1),
        key: "room:1".to_owned(),
        reason: "why".to_owned(),
        calls: vec![],
        after: None,
    };
    assert_eq!(plan_errand(&errand), steps);
}

#[test]
fn of_what_was_done_by_hand_only_the_card_is_left() {
    for punishment in PUNISHMENTS {
        let by_hand = Decision {
            by_hand: Some(7),
            ..full(punishment)
        };
        assert_eq!(kinds(&by_hand), ["CARD"]);
        let without_card = Decision {
            card: None,
            ..by_hand
        };
        assert!(plan(&without_card)[0].is_nothing());
    }
}

#[test]
fn an_errand_keeps_the_order_of_its_calls() {
    let calls = vec![
        Call::Card(card()),
        Call::Unban { user: UserId(5) },
        Call::EditCard {
            channel: ChannelId(9),
            message: MessageId(8),
            card: card(),
        },
    ];
    let errand = Errand {
        guild: GuildId(0),
        key: "room:1".to_owned(),
        reason: "why\0".to_owned(),
        calls: calls.clone(),
        after: None,
    };
    let steps = plan_errand(&errand);
    assert!(steps.iter().all(|step| step.obstacle.is_none()));
    assert!(steps.iter().map(|step| &step.call).eq(&calls));
    let now = Clock::system().now();
    let new = new_errand(errand, now, &steps).expect("plain data");
    let kinds: Vec<_> = new.steps.iter().map(|step| step.kind.as_str()).collect();
    assert_eq!(kinds, ["CARD", "UNBAN", "EDIT_CARD"]);
    assert_eq!(new.steps[1].payload["reason"], "why");
    let read: Step = serde_json::from_value(new.steps[2].payload.clone()).expect("a step");
    assert_eq!(read.call, calls[2]);
}

#[test]
fn a_step_of_an_older_version_still_reads() {
    let read = |text| serde_json::from_str::<Step>(text).expect("what an older version wrote");
    let notice = r#"{"call":"notice","user":"5","text":"hello","reason":"why"}"#;
    let expected = Call::Notice {
        user: UserId(5),
        text: "hello".to_owned(),
        buttons: vec![],
        undone: None,
    };
    assert_eq!(read(notice).call, expected);
    let card =
        r#"{"call":"card","channel":"9","title":"Case 1","fields":[["a","b"]],"reason":"why"}"#;
    let Call::Card(read) = read(card).call else {
        panic!("a card");
    };
    assert_eq!((read.title.as_str(), read.buttons.len()), ("Case 1", 0));
}

#[test]
fn a_hopeless_punishment_has_its_obstacle_and_hinders_nothing_else() {
    for punishment in PUNISHMENTS {
        let mut decision = full(punishment);
        decision.standing.permissions = 0;
        for step in plan(&decision) {
            assert_eq!(step.obstacle.is_some(), step.call.is_punishment());
        }
    }
}

#[test]
fn a_time_out_ends_at_a_fixed_time() {
    let decision = bare(super::TIME_OUT);
    let Call::TimeOut { until, .. } = plan(&decision)[0].call else {
        panic!("a time-out");
    };
    assert_eq!(until, decision.decided_at + Duration::from_secs(3_600));
}

#[test]
fn the_case_number_stands_in_every_text_or_a_dash() {
    let texts = |case| {
        let steps = plan(&full(Punishment::Warn)).into_iter();
        let calls = steps.map(|step| step.call.with_case(case));
        format!("{:?}", calls.collect::<Vec<_>>())
    };
    let numbered = texts(Some(CaseNumber(12)));
    for text in ["This is case 12.", "Case 12", "a12", "room:case:12"] {
        assert!(numbered.contains(text), "{numbered}");
    }
    let unknown = texts(None);
    assert!(unknown.contains("This is case –."), "{unknown}");
    assert!(!unknown.contains(CASE_NUMBER_MARK));
    assert!(
        !unknown.contains("room:case"),
        "a button that would lead nowhere"
    );
}

#[test]
fn a_nul_keeps_no_decision_from_the_journal() {
    let mut decision = full(Punishment::Warn);
    for text in [
        &mut decision.reasoning,
        &mut decision.rule,
        &mut decision.target_name,
    ] {
        text.push('\0');
    }
    decision.notice = Some("a\0b".to_owned());
    let steps = plan(&decision);
    let new = operation(decision, &steps).expect("plain data");
    let journaled = serde_json::to_string(&new.steps).expect("plain data");
    assert!(!journaled.contains("\\u0000") && journaled.contains("ab"));
    assert_eq!(new.decision.reasoning, "why");
    assert_eq!(
        (
            new.decision.rule.as_str(),
            new.decision.target_name.as_str()
        ),
        ("rule", "mallory")
    );
}

#[test]
fn two_rooms_that_judge_one_message_have_their_own_nonces() {
    let message = "1234567890123456789";
    let rooms = ["bot_detect", "not_detect", "judge", "raid"];
    let nonces: HashSet<String> = rooms
        .iter()
        .flat_map(|room| (0..9).map(move |step| nonce(&format!("{room}:{message}"), step)))
        .collect();
    assert_eq!(nonces.len(), 36);
    assert_eq!(nonce("a:1", 2), nonce("a:1", 2));
}

fn decisions() -> impl Strategy<Value = Decision> {
    let flags = prop::array::uniform5(any::<bool>());
    (0..PUNISHMENTS.len(), flags, any::<u64>(), ".*").prop_map(|(n, flags, permissions, text)| {
        let [message, notice, card, above_target, by_hand] = flags;
        let all = full(PUNISHMENTS[n]);
        Decision {
            message: all.message.filter(|_| message),
            notice: notice.then(|| text.clone()),
            card: all.card.clone().filter(|_| card),
            reasoning: text,
            by_hand: by_hand.then_some(7),
            standing: Standing {
                permissions,
                above_target,
            },
            ..all
        }
    })
}

fn rank(kind: &str) -> usize {
    let order = [
        "DELETE_MESSAGE",
        "NOTICE",
        "TIMEOUT",
        "KICK",
        "BAN",
        "END_TIMEOUT",
        "UNBAN",
        "CARD",
    ];
    let place = order.iter().position(|known| *known == kind);
    place.expect("the journal knows no other kind")
}

proptest! {
    #[test]
    fn every_plan_is_ordered_and_survives_the_journal(decision in decisions()) {
        let steps = plan(&decision);
        prop_assert!(!steps.is_empty());
        let ranks: Vec<usize> = kinds(&decision).into_iter().map(rank).collect();
        prop_assert!(ranks.windows(2).all(|pair| pair[0] < pair[1]), "{ranks:?}");
        let punishes = decision.by_hand.is_none()
            && !matches!(decision.punishment, Punishment::Delete | Punishment::Warn);
        prop_assert_eq!(steps.iter().any(|step| step.call.is_punishment()), punishes);
        let again: Vec<Step> = steps.iter().map(|step| {
            let text = serde_json::to_string(step).expect("plain data");
            serde_json::from_str(&text).expect("what was written")
        }).collect();
        prop_assert_eq!(&again, &steps);
        let new = operation(decision, &steps).expect("plain data");
        prop_assert_eq!(new.steps.len(), steps.len());
    }

    #[test]
    fn a_nonce_is_never_too_long(key in ".*", step in 0..=i16::MAX) {
        prop_assert!(nonce(&key, step).chars().count() <= 25);
    }
}
