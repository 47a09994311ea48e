//! The `aimod` program: everything it does is in the library.

use std::process::ExitCode;

use clap::Parser;

/// The gateway has a thread and a runtime of its own; everything else runs on this one.
fn main() -> ExitCode {
    let cli = aimod::cli::Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(aimod::cli::run(cli)),
        Err(error) => {
            eprintln!("aimod: cannot start its threads: {error}");
            ExitCode::FAILURE
        }
    }
}
