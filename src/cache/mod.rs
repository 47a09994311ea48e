//! Redis, a shared cache that may vanish at any moment.
