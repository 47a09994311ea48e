//! Backups of newer programs and newer servers are refused by name, and nothing is changed.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_newer_servers_and_programs_wrote_is_refused_with_the_reason() {
    let folder = folder();
    let file = |name: &str| folder.path().join(name);
    let (to, from) = tokio::join!(database(), database());
    sql(&to.url, "INSERT INTO global_bans VALUES (2, 'kept')").await;
    done(&["backup"], &file("whole"), &from.url).await;
    let before = fingerprint(&to.url).await;
    let bytes = std::fs::read(file("whole")).expect("readable");
    // PGDMP, and then the version of the file's form: major, minor.
    let mut newer = bytes.clone();
    newer[6] = 99;
    std::fs::write(file("programs"), &newer).expect("written");
    let said = refused(&["restore", "--force"], &file("programs"), &to.url).await;
    assert!(
        said.contains("was written by newer PostgreSQL programs"),
        "{said}"
    );
    assert!(said.contains("unsupported version (1.99)"), "{said}");
    let shown = "SELECT current_setting(name) AS text FROM unnest($1) name";
    let version = lines(&to.url, shown, &["server_version"]).await;
    let version = version[0].as_bytes();
    let place = bytes
        .windows(version.len())
        .position(|part| part == version);
    let place = place.expect("the file names the server's version");
    let mut newer = bytes;
    newer[place..place + 2].copy_from_slice(b"99");
    std::fs::write(file("server"), &newer).expect("written");
    let said = refused(&["restore", "--force"], &file("server"), &to.url).await;
    assert!(
        said.contains("the backup comes from PostgreSQL 99, but this server is PostgreSQL "),
        "{said}"
    );
    assert_eq!(fingerprint(&to.url).await, before);
}
