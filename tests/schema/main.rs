//! The simulated Discord and the bot's requests against Discord's own description of both, word for word.
//!
//! `facts.json` holds what the project keeps of that description and is always checked. The full comparison needs
//! Discord's files: `AIMOD_DISCORD_SCHEMA=DIR cargo test --test schema -- --nocapture`, or `../shared/discord` beside the
//! project. After a change of the files or of what the simulator sends, the facts are extracted again by
//! `AIMOD_DISCORD_SCHEMA=DIR cargo test --test schema -- --ignored`.
#![cfg(feature = "simulator")]

#[path = "../support/mod.rs"]
mod support;

mod bot;
mod client;
mod condense;
mod facts;
mod files;
mod judge;
mod loose;
mod openapi;
mod report;
mod tour;

use aimod::simulator::Traffic;

use files::Files;
use report::Report;

/// Everything that the bot and a client of every route make the simulator say.
async fn traffic() -> Traffic {
    let mut all = bot::traffic().await;
    let toured = tour::traffic().await;
    all.exchanges.extend(toured.exchanges);
    all.frames.extend(toured.frames);
    all
}

#[tokio::test]
async fn everything_on_the_wire_is_as_discord_describes_it() {
    let traffic = traffic().await;
    match Files::find() {
        Some(files) => by_the_files(&files, &traffic),
        None => eprintln!(
            "AIMOD_DISCORD_SCHEMA is not set and ../shared/discord is not there: \
             only the stored facts are checked, not Discord's files"
        ),
    }
    let facts = facts::Facts::stored();
    let mut report = Report::default();
    facts.check(&traffic, &mut report);
    println!("against the stored facts: {report}");
    report.assert_clean();
}

fn by_the_files(files: &Files, traffic: &Traffic) {
    let mut report = Report::default();
    judge::Judge::new(files).check(traffic, &mut report);
    println!("against Discord's files: {report}");
    report.assert_clean();
    let extracted = condense::facts(files, traffic);
    assert!(
        extracted == facts::stored(),
        "facts.json is not what Discord's files say of this traffic; extract it again with --ignored"
    );
}

#[tokio::test]
#[ignore = "writes facts.json anew from Discord's files"]
async fn the_facts_are_extracted() {
    let files = Files::find().expect("AIMOD_DISCORD_SCHEMA names the folder of Discord's files");
    let extracted = condense::facts(&files, &traffic().await);
    std::fs::write(facts::PATH, extracted).expect("facts.json can be written");
}
