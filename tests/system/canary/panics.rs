//! Panics, raised in a running bot and with every secret in hand, in a process of their own: what it prints is read.

use std::path::Path;

use aimod::settings::process_environment;

use super::*;
use crate::support::House;

/// Where the process that panics finds the keys and leaves what else is secret.
const FOLDER: &str = "AIMOD_CANARY_PANICS";

const NAME: &str = "canary::panics::a_panic_prints_no_secret";

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_prints_no_secret() {
    let mut variables = process_environment().into_iter();
    if let Some((_, folder)) = variables.find(|(name, _)| name == FOLDER) {
        Box::pin(panic_with_everything(Path::new(&folder))).await;
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let key = Vault::generate_key();
    std::fs::write(folder.path().join("key"), key.expose_secret()).expect("written");
    let child = Command::new(std::env::current_exe().expect("this program"))
        .args([NAME, "--exact", "--nocapture"])
        .env(FOLDER, folder.path())
        .env("RUST_BACKTRACE", "full")
        .output()
        .await
        .expect("it runs");
    let said = out(&child) + &err(&child);
    assert!(child.status.success(), "{said}");
    let token = std::fs::read_to_string(folder.path().join("token")).expect("left there");
    let canaries = Canaries(vec![
        ("the API key", API_KEY.to_owned()),
        ("the webhook's token", "canary-Webhook-Token_01".to_owned()),
        ("the database's password", PASSWORD.to_owned()),
        ("the Discord token", token),
        ("the key", key.expose_secret().to_owned()),
    ]);
    assert_eq!(said.matches(" panicked at ").count(), 2, "{said}");
    canaries.are_not_in("a panic", &said);
}

/// The bot gets every secret, an actor of it crashes, and a thread that holds everything prints it all and dies.
async fn panic_with_everything(folder: &Path) {
    tracing_subscriber::fmt()
        .with_env_filter("aimod=trace")
        .with_writer(std::io::stderr)
        .init();
    let key: SecretString = std::fs::read_to_string(folder.join("key"))
        .expect("the key")
        .into();
    let house = House::start_with(|settings| {
        let url = settings.database.url.take().expect("an address");
        let with_password = format!("aimod:{PASSWORD}@");
        let url = url.expose_secret().replacen("aimod@", &with_password, 1);
        settings.database.url = Some(url.into());
        settings.vault.encryption_keys = Some(key.clone());
    })
    .await;
    std::fs::write(folder.join("token"), house.sim.token()).expect("written");
    let admin = house.member("admin");
    let form = admin.runs_unchecked("/apikey set provider:openai");
    let form = form.expect("a command").answer().await.expect("a form");
    let sent = admin.fills(&form, &[API_KEY]).expect("a form");
    sent.answer().await.expect("an answer");
    house.app().guilds().crash(house.id());
    let info = house.admin("/apikey info").await;
    assert!(info.contains("openai"), "{info}");
    let vault = Vault::from_keys(&key).expect("a key");
    let opened = vault.open(&vault.seal(API_KEY)).expect("our own");
    let wrong = Vault::from_keys(&format!("{API_KEY},{WEBHOOK}").into()).expect_err("no keys");
    let unreachable = format!("postgres://aimod:{PASSWORD}@127.0.0.1:1/aimod");
    let limit = std::time::Duration::from_secs(5);
    let unreachable = aimod::store::connect(&unreachable.into(), limit).await;
    let unreachable = unreachable.err().expect("nobody listens");
    let row = SetApiKey {
        guild: house.id(),
        provider: "p".repeat(101),
        token: vault.seal(API_KEY),
        changed_by: UserId(7),
        source: Source::Cli,
        reason: None,
    };
    let refused = house.app().writer().keep_now(row.clone()).await;
    let refused = refused.expect_err("too long a provider");
    let settings = house.settings.clone();
    let thread = std::thread::spawn(move || {
        panic!(
            "{settings:#?} {vault:?} {opened:?} {wrong:?} {wrong} {row:?} {refused:?} {refused} \
             {unreachable:?} {unreachable}"
        )
    });
    assert!(thread.join().is_err());
    house.settled().await;
}
