//! The card of a case in the log channel: made of what the case holds and of nothing else, so that a card that is made
//! anew years later says the same.

use std::time::Duration;

use super::replies::{TEXTS, action_in_words};
use super::text::code;
use crate::domain::ids::{CaseNumber, ChannelId, UserId};
use crate::domain::verdict::{CASE_NUMBER_MARK, Card, Punishment, Undone};
use crate::guild::language::Language;
use crate::store::tables::cases::Case;

/// What a card tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::features) struct CardFacts<'a> {
    /// The number; none while the case is not opened yet.
    pub(in crate::features) number: Option<CaseNumber>,
    /// Whom it is about.
    pub(in crate::features) member: UserId,
    /// The user name, where it is known.
    pub(in crate::features) name: Option<&'a str>,
    /// Where the judged message stood.
    pub(in crate::features) channel: Option<ChannelId>,
    /// What was done: the word of the case.
    pub(in crate::features) action: &'a str,
    /// How long it lasts.
    pub(in crate::features) length: Option<Duration>,
    /// Who did it; 0 is AIMod itself.
    pub(in crate::features) moderator: UserId,
    /// Why.
    pub(in crate::features) reason: Option<&'a str>,
    /// Why it was not carried out, where it was not.
    pub(in crate::features) failure: Option<&'a str>,
}

impl<'a> CardFacts<'a> {
    /// Of a punishment that is about to become a case.
    pub(in crate::features) fn new(
        member: UserId,
        name: &'a str,
        punishment: Punishment,
    ) -> CardFacts<'a> {
        Self {
            number: None,
            member,
            name: Some(name).filter(|name| !name.is_empty()),
            channel: None,
            action: punishment.label(),
            length: punishment.duration(),
            moderator: UserId(0),
            reason: None,
            failure: None,
        }
    }

    /// Of a case; the member's name stands elsewhere.
    pub(super) fn of(case: &'a Case, name: Option<&'a str>) -> Self {
        Self {
            number: Some(CaseNumber(case.case_number)),
            member: UserId::from_i64(case.target_user_id),
            name: name.filter(|name| !name.is_empty()),
            channel: case.judged_channel_id.map(ChannelId::from_i64),
            action: &case.action_type,
            length: length(case),
            moderator: UserId::from_i64(case.moderator_id),
            reason: case.reason.as_deref(),
            failure: (case.outcome == "FAILED")
                .then(|| case.outcome_detail.as_deref().unwrap_or_default()),
        }
    }
}

/// How long a case's punishment lasts, where it ends by itself.
pub(super) fn length(case: &Case) -> Option<Duration> {
    let seconds = case.duration_seconds?;
    u64::try_from(seconds).ok().map(Duration::from_secs)
}

/// The card, to be posted or put in the place of an earlier one.
pub(in crate::features) fn card(
    language: Language,
    channel: ChannelId,
    facts: &CardFacts<'_>,
) -> Card {
    let speech = TEXTS.speech(language);
    let number = match facts.number {
        Some(number) => number.to_string(),
        None => CASE_NUMBER_MARK.to_owned(),
    };
    let action = action_in_words(speech, facts.action, facts.length);
    let title = [("number", number.into()), ("action", action.into())];
    let member = match facts.name {
        _ if facts.member == UserId(0) => speech.say("cases-forgotten"),
        Some(name) => format!("<@{}> {}", facts.member, code(name)),
        None => format!("<@{}> {}", facts.member, code(&facts.member.to_string())),
    };
    let by = match facts.moderator {
        UserId(0) => "AIMod".to_owned(),
        moderator => format!("<@{moderator}>"),
    };
    let reason = facts.reason.filter(|reason| !reason.is_empty());
    let reason = reason.map_or_else(|| speech.say("cases-no-reason"), str::to_owned);
    let where_it_stood = facts.channel.map(|channel| {
        let label = speech.say("cases-card-channel");
        (label, format!("<#{channel}>"))
    });
    let mut fields = vec![(speech.say("cases-card-member"), member)];
    fields.extend(where_it_stood);
    fields.push((speech.say("cases-card-by"), by));
    fields.push((speech.say("cases-card-reason"), reason));
    let card = Card {
        channel,
        title: speech.with("cases-card-title", &title),
        fields,
        buttons: Vec::new(),
        undone: Some(Undone {
            title: None,
            field: speech.say("cases-card-undone"),
        }),
    };
    match facts.failure {
        Some(why) => card.undone(why),
        None => card,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::verdict::with_case_number;

    const LOG: ChannelId = ChannelId(9);

    fn read(card: &Card) -> String {
        let fields = card.fields.iter();
        let lines = fields.map(|(name, value)| format!("{name}: {value}"));
        let lines: Vec<String> = std::iter::once(card.title.clone()).chain(lines).collect();
        lines.join("\n")
    }

    fn timeout() -> CardFacts<'static> {
        let duration = Duration::from_secs(7_200);
        CardFacts {
            channel: Some(ChannelId(7)),
            reason: Some("spam"),
            ..CardFacts::new(UserId(5), "mallory`", Punishment::Timeout { duration })
        }
    }

    #[test]
    fn a_card_tells_who_what_where_and_why() {
        let made = card(Language::En, LOG, &timeout());
        assert_eq!(made.channel, LOG);
        insta::assert_snapshot!(with_case_number(&read(&made), CaseNumber(12)), @r"
        Case #12 · timeout for 2h
        Member: <@5> `malloryˋ`
        Channel: <#7>
        By: AIMod
        Reason: spam
        ");
        let by_hand = CardFacts {
            moderator: UserId(8),
            ..CardFacts::new(UserId(5), "", Punishment::Kick)
        };
        let made = card(Language::De, LOG, &by_hand);
        insta::assert_snapshot!(with_case_number(&read(&made), CaseNumber(13)), @r"
        Fall #13 · Kick
        Mitglied: <@5> `5`
        Von: <@8>
        Grund: keiner angegeben
        ");
    }

    #[test]
    fn a_case_gives_the_card_that_was_posted_for_it() {
        let facts = timeout();
        let case = Case {
            id: 1,
            case_number: 12,
            moderator_id: 0,
            target_user_id: 5,
            action_type: "TIMEOUT".into(),
            reason: Some("spam".into()),
            duration_seconds: Some(7_200),
            outcome: "DONE".into(),
            outcome_detail: None,
            channel_id: Some(9),
            message_id: Some(10),
            created_at: chrono::DateTime::UNIX_EPOCH,
            note: Some("the staff's own".into()),
            audit_entry_id: None,
            lifted_at: None,
            judged_channel_id: Some(7),
        };
        for language in Language::COMPLETE {
            let posted = card(language, LOG, &facts);
            let anew = card(language, LOG, &CardFacts::of(&case, Some("mallory`")));
            assert_eq!(
                with_case_number(&read(&posted), CaseNumber(12)),
                read(&anew)
            );
            let failed = Case {
                outcome: "FAILED".into(),
                outcome_detail: Some("Discord forbids it".into()),
                ..case.clone()
            };
            let posted = posted.undone("Discord forbids it");
            let anew = card(language, LOG, &CardFacts::of(&failed, Some("mallory`")));
            assert_ne!(
                read(&anew),
                read(&card(
                    language,
                    LOG,
                    &CardFacts::of(&case, Some("mallory`"))
                ))
            );
            assert_eq!(
                with_case_number(&read(&posted), CaseNumber(12)),
                read(&anew)
            );
        }
    }
}
