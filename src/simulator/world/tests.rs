//! Acts in the world and what they say to the gateway, without any connection.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::*;
use crate::domain::ids::RoleId;
use crate::simulator::rules::error::ApiError;
use crate::simulator::world::acts::{BulkBan, First, MemberChange, NewChannel, NewRole, Reply};
use crate::simulator::world::channel::{ChannelKind, Overwrite, OverwriteTarget};
use crate::simulator::world::event::Body;
use crate::simulator::world::interaction::{Call, InteractionKind, Progress};
use crate::simulator::world::message::{Draft, EPHEMERAL};
use crate::simulator::world::people::Deed;
use crate::simulator::world::permission::Permissions;

struct Case {
    world: World,
    guild: GuildId,
    general: ChannelId,
    bot: UserId,
    owner: UserId,
    mallory: UserId,
}

fn case() -> Case {
    let start = DateTime::from_timestamp(1_780_000_000, 0).expect("a time");
    let mut world = World::new(Clock::manual(start), 1);
    let owner = world.user_named("admin");
    let guild = world.add_guild("g", owner);
    let mallory = world.user_named("mallory");
    world.add_member(guild, mallory, false).expect("a member");
    world.outbox.clear();
    Case {
        general: world.guilds[&guild].channels[0],
        bot: world.bot.user,
        world,
        guild,
        owner,
        mallory,
    }
}

impl Case {
    fn deed(&self) -> Deed {
        Deed {
            actor: self.bot,
            guild: self.guild,
            reason: Some("why".to_owned()),
        }
    }

    /// The names of what was said since the last look.
    fn said(&mut self) -> Vec<String> {
        let said = std::mem::take(&mut self.world.outbox);
        said.into_iter().map(|event| event.name).collect()
    }

    fn post(&mut self, text: &str) -> MessageId {
        let draft = Draft::text(text);
        self.world
            .post(self.mallory, self.general, draft)
            .expect("posted")
    }

    fn call(&mut self, kind: InteractionKind, source: Option<MessageId>) -> (u64, String) {
        let call = Call {
            kind,
            guild: Some(self.guild),
            channel: self.general,
            user: self.mallory,
            name: "echo".to_owned(),
            source,
            data: json!({}),
        };
        let id = self.world.call(call).expect("sent");
        (id, self.world.interactions[&id].token.clone())
    }

    fn role(&mut self, position: u16) -> RoleId {
        let new = NewRole {
            name: "r".to_owned(),
            permissions: Permissions::NONE,
            position,
            bot: None,
        };
        self.world.add_role(self.guild, new)
    }
}

fn body(event: &Event) -> Value {
    match &event.body {
        Body::Json(text) | Body::Message { full: text, .. } => {
            serde_json::from_str(text).expect("json")
        }
        Body::Guild(id) => json!(id),
    }
}

#[test]
fn a_ban_writes_the_log_and_removes_the_member() {
    let mut case = case();
    case.world
        .ban(&case.deed(), case.mallory, 0)
        .expect("banned");
    assert_eq!(
        case.said(),
        [
            "GUILD_AUDIT_LOG_ENTRY_CREATE",
            "GUILD_BAN_ADD",
            "GUILD_MEMBER_REMOVE"
        ]
    );
    assert!(!case.world.is_member(case.guild, case.mallory));
    assert_eq!(case.world.bans(case.guild), [(case.mallory, Some("why"))]);
    let entry = &case.world.audit_log(case.guild)[0];
    assert_eq!((entry.action, entry.by), (22, case.bot));
    // Once more changes nothing, and who is banned does not come back.
    case.world
        .ban(&case.deed(), case.mallory, 0)
        .expect("still");
    assert!(case.said().is_empty());
    let back = case.world.add_member(case.guild, case.mallory, true);
    assert_eq!(back, Err(ApiError::MISSING_ACCESS));
    case.world
        .unban(&case.deed(), case.mallory)
        .expect("lifted");
    assert_eq!(
        case.world.unban(&case.deed(), case.mallory),
        Err(ApiError::UNKNOWN_BAN)
    );
}

#[test]
fn a_ban_deletes_what_was_written_lately() {
    let mut case = case();
    let old = case.post("old");
    case.world.clock.advance(TimeDelta::hours(2));
    let lately = [case.post("a"), case.post("b")];
    case.world
        .ban(&case.deed(), case.mallory, 3600)
        .expect("banned");
    let last = case.world.outbox.last().map(body).expect("events");
    let mut ids: Vec<MessageId> = serde_json::from_value(last["ids"].clone()).expect("ids");
    ids.sort();
    assert_eq!(ids, lately);
    let left = case.world.messages(case.general);
    assert_eq!(left.iter().map(|one| one.id).collect::<Vec<_>>(), [old]);
}

#[test]
fn a_bulk_ban_tells_who_could_not_be_banned() {
    let mut case = case();
    let deed = case.deed();
    let both = [case.mallory, case.owner];
    let refused = case.world.bulk_ban(&deed, &both, 0);
    assert_eq!(refused.map(|_| ()), Err(ApiError::MISSING_PERMISSIONS));
    let role = case.world.guilds[&case.guild]
        .roles
        .values()
        .find(|role| role.managed);
    let mut role = role.expect("the bot's role").clone();
    role.permissions = role.permissions | Permissions::MANAGE_GUILD;
    case.world.put_role(case.guild, role, "GUILD_ROLE_UPDATE");
    let BulkBan { banned, failed } = case.world.bulk_ban(&deed, &both, 0).expect("some");
    assert_eq!((banned, failed), (vec![case.mallory], vec![case.owner]));
    let none = case.world.bulk_ban(&deed, &[case.owner], 0);
    assert_eq!(none.map(|_| ()), Err(ApiError::BULK_BAN_FAILED));
    let many = vec![case.mallory; 201];
    let error = case.world.bulk_ban(&deed, &many, 0).expect_err("too many");
    assert_eq!(error.code, 50035);
}

#[test]
fn bans_of_strangers_are_rationed() {
    let mut case = case();
    case.world.limits.strangers_banned = 1;
    let deed = case.deed();
    let (one, two) = (case.world.user_named("one"), case.world.user_named("two"));
    case.world.ban(&deed, one, 0).expect("the first");
    assert_eq!(
        case.world.ban(&deed, two, 0),
        Err(ApiError::STRANGER_BANS_EXCEEDED)
    );
    case.world.ban(&deed, case.mallory, 0).expect("a member");
}

#[test]
fn a_timeout_silences_until_it_ends() {
    let mut case = case();
    let until = case.world.now() + TimeDelta::hours(1);
    let change = MemberChange {
        timeout_until: Some(Some(until)),
        ..MemberChange::default()
    };
    let deed = case.deed();
    case.world
        .edit_member(&deed, case.mallory, change)
        .expect("timed out");
    assert_eq!(
        case.said(),
        ["GUILD_MEMBER_UPDATE", "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    );
    let refused = case
        .world
        .post(case.mallory, case.general, Draft::text("x"));
    assert_eq!(refused, Err(ApiError::MISSING_PERMISSIONS));
    assert_eq!(
        case.world.timeout_until(case.guild, case.mallory),
        Some(until)
    );
    case.world.clock.advance(TimeDelta::hours(1));
    assert_eq!(case.world.timeout_until(case.guild, case.mallory), None);
    case.post("free again");
}

#[test]
fn roles_are_given_only_below_ones_own() {
    let mut case = case();
    let (low, high) = (case.role(5), case.role(150));
    let deed = case.deed();
    let world = &mut case.world;
    world.set_role(&deed, case.mallory, low, true).expect("low");
    assert_eq!(
        world.set_role(&deed, case.mallory, high, true),
        Err(ApiError::MISSING_PERMISSIONS)
    );
    let roles = |roles| MemberChange {
        roles: Some(roles),
        ..MemberChange::default()
    };
    assert_eq!(
        world.edit_member(&deed, case.mallory, roles(vec![low, high])),
        Err(ApiError::MISSING_PERMISSIONS)
    );
    world
        .edit_member(&deed, case.mallory, roles(vec![]))
        .expect("taken away");
    let member = world.member(case.guild, case.mallory).expect("a member");
    assert!(member.roles.is_empty());
}

#[test]
fn equal_nonces_post_once_for_some_minutes() {
    let mut case = case();
    let draft = || Draft {
        nonce: Some(json!("n")),
        ..Draft::text("x")
    };
    let post = |case: &mut Case| {
        case.world
            .post_once(case.bot, case.general, draft())
            .expect("posted")
    };
    let first = post(&mut case);
    assert_eq!(post(&mut case), first);
    assert_eq!(case.said(), ["MESSAGE_CREATE"]);
    case.world.clock.advance(TimeDelta::minutes(6));
    assert_ne!(post(&mut case), first);
}

#[test]
fn direct_messages_need_an_open_door_and_a_shared_guild() {
    let mut case = case();
    let channel = case.world.direct_with(case.mallory);
    let write = |case: &mut Case| case.world.post(case.bot, channel, Draft::text("x"));
    write(&mut case).expect("open");
    case.world
        .users
        .get_mut(&case.mallory)
        .expect("known")
        .dms_open = false;
    assert_eq!(write(&mut case), Err(ApiError::CANNOT_SEND_TO_USER));
    case.world
        .users
        .get_mut(&case.mallory)
        .expect("known")
        .dms_open = true;
    case.world.kick(&case.deed(), case.mallory).expect("kicked");
    assert_eq!(write(&mut case), Err(ApiError::CANNOT_SEND_TO_USER));
    assert_eq!(case.world.dms(case.mallory).len(), 1);
}

#[test]
fn what_the_bot_cannot_see_it_does_not_hear() {
    let mut case = case();
    let everyone = OverwriteTarget::Role(case.guild.everyone_role());
    let overwrite = Overwrite {
        target: everyone,
        allow: Permissions::NONE,
        deny: Permissions::VIEW_CHANNEL,
    };
    case.world
        .set_overwrite(case.general, overwrite)
        .expect("hidden");
    case.said();
    let post = Draft::text("x");
    case.world
        .post(case.owner, case.general, post)
        .expect("posted");
    assert!(case.said().is_empty());
    let seen = case
        .world
        .require_in(case.bot, case.general, Permissions::NONE);
    assert_eq!(seen.map(|_| ()), Err(ApiError::MISSING_ACCESS));
}

#[test]
fn mentions_are_found_and_may_be_muted() {
    let mut case = case();
    let text = format!("<@{0}> <@!{0}> <@&{1}> @everyone", case.mallory, case.guild);
    let loud = case
        .world
        .post(case.owner, case.general, Draft::text(text.clone()))
        .expect("posted");
    let message = case.world.message(case.general, loud).expect("there");
    assert_eq!(message.mentions, [case.mallory]);
    assert_eq!(message.mention_roles, [case.guild.everyone_role()]);
    assert!(message.mention_everyone);
    let quiet = Draft {
        allowed_mentions: Some(message::AllowedMentions::default()),
        ..Draft::text(text)
    };
    let quiet = case.world.post(case.bot, case.general, quiet);
    let message = case.world.message(case.general, quiet.expect("posted"));
    assert!(message.expect("there").mentions.is_empty());
}

#[test]
fn old_messages_are_forgotten_in_a_flood() {
    let mut case = case();
    case.world.limits.messages_per_channel = 3;
    for number in 0..5 {
        case.post(&number.to_string());
    }
    let left = case.world.messages(case.general);
    let texts: Vec<&str> = left.iter().map(|one| one.content.as_str()).collect();
    assert_eq!(texts, ["2", "3", "4"]);
}

#[test]
fn bulk_deletion_takes_2_to_100_young_messages() {
    let mut case = case();
    let ids: Vec<MessageId> = (0..3).map(|_| case.post("x")).collect();
    let (deed, channel) = (case.deed(), case.general);
    let mut delete = |ids: &[MessageId]| case.world.bulk_delete(&deed, channel, ids);
    assert_eq!(delete(&ids[..1]), Err(ApiError::WRONG_NUMBER_TO_DELETE));
    assert_eq!(
        delete(&[ids[0]; 101]),
        Err(ApiError::WRONG_NUMBER_TO_DELETE)
    );
    delete(&ids[..2]).expect("deleted");
    case.world.clock.advance(TimeDelta::days(15));
    assert_eq!(
        case.world.bulk_delete(&deed, channel, &ids),
        Err(ApiError::TOO_OLD_TO_BULK_DELETE)
    );
}

#[test]
fn an_interaction_is_answered_once_and_in_time() {
    let mut case = case();
    let (id, token) = case.call(InteractionKind::Command, None);
    let hello = json!({"content": "hello"});
    let wrong = case.world.answer(id, "other", First::of(4, &hello));
    assert_eq!(wrong, Err(ApiError::UNKNOWN_INTERACTION));
    assert_eq!(
        case.world.follow_up(&token, Reply::default()),
        Err(ApiError::UNKNOWN_WEBHOOK)
    );
    case.world
        .answer(id, &token, First::of(4, &hello))
        .expect("answered");
    assert_eq!(
        case.world.answer(id, &token, First::of(4, &hello)),
        Err(ApiError::ALREADY_ANSWERED)
    );
    let (late, token) = case.call(InteractionKind::Command, None);
    case.world.clock.advance(TimeDelta::seconds(4));
    assert_eq!(
        case.world.answer(late, &token, First::of(4, &hello)),
        Err(ApiError::UNKNOWN_INTERACTION)
    );
}

#[test]
fn a_deferred_answer_is_completed_by_the_first_follow_up() {
    let mut case = case();
    let (id, token) = case.call(InteractionKind::Command, None);
    let ephemeral = json!({"flags": EPHEMERAL});
    case.world
        .answer(id, &token, First::of(5, &ephemeral))
        .expect("deferred");
    let original = case.world.interactions[&id].original.expect("thinking");
    let reply = Reply::read(&json!({"content": "done"})).expect("a reply");
    let message = case.world.follow_up(&token, reply.clone()).expect("done");
    assert_eq!(message, original);
    let message = case.world.message(case.general, message).expect("there");
    assert_eq!(
        (message.flags, message.content.as_str()),
        (EPHEMERAL, "done")
    );
    let second = case.world.follow_up(&token, reply.clone()).expect("more");
    assert_ne!(second, original);
    case.world.clock.advance(TimeDelta::minutes(16));
    assert_eq!(
        case.world.follow_up(&token, reply),
        Err(ApiError::WRONG_WEBHOOK_TOKEN)
    );
    // Ephemeral messages have no events; the second follow-up was not one.
    assert_eq!(case.said(), ["INTERACTION_CREATE", "MESSAGE_CREATE"]);
}

#[test]
fn answers_fit_their_interaction() {
    let mut case = case();
    let (id, token) = case.call(InteractionKind::Autocomplete, None);
    let error = case
        .world
        .answer(id, &token, First::of(4, &json!({"content": "x"})))
        .expect_err("no message");
    assert_eq!(error.code, 50035);
    let choices = vec![json!({"name": "a", "value": "a"}); 26];
    let error = case
        .world
        .answer(id, &token, First::of(8, &json!({"choices": choices})))
        .expect_err("too many");
    assert_eq!(error.code, 50035);
    let one = json!({"choices": [{"name": "a", "value": "a"}]});
    case.world
        .answer(id, &token, First::of(8, &one))
        .expect("choices");
    assert!(matches!(
        &case.world.interactions[&id].progress,
        Progress::Choices(list) if list.len() == 1
    ));
}

#[test]
fn a_pressed_message_is_updated_at_once_or_later() {
    let mut case = case();
    let source = case
        .world
        .post(case.bot, case.general, Draft::text("before"))
        .expect("posted");
    let (id, token) = case.call(InteractionKind::Component, Some(source));
    let after = json!({"content": "after"});
    case.world
        .answer(id, &token, First::of(7, &after))
        .expect("updated");
    let content = |case: &Case| {
        let message = case.world.message(case.general, source);
        message.expect("there").content.clone()
    };
    assert_eq!(content(&case), "after");
    let (id, token) = case.call(InteractionKind::Component, Some(source));
    case.world
        .answer(id, &token, First::of(6, &json!({})))
        .expect("soon");
    let reply = Reply::read(&json!({"content": "later"})).expect("a reply");
    case.world
        .edit_answer(&token, "@original", reply)
        .expect("edited");
    assert_eq!(content(&case), "later");
    assert_eq!(case.world.interactions[&id].progress, Progress::Updated);
}

#[test]
fn a_registered_command_keeps_its_id() {
    let mut case = case();
    let list = [
        json!({"name": "a", "description": "d"}),
        json!({"name": "b", "description": "d"}),
    ];
    case.world.register_all(None, &list).expect("registered");
    let id = case.world.commands.global[1].id;
    case.world
        .register_all(None, &list[1..])
        .expect("registered");
    assert_eq!(case.world.commands(), ["b"]);
    assert_eq!(case.world.commands.global[0].id, id);
    case.world.unregister(None, id).expect("gone");
    assert_eq!(
        case.world.unregister(None, id),
        Err(ApiError::UNKNOWN_COMMAND)
    );
}

#[test]
fn a_category_takes_no_messages_and_a_thread_does() {
    let mut case = case();
    let place = |kind, parent| NewChannel {
        kind,
        parent,
        ..NewChannel::text("place")
    };
    let category = case
        .world
        .add_channel(case.guild, place(ChannelKind::Category, None));
    let thread = place(ChannelKind::Thread, Some(case.general));
    let thread = case.world.add_channel(case.guild, thread);
    let mut post = |channel| case.world.post(case.mallory, channel, Draft::text("x"));
    assert_eq!(post(category), Err(ApiError::NOT_A_TEXT_CHANNEL));
    post(thread).expect("posted");
    assert_eq!(
        case.said(),
        [
            "CHANNEL_CREATE",
            "THREAD_CREATE",
            "THREAD_MEMBERS_UPDATE",
            "MESSAGE_CREATE"
        ]
    );
}

#[test]
fn without_the_right_to_read_the_log_the_bot_does_not_hear_of_it() {
    let mut case = case();
    let role = case.world.guilds[&case.guild]
        .roles
        .values()
        .find(|role| role.managed);
    let mut role = role.expect("the bot's role").clone();
    role.permissions = Permissions::KICK_MEMBERS;
    case.world.put_role(case.guild, role, "GUILD_ROLE_UPDATE");
    case.said();
    case.world.kick(&case.deed(), case.mallory).expect("kicked");
    assert_eq!(case.said(), ["GUILD_MEMBER_REMOVE"]);
}

#[test]
fn the_dump_names_people_and_bans() {
    let mut case = case();
    case.world
        .ban(&case.deed(), case.mallory, 0)
        .expect("banned");
    let dump = case.world.dump();
    let guild = &dump["guilds"][0];
    assert_eq!(guild["owner"], "admin");
    assert_eq!(guild["bans"]["mallory"]["reason"], "why");
    assert_eq!(guild["audit_log"][0]["action_type"], 22);
}
