-- A run of now, one of a month without a partition, and one without a guild.
INSERT INTO command_logs (guild_id, user_id, command_name, timestamp) VALUES
    (900100, 5, 'mydata export', CURRENT_TIMESTAMP), (900100, 5, 'help', '2031-01-01T00:00:00Z'), (0, 5, 'help', CURRENT_TIMESTAMP);
