//! A world goes into a file and comes back as it was.

use aimod::simulator::{Simulator, SimulatorOptions};
use reqwest::Method;
use serde_json::{Value, json};

use crate::Bench;

#[tokio::test]
async fn a_saved_world_is_gone_on_with() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let owner = bench.guild.owner().expect("an owner");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let kept = mallory.posts(general, "keep this").expect("posts");
    owner.bans(bench.sim.user("crook"), "scam").expect("banned");
    let path = format!("/applications/{}/commands", bench.sim.application_id());
    let command = json!([{"name": "echo", "description": "d"}]);
    bench.send(Method::PUT, &path, command).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("world.json");
    bench.sim.save(&file).await.expect("saved");
    let before = bench.sim.world_file();
    bench.sim.shutdown().await;

    let options = SimulatorOptions {
        world: Some(file),
        ..SimulatorOptions::default()
    };
    let sim = Simulator::start(options).await.expect("the saved world");
    let after: Value = serde_json::from_str(&sim.world_file()).expect("json");
    let before: Value = serde_json::from_str(&before).expect("json");
    for part in [
        "bot", "users", "guilds", "channels", "messages", "commands", "ids", "dice",
    ] {
        assert_eq!(after[part], before[part], "{part}");
    }
    let guild = sim.guild("Demo").expect("the guild");
    let mallory = guild.member("mallory").expect("a member");
    let next = mallory.posts(general, "go on").expect("posts");
    assert!(next > kept);
    mallory
        .runs("/echo")
        .expect("the command is still registered");
    sim.look(|world| {
        let crook = world.find_user("crook").expect("known");
        let ban = world.find_ban(guild.id(), crook).expect("banned");
        assert_eq!(ban.reason.as_deref(), Some("scam"));
    });
    sim.shutdown().await;
}

#[tokio::test]
async fn the_file_is_told_over_http() {
    let bench = Bench::start().await;
    let url = format!("{}/_sim/world.json", bench.sim.api_base());
    let response = bench.http.get(url).send().await.expect("an answer");
    assert_eq!(response.headers()["content-type"], "application/json");
    let text = response.text().await.expect("a body");
    let told: Value = serde_json::from_str(&text).expect("json");
    assert_eq!(told["guilds"][0]["name"], "Demo");
}

#[tokio::test]
async fn a_file_that_is_no_world_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("world.json");
    std::fs::write(&file, "{}").expect("written");
    let options = SimulatorOptions {
        world: Some(file.clone()),
        ..SimulatorOptions::default()
    };
    let error = Simulator::start(options).await.expect_err("no world");
    let told = error.to_string();
    assert!(told.contains(&file.display().to_string()), "{told}");
}
