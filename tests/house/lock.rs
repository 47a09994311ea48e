//! The lock file: no OpenSSL and no libpq has come in through a dependency.

use std::fs;

use crate::source::root;
use crate::{Violations, assert_clean};

const BANNED: &[&str] = &["openssl", "native-tls", "pq-sys", "pq-src", "libpq"];

fn banned(lock: &str) -> Violations {
    lock.lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .filter(|name| BANNED.iter().any(|banned| is_of(name, banned)))
        .map(|name| format!("Cargo.lock: {name}"))
        .collect()
}

/// `openssl`, `openssl-sys`, but not `openssl2`; rustls' `openssl-probe` only looks for certificate files.
fn is_of(name: &str, banned: &str) -> bool {
    let rest = name.strip_prefix(banned);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-')) && name != "openssl-probe"
}

#[test]
fn no_openssl_and_no_libpq_is_locked() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("the lock file is there");
    assert_clean(&banned(&lock));
}

#[test]
fn banned_packages_are_found() {
    let lock = [
        "openssl-sys",
        "openssl",
        "openssl-probe",
        "native-tls",
        "pq-sys",
        "tokio",
    ]
    .map(|name| format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n"))
    .concat();
    assert_eq!(
        banned(&lock),
        [
            "Cargo.lock: openssl-sys",
            "Cargo.lock: openssl",
            "Cargo.lock: native-tls",
            "Cargo.lock: pq-sys"
        ]
    );
}
