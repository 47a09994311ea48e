//! Backups of newer programs and newer servers: refused by name, and nothing is changed; or read by programs that can.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use aimod::store::server::{Clients, find_version};
use secrecy::{ExposeSecret as _, SecretString};

use super::{done, fingerprint, folder, lines, refused, sql};
use crate::program::{aimod, err};
use crate::support::{database, server_options};

/// Where the head of a backup names the version of the server, and where that of pg_dump.
async fn versions_in(bytes: &[u8], url: &SecretString) -> [usize; 2] {
    let shown = "SELECT current_setting(name) AS text FROM unnest($1) name";
    let version = lines(url, shown, &["server_version"]).await.remove(0);
    let mut places = bytes.windows(version.len()).enumerate();
    [(); 2].map(|()| {
        let place = places.find(|(_, part)| *part == version.as_bytes());
        place.expect("the head names both versions").0
    })
}

/// The same backup as if pg_dump 99 had written it, in a form of its own.
async fn of_the_future(bytes: &[u8], url: &SecretString) -> Vec<u8> {
    let [_, program] = versions_in(bytes, url).await;
    let mut newer = bytes.to_vec();
    // PGDMP, and then the version of the file's form: major, minor.
    newer[6] = 99;
    newer[program..program + 2].copy_from_slice(b"99");
    newer
}

/// Puts programs of version 99 into a folder. They are the real ones, but know their own form, of which `readable` is
/// what the real ones can read, and set what no server has heard of.
async fn install_future(folder: &Path, readable: &Path, url: &SecretString) {
    let options = server_options();
    let version = find_version(&options).await.expect("a server");
    let version = version.parse().expect("a number");
    let clients = Clients::find(&options, url, version).await;
    let clients = clients.expect("its own programs");
    let real = |name: &str| {
        let command = clients.command(name);
        command.as_std().get_program().display().to_string()
    };
    let readable = readable.display();
    let scripts = [
        ("pg_dump", "echo 'pg_dump (PostgreSQL) 99.0'".to_owned()),
        ("psql", format!("exec '{}' \"$@\"", real("psql"))),
        (
            "pg_restore",
            // The last argument is the file; it goes round to the front, and away.
            format!(
                "n=$#\nwhile [ $n -gt 1 ]; do set -- \"$@\" \"$1\"; shift; n=$((n - 1)); done\nshift\n\
                 echo 'SET unheard_of_limit = 0;'\nexec '{}' \"$@\" '{readable}'",
                real("pg_restore")
            ),
        ),
    ];
    std::fs::create_dir(folder).expect("made");
    for (name, script) in scripts {
        let program = folder.join(name);
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("written");
        std::fs::set_permissions(&program, Permissions::from_mode(0o755)).expect("executable");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_newer_servers_and_programs_wrote_is_refused_with_the_reason() {
    let folder = folder();
    let file = |name: &str| folder.path().join(name);
    let (to, from) = tokio::join!(database(), database());
    sql(&to.url, "INSERT INTO global_bans VALUES (2, 'kept')").await;
    done(&["backup"], &file("whole"), &from.url).await;
    let before = fingerprint(&to.url).await;
    let bytes = std::fs::read(file("whole")).expect("readable");
    let newer = of_the_future(&bytes, &to.url).await;
    std::fs::write(file("programs"), &newer).expect("written");
    let said = refused(&["restore", "--force"], &file("programs"), &to.url).await;
    assert!(
        said.contains("was written by newer PostgreSQL programs"),
        "{said}"
    );
    assert!(said.contains("unsupported version (1.99)"), "{said}");
    assert!(
        said.contains("install the client programs of PostgreSQL 99 or newer and try again"),
        "{said}"
    );
    let [server, _] = versions_in(&bytes, &to.url).await;
    let mut newer = bytes;
    newer[server..server + 2].copy_from_slice(b"99");
    std::fs::write(file("server"), &newer).expect("written");
    let said = refused(&["restore", "--force"], &file("server"), &to.url).await;
    assert!(
        said.contains("the backup comes from PostgreSQL 99, but this server is PostgreSQL "),
        "{said}"
    );
    assert_eq!(fingerprint(&to.url).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn newer_programs_read_what_they_wrote_where_they_are_here() {
    let folder = folder();
    let file = |name: &str| folder.path().join(name);
    let (to, from) = tokio::join!(database(), database());
    sql(&from.url, "INSERT INTO global_bans VALUES (1, 'kept')").await;
    done(&["backup"], &file("whole"), &from.url).await;
    let bytes = std::fs::read(file("whole")).expect("readable");
    let newer = of_the_future(&bytes, &to.url).await;
    std::fs::write(file("newer"), &newer).expect("written");
    let programs = file("programs of 99");
    install_future(&programs, &file("whole"), &to.url).await;
    let folders = [programs].into_iter().chain(server_options().search_path);
    let path = std::env::join_paths(folders).expect("folders without colons");
    let (path, newer) = (path.to_str().expect("Unicode"), file("newer"));
    let restored = aimod(
        &["restore", newer.to_str().expect("Unicode")],
        &[("DATABASE_URL", to.url.expose_secret()), ("PATH", path)],
    )
    .await;
    assert!(restored.status.success(), "{}", err(&restored));
    assert_eq!(fingerprint(&to.url).await, fingerprint(&from.url).await);
}
