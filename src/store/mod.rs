//! PostgreSQL: pool, migrations, schema, our own server, shared tables.
