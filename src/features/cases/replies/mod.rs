//! What a moderator reads about cases.

mod changed;
mod list;
mod view;

use std::sync::LazyLock;
use std::time::Duration;

pub(super) use self::changed::{
    CardFate, changed, form, note_both, note_missing, outdated, reason_missing, same, too_long,
};
pub(super) use self::list::{Place, list, no_such_action};
pub(super) use self::view::{Whole, view};
use crate::domain::duration;
use crate::guild::language::{Language, Speech, Texts};

/// The texts of the room.
pub(in crate::features) static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::new(
        "cases",
        &[
            (Language::En, include_str!("../texts/en.ftl")),
            (Language::De, include_str!("../texts/de.ftl")),
        ],
    )
});

/// A number that no case has.
pub(super) fn no_such_case(speech: Speech, number: i64) -> String {
    speech.with("cases-none", &[("number", number.to_string().into())])
}

/// What a case's action is called; an older program's word stays as it is.
pub(super) fn action_in_words(speech: Speech, action: &str, length: Option<Duration>) -> String {
    let word = match action {
        "DELETE" => speech.say("cases-act-delete"),
        "WARN" => speech.say("cases-act-warn"),
        "TIMEOUT" => speech.say("cases-act-timeout"),
        "KICK" => speech.say("cases-act-kick"),
        "BAN" => speech.say("cases-act-ban"),
        "END_TIMEOUT" => speech.say("cases-act-end-timeout"),
        "UNBAN" => speech.say("cases-act-unban"),
        other => other.to_owned(),
    };
    let Some(length) = length else {
        return word;
    };
    let length = ("length", duration::format(length).into());
    speech.with("cases-act-for", &[("action", word.into()), length])
}

/// The same for other rooms, in the language of their reader.
pub(in crate::features) fn action_word(language: Language, action: &str) -> String {
    action_in_words(TEXTS.speech(language), action, None)
}

/// Whom a case is about, where 0 is somebody who was forgotten.
pub(super) fn target(speech: Speech, id: i64) -> String {
    match id {
        0 => speech.say("cases-forgotten"),
        id => format!("<@{id}>"),
    }
}

/// A text of somebody's, in the language's own quotation marks.
fn quoted(speech: Speech, text: &str) -> String {
    speech.with("cases-quoted", &[("text", text.into())])
}

/// Who punished, where 0 is AIMod itself.
fn moderator(id: i64) -> String {
    match id {
        0 => "AIMod".to_owned(),
        id => format!("<@{id}>"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::verdict::Punishment;

    #[test]
    fn every_punishment_has_words_of_its_own() {
        let duration = Duration::from_secs(60);
        for language in Language::COMPLETE {
            let all = [
                Punishment::Delete,
                Punishment::Warn,
                Punishment::Timeout { duration },
                Punishment::Kick,
                Punishment::Ban {
                    delete_message_secs: 0,
                },
                Punishment::EndTimeout,
                Punishment::Unban,
            ];
            let speech = TEXTS.speech(language);
            let words = all.map(|one| action_in_words(speech, one.label(), one.duration()));
            for (one, word) in all.iter().zip(&words) {
                assert_ne!(one.label(), word, "{}", language.code());
            }
            let unlike: std::collections::BTreeSet<_> = words.iter().collect();
            assert_eq!(unlike.len(), all.len());
        }
        let speech = TEXTS.speech(Language::En);
        assert_eq!(action_in_words(speech, "SOFTBAN", None), "SOFTBAN");
        let hour = Some(Duration::from_secs(3_600));
        assert_eq!(action_in_words(speech, "BAN", hour), "ban for 1h");
    }
}
