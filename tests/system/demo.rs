//! The demo as a program: scripts played on the real bot, their outcome in the exit code.

use std::io::Write as _;
use std::path::Path;
use std::process::Output;

use tokio::process::Command;

use crate::support::server_options;

async fn play(script: &Path) -> Output {
    let path = std::env::join_paths(server_options().search_path).expect("folders without colons");
    Command::new(env!("CARGO_BIN_EXE_aimod"))
        .args(["demo", "--script"])
        .arg(script)
        .env_clear()
        .env("PATH", path)
        .output()
        .await
        .expect("the program runs")
}

fn script(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(text.as_bytes()).expect("written");
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_of_a_day_ends_well() {
    let story = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/demo/story.txt");
    let output = play(&story).await;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{wrong}\n{told}");
    assert_eq!(wrong, "", "nothing is worth a warning");
    let end = "The database held 15 cases, 15 infractions";
    assert!(told.contains(end), "{told}");
    assert!(told.ends_with("nothing was left undone.\n"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_as_expected_is_named_with_its_line() {
    let file =
        script("# nobody is banned here\n@alice hello\n/botdetect status\nexpect not is off\n");
    let output = play(file.path()).await;
    assert_eq!(output.status.code(), Some(1));
    let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
    let place = format!("{}:4: expect not is off", file.path().display());
    for part in [
        place.as_str(),
        "“is off” was not to be seen",
        "Bot detection is off",
    ] {
        assert!(wrong.contains(part), "{part:?} is not in {wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_are_piped_in_are_played() {
    let path = std::env::join_paths(server_options().search_path).expect("folders without colons");
    for args in [&["demo"][..], &["demo", "--script", "-"][..]] {
        let lines = script(
            "/config set key:LANGUAGE_CODE value:de\n/botdetect action action:kick duration:2h\n\
            /botdetect status\nexpect Die Bot-Erkennung ist aus\n",
        );
        let output = Command::new(env!("CARGO_BIN_EXE_aimod"))
            .args(args)
            .env_clear()
            .env("PATH", &path)
            .stdin(lines.reopen().expect("a file"))
            .output()
            .await
            .expect("the program runs");
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{wrong}\n{told}");
        assert!(told.contains("✓ expect Die Bot-Erkennung"), "{told}");
        assert!(told.ends_with("nothing was left undone.\n"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_cannot_be_played_is_refused_before_anything_starts() {
    let missing = play(Path::new("/nowhere/story.txt")).await;
    assert_eq!(missing.status.code(), Some(1));
    let wrong = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(
        wrong.contains("/nowhere/story.txt cannot be read"),
        "{wrong}"
    );
    let back = script("0:05 @alice late\n0:01 @alice early\n");
    let output = play(back.path()).await;
    assert_eq!(output.status.code(), Some(1));
    let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(wrong.contains("line 2: the time goes back"), "{wrong}");
}
