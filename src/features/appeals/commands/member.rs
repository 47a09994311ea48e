//! `/appeal`, the button under a notice, and the form that both open.

use std::collections::BTreeSet;

use serenity::all::CreateAutocompleteResponse;

use super::super::desk::Desk;
use super::super::filing::{self, OPEN, Offer, PICK, chosen, name_of, read_choice};
use super::super::replies::{TEXTS, member as words};
use super::super::subject::Subject;
use crate::commands::components::{Answer, Press, custom_id};
use crate::commands::forms::{self, Form, Submission};
use crate::commands::permission::anyone;
use crate::commands::reply::{self, Message};
use crate::commands::words::{language_in, language_of};
use crate::commands::{CommandError, CommandResult, Context, Refusal, Services, caller_of};
use crate::domain::ids::GuildId;
use crate::guild::language::Speech;

/// Appeals against one of your own punishments.
#[poise::command(slash_command, prefix_command, custom_data = "anyone().opening_form()")]
pub(super) async fn appeal(
    ctx: Context<'_>,
    #[description = "What you appeal against: one of your cases; without it you see all"]
    #[autocomplete = "complete"]
    punishment: Option<String>,
) -> CommandResult {
    let here = here(ctx);
    let Some(text) = punishment else {
        return offer(ctx, here).await;
    };
    let Some((guild, subject)) = read_choice(&text, here) else {
        let speech = TEXTS.speech(language_of(ctx).await);
        return Err(Refusal::new(words::not_yours(speech)).into());
    };
    let button = custom_id(OPEN, &[&guild, &subject]);
    let making = async {
        let desk = Desk::at(ctx.data(), guild, caller_of(ctx)).await?;
        filing::form(&desk, subject).await
    };
    forms::open(ctx, button, making).await
}

fn here(ctx: Context<'_>) -> Option<GuildId> {
    ctx.guild_id().map(|guild| GuildId(guild.get()))
}

/// What there is to choose. Text commands in a channel are read by everybody, so there nothing is listed.
async fn offer(ctx: Context<'_>, here: Option<GuildId>) -> CommandResult {
    if matches!(ctx, Context::Prefix(_)) && here.is_some() {
        let speech = TEXTS.speech(language_of(ctx).await);
        let form = format!("{}appeal 12", ctx.prefix());
        return Err(Refusal::new(words::privately(speech, &form)).into());
    }
    let services = ctx.data();
    let offer = Offer::of(services, caller_of(ctx), here).await?;
    let speech = speech_for(services, here, &offer).await;
    let open: Vec<_> = offer.open.iter().collect();
    let text = if offer.sentences.is_empty() {
        let off = offer.all_off().map(|guild| name_of(services, guild));
        words::nothing(speech, &open, off.as_deref(), offer.next_at())
    } else {
        words::choose(speech, &open)
    };
    let mut message = Message::new(text);
    if let Some(first) = offer.sentences.first() {
        let id = custom_id(PICK, &[&first.guild]);
        let options = options(services, speech, here, &offer);
        message = message.with_select(id, words::choose_hint(speech), options.into_iter());
    }
    reply::send(ctx, message).await
}

/// In direct messages there is no server whose language holds; that of the newest punishment is read there as well.
async fn speech_for(services: &Services, here: Option<GuildId>, offer: &Offer) -> Speech {
    let first = offer.sentences.first().map(|first| first.guild);
    let open = offer.open.first().map(|open| open.guild);
    match here.or(first).or(open) {
        Some(guild) => TEXTS.speech(language_in(services, guild).await),
        None => TEXTS.speech(crate::guild::language::Language::En),
    }
}

/// What is read and what is chosen by it; in direct messages the server is named, where there are several.
fn options(
    services: &Services,
    speech: Speech,
    here: Option<GuildId>,
    offer: &Offer,
) -> Vec<(String, String)> {
    let guilds: BTreeSet<GuildId> = offer.sentences.iter().map(|one| one.guild).collect();
    let several = here.is_none() && guilds.len() > 1;
    let sentences = offer.sentences.iter();
    sentences
        .map(|sentence| {
            let name = several.then(|| name_of(services, sentence.guild));
            let shown = words::choice(speech, sentence, name.as_deref());
            (shown, chosen(sentence.guild, sentence.subject))
        })
        .collect()
}

async fn complete(ctx: Context<'_>, partial: &str) -> CreateAutocompleteResponse {
    let (services, here) = (ctx.data(), here(ctx));
    let Ok(offer) = Offer::of(services, caller_of(ctx), here).await else {
        return reply::choices(std::iter::empty::<&str>());
    };
    let speech = speech_for(services, here, &offer).await;
    let partial = partial.to_lowercase();
    let options = options(services, speech, here, &offer).into_iter();
    reply::named_choices(options.filter(|(shown, _)| shown.to_lowercase().contains(&partial)))
}

/// The button under a notice is pressed.
pub(super) async fn open(press: &Press<'_>) -> Result<Form, CommandError> {
    let desk = Desk::pressed(press).await?;
    filing::form(&desk, subject(&desk, press.rest)?).await
}

/// Something of the list is chosen, of whichever server.
pub(super) async fn pick(press: &Press<'_>) -> Result<Form, CommandError> {
    let choice = press.values.first();
    let choice = choice.and_then(|value| read_choice(value, Some(press.guild)));
    let Some((guild, subject)) = choice else {
        let speech = TEXTS.speech(press.language);
        return Err(Refusal::new(words::not_yours(speech)).into());
    };
    let desk = Desk::at(press.services, guild, press.user).await?;
    filing::form(&desk, subject).await
}

/// The form is sent.
pub(super) async fn send(form: &Submission<'_>) -> Result<Answer, CommandError> {
    let desk = Desk::sent(form).await?;
    let subject = subject(&desk, form.rest)?;
    let told = filing::file(&desk, subject, form.field(words::TEXT)).await?;
    Ok(Answer::Say(Message::new(told)))
}

fn subject(desk: &Desk<'_>, rest: &str) -> Result<Subject, CommandError> {
    let read = rest.parse();
    read.map_err(|_| Refusal::new(words::not_yours(desk.speech)).into())
}
