//! Every query of the code on a large database: a million infractions, a million cases, ten million runs of commands.
//!
//! The server writes the plan of each statement that the bot runs into its log, nested ones too. A tour through the
//! house makes the bot run them all; then the plans are held against what an index is for: no large table is read from
//! end to end, and no index is there for nothing.
#![cfg(feature = "simulator")]

#[path = "../support/mod.rs"]
mod support;

mod asked;
mod deeds;
mod plans;
mod records;
mod tour;

use std::collections::BTreeSet;
use std::time::Instant;

use tokio_postgres::Client;

use self::asked::{ASKED, AWAITED, functions};
use self::plans::Plans;
use self::records::{WRITTEN, records};
use self::tour::Tour;

/// What grows with every message, case or command: the tables, and of partitions those that hold much.
const LARGE: &str = "
    SELECT c.relname::text FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
    WHERE c.relkind = 'r' AND c.reltuples > 10000
      AND COALESCE(i.inhparent, c.oid)::regclass::text IN ('action_journal', 'appeals', 'case_edits', 'command_logs',
          'guild_config_revisions', 'moderation_logs', 'user_data', 'user_infractions', 'user_notes')";

/// Indexes beside primary keys and unique ones, each with the partitioned index that it belongs to, or itself.
const INDEXES: &str = "
    SELECT i.indexrelid::regclass::text AS name, COALESCE(p.inhparent, i.indexrelid)::regclass::text AS whole
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    LEFT JOIN pg_inherits p ON p.inhrelid = i.indexrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisunique";

/// The indexes that no plan has used.
async fn unused(client: &Client, plans: &Plans) -> BTreeSet<String> {
    let rows = client
        .query(INDEXES, &[])
        .await
        .expect("the catalogue answers");
    let all: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let used: BTreeSet<&String> = all
        .iter()
        .filter(|(name, _)| plans.uses(name))
        .map(|(_, whole)| whole)
        .collect();
    let whole = all.iter().map(|(_, whole)| whole);
    whole
        .filter(|whole| !used.contains(whole))
        .cloned()
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_query_finds_its_index_and_every_index_its_query() {
    let began = Instant::now();
    let tour = Tour::begin().await;
    println!("filled after {:?}", began.elapsed());
    tour.walk().await;
    let (client, plans) = tour.end().await;
    println!("{} plans after {:?}", plans.len(), began.elapsed());
    // What a new line of ASKED can name: shown with --nocapture.
    for statement in plans.statements() {
        println!("| {statement}");
    }

    let marks = ASKED.iter().chain(&WRITTEN);
    let silent: Vec<_> = marks.filter(|(_, mark)| !plans.has(mark)).collect();
    assert!(
        silent.is_empty(),
        "the tour makes nobody ask this: {silent:#?}"
    );
    let large = client
        .query(LARGE, &[])
        .await
        .expect("the catalogue answers");
    let large: BTreeSet<String> = large.iter().map(|row| row.get(0)).collect();
    assert!(large.len() > 10, "{large:?}");
    let sequential = plans.sequential(&large);
    assert!(
        sequential.is_empty(),
        "a large table is read from end to end:\n{}",
        sequential.join("\n")
    );
    let awaited: BTreeSet<String> = AWAITED.iter().map(|(name, _)| (*name).to_owned()).collect();
    let unused = unused(&client, &plans).await;
    let idle: Vec<_> = unused.difference(&awaited).collect();
    assert!(idle.is_empty(), "no query uses {idle:?}");
    let come: Vec<_> = awaited.difference(&unused).collect();
    assert!(
        come.is_empty(),
        "no longer awaited, take it off the list: {come:?}"
    );
}

/// Whether a list names what is there, each once.
fn is_complete(list: &[(&str, &str)], there: &BTreeSet<String>) {
    let listed: BTreeSet<String> = list.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(listed.len(), list.len(), "each once");
    assert!(there.len() > 20, "{there:?}");
    let missing: Vec<_> = there.difference(&listed).collect();
    assert!(
        missing.is_empty(),
        "add to the list, and to the tour what makes somebody do it: {missing:#?}"
    );
    let gone: Vec<_> = listed.difference(there).collect();
    assert!(gone.is_empty(), "there is no such thing: {gone:#?}");
}

#[test]
fn every_function_that_asks_the_database_is_on_the_tour() {
    is_complete(&ASKED, &functions());
}

#[test]
fn every_record_that_the_writer_takes_is_on_the_tour() {
    is_complete(&WRITTEN, &records());
}
