//! What the vault seals, it opens; what it did not seal, it refuses.

use proptest::prelude::*;

use super::*;

fn vault(keys: &[&SecretString]) -> Vault {
    let list: Vec<&str> = keys.iter().map(|key| key.expose_secret()).collect();
    Vault::from_keys(&list.join(", ").into()).expect("right keys")
}

#[test]
fn a_sealed_secret_opens_again_and_looks_different_each_time() {
    let vault = vault(&[&Vault::generate_key()]);
    let (first, second) = (vault.seal("sk-ant-123"), vault.seal("sk-ant-123"));
    assert_ne!(first, second);
    assert!(!first.as_str().contains("sk-ant"));
    let opened = vault.open(&first).expect("its own token");
    assert_eq!(opened.expose_secret(), "sk-ant-123");
}

#[test]
fn an_older_key_opens_but_does_not_seal() {
    let (old, new) = (Vault::generate_key(), Vault::generate_key());
    let token = vault(&[&old]).seal("secret");
    let rotated = vault(&[&new, &old]);
    assert_eq!(
        rotated
            .open(&token)
            .expect("the old key is there")
            .expose_secret(),
        "secret"
    );
    assert!(!rotated.is_current(&token));
    assert_eq!(rotated.find_key(&token), Some(2));
    assert_eq!(rotated.count_keys(), 2);
    let resealed = rotated.seal("secret");
    assert!(rotated.is_current(&resealed));
    assert_eq!(rotated.find_key(&resealed), Some(1));
    assert_eq!(vault(&[&old]).find_key(&resealed), None);
    assert_eq!(
        vault(&[&old]).open(&resealed).err(),
        Some(VaultError::NoKeyOpens)
    );
}

#[test]
fn a_wrong_key_is_named_by_its_place_and_never_shown() {
    let good = Vault::generate_key();
    let keys = SecretString::from(format!("{},hunter2", good.expose_secret()));
    let error = Vault::from_keys(&keys).expect_err("the second is wrong");
    assert_eq!(error, VaultError::WrongKey(2));
    assert!(!error.to_string().contains("hunter2"));
    assert_eq!(
        Vault::from_keys(&"".into()).err(),
        Some(VaultError::WrongKey(1))
    );
}

#[test]
fn a_token_of_the_fernet_specification_opens() {
    // The specification's own example (github.com/fernet/spec, verify.json).
    let vault = Vault::from_keys(&"cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=".into())
        .expect("the key of the example");
    let token = Token::from_stored(
        "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=="
            .to_owned(),
    );
    assert_eq!(
        vault.open(&token).expect("the example").expose_secret(),
        "hello"
    );
}

#[test]
fn nothing_that_is_printed_shows_a_key_or_a_secret() {
    let key = Vault::generate_key();
    let vault = vault(&[&key]);
    assert_eq!(format!("{vault:?}"), "Vault");
    let opened = vault.open(&vault.seal("hunter2")).expect("its own token");
    assert!(!format!("{opened:?}").contains("hunter2"));
}

proptest! {
    #[test]
    fn every_text_comes_back(text in ".*") {
        let vault = vault(&[&Vault::generate_key()]);
        let opened = vault.open(&vault.seal(&text)).expect("its own token");
        prop_assert_eq!(opened.expose_secret(), text.as_str());
    }

    #[test]
    fn no_text_that_was_not_sealed_opens(text in "\\PC{0,200}") {
        let vault = vault(&[&Vault::generate_key()]);
        prop_assert_eq!(vault.open(&Token::from_stored(text)).err(), Some(VaultError::NoKeyOpens));
    }
}
