//! Exports and what an import makes of them: ids by names, doubts, and files that are none.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::domain::event::{Channel, Event, GuildFacts, Role};
use crate::domain::ids::{ChannelId, GuildId, RoleId, UserId};
use crate::domain::permissions::Permissions;
use crate::features::config::transfer::{Doubt, Plan, Unreadable, export, plan, read};
use crate::features::registry;
use crate::guild::config::snapshot::{Reading, Snapshot};
use crate::guild::view::GuildView;
use crate::store::tables::config::StoredConfig;

/// A guild with these channels and roles: ids count up from `first`.
fn view(first: u64, channels: &[&str], roles: &[&str]) -> GuildView {
    let mut view = GuildView::unknown(GuildId(first));
    let channels = (first..).zip(channels).map(|(id, name)| Channel {
        id: ChannelId(id),
        name: (*name).to_owned(),
        parent: None,
        text: true,
    });
    let roles = (first + 50..).zip(roles).map(|(id, name)| Role {
        id: RoleId(id),
        name: (*name).to_owned(),
        permissions: Permissions::NONE,
        position: 1,
    });
    view.apply(&Event::GuildAvailable(Box::new(GuildFacts {
        owner: UserId(1),
        channels: channels.collect(),
        roles: roles.collect(),
        ..GuildFacts::default()
    })));
    view
}

fn snapshot(values: &Json) -> Snapshot {
    let registry = registry();
    let values = values.as_object().expect("an object").clone();
    let stored = StoredConfig {
        values: values.into_iter().collect(),
        ..StoredConfig::default()
    };
    Reading::of(&registry, stored).compile(&registry)
}

/// What a guild of other ids makes of another's settings.
fn carried(values: &Json, from: &GuildView, to: &GuildView) -> Plan {
    let registry = registry();
    let file = export(from.id, &snapshot(values), &registry, from);
    let bytes = serde_json::to_vec(&file).expect("plain data");
    plan(&read(&bytes).expect("an export"), to.id, to, &registry)
}

#[test]
fn an_export_holds_what_is_set_with_ids_as_texts_and_their_names() {
    let here = view(100, &["general", "mod-log"], &["helpers"]);
    let values = json!({
        "PREFIX": "?", "MODERATION_LOG_CHANNEL_ID": 101, "MODERATOR_ROLE_ID": 9_007_199_254_740_993_u64,
        "botdetect_config.enabled": true, "botdetect_config.action": "timeout",
        "botdetect_config.whitelist_roles": [150], "botdetect_config.keywords": ["a", "b"],
        "botdetect_config.whitelist_users": [7], "AI_MODEL": "m",
    });
    let file = export(here.id, &snapshot(&values), &registry(), &here);
    assert_eq!(
        file,
        json!({
            "format": 1, "guild": "100", "version": 0,
            "settings": {
                "BOTDETECT_ENABLED": true, "BOTDETECT_KEYWORDS": ["a", "b"],
                "BOTDETECT_WHITELIST_ROLES": ["150"], "BOTDETECT_WHITELIST_USERS": ["7"],
                "MODERATION_LOG_CHANNEL_ID": "101", "MODERATOR_ROLE_ID": "9007199254740993", "PREFIX": "?",
                "AI_MODEL": "m",
            },
            "names": {"channels": {"101": "mod-log"}, "roles": {"150": "helpers"}},
        })
    );
}

#[test]
fn another_guild_finds_channels_and_roles_by_their_names() {
    let from = view(100, &["general", "mod-log"], &["helpers", "ghosts"]);
    let to = view(200, &["mod-log", "twin", "twin"], &["helpers"]);
    let values = json!({
        "MODERATION_LOG_CHANNEL_ID": 101, "MODERATOR_ROLE_ID": 151, "AI_MODEL": "m", "VERY_OLD": 1,
        "botdetect_config.log_channel": 100, "botdetect_config.whitelist_roles": [150, 151],
        "botdetect_config.whitelist_users": [7],
    });
    let plan = carried(&values, &from, &to);
    assert!(plan.is_foreign);
    assert_eq!(
        json!(plan.values),
        json!({
            "AI_MODEL": "m", "BOTDETECT_WHITELIST_ROLES": [250], "BOTDETECT_WHITELIST_USERS": [7],
            "MODERATION_LOG_CHANNEL_ID": 200, "VERY_OLD": 1,
        })
    );
    let registry = registry();
    let key = |name: &str| registry.find(name).expect("a key");
    let expected = [
        Doubt::Unknown("VERY_OLD".into()),
        Doubt::Reserved("AI_MODEL".into()),
        Doubt::ChannelLost(key("BOTDETECT_LOG_CHANNEL"), "general".into()),
        Doubt::Role(key("BOTDETECT_WHITELIST_ROLES"), "helpers".into(), 250),
        Doubt::RoleLost(key("BOTDETECT_WHITELIST_ROLES"), "ghosts".into()),
        Doubt::Users(key("BOTDETECT_WHITELIST_USERS")),
        Doubt::Channel(key("MODERATION_LOG_CHANNEL_ID"), "mod-log".into(), 200),
        Doubt::RoleLost(key("MODERATOR_ROLE_ID"), "ghosts".into()),
    ];
    assert_eq!(plan.doubts, expected);
}

#[test]
fn the_same_guild_keeps_its_ids_and_asks_by_name_for_what_is_gone() {
    let before = view(100, &["general", "mod-log"], &["helpers"]);
    let values = json!({"MODERATION_LOG_CHANNEL_ID": 101, "MODERATOR_ROLE_ID": 150});
    let same = carried(&values, &before, &before);
    assert!(!same.is_foreign && same.doubts.is_empty());
    assert_eq!(json!(same.values), values);
    let mut after = before.clone();
    after.apply(&Event::ChannelDeleted(ChannelId(101)));
    after.apply(&Event::ChannelChanged(Channel {
        id: ChannelId(111),
        name: "mod-log".into(),
        parent: None,
        text: true,
    }));
    let plan = carried(&values, &before, &after);
    assert_eq!(json!(plan.values)["MODERATION_LOG_CHANNEL_ID"], 111);
    assert_eq!(plan.doubts.len(), 1);
}

#[test]
fn what_does_not_fit_is_left_out_and_aliases_give_way() {
    let here = view(100, &[], &[]);
    let registry = registry();
    let file = json!({"format": 1, "guild": 100, "settings": {
        "guild_settings.prefix": "!", "PREFIX": "?", "mod_log_channel_id": null, "BOTDETECT_ACTION": "explode",
        "BOTDETECT_KEYWORDS": ["..."], "appeals_enabled": false, "LANGUAGE_CODE": 5,
    }});
    let bytes = serde_json::to_vec(&file).expect("plain data");
    let plan = plan(&read(&bytes).expect("an export"), here.id, &here, &registry);
    assert_eq!(
        json!(plan.values),
        json!({"APPEALS_ENABLED": false, "PREFIX": "?"})
    );
    let key = |name: &str| registry.find(name).expect("a key");
    let wrong = ["BOTDETECT_ACTION", "BOTDETECT_KEYWORDS", "LANGUAGE_CODE"];
    assert_eq!(plan.doubts, wrong.map(|name| Doubt::Misfit(key(name))));
}

#[test]
fn what_no_key_reads_is_kept_but_no_secret_and_no_strange_name() {
    let here = view(100, &[], &[]);
    let registry = registry();
    let file = json!({"format": 1, "guild": "100", "settings": {
        "SERVER_RULES": "older", "RULES_TEXT": "be kind", "very old": [1, 2], "a.b": 1, "BOTDETECT_X": 1,
        "api_key": {"provider": "x"}, "hook": {"to": ["https://discord.com/api/webhooks/1/x"]},
        "sealed": {"sealed": "gAAAAA"}, "x_api_key": "sk-1", "NUL": "\u{0}",
    }});
    let bytes = serde_json::to_vec(&file).expect("plain data");
    let plan = plan(&read(&bytes).expect("an export"), here.id, &here, &registry);
    assert_eq!(
        json!(plan.values),
        json!({"RULES_TEXT": "be kind", "VERY OLD": [1, 2]})
    );
    let expected = [
        Doubt::Unkept("BOTDETECT_X".into()),
        Doubt::Unkept("NUL".into()),
        Doubt::Reserved("RULES_TEXT".into()),
        Doubt::Unkept("a.b".into()),
        Doubt::Unkept("api_key".into()),
        Doubt::Secret("hook".into()),
        Doubt::Secret("sealed".into()),
        Doubt::Unknown("very old".into()),
        Doubt::Secret("x_api_key".into()),
        Doubt::Reserved("RULES_TEXT".into()),
    ];
    assert_eq!(plan.doubts, expected);
}

#[test]
fn what_is_no_export_is_told_with_its_place() {
    let wrong = |text: &str| read(text.as_bytes()).expect_err("refused");
    assert_eq!(wrong(""), Unreadable::Json(1, 0));
    assert_eq!(wrong("{\n  \"format\": 1,\n  oops"), Unreadable::Json(3, 3));
    for text in ["[]", "1", "{}", "{\"settings\": []}", "{\"format\": 1}"] {
        assert_eq!(wrong(text), Unreadable::Shape, "{text}");
    }
    for format in ["", "\"format\": 2,", "\"format\": \"1\","] {
        let text = format!("{{{format} \"settings\": {{}}}}");
        assert_eq!(wrong(&text), Unreadable::Format);
    }
    assert!(read("\u{feff}{\"format\": 1, \"settings\": {}}".as_bytes()).is_ok());
    assert!(read(b"{\"format\": 1, \"settings\": {}, \"names\": 3, \"guild\": []}").is_ok());
}

proptest! {
    #[test]
    fn no_file_makes_an_import_fail(text in ".{0,200}", key in "[A-Z_]{1,30}", value in ".{0,40}") {
        let here = view(100, &["a"], &["b"]);
        let registry = registry();
        for bytes in [
            text.clone().into_bytes(),
            json!({"format": 1, "settings": {key.as_str(): value.as_str(), "PREFIX": value.as_str()}}).to_string().into_bytes(),
        ] {
            if let Ok(file) = read(&bytes) {
                let plan = plan(&file, here.id, &here, &registry);
                for (name, json) in &plan.values {
                    let fits = registry.find(name).is_none_or(|key| key.read(json).is_ok());
                    prop_assert!(fits, "{name} {json}");
                }
            }
        }
    }

    #[test]
    fn what_was_exported_is_imported_unchanged(prefix in "[!-~]{1,10}", on: bool, seconds in 1_u64..2_000_000, words in proptest::collection::vec("[a-z]{2,8}", 0..5)) {
        let here = view(100, &["a"], &["b"]);
        let values = json!({
            "PREFIX": prefix, "APPEALS_ENABLED": on, "botdetect_config.timeout_duration": seconds, "botdetect_config.keywords": words,
        });
        let plan = carried(&values, &here, &here);
        prop_assert!(plan.doubts.is_empty(), "{:?}", plan.doubts);
        let registry = registry();
        for key in registry.keys() {
            let before = snapshot(&values).values().find_set(key).map(|value| value.to_json());
            prop_assert_eq!(plan.values.get(key.name).cloned(), before, "{}", key.name);
        }
    }
}
