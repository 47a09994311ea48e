//! The error tree of code 50035, which names each wrong field of a request.

use serde_json::{Map, Value, json};

use super::error::{ApiError, Ruling};

/// Collects wrong fields; all are reported at once, as Discord does.
#[derive(Debug, Default)]
pub(crate) struct Form {
    tree: Map<String, Value>,
}

impl Form {
    /// Notes that the field at `path` (names and indices with dots between) is wrong.
    pub(crate) fn wrong(&mut self, path: &str, code: &str, message: impl Into<String>) {
        let mut node = &mut self.tree;
        for part in path.split('.').filter(|part| !part.is_empty()) {
            let child = node
                .entry(part)
                .or_insert_with(|| Value::Object(Map::new()));
            let Value::Object(next) = child else { return };
            node = next;
        }
        let found = node.entry("_errors").or_insert_with(|| json!([]));
        if let Value::Array(list) = found {
            list.push(json!({"code": code, "message": message.into()}));
        }
    }

    pub(crate) fn too_long(&mut self, path: &str, text: &str, most: usize) {
        // Discord counts Unicode code points after trimming.
        if text.trim().chars().count() > most {
            self.wrong(
                path,
                "BASE_TYPE_MAX_LENGTH",
                format!("Must be {most} or fewer in length."),
            );
        }
    }

    pub(crate) fn too_many(&mut self, path: &str, count: usize, most: usize) {
        if count > most {
            self.wrong(
                path,
                "BASE_TYPE_MAX_LENGTH",
                format!("Must be {most} or fewer in length."),
            );
        }
    }

    /// A text or list whose length is not in these bounds.
    pub(crate) fn between(&mut self, path: &str, length: usize, (least, most): (usize, usize)) {
        if !(least..=most).contains(&length) {
            let message = format!("Must be between {least} and {most} in length.");
            self.wrong(path, "BASE_TYPE_BAD_LENGTH", message);
        }
    }

    /// A number that is not in these bounds.
    pub(crate) fn within(&mut self, path: &str, number: u64, (least, most): (u64, u64)) {
        if number < least {
            let message = format!("int value should be greater than or equal to {least}.");
            self.wrong(path, "NUMBER_TYPE_MIN", message);
        }
        if number > most {
            let message = format!("int value should be less than or equal to {most}.");
            self.wrong(path, "NUMBER_TYPE_MAX", message);
        }
    }

    pub(crate) fn missing(&mut self, path: &str) {
        self.wrong(path, "BASE_TYPE_REQUIRED", "This field is required");
    }

    pub(crate) fn finish(self) -> Ruling {
        if self.tree.is_empty() {
            return Ok(());
        }
        Err(ApiError {
            errors: Value::Object(self.tree),
            ..ApiError::INVALID_FORM
        })
    }
}

/// The error for a single wrong field.
pub(crate) fn wrong(path: &str, code: &str, message: impl Into<String>) -> ApiError {
    let mut form = Form::default();
    form.wrong(path, code, message);
    form.finish().err().unwrap_or(ApiError::INVALID_FORM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_names_each_wrong_field() {
        let mut form = Form::default();
        form.too_long("content", &"x".repeat(2001), 2000);
        form.missing("embeds.0.title");
        let error = form.finish().expect_err("two wrong fields");
        assert_eq!(error.code, 50035);
        assert_eq!(
            error.errors["content"]["_errors"][0]["message"],
            "Must be 2000 or fewer in length."
        );
        assert_eq!(
            error.errors["embeds"]["0"]["title"]["_errors"][0]["code"],
            "BASE_TYPE_REQUIRED"
        );
    }

    #[test]
    fn a_form_without_faults_passes() {
        let mut form = Form::default();
        form.too_long("content", &"ä".repeat(2000), 2000);
        assert_eq!(form.finish(), Ok(()));
    }
}
