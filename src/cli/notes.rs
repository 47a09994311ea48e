//! `aimod notes`: everything that is noted about a user, in every guild, and what was imported without one.

use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;

use super::Common;
use super::visit::Visit;
use crate::domain::ids::{GuildId, UserId};
use crate::features::notes::table::{Note, list_everywhere};

/// The arguments of `aimod notes`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The user's id.
    #[arg(long, value_name = "ID")]
    user: UserId,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(common: &Common, args: Args) -> anyhow::Result<ExitCode> {
    let visit = Visit::open(common.settings(false)?).await?;
    let told = tell(&visit, &args).await;
    visit.close().await;
    println!("{}", told?);
    Ok(ExitCode::SUCCESS)
}

async fn tell(visit: &Visit, args: &Args) -> anyhow::Result<String> {
    let mut conn = visit.pool.acquire().await?;
    let notes = list_everywhere(&mut conn, args.user).await;
    let notes = notes.context("the notes cannot be read")?;
    if args.json {
        let told: Vec<_> = notes.iter().map(to_json).collect();
        return Ok(json!({"user": args.user, "notes": told}).to_string());
    }
    if notes.is_empty() {
        return Ok(format!("user {}: no notes", args.user));
    }
    let told: Vec<String> = notes.iter().map(to_text).collect();
    Ok(told.join("\n\n"))
}

fn guild_of(note: &Note) -> Option<GuildId> {
    note.guild_id.map(GuildId::from_i64)
}

fn to_text(note: &Note) -> String {
    let guild = guild_of(note).map_or_else(
        || "of no guild".to_owned(),
        |guild| format!("guild {guild}"),
    );
    let author = match note.author_id {
        0 => "imported".to_owned(),
        author => format!("by {author}"),
    };
    let written = note.created_at.format("%Y-%m-%d %H:%M:%S");
    let mut text = format!("#{}  {guild}  {written} UTC  {author}", note.id);
    if let (Some(by), Some(at)) = (note.removed_by, note.removed_at) {
        let at = at.format("%Y-%m-%d %H:%M:%S");
        text.push_str(&format!("\n    removed {at} UTC by {by}"));
    }
    for line in note.note.lines() {
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        text.push_str(&format!("\n    {line}"));
    }
    text
}

fn to_json(note: &Note) -> serde_json::Value {
    json!({
        "id": note.id,
        "guild": guild_of(note),
        "author": UserId::from_i64(note.author_id),
        "note": note.note,
        "created_at": note.created_at,
        "removed_by": note.removed_by.map(UserId::from_i64),
        "removed_at": note.removed_at,
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn note() -> Note {
        Note {
            id: 3,
            guild_id: None,
            author_id: 0,
            note: "from the old bot\n\u{1b}[31mtwo lines".to_owned(),
            created_at: DateTime::from_timestamp(1_700_000_000, 0).expect("a time"),
            removed_by: None,
            removed_at: None,
        }
    }

    #[test]
    fn an_operator_reads_where_a_note_comes_from_and_who_removed_it() {
        let own = Note {
            id: 4,
            guild_id: Some(7),
            author_id: 8,
            note: "spams".to_owned(),
            removed_by: Some(9),
            removed_at: DateTime::from_timestamp(1_700_000_600, 0),
            ..note()
        };
        let told = [to_text(&own), to_text(&note())].join("\n\n");
        insta::assert_snapshot!(told, @r"
        #4  guild 7  2023-11-14 22:13:20 UTC  by 8
            removed 2023-11-14 22:23:20 UTC by 9
            spams

        #3  of no guild  2023-11-14 22:13:20 UTC  imported
            from the old bot
            [31mtwo lines
        ");
        insta::assert_snapshot!(to_json(&own), @r#"{"id":4,"guild":"7","author":"8","note":"spams","created_at":"2023-11-14T22:13:20Z","removed_by":"9","removed_at":"2023-11-14T22:23:20Z"}"#);
    }
}
