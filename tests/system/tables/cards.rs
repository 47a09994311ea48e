//! The cards that operations post, before they stand and after.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_card_of_an_operation_is_found_before_it_stands_and_after() {
    let scene = scene().await;
    let mut new = operation(GUILD, "k", 2);
    new.steps[1] = NewStep {
        kind: "CARD".to_owned(),
        payload: json!({"call": "card", "channel": "3"}),
    };
    scene.open(new).await;
    let mut conn = scene.conn().await;
    let case = scene.number("SELECT id FROM moderation_logs").await;
    let of_case = find_card_of_case(&mut conn, case).await;
    let queued = PostedCard {
        channel: ChannelId(3),
        message: None,
    };
    assert_eq!(of_case, Ok(Some(("k".to_owned(), queued))));
    // A notice is no card.
    for (step, state, message, found) in [
        (0, StepState::Done, Some(7), Some(None)),
        (1, StepState::Done, Some(9), Some(Some(9))),
    ] {
        let ended = StepSettled {
            state,
            posted: message.map(|message| (ChannelId(3), MessageId(message))),
            ..settled("k", step, None)
        };
        scene.writer.keep_now(ended).await.expect("written");
        let found = found.map(|message: Option<u64>| PostedCard {
            channel: ChannelId(3),
            message: message.map(MessageId),
        });
        assert_eq!(find_card(&mut conn, "k").await, Ok(found));
        let of_case = find_card_of_case(&mut conn, case).await;
        assert_eq!(of_case, Ok(found.map(|card| ("k".to_owned(), card))));
    }
    assert_eq!(find_card_of_case(&mut conn, case + 1).await, Ok(None));
    assert_eq!(find_card(&mut conn, "other").await, Ok(None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_could_not_be_posted_is_none() {
    let scene = scene().await;
    let mut new = errand(GUILD, "k", 1);
    new.steps[0] = NewStep {
        kind: "CARD".to_owned(),
        payload: json!({"call": "card", "channel": "3"}),
    };
    scene.writer.keep_now(new).await.expect("written");
    let failed = StepSettled {
        state: StepState::Failed,
        ..settled("k", 0, None)
    };
    scene.writer.keep_now(failed).await.expect("written");
    let found = find_card(&mut *scene.conn().await, "k").await;
    assert_eq!(found, Ok(None));
}
