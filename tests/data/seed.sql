-- The statements of the seed document, copied to the letter: "Database System" of the openguard wiki, sections as named.
--
-- Each line that begins with "-- @" names what stands below it: how it is tried (run: it runs unchanged on our schema;
-- index: the same, and is taken back; table: it makes a table in a schema of its own, whose columns are held against ours;
-- broken: it runs on no PostgreSQL), and where in the seed it stands. $1, $2 and so on are the seed's own parameters.

-- @ table: Database Schema, guild_config
CREATE TABLE guild_config (
    guild_id BIGINT NOT NULL,
    key VARCHAR(255) NOT NULL,
    value JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (guild_id, key)
);

-- @ table: Database Schema, user_infractions
CREATE TABLE user_infractions (
    id SERIAL PRIMARY KEY,
    guild_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    timestamp TIMESTAMP WITH TIME ZONE NOT NULL,
    rule_violated VARCHAR(50),
    action_taken VARCHAR(100),
    reasoning TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

-- @ table: Database Schema, appeals
CREATE TABLE appeals (
    id SERIAL PRIMARY KEY,
    user_id BIGINT NOT NULL,
    guild_id BIGINT NOT NULL,
    infraction_id INTEGER REFERENCES user_infractions(id),
    reason TEXT NOT NULL,
    status VARCHAR(20) DEFAULT 'PENDING',
    admin_response TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

-- @ table: Database Schema, global_bans
CREATE TABLE global_bans (
    user_id BIGINT PRIMARY KEY,
    reason TEXT NOT NULL,
    banned_by BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

-- @ table: Database Schema, moderation_logs
CREATE TABLE moderation_logs (
    id SERIAL PRIMARY KEY,
    guild_id BIGINT NOT NULL,
    moderator_id BIGINT,
    target_user_id BIGINT NOT NULL,
    action_type VARCHAR(50) NOT NULL,
    reason TEXT,
    duration_seconds INTEGER,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

-- @ table: Database Schema, command_logs
CREATE TABLE command_logs (
    id SERIAL PRIMARY KEY,
    guild_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    command_name VARCHAR(100) NOT NULL,
    timestamp TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

-- @ table: Database Schema, guild_settings
CREATE TABLE guild_settings (
    guild_id BIGINT PRIMARY KEY,
    name VARCHAR(255) NOT NULL,
    member_count INTEGER DEFAULT 0,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

-- @ table: Database Schema, botdetect_config
CREATE TABLE botdetect_config (
    guild_id BIGINT PRIMARY KEY,
    enabled BOOLEAN DEFAULT false,
    keywords JSONB DEFAULT '[]',
    action VARCHAR(50) DEFAULT 'timeout',
    timeout_duration INTEGER DEFAULT 3600,
    log_channel BIGINT,
    whitelist_roles JSONB DEFAULT '[]',
    whitelist_users JSONB DEFAULT '[]',
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

-- @ table: Database Schema, user_data
CREATE TABLE user_data (
    user_id BIGINT PRIMARY KEY,
    username VARCHAR(255),
    discriminator VARCHAR(10),
    avatar_url TEXT,
    first_seen TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    last_seen TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    message_count INTEGER DEFAULT 0,
    infraction_count INTEGER DEFAULT 0
);

-- @ table: Database Schema, guild_api_keys
CREATE TABLE guild_api_keys (
    guild_id BIGINT PRIMARY KEY,
    api_provider VARCHAR(100),
    encrypted_api_key TEXT,
    encrypted_github_auth_info TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

-- @ table: Database Schema, blog_posts
CREATE TABLE blog_posts (
    id SERIAL PRIMARY KEY,
    title VARCHAR(255) NOT NULL,
    content TEXT NOT NULL,
    author_id BIGINT NOT NULL,
    published BOOLEAN DEFAULT false,
    slug VARCHAR(255) UNIQUE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

-- @ index: Database Schema, User Infractions
CREATE INDEX idx_user_infractions_guild_user ON user_infractions(guild_id, user_id);

-- @ index: Database Schema, User Infractions
CREATE INDEX idx_user_infractions_timestamp ON user_infractions(timestamp);

-- @ index: Database Schema, User Infractions
CREATE INDEX idx_user_infractions_action ON user_infractions(action_taken);

-- @ index: Performance Optimization, Indexing Strategy
CREATE INDEX idx_guild_config_guild_id ON guild_config(guild_id);

-- @ index: Performance Optimization, Indexing Strategy
CREATE INDEX idx_user_infractions_guild_id ON user_infractions(guild_id);

-- @ index: Performance Optimization, Indexing Strategy
CREATE INDEX idx_user_infractions_user_id ON user_infractions(user_id);

-- @ index: Performance Optimization, Indexing Strategy
CREATE INDEX idx_appeals_user_id ON appeals(user_id);

-- @ index: Performance Optimization, Indexing Strategy
CREATE INDEX idx_user_infractions_timestamp ON user_infractions(timestamp);

-- @ index: Performance Optimization, Indexing Strategy
CREATE INDEX idx_command_logs_timestamp ON command_logs(timestamp);

-- @ index: Performance Optimization, Indexing Strategy
CREATE INDEX idx_user_infractions_guild_user_time ON user_infractions(guild_id, user_id, timestamp);

-- @ run: Connection Management, simple query
SELECT * FROM guild_config WHERE guild_id = $1

-- @ broken: Connection Management, transaction, a placeholder in place of columns
INSERT INTO user_infractions (...) VALUES (...)

-- @ run: Connection Management, transaction
UPDATE user_data SET infraction_count = infraction_count + 1

-- @ run: Create/Update Operations, set_guild_config
            INSERT INTO guild_config (guild_id, key, value, updated_at)
            VALUES ($1, $2, $3, CURRENT_TIMESTAMP)
            ON CONFLICT (guild_id, key)
            DO UPDATE SET value = $3, updated_at = CURRENT_TIMESTAMP

-- @ run: Read Operations, get_guild_config
SELECT value FROM guild_config WHERE guild_id = $1 AND key = $2

-- @ run: Delete Operations, delete_guild_config
DELETE FROM guild_config WHERE guild_id = $1 AND key = $2

-- @ run: User Infraction History, get_user_infractions
            SELECT id, timestamp, rule_violated, action_taken, reasoning
            FROM user_infractions
            WHERE guild_id = $1 AND user_id = $2
            ORDER BY timestamp DESC
            LIMIT $3

-- @ broken: Moderation Statistics, get_moderation_stats, a placeholder of Python inside a literal
            SELECT 
                action_taken,
                COUNT(*) as count,
                DATE_TRUNC('day', timestamp) as date
            FROM user_infractions
            WHERE guild_id = $1 
            AND timestamp >= CURRENT_TIMESTAMP - INTERVAL '%s days'
            GROUP BY action_taken, DATE_TRUNC('day', timestamp)
            ORDER BY date DESC

-- @ run: JSON to PostgreSQL Migration, migrate_guild_config
                    INSERT INTO guild_config (guild_id, key, value)
                    VALUES ($1, $2, $3)
                    ON CONFLICT (guild_id, key) DO NOTHING

-- @ run: Migration Validation, validate_migration
SELECT COUNT(DISTINCT guild_id) FROM guild_config

-- @ run: Prepared Statements, INSERT_INFRACTION
    INSERT INTO user_infractions (guild_id, user_id, timestamp, rule_violated, action_taken, reasoning)
    VALUES ($1, $2, $3, $4, $5, $6)

-- @ run: SQL Injection Prevention, safe_query
SELECT * FROM user_infractions WHERE guild_id = $1 AND user_id = $2

-- @ run: Access Control, Database Permissions
CREATE USER aimod_app WITH PASSWORD 'secure_password';

-- @ run: Access Control, Database Permissions
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO aimod_app;

-- @ run: Access Control, Database Permissions
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO aimod_app;

-- @ run: Access Control, Database Permissions
REVOKE CREATE ON SCHEMA public FROM aimod_app;

-- @ broken: Access Control, Database Permissions, no such privilege exists
REVOKE DROP ON ALL TABLES IN SCHEMA public FROM aimod_app;
