-- Every way in which the list changes.
INSERT INTO global_bans (user_id, reason, banned_by) VALUES (68, 'Spam', 1);
UPDATE global_bans SET reason = 'Raids and spam' WHERE user_id = 66;
DELETE FROM global_bans WHERE user_id = 68;
