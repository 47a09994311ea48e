//! How much memory an import takes: no more for a large file than for a small one.

use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::process::Stdio;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use tokio::process::Command;

use super::{INFRACTIONS, Scene};

/// A small file and a large one, records.
const RECORDS: [u64; 2] = [20_000, 400_000];
/// How much more the large one may take: members that were seen are remembered. Its size is far above this.
const MORE_MIB: f64 = 30.0;
/// What REFERENCE allows for a file of any size.
const MOST_MIB: f64 = 256.0;
/// How often the memory is looked at; the kernel keeps the peak.
const LOOK: Duration = Duration::from_millis(10);

/// Writes a file of so many records, one member after another; returns its size in MiB.
fn write_records(scene: &Scene, count: u64) -> f64 {
    scene.write(INFRACTIONS, "");
    let path = scene.path(INFRACTIONS);
    let mut file = BufWriter::new(std::fs::File::create(&path).expect("made"));
    let why =
        "posted the same advertisement in many channels although it was asked not to, ".repeat(4);
    let mut comma = "{";
    for member in 0..count / 20 {
        let mut records = String::new();
        for record in 0..20 {
            let between = if record == 0 { "" } else { "," };
            write!(
                records,
                r#"{between}{{"timestamp":"2024-05-01T12:{record:02}:00Z","rule_violated":"Rule 3","action_taken":"WARN","reasoning":"{why}{member}"}}"#
            )
            .expect("a string grows");
        }
        let guild = 900_000_000_000_000_000 + member % 50;
        let user = 100_000_000_000_000_000 + member;
        write!(file, "{comma}\"{guild}_{user}\":[{records}]").expect("written");
        comma = ",";
    }
    file.write_all(b"}").expect("written");
    file.flush().expect("written");
    let bytes = std::fs::metadata(&path).expect("there").len();
    f64::from(u32::try_from(bytes).expect("below 4 GiB")) / 1_048_576.0
}

fn high_water(status: &str) -> Option<f64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

/// The size of a file of so many records, and the most memory that its import had, in MiB.
async fn imported(count: u64) -> (f64, f64) {
    let scene = Scene::new().await;
    let size = write_records(&scene, count);
    let mut child = Command::new(env!("CARGO_BIN_EXE_aimod"))
        .arg("import")
        .arg(scene.folder.path())
        .env_clear()
        .env("DATABASE_URL", scene.database.url.expose_secret())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("it runs");
    let status = format!("/proc/{}/status", child.id().expect("it runs"));
    let mut looks = tokio::time::interval(LOOK);
    let mut peak: f64 = 0.0;
    let ended = loop {
        tokio::select! {
            ended = child.wait() => break ended.expect("it ends"),
            _ = looks.tick() => peak = peak.max(high_water(&status).unwrap_or_default()),
        }
    };
    assert!(ended.success(), "{ended}");
    let rows = scene.value("SELECT count(*) FROM user_infractions").await;
    assert_eq!(rows, count.to_string());
    println!("{size:.0} MiB of records with at most {peak:.0} MiB of memory");
    (size, peak)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_takes_no_more_memory_than_a_small_one() {
    let [few, many] = RECORDS;
    let (_, least) = imported(few).await;
    let (size, peak) = imported(many).await;
    assert!(least > 1.0 && peak <= MOST_MIB, "{least} and {peak} MiB");
    assert!(
        size > 4.0 * MORE_MIB,
        "whoever reads {size} MiB whole is noticed"
    );
    assert!(peak - least < MORE_MIB, "{peak} after {least} MiB");
}
