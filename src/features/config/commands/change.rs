//! `/config set | add | remove | reset`.

use super::super::desk::Desk;
use super::super::replies;
use super::super::words::Words;
use super::NEEDED;
use super::complete::{complete_entry, complete_key, complete_list, complete_value};
use crate::commands::tail::Tail;
use crate::commands::{CommandError, CommandResult, Context, Refusal, reply};
use crate::domain::ids::{ChannelId, ConfigVersion, RoleId};
use crate::guild::config::change::{Change, Edit};
use crate::guild::config::key::KeySpec;
use crate::guild::config::value::{Kind, Value};
use crate::guild::language::Language;
use crate::guild::view::GuildView;
use crate::guild::{ChangeError, GuildError};
use crate::store::tables::config::Source;

/// What an administrator may say about a change besides the value.
struct Remarks {
    reason: Option<String>,
    seen: Option<i64>,
}

/// Changes a setting; the next message is judged by it.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
pub(super) async fn set(
    ctx: Context<'_>,
    #[description = "The setting"]
    #[autocomplete = "complete_key"]
    key: String,
    #[description = "Its new value"]
    #[autocomplete = "complete_value"]
    value: Tail,
    #[description = "Why; the history shows it"]
    #[max_length = 200]
    reason: Option<String>,
    #[description = "The version you have seen; a later change of this setting is not overwritten"]
    #[min = 0]
    version: Option<i64>,
) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let key = desk.find_key(&key)?;
    let edit = Edit::Set(read(&desk, key, &value.0).await?);
    let seen = version;
    change(ctx, desk, (key, edit), Remarks { reason, seen }).await
}

/// Adds entries to a list; what is in it already stays.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
pub(super) async fn add(
    ctx: Context<'_>,
    #[description = "The list"]
    #[autocomplete = "complete_list"]
    key: String,
    #[description = "What is added; several at once as with set"]
    #[autocomplete = "complete_value"]
    value: Tail,
    #[description = "Why; the history shows it"]
    #[max_length = 200]
    reason: Option<String>,
    #[description = "The version you have seen; a later change of this setting is not overwritten"]
    #[min = 0]
    version: Option<i64>,
) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let key = find_list(&desk, &key)?;
    let edit = Edit::Add(read(&desk, key, &value.0).await?);
    let seen = version;
    change(ctx, desk, (key, edit), Remarks { reason, seen }).await
}

/// Takes entries out of a list; the others stay.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
pub(super) async fn remove(
    ctx: Context<'_>,
    #[description = "The list"]
    #[autocomplete = "complete_list"]
    key: String,
    #[description = "What is taken out; several at once as with set"]
    #[autocomplete = "complete_entry"]
    value: Tail,
    #[description = "Why; the history shows it"]
    #[max_length = 200]
    reason: Option<String>,
    #[description = "The version you have seen; a later change of this setting is not overwritten"]
    #[min = 0]
    version: Option<i64>,
) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let key = find_list(&desk, &key)?;
    let edit = Edit::Remove(entries(&desk, key, &value.0).await?);
    let seen = version;
    change(ctx, desk, (key, edit), Remarks { reason, seen }).await
}

/// Gives a setting its default back.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
pub(super) async fn reset(
    ctx: Context<'_>,
    #[description = "The setting"]
    #[autocomplete = "complete_key"]
    key: String,
    #[description = "Why; the history shows it"]
    #[max_length = 200]
    reason: Option<Tail>,
    #[description = "The version you have seen; a later change of this setting is not overwritten"]
    #[min = 0]
    version: Option<i64>,
) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let key = desk.find_key(&key)?;
    let remarks = Remarks {
        reason: reason.map(|reason| reason.0),
        seen: version,
    };
    change(ctx, desk, (key, Edit::Clear), remarks).await
}

async fn change(
    ctx: Context<'_>,
    desk: Desk<'_>,
    (key, edit): (&'static KeySpec, Edit),
    remarks: Remarks,
) -> CommandResult {
    let change = Change {
        reason: remarks.reason.filter(|reason| !reason.trim().is_empty()),
        based_on: remarks.seen.map(ConfigVersion),
        ..Change::one(key, edit.clone(), desk.user, Source::Command)
    };
    let changed = match desk.services.guilds.change(desk.guild, change).await {
        Ok(changed) => changed,
        Err(error) => return Err(told(&desk, key, error, remarks.seen)),
    };
    // In the language that holds now, which the change itself may have chosen.
    let now = desk.services.guilds.configuration(desk.guild).await?;
    let words = Words::new(Language::of(now.values()), desk.words.registry);
    let text = match changed.keys.first() {
        Some(made) => {
            let values = (made.old.as_ref(), made.new.as_ref());
            replies::changed(words, key, values, changed.version)
        }
        None => replies::nothing_changed(words, key, &edit, now.values().find_set(key)),
    };
    reply::say(ctx, text).await
}

/// A change that came too late is refused with what was seen and what holds. What fits by itself may still be too much
/// for a list.
fn told(
    desk: &Desk<'_>,
    key: &'static KeySpec,
    error: GuildError,
    seen: Option<i64>,
) -> CommandError {
    match error {
        GuildError::Change(ChangeError::Outdated {
            key,
            then,
            now,
            version,
        }) => {
            let seen = seen.map_or(version, ConfigVersion);
            let values = (then.as_ref(), now.as_ref());
            Refusal::new(replies::outdated(desk.words, key, values, (seen, version))).into()
        }
        GuildError::Change(ChangeError::Invalid(wrong)) => {
            Refusal::new(replies::too_many(desk.words, key, &wrong)).into()
        }
        other => other.into(),
    }
}

fn find_list(desk: &Desk<'_>, name: &str) -> Result<&'static KeySpec, Refusal> {
    let key = desk.find_key(name)?;
    match key.kind {
        Kind::Roles | Kind::Users | Kind::Texts { .. } => Ok(key),
        _ => Err(Refusal::new(replies::no_list(desk.words, key))),
    }
}

/// What somebody typed as a value of the key: it fits the key, and this guild has what it names.
async fn read(desk: &Desk<'_>, key: &'static KeySpec, typed: &str) -> Result<Value, CommandError> {
    let view = desk.services.guilds.view_now(desk.guild).await?;
    let value = key
        .kind
        .parse(&with_ids(&view, key, typed))
        .map_err(|wrong| Refusal::new(replies::misfit(desk.words, key, typed, &wrong)))?;
    key.accept(&value)
        .map_err(|wrong| Refusal::new(replies::unfit(desk.words, key, &wrong)))?;
    if names_everyone(&view, key, &value) {
        return Err(Refusal::new(replies::everyone(desk.words, key)).into());
    }
    if is_here(&view, key, &value) {
        Ok(value)
    } else {
        Err(Refusal::new(replies::not_here(desk.words, key)).into())
    }
}

/// What is to be taken out: also what this guild no longer has, or what would not fit any more. An entry with a comma
/// in it is meant as a whole.
async fn entries(
    desk: &Desk<'_>,
    key: &'static KeySpec,
    typed: &str,
) -> Result<Value, CommandError> {
    if let Some(Value::Texts(texts)) = desk.snapshot.values().find(key)
        && let Some(whole) = texts.iter().find(|text| ***text == *typed.trim())
    {
        return Ok(Value::Texts([whole.clone()].into()));
    }
    let view = desk.services.guilds.view_now(desk.guild).await?;
    let parsed = key.kind.parse(&with_ids(&view, key, typed));
    parsed.map_err(|wrong| Refusal::new(replies::misfit(desk.words, key, typed, &wrong)).into())
}

/// A channel's or role's name becomes its id, as `#mod-log` or `@moderators` where Discord made no mention of it. In a
/// list commas separate names, which may have spaces in them.
fn with_ids(view: &GuildView, key: &KeySpec, typed: &str) -> String {
    let role = |name: &str| match name {
        "@everyone" => Some(view.id.everyone_role().0),
        _ => Some(view.find_role_named(name.strip_prefix('@')?)?.id.0),
    };
    let named = |text: &str| match key.kind {
        Kind::Channel => text
            .strip_prefix('#')
            .and_then(|name| Some(view.find_channel_named(name)?.id.0)),
        Kind::Role | Kind::Roles => role(text),
        _ => None,
    };
    if key.kind == Kind::Roles {
        let entries = typed.split(',').map(|entry| {
            let entry = entry.trim();
            named(entry).map_or_else(|| entry.to_owned(), |id| id.to_string())
        });
        return entries.collect::<Vec<_>>().join(",");
    }
    named(typed.trim()).map_or_else(|| typed.to_owned(), |id| id.to_string())
}

/// Whether a role is meant that all members have: as a setting it would mean everybody, which nobody wants.
fn names_everyone(view: &GuildView, key: &KeySpec, value: &Value) -> bool {
    let everyone = view.id.everyone_role().0;
    match (key.kind, value) {
        (Kind::Role, Value::Id(id)) => *id == everyone,
        (Kind::Roles, Value::Ids(ids)) => ids.contains(&everyone),
        _ => false,
    }
}

/// Whether channels and roles are of this guild, and still there. A guild that is not known yet takes them.
fn is_here(view: &GuildView, key: &KeySpec, value: &Value) -> bool {
    let role_there = |id: u64| view.find_role(RoleId(id)).is_some();
    match (key.kind, value) {
        _ if !view.is_known() => true,
        (Kind::Channel, Value::Id(id)) => view
            .find_channel(ChannelId(*id))
            .is_some_and(|channel| channel.text),
        (Kind::Role, Value::Id(id)) => role_there(*id),
        (Kind::Roles, Value::Ids(ids)) => ids.iter().all(|id| role_there(*id)),
        _ => true,
    }
}
