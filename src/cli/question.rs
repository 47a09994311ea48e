//! What a command asks its operator, and how it refuses.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

/// Something that the operator asked for is not done, for a reason that lies in the request.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Refused(pub(super) String);

/// A refusal is told and ends with 2; whatever else went wrong is passed on.
pub(super) fn refusal(error: anyhow::Error) -> anyhow::Result<ExitCode> {
    let refused = error.downcast::<Refused>()?;
    eprintln!("aimod: {refused}");
    Ok(ExitCode::from(2))
}

/// Asks on a terminal; elsewhere nobody could answer.
pub(super) fn confirm(question: &str, yes: bool) -> anyhow::Result<()> {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        let why = "nothing was changed: nobody can be asked here; say --yes if it is meant";
        return Err(Refused(why.to_owned()).into());
    }
    eprint!("{question} [y/N] ");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Refused("nothing was changed".to_owned()).into()),
    }
}
