//! `/apikey`: a key comes by form only, so that it stands in no message, no option and no log.

use serenity::all::{ButtonStyle, CreateAutocompleteResponse, CreateButton};

use super::ApiKeys;
use super::replies::{self, TEXTS};
use crate::commands::components::{Answer, Component, Place, Press, Reaction, custom_id};
use crate::commands::forms::{self, Field, Form, FormKind, Submission};
use crate::commands::permission::{Needs, needs};
use crate::commands::reply::{Message, choices};
use crate::commands::words::language_of;
use crate::commands::{CommandError, CommandResult, Context, Refusal, guild_of, reply};
use crate::domain::permissions::Permissions;
use crate::guild::language::{Language, Speech};
use crate::store::tables::config::Source;
use crate::store::tables::provider_keys::{ApiKeyInfo, ApiKeyRemoved, RemoveApiKey, SetApiKey};

/// Who may do all of this.
const NEEDED: Needs = needs(Permissions::MANAGE_GUILD);
/// The form and the button that opens it.
const SET: &str = "apikey/set";
/// The button that removes the key.
const REMOVE: &str = "apikey/remove";
/// The shortest and the longest key, characters.
const KEY_LENGTH: (u16, u16) = (8, 512);

/// Manages this server's own key to an AI provider.
#[poise::command(
    slash_command,
    prefix_command,
    subcommands("set", "info", "remove"),
    subcommand_required,
    custom_data = "NEEDED"
)]
pub(in crate::features) async fn apikey(_ctx: Context<'_>) -> CommandResult {
    Ok(())
}

/// Opens a form for a key, which is sealed and never shown again.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED.opening_form()")]
async fn set(
    ctx: Context<'_>,
    #[description = "Whose key it is"]
    #[autocomplete = "complete_provider"]
    provider: String,
) -> CommandResult {
    let speech = TEXTS.speech(language_of(ctx).await);
    let keys = ctx.data().state::<ApiKeys>()?;
    let provider = check(keys, speech, &provider)?;
    let form = form(speech, provider);
    let button = form.custom_id.clone();
    forms::open(ctx, button, async { Ok(form) }).await
}

/// Tells whether this server has a key, and whose.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
async fn info(ctx: Context<'_>) -> CommandResult {
    let speech = TEXTS.speech(language_of(ctx).await);
    let guild = guild_of(ctx)?;
    let mut conn = ctx.data().reader().await?;
    let found = ApiKeyInfo::find(&mut conn, guild).await?;
    drop(conn);
    reply::say(ctx, replies::info(speech, found.as_ref())).await
}

/// Removes this server's key, after a question.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
async fn remove(ctx: Context<'_>) -> CommandResult {
    let speech = TEXTS.speech(language_of(ctx).await);
    let guild = guild_of(ctx)?;
    let mut conn = ctx.data().reader().await?;
    let found = ApiKeyInfo::find(&mut conn, guild).await?;
    drop(conn);
    let Some(found) = found else {
        return Err(Refusal::new(speech.say("api_keys-none")).into());
    };
    // A key that is set after the question is another one, and stays.
    let id = custom_id(REMOVE, &[&found.changed_at.timestamp_micros()]);
    let button = CreateButton::new(id)
        .label(speech.say("api_keys-remove-button"))
        .style(ButtonStyle::Danger);
    let question = Message::new(replies::remove_question(speech, &found));
    reply::send(ctx, question.with_buttons(vec![button])).await
}

async fn complete_provider(ctx: Context<'_>, typed: &str) -> CreateAutocompleteResponse {
    let typed = typed.to_lowercase();
    let providers = match ctx.data().state::<ApiKeys>() {
        Ok(keys) => keys.providers.to_vec(),
        Err(_) => Vec::new(),
    };
    choices(
        providers
            .into_iter()
            .filter(|one| one.to_lowercase().contains(&typed)),
    )
}

/// The provider as the operator writes it, where a key of it can be stored.
fn check<'a>(keys: &'a ApiKeys, speech: Speech, provider: &str) -> Result<&'a str, Refusal> {
    if keys.vault.is_none() {
        return Err(Refusal::new(speech.say("api_keys-no-vault")));
    }
    let mut known = keys.providers.iter();
    let found = known.find(|known| known.eq_ignore_ascii_case(provider.trim()));
    found
        .map(String::as_str)
        .ok_or_else(|| Refusal::new(replies::unknown_provider(speech, &keys.providers)))
}

fn form(speech: Speech, provider: &str) -> Form {
    let named = [("provider", provider.to_owned().into())];
    Form {
        custom_id: custom_id(SET, &[&provider]),
        title: speech.with("api_keys-form-title", &named),
        fields: vec![Field {
            id: "key",
            label: speech.say("api_keys-form-key"),
            required: true,
            min: KEY_LENGTH.0,
            max: KEY_LENGTH.1,
            placeholder: Some(speech.say("api_keys-form-hint")),
            ..Field::default()
        }],
    }
}

/// What may be pressed: the button of the text command, and the answer to the question.
pub(in crate::features) fn components() -> Vec<Component> {
    vec![
        Component {
            name: "apikey set button",
            prefix: SET,
            needs: NEEDED,
            place: Place::Guild,
            reaction: Reaction::Form(|press| Box::pin(open(press))),
        },
        Component {
            name: "apikey remove button",
            prefix: REMOVE,
            needs: NEEDED,
            place: Place::Guild,
            reaction: Reaction::Answer(|press| Box::pin(take_away(press))),
        },
    ]
}

/// What may be filled in.
pub(in crate::features) fn forms() -> Vec<FormKind> {
    vec![FormKind {
        name: "apikey set form",
        prefix: SET,
        needs: NEEDED,
        place: Place::Guild,
        handle: |form| Box::pin(store(form)),
    }]
}

async fn open(press: &Press<'_>) -> Result<Form, CommandError> {
    let speech = TEXTS.speech(press.language);
    let keys = press.services.state::<ApiKeys>()?;
    Ok(form(speech, check(keys, speech, press.rest)?))
}

async fn store(sent: &Submission<'_>) -> Result<Answer, CommandError> {
    let speech = TEXTS.speech(sent.language);
    let keys = sent.services.state::<ApiKeys>()?;
    let provider = check(keys, speech, sent.rest)?;
    let key = sent.field("key");
    let (least, most) = (usize::from(KEY_LENGTH.0), usize::from(KEY_LENGTH.1));
    if !(least..=most).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Refusal::new(replies::no_key(speech, least, most)).into());
    }
    let Some(vault) = &keys.vault else {
        return Err(Refusal::new(speech.say("api_keys-no-vault")).into());
    };
    let set = SetApiKey {
        guild: sent.guild,
        provider: provider.to_owned(),
        token: vault.seal(key),
        changed_by: sent.user,
        source: Source::Command,
        reason: None,
    };
    let set = sent.services.writer.keep_now(set).await?;
    let guilds = &sent.services.guilds;
    guilds.catch_up(sent.guild, set.version()).await?;
    Ok(Answer::Say(Message::new(replies::stored(
        speech, provider, set,
    ))))
}

async fn take_away(press: &Press<'_>) -> Result<Answer, CommandError> {
    let speech = TEXTS.speech(press.language);
    let mut conn = press.services.reader().await?;
    let found = ApiKeyInfo::find(&mut conn, press.guild).await?;
    drop(conn);
    let asked: Option<i64> = press.rest.parse().ok();
    let is_same = |found: &ApiKeyInfo| Some(found.changed_at.timestamp_micros()) == asked;
    if found.as_ref().is_some_and(|found| !is_same(found)) {
        return Ok(update(press.language, "api_keys-changed-meanwhile"));
    }
    let remove = RemoveApiKey {
        guild: press.guild,
        changed_by: press.user,
        source: Source::Command,
        reason: None,
    };
    match press.services.writer.keep_now(remove).await? {
        ApiKeyRemoved::Removed(version) => {
            let guilds = &press.services.guilds;
            guilds.catch_up(press.guild, version).await?;
            Ok(Answer::Update(Message::new(replies::removed(
                speech, version,
            ))))
        }
        ApiKeyRemoved::None => Ok(update(press.language, "api_keys-none")),
    }
}

fn update(language: Language, id: &str) -> Answer {
    Answer::Update(Message::new(TEXTS.say(language, id, &[])))
}
