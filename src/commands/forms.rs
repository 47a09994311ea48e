//! Forms (Discord calls them modals) that outlive the process: whoever restarts it meanwhile, what was filled in arrives.

use futures_util::future::BoxFuture;
use poise::CreateReply;
use serenity::all::{
    ActionRowComponent, CreateActionRow, CreateAllowedMentions, CreateButton, CreateInputText,
    CreateInteractionResponse, CreateModal, InputTextStyle, ModalInteractionData,
};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::components::{Answer, Place};
use super::error::Away;
use super::permission::Needs;
use super::{CommandError, CommandResult, Context, Services, run, words};
use crate::domain::ids::{GuildId, UserId};
use crate::domain::permissions::Permissions;
use crate::guild::language::Language;

/// How long it may take, from the call on, to find out what the first answer is that Discord waits three seconds for: the
/// rest is for the way there, and for saying in the right language what went wrong.
pub const FIRST_ANSWER_WITHIN: Duration = Duration::from_millis(2_000);

/// The most characters of a title and of a label.
const MOST_HEADING: usize = 45;
/// The most characters of a placeholder.
const MOST_PLACEHOLDER: usize = 100;
/// The most characters that Discord lets somebody type into one field.
pub const MOST_INPUT: u16 = 4_000;

/// A form as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Tells the [`FormKind`] that takes it, and carries what its handler needs (see [`super::components::custom_id`]).
    pub custom_id: String,
    /// Its heading; cut to 45 characters.
    pub title: String,
    /// What can be filled in; five at most.
    pub fields: Vec<Field>,
}

/// One text that can be filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// Its name for the handler.
    pub id: &'static str,
    /// What stands above it; cut to 45 characters.
    pub label: String,
    /// Whether it has several lines.
    pub long: bool,
    /// Whether it may not be left empty.
    pub required: bool,
    /// The fewest characters, where somebody fills it in.
    pub min: u16,
    /// The most characters; 0 for what Discord allows.
    pub max: u16,
    /// What stands in it already.
    pub value: Option<String>,
    /// What stands in it, greyed, while it is empty; cut to 100 characters.
    pub placeholder: Option<String>,
}

/// A kind of form that a room takes.
pub struct FormKind {
    /// Its name in metrics and in the log of runs.
    pub name: &'static str,
    /// What its custom ids begin with; a slash and the room's own part follow.
    pub prefix: &'static str,
    /// Who may send it.
    pub needs: Needs,
    /// Where it is filled in.
    pub place: Place,
    /// What happens then. [`Answer::Update`] changes the message whose button opened the form.
    pub handle: SubmissionHandler,
}

/// Answers a form.
pub type SubmissionHandler =
    for<'a> fn(&'a Submission<'a>) -> BoxFuture<'a, Result<Answer, CommandError>>;

/// Somebody filled a form in, and may. What it says never reaches a log.
pub struct Submission<'a> {
    /// What commands work with.
    pub services: &'a Services,
    /// The server that it is about.
    pub guild: GuildId,
    /// Who.
    pub user: UserId,
    /// What they may do in that server, as Discord computed it now; in direct messages nothing.
    pub has: Permissions,
    /// What follows the prefix in the custom id, and in direct messages the server.
    pub rest: &'a str,
    /// The language of the answer.
    pub language: Language,
    pub(super) filled: &'a [(String, String)],
}

impl Submission<'_> {
    /// What was filled in, without white space at the ends; empty where nothing was.
    #[must_use]
    pub fn field(&self, id: &str) -> &str {
        let found = self.filled.iter().find(|(name, _)| name == id);
        found.map_or("", |(_, text)| text.trim())
    }
}

/// Makes a form and shows it as the first answer to a slash command that is declared as [`Needs::opening_form`]. A text
/// command is answered with a button of that custom id, whose component opens the same form.
///
/// # Errors
/// Those of the making, [`CommandError::Unavailable`] where it takes longer than Discord waits, and where Discord does
/// not take the answer.
pub async fn open(
    ctx: Context<'_>,
    button_id: String,
    making: impl Future<Output = Result<Form, CommandError>>,
) -> CommandResult {
    match ctx {
        Context::Application(call) => {
            let form = made_in_time(run::begun_at(ctx).await, making).await?;
            let response = CreateInteractionResponse::Modal(form.to_modal());
            let sent = call
                .interaction
                .create_response(call.serenity_context(), response);
            sent.await?;
            // What goes wrong from here on is told beside the form.
            call.has_sent_initial_response.store(true, Ordering::SeqCst);
        }
        Context::Prefix(_) => {
            making.await?;
            let speech = words::speech(ctx).await;
            let button =
                CreateButton::new(button_id).label(speech.say("commands-open-form-button"));
            let reply = CreateReply::default()
                .content(speech.say("commands-open-form"))
                .components(vec![CreateActionRow::Buttons(vec![button])])
                .reply(true)
                .allowed_mentions(CreateAllowedMentions::new());
            super::reply::post(ctx, reply).await?;
        }
    }
    Ok(())
}

/// A form that is made soon enough after its call to be shown.
///
/// # Errors
/// Those of the making, and [`CommandError::Unavailable`].
pub(super) async fn made_in_time(
    called_at: Instant,
    making: impl Future<Output = Result<Form, CommandError>>,
) -> Result<Form, CommandError> {
    let until = tokio::time::Instant::from_std(called_at + FIRST_ANSWER_WITHIN);
    let made = tokio::time::timeout_at(until, making).await;
    made.unwrap_or(Err(CommandError::Unavailable(Away::Database)))
}

impl Form {
    /// As Discord takes it.
    pub(super) fn to_modal(&self) -> CreateModal {
        let rows = self
            .fields
            .iter()
            .map(|field| CreateActionRow::InputText(field.to_input()));
        CreateModal::new(self.custom_id.clone(), cut(&self.title, MOST_HEADING))
            .components(rows.collect())
    }
}

impl Field {
    fn to_input(&self) -> CreateInputText {
        let style = if self.long {
            InputTextStyle::Paragraph
        } else {
            InputTextStyle::Short
        };
        let most = match self.max {
            0 => MOST_INPUT,
            most => most.min(MOST_INPUT),
        };
        let mut input = CreateInputText::new(style, cut(&self.label, MOST_HEADING), self.id)
            .required(self.required)
            .min_length(self.min.min(most))
            .max_length(most);
        // Discord refuses a form whose text is longer than the form itself allows.
        if let Some(value) = self.value.as_deref().filter(|value| !value.is_empty()) {
            input = input.value(cut(value, usize::from(most)));
        }
        if let Some(placeholder) = &self.placeholder {
            input = input.placeholder(cut(placeholder, MOST_PLACEHOLDER));
        }
        input
    }
}

/// The texts of a form by the names of their fields.
pub(super) fn filled(data: &ModalInteractionData) -> Vec<(String, String)> {
    let inputs = data.components.iter().flat_map(|row| &row.components);
    inputs
        .filter_map(|input| match input {
            ActionRowComponent::InputText(input) => Some((
                input.custom_id.clone(),
                input.value.clone().unwrap_or_default(),
            )),
            _ => None,
        })
        .collect()
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn shown(field: Field) -> Value {
        let form = Form {
            custom_id: "room/form/1".to_owned(),
            title: "t".repeat(60),
            fields: vec![field],
        };
        serde_json::to_value(form.to_modal()).expect("plain data")
    }

    #[test]
    fn a_form_keeps_within_discords_limits() {
        let form = shown(Field {
            id: "reason",
            label: "l".repeat(60),
            long: true,
            required: true,
            min: 10,
            max: 9_000,
            value: Some("v".repeat(5_000)),
            placeholder: Some("p".repeat(200)),
        });
        let chars = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
        assert_eq!(chars(&form["title"]), 45);
        let input = &form["components"][0]["components"][0];
        assert_eq!(chars(&input["label"]), 45);
        assert_eq!(chars(&input["value"]), 4_000);
        assert_eq!(chars(&input["placeholder"]), 100);
        assert_eq!(input["max_length"], 4_000);
        assert_eq!(input["min_length"], 10);
        assert_eq!(input["style"], 2);
    }

    #[test]
    fn an_empty_text_is_no_text() {
        let form = shown(Field {
            id: "note",
            label: "Note".to_owned(),
            value: Some(String::new()),
            max: 20,
            min: 30,
            ..Field::default()
        });
        let input = &form["components"][0]["components"][0];
        assert_eq!(input.get("value").and_then(Value::as_str), None);
        assert_eq!(input["required"], false);
        assert_eq!(
            (&input["min_length"], &input["max_length"]),
            (&json!(20), &json!(20))
        );
    }
}
