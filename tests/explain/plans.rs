//! The plans that `auto_explain` has written into the server's log.

use std::collections::BTreeSet;

use serde_json::Value;

/// All plans of a log, each with the text of its statement.
pub(crate) struct Plans(Vec<(String, Value)>);

impl Plans {
    /// Reads a log. A plan begins after the line that tells how long it took, and is indented by a tab.
    pub(crate) fn read(log: &str) -> Self {
        let mut plans = Vec::new();
        let mut lines = log.lines().peekable();
        while let Some(line) = lines.next() {
            if !line.contains("duration: ") || !line.ends_with("plan:") {
                continue;
            }
            let mut text = String::new();
            while let Some(more) = lines.next_if(|line| line.starts_with('\t')) {
                text.push_str(more);
                text.push('\n');
            }
            let plan: Value = serde_json::from_str(&text).expect("a plan is JSON");
            let statement = plan["Query Text"].as_str().expect("its statement");
            plans.push((statement.to_owned(), plan["Plan"].clone()));
        }
        Self(plans)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The statements, each once.
    pub(crate) fn statements(&self) -> BTreeSet<&str> {
        let texts = self.0.iter().map(|(statement, _)| statement.as_str());
        texts.collect()
    }

    /// Whether some statement holds this text.
    pub(crate) fn has(&self, mark: &str) -> bool {
        self.0.iter().any(|(statement, _)| statement.contains(mark))
    }

    /// Whether some plan uses this index.
    pub(crate) fn uses(&self, index: &str) -> bool {
        self.0
            .iter()
            .any(|(_, plan)| nodes(plan).any(|node| node["Index Name"].as_str() == Some(index)))
    }

    /// The statements that read one of these tables from end to end; each once.
    pub(crate) fn sequential(&self, tables: &BTreeSet<String>) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for (statement, plan) in &self.0 {
            let scanned = nodes(plan).find(|node| {
                let table = node["Relation Name"].as_str().unwrap_or_default();
                node["Node Type"] == "Seq Scan" && tables.contains(table)
            });
            let Some(node) = scanned else { continue };
            let line = format!("- {} in: {statement}", node["Relation Name"]);
            if !found.contains(&line) {
                found.push(line);
            }
        }
        found
    }
}

/// A plan's nodes, the upper ones first.
fn nodes(plan: &Value) -> impl Iterator<Item = &Value> {
    let mut open = vec![plan];
    std::iter::from_fn(move || {
        let next = open.pop()?;
        open.extend(next["Plans"].as_array().into_iter().flatten());
        Some(next)
    })
}

#[test]
fn a_plan_is_read_with_all_its_nodes() {
    let log = "LOG:  something else\nLOG:  duration: 1.5 ms  plan:\n\t{\n\t  \"Query Text\": \"SELECT 1\",\n\t  \"Plan\": {\n\t    \
               \"Node Type\": \"Limit\",\n\t    \"Plans\": [{\"Node Type\": \"Seq Scan\", \"Relation Name\": \"command_logs_2026_01\"},\n\t    \
               {\"Node Type\": \"Index Scan\", \"Index Name\": \"an_index\", \"Relation Name\": \"user_data\"}]\n\t  }\n\t}\nLOG:  more\n";
    let plans = Plans::read(log);
    assert_eq!(plans.len(), 1);
    assert!(plans.has("SELECT 1") && !plans.has("SELECT 2"));
    assert!(plans.uses("an_index") && !plans.uses("another"));
    let of = |table: &str| plans.sequential(&BTreeSet::from([table.to_owned()]));
    assert_eq!(
        of("command_logs_2026_01"),
        ["- \"command_logs_2026_01\" in: SELECT 1"]
    );
    assert!(of("user_data").is_empty());
}
