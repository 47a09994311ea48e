-- A guild's journal goes with the guild, in small steps: each finds the next entries without reading those of all others.

CREATE INDEX action_journal_guild ON action_journal (guild_id);
COMMENT ON INDEX action_journal_guild IS 'The journal of one guild, for its purge.';
