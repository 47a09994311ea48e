//! A generated folder of the Python bot: all nine files, good records and every kind of bad ones.

use serde_json::{Value, json};

use super::{
    APPEALS, BANS, BOT_DETECTION, CASES, CONFIG, INFRACTIONS, NOTES, SETTINGS, Scene, TOGGLES,
};

/// An id that no double-precision number holds.
pub(super) const GUILD: u64 = 900_719_925_474_099_301;
/// Somebody who was punished.
pub(super) const MEMBER: u64 = 900_719_925_474_099_303;
/// The address of a webhook, which is a secret.
pub(super) const WEBHOOK: &str = "https://discord.com/api/webhooks/17/a-secret-token";

/// Some time, one second after another.
pub(super) fn time(second: u64) -> String {
    let at = chrono::DateTime::from_timestamp(1_700_000_000 + second.cast_signed(), 0);
    at.expect("a time").format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Infractions of so many members, so many each.
pub(super) fn infractions(members: u64, each: u64) -> Value {
    let mut all = serde_json::Map::new();
    for member in 0..members {
        let list = (0..each).map(|number| {
            json!({
                "timestamp": time(member * each + number), "rule_violated": "3", "action_taken": "WARN",
                "reasoning": format!("spam, for the {number}th time"),
            })
        });
        all.insert(format!("{GUILD}_{}", MEMBER + member), list.collect());
    }
    Value::Object(all)
}

impl Scene {
    /// All nine files with good records only.
    #[expect(
        clippy::too_many_lines,
        reason = "every case of one file, side by side"
    )]
    pub(super) fn write_good(&self) {
        let guild = GUILD.to_string();
        self.write(
            CONFIG,
            json!({&guild: {
                "ENABLED": false, "AI_MODEL": "a-model", "SERVER_RULES": "Be kind.", "AI_EXCLUDED_CHANNELS": ["5", 6],
                "MODERATOR_ROLE_ID": "900719925474099305", "LANGUAGE_CODE": "de", "mood": {"colour": "grey"},
            }, "77": {"ENABLED": true}})
            .to_string(),
        );
        self.write(INFRACTIONS, infractions(40, 5).to_string());
        let appeal = |status: &str, second: u64| {
            json!({
                "user_id": MEMBER.to_string(), "reason": "It was not me.", "timestamp": time(second + 100), "status": status,
                "original_infraction": {"guild_id": GUILD, "timestamp": time(second), "action_taken": "WARN"},
            })
        };
        self.write(
            APPEALS,
            json!({
                "00000000-0000-4000-8000-000000000001": appeal("pending", 0),
                "00000000-0000-4000-8000-000000000002": appeal("accepted", 1),
                "00000000-0000-4000-8000-000000000003": appeal("denied", 2),
                "00000000-0000-4000-8000-000000000004": appeal("rejected", 3),
            })
            .to_string(),
        );
        self.write(
            BANS,
            json!([MEMBER, (MEMBER + 1).to_string(), MEMBER]).to_string(),
        );
        self.write(
            BOT_DETECTION,
            json!({&guild: {
                "enabled": true, "keywords": ["free nitro", "cheap crypto"], "action": "kick", "timeout_duration": 600,
                "log_channel": "900719925474099307", "whitelist_roles": ["11", 12], "whitelist_users": [13],
            }})
            .to_string(),
        );
        let case = |id: Option<u64>, second: u64| {
            json!({
                "case_id": id, "guild_id": GUILD, "timestamp": time(second), "moderator_id": "55", "target_user_id": MEMBER,
                "action_type": "TIMEOUT", "reason": "spam", "duration_seconds": 600, "log_message_id": "901",
                "log_channel_id": 902,
            })
        };
        self.write(
            CASES,
            json!([
                case(Some(3), 1),
                case(None, 2),
                case(Some(9), 3),
                case(None, 4),
                case(Some(3), 1)
            ])
            .to_string(),
        );
        self.write(
            SETTINGS,
            json!({&guild: {"prefix": "?", "mod_log_channel_id": "8", "logging_webhook_url": WEBHOOK}}).to_string(),
        );
        self.write(
            TOGGLES,
            json!({&guild: {"member_join": false, "message_edit": true}}).to_string(),
        );
        self.write(
            NOTES,
            json!({MEMBER.to_string(): {"note": "An old friend."}}).to_string(),
        );
    }

    /// The same, and in every file what does not fit.
    #[expect(
        clippy::too_many_lines,
        reason = "every case of one file, side by side"
    )]
    pub(super) fn write_all(&self) {
        self.write_good();
        self.add(CONFIG, json!({"x": {}, "0": {}, "78": [], "79": {"APPEALS_ENABLED": "perhaps", "PREFIX": " ", "a.b": 1}}));
        self.add(
            INFRACTIONS,
            json!({
                "900100_7_1": [{"timestamp": time(0)}, {"timestamp": time(1)}], "900100": [], "0_7": [{}],
                "-1_7": [{}], "9223372036854775808_7": [{}], "1.5_7": [{}], "1_8": "nothing",
                "1_7": [
                    {"timestamp": "2024-05-01T12:00:00Z"},
                    {"timestamp": "2024-05-01T14:00:00+02:00"},
                    {"timestamp": "yesterday"}, {"timestamp": 1_714_564_800}, {"rule_violated": "3"}, 7, [],
                    {"timestamp": time(0), "rule_violated": 3}, {"timestamp": time(0), "reasoning": "a\0b"},
                    {"timestamp": time(9), "reasoning": "long ".repeat(100_000)},
                    {"timestamp": time(10), "action_taken": null, "rule_violated": ""},
                ],
            }),
        );
        let infraction = json!({"guild_id": GUILD, "timestamp": time(0), "action_taken": "WARN"});
        self.add(
            APPEALS,
            json!({
                "17": {}, "00000000-0000-4000-8000-000000000005": {
                    "user_id": MEMBER, "reason": "Again.", "timestamp": time(0), "status": "pending",
                    "original_infraction": infraction,
                },
                "00000000-0000-4000-8000-000000000006": {
                    "user_id": MEMBER, "reason": "?", "timestamp": time(0), "status": "lost", "original_infraction": infraction,
                },
                "00000000-0000-4000-8000-000000000007": {
                    "user_id": MEMBER, "reason": "?", "timestamp": time(0), "original_infraction": {"timestamp": time(0)},
                },
                "00000000-0000-4000-8000-000000000008": {
                    "appeal_id": "00000000-0000-4000-8000-000000000001", "user_id": MEMBER, "reason": "?",
                    "timestamp": time(0), "original_infraction": infraction,
                },
            }),
        );
        self.write(
            BANS,
            json!([
                MEMBER,
                (MEMBER + 1).to_string(),
                MEMBER,
                0,
                -5,
                1.5,
                "x",
                null,
                [],
                "9223372036854775808"
            ])
            .to_string(),
        );
        self.add(
            BOT_DETECTION,
            json!({"80": {"action": "hug", "timeout_duration": -1, "colour": 1}, "81": 5}),
        );
        let mut cases = self.read(CASES);
        cases.as_array_mut().expect("a list").extend([
            json!({"case_id": 3, "guild_id": GUILD, "timestamp": time(7), "target_user_id": 1, "action_type": "BAN"}),
            json!({"case_id": 0, "guild_id": GUILD, "timestamp": time(7), "target_user_id": 1, "action_type": "BAN"}),
            json!({"guild_id": GUILD, "timestamp": time(7), "action_type": "BAN"}),
            json!({"guild_id": 1.5, "timestamp": time(7), "target_user_id": 1, "action_type": "BAN"}),
            json!({"guild_id": GUILD, "timestamp": time(7), "target_user_id": 1, "action_type": "B".repeat(51)}),
            json!({"guild_id": GUILD, "timestamp": "?", "target_user_id": 1, "action_type": "BAN"}),
            json!("nothing"),
        ]);
        self.write(CASES, cases.to_string());
        self.add(SETTINGS, json!({"82": {"mod_log_channel_id": "the log"}}));
        self.add(
            TOGGLES,
            json!({"83": {"full_moon": true, "member_join": "no"}}),
        );
        self.add(NOTES, json!({"nobody": {"note": "x"}, "84": {"note": 5}, "85": {"note": "x", "colour": "red"}, "86": {}}));
    }

    fn read(&self, name: &str) -> Value {
        let text = std::fs::read_to_string(self.path(name)).expect("a file");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Adds records to a file that is an object.
    fn add(&self, name: &str, more: Value) {
        let mut file = self.read(name);
        let (Some(there), Value::Object(more)) = (file.as_object_mut(), more) else {
            panic!("objects")
        };
        there.extend(more);
        self.write(name, file.to_string());
    }
}
