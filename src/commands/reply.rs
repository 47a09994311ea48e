//! Answers: private to the caller where Discord can do that, mentioning nobody, never longer than Discord takes.

use std::ops::{Add, Sub};
use std::time::Duration;

use poise::{CreateReply, ReplyHandle};
use serenity::all::{
    AutocompleteChoice, ButtonStyle, CreateActionRow, CreateAllowedMentions, CreateAttachment,
    CreateAutocompleteResponse, CreateButton, CreateEmbed, CreateSelectMenu, CreateSelectMenuKind,
    CreateSelectMenuOption, HttpError,
};
use tokio::time::sleep;

use super::{CommandError, CommandResult, Context};

/// The most characters of a message.
pub const MOST_CHARACTERS: usize = 2_000;

/// How long an answer waits before each further try, where Discord takes no more messages for now: half a minute in all.
/// serenity keeps to Discord's limits by itself only where it speaks to Discord directly, and drops the figure that a
/// refused answer bears.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
];

/// An answer with all that may hang on it.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// What a person reads, cut to what Discord takes.
    pub text: String,
    /// A card below the text.
    pub card: Option<CreateEmbed>,
    /// A select above the buttons.
    pub select: Option<CreateSelectMenu>,
    /// Buttons in one row; five at most.
    pub buttons: Vec<CreateButton>,
    /// Files.
    pub files: Vec<CreateAttachment>,
}

impl Message {
    /// A plain text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: clip(text.into()),
            ..Self::default()
        }
    }

    /// The text with buttons below it.
    #[must_use]
    pub fn with_buttons(mut self, buttons: Vec<CreateButton>) -> Self {
        self.buttons = buttons;
        self
    }

    /// The text with a card of a title and up to 25 lines, each a name and a value of at most 1,024 characters.
    #[must_use]
    pub fn with_card(mut self, title: String, fields: Vec<(String, String)>) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (name, value, false));
        self.card = Some(CreateEmbed::new().title(title).fields(fields));
        self
    }

    /// The text with a select of up to 25 options: what is read and the value that its component is told.
    #[must_use]
    pub fn with_select(
        mut self,
        custom_id: impl Into<String>,
        placeholder: impl Into<String>,
        options: impl Iterator<Item = (String, String)>,
    ) -> Self {
        let options = options.take(25).map(|(label, value)| {
            let label: String = label.chars().take(100).collect();
            CreateSelectMenuOption::new(label, value)
        });
        let kind = CreateSelectMenuKind::String {
            options: options.collect(),
        };
        self.select = Some(CreateSelectMenu::new(custom_id, kind).placeholder(placeholder));
        self
    }

    /// The text with a file.
    #[must_use]
    pub fn with_file(mut self, name: &str, bytes: Vec<u8>) -> Self {
        self.files.push(CreateAttachment::bytes(bytes, name));
        self
    }

    /// Its rows of buttons.
    #[must_use]
    pub(super) fn rows(&self) -> Vec<CreateActionRow> {
        let select = self.select.clone().map(CreateActionRow::SelectMenu);
        let buttons = (!self.buttons.is_empty()).then(|| self.buttons.clone());
        select
            .into_iter()
            .chain(buttons.map(CreateActionRow::Buttons))
            .collect()
    }
}

/// Answers the caller with a text.
///
/// # Errors
/// Where Discord does not take the answer.
pub async fn say(ctx: Context<'_>, text: impl Into<String>) -> CommandResult {
    send(ctx, Message::new(text)).await
}

/// Answers the caller: an ephemeral message for interactions, a reply for text commands.
///
/// # Errors
/// Where Discord does not take the answer.
pub async fn send(ctx: Context<'_>, message: Message) -> CommandResult {
    let mut reply = CreateReply::default()
        .content(message.text.clone())
        .components(message.rows())
        .ephemeral(true)
        .reply(true)
        .allowed_mentions(CreateAllowedMentions::new());
    if let Some(card) = message.card {
        reply = reply.embed(card);
    }
    for file in message.files {
        reply = reply.attachment(file);
    }
    post(ctx, reply).await
}

/// Sends an answer, also one that Discord takes only a little later. One that does not get through at all is no failure
/// of the command: what was asked for is done.
pub(super) async fn post(ctx: Context<'_>, reply: CreateReply) -> CommandResult {
    match patiently(|| ctx.send(reply.clone()), is_too_much).await {
        Err(error) if is_too_much(&error) => {
            let command = &ctx.command().qualified_name;
            tracing::warn!(%command, "an answer did not get through: Discord takes no more messages");
            Ok(())
        }
        sent => Ok(sent.map(drop)?),
    }
}

/// Sends something else as patiently as an answer.
pub(super) async fn patiently_sent<T, F>(send: impl FnMut() -> F) -> serenity::Result<T>
where
    F: Future<Output = serenity::Result<T>>,
{
    patiently(send, is_too_much).await
}

/// Tries again after each pause, while what goes wrong is one that passes by.
async fn patiently<T, E, F>(mut attempt: impl FnMut() -> F, passes: fn(&E) -> bool) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    for pause in PAUSES {
        match attempt().await {
            Err(error) if passes(&error) => sleep(pause).await,
            done => return done,
        }
    }
    attempt().await
}

/// Whether Discord has had too many requests.
fn is_too_much(error: &serenity::Error) -> bool {
    matches!(error, serenity::Error::Http(HttpError::UnsuccessfulRequest(answer))
        if answer.status_code.as_u16() == 429)
}

/// Answers the caller with a text that changes later; see [`edit`].
///
/// # Errors
/// Where Discord does not take the answer.
pub async fn handle(
    ctx: Context<'_>,
    text: impl Into<String>,
) -> Result<ReplyHandle<'_>, CommandError> {
    let reply = plain(text);
    Ok(patiently(|| ctx.send(reply.clone()), is_too_much).await?)
}

/// Changes the text of an answer.
///
/// # Errors
/// Where Discord does not take the change.
pub async fn edit(
    ctx: Context<'_>,
    handle: &ReplyHandle<'_>,
    text: impl Into<String>,
) -> CommandResult {
    let reply = plain(text);
    Ok(patiently(|| handle.edit(ctx, reply.clone()), is_too_much).await?)
}

fn plain(text: impl Into<String>) -> CreateReply {
    CreateReply::default()
        .content(clip(text.into()))
        .ephemeral(true)
        .reply(true)
        .allowed_mentions(CreateAllowedMentions::new())
}

/// Cuts a text to what a message holds, and shows that it is cut.
#[must_use]
pub fn clip(text: String) -> String {
    const REST: &str = "\n…";
    if text.chars().count() <= MOST_CHARACTERS {
        return text;
    }
    text.chars()
        .take(MOST_CHARACTERS - REST.chars().count())
        .chain(REST.chars())
        .collect()
}

/// The buttons that turn pages, counted from 1; none where there is one page only. `id` makes the custom id of a page.
pub fn page_buttons<N>(page: N, pages: N, id: impl Fn(N) -> String) -> Vec<CreateButton>
where
    N: Copy + Ord + From<u8> + Add<Output = N> + Sub<Output = N>,
{
    let one = N::from(1);
    if pages <= one {
        return Vec::new();
    }
    let button = |label: &str, to: N, is_there: bool| {
        CreateButton::new(id(to))
            .label(label)
            .style(ButtonStyle::Secondary)
            .disabled(!is_there)
    };
    vec![
        button("◀", page - one, page > one),
        button("▶", page + one, page < pages),
    ]
}

/// Suggestions while somebody types: Discord takes 25 of at most 100 characters, and longer ones are left out.
pub fn choices(texts: impl Iterator<Item = impl AsRef<str>>) -> CreateAutocompleteResponse {
    named_choices(texts.map(|text| (text.as_ref().to_owned(), text.as_ref().to_owned())))
}

/// Suggestions that are shown by a name and written as a value; names are cut, longer values left out.
pub fn named_choices(pairs: impl Iterator<Item = (String, String)>) -> CreateAutocompleteResponse {
    let fitting = pairs
        .filter(|(_, value)| (1..=100).contains(&value.chars().count()))
        .take(25);
    let choices = fitting
        .map(|(name, value)| {
            let name: String = name.chars().take(100).collect();
            AutocompleteChoice::new(name, value)
        })
        .collect();
    CreateAutocompleteResponse::new().set_choices(choices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_answer_is_cut_to_what_discord_takes() {
        assert_eq!(clip("ä".repeat(2_000)).chars().count(), 2_000);
        let cut = clip("ä".repeat(2_001));
        assert_eq!(cut.chars().count(), 2_000);
        assert!(cut.ends_with("ä\n…"));
    }

    #[test]
    fn suggestions_keep_within_discords_limits() {
        let many = (0..40).map(|n| (format!("{}{n}", "n".repeat(120)), n.to_string()));
        let long = std::iter::once(("short".to_owned(), "v".repeat(101)));
        let made = serde_json::to_value(named_choices(long.chain(many))).expect("plain data");
        let choices = made["choices"].as_array().expect("a list");
        assert_eq!(choices.len(), 25);
        assert_eq!(choices[0]["value"], "0", "the long value is left out");
        let name = choices[0]["name"].as_str().expect("a name");
        assert_eq!(name.chars().count(), 100);
    }

    #[tokio::test]
    async fn what_is_one_too_many_is_tried_again_and_other_faults_are_not() {
        let mut tries = 0;
        let sent = patiently(
            || {
                tries += 1;
                std::future::ready(if tries == 2 { Ok("sent") } else { Err("full") })
            },
            |error| *error == "full",
        );
        assert_eq!(sent.await, Ok("sent"));
        let mut tries = 0;
        let refused: Result<(), _> = patiently(
            || {
                tries += 1;
                std::future::ready(Err("forbidden"))
            },
            |error| *error == "full",
        )
        .await;
        assert_eq!((refused, tries), (Err("forbidden"), 1));
        assert_eq!(PAUSES.iter().sum::<Duration>(), Duration::from_secs(30));
    }

    #[test]
    fn a_message_without_buttons_has_no_row() {
        assert!(Message::new("x").rows().is_empty());
        let pressed = Message::new("x").with_buttons(vec![CreateButton::new("a/1")]);
        assert_eq!(pressed.rows().len(), 1);
        let chosen = pressed.with_select("a/2", "Choose", std::iter::empty());
        assert_eq!(chosen.rows().len(), 2);
    }
}
