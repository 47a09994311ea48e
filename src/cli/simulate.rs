//! `aimod simulate`: the simulated Discord on its own, for curl and for a bot in another process.

use std::io::Write;
use std::net::SocketAddr;

use anyhow::Context as _;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::domain::clock::Clock;
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
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let simulator = open(args).await?;
    announce(&simulator, &mut std::io::stdout()).context("cannot write to the standard output")?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("cannot listen for Ctrl-C")?,
        _ = terminate.recv() => {}
    }
    simulator.shutdown().await;
    Ok(())
}

async fn open(args: SimulateArgs) -> anyhow::Result<Simulator> {
    let options = SimulatorOptions {
        listen: args.listen,
        token: args.token,
        seed: args.seed,
        clock: Clock::shifted(),
        ..SimulatorOptions::default()
    };
    let simulator = Simulator::start(options)
        .await
        .with_context(|| format!("cannot listen on {}", args.listen))?;
    furnish(&simulator)?;
    Ok(simulator)
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

fn announce(simulator: &Simulator, out: &mut impl Write) -> std::io::Result<()> {
    let base = simulator.api_base();
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
    writeln!(out, "  curl -s '{base}/_sim/messages?channel=general'")?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_fresh_simulation_has_a_guild_and_tells_how_to_use_it() {
        let args = SimulateArgs {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            token: "secret".to_owned(),
            seed: 7,
        };
        let simulator = open(args).await.expect("a free port");
        let mut told = Vec::new();
        announce(&simulator, &mut told).expect("written");
        let told = String::from_utf8(told).expect("text");
        assert!(told.contains(&simulator.api_base()) && told.contains("DISCORD_TOKEN=secret"));
        assert_eq!(told.matches("curl -s").count(), 3);
        let demo = simulator.guild("Demo").expect("the guild");
        demo.channel("mod-log").expect("a channel");
        for name in ["admin", "alice", "mallory", "moderator"] {
            demo.member(name).expect(name);
        }
        simulator.shutdown().await;
    }

    #[tokio::test]
    async fn an_address_in_use_is_named() {
        let taken = Simulator::start(SimulatorOptions::default())
            .await
            .expect("a free port");
        let args = SimulateArgs {
            listen: taken.address(),
            token: "t".to_owned(),
            seed: 1,
        };
        let error = open(args).await.expect_err("taken").to_string();
        assert_eq!(error, format!("cannot listen on {}", taken.address()));
        taken.shutdown().await;
    }
}
