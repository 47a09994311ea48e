//! The staff's side: taking an appeal under review, and deciding it.

use std::time::Duration;

use chrono::TimeDelta;

use super::desk::Desk;
use super::filing::{card_key, edit, name_of};
use super::records::list_later;
use super::replies::card;
use super::replies::member;
use super::replies::staff::{self as words, Done};
use super::rows::Appeal;
use super::standing::{Status, later};
use super::subject::{Sentence, Undo, Why, undo};
use super::table::{Ruled, Ruling};
use super::text::cleaned;
use crate::actions::plan::{new_errand, operation, plan, plan_errand};
use crate::actions::{Call, Errand, Performed};
use crate::commands::{CommandError, Refusal};
use crate::domain::permissions::Permissions;
use crate::domain::verdict::{Decision, Punishment, Standing};
use crate::guild::keys::MODERATION_LOG_CHANNEL_ID;
use crate::store::tables::operations::{NewErrand, NewOperation, PostedCard, find_card};

/// How long the outcome on Discord is waited for before the reviewer is told that it goes on.
const DONE_WITHIN: Duration = Duration::from_secs(10);

/// An appeal with all that its decision depends on.
struct File {
    appeal: Appeal,
    /// Its card, where it has one.
    card: Option<PostedCard>,
    /// What taking the punishment back asks of Discord.
    undo: Undo,
}

/// Reads an appeal of this server.
pub(super) async fn find(desk: &Desk<'_>, id: &str) -> Result<Appeal, CommandError> {
    Ok(open_file(desk, id).await?.appeal)
}

/// Reads an appeal that is still to be decided, and by others than its author.
pub(super) async fn find_open(desk: &Desk<'_>, id: &str) -> Result<Appeal, CommandError> {
    let appeal = find(desk, id).await?;
    refuse_own(desk, &appeal)?;
    if appeal.status.is_open() {
        return Ok(appeal);
    }
    Err(Refusal::new(words::already(desk.speech, &appeal)).into())
}

async fn open_file(desk: &Desk<'_>, id: &str) -> Result<File, CommandError> {
    let none = || Refusal::new(words::none(desk.speech, &shown(id)));
    let no_number = |_| Refusal::new(words::no_number(desk.speech, id));
    let number: i64 = id.trim_start_matches('#').parse().map_err(no_number)?;
    let mut conn = desk.services.reader().await?;
    let found = Appeal::find(&mut conn, desk.guild, number).await?;
    let appeal = found.ok_or_else(none)?;
    let card = find_card(&mut conn, &card_key(&number.to_string())).await?;
    let undo = match &appeal.sentence {
        Some(sentence) => {
            let later = list_later(&mut conn, sentence).await?;
            undo(sentence, &later, desk.services.clock.now())
        }
        None => Undo::Nothing(Why::Momentary),
    };
    Ok(File { appeal, card, undo })
}

/// Something typed, short and without effect.
fn shown(id: &str) -> String {
    let kept = id.chars().filter(char::is_ascii_alphanumeric);
    kept.take(20).collect()
}

/// Takes an appeal under review: the others see who has it in hand.
pub(super) async fn take_up(desk: &Desk<'_>, id: &str) -> Result<String, CommandError> {
    let file = open_file(desk, id).await?;
    refuse_own(desk, &file.appeal)?;
    if file.appeal.status != Status::Pending {
        return Err(Refusal::new(words::already(desk.speech, &file.appeal)).into());
    }
    rule(desk, &file, Status::UnderReview, None).await?;
    Ok(words::reviewing(desk.speech, file.appeal.id))
}

/// Decides an appeal, for good. `has` is what the reviewer may do in the server.
pub(super) async fn decide(
    desk: &Desk<'_>,
    (id, to): (&str, Status),
    answer: &str,
    has: Permissions,
) -> Result<String, CommandError> {
    let answer = cleaned(answer);
    let file = open_file(desk, id).await?;
    refuse_own(desk, &file.appeal)?;
    if !file.appeal.status.is_open() {
        return Err(Refusal::new(words::already(desk.speech, &file.appeal)).into());
    }
    if let Some(misfit) = words::misfit(desk.speech, to, &answer) {
        return Err(Refusal::new(misfit).into());
    }
    // A ban is lifted by who may lift bans.
    let lifts_ban = to == Status::Approved && file.undo == Undo::Unban;
    if lifts_ban && !has.allow(Permissions::BAN_MEMBERS) {
        return Err(CommandError::Forbidden(Permissions::BAN_MEMBERS));
    }
    if lifts_ban && desk.is_kept_out(file.appeal.user)? {
        return Err(Refusal::new(words::upheld(desk.speech)).into());
    }
    let answer = Some(answer).filter(|answer| !answer.is_empty());
    let (lift, told) = rule(desk, &file, to, answer).await?;
    let done = Done {
        undo: (to == Status::Approved).then_some(file.undo),
        known: file.appeal.sentence.is_some(),
        lift: lift.as_ref(),
        told: told.as_ref(),
    };
    Ok(words::decided(desk.speech, file.appeal.id, &done))
}

fn refuse_own(desk: &Desk<'_>, appeal: &Appeal) -> Result<(), Refusal> {
    if appeal.user == desk.user {
        return Err(Refusal::new(words::own(desk.speech)));
    }
    Ok(())
}

/// What taking back and telling gave, as far as it is known in time.
type Outcome = (Option<Performed>, Option<Performed>);

async fn rule(
    desk: &Desk<'_>,
    file: &File,
    to: Status,
    answer: Option<String>,
) -> Result<Outcome, CommandError> {
    let appeal = Appeal {
        status: to,
        answer,
        reviewer: Some(desk.user),
        changed_at: desk.services.clock.now(),
        ..file.appeal.clone()
    };
    let ruling = ruling(desk, file, &appeal).map_err(anyhow::Error::new)?;
    let wants_lift = ruling.lift.is_some();
    let kept = desk.keep(ruling).await?;
    if kept.ack == Ruled::Lost {
        let now = find(desk, &appeal.id.to_string()).await?;
        return Err(Refusal::new(words::already(desk.speech, &now)).into());
    }
    let mut performed = kept.performed_within(DONE_WITHIN).await.into_iter();
    let lift = if wants_lift {
        performed.next().flatten()
    } else {
        None
    };
    Ok((lift, performed.next().flatten()))
}

fn ruling(desk: &Desk<'_>, file: &File, appeal: &Appeal) -> serde_json::Result<Ruling> {
    let approved = appeal.status == Status::Approved;
    let sentence = appeal.sentence.as_ref().filter(|_| approved);
    let lift = sentence.and_then(|sentence| decision(desk, appeal, sentence, file.undo));
    let lifted = match lift {
        Some(_) => None,
        None => sentence.and_then(|sentence| sentence.case_id),
    };
    Ok(Ruling {
        guild: desk.guild,
        id: appeal.id,
        to: appeal.status,
        by: desk.user,
        answer: appeal.answer.clone(),
        at: appeal.changed_at,
        lifted,
        errands: errands(desk, file, appeal, lift.as_ref())?,
        lift: lift.map(lifting).transpose()?,
    })
}

fn lifting(decision: Decision) -> serde_json::Result<NewOperation> {
    let steps = plan(&decision);
    operation(decision, &steps)
}

/// The case that takes the punishment back on Discord, where there is something to take back.
fn decision(desk: &Desk<'_>, appeal: &Appeal, sentence: &Sentence, undo: Undo) -> Option<Decision> {
    let punishment = match undo {
        Undo::Unban => Punishment::Unban,
        Undo::EndTimeout => Punishment::EndTimeout,
        Undo::Nothing(_) => return None,
    };
    let view = desk.services.guilds.view(desk.guild);
    let standing = if view.is_known() {
        Standing {
            permissions: view.permissions_of(view.bot, view.bot_roles()).0,
            ..Standing::UNHINDERED
        }
    } else {
        Standing::UNHINDERED
    };
    let log = desk.snapshot.values().channel(&MODERATION_LOG_CHANNEL_ID);
    let key = format!("appeals:lift:{}", appeal.id);
    Some(Decision {
        reasoning: format!("appeal #{} was approved", appeal.id),
        moderator: desk.user,
        card: log.map(|log| card::lift(desk.speech, appeal, sentence, (log, desk.user))),
        standing,
        config_version: desk.snapshot.version(),
        infraction: false,
        lifts: sentence.case_number(),
        ..Decision::new(desk.guild, key, appeal.user, punishment, appeal.changed_at)
    })
}

/// What follows from a ruling: the member is told, and the card is written anew. Where a punishment is to be taken back,
/// the card tells of the decision at once, the member once it is known what became of it; and the card then too, if it
/// failed.
fn errands(
    desk: &Desk<'_>,
    file: &File,
    appeal: &Appeal,
    lift: Option<&Decision>,
) -> serde_json::Result<Vec<NewErrand>> {
    let notice = (!appeal.status.is_open()).then(|| notice(desk, appeal, lift.is_some()));
    let id = appeal.id.to_string();
    let card = file.card.map(|posted| {
        let card = card::appeal(desk.speech, appeal, &id, posted.channel);
        edit(posted, &id, card)
    });
    let word = appeal.status.word().to_ascii_lowercase();
    let mut errands = Vec::new();
    let at_once = match lift {
        Some(lift) => {
            let calls = notice.into_iter().chain(card.clone());
            let told = Errand {
                after: Some(lift.key.clone()),
                ..errand(desk, appeal, "told", calls)
            };
            // Its edit, where it makes one, is the newer one.
            errands.push((told, appeal.changed_at + TimeDelta::microseconds(1)));
            errand(desk, appeal, &word, card)
        }
        None => errand(desk, appeal, &word, notice.into_iter().chain(card)),
    };
    errands.push((at_once, appeal.changed_at));
    let journaled = errands.into_iter().filter(|(one, _)| !one.calls.is_empty());
    journaled
        .map(|(errand, at)| {
            let steps = plan_errand(&errand);
            new_errand(errand, at, &steps)
        })
        .collect()
}

fn errand(
    desk: &Desk<'_>,
    appeal: &Appeal,
    word: &str,
    calls: impl IntoIterator<Item = Call>,
) -> Errand {
    Errand {
        guild: desk.guild,
        key: format!("appeals:{word}:{}", appeal.id),
        reason: format!("appeal #{}", appeal.id),
        calls: calls.into_iter().collect(),
        after: None,
    }
}

fn notice(desk: &Desk<'_>, appeal: &Appeal, may_fail: bool) -> Call {
    let denied = appeal.status == Status::Denied;
    let again = denied
        .then(|| later(appeal.changed_at, desk.settings.wait, appeal.changed_at))
        .flatten()
        .filter(|_| appeal.sentence.is_some());
    let guild = name_of(desk.services, desk.guild);
    Call::Notice {
        user: appeal.user,
        text: member::told(desk.speech, appeal, &guild, again),
        buttons: Vec::new(),
        undone: may_fail.then(|| member::told_undone(desk.speech, appeal, &guild)),
    }
}
