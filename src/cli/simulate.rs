//! `aimod simulate`: the simulated Discord on its own, for curl and for a bot in another process.

use std::io::Write as _;
use std::net::SocketAddr;

use anyhow::Context as _;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::simulator::{Permissions, Simulator, SimulatorOptions};

/// Runs a simulated Discord with one guild until it is told to stop.
#[derive(Clone, Debug, Args)]
pub(super) struct SimulateArgs {
    /// Where REST, gateway and control listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7700")]
    listen: SocketAddr,

    /// The token that the bot must use.
    #[arg(long, value_name = "TOKEN", default_value = "MTA.simulated.token")]
    token: String,

    /// Fixes the tokens and session ids that the simulator makes.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

/// Runs until SIGTERM or Ctrl-C.
///
/// # Errors
///
/// When the address cannot be listened on.
pub(super) async fn run(args: SimulateArgs) -> anyhow::Result<()> {
    let options = SimulatorOptions {
        listen: args.listen,
        token: args.token,
        seed: args.seed,
        ..SimulatorOptions::default()
    };
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let simulator = Simulator::start(options)
        .await
        .with_context(|| format!("cannot listen on {}", args.listen))?;
    furnish(&simulator)?;
    announce(&simulator).context("cannot write to the standard output")?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("cannot listen for Ctrl-C")?,
        _ = terminate.recv() => {}
    }
    simulator.shutdown().await;
    Ok(())
}

/// Makes the guild that a fresh simulation starts with.
fn furnish(simulator: &Simulator) -> anyhow::Result<()> {
    let demo = simulator.add_guild("Demo");
    let log = demo.add_channel("mod-log");
    tracing::debug!(guild.id = %demo.id(), channel.id = %log, "made the first guild");
    for name in ["alice", "mallory"] {
        demo.add_member(name)?;
    }
    demo.add_member("moderator")?
        .may(Permissions::MODERATE_MEMBERS | Permissions::MANAGE_MESSAGES)?;
    Ok(())
}

fn announce(simulator: &Simulator) -> std::io::Result<()> {
    let base = simulator.api_base();
    let mut out = std::io::stdout().lock();
    writeln!(out, "simulated Discord on {base}")?;
    writeln!(out, "  discord.api_base = \"{base}\"")?;
    writeln!(out, "  DISCORD_TOKEN={}", simulator.token())?;
    writeln!(
        out,
        "  guild Demo: #general, #mod-log; admin (owner), moderator, alice, mallory"
    )?;
    writeln!(out, "try:")?;
    writeln!(
        out,
        "  curl -s {base}/_sim/post -d '{{\"user\":\"mallory\",\"content\":\"hello\"}}'"
    )?;
    writeln!(
        out,
        "  curl -s {base}/_sim/command -d '{{\"user\":\"admin\",\"line\":\"/config show\"}}'"
    )?;
    writeln!(out, "  curl -s {base}/_sim/messages?channel=general")?;
    out.flush()
}
