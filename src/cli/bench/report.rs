//! What a load run says at its end.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

/// The figures of a run.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Report {
    pub(super) guilds: u32,
    pub(super) mix: String,
    /// What was asked for; 0 is as fast as it goes.
    pub(super) rate: f64,
    pub(super) messages: u64,
    pub(super) seconds: f64,
    pub(super) sent_per_second: f64,
    pub(super) received_per_second: f64,
    pub(super) decided_per_second: f64,
    pub(super) decisions: BTreeMap<String, u64>,
    /// From a message's arrival in the process to its judgement.
    pub(super) message_decision_ms: Quantiles,
    pub(super) scams: usize,
    pub(super) deleted: usize,
    /// From the post of a scam to its author's punishment, as the simulated world saw both.
    pub(super) message_action_ms: Quantiles,
    /// Events and decisions that were given up.
    pub(super) shed: u64,
    pub(super) memory: Memory,
    pub(super) reference: Reference,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Quantiles {
    pub(super) p50: f64,
    pub(super) p99: f64,
}

impl Quantiles {
    /// Of values in their order.
    pub(super) fn of(sorted: &[f64]) -> Self {
        let at = |percent: usize| {
            let last = sorted.len().saturating_sub(1);
            sorted.get(last * percent / 100).copied().unwrap_or(0.0)
        };
        Self {
            p50: rounded(at(50)),
            p99: rounded(at(99)),
        }
    }
}

/// MiB of this process, in which bot and simulator live together; none where the system does not tell.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Memory {
    /// The simulator with its guilds, without a bot.
    pub(super) before_mib: Option<f64>,
    /// After all is settled.
    pub(super) after_mib: Option<f64>,
}

/// The same feed through serenity with a handler that only counts.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Reference {
    pub(super) sent_per_second: f64,
    pub(super) received_per_second: f64,
    /// What the whole bot decides, of what bare serenity receives.
    pub(super) ratio: f64,
}

/// As many digits as mean something.
pub(super) fn rounded(figure: f64) -> f64 {
    (figure * 1_000.0).round() / 1_000.0
}

/// MiB that this process has in memory, where the system tells.
pub(super) fn resident_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some((kibibytes / 102.4).round() / 10.0)
}

impl Report {
    pub(super) fn print(&self, json: bool, out: &mut impl Write) -> io::Result<()> {
        if json {
            return writeln!(out, "{}", serde_json::to_string(self)?);
        }
        let line = |what: &str, figure: String| format!("{what:<38} {figure:>16}\n");
        let per_second = |figure: f64| format!("{figure:.0} /s");
        let both = |times: Quantiles| format!("{:.2} / {:.2} ms", times.p50, times.p99);
        let mib = |mib: Option<f64>| mib.map_or("unknown".to_owned(), |mib| format!("{mib} MiB"));
        let mut text = format!(
            "{} messages in {} guilds, {}\n",
            self.messages, self.guilds, self.mix
        );
        for (what, figure) in [
            ("sent", per_second(self.sent_per_second)),
            ("received", per_second(self.received_per_second)),
            ("decided", per_second(self.decided_per_second)),
            (
                "message → decision, p50 / p99",
                both(self.message_decision_ms),
            ),
            (
                "scams / deleted",
                format!("{} / {}", self.scams, self.deleted),
            ),
            ("message → timeout, p50 / p99", both(self.message_action_ms)),
            ("given up", self.shed.to_string()),
            ("memory before / after, with simulator", {
                let Memory {
                    before_mib,
                    after_mib,
                } = self.memory;
                format!("{} / {}", mib(before_mib), mib(after_mib))
            }),
            (
                "reference: serenity, counting handler",
                per_second(self.reference.received_per_second),
            ),
            (
                "decided / reference",
                format!("{:.2}", self.reference.ratio),
            ),
        ] {
            text.push_str(&line(what, figure));
        }
        out.write_all(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        Report {
            guilds: 3,
            mix: "scam=1".to_owned(),
            rate: 0.0,
            messages: 1_000,
            seconds: 0.5,
            sent_per_second: 2_100.4,
            received_per_second: 2_000.0,
            decided_per_second: 1_900.0,
            decisions: BTreeMap::from([("timeout".to_owned(), 10)]),
            message_decision_ms: Quantiles::of(&[1.0, 2.0, 3.0]),
            scams: 10,
            deleted: 10,
            message_action_ms: Quantiles::of(&[]),
            shed: 0,
            memory: Memory {
                before_mib: Some(20.5),
                after_mib: None,
            },
            reference: Reference {
                sent_per_second: 4_000.0,
                received_per_second: 3_800.0,
                ratio: 0.5,
            },
        }
    }

    #[test]
    fn quantiles_are_taken_from_the_order() {
        let many: Vec<f64> = (0..=100).map(f64::from).collect();
        let Quantiles { p50, p99 } = Quantiles::of(&many);
        assert_eq!((p50, p99), (50.0, 99.0));
        assert_eq!(Quantiles::of(&[7.0]).p99, 7.0);
    }

    #[test]
    fn a_person_reads_a_table() {
        let mut out = Vec::new();
        report().print(false, &mut out).expect("written");
        insta::assert_snapshot!(String::from_utf8(out).expect("text"), @r"
        1000 messages in 3 guilds, scam=1
        sent                                            2100 /s
        received                                        2000 /s
        decided                                         1900 /s
        message → decision, p50 / p99            2.00 / 2.00 ms
        scams / deleted                                 10 / 10
        message → timeout, p50 / p99             0.00 / 0.00 ms
        given up                                              0
        memory before / after, with simulator  20.5 MiB / unknown
        reference: serenity, counting handler           3800 /s
        decided / reference                                0.50
        ");
    }

    #[test]
    fn a_program_reads_one_object() {
        let mut out = Vec::new();
        report().print(true, &mut out).expect("written");
        let object: serde_json::Value = serde_json::from_slice(&out).expect("json");
        for field in [
            "sent_per_second",
            "received_per_second",
            "decided_per_second",
            "message_decision_ms",
            "message_action_ms",
            "memory",
            "reference",
        ] {
            assert!(!object[field].is_null(), "{field}");
        }
        assert_eq!(object["decisions"]["timeout"], 10);
    }

    #[test]
    fn this_process_has_memory() {
        if cfg!(target_os = "linux") {
            assert!(resident_mib().expect("Linux tells") > 1.0);
        }
    }
}
