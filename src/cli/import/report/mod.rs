//! What an import tells: a line for each file and the first remarks on the terminal, all remarks in the report.

use std::fs::File;
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Value as Json, json};

use super::take::Purpose;
use super::tray::Remark;
use crate::cli::words::{table, visible};

/// Remarks that the terminal shows.
const SHOWN: usize = 20;

/// How many records of a file met which fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) read: u64,
    pub(super) new: u64,
    pub(super) same: u64,
    pub(super) kept: u64,
    pub(super) refused: u64,
}

/// What became of a file as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was read to its end.
    Done,
    /// It is not there.
    Absent,
    /// There is nothing in it.
    Empty,
    /// It is no JSON of its shape.
    Refused(String),
    /// It could not be read, or the database did not take it.
    Failed(String),
}

impl Outcome {
    const fn label(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Absent => "absent",
            Self::Empty => "empty",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
        }
    }

    fn reason(&self) -> Option<&str> {
        match self {
            Self::Refused(reason) | Self::Failed(reason) => Some(reason),
            _ => None,
        }
    }
}

/// What is told of one file while it is taken. Where the file is taken anew, it is begun anew.
pub(super) struct Section {
    pub(super) name: String,
    pub(super) tally: Tally,
    first: Vec<Remark>,
    remarks: u64,
    /// All remarks as JSON with commas between, in a file: a million of them have no place in the memory.
    spool: Option<BufWriter<File>>,
}

impl Section {
    /// Notes a remark.
    pub(super) fn tell(&mut self, remark: Remark) -> std::io::Result<()> {
        if let Some(spool) = &mut self.spool {
            let comma = if self.remarks == 0 { "" } else { "," };
            let told = json!({"kind": remark.kind.label(), "pointer": remark.pointer, "reason": remark.reason});
            write!(spool, "{comma}\n        {told}")?;
        }
        self.remarks += 1;
        if self.first.len() < SHOWN {
            self.first.push(remark);
        }
        Ok(())
    }
}

/// A file that is done with.
struct Line {
    name: String,
    outcome: Outcome,
    tally: Tally,
}

/// Everything that is told.
pub(super) struct Report {
    file: Option<(PathBuf, BufWriter<File>)>,
    lines: Vec<Line>,
    first: Vec<(String, Remark)>,
    remarks: u64,
}

impl Report {
    /// Begins a report, in a file where one is named. It is written beside its place and comes there when it is whole.
    pub(super) fn begin(path: Option<&Path>, head: &Json) -> anyhow::Result<Self> {
        let mut file = None;
        if let Some(path) = path {
            let named = || format!("cannot write the report {}", path.display());
            let mut writer = BufWriter::new(File::create(beside(path)).with_context(named)?);
            let (source, purpose) = (&head["source"], &head["purpose"]);
            write!(
                writer,
                "{{\n  \"format\": 1,\n  \"source\": {source},\n  \"purpose\": {purpose},\n  \"files\": ["
            )
            .with_context(named)?;
            file = Some((path.to_owned(), writer));
        }
        Ok(Self {
            file,
            lines: vec![],
            first: vec![],
            remarks: 0,
        })
    }

    /// Begins to tell of a file.
    pub(super) fn open(&self, name: &str) -> std::io::Result<Section> {
        let spool = match &self.file {
            Some(_) => Some(BufWriter::new(tempfile::tempfile()?)),
            None => None,
        };
        Ok(Section {
            name: name.to_owned(),
            tally: Tally::default(),
            first: vec![],
            remarks: 0,
            spool,
        })
    }

    /// Ends telling of a file.
    pub(super) fn close(&mut self, section: Section, outcome: Outcome) -> anyhow::Result<()> {
        let line = Line {
            name: section.name.clone(),
            outcome,
            tally: section.tally,
        };
        if let Some((path, writer)) = &mut self.file {
            let comma = if self.lines.is_empty() { "" } else { "," };
            copy(writer, comma, &line, section.spool)
                .with_context(|| format!("cannot write the report {}", path.display()))?;
        }
        let room = SHOWN.saturating_sub(self.first.len());
        let first = section.first.into_iter().take(room);
        self.first
            .extend(first.map(|remark| (section.name.clone(), remark)));
        self.remarks += section.remarks;
        self.lines.push(line);
        Ok(())
    }

    /// The exit code: 1 where something failed, 2 where something was refused or, in a validation, is not so.
    pub(super) fn exit_code(&self, validating: bool) -> u8 {
        let failed = |line: &Line| matches!(line.outcome, Outcome::Failed(_));
        let refused = |line: &Line| {
            let tally = line.tally;
            let differs = validating && tally.new + tally.kept > 0;
            matches!(line.outcome, Outcome::Refused(_)) || tally.refused > 0 || differs
        };
        if self.lines.iter().any(failed) {
            1
        } else if self.lines.iter().any(refused) {
            2
        } else {
            0
        }
    }

    /// Whether there was a file at all.
    pub(super) fn is_blank(&self) -> bool {
        self.lines
            .iter()
            .all(|line| line.outcome == Outcome::Absent)
    }

    /// Ends the report, and brings it to its place.
    pub(super) fn end(&mut self, exit_code: u8) -> anyhow::Result<()> {
        let Some((path, mut writer)) = self.file.take() else {
            return Ok(());
        };
        let named = || format!("cannot write the report {}", path.display());
        write!(writer, "\n  ],\n  \"exit_code\": {exit_code}\n}}\n").with_context(named)?;
        writer.flush().with_context(named)?;
        std::fs::rename(beside(&path), &path).with_context(named)
    }

    /// A line for each file that was there, in the words of what was done.
    pub(super) fn table(&self, purpose: Purpose) -> String {
        let [new, same, kept] = match purpose {
            Purpose::Import => ["WRITTEN", "THERE", "KEPT"],
            Purpose::DryRun => ["TO WRITE", "THERE", "KEPT"],
            Purpose::Validate => ["MISSING", "SAME", "DIFFERENT"],
        };
        let head = ["FILE", "READ", new, same, kept, "REFUSED", ""];
        let mut rows = vec![head.map(str::to_owned)];
        for line in self
            .lines
            .iter()
            .filter(|line| line.outcome != Outcome::Absent)
        {
            let Tally {
                read,
                new,
                same,
                kept,
                refused,
            } = line.tally;
            let told = match (&line.outcome, line.outcome.reason()) {
                (Outcome::Empty, _) => "empty".to_owned(),
                (outcome, Some(reason)) => format!("{}: {reason}", outcome.label()),
                _ => String::new(),
            };
            let [read, new, same, kept, refused] =
                [read, new, same, kept, refused].map(|n| n.to_string());
            rows.push([line.name.clone(), read, new, same, kept, refused, told]);
        }
        table(&rows)
    }

    /// The first remarks, a line each, and how many more there are.
    pub(super) fn remarks(&self, has_report: bool) -> Option<String> {
        let mut text = String::new();
        for (name, remark) in &self.first {
            let Remark {
                kind,
                pointer,
                reason,
            } = remark;
            let line = format!("{}: {name} {pointer}: {reason}", kind.label());
            text.push_str(&visible(&line));
            text.push('\n');
        }
        let more = self.remarks - self.first.len() as u64;
        if more > 0 {
            let where_ = if has_report {
                "the report has them all"
            } else {
                "--report FILE writes them all"
            };
            text.push_str(&format!("and {more} more; {where_}\n"));
        }
        (!text.is_empty()).then_some(text)
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

fn copy(
    writer: &mut BufWriter<File>,
    comma: &str,
    line: &Line,
    spool: Option<BufWriter<File>>,
) -> anyhow::Result<()> {
    let Tally {
        read,
        new,
        same,
        kept,
        refused,
    } = line.tally;
    let head = json!({
        "file": line.name, "outcome": line.outcome.label(), "reason": line.outcome.reason(), "read": read, "new": new,
        "same": same, "kept": kept, "refused": refused,
    });
    let head = head.to_string();
    let head = head.strip_suffix('}').unwrap_or(&head);
    write!(writer, "{comma}\n    {head},\n      \"remarks\": [")?;
    if let Some(spool) = spool {
        let mut spool = spool.into_inner()?;
        spool.seek(SeekFrom::Start(0))?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match spool.read(&mut buffer)? {
                0 => break,
                count => writer.write_all(&buffer[..count])?,
            }
        }
    }
    write!(writer, "]}}")?;
    Ok(())
}

#[cfg(test)]
mod tests;
