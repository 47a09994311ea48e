//! The newest messages of a guild, so that one which Discord sends twice is judged and counted once.

use crate::domain::ids::MessageId;

/// Discord repeats itself shortly after: when a session is resumed, or by mistake.
const KEPT: usize = 64;

/// A bounded memory of message ids, oldest forgotten first.
pub(super) struct Newest {
    ids: [MessageId; KEPT],
    next: usize,
}

impl Newest {
    pub(super) const fn new() -> Self {
        Self {
            ids: [MessageId(0); KEPT],
            next: 0,
        }
    }

    /// Whether this message has not come before, as far back as is remembered. Remembers it.
    pub(super) fn is_new(&mut self, id: MessageId) -> bool {
        if self.ids.contains(&id) {
            return false;
        }
        self.ids[self.next] = id;
        self.next = (self.next + 1) % KEPT;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_new_once_and_forgotten_after_many_others() {
        let mut newest = Newest::new();
        assert!(newest.is_new(MessageId(1)));
        assert!(!newest.is_new(MessageId(1)));
        for id in 2..=KEPT as u64 {
            assert!(newest.is_new(MessageId(id)));
        }
        assert!(!newest.is_new(MessageId(1)), "the oldest that is kept");
        assert!(newest.is_new(MessageId(1_000)));
        assert!(newest.is_new(MessageId(1)), "forgotten");
    }
}
