//! The gateway: serenity on a thread of its own, its events translated to ours in order.
