//! What the operator's command line says in the words of the commands: plain English, without Discord's marks.

use super::check::{Facts, Finding, check};
use super::replies;
use super::transfer::{Doubt, Unreadable};
use super::words::Words;
use crate::domain::ids::GuildId;
use crate::guild::config::registry::Registry;
use crate::guild::config::snapshot::Snapshot;
use crate::guild::language::Language;
use crate::guild::view::GuildView;

/// What is wrong with a configuration as far as that can be told without Discord, a sentence each.
pub(crate) fn findings(registry: &Registry, snapshot: &Snapshot) -> Vec<String> {
    let view = GuildView::unknown(GuildId::default());
    let facts = Facts {
        registry,
        snapshot,
        view: &view,
        allowed_in: &|_| None,
    };
    let words = Words::new(Language::En, registry);
    let found = check(&facts);
    let found = found
        .iter()
        .filter(|one| !matches!(one, Finding::UnknownGuild));
    found
        .map(|one| plain(&replies::finding(words, one)))
        .collect()
}

/// What is to be known before an import.
pub(crate) fn doubt(registry: &Registry, doubt: &Doubt) -> String {
    plain(&replies::doubt(Words::new(Language::En, registry), doubt))
}

/// Why a file is no export.
pub(crate) fn unreadable(registry: &Registry, wrong: Unreadable) -> String {
    let words = Words::new(Language::En, registry);
    plain(&replies::unreadable(words, wrong))
}

fn plain(marked: &str) -> String {
    let plain = marked.replace("**", "").replace('`', "");
    plain.trim_end_matches('.').replace("/config ", "config ")
}
