//! Punishments are taken back, crowds banned and cards written anew in the simulated world.

use aimod::actions::discord::{BulkBanned, DiscordRest, RestError, codes};
use aimod::domain::ids::{ChannelId, MessageId, UserId};
use aimod::domain::verdict::{Button, ButtonStyle, Card};
use aimod::simulator::{Permissions, SimGuild, SimMember, Simulator, SimulatorOptions};
use chrono::TimeDelta;

use crate::world::{rest, simulator};

struct Scene {
    sim: Simulator,
    guild: SimGuild,
    general: ChannelId,
    mallory: SimMember,
    rest: DiscordRest,
}

async fn scene() -> Scene {
    scene_with(SimulatorOptions::default()).await
}

async fn scene_with(options: SimulatorOptions) -> Scene {
    let sim = simulator(options).await;
    let guild = sim.add_guild("The Guild");
    Scene {
        general: guild.channel("general").expect("every guild has it"),
        mallory: guild.add_member("mallory").expect("not banned"),
        rest: rest(&sim, sim.token()),
        guild,
        sim,
    }
}

impl Scene {
    fn card(&self, title: &str, buttons: Vec<Button>) -> Card {
        Card {
            channel: self.general,
            title: title.to_owned(),
            fields: vec![("Member".to_owned(), "mallory".to_owned())],
            buttons,
            undone: None,
        }
    }

    /// The title of a card and the labels of its buttons.
    fn shown(&self, message: MessageId) -> (String, Vec<String>) {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        self.sim.look(|world| {
            let card = world.message(self.general, message).expect("it stands");
            let rows = card.components.iter();
            let buttons = rows
                .filter_map(|row| row["components"].as_array())
                .flatten();
            let labels = buttons.map(|button| text(&button["label"])).collect();
            (text(&card.embeds[0]["title"]), labels)
        })
    }
}

#[tokio::test]
async fn a_ban_is_lifted_once() {
    let scene = scene().await;
    let (guild, mallory) = (scene.guild.id(), scene.mallory.id());
    scene.rest.ban(guild, mallory, 0, "").await.expect("banned");
    let unban = || scene.rest.unban(guild, mallory, "an appeal");
    assert_eq!(unban().await, Ok(()));
    assert_eq!(scene.rest.is_banned(guild, mallory).await, Ok(false));
    let code = codes::UNKNOWN_BAN;
    assert_eq!(unban().await, Err(RestError::NotFound { code }));
    let reasons = scene.sim.look(|world| {
        let log = world.audit_log(guild).iter();
        log.filter_map(|entry| entry.reason.clone())
            .collect::<Vec<_>>()
    });
    assert_eq!(reasons, ["an appeal"]);
}

#[tokio::test]
async fn a_time_out_is_ended_also_where_there_is_none() {
    let scene = scene().await;
    let (guild, mallory) = (scene.guild.id(), scene.mallory.id());
    let until = scene.sim.clock().now() + TimeDelta::hours(1);
    let timed_out = scene.rest.time_out(guild, mallory, until, "").await;
    timed_out.expect("timed out");
    for _ in 0..2 {
        let ended = scene.rest.end_timeout(guild, mallory, "").await;
        assert_eq!(ended, Ok(()));
        let member = scene.rest.find_member(guild, mallory).await;
        let member = member.expect("an answer").expect("a member");
        assert_eq!(member.timeout_until, None);
    }
    scene.mallory.leaves().expect("a member");
    let ended = scene.rest.end_timeout(guild, mallory, "").await;
    let code = codes::UNKNOWN_MEMBER;
    assert_eq!(ended, Err(RestError::NotFound { code }));
}

#[tokio::test]
async fn a_crowd_is_banned_but_for_whom_the_bot_cannot_reach() {
    let scene = scene().await;
    let permissions = Permissions::BAN_MEMBERS | Permissions::MANAGE_GUILD;
    let guild = scene.guild.id();
    let owner = scene.guild.owner().expect("an owner").id();
    let stranger = scene.sim.user("stranger");
    let crowd = [scene.mallory.id(), owner, stranger];
    scene
        .guild
        .set_bot_permissions(Permissions::BAN_MEMBERS)
        .expect("the bot's role");
    let ban = || scene.rest.bulk_ban(guild, &crowd, 0, "a raid");
    let refused = ban().await;
    assert!(
        matches!(
            refused,
            Err(RestError::Forbidden {
                code: codes::MISSING_PERMISSIONS,
                ..
            })
        ),
        "{refused:?}"
    );
    scene
        .guild
        .set_bot_permissions(permissions)
        .expect("the bot's role");
    let expected = BulkBanned {
        banned: vec![scene.mallory.id(), stranger],
        failed: vec![owner],
    };
    assert_eq!(ban().await, Ok(expected));
    let again = ban().await.expect("an outcome");
    assert_eq!((again.banned, again.failed), (vec![], crowd.to_vec()));
    assert_eq!(scene.rest.is_banned(guild, stranger).await, Ok(true));
}

#[tokio::test]
async fn strangers_beyond_the_guilds_quota_are_refused() {
    let options = SimulatorOptions {
        non_member_bans: 1,
        ..SimulatorOptions::default()
    };
    let scene = scene_with(options).await;
    let guild = scene.guild.id();
    let ban = |user: UserId| scene.rest.ban(guild, user, 0, "");
    assert_eq!(ban(scene.sim.user("one")).await, Ok(()));
    let refused = ban(scene.sim.user("two")).await;
    assert!(
        matches!(
            refused,
            Err(RestError::Forbidden {
                code: codes::STRANGER_BANS_EXCEEDED,
                ..
            })
        ),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_card_changes_its_words_and_its_buttons() {
    let scene = scene().await;
    let button = |label: &str| Button {
        id: format!("appeals:{label}:1"),
        label: label.to_owned(),
        style: ButtonStyle::Primary,
    };
    let card = scene.card("Appeal", vec![button("Approve"), button("Deny")]);
    let posted = scene.rest.post_card(&card, "n-1").await.expect("posted");
    let labels = ["Approve".to_owned(), "Deny".to_owned()];
    assert_eq!(scene.shown(posted), ("Appeal".to_owned(), labels.to_vec()));
    let edit = async |title: &str, buttons| {
        let card = scene.card(title, buttons);
        scene.rest.edit_card(scene.general, posted, &card).await
    };
    assert_eq!(edit("Under review", vec![button("Deny")]).await, Ok(()));
    let shown = ("Under review".to_owned(), vec!["Deny".to_owned()]);
    assert_eq!(scene.shown(posted), shown);
    assert_eq!(edit("Denied", vec![]).await, Ok(()));
    assert_eq!(scene.shown(posted), ("Denied".to_owned(), vec![]));
    let deleted = scene.rest.delete_message(scene.general, posted, "").await;
    deleted.expect("deleted");
    let code = codes::UNKNOWN_MESSAGE;
    let gone = edit("Too late", vec![]).await;
    assert_eq!(gone, Err(RestError::NotFound { code }));
}

#[tokio::test]
async fn a_button_of_a_notice_can_be_pressed() {
    let scene = scene().await;
    let button = Button {
        id: "appeals:new:1".to_owned(),
        label: "Appeal".to_owned(),
        style: ButtonStyle::Primary,
    };
    let mallory = scene.mallory.id();
    let sent = scene
        .rest
        .send_notice(mallory, "You were banned.", &[button], "n-1")
        .await;
    let (channel, message) = sent.expect("sent");
    let found = scene.sim.look(|world| {
        let dms = world.dms(mallory);
        dms.first().map(|dm| (dm.channel, dm.id))
    });
    assert_eq!(found, Some((channel, message)));
    let pressed = scene.mallory.presses(message, "appeals:new:1");
    pressed.expect("it is there");
}
