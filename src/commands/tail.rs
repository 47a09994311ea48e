//! The rest of a text command's line as one value that further options may follow.
//!
//! Poise lets its own `#[rest]` stand last only, but in a slash command optional values follow the required ones.

use poise::{SlashArgError, TooFewArguments};
use serenity::all::{
    CommandInteraction, CommandOptionType, Context, CreateCommandOption, Message, ResolvedValue,
};
use serenity::async_trait;

/// A text: an option of a slash command, or all that is left of a text command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tail(pub String);

#[async_trait]
impl poise::SlashArgument for Tail {
    async fn extract(
        _ctx: &Context,
        _interaction: &CommandInteraction,
        value: &ResolvedValue<'_>,
    ) -> Result<Self, SlashArgError> {
        match value {
            ResolvedValue::String(text) => Ok(Self((*text).to_owned())),
            _ => Err(SlashArgError::new_command_structure_mismatch(
                "a text was expected",
            )),
        }
    }

    fn create(builder: CreateCommandOption) -> CreateCommandOption {
        builder.kind(CommandOptionType::String)
    }
}

#[async_trait]
impl<'a> poise::PopArgument<'a> for Tail {
    async fn pop_from(
        args: &'a str,
        attachment: usize,
        _ctx: &Context,
        _message: &Message,
    ) -> Result<(&'a str, usize, Self), (Box<dyn std::error::Error + Send + Sync>, Option<String>)>
    {
        match args.trim() {
            "" => Err((TooFewArguments::default().into(), None)),
            text => Ok(("", attachment, Self(text.to_owned()))),
        }
    }
}
