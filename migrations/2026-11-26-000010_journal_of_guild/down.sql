DROP INDEX action_journal_guild;
