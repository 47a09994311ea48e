-- A case about a message, and the trace of a removed infraction, which an older program does not know.
UPDATE moderation_logs SET judged_channel_id = 77 WHERE guild_id = 900100 AND case_number = 1;
INSERT INTO case_edits (case_id, edited_by, field, old_text)
    SELECT id, 5, 'INFRACTION', 'Rule 1' FROM moderation_logs WHERE guild_id = 900100 AND case_number = 1;
