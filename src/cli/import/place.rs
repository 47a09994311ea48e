//! Where a record stands in a file, told as a JSON pointer.

use std::sync::Arc;

/// The key of a record in its object, the place in its list, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) key: Option<Arc<str>>,
    pub(super) index: Option<u64>,
}

impl Place {
    /// The pointer to the record, or to a field of it.
    pub(super) fn pointer(&self, field: Option<&str>) -> String {
        let mut pointer = String::new();
        if let Some(key) = &self.key {
            push(&mut pointer, key);
        }
        if let Some(index) = self.index {
            push(&mut pointer, &index.to_string());
        }
        for part in field.into_iter().flat_map(|field| field.split('\u{1f}')) {
            push(&mut pointer, part);
        }
        pointer
    }
}

/// What stands between the parts of a field inside another.
pub(super) const INSIDE: char = '\u{1f}';

/// The most characters of a key that are told.
const MOST: usize = 200;

fn push(pointer: &mut String, part: &str) {
    pointer.push('/');
    let shown: String = part.chars().take(MOST).collect();
    pointer.push_str(&shown.replace('~', "~0").replace('/', "~1"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_leads_to_the_record_or_its_field() {
        let place = Place {
            key: Some("1_2".into()),
            index: Some(3),
        };
        assert_eq!(place.pointer(None), "/1_2/3");
        assert_eq!(place.pointer(Some("timestamp")), "/1_2/3/timestamp");
        let inside = format!("a{INSIDE}b");
        assert_eq!(Place::default().pointer(Some(&inside)), "/a/b");
        assert_eq!(Place::default().pointer(None), "");
    }

    #[test]
    fn what_means_something_in_a_pointer_is_escaped() {
        let place = Place {
            key: Some("a/b~c".into()),
            index: None,
        };
        assert_eq!(place.pointer(None), "/a~1b~0c");
    }
}
