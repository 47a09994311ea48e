//! The last so many keys, oldest forgotten first.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// A bounded set of keys.
pub(super) struct Recent {
    most: usize,
    keys: HashSet<Arc<str>>,
    order: VecDeque<Arc<str>>,
}

impl Recent {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            keys: HashSet::new(),
            order: VecDeque::new(),
        }
    }

    pub(super) fn insert(&mut self, key: String) {
        let key: Arc<str> = key.into();
        if !self.keys.insert(Arc::clone(&key)) {
            return;
        }
        self.order.push_back(key);
        if self.order.len() > self.most
            && let Some(oldest) = self.order.pop_front()
        {
            self.keys.remove(&oldest);
        }
    }

    pub(super) fn contains(&self, key: &str) -> bool {
        self.keys.contains(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_key_is_forgotten_first_and_a_repeated_one_counts_once() {
        let mut recent = Recent::new(2);
        for key in ["a", "b", "b", "b"] {
            recent.insert(key.to_owned());
        }
        assert!(recent.contains("a") && recent.contains("b"));
        recent.insert("c".to_owned());
        assert!(!recent.contains("a") && recent.contains("b") && recent.contains("c"));
        assert_eq!((recent.keys.len(), recent.order.len()), (2, 2));
    }
}
