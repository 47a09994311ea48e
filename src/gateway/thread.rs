//! The gateway's thread: a `current_thread` runtime that serenity has for itself.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serenity::all::{Client, ClientBuilder, GatewayIntents};
use serenity::cache::{Cache, Settings as CacheSettings};
use serenity::framework::Framework;
use serenity::gateway::ShardManager;
use serenity::http::Http;
use tokio::runtime::Builder;
use tokio::sync::{Notify, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::commands::Commands;
use super::connect::{self, ShardPlan};
use super::handler::{Handler, Intake};
use super::shards::{self, ShardStates, watch_shards};
use super::{Ended, EventSink, Gateway, GatewayError, GatewayOptions};

/// What is left on the runtime at its end gets this long; all of it can be dropped.
const LEFTOVERS: Duration = Duration::from_secs(1);

/// What this process wants to hear of, the privileged intents as the operator chose.
fn intents(options: &GatewayOptions) -> GatewayIntents {
    let mut intents =
        GatewayIntents::GUILDS | GatewayIntents::GUILD_MODERATION | GatewayIntents::GUILD_MESSAGES;
    intents.set(GatewayIntents::GUILD_MEMBERS, options.guild_members);
    intents.set(GatewayIntents::MESSAGE_CONTENT, options.message_content);
    intents
}

/// What the thread needs to begin.
struct Job<F> {
    options: GatewayOptions,
    handler: Handler,
    framework: Commands<F>,
    shard_moved: Arc<Notify>,
    halt: CancellationToken,
    begun: oneshot::Sender<Begun>,
}

/// What the thread hands out once the token is proven.
struct Begun {
    http: Arc<Http>,
    cache: Arc<Cache>,
    manager: Arc<ShardManager>,
}

/// Starts the thread and waits until Discord has named the gateway.
pub(super) async fn start<F: Framework + 'static>(
    options: GatewayOptions,
    framework: F,
    sink: Arc<dyn EventSink>,
) -> Result<Gateway, GatewayError> {
    let intake = Arc::new(Intake::default());
    let shard_moved = Arc::new(Notify::new());
    let commands = TaskTracker::new();
    let halt = CancellationToken::new();
    let (states, shards) = watch::channel(ShardStates::default());
    let (begun, has_begun) = oneshot::channel();
    let (end, ended) = watch::channel(None);
    let job = Job {
        options,
        handler: Handler::new(sink, Arc::clone(&intake), Arc::clone(&shard_moved)),
        framework: Commands {
            inner: framework,
            intake: Arc::clone(&intake),
            in_hand: commands.clone(),
        },
        shard_moved,
        halt: halt.clone(),
        begun,
    };
    // Should the caller give up waiting here, the thread is told to end.
    let undo = halt.clone().drop_guard();
    let thread = std::thread::Builder::new()
        .name("gateway".to_owned())
        .spawn(move || run(job, &states, &end))
        .map_err(|error| GatewayError::Thread(error.to_string()))?;
    let Ok(begun) = has_begun.await else {
        return Err(end_of(ended).await);
    };
    undo.disarm();
    Ok(Gateway {
        http: begun.http,
        cache: begun.cache,
        manager: begun.manager,
        intake,
        commands,
        shards,
        ended,
        halt,
        thread: Mutex::new(Some(thread)),
    })
}

async fn end_of(mut ended: watch::Receiver<Ended>) -> GatewayError {
    match ended.wait_for(Option::is_some).await.as_deref() {
        Ok(Some(Err(error))) => error.clone(),
        Ok(_) => GatewayError::Stopped,
        Err(_) => GatewayError::Died,
    }
}

fn run<F: Framework + 'static>(
    job: Job<F>,
    states: &watch::Sender<ShardStates>,
    end: &watch::Sender<Ended>,
) {
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            end.send_replace(Some(Err(GatewayError::Thread(error.to_string()))));
            return;
        }
    };
    let result = runtime.block_on(serve(job, states));
    runtime.shutdown_timeout(LEFTOVERS);
    states.send_modify(|states| states.connected = 0);
    shards::show(0, states.borrow().total, None);
    end.send_replace(Some(result));
}

async fn serve<F: Framework + 'static>(
    job: Job<F>,
    states: &watch::Sender<ShardStates>,
) -> Result<(), GatewayError> {
    let halt = job.halt.clone();
    tokio::select! {
        biased;
        () = halt.cancelled() => Ok(()),
        result = Box::pin(connect_and_serve(job, states)) => result,
    }
}

async fn connect_and_serve<F: Framework + 'static>(
    job: Job<F>,
    states: &watch::Sender<ShardStates>,
) -> Result<(), GatewayError> {
    let Job {
        options,
        handler,
        framework,
        shard_moved,
        begun,
        ..
    } = job;
    let http = connect::http(&options)?;
    let gateway = connect::ask(&http, &options, connect::FIRST_PAUSE).await?;
    let intents = intents(&options);
    let plan = connect::plan(&gateway, options.shards)?;
    let mut client = ClientBuilder::new_with_http(http, intents)
        .cache_settings(cache_settings())
        .raw_event_handler(handler)
        .framework(framework)
        .await?;
    // The builder asks for the address as well, but falls back to Discord's own where the other Discord does not answer.
    *client.ws_url.lock().await = gateway.url;
    states.send_modify(|states| states.total = plan.count());
    shards::show(0, plan.count(), None);
    let manager = Arc::clone(&client.shard_manager);
    let hand_out = Begun {
        http: Arc::clone(&client.http),
        cache: Arc::clone(&client.cache),
        manager: Arc::clone(&manager),
    };
    if begun.send(hand_out).is_err() {
        return Ok(());
    }
    tokio::select! {
        result = connect(&mut client, &plan) => result,
        () = watch_shards(manager, shard_moved, states) => Ok(()),
    }
}

/// Runs the shards until they are shut down or Discord refuses them for good. serenity's range includes its end.
async fn connect(client: &mut Client, plan: &ShardPlan) -> Result<(), GatewayError> {
    let own = plan.own.start..plan.own.end - 1;
    Ok(client.start_shard_range(own, plan.total).await?)
}

/// Guilds, channels and roles; no messages, and users only as members of their guild.
fn cache_settings() -> CacheSettings {
    let mut settings = CacheSettings::default();
    settings.max_messages = 0;
    settings.cache_users = false;
    settings
}
