//! Answers: private to the caller where Discord can do that, mentioning nobody, never longer than Discord takes.

use poise::CreateReply;
use serenity::all::{AutocompleteChoice, CreateAllowedMentions, CreateAutocompleteResponse};

use super::{CommandResult, Context};

/// The most characters of a message.
pub const MOST_CHARACTERS: usize = 2_000;

/// Answers the caller: an ephemeral message for interactions, a reply for text commands.
///
/// # Errors
/// Where Discord does not take the answer.
pub async fn say(ctx: Context<'_>, text: impl Into<String>) -> CommandResult {
    let text = clip(text.into());
    let mentions = CreateAllowedMentions::new();
    ctx.send(
        CreateReply::default()
            .content(text)
            .ephemeral(true)
            .reply(true)
            .allowed_mentions(mentions),
    )
    .await?;
    Ok(())
}

/// Cuts a text to what a message holds, and says so.
#[must_use]
pub fn clip(text: String) -> String {
    const REST: &str = "\n… (cut)";
    if text.chars().count() <= MOST_CHARACTERS {
        return text;
    }
    text.chars()
        .take(MOST_CHARACTERS - REST.chars().count())
        .chain(REST.chars())
        .collect()
}

/// Suggestions while somebody types: Discord takes 25 of at most 100 characters, and longer ones are left out.
pub fn choices(texts: impl Iterator<Item = impl AsRef<str>>) -> CreateAutocompleteResponse {
    let fitting = texts
        .filter(|text| text.as_ref().chars().count() <= 100)
        .take(25);
    let choices = fitting
        .map(|text| AutocompleteChoice::new(text.as_ref(), text.as_ref()))
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
        assert!(cut.ends_with("ä\n… (cut)"));
    }
}
