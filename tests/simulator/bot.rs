//! A small bot on serenity and poise: what it hears can be waited for, and it knows a few commands.

use std::sync::Arc;
use std::time::Duration;

use aimod::simulator::Simulator;
use poise::serenity_prelude as serenity;
use serenity::all::{Context as Link, Event, GatewayIntents, Http, RawEventHandler, ShardManager};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::task::TaskTracker;

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Context<'a> = poise::Context<'a, (), Failure>;

/// A running bot.
pub(crate) struct Bot {
    pub(crate) http: Arc<Http>,
    shards: Arc<ShardManager>,
    events: Mutex<UnboundedReceiver<Event>>,
    tasks: TaskTracker,
}

struct Ear(UnboundedSender<Event>);

#[serenity::async_trait]
impl RawEventHandler for Ear {
    async fn raw_event(&self, _: Link, event: Event) {
        // Nobody listens any more when the test is over.
        drop(self.0.send(event));
    }
}

impl Bot {
    /// Connects with every intent and waits until the simulator says that the bot is ready.
    pub(crate) async fn connect(sim: &Simulator) -> Self {
        let bot = Self::dial(sim, GatewayIntents::all()).await;
        sim.bot_ready().await.expect("ready");
        bot
    }

    /// Connects with these intents.
    pub(crate) async fn dial(sim: &Simulator, intents: GatewayIntents) -> Self {
        let http = serenity::HttpBuilder::new(sim.token())
            .proxy(sim.api_base())
            .ratelimiter_disabled(true)
            .build();
        let (sender, receiver) = unbounded_channel();
        let mut client = serenity::ClientBuilder::new_with_http(http, intents)
            .framework(framework())
            .raw_event_handler(Ear(sender))
            .await
            .expect("a client");
        let bot = Self {
            http: client.http.clone(),
            shards: client.shard_manager.clone(),
            events: Mutex::new(receiver),
            tasks: TaskTracker::new(),
        };
        bot.tasks.spawn(async move {
            if let Err(problem) = client.start_autosharded().await {
                tracing::info!(error = %problem, "the client ended");
            }
        });
        bot
    }

    /// The next event that something is found in.
    pub(crate) async fn hears<T>(
        &self,
        what: &str,
        mut find: impl FnMut(&Event) -> Option<T>,
    ) -> T {
        let mut events = self.events.lock().await;
        let found = async {
            loop {
                let event = events.recv().await.expect("the client runs");
                if let Some(found) = find(&event) {
                    return found;
                }
            }
        };
        let limit = Duration::from_secs(20);
        let found = tokio::time::timeout(limit, found).await;
        found.unwrap_or_else(|_| panic!("the bot never heard of {what}"))
    }

    /// The next message that others wrote.
    pub(crate) async fn hears_message(&self) -> serenity::Message {
        self.hears("a message", |event| match event {
            Event::MessageCreate(event) if !event.message.author.bot => Some(event.message.clone()),
            _ => None,
        })
        .await
    }

    pub(crate) async fn stop(&self) {
        self.shards.shutdown_all().await;
        self.tasks.close();
        self.tasks.wait().await;
    }
}

fn framework() -> poise::Framework<(), Failure> {
    poise::Framework::builder()
        .options(poise::FrameworkOptions {
            commands: vec![
                echo(),
                config(),
                warn(),
                slow(),
                press(),
                profile(),
                quote(),
            ],
            ..Default::default()
        })
        .setup(|link, _, framework| {
            Box::pin(async move {
                let commands = &framework.options().commands;
                poise::builtins::register_globally(link, commands).await?;
                Ok(())
            })
        })
        .build()
}

/// Says it back
#[poise::command(slash_command)]
async fn echo(context: Context<'_>, #[description = "What"] text: String) -> Result<(), Failure> {
    context.say(text).await?;
    Ok(())
}

/// Settings
#[poise::command(
    slash_command,
    subcommands("show", "set"),
    default_member_permissions = "MANAGE_GUILD"
)]
async fn config(_: Context<'_>) -> Result<(), Failure> {
    Ok(())
}

/// Shows a setting
#[poise::command(slash_command, ephemeral)]
async fn show(
    context: Context<'_>,
    #[description = "Which"]
    #[autocomplete = "keys"]
    key: Option<String>,
) -> Result<(), Failure> {
    let key = key.unwrap_or_else(|| "everything".to_owned());
    context.say(format!("shows {key}")).await?;
    Ok(())
}

/// Changes a setting
#[poise::command(slash_command)]
async fn set(
    context: Context<'_>,
    #[description = "Which"]
    #[autocomplete = "keys"]
    key: String,
    #[description = "To what"] value: String,
) -> Result<(), Failure> {
    let guild = context.guild_id().expect("in a guild");
    context
        .send(
            poise::CreateReply::default()
                .ephemeral(true)
                .content(format!("{key} is {value} in {guild}")),
        )
        .await?;
    Ok(())
}

async fn keys(_: Context<'_>, partial: &str) -> serenity::CreateAutocompleteResponse {
    let known = ["ENABLED", "PREFIX", "MODERATOR_ROLE_ID"];
    let fitting = known.iter().filter(|key| key.starts_with(partial));
    let choices = fitting.map(|key| serenity::AutocompleteChoice::new(*key, *key));
    serenity::CreateAutocompleteResponse::new().set_choices(choices.collect())
}

/// Warns a member
#[poise::command(slash_command)]
async fn warn(
    context: Context<'_>,
    #[description = "Whom"] member: serenity::Member,
    #[description = "Where"] channel: Option<serenity::GuildChannel>,
    #[description = "How often"]
    #[min = 1]
    #[max = 10]
    times: Option<i64>,
    #[description = "Why"] reason: Option<String>,
) -> Result<(), Failure> {
    let place = channel.map_or("nowhere".to_owned(), |channel| channel.name);
    let reason = reason.unwrap_or_default();
    let times = times.unwrap_or(1);
    context
        .say(format!("{} {place} {times} {reason}", member.user.name))
        .await?;
    Ok(())
}

/// Thinks first
#[poise::command(slash_command)]
async fn slow(context: Context<'_>) -> Result<(), Failure> {
    context.defer_ephemeral().await?;
    let reply = context.say("at last").await?;
    let edited = poise::CreateReply::default().content("at last, edited");
    reply.edit(context, edited).await?;
    context.say("and more").await?;
    Ok(())
}

/// Shows a button
#[poise::command(slash_command)]
async fn press(context: Context<'_>) -> Result<(), Failure> {
    let button = serenity::CreateButton::new("undo").label("Undo");
    let row = serenity::CreateActionRow::Buttons(vec![button]);
    let reply = poise::CreateReply::default().content("done");
    let handle = context.send(reply.components(vec![row])).await?;
    let message = handle.message().await?.into_owned();
    let pressed = message
        .await_component_interaction(context.serenity_context())
        .await
        .expect("a press");
    let update = serenity::CreateInteractionResponseMessage::new()
        .content(format!("undone by {}", pressed.user.name))
        .components(Vec::new());
    let update = serenity::CreateInteractionResponse::UpdateMessage(update);
    pressed.create_response(context, update).await?;
    Ok(())
}

/// Looks somebody up
#[poise::command(context_menu_command = "Profile")]
async fn profile(context: Context<'_>, user: serenity::User) -> Result<(), Failure> {
    context.say(format!("this is {}", user.name)).await?;
    Ok(())
}

/// Says a message again
#[poise::command(context_menu_command = "Quote")]
async fn quote(context: Context<'_>, message: serenity::Message) -> Result<(), Failure> {
    context.say(format!("> {}", message.content)).await?;
    Ok(())
}
