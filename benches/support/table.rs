//! The one table that every bench prints: figure, reference, ratio, target.

/// One line of the table.
pub(crate) struct Line {
    /// What was measured.
    pub(crate) what: String,
    /// Our figure.
    pub(crate) figure: f64,
    /// The figure of something well known, from the same run.
    pub(crate) reference: f64,
    /// What that is.
    pub(crate) against: String,
    /// What is aimed at, in words.
    pub(crate) target: &'static str,
}

/// Prints the lines, with the command that gives them again.
pub(crate) fn print(command: &str, unit: &str, lines: &[Line]) {
    println!("\n$ {command}");
    println!(
        "{:<58} {:>11} {:>11} {:>7}  {:<34} target",
        "figure", unit, "reference", "ratio", "reference is"
    );
    for line in lines {
        println!(
            "{:<58} {:>11} {:>11} {:>7}  {:<34} {}",
            line.what,
            short(line.figure),
            short(line.reference),
            short(line.figure / line.reference),
            line.against,
            line.target
        );
    }
}

/// As many digits as mean something.
fn short(number: f64) -> String {
    match number.abs() {
        ..10.0 => format!("{number:.2}"),
        ..1_000.0 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}
