//! What a backup's statements begin with: settings of the session. Those that the server does not know are left out.
//!
//! Newer programs switch off what older servers have never heard of (`transaction_timeout`, since version 17), and one
//! refused statement would undo the whole restore.

use std::collections::BTreeSet;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// How lines begin that may stand before the first statement that makes something.
const BEGINNINGS: [&[u8]; 5] = [
    b"\n",
    b"--",
    b"\\",
    b"SET ",
    b"SELECT pg_catalog.set_config(",
];

/// Hands lines over until one makes something, that one included, and tells how many bytes were read.
pub(super) async fn hand_over(
    script: &mut (impl AsyncBufRead + Unpin),
    input: &mut (impl AsyncWrite + Unpin),
    known: &BTreeSet<String>,
) -> std::io::Result<u64> {
    let mut handed = 0;
    let mut line = Vec::new();
    loop {
        line.clear();
        handed += script.read_until(b'\n', &mut line).await? as u64;
        if setting(&line).is_none_or(|name| known.contains(name)) {
            input.write_all(&line).await?;
        }
        if !BEGINNINGS.iter().any(|begin| line.starts_with(begin)) {
            return Ok(handed);
        }
    }
}

/// `SET transaction_timeout = 0;` is about a setting.
fn setting(line: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(line).ok()?;
    let (name, _) = line.strip_prefix("SET ")?.split_once(" = ")?;
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes through, and what is left to be read.
    async fn passed(script: &str) -> (String, String) {
        let known = ["lock_timeout", "client_encoding"].map(str::to_owned);
        let (mut rest, mut input) = (script.as_bytes(), Vec::new());
        let handed = hand_over(&mut rest, &mut input, &known.into()).await;
        let handed = handed.expect("nothing is in the way");
        assert_eq!(handed as usize, script.len() - rest.len());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (text(&input), text(rest))
    }

    #[tokio::test]
    async fn settings_that_the_server_does_not_know_are_left_out() {
        let (input, rest) = passed(
            "--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\nSET lock_timeout = 0;\nSET transaction_timeout = 0;\n\
             SET client_encoding = 'UTF8';\nSELECT pg_catalog.set_config('search_path', '', false);\n\n--\n-- Name: a\n--\n\n\
             CREATE TABLE public.a (\n    b text\n);\nSET unheard_of = on;\nCOPY public.a (b) FROM stdin;\nSET unheard_of = on;\n\\.\n",
        )
        .await;
        assert_eq!(
            input,
            "--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\nSET lock_timeout = 0;\n\
             SET client_encoding = 'UTF8';\nSELECT pg_catalog.set_config('search_path', '', false);\n\n--\n-- Name: a\n--\n\n\
             CREATE TABLE public.a (\n"
        );
        assert_eq!(
            rest,
            "    b text\n);\nSET unheard_of = on;\nCOPY public.a (b) FROM stdin;\nSET unheard_of = on;\n\\.\n"
        );
    }

    #[tokio::test]
    async fn a_script_may_end_early() {
        for script in ["", "--\n", "SET lock_timeout = 0;"] {
            let (input, rest) = passed(script).await;
            assert_eq!((input.as_str(), rest.as_str()), (script, ""));
        }
    }
}
