//! What an import tells, in a report and on the terminal.

use super::*;
use crate::cli::import::tray::Kind;

fn remark(pointer: &str) -> Remark {
    Remark {
        kind: Kind::Refused,
        pointer: pointer.to_owned(),
        reason: "it is \"no\" id".to_owned(),
    }
}

#[test]
fn the_report_holds_all_and_the_terminal_the_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report.json");
    let head = json!({"source": "a \"b\"", "purpose": "import"});
    let mut report = Report::begin(Some(&path), &head).expect("a report");
    let mut section = report.open("bans.json").expect("a section");
    for place in 0..50 {
        section.tell(remark(&format!("/{place}"))).expect("told");
    }
    section.tally = Tally {
        read: 60,
        new: 7,
        same: 3,
        kept: 0,
        refused: 50,
    };
    report.close(section, Outcome::Done).expect("closed");
    let section = report.open("b.json").expect("a section");
    report
        .close(section, Outcome::Refused("line 1".to_owned()))
        .expect("closed");
    assert_eq!(report.exit_code(false), 2);
    report.end(2).expect("written");
    let text = std::fs::read_to_string(&path).expect("a report");
    let read: Json = serde_json::from_str(&text).expect("JSON");
    assert_eq!(read["source"], "a \"b\"");
    assert_eq!(read["exit_code"], 2);
    assert_eq!(
        read["files"][0]["remarks"].as_array().map(Vec::len),
        Some(50)
    );
    assert_eq!(read["files"][0]["remarks"][49]["pointer"], "/49");
    assert_eq!(read["files"][1]["reason"], "line 1");
    assert!(!folder.path().join("report.json.part").exists());
    let told = report.remarks(true).expect("remarks");
    assert_eq!(told.lines().count(), 21);
    assert!(
        told.ends_with("and 30 more; the report has them all\n"),
        "{told}"
    );
}

#[test]
fn the_table_speaks_of_what_was_done() {
    let mut report = Report::begin(None, &Json::Null).expect("a report");
    let mut section = report.open("bans.json").expect("a section");
    section.tally = Tally {
        read: 6,
        new: 1,
        same: 2,
        kept: 3,
        refused: 0,
    };
    report.close(section, Outcome::Done).expect("closed");
    let told = [Purpose::Import, Purpose::DryRun, Purpose::Validate];
    let told = told.map(|purpose| report.table(purpose)).join("\n");
    let lines: Vec<&str> = told.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    FILE       READ  WRITTEN  THERE  KEPT  REFUSED
    bans.json  6     1        2      3     0
    FILE       READ  TO WRITE  THERE  KEPT  REFUSED
    bans.json  6     1         2      3     0
    FILE       READ  MISSING  SAME  DIFFERENT  REFUSED
    bans.json  6     1        2     3          0
    ");
}

#[test]
fn the_exit_code_tells_the_worst() {
    let code = |outcomes: &[(Outcome, Tally)], validating| {
        let mut report = Report::begin(None, &Json::Null).expect("a report");
        for (outcome, tally) in outcomes {
            let mut section = report.open("a").expect("a section");
            section.tally = *tally;
            report.close(section, outcome.clone()).expect("closed");
        }
        report.exit_code(validating)
    };
    let none = Tally::default();
    let new = Tally { new: 1, ..none };
    let refused = Tally { refused: 1, ..none };
    assert_eq!(
        code(
            &[
                (Outcome::Done, new),
                (Outcome::Absent, none),
                (Outcome::Empty, none)
            ],
            false
        ),
        0
    );
    assert_eq!(code(&[(Outcome::Done, new)], true), 2);
    assert_eq!(
        code(&[(Outcome::Done, Tally { kept: 1, ..none })], false),
        0
    );
    assert_eq!(code(&[(Outcome::Done, refused)], false), 2);
    assert_eq!(code(&[(Outcome::Refused(String::new()), none)], false), 2);
    assert_eq!(
        code(
            &[
                (Outcome::Done, refused),
                (Outcome::Failed(String::new()), none)
            ],
            false
        ),
        1
    );
}
