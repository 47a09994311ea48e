//! Records of rooms that open operations in their own transaction.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use futures_util::future::{BoxFuture, FutureExt as _};

use super::*;
use crate::actions::plan::{operation, plan};
use crate::actions::{NoticeOutcome, Opens};
use crate::domain::ids::GuildId;
use crate::simulator::Fault;
use crate::store::record::Record;
use crate::store::tables::operations::{NewOperation, Opened};
use crate::writer::WriteError;

/// Something of a room with a decision in the same transaction.
#[derive(Clone, Debug)]
struct Ruling {
    operation: NewOperation,
    poisoned: bool,
}

impl Ruling {
    fn of(decision: Decision) -> Self {
        let steps = plan(&decision);
        Self {
            operation: operation(decision, &steps).expect("plain data"),
            poisoned: false,
        }
    }
}

impl Record for Ruling {
    type Ack = Vec<String>;
    const TABLE: &'static str = "action_journal";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<Vec<String>>>> {
        async move {
            let mut keys = Vec::new();
            for row in rows {
                let opened = NewOperation::write_all(conn, std::slice::from_ref(&row.operation));
                let is_new = opened.await? != [Opened::AlreadyOpen];
                keys.push(
                    is_new
                        .then(|| row.operation.decision.key.clone())
                        .into_iter()
                        .collect(),
                );
                if row.poisoned {
                    diesel::sql_query("SELECT 1 / 0").execute(conn).await?;
                }
            }
            Ok(keys)
        }
        .boxed()
    }
}

impl Opens for Ruling {
    fn guild(&self) -> GuildId {
        self.operation.decision.guild
    }

    fn opened(keys: &Vec<String>) -> Vec<String> {
        keys.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_record_opened_is_carried_out_and_told() {
    let scene = scene().await;
    let ruling = Ruling::of(scene.decision(BAN));
    let kept = scene.actions.keep(ruling.clone()).await.expect("written");
    assert_eq!(
        kept.ack,
        std::slice::from_ref(&ruling.operation.decision.key)
    );
    let performed = kept.performed_within(LONG).await;
    let performed = performed.into_iter().next().flatten().expect("an outcome");
    assert!(performed.done);
    assert_eq!(performed.notice, NoticeOutcome::Delivered);
    assert!(scene.is_banned());
    let again = scene.actions.keep(ruling).await.expect("written");
    assert_eq!(again.ack, Vec::<String>::new());
    assert_eq!(again.performed_within(LONG).await, []);
    scene.idle().await;
    assert_eq!((scene.bans(), scene.cards()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_refused_opens_nothing() {
    let scene = scene().await;
    let poisoned = Ruling {
        poisoned: true,
        ..Ruling::of(scene.decision(BAN))
    };
    let refused = scene.actions.keep(poisoned).await.expect_err("no number");
    assert!(matches!(refused, WriteError::Refused { .. }), "{refused}");
    scene.idle().await;
    assert_eq!(scene.number("SELECT count(*) FROM action_journal").await, 0);
    assert_eq!((scene.bans(), scene.notices().len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stops_waiting_takes_nothing_back() {
    let scene = scene().await;
    scene.link.cut();
    let ruling = Ruling::of(scene.decision(BAN));
    let waiting = scene.actions.keep(ruling);
    let waited = tokio::time::timeout(Duration::from_millis(300), waiting).await;
    assert!(waited.is_err(), "the database is away");
    scene.link.heal();
    scene.idle().await;
    assert!(scene.is_banned());
    assert_eq!(scene.cases().await, "1 BAN DONE");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stop_interrupts_is_carried_out_by_the_next_run() {
    let mut scene = scene().await;
    let ruling = Ruling::of(scene.decision(BAN));
    let route = "PUT /guilds/*/bans/*";
    scene.sim.fail_next(route, 100_000, Fault::Status(500));
    let kept = scene.actions.keep(ruling).await.expect("written");
    scene.sim.requested(route, 1).await.expect("it is tried");
    scene.actions.stop().await;
    assert_eq!(kept.performed_within(LONG).await, [None], "it is not over");
    scene.sim.clear_faults();
    scene.restart().await;
    scene.settled().await;
    assert!(scene.is_banned());
    assert_eq!(scene.cases().await, "1 BAN DONE");
}
