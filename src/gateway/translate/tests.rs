//! Gateway payloads in Discord's shape, and what they become.

use serde_json::{Value, json};
use serenity::model::event::{Event as DiscordEvent, GatewayEvent};

use super::{Translated, lacks_contents, translate};
use crate::domain::event::{AuditEntry, Author, Channel, Deed, Event, GuildFacts, Message, Role};
use crate::domain::ids::{AuditEntryId, ChannelId, GuildId, MessageId, RoleId, UserId};
use crate::domain::permissions::Permissions;

const BOT: UserId = UserId(99);
const GUILD: GuildId = GuildId(7);

fn event(kind: &str, data: Value) -> DiscordEvent {
    let frame = json!({"op": 0, "s": 1, "t": kind, "d": data}).to_string();
    match serde_json::from_str(&frame) {
        Ok(GatewayEvent::Dispatch(_, event)) => event,
        other => panic!("{kind} is no dispatch: {other:?}"),
    }
}

/// Like [`event`], but the event must be one that serenity knows.
fn known(kind: &str, data: Value) -> DiscordEvent {
    let event = event(kind, data);
    assert!(!matches!(event, DiscordEvent::Unknown(_)), "{event:?}");
    event
}

/// The one event of our guild that this becomes.
fn one(event: DiscordEvent) -> Event {
    match translate(event, BOT) {
        Translated::One(GUILD, event) => event,
        other => panic!("{other:?}"),
    }
}

/// With the other fields of `more` in place of its own.
fn merged(mut value: Value, more: Value) -> Value {
    let (Some(fields), Value::Object(more)) = (value.as_object_mut(), more) else {
        panic!("both are objects");
    };
    fields.extend(more);
    value
}

fn user(id: &str, name: &str) -> Value {
    json!({"id": id, "username": name, "discriminator": "0", "global_name": "Shown", "avatar": null, "public_flags": 0})
}

fn member(roles: Value) -> Value {
    json!({"roles": roles, "nick": null, "avatar": null, "joined_at": "2026-01-02T03:04:05.000000+00:00",
           "premium_since": null, "deaf": false, "mute": false, "flags": 0, "pending": false,
           "communication_disabled_until": null})
}

fn message(more: Value) -> Value {
    let plain = json!({
        "id": "100", "channel_id": "20", "guild_id": "7", "type": 0, "content": "hello", "tts": false,
        "author": user("5", "mallory"), "member": member(json!(["31", "32"])), "pinned": false,
        "timestamp": "2026-08-01T00:00:00.000000+00:00", "edited_timestamp": null, "mention_everyone": false,
        "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "components": [], "flags": 0,
        "nonce": "1", "channel_type": 0
    });
    merged(plain, more)
}

fn role(id: &str, name: &str, more: Value) -> Value {
    let plain = json!({
        "id": id, "name": name, "permissions": "1099511627776", "position": 3, "color": 0, "hoist": false,
        "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null}, "managed": false,
        "mentionable": false, "icon": null, "unicode_emoji": null, "flags": 0
    });
    merged(plain, more)
}

fn channel(id: &str, name: &str, more: Value) -> Value {
    let plain = json!({
        "id": id, "name": name, "type": 0, "guild_id": "7", "position": 1, "parent_id": null, "topic": null,
        "nsfw": false, "permission_overwrites": [], "last_message_id": "99", "flags": 0
    });
    merged(plain, more)
}

fn thread(id: &str, parent: &str) -> Value {
    let more = json!({
        "type": 11, "parent_id": parent, "owner_id": "5", "message_count": 0, "member_count": 1,
        "thread_metadata": {"archived": false, "auto_archive_duration": 1440, "locked": false,
                            "archive_timestamp": "2026-08-01T00:00:00.000000+00:00"}
    });
    channel(id, "thread", more)
}

fn guild(more: Value) -> Value {
    let own = merged(member(json!(["32"])), json!({"user": user("99", "aimod")}));
    let everyone = role("7", "@everyone", json!({"position": 0}));
    let parts = json!({
        "id": "7", "name": "The Guild", "owner_id": "5", "member_count": 1234, "large": true, "unavailable": false,
        "joined_at": "2026-01-01T00:00:00.000000+00:00",
        "roles": [role("32", "Bots", json!({})), everyone],
        "channels": [channel("21", "talk", json!({"parent_id": "20"})), channel("20", "Rooms", json!({"type": 4}))],
        "threads": [thread("22", "21")], "members": [own], "emojis": [], "features": [], "stickers": [],
        "voice_states": [], "presences": [], "stage_instances": [], "guild_scheduled_events": []
    });
    let settings = json!({
        "icon": null, "splash": null, "discovery_splash": null, "banner": null, "description": null,
        "vanity_url_code": null, "afk_channel_id": null, "afk_timeout": 300, "application_id": null,
        "system_channel_id": null, "system_channel_flags": 0, "rules_channel_id": null,
        "public_updates_channel_id": null, "preferred_locale": "en-US", "verification_level": 1,
        "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0, "nsfw_level": 0,
        "premium_tier": 0, "premium_subscription_count": 0, "premium_progress_bar_enabled": false
    });
    merged(merged(parts, settings), more)
}

#[test]
fn a_message_keeps_its_text_author_and_roles() {
    let posted = one(known("MESSAGE_CREATE", message(json!({}))));
    let Event::MessagePosted(posted) = posted else {
        panic!("{posted:?}");
    };
    let expected = Message {
        id: MessageId(100),
        channel: ChannelId(20),
        author: Author {
            id: UserId(5),
            name: "mallory".into(),
            bot: false,
            roles: vec![RoleId(31), RoleId(32)],
            joined_at: Some("2026-01-02T03:04:05Z".parse().expect("a time")),
            ..Author::default()
        },
        content: "hello".into(),
    };
    assert!(posted == expected, "{posted:?}");
}

#[test]
fn pictures_and_digits_come_along_wherever_a_user_does() {
    let hash = "a_e3c0db7f38777778fb43081f8746ebc9";
    let look = json!({"avatar": hash, "discriminator": "0042"});
    let with_look = || merged(user("5", "mallory"), look.clone());
    let edited =
        json!({"author": with_look(), "edited_timestamp": "2026-08-01T00:00:01.000000+00:00"});
    // What serenity does not know is read by ourselves.
    let novel = message(json!({"author": with_look(), "embeds": {"version": 2}}));
    let novel = event("MESSAGE_CREATE", novel);
    assert!(matches!(novel, DiscordEvent::Unknown(_)));
    let came = [
        known("MESSAGE_CREATE", message(json!({"author": with_look()}))),
        known("MESSAGE_UPDATE", message(edited)),
        known(
            "GUILD_MEMBER_ADD",
            merged(
                member(json!([])),
                json!({"guild_id": "7", "user": with_look()}),
            ),
        ),
        novel,
    ];
    for event in came {
        let author = match one(event) {
            Event::MessagePosted(message) | Event::MessageEdited(message) => message.author,
            Event::MemberJoined(author) => author,
            other => panic!("{other:?}"),
        };
        let avatar = author.avatar.map(|avatar| avatar.to_string());
        assert_eq!(avatar.as_deref(), Some(hash));
        assert_eq!(author.discriminator.map(u16::from), Some(42));
    }
}

#[test]
fn bots_webhooks_and_discord_itself_count_as_bots() {
    let bot = |more| match one(known("MESSAGE_CREATE", message(more))) {
        Event::MessagePosted(message) => message.author.bot,
        other => panic!("{other:?}"),
    };
    let flagged = |flag: &str| json!({"author": merged(user("5", "x"), json!({flag: true}))});
    assert!(!bot(json!({})));
    assert!(bot(flagged("bot")));
    assert!(bot(flagged("system")));
    // A webhook's message has no member.
    assert!(bot(json!({"webhook_id": "5", "member": null})));
}

#[test]
fn a_direct_message_belongs_to_no_guild() {
    let mut direct = message(json!({}));
    let fields = direct.as_object_mut().expect("an object");
    fields.remove("guild_id");
    fields.remove("member");
    let update = merged(
        direct.clone(),
        json!({"edited_timestamp": "2026-08-01T00:00:01.000000+00:00"}),
    );
    for event in [
        known("MESSAGE_CREATE", direct),
        known("MESSAGE_UPDATE", update),
    ] {
        assert!(matches!(translate(event, BOT), Translated::NoGuild));
    }
}

#[test]
fn a_forward_says_what_it_shows() {
    let snapshot = json!({
        "content": "free nitro", "timestamp": "2026-08-01T00:00:00.000000+00:00", "edited_timestamp": null,
        "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "type": 0, "flags": 0, "components": []
    });
    let forward = message(json!({
        "content": "", "message_snapshots": [{"message": snapshot}],
        "message_reference": {"type": 1, "channel_id": "20", "message_id": "90", "guild_id": "7"}
    }));
    let Event::MessagePosted(posted) = one(known("MESSAGE_CREATE", forward)) else {
        panic!("it is a message");
    };
    assert_eq!(posted.content, "free nitro");
}

#[test]
fn an_edit_brings_the_new_text() {
    let edit = message(
        json!({"content": "changed", "edited_timestamp": "2026-08-01T00:00:09.000000+00:00"}),
    );
    let Event::MessageEdited(edited) = one(known("MESSAGE_UPDATE", edit)) else {
        panic!("it is an edit");
    };
    assert_eq!(edited.content, "changed");
    assert_eq!(edited.author.roles, [RoleId(31), RoleId(32)]);
}

#[test]
fn an_update_that_nobody_typed_is_no_edit() {
    // A link's preview appears: the whole message, not edited. And the partial shape of older days.
    let preview = message(json!({"embeds": [{"type": "link", "url": "https://example.org"}]}));
    let partial = json!({"id": "100", "channel_id": "20", "guild_id": "7", "embeds": []});
    let without_author = json!({"id": "100", "channel_id": "20", "guild_id": "7", "content": "x",
                                "edited_timestamp": "2026-08-01T00:00:09.000000+00:00"});
    for data in [preview, partial, without_author] {
        let event = known("MESSAGE_UPDATE", data);
        assert!(matches!(translate(event, BOT), Translated::Nothing));
    }
}

#[test]
fn a_message_that_serenity_cannot_read_is_judged_nevertheless() {
    // A shape of embeds that nobody knows yet.
    let odd = message(json!({"embeds": {"version": 2}, "mentions": "new"}));
    let odd = event("MESSAGE_CREATE", odd);
    assert!(matches!(odd, DiscordEvent::Unknown(_)));
    let Event::MessagePosted(posted) = one(odd) else {
        panic!("it is a message");
    };
    assert_eq!(
        (posted.content.as_str(), posted.author.name.as_str()),
        ("hello", "mallory")
    );
    assert_eq!(posted.author.roles, [RoleId(31), RoleId(32)]);
    let edit =
        message(json!({"embeds": 1, "edited_timestamp": "2026-08-01T00:00:09.000000+00:00"}));
    assert!(matches!(
        one(event("MESSAGE_UPDATE", edit)),
        Event::MessageEdited(_)
    ));
    let preview = event("MESSAGE_UPDATE", message(json!({"embeds": 1})));
    assert!(matches!(translate(preview, BOT), Translated::Nothing));
}

#[test]
fn malformed_and_unknown_events_are_nothing() {
    for (kind, data) in [
        ("MESSAGE_CREATE", json!({"id": "not a number"})),
        ("MESSAGE_CREATE", json!(null)),
        ("MESSAGE_CREATE", message(json!({"id": "0", "author": {}}))),
        ("GUILD_CREATE", json!({"id": "7", "unavailable": true})),
        (
            "GUILD_ROLE_UPDATE",
            json!({"guild_id": "7", "role": {"id": "1"}}),
        ),
        ("CHANNEL_DELETE", json!([])),
        ("SOMETHING_NEW", json!({"guild_id": "7"})),
    ] {
        let event = event(kind, data);
        assert!(matches!(event, DiscordEvent::Unknown(_)), "{kind}");
        assert!(
            matches!(translate(event, BOT), Translated::Nothing),
            "{kind}"
        );
    }
}

#[test]
fn an_unknown_variant_inside_an_event_does_not_lose_it() {
    let odd = message(json!({"type": 250, "flags": 1_u64 << 40, "a_new_field": {"x": 1}}));
    assert!(matches!(
        one(event("MESSAGE_CREATE", odd)),
        Event::MessagePosted(_)
    ));
    let channel = channel("21", "new", json!({"type": 77}));
    assert!(matches!(one(known("CHANNEL_CREATE", channel)), Event::ChannelChanged(c) if !c.text));
}

#[test]
fn a_guild_arrives_in_full_and_sorted() {
    let Event::GuildAvailable(facts) = one(known("GUILD_CREATE", guild(json!({})))) else {
        panic!("it is available");
    };
    let role = |id, name: &str, position| Role {
        id: RoleId(id),
        name: name.into(),
        permissions: Permissions::MODERATE_MEMBERS,
        position,
    };
    let channel = |id, name: &str, parent: Option<u64>, text| Channel {
        id: ChannelId(id),
        name: name.into(),
        parent: parent.map(ChannelId),
        text,
    };
    let expected = GuildFacts {
        newest_messages: vec![
            (ChannelId(21), MessageId(99)),
            (ChannelId(22), MessageId(99)),
        ],
        name: "The Guild".into(),
        owner: UserId(5),
        member_count: 1_234,
        bot: BOT,
        bot_roles: vec![RoleId(32)],
        roles: vec![role(7, "@everyone", 0), role(32, "Bots", 3)],
        channels: vec![
            channel(20, "Rooms", None, false),
            channel(21, "talk", Some(20), true),
            channel(22, "thread", Some(21), true),
        ],
    };
    assert_eq!(*facts, expected);
}

#[test]
fn an_outage_is_no_removal() {
    let outage = known("GUILD_DELETE", json!({"id": "7", "unavailable": true}));
    assert!(matches!(one(outage), Event::GuildUnavailable));
    let removal = known("GUILD_DELETE", json!({"id": "7"}));
    assert!(matches!(one(removal), Event::GuildLeft));
}

#[test]
fn a_new_name_or_owner_is_told() {
    let mut renamed = guild(json!({"name": "Other", "owner_id": "6"}));
    let fields = renamed.as_object_mut().expect("an object");
    for only_at_create in [
        "members",
        "channels",
        "threads",
        "presences",
        "voice_states",
        "joined_at",
        "large",
    ] {
        fields.remove(only_at_create);
    }
    let Event::GuildRenamed { name, owner } = one(known("GUILD_UPDATE", renamed)) else {
        panic!("it is renamed");
    };
    assert_eq!((name.as_str(), owner), ("Other", UserId(6)));
}

#[test]
fn roles_come_change_and_go() {
    for kind in ["GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE"] {
        let changed = json!({"guild_id": "7", "role": role("40", "Mods", json!({"permissions": "8796093022208"}))});
        let Event::RoleChanged(changed) = one(known(kind, changed)) else {
            panic!("{kind}");
        };
        let expected = Role {
            id: RoleId(40),
            name: "Mods".into(),
            // A bit that nobody here knows is kept.
            permissions: Permissions(1 << 43),
            position: 3,
        };
        assert_eq!(changed, expected);
    }
    let deleted = known(
        "GUILD_ROLE_DELETE",
        json!({"guild_id": "7", "role_id": "40"}),
    );
    assert!(matches!(one(deleted), Event::RoleDeleted(RoleId(40))));
}

#[test]
fn channels_and_threads_come_change_and_go() {
    for kind in ["CHANNEL_CREATE", "CHANNEL_UPDATE"] {
        let forum = channel(
            "50",
            "ideas",
            json!({"type": 15, "parent_id": "20", "available_tags": []}),
        );
        let Event::ChannelChanged(changed) = one(known(kind, forum)) else {
            panic!("{kind}");
        };
        let expected = Channel {
            id: ChannelId(50),
            name: "ideas".into(),
            parent: Some(ChannelId(20)),
            text: false,
        };
        assert_eq!(changed, expected);
    }
    for kind in ["THREAD_CREATE", "THREAD_UPDATE"] {
        let Event::ChannelChanged(changed) = one(known(kind, thread("51", "50"))) else {
            panic!("{kind}");
        };
        assert_eq!((changed.parent, changed.text), (Some(ChannelId(50)), true));
    }
    let deleted = known("CHANNEL_DELETE", channel("50", "ideas", json!({})));
    assert!(matches!(one(deleted), Event::ChannelDeleted(ChannelId(50))));
    let deleted = json!({"id": "51", "guild_id": "7", "parent_id": "50", "type": 11});
    assert!(matches!(
        one(known("THREAD_DELETE", deleted)),
        Event::ChannelDeleted(ChannelId(51))
    ));
}

#[test]
fn threads_that_become_visible_come_together() {
    let sync = json!({"guild_id": "7", "threads": [thread("51", "50"), thread("52", "50")], "members": []});
    let Translated::Many(GUILD, events) = translate(known("THREAD_LIST_SYNC", sync), BOT) else {
        panic!("two threads");
    };
    let ids: Vec<_> = events
        .iter()
        .map(|event| match event {
            Event::ChannelChanged(channel) => channel.id.0,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids, [51, 52]);
}

#[test]
fn members_come_and_go() {
    let joined = merged(
        member(json!([])),
        json!({"guild_id": "7", "user": user("5", "mallory")}),
    );
    let Event::MemberJoined(author) = one(known("GUILD_MEMBER_ADD", joined)) else {
        panic!("somebody joined");
    };
    assert_eq!(
        (author.id, author.name.as_str(), author.bot),
        (UserId(5), "mallory", false)
    );
    let left = json!({"guild_id": "7", "user": user("5", "mallory")});
    assert!(matches!(
        one(known("GUILD_MEMBER_REMOVE", left)),
        Event::MemberLeft(UserId(5))
    ));
}

#[test]
fn of_changed_members_only_the_bot_itself_matters() {
    let changed = |id: &str| {
        let more = json!({"guild_id": "7", "user": user(id, "somebody")});
        known("GUILD_MEMBER_UPDATE", merged(member(json!(["31"])), more))
    };
    assert!(matches!(one(changed("99")), Event::BotRolesChanged(roles) if roles == [RoleId(31)]));
    assert!(matches!(translate(changed("5"), BOT), Translated::Nothing));
}

#[test]
fn missing_contents_are_noticed_and_nothing_else_is_taken_for_them() {
    let lacks = |more| match known("MESSAGE_CREATE", message(more)) {
        DiscordEvent::MessageCreate(event) => lacks_contents(&event.message),
        other => panic!("{other:?}"),
    };
    assert!(lacks(json!({"content": ""})));
    assert!(!lacks(json!({})));
    let sticker = json!([{"id": "1", "name": "wave", "format_type": 1}]);
    assert!(!lacks(json!({"content": "", "sticker_items": sticker})));
    assert!(!lacks(json!({"content": "", "type": 7})));
    assert!(!lacks(json!({"content": "", "webhook_id": "5"})));
}

/// An entry of the audit log of 2026-08-01, 00:00:00 UTC.
fn audit_entry(more: Value) -> Value {
    let plain = json!({
        "guild_id": "7", "id": "1532900671488000000", "user_id": "5", "target_id": "6", "action_type": 22, "reason": "spam"
    });
    merged(plain, more)
}

fn audit(more: Value) -> DiscordEvent {
    event("GUILD_AUDIT_LOG_ENTRY_CREATE", audit_entry(more))
}

#[test]
fn what_moderators_do_by_hand_is_told_by_the_audit_log() {
    for (number, deed) in [(20, Deed::Kicked), (22, Deed::Banned), (23, Deed::Unbanned)] {
        let known = known(
            "GUILD_AUDIT_LOG_ENTRY_CREATE",
            audit_entry(json!({"action_type": number})),
        );
        let Event::AuditEntry(told) = one(known) else {
            panic!("{number}");
        };
        let expected = AuditEntry {
            id: AuditEntryId(1_532_900_671_488_000_000),
            actor: UserId(5),
            target: UserId(6),
            deed,
            reason: Some("spam".into()),
        };
        assert!(told == expected, "{told:?}");
    }
}

#[test]
fn a_timeout_by_hand_is_told_from_its_end() {
    let deed = |old: Value, new: Value| {
        let change =
            json!({"key": "communication_disabled_until", "old_value": old, "new_value": new});
        match one(audit(json!({"action_type": 24, "changes": [change]}))) {
            Event::AuditEntry(entry) => entry.deed,
            other => panic!("{other:?}"),
        }
    };
    let later = "2026-08-01T01:00:00.123000+00:00";
    let until = later.parse().expect("a time");
    assert_eq!(deed(Value::Null, json!(later)), Deed::TimedOut { until });
    assert_eq!(deed(json!(later), Value::Null), Deed::TimeoutEnded);
}

#[test]
fn an_entry_that_serenity_cannot_read_is_read_all_the_same() {
    let strange = audit(json!({"changes": "a new form", "user_id": 5}));
    assert!(matches!(strange, DiscordEvent::Unknown(_)), "{strange:?}");
    assert!(matches!(translate(strange, BOT), Translated::Nothing));
    let strange = audit(json!({"options": "a new form"}));
    assert!(matches!(strange, DiscordEvent::Unknown(_)), "{strange:?}");
    let Event::AuditEntry(told) = one(strange) else {
        panic!("an entry");
    };
    assert_eq!((told.target, told.deed), (UserId(6), Deed::Banned));
}

#[test]
fn entries_that_are_no_case_are_left_out() {
    for more in [
        json!({"action_type": 21, "target_id": null, "options": {"members_removed": "3", "delete_member_days": "7"}}),
        json!({"action_type": 24, "changes": [{"key": "nick", "new_value": "x"}]}),
        json!({"action_type": 25, "changes": [{"key": "$add", "new_value": []}]}),
        json!({"action_type": 72}),
        json!({"action_type": 9_999}),
        json!({"user_id": null}),
    ] {
        let told = translate(audit(more.clone()), BOT);
        assert!(matches!(told, Translated::Nothing), "{more}: {told:?}");
    }
}
