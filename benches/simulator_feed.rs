//! What the simulated Discord itself costs: messages fed from one core, memory per member, and the start of many guilds.

#[path = "support/table.rs"]
mod table;

use std::net::SocketAddr;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use aimod::domain::ids::ChannelId;
use aimod::simulator::{SimMember, Simulator, SimulatorOptions};
use anyhow::{Context as _, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use table::Line;

const MESSAGES: usize = 500_000;
const ROUNDS: usize = 3;
const TALK: &str =
    "did anybody see the match last night? we should watch the next one together at my place!";
/// Frames that may wait to be written, and posts between two looks at that.
const WAITING: usize = 4_096;
const BATCH: usize = 512;
/// Every intent that matters, the privileged ones among them.
const INTENTS: u64 = 0x1_ffff;

fn one_core<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(work)
}

/// A client on a thread of its own, which reads and counts.
struct Reader(JoinHandle<anyhow::Result<Instant>>);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl Reader {
    /// Reads until so many dispatches of this name were there; gives the moment of the last one.
    fn start(address: SocketAddr, token: &str, name: &'static str, count: usize) -> Self {
        let identify = format!(
            r#"{{"op":2,"d":{{"token":"{token}","intents":{INTENTS},"properties":{{}}}}}}"#
        );
        Self(std::thread::spawn(move || {
            one_core(async move {
                let (mut socket, _) = connect_async(format!("ws://{address}/?v=10")).await?;
                socket.send(Message::text(identify)).await?;
                read(&mut socket, name, count).await
            })
        }))
    }

    fn finish(self) -> anyhow::Result<Instant> {
        self.0.join().ok().context("the reader panicked")?
    }
}

async fn read(socket: &mut Socket, name: &str, count: usize) -> anyhow::Result<Instant> {
    let sign = format!(r#""t":"{name}""#);
    let mut seen = 0;
    while seen < count {
        let message = socket.next().await.context("the connection ended")??;
        let text = message.to_text()?;
        // The name stands in front of the body.
        seen += usize::from(text.get(..64).is_some_and(|head| head.contains(&sign)));
    }
    Ok(Instant::now())
}

/// Posts from one core to one reader; gives the messages per second and one frame as it was sent.
async fn feed() -> anyhow::Result<f64> {
    let sim = Simulator::start(SimulatorOptions {
        messages_per_channel: 1_000,
        ..SimulatorOptions::default()
    })
    .await?;
    let talkers = talkers(&sim, 50)?;
    let reader = Reader::start(sim.address(), sim.token(), "MESSAGE_CREATE", MESSAGES);
    sim.bot_connected().await?;
    let begun = Instant::now();
    for (posted, (talker, channel)) in (0..MESSAGES).zip(talkers.iter().cycle()) {
        talker.posts(*channel, TALK)?;
        if posted % BATCH == 0 {
            tokio::task::yield_now().await;
            if sim.backlog() > WAITING {
                sim.drained_to(WAITING).await?;
            }
        }
    }
    sim.drained_to(0).await?;
    let ended = tokio::task::spawn_blocking(|| reader.finish()).await??;
    sim.shutdown().await;
    Ok(MESSAGES as f64 / (ended - begun).as_secs_f64())
}

fn talkers(sim: &Simulator, guilds: usize) -> anyhow::Result<Vec<(SimMember, ChannelId)>> {
    (0..guilds)
        .map(|number| {
            let guild = sim.add_guild(&format!("Guild {number}"));
            Ok((guild.add_member("talker")?, guild.channel("general")?))
        })
        .collect()
}

/// The same number of frames of the same size, rendered before, from a bare WebSocket on one core.
async fn bare_feed() -> anyhow::Result<f64> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let reader = Reader::start(address, "", "MESSAGE_CREATE", MESSAGES);
    let (stream, _) = listener.accept().await?;
    stream.set_nodelay(true)?;
    let config = WebSocketConfig::default().write_buffer_size(128 * 1024);
    let accepted = tokio_tungstenite::accept_async_with_config(stream, Some(config));
    let mut socket = accepted.await?;
    let frame = format!(
        r#"{{"op":0,"s":1,"t":"MESSAGE_CREATE","d":"{}"}}"#,
        "x".repeat(830)
    );
    let frame = Message::text(frame);
    let begun = Instant::now();
    for _ in 0..MESSAGES {
        socket.feed(frame.clone()).await?;
    }
    socket.flush().await?;
    let ended = tokio::task::spawn_blocking(|| reader.finish()).await??;
    Ok(MESSAGES as f64 / (ended - begun).as_secs_f64())
}

/// Bytes of this process that lie in memory.
fn resident_bytes() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next());
    let kibibytes: f64 = kibibytes.context("VmRSS")?.parse()?;
    Ok(kibibytes * 1024.0)
}

/// Bytes per member who does nothing, over 200,000 of them in 100 guilds.
async fn idle_members() -> anyhow::Result<f64> {
    const GUILDS: usize = 100;
    const MEMBERS: usize = 2_000;
    let sim = Simulator::start(SimulatorOptions::default()).await?;
    let guilds: Vec<_> = (0..GUILDS)
        .map(|number| sim.add_guild(&format!("Guild {number}")))
        .collect();
    let before = resident_bytes()?;
    for (number, guild) in guilds.iter().enumerate() {
        for member in 0..MEMBERS {
            guild.add_member(&format!("member-{number}-{member}"))?;
        }
    }
    let bytes = resident_bytes()? - before;
    sim.shutdown().await;
    Ok(bytes / (GUILDS * MEMBERS) as f64)
}

/// How long 1,000 guilds of 100 members take from the first until a client has all of them: in all, and their making.
async fn start() -> anyhow::Result<(Duration, Duration)> {
    const GUILDS: usize = 1_000;
    let begun = Instant::now();
    let sim = Simulator::start(SimulatorOptions::default()).await?;
    for number in 0..GUILDS {
        let guild = sim.add_guild(&format!("Guild {number}"));
        for member in 0..99 {
            guild.add_member(&format!("member-{number}-{member}"))?;
        }
    }
    let made = begun.elapsed();
    let reader = Reader::start(sim.address(), sim.token(), "GUILD_CREATE", GUILDS);
    let ended = tokio::task::spawn_blocking(|| reader.finish()).await??;
    sim.shutdown().await;
    Ok((ended - begun, made))
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn main() -> anyhow::Result<()> {
    let command = "cargo bench --bench simulator_feed";
    let bytes = one_core(idle_members())?;
    let (mut whole, mut made) = (Vec::new(), Vec::new());
    let (mut fed, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (all, making) = one_core(start())?;
        whole.push(all.as_secs_f64());
        made.push(making.as_secs_f64());
        fed.push(one_core(feed())?);
        bare.push(one_core(bare_feed())?);
    }
    ensure!(!fed.is_empty(), "there are rounds");
    let line = |what: &str, figure, reference, against: &str, target| Line {
        what: what.to_owned(),
        figure,
        reference,
        against: against.to_owned(),
        target,
    };
    let against = "frames of this size from a bare socket";
    table::print(
        command,
        "messages/s",
        &[line(
            "simulator, one core → a client that only reads",
            median(fed),
            median(bare),
            against,
            "≥ 100,000",
        )],
    );
    let against = "the permitted kibibyte";
    table::print(
        command,
        "bytes",
        &[line("an idle member", bytes, 1024.0, against, "≤ 1,024")],
    );
    table::print(
        command,
        "seconds",
        &[line(
            "1,000 guilds × 100 members until a client has them",
            median(whole),
            median(made),
            "making them, nobody connected",
            "≤ 2",
        )],
    );
    Ok(())
}
