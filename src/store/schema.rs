// @generated automatically by Diesel CLI.

diesel::table! {
    /// Every side effect on Discord: the intent before the call, the outcome after it.
    action_journal (id) {
        /// Own number over all guilds.
        id -> Int8,
        /// Names the decision once and for all, so that it is never carried out twice.
        #[max_length = 100]
        operation_key -> Varchar,
        /// Place of this side effect in its decision.
        step -> Int2,
        /// The guild.
        guild_id -> Int8,
        /// What is done on Discord.
        #[max_length = 20]
        kind -> Varchar,
        /// What the call needs, so that a restarted process can make it.
        payload -> Jsonb,
        /// INTENDED, then DONE, SKIPPED (could not or need not be tried) or FAILED.
        #[max_length = 20]
        state -> Varchar,
        /// Why a step was skipped or failed.
        detail -> Nullable<Text>,
        /// The case that the decision opened.
        case_id -> Nullable<Int8>,
        /// When the intent was written.
        created_at -> Timestamptz,
        /// When the outcome was written.
        settled_at -> Nullable<Timestamptz>,
        /// The message that the step posted; NULL where it posted none.
        message_id -> Nullable<Int8>,
        /// Where the message that the step posted stands; NULL where it posted none.
        channel_id -> Nullable<Int8>,
    }
}

diesel::table! {
    /// What members say against their punishments, and what the staff answered.
    appeals (id) {
        /// Own number over all guilds.
        id -> Int8,
        /// Who appeals.
        user_id -> Int8,
        /// The guild whose staff decides.
        guild_id -> Int8,
        /// The infraction it is about; NULL where that is gone or the case has none.
        infraction_id -> Nullable<Int8>,
        /// The moderation_logs row of the punishment; NULL where that is gone or unknown.
        case_id -> Nullable<Int8>,
        /// What the member says.
        reason -> Text,
        /// PENDING, UNDER_REVIEW, then APPROVED or DENIED for good.
        #[max_length = 20]
        status -> Varchar,
        /// What the staff answered.
        admin_response -> Nullable<Text>,
        /// Who decided or took it under review; NULL while nobody has.
        reviewed_by -> Nullable<Int8>,
        /// The id that the Python bot gave it; NULL for our own.
        legacy_id -> Nullable<Uuid>,
        /// When it was made.
        created_at -> Timestamptz,
        /// When its status last changed.
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    /// What the operators publish; drafts are theirs alone.
    blog_posts (id) {
        /// Own number.
        id -> Int8,
        /// The heading.
        #[max_length = 255]
        title -> Varchar,
        /// The text, in Markdown.
        content -> Text,
        /// The operator who wrote it; 0 on the command line.
        author_id -> Int8,
        /// Whether everybody may read it.
        published -> Bool,
        /// Its name in addresses: lower-case letters, digits and single hyphens.
        #[max_length = 255]
        slug -> Varchar,
        /// When it was written.
        created_at -> Timestamptz,
        /// When it last changed.
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    /// Bot detection of a guild; without a row all defaults apply.
    botdetect_config (guild_id) {
        /// The guild.
        guild_id -> Int8,
        /// Whether messages are searched.
        enabled -> Bool,
        /// The guild's own phrases and domains, a list of texts.
        keywords -> Jsonb,
        /// What follows the deletion: delete (nothing more), warn, timeout, kick or ban.
        #[max_length = 50]
        action -> Varchar,
        /// Length of a timeout, in seconds.
        timeout_duration -> Int4,
        /// Where cards are posted; NULL falls back to the moderation log channel.
        log_channel -> Nullable<Int8>,
        /// Roles that are never searched, a list of ids as numbers.
        whitelist_roles -> Jsonb,
        /// Users that are never searched, a list of ids as numbers.
        whitelist_users -> Jsonb,
        /// When the guild first changed a setting.
        created_at -> Timestamptz,
        /// When a setting last changed.
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    /// Who changed what of a case, written in the transaction that changed it.
    case_edits (id) {
        /// Own number.
        id -> Int8,
        /// The case.
        case_id -> Int8,
        /// The moderator.
        edited_by -> Int8,
        /// REASON, NOTE, or INFRACTION where the infraction of the case was removed: its rule is the old text.
        #[max_length = 20]
        field -> Varchar,
        /// What stood there before; NULL for nothing.
        old_text -> Nullable<Text>,
        /// What stands there since; NULL for nothing.
        new_text -> Nullable<Text>,
        /// When.
        edited_at -> Timestamptz,
    }
}

diesel::table! {
    /// Every command that somebody ran; a partition per month, old months are dropped.
    command_logs (id, timestamp) {
        /// Own number over all guilds.
        id -> Int8,
        /// The guild.
        guild_id -> Int8,
        /// Who ran it.
        user_id -> Int8,
        /// The full name with its subcommands; never its arguments.
        #[max_length = 100]
        command_name -> Varchar,
        /// When it was called.
        timestamp -> Timestamptz,
        /// OK, REFUSED (wrong arguments), FORBIDDEN (permission) or ERROR.
        #[max_length = 20]
        outcome -> Varchar,
        /// Milliseconds from the call to the end.
        duration_ms -> Int4,
    }
}

diesel::table! {
    /// Configuration changes that wait for a confirmation; they expire after a day.
    config_drafts (id) {
        /// Own number over all guilds; the button carries it.
        id -> Int8,
        /// The guild.
        guild_id -> Int8,
        /// The user who asked.
        asked_by -> Int8,
        /// The configuration version on which the question was based.
        base_version -> Int8,
        /// The new values by canonical key.
        changes -> Jsonb,
        /// When it was asked.
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// How far AIMod has listened to Discord; one row per range of shards.
    gateway_progress (shards) {
        /// The shards as in the settings, such as 0..4/16; "all" without a setting.
        #[max_length = 40]
        shards -> Varchar,
        /// Everything that Discord sent before this has been received and judged.
        heard_until -> Timestamptz,
    }
}

diesel::table! {
    /// Users whom the operators keep out of every guild that has not opted out.
    global_bans (user_id) {
        /// The user.
        user_id -> Int8,
        /// Why.
        reason -> Text,
        /// The operator who said so; 0 where it was imported or the system's.
        banned_by -> Int8,
        /// Since when.
        created_at -> Timestamptz,
        /// Counts up with every entry that is made; one that is removed and made anew has a new one.
        number -> Int8,
    }
}

diesel::table! {
    /// A guild's own keys to model providers, sealed.
    guild_api_keys (guild_id) {
        /// The guild.
        guild_id -> Int8,
        /// The provider as the operator's list names it.
        #[max_length = 100]
        api_provider -> Nullable<Varchar>,
        /// The key, a Fernet token; never in clear.
        encrypted_api_key -> Nullable<Text>,
        /// Stored sign-in data, a Fernet token; never in clear.
        encrypted_github_auth_info -> Nullable<Text>,
        /// When the guild first set a key.
        created_at -> Timestamptz,
        /// When the row last changed.
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    /// What administrators have set; a key without a row is unset.
    guild_config (guild_id, key) {
        /// The guild.
        guild_id -> Int8,
        /// Canonical upper-case name of the key.
        #[max_length = 255]
        key -> Varchar,
        /// The value as JSON; ids are numbers.
        value -> Jsonb,
        /// When the key was first set.
        created_at -> Timestamptz,
        /// When the value last changed.
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    /// Every configuration change, written in the transaction that made it; one row per changed key.
    guild_config_revisions (guild_id, version, key) {
        /// The guild.
        guild_id -> Int8,
        /// The version that this change made; gap-free per guild.
        version -> Int8,
        /// The key that changed.
        #[max_length = 255]
        key -> Varchar,
        /// The value before; NULL where the key was unset.
        old_value -> Nullable<Jsonb>,
        /// The value after; NULL where the key was cleared.
        new_value -> Nullable<Jsonb>,
        /// The user who changed it; 0 for the operator, plain SQL or AIMod itself.
        changed_by -> Int8,
        /// The way it came: COMMAND, CLI, IMPORT, SYSTEM, or SQL for statements of others.
        #[max_length = 20]
        source -> Varchar,
        /// Why, where somebody said so.
        reason -> Nullable<Text>,
        /// When it was committed.
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    /// One row per guild that AIMod has met; follows the gateway.
    guild_settings (guild_id) {
        /// The guild.
        guild_id -> Int8,
        /// Its name; empty until the gateway has told it.
        #[max_length = 255]
        name -> Varchar,
        /// Members as Discord last counted them.
        member_count -> Int4,
        /// Gap-free version of the configuration; 0 where nothing was ever changed.
        config_version -> Int8,
        /// The highest case number given out; the next case takes the one after it.
        last_case_number -> Int8,
        /// When AIMod was removed from the guild; NULL while it is a member.
        left_at -> Nullable<Timestamptz>,
        /// When AIMod first met the guild.
        created_at -> Timestamptz,
        /// When this row last changed.
        updated_at -> Timestamptz,
        /// When the configuration's version was made; tells it from another database's version of the same number.
        config_changed_at -> Nullable<Timestamptz>,
        /// Its members have been searched for the entries of global_bans up to this number.
        global_bans_searched -> Int8,
    }
}

diesel::table! {
    /// The cases of a guild: every punishment, by AIMod or by a moderator.
    moderation_logs (id) {
        /// Own number over all guilds.
        id -> Int8,
        /// The guild.
        guild_id -> Int8,
        /// Number of the case in its guild; gap-free, from 1.
        case_number -> Int8,
        /// Who punished; 0 is AIMod itself.
        moderator_id -> Int8,
        /// Who was punished.
        target_user_id -> Int8,
        /// DELETE, WARN, TIMEOUT, KICK, BAN, END_TIMEOUT, UNBAN, or an older program's word.
        #[max_length = 50]
        action_type -> Varchar,
        /// Why.
        reason -> Nullable<Text>,
        /// How long a timeout lasts, in seconds.
        duration_seconds -> Nullable<Int4>,
        /// PENDING while the action is under way, then DONE or FAILED.
        #[max_length = 20]
        outcome -> Varchar,
        /// What kept the action from being done in full.
        outcome_detail -> Nullable<Text>,
        /// Where the log card stands.
        channel_id -> Nullable<Int8>,
        /// The log card.
        message_id -> Nullable<Int8>,
        /// When it was decided.
        created_at -> Timestamptz,
        /// What the staff notes about the case; never shown to the member.
        note -> Nullable<Text>,
        /// The entry of Discord's audit log that it was made from; NULL where AIMod acted itself.
        audit_entry_id -> Nullable<Int8>,
        /// When the punishment was taken back before its end; NULL where it was not.
        lifted_at -> Nullable<Timestamptz>,
        /// Where the judged message stood; NULL where it was not about a message.
        judged_channel_id -> Nullable<Int8>,
    }
}

diesel::table! {
    /// Users over all guilds, with their counters.
    user_data (user_id) {
        /// The user.
        user_id -> Int8,
        /// The user name when last seen.
        #[max_length = 255]
        username -> Nullable<Varchar>,
        /// The four digits of old names.
        #[max_length = 10]
        discriminator -> Nullable<Varchar>,
        /// The picture when last seen.
        avatar_url -> Nullable<Text>,
        /// When AIMod first saw the user.
        first_seen -> Timestamptz,
        /// When AIMod last saw the user; at most one flush late.
        last_seen -> Timestamptz,
        /// Messages seen; a crash may lose the last flush interval.
        message_count -> Int8,
        /// Infractions recorded, in the infraction's own transaction.
        infraction_count -> Int8,
    }
}

diesel::table! {
    /// What members did against the rules.
    user_infractions (id) {
        /// Own number over all guilds.
        id -> Int8,
        /// The guild.
        guild_id -> Int8,
        /// The member.
        user_id -> Int8,
        /// When it happened.
        timestamp -> Timestamptz,
        /// The rule that was broken.
        rule_violated -> Nullable<Text>,
        /// What was decided: the action of the case.
        action_taken -> Nullable<Text>,
        /// Why the rule applies; never the member's own text.
        reasoning -> Nullable<Text>,
        /// The moderation_logs row that carried it out.
        case_id -> Nullable<Int8>,
        /// When this row was written.
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// What moderators note about users. A removed note stays as a trace until its text is erased with the person.
    user_notes (id) {
        /// Own number over all guilds.
        id -> Int8,
        /// The guild whose staff reads it; NULL for notes of a bot that kept none per guild, which operators read.
        guild_id -> Nullable<Int8>,
        /// Whom it is about.
        user_id -> Int8,
        /// Who wrote it; 0 where it was imported.
        author_id -> Int8,
        /// The note.
        note -> Text,
        /// When it was written.
        created_at -> Timestamptz,
        /// Who removed it; NULL while it counts.
        removed_by -> Nullable<Int8>,
        /// When it was removed; NULL while it counts.
        removed_at -> Nullable<Timestamptz>,
    }
}

diesel::joinable!(user_infractions -> moderation_logs (case_id));
diesel::joinable!(appeals -> user_infractions (infraction_id));
diesel::joinable!(appeals -> moderation_logs (case_id));
diesel::joinable!(action_journal -> moderation_logs (case_id));
diesel::joinable!(case_edits -> moderation_logs (case_id));

diesel::allow_tables_to_appear_in_same_query!(
    action_journal,
    appeals,
    blog_posts,
    botdetect_config,
    case_edits,
    command_logs,
    config_drafts,
    gateway_progress,
    global_bans,
    guild_api_keys,
    guild_config,
    guild_config_revisions,
    guild_settings,
    moderation_logs,
    user_data,
    user_infractions,
    user_notes,
);
