//! Guild actors: one per awake guild, supervised, holding that guild's configuration and short memory.
