//! The command line: one file per subcommand.

#[cfg(feature = "simulator")]
pub mod simulate;
