//! Finding one's way in the OpenAPI file: the operation of a request, and the schemas of its parts.

use serde_json::Value;

/// The operation that a request belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Operation<'a> {
    /// `GET /guilds/{guild_id}`.
    pub(crate) name: String,
    item: &'a Value,
    described: &'a Value,
}

/// The operation of a method and a path below `/api/v10`. A literal part of a template is a better fit than an open one.
pub(crate) fn find<'a>(api: &'a Value, method: &str, path: &str) -> Option<Operation<'a>> {
    let paths = api["paths"].as_object()?;
    let method = method.to_lowercase();
    let fitting = paths
        .iter()
        .filter(|(_, item)| item.get(&method).is_some())
        .filter_map(|(template, item)| Some((fit(template, path)?, template, item)));
    let (_, template, item) = fitting.max_by_key(|(literal, ..)| *literal)?;
    Some(Operation {
        name: format!("{} {template}", method.to_uppercase()),
        item,
        described: &item[&method],
    })
}

/// How many parts of the template are literally those of the path; none if it does not fit.
fn fit(template: &str, path: &str) -> Option<usize> {
    let (wanted, given) = (template.split('/'), path.split('/'));
    if wanted.clone().count() != given.clone().count() {
        return None;
    }
    wanted.zip(given).try_fold(0, |literal, (wanted, given)| {
        if wanted == given {
            Some(literal + 1)
        } else {
            wanted.starts_with('{').then_some(literal)
        }
    })
}

impl<'a> Operation<'a> {
    /// What the file says of it, as it stands there.
    pub(crate) const fn described(&self) -> &'a Value {
        self.described
    }

    /// The schema of the JSON that is sent, and whether it must be sent. A form with files has the same as its
    /// `payload_json`.
    pub(crate) fn body(&self) -> Option<(&'a Value, bool)> {
        let body = self.described.get("requestBody")?;
        let schema = body["content"]["application/json"].get("schema")?;
        Some((schema, body["required"] == true))
    }

    /// The answer that is described for a status, and its schema if it has a body.
    pub(crate) fn answer(&self, api: &'a Value, status: u16) -> Option<Option<&'a Value>> {
        let exact = status.to_string();
        let class = format!("{}XX", status / 100);
        let answers = &self.described["responses"];
        let found = answers.get(&exact).or_else(|| answers.get(&class))?;
        let found = match found["$ref"].as_str() {
            Some(named) => api.pointer(named.trim_start_matches('#'))?,
            None => found,
        };
        Some(found["content"]["application/json"].get("schema"))
    }

    /// The schema of a parameter in the query.
    pub(crate) fn query(&self, name: &str) -> Option<&'a Value> {
        let own = self.described["parameters"].as_array();
        let common = self.item["parameters"].as_array();
        let all = own.into_iter().chain(common).flatten();
        let found = all
            .filter(|one| one["in"] == "query")
            .find(|one| one["name"] == name)?;
        found.get("schema")
    }
}

#[test]
fn a_literal_part_fits_better_than_an_open_one() {
    let api = serde_json::json!({"paths": {
        "/users/{user_id}": {"get": {}}, "/users/@me": {"get": {}}, "/users/@me/guilds": {"post": {}},
    }});
    let name = |method: &str, path: &str| find(&api, method, path).map(|found| found.name);
    assert_eq!(name("GET", "/users/@me").as_deref(), Some("GET /users/@me"));
    assert_eq!(
        name("GET", "/users/7").as_deref(),
        Some("GET /users/{user_id}")
    );
    assert_eq!(name("GET", "/users/@me/guilds"), None);
}
