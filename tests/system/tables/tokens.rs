//! Stored tokens: all are found in bounded batches, sealed anew without a trace in the history, given up with one.

use aimod::store::tables::tokens::{
    GiveUp, Holder, Reseal, Resealed, StoredToken, StoredTokens, count_tokens,
};
use aimod::vault::{Token, Vault};
use diesel_async::SimpleAsyncConnection as _;

use super::*;

const WEBHOOK: &str = "https://discord.com/api/webhooks/1/canary";

fn vaults() -> (Vault, Vault) {
    let (old, new) = (Vault::generate_key(), Vault::generate_key());
    use secrecy::ExposeSecret as _;
    let both = format!("{},{}", new.expose_secret(), old.expose_secret());
    let vault = |keys| Vault::from_keys(&keys).expect("keys");
    (vault(old), vault(both.into()))
}

impl Scene {
    /// Three guilds with a secret in each place, and rows that only look like secrets.
    async fn with_secrets(vault: &Vault) -> Self {
        let scene = scene().await;
        let token = || vault.seal("sk-1").as_str().to_owned();
        let hook = |guild: u64| {
            let (guild, first, second) = (guild, vault.seal(WEBHOOK), vault.seal(WEBHOOK));
            format!(
                "INSERT INTO guild_config (guild_id, key, value) \
                 VALUES ({guild}, 'WEBHOOK', jsonb_build_object('sealed', '{}')); \
                 UPDATE guild_config SET value = jsonb_build_object('sealed', '{}') \
                 WHERE guild_id = {guild} AND key = 'WEBHOOK'; ",
                first.as_str(),
                second.as_str()
            )
        };
        for guild in [10, 11, 12] {
            let keys = format!(
                "INSERT INTO guild_api_keys VALUES ({guild}, 'p', '{}', '{}'); ",
                token(),
                token()
            );
            scene.sql(&(keys + &hook(guild))).await;
        }
        scene
            .sql(
                "INSERT INTO guild_config (guild_id, key, value) VALUES \
                 (10, 'A', '\"sealed\"'), (10, 'B', '[\"sealed\"]'), (10, 'C', '{\"sealed\": 1}'), \
                 (10, 'D', '{\"sealed\": \"x\", \"more\": 1}'), (10, 'E', '{\"sealed\": null}'); \
                 INSERT INTO guild_api_keys (guild_id) VALUES (13)",
            )
            .await;
        scene
    }

    async fn walk(&self, holders: &'static [Holder], batch: i64) -> Vec<StoredToken> {
        let mut tokens = StoredTokens::of(holders, batch);
        let mut all = Vec::new();
        loop {
            let more = tokens.next_batch(&mut *self.conn().await).await;
            let more = more.expect("read");
            assert!(more.len() <= usize::try_from(batch).expect("small"));
            if more.is_empty() {
                return all;
            }
            all.extend(more);
        }
    }

    /// Everything but the tokens themselves.
    async fn outline(&self) -> String {
        let outline = "SELECT (SELECT string_agg(s::text, ';' ORDER BY guild_id) FROM guild_settings s) || \
             (SELECT string_agg(guild_id || key || updated_at, ';' ORDER BY guild_id, key) FROM guild_config) || \
             (SELECT string_agg(guild_id || ' ' || version || key || changed_at, ';' \
                  ORDER BY guild_id, version, key) FROM guild_config_revisions) || \
             (SELECT string_agg(guild_id || updated_at::text, ';' ORDER BY guild_id) FROM guild_api_keys)";
        self.text(outline).await.expect("rows")
    }
}

fn reseal(found: StoredToken, vault: &Vault) -> Reseal {
    let secret = vault.open(&found.token).expect("it opens");
    use secrecy::ExposeSecret as _;
    let new = vault.seal(secret.expose_secret());
    Reseal { found, new }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_secret_is_found_once_whatever_the_batch() {
    let (old, _) = vaults();
    let scene = Scene::with_secrets(&old).await;
    let all = scene.walk(&Holder::ALL, 100).await;
    let of = |holder| all.iter().filter(|found| found.holder == holder).count();
    // The history has each hook twice as what came, and once as what went.
    assert_eq!(Holder::ALL.map(of), [3, 3, 3, 3, 6]);
    for batch in [1, 2, 5] {
        assert_eq!(scene.walk(&Holder::ALL, batch).await, all);
    }
    assert!(all.iter().all(|found| old.is_current(&found.token)));
    let mut conn = scene.conn().await;
    assert_eq!(count_tokens(&mut conn, &Holder::IN_USE).await, Ok(9));
    assert_eq!(count_tokens(&mut conn, &Holder::HISTORY).await, Ok(9));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_token_of_the_same_secret_is_no_change_of_configuration() {
    let (old, both) = vaults();
    let scene = Scene::with_secrets(&old).await;
    let before = scene.outline().await;
    let found = scene.walk(&Holder::ALL, 100).await;
    let rows = found.into_iter().map(|found| reseal(found, &both));
    let done = join_all(rows.map(|row| scene.writer.keep_now(row))).await;
    assert!(
        done.iter().all(|done| *done == Ok(Resealed::Done)),
        "{done:?}"
    );
    assert_eq!(scene.outline().await, before);
    let after = scene.walk(&Holder::ALL, 100).await;
    assert_eq!(after.len(), 18);
    assert!(after.iter().all(|found| both.is_current(&found.token)));
    assert!(
        after
            .iter()
            .all(|found| old.find_key(&found.token).is_none())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_meanwhile_wins_over_a_new_token() {
    let (old, both) = vaults();
    let scene = Scene::with_secrets(&old).await;
    let found = scene.walk(&Holder::IN_USE, 100).await;
    let statements = "UPDATE guild_api_keys SET encrypted_api_key = 'gAAAA-other' WHERE guild_id = 10; \
         DELETE FROM guild_api_keys WHERE guild_id = 11; \
         DELETE FROM guild_config WHERE guild_id = 12 AND key = 'WEBHOOK'";
    scene.sql(statements).await;
    for found in found {
        let (guild, holder) = (found.guild.0, found.holder);
        let changed = match holder {
            Holder::ApiKey => guild != 12,
            Holder::SignIn => guild == 11,
            _ => guild == 12,
        };
        let expected = if changed {
            Resealed::Changed
        } else {
            Resealed::Done
        };
        let done = scene.writer.keep_now(reseal(found, &both)).await;
        assert_eq!(done, Ok(expected), "{guild} {holder:?}");
    }
    let other = "SELECT encrypted_api_key FROM guild_api_keys WHERE guild_id = 10";
    assert_eq!(scene.text(other).await.as_deref(), Some("gAAAA-other"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mark_of_resealing_hides_no_real_change() {
    let (old, _) = vaults();
    let scene = Scene::with_secrets(&old).await;
    let versions = "SELECT config_version FROM guild_settings WHERE guild_id = 10";
    for (statement, made) in [
        (
            "UPDATE guild_api_keys SET encrypted_api_key = 'gAAAA-x' WHERE guild_id = 10",
            0,
        ),
        (
            "UPDATE guild_api_keys SET api_provider = 'q' WHERE guild_id = 10",
            1,
        ),
        (
            "UPDATE guild_api_keys SET encrypted_api_key = NULL WHERE guild_id = 10",
            1,
        ),
        (
            "UPDATE guild_config SET value = '{\"sealed\": \"y\"}' WHERE guild_id = 10 AND key = 'WEBHOOK'",
            0,
        ),
        (
            "UPDATE guild_config SET value = '\"y\"' WHERE guild_id = 10 AND key = 'WEBHOOK'",
            1,
        ),
        (
            "UPDATE guild_config SET value = '2' WHERE guild_id = 10 AND key = 'A'",
            1,
        ),
        ("DELETE FROM guild_api_keys WHERE guild_id = 10", 1),
    ] {
        let before = scene.number(versions).await;
        let marked = format!("BEGIN; SET LOCAL aimod.resealing = 'on'; {statement}; COMMIT");
        scene.sql(&marked).await;
        assert_eq!(scene.number(versions).await, before + made, "{statement}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_in_the_transaction_of_a_new_token_is_noted() {
    let (old, both) = vaults();
    let scene = Scene::with_secrets(&old).await;
    let found = scene.walk(&Holder::IN_USE, 100).await;
    let reseals = found
        .into_iter()
        .map(|found| scene.writer.keep_now(reseal(found, &both)));
    let keys = [10, 11, 12].map(|guild| {
        let row = super::api_keys::set(GuildId(guild), "q", both.seal("sk-2"));
        scene.writer.keep_now(row)
    });
    let before = scene
        .number("SELECT sum(config_version) FROM guild_settings")
        .await;
    let (_, set) = tokio::join!(join_all(reseals), join_all(keys));
    assert!(set.iter().all(Result::is_ok), "{set:?}");
    let after = scene
        .number("SELECT sum(config_version) FROM guild_settings")
        .await;
    assert_eq!(after, before + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_secret_is_given_up_as_a_change_that_tells_why() {
    let (old, _) = vaults();
    let scene = Scene::with_secrets(&old).await;
    let before = scene.told().await.len();
    let found = scene.walk(&Holder::IN_USE, 100).await;
    let of_guild = found.iter().filter(|found| found.guild == GUILD);
    for holder in [Holder::SignIn, Holder::ApiKey, Holder::Setting] {
        let found = of_guild.clone().find(|found| found.holder == holder);
        let found = found.expect("each guild has one").clone();
        let gone = scene
            .writer
            .keep_now(GiveUp {
                found: found.clone(),
            })
            .await;
        assert_eq!(gone, Ok(true), "{holder:?}");
        let again = scene.writer.keep_now(GiveUp { found }).await;
        assert_eq!(again, Ok(false), "{holder:?}");
    }
    let told = scene.told().await;
    assert_eq!(told.len(), before + 3);
    let last = told.last().expect("a line");
    assert!(last.contains(" WEBHOOK {\"sealed\":"), "{last}");
    assert!(
        last.ends_with(" - 0 CLI no key opens the stored secret"),
        "{last}"
    );
    assert_eq!(scene.key_info(GUILD).await, None);
    let history = scene.walk(&Holder::HISTORY, 100).await.remove(0);
    let kept = scene.writer.keep_now(GiveUp { found: history }).await;
    assert_eq!(kept, Ok(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_that_met_an_error_goes_on_where_it_was() {
    let (old, both) = vaults();
    let scene = Scene::with_secrets(&old).await;
    let whole = scene.walk(&Holder::ALL, 100).await;
    let mut tokens = StoredTokens::of(&Holder::ALL, 2);
    let mut conn = scene.conn().await;
    let first = tokens.next_batch(&mut conn).await.expect("read");
    conn.batch_execute("BEGIN; SELECT 1/0")
        .await
        .expect_err("a broken transaction");
    tokens.next_batch(&mut conn).await.expect_err("broken");
    conn.batch_execute("ROLLBACK").await.expect("mended");
    let second = tokens.next_batch(&mut conn).await.expect("read");
    assert_eq!([first.clone(), second].concat(), whole[..3]);
    drop(conn);
    let missing = StoredToken {
        guild: GuildId(99),
        token: Token::from_stored("gAAAA-none".to_owned()),
        ..first[0].clone()
    };
    let new = both.seal("x");
    let done = scene
        .writer
        .keep_now(Reseal {
            found: missing,
            new,
        })
        .await;
    assert_eq!(done, Ok(Resealed::Changed));
}
