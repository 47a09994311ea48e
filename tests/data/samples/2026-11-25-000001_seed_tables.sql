-- Each status of an appeal, a global ban, notes of a guild and of none, a post, a case by hand that was edited and lifted.
INSERT INTO appeals (user_id, guild_id, infraction_id, case_id, reason, status, admin_response, reviewed_by, legacy_id)
    SELECT user_id, guild_id, id, case_id, 'It was a joke', 'PENDING', NULL, NULL, NULL::uuid FROM user_infractions
    WHERE action_taken = 'TIMEOUT';
INSERT INTO appeals (user_id, guild_id, reason, status, admin_response, reviewed_by, legacy_id) VALUES
    (7, 900100, 'Again', 'DENIED', 'No', 5, '7c9e6679-7425-40de-944b-e07fc1f90ae7'), (7, 900100, 'And again', 'APPROVED', NULL, 5, NULL),
    (8, 900100, 'Old', 'UNDER_REVIEW', NULL, 5, NULL);
INSERT INTO global_bans (user_id, reason, banned_by) VALUES (66, 'Raids', 1), (67, 'Migrated from JSON', 0);
INSERT INTO user_notes (guild_id, user_id, author_id, note) VALUES (900100, 7, 5, 'Watch this'), (NULL, 7, 0, 'An old note');
INSERT INTO user_notes (guild_id, user_id, author_id, note, removed_by, removed_at) VALUES (900100, 8, 5, 'A mistake', 5, CURRENT_TIMESTAMP);
INSERT INTO blog_posts (title, content, author_id, published, slug) VALUES ('News', '# News', 1, true, 'news'), ('Draft', '', 1, false, 'draft');
INSERT INTO moderation_logs (guild_id, case_number, moderator_id, target_user_id, action_type, reason, note, audit_entry_id, lifted_at)
    VALUES (900100, 3, 5, 8, 'BAN', 'by hand', 'asked for', 4711, CURRENT_TIMESTAMP);
UPDATE guild_settings SET last_case_number = 3 WHERE guild_id = 900100;
INSERT INTO case_edits (case_id, edited_by, field, old_text, new_text)
    SELECT id, 5, 'REASON', NULL, 'by hand' FROM moderation_logs WHERE case_number = 3;
INSERT INTO action_journal (operation_key, step, guild_id, kind, payload, state, settled_at, message_id) VALUES
    ('lift:3', 0, 900100, 'UNBAN', '{}', 'DONE', CURRENT_TIMESTAMP, NULL), ('lift:3', 1, 900100, 'EDIT_CARD', '{}', 'DONE', CURRENT_TIMESTAMP, 78);
UPDATE guild_api_keys SET api_provider = 'a provider whose name has more letters than the older column takes' WHERE guild_id = 900100;
