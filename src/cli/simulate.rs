//! `aimod simulate`: the simulated Discord on its own, for curl and for a bot in another process.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::domain::clock::Clock;
use crate::simulator::{Guild, Permissions, Simulator, SimulatorOptions, World};

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

    /// Begins with the world of this file instead of a fresh one.
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,

    /// Saves the world into that file at the end; it need not be there at the beginning.
    #[arg(long, requires = "world")]
    save: bool,

    /// Lets the bot ask as often as it likes.
    #[arg(long)]
    no_rate_limits: bool,
}

/// Runs until SIGTERM or Ctrl-C.
///
/// # Errors
///
/// When the address cannot be listened on.
pub(super) async fn run(args: SimulateArgs) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let saved = args.world.clone().filter(|_| args.save);
    let simulator = open(args).await?;
    announce(&simulator, &mut std::io::stdout()).context("cannot write to the standard output")?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("cannot listen for Ctrl-C")?,
        _ = terminate.recv() => {}
    }
    if let Some(file) = saved {
        let written = simulator.save(&file).await;
        written.with_context(|| format!("cannot save the world to {}", file.display()))?;
    }
    simulator.shutdown().await;
    Ok(())
}

async fn open(args: SimulateArgs) -> anyhow::Result<Simulator> {
    // A world that is only to be saved may begin with this run.
    let world = args.world.filter(|file| !args.save || file.exists());
    let fresh = world.is_none();
    let options = SimulatorOptions {
        listen: args.listen,
        token: args.token,
        seed: args.seed,
        rate_limits: !args.no_rate_limits,
        world,
        clock: Clock::shifted(),
        ..SimulatorOptions::default()
    };
    let simulator = Simulator::start(options)
        .await
        .with_context(|| format!("cannot simulate on {}", args.listen))?;
    if fresh {
        furnish(&simulator)?;
    }
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
    for guild in simulator.look(guild_lines) {
        writeln!(out, "  {guild}")?;
    }
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

/// One line for each guild: its channels and the first of its people.
fn guild_lines(world: &World) -> Vec<String> {
    let line = |guild: &&Guild| {
        let channels = guild.channels.iter().filter_map(|id| world.channel(*id));
        let channels: Vec<String> = channels.map(|one| format!("#{}", one.name)).collect();
        let people = guild.members.keys().filter_map(|id| world.user(*id));
        let people = people.filter(|user| !user.bot).take(8);
        let people: Vec<String> = people
            .map(|user| match user.id == guild.owner {
                true => format!("{} (owner)", user.name),
                false => user.name.clone(),
            })
            .collect();
        let (channels, people) = (channels.join(", "), people.join(", "));
        format!("guild {}: {channels}; {people}", guild.name)
    };
    world.guilds().iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(listen: SocketAddr) -> SimulateArgs {
        SimulateArgs {
            listen,
            token: "secret".to_owned(),
            seed: 7,
            world: None,
            save: false,
            no_rate_limits: false,
        }
    }

    #[tokio::test]
    async fn a_fresh_simulation_has_a_guild_and_tells_how_to_use_it() {
        let args = args(SocketAddr::from(([127, 0, 0, 1], 0)));
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
        let args = args(taken.address());
        let error = open(args).await.expect_err("taken").to_string();
        assert_eq!(error, format!("cannot simulate on {}", taken.address()));
        taken.shutdown().await;
    }

    #[tokio::test]
    async fn a_world_is_saved_and_gone_on_with() {
        let folder = tempfile::tempdir().expect("a folder");
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let with_world = || SimulateArgs {
            world: Some(folder.path().join("world.json")),
            save: true,
            ..args(listen)
        };
        let first = open(with_world()).await.expect("a fresh world");
        let guild = first.add_guild("Second");
        let alice = guild.add_member("alice").expect("a member");
        let general = guild.channel("general").expect("a channel");
        alice.posts(general, "remember me").expect("posts");
        let file = with_world().world.expect("a file");
        first.save(&file).await.expect("saved");
        first.shutdown().await;

        let second = open(with_world()).await.expect("the saved world");
        let mut told = Vec::new();
        announce(&second, &mut told).expect("written");
        let told = String::from_utf8(told).expect("text");
        assert!(
            told.contains("guild Second: #general; admin (owner), alice"),
            "{told}"
        );
        assert_eq!(told.matches("guild Demo").count(), 1, "not furnished twice");
        second.look(|world| assert_eq!(world.messages(general)[0].content, "remember me"));
        second.shutdown().await;
    }

    #[tokio::test]
    async fn a_world_that_is_not_there_is_named() {
        let missing = SimulateArgs {
            world: Some(PathBuf::from("/nowhere/world.json")),
            ..args(SocketAddr::from(([127, 0, 0, 1], 0)))
        };
        let error = open(missing).await.expect_err("no file");
        assert!(format!("{error:#}").contains("cannot load the world /nowhere/world.json"));
    }
}
