//! Compressed frames, as clients ask for them.

use aimod::simulator::SimulatorOptions;
use flate2::read::ZlibDecoder;
use flate2::{Decompress, FlushDecompress};
use poise::serenity_prelude::GatewayIntents;
use serde_json::{Value, json};
use std::io::Read;
use tokio_tungstenite::tungstenite::Message;

use crate::Bench;
use crate::socket::Socket;

fn identify(bench: &Bench, compress: bool) -> Value {
    json!({"op": 2, "d": {
        "token": bench.sim.token(), "intents": GatewayIntents::all().bits(), "compress": compress, "properties": {},
    }})
}

async fn members(bench: &Bench) {
    for number in 0..40 {
        let name = format!("member-{number}");
        bench.guild.add_member(&name).expect("a member");
    }
}

#[tokio::test]
async fn a_client_that_takes_packets_gets_large_frames_compressed() {
    let bench = Bench::start().await;
    members(&bench).await;
    let mut socket = Socket::open(&bench.sim).await;
    socket.send(&identify(&bench, true)).await;
    let (mut compressed, mut plain) = (Vec::new(), Vec::new());
    while compressed.last().is_none_or(|name| name != "GUILD_CREATE") {
        let mut text = String::new();
        match socket.message().await {
            Message::Binary(bytes) => {
                let mut decoder = ZlibDecoder::new(&bytes[..]);
                decoder.read_to_string(&mut text).expect("a whole stream");
                let frame: Value = serde_json::from_str(&text).expect("json");
                compressed.push(frame["t"].clone());
            }
            Message::Text(text) => plain.push(text.to_string()),
            other => panic!("{other:?}"),
        }
    }
    socket.send(&json!({"op": 1, "d": 2})).await;
    assert_eq!(socket.frame().await["op"], 11, "small frames stay text");
    assert!(plain.iter().all(|text| text.len() < 1024), "{plain:?}");
}

#[tokio::test]
async fn a_client_that_wants_none_gets_text() {
    let bench = Bench::start().await;
    members(&bench).await;
    let mut socket = Socket::open(&bench.sim).await;
    socket.send(&identify(&bench, false)).await;
    assert_eq!(socket.frame().await["t"], "READY");
    assert_eq!(socket.frame().await["t"], "GUILD_CREATE");
}

#[tokio::test]
async fn a_zstandard_stream_is_read_block_by_block() {
    let bench = Bench::start().await;
    members(&bench).await;
    let address = bench.sim.address();
    let url = format!("ws://{address}/?v=10&encoding=json&compress=zstd-stream");
    let mut socket = Socket::dial(&url).await;
    let mut header = 6;
    let mut next = async |socket: &mut Socket| -> Value {
        let Message::Binary(bytes) = socket.message().await else {
            panic!("everything is binary");
        };
        let (mut text, mut rest) = (Vec::new(), &bytes[std::mem::take(&mut header)..]);
        while let [a, b, c, more @ ..] = rest {
            let block = u32::from_le_bytes([*a, *b, *c, 0]);
            assert_eq!(block & 0b111, 0, "stored, and not the last");
            let (block, more) = more.split_at((block >> 3) as usize);
            text.extend(block);
            rest = more;
        }
        serde_json::from_slice(&text).expect("one frame")
    };
    assert_eq!(next(&mut socket).await["op"], 10);
    socket.send(&identify(&bench, true)).await;
    assert_eq!(next(&mut socket).await["t"], "READY");
    assert_eq!(next(&mut socket).await["t"], "GUILD_CREATE");
}

#[tokio::test]
async fn one_stream_carries_everything_from_hello_on() {
    let bench = Bench::start_with(SimulatorOptions::default()).await;
    members(&bench).await;
    let url = format!(
        "ws://{}/?v=10&encoding=json&compress=zlib-stream",
        bench.sim.address()
    );
    let mut socket = Socket::dial(&url).await;
    let mut inflater = Decompress::new(true);
    let mut next = async |socket: &mut Socket| -> Value {
        let Message::Binary(bytes) = socket.message().await else {
            panic!("everything is binary");
        };
        assert_eq!(bytes[bytes.len() - 4..], [0, 0, 0xff, 0xff]);
        let mut text = Vec::with_capacity(1 << 20);
        inflater
            .decompress_vec(&bytes, &mut text, FlushDecompress::Sync)
            .expect("the stream goes on");
        serde_json::from_slice(&text).expect("one frame")
    };
    assert_eq!(next(&mut socket).await["op"], 10);
    socket.send(&identify(&bench, true)).await;
    assert_eq!(next(&mut socket).await["t"], "READY");
    assert_eq!(next(&mut socket).await["t"], "GUILD_CREATE");
    let general = bench.guild.channel("general").expect("a channel");
    let owner = bench.guild.owner().expect("an owner");
    for number in 0..200 {
        owner.posts(general, &number.to_string()).expect("posts");
        let heard = next(&mut socket).await;
        assert_eq!(heard["d"]["content"], number.to_string());
    }
}
