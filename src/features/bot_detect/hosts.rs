//! Finds the host names in a text: in links, bare, defanged (`hxxp`, `[.]`), behind user names, in punycode.

use super::fold::{Letter, Look, is_word, letters};

/// More labels than any real name has; longer ones are looked at from their end.
const MAX_LABELS: usize = 12;

/// One host name as folded letters.
#[derive(Clone, PartialEq, Eq)]
pub struct Host {
    /// Folded: lower case, look-alikes replaced, punycode decoded.
    pub name: String,
    /// The name as a browser would ask for it, where that is not [`Host::name`].
    pub written: Option<String>,
    /// Where each label begins in `name`, and whether it was altered by folding.
    labels: Vec<(usize, bool)>,
    /// The host name that stands before an `@` in the link and is not its host.
    pub user: Option<String>,
    /// Its bytes in the text.
    pub start: usize,
    /// The byte after its last one.
    pub end: usize,
}

impl Host {
    /// The name and its parents down to two labels, longest first, each with whether folding altered it.
    pub fn suffixes(&self) -> impl Iterator<Item = (&str, bool)> {
        let last = self.labels.len().saturating_sub(1);
        self.labels[..last]
            .iter()
            .enumerate()
            .map(|(at, (from, _))| {
                let altered = self.labels[at..].iter().any(|(_, altered)| *altered);
                (&self.name[*from..], altered)
            })
    }
}

/// Finds every host name in a text whose letters are folded already, in order. Linear in the text.
#[must_use]
pub fn list_hosts(text: &str, letters: &[Letter]) -> Vec<Host> {
    if !may_hold_a_host(letters) {
        return Vec::new();
    }
    let letters = plain_dots(letters);
    let mut hosts = Vec::new();
    let mut from = 0;
    while from < letters.len() {
        let length = letters[from..]
            .iter()
            .position(|letter| ends_authority(letter.ch));
        let to = length.map_or(letters.len(), |length| from + length);
        read_authority(text, &letters, (from, to), &mut hosts);
        from = to + 1;
    }
    hosts
}

/// Whether there is any dot, written out or not; most messages have none.
fn may_hold_a_host(letters: &[Letter]) -> bool {
    letters.iter().any(|letter| is_dot(letter.ch)) || letters.windows(3).any(is_dot_word)
}

/// Replaces `[.]`, `(dot)`, ` dot ` and ideographic stops by dots.
fn plain_dots(letters: &[Letter]) -> Vec<Letter> {
    let mut plain: Vec<Letter> = Vec::with_capacity(letters.len());
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        let length = dot_length(&letters[at..]);
        if length > 1 {
            while plain.last().is_some_and(|last| last.ch == ' ') {
                plain.pop();
            }
        }
        let ch = if length > 0 { '.' } else { letter.ch };
        plain.push(Letter { ch, ..*letter });
        at += length.max(1);
    }
    plain
}

/// How many letters the dot at the beginning takes; 0 if there is none.
fn dot_length(letters: &[Letter]) -> usize {
    let Some(first) = letters.first() else {
        return 0;
    };
    match first.ch {
        c if is_dot(c) => 1,
        '[' | '(' | '{' | ' ' => written_dot_length(letters),
        _ => 0,
    }
}

/// `[.]`, `( dot )`, ` dot `, each with at most one blank inside and one behind.
fn written_dot_length(letters: &[Letter]) -> usize {
    let is = |at: usize, wanted: &[char]| {
        letters
            .get(at)
            .is_some_and(|letter| wanted.contains(&letter.ch))
    };
    let bracket = letters[0].ch != ' ';
    let mut at = 1;
    at += usize::from(bracket && is(at, &[' ']));
    at += match letters.get(at..).unwrap_or_default() {
        [first, ..] if bracket && is_dot(first.ch) => 1,
        rest if is_dot_word(rest) => 3,
        _ => return 0,
    };
    at += usize::from(bracket && is(at, &[' ']));
    match bracket {
        true if is(at, &[']', ')', '}']) => at + 1 + usize::from(is(at + 1, &[' '])),
        false if is(at, &[' ']) => at + 1,
        _ => 0,
    }
}

fn is_dot_word(letters: &[Letter]) -> bool {
    matches!(letters, [d, o, t, ..] if d.ch == 'd' && o.ch == 'o' && t.ch == 't')
}

const fn is_dot(c: char) -> bool {
    matches!(c, '.' | '。')
}

/// Characters that end the part of a link between `//` and the path. A browser reads `\` as `/`.
const fn ends_authority(c: char) -> bool {
    matches!(
        c,
        ' ' | '/'
            | '\\'
            | '?'
            | '#'
            | '<'
            | '>'
            | '"'
            | '\''
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '|'
            | ','
            | ';'
            | '*'
            | '~'
            | '`'
            | '='
            | '&'
    )
}

fn is_host_letter(c: char) -> bool {
    matches!(c, '.' | '-' | '_') || is_word(c)
}

/// Reads `user:password@host:port`. What stands before the last `@` is never the host.
fn read_authority(
    text: &str,
    letters: &[Letter],
    (from, to): (usize, usize),
    hosts: &mut Vec<Host>,
) {
    let part = &letters[from..to];
    let at_sign = part.iter().rposition(|letter| letter.ch == '@');
    let first = hosts.len();
    read_runs(text, &part[at_sign.map_or(0, |at| at + 1)..], hosts);
    let in_link = from >= 2
        && letters[from - 2..from]
            .iter()
            .all(|letter| letter.ch == '/');
    if let (Some(at), true, Some(host)) = (at_sign, in_link, hosts.get_mut(first)) {
        let mut users = Vec::new();
        read_runs(text, &part[..at], &mut users);
        host.user = users.into_iter().next().map(|user| user.name);
    }
}

/// Reads each run of host letters; two dots in a row end a name.
fn read_runs(text: &str, part: &[Letter], hosts: &mut Vec<Host>) {
    for run in part.split(|letter| !is_host_letter(letter.ch)) {
        let mut from = 0;
        for at in 0..=run.len() {
            let two_dots =
                at > 0 && run.get(at).is_some_and(|c| c.ch == '.') && run[at - 1].ch == '.';
            if at == run.len() || two_dots {
                hosts.extend(read_host(text, &run[from..at]));
                from = at;
            }
        }
    }
}

fn read_host(text: &str, run: &[Letter]) -> Option<Host> {
    let run = trim(run);
    let labels: Vec<&[Letter]> = run.split(|letter| letter.ch == '.').collect();
    let is_label = |label: &&[Letter]| (1..=63).contains(&label.len());
    let good = labels
        .iter()
        .rev()
        .take(MAX_LABELS)
        .take_while(|label| is_label(label));
    let labels = &labels[labels.len() - good.count()..];
    if labels.len() < 2 {
        return None;
    }
    let (start, end) = (labels[0].first()?.start, run.last()?.end);
    let mut host = Host {
        name: String::with_capacity(run.len()),
        written: None,
        labels: Vec::with_capacity(labels.len()),
        user: None,
        start,
        end,
    };
    for label in labels {
        host.push_label(label);
    }
    if host.labels.iter().any(|(_, altered)| *altered) && host.name.ends_with(is_ascii_letter) {
        host.written = idna::domain_to_ascii(&text[start..end]).ok();
    }
    Some(host)
}

impl Host {
    fn push_label(&mut self, label: &[Letter]) {
        if !self.name.is_empty() {
            self.name.push('.');
        }
        let from = self.name.len();
        self.name.extend(label.iter().map(|letter| letter.ch));
        let mut altered = label.iter().any(|letter| letter.look == Look::Altered);
        if let Some(decoded) = decode(&self.name[from..]) {
            self.name.truncate(from);
            self.name.push_str(&decoded);
            altered = true;
        }
        self.labels.push((from, altered));
    }
}

/// Decodes and folds a punycode label.
fn decode(label: &str) -> Option<String> {
    let decoded = idna::punycode::decode_to_string(label.strip_prefix("xn--")?)?;
    let folded: String = letters(&decoded).iter().map(|letter| letter.ch).collect();
    let sound = !folded.is_empty() && folded.chars().all(|c| c != '.' && is_host_letter(c));
    sound.then_some(folded)
}

/// No listed name ends in another script; without this, every Japanese sentence would be encoded.
const fn is_ascii_letter(c: char) -> bool {
    c.is_ascii_alphabetic()
}

fn trim(run: &[Letter]) -> &[Letter] {
    let inside = |letter: &Letter| is_word(letter.ch);
    let Some(first) = run.iter().position(inside) else {
        return &[];
    };
    let last = run.iter().rposition(inside).unwrap_or(first);
    &run[first..=last]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hosts(text: &str) -> Vec<Host> {
        list_hosts(text, &letters(text))
    }

    fn names(text: &str) -> Vec<String> {
        hosts(text).into_iter().map(|host| host.name).collect()
    }

    #[test]
    fn a_host_is_found_however_the_link_is_written() {
        for text in [
            "evil.example",
            "EVIL.Example.",
            "https://evil.example/path?x=1#y",
            "hxxps://evil[.]example",
            "evil(.)example",
            "evil[dot]example",
            "evil (dot) example",
            "evil [ . ] example",
            "evil dot example",
            "<https://evil.example>",
            "[click me](https://evil.example/x)",
            "**evil.example**",
            "||evil.example||",
            "__evil.example__",
            "evil.example:8080",
            "https://user:word@evil.example:443/",
            "https://evil.example\\@other",
            "//evil.example",
            "mail me@evil.example",
            "e\u{200b}vil.exam\u{ad}ple",
            "ｅｖｉｌ．ｅｘａｍｐｌｅ",
            "evil。example",
            "еvіl.ехаmрlе",
            "wait...evil.example",
            "go:evil.example,now",
        ] {
            assert_eq!(names(text), ["evil.example"], "{text}");
        }
    }

    #[test]
    fn ordinary_text_holds_no_hosts() {
        for text in [
            "",
            "Hello. World",
            "polka dots",
            "3 dots",
            "...",
            "a. b. c.",
            ".",
            "@.",
            "(dot)",
        ] {
            assert_eq!(names(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn every_link_of_a_text_is_found() {
        assert_eq!(
            names("https://a.example/go?to=https://b.example/c.example and d.example"),
            ["a.example", "b.example", "c.example", "d.example"]
        );
    }

    #[test]
    fn a_user_name_is_not_the_host() {
        let found = hosts("https://discord.com@evil.example/gift");
        assert_eq!(found[0].name, "evil.example");
        assert_eq!(found[0].user.as_deref(), Some("discord.com"));
        let found = hosts("https://discord.com:x@y@evil.example");
        assert_eq!(found[0].name, "evil.example");
        assert_eq!(hosts("first.last@mail.example")[0].user, None);
    }

    #[test]
    fn punycode_is_read_as_its_letters() {
        let found = hosts("https://xn--dscord-pvf.com/");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].name, "discord.com");
        assert_eq!(found[0].written.as_deref(), Some("xn--dscord-pvf.com"));
        assert_eq!(names("xn--.com"), ["xn--.com"]);
    }

    #[test]
    fn suffixes_tell_which_part_was_altered() {
        let found = hosts("дом.evil.example");
        let suffixes: Vec<_> = found[0].suffixes().collect();
        assert_eq!(suffixes.len(), 2);
        assert!(suffixes[0].1);
        assert_eq!(suffixes[1], ("evil.example", false));
    }

    #[test]
    fn a_host_knows_where_it_stood() {
        let text = "see <https://evil[.]example>";
        let found = hosts(text);
        assert_eq!(&text[found[0].start..found[0].end], "evil[.]example");
    }

    #[test]
    fn endless_names_are_cut() {
        assert_eq!(names(&"a.".repeat(1_000)).len(), 1);
        assert_eq!(
            names(&format!("{}.b.example", "a".repeat(70))),
            ["b.example"]
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>()) {
            hosts(&text);
        }

        #[test]
        fn no_text_of_link_characters_panics(text in "[ab.@:/\\\\ ()\\[\\]dotxn\u{200b}а。-]{0,40}") {
            for host in hosts(&text) {
                prop_assert!(text.get(host.start..host.end).is_some());
                prop_assert!(host.suffixes().count() >= 1);
            }
        }
    }
}
