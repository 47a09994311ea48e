//! Statistics as moderators meet them.
