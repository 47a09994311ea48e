//! `aimod erase`: takes away all of a guild, or what may go of a person, straight in the database. A bot that runs
//! elsewhere hears of it.
//!
//! Exit codes: 0 done, also where nothing was kept; 1 failed; 2 refused.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use serde_json::{Map, Value as Json, json};

use super::Common;
use super::question::{confirm, refusal};
use super::visit::Visit;
use crate::domain::clock::Clock;
use crate::domain::ids::{GuildId, UserId, WrongId};
use crate::features;
use crate::features::appeals::withdrawals;
use crate::features::guilds::{Purger, Reason};
use crate::guild::config::loader::Loader;
use crate::store::metrics::ERASURES;
use crate::store::tables::erasure::{ForgetUser, Forgotten, count_guild, count_person};
use crate::writer::{Writer, WriterOptions};

/// The arguments of `aimod erase`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    whose: Whose,
    /// Only show what would go.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Of whom; one of both.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Whose {
    /// A person's id: what may go goes, and what must stay is told.
    #[arg(long, value_name = "ID", value_parser = id)]
    user: Option<u64>,
    /// A guild's id: everything goes, settings, keys and cases too.
    #[arg(long, value_name = "ID", value_parser = id)]
    guild: Option<u64>,
}

/// Nobody has the id 0, which stands for AIMod and for whoever was forgotten.
pub(super) fn id(text: &str) -> Result<u64, WrongId> {
    let UserId(id) = text.parse()?;
    (id > 0).then_some(id).ok_or(WrongId)
}

pub(super) async fn run(common: &Common, args: &Args) -> anyhow::Result<ExitCode> {
    let visit = Visit::open(common.settings(false)?).await?;
    let outcome = match (args.whose.user, args.whose.guild) {
        (Some(user), _) => person(&visit, args, UserId(user)).await,
        (None, Some(id)) => guild(&visit, args, GuildId(id)).await,
        (None, None) => Ok(String::new()),
    };
    visit.close().await;
    match outcome {
        Ok(told) => {
            println!("{told}");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => refusal(error),
    }
}

/// What the command says at its end: to people, or as one object.
fn told(args: &Args, head: &str, rows: &[(&str, i64)], more: (&str, Json)) -> String {
    if args.json {
        let counts: Map<String, Json> = rows
            .iter()
            .map(|(name, count)| ((*name).to_owned(), json!(count)))
            .collect();
        let mut object = json!({ "dry_run": args.dry_run, "rows": counts });
        object[if args.whose.user.is_some() {
            "kept"
        } else {
            "member"
        }] = more.1;
        return object.to_string();
    }
    let there = rows.iter().filter(|(_, count)| *count > 0);
    let lines: Vec<String> = there
        .map(|(name, count)| format!("  {name:<24} {count:>9}"))
        .collect();
    let body = if lines.is_empty() {
        "  nothing".to_owned()
    } else {
        lines.join("\n")
    };
    format!("{head}\n{body}{}", more.0)
}

async fn person(visit: &Visit, args: &Args, user: UserId) -> anyhow::Result<String> {
    let now = Clock::system().now();
    let mut conn = visit.pool.acquire().await?;
    let found = count_person(&mut conn, user, now).await;
    let found = found.context("what is kept about the person cannot be read")?;
    drop(conn);
    let before = of_person(args, &format!("user {user}: this goes"), &found);
    if args.dry_run {
        return Ok(before);
    }
    if !args.yes {
        eprintln!("{before}");
    }
    confirm("Take it away?", args.yes)?;
    let registry = Arc::new(features::registry());
    let loader = Loader::new(visit.pool.clone(), visit.cache.clone(), registry);
    let errands = withdrawals(&visit.pool, &loader, user, now).await;
    let errands = errands.context("the person's appeals cannot be read")?;
    let writer = writer(visit).await?;
    let forget = ForgetUser { user, now, errands };
    let done = writer.keep_now(forget).await;
    writer.drain().await;
    let done = done.context("nothing was taken away")?;
    ERASURES.increment(["person", "operator"]);
    Ok(of_person(
        args,
        &format!("user {user}: this has gone"),
        &done,
    ))
}

fn of_person(args: &Args, head: &str, found: &Forgotten) -> String {
    let kept = &found.kept;
    let mut more = String::new();
    if kept.cases > 0 {
        more.push_str(&format!(
            "\nthis stays: {} with the id, whose ban or timeout in force could otherwise be neither found nor lifted",
            many(kept.cases, "case")
        ));
    }
    if kept.appeals > 0 {
        more.push_str(&format!(
            "\nthis stays: {} about them, without the texts: the wait for the next one counts from there",
            many(kept.appeals, "decided appeal")
        ));
    }
    if kept.global_ban {
        more.push_str("\nthe global ban stays: `/globalban remove` takes it back");
    }
    let object = json!({
        "cases_in_force": kept.cases,
        "infractions_in_force": kept.infractions,
        "appeals_about_them": kept.appeals,
        "global_ban": kept.global_ban,
    });
    told(args, head, &found.removed, (&more, object))
}

async fn guild(visit: &Visit, args: &Args, guild: GuildId) -> anyhow::Result<String> {
    let registry = features::registry();
    let mut conn = visit.pool.acquire().await?;
    let counted = count_guild(&mut conn, guild, registry.tables()).await;
    let (counts, is_member) = counted.context("what is kept of the guild cannot be read")?;
    drop(conn);
    let note = if is_member {
        "\nAIMod is in this guild as far as it knows, and will go on there with the defaults of every setting"
    } else {
        ""
    };
    let before = told(
        args,
        &format!("guild {guild}: this goes"),
        &counts,
        (note, json!(is_member)),
    );
    if args.dry_run {
        return Ok(before);
    }
    if !args.yes {
        eprintln!("{before}");
    }
    confirm("Take it away?", args.yes)?;
    let writer = writer(visit).await?;
    let purger = Purger::new(writer.clone(), visit.cache.clone());
    let gone = purger.purge(guild, Reason::Operator).await;
    writer.drain().await;
    let gone = gone.context("not all was taken away; the same command goes on with it")?;
    let gone: Vec<_> = gone.unwrap_or_default().into_iter().collect();
    let head = format!("guild {guild}: this has gone");
    Ok(told(args, &head, &gone, (note, json!(is_member))))
}

async fn writer(visit: &Visit) -> anyhow::Result<Writer> {
    let options = WriterOptions::from(&visit.settings.writer);
    Ok(Writer::start(visit.pool.clone(), options).await?)
}

fn many(count: i64, thing: &str) -> String {
    match count {
        1 => format!("1 {thing}"),
        more => format!("{more} {thing}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tables::erasure::Kept;

    #[test]
    fn only_somebodys_id_is_taken() {
        assert_eq!(id("5"), Ok(5));
        for wrong in ["abc", "0", "", "-1", "99999999999999999999"] {
            assert_eq!(id(wrong), Err(WrongId), "{wrong}");
        }
    }

    fn args(json: bool) -> Args {
        Args {
            whose: Whose {
                user: Some(5),
                guild: None,
            },
            dry_run: true,
            yes: false,
            json,
        }
    }

    fn found() -> Forgotten {
        Forgotten {
            removed: vec![("notes", 2), ("cases", 0), ("command_runs", 1_234)],
            kept: Kept {
                cases: 1,
                infractions: 1,
                appeals: 2,
                global_ban: true,
            },
        }
    }

    #[test]
    fn an_operator_reads_what_goes_and_what_stays() {
        insta::assert_snapshot!(of_person(&args(false), "user 5: this goes", &found()), @"
        user 5: this goes
          notes                            2
          command_runs                  1234
        this stays: 1 case with the id, whose ban or timeout in force could otherwise be neither found nor lifted
        this stays: 2 decided appeals about them, without the texts: the wait for the next one counts from there
        the global ban stays: `/globalban remove` takes it back
        ");
        let nothing = of_person(&args(false), "user 5: this goes", &Forgotten::default());
        assert_eq!(nothing, "user 5: this goes\n  nothing");
    }

    #[test]
    fn a_program_reads_the_same_as_an_object() {
        let text = of_person(&args(true), "", &found());
        let read: Json = serde_json::from_str(&text).expect("one object");
        assert_eq!(read["rows"]["command_runs"], 1_234);
        assert_eq!(read["rows"]["cases"], 0);
        assert_eq!(read["kept"]["cases_in_force"], 1);
        assert_eq!(read["dry_run"], true);
    }
}
