//! Embeds: how large they may be, and what addresses, colours and times they hold.

use chrono::{DateTime, NaiveDateTime};
use serde_json::Value;

use crate::simulator::rules::form::Form;

/// Embeds of a message, characters over all of them, fields of one (Discord's page on messages).
const EMBEDS: usize = 10;
const TOTAL: usize = 6_000;
const FIELDS: usize = 25;
const URL: usize = 2_048;
const WHITEST: u64 = 0x00ff_ffff;

const TEXTS: [(&str, usize); 4] = [
    ("title", 256),
    ("description", 4_096),
    ("footer.text", 2_048),
    ("author.name", 256),
];
/// Addresses, and whether they may name a file of the message.
const URLS: [(&str, bool); 6] = [
    ("url", false),
    ("image.url", true),
    ("thumbnail.url", true),
    ("footer.icon_url", true),
    ("author.url", false),
    ("author.icon_url", true),
];
/// What there is to see in an embed.
const SEEN: [&str; 9] = [
    "title",
    "description",
    "footer",
    "author",
    "image",
    "thumbnail",
    "video",
    "provider",
    "timestamp",
];

/// Whether the embeds of a message are such as Discord takes.
pub(super) fn check(form: &mut Form, embeds: &[Value]) {
    form.too_many("embeds", embeds.len(), EMBEDS);
    for (index, one) in embeds.iter().enumerate() {
        embed(form, &format!("embeds.{index}"), one);
    }
    let total: usize = embeds.iter().map(size).sum();
    if total > TOTAL {
        let message = format!("Embed size exceeds maximum size of {TOTAL}");
        form.wrong("embeds", "MAX_EMBED_SIZE_EXCEEDED", message);
    }
}

fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(value, |node, part| &node[part])
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    at(value, path).as_str().unwrap_or_default()
}

fn fields(embed: &Value) -> &[Value] {
    embed["fields"].as_array().map_or(&[], Vec::as_slice)
}

fn embed(form: &mut Form, path: &str, embed: &Value) {
    let shown = |name: &&str| !embed[*name].is_null() && embed[*name] != "";
    if fields(embed).is_empty() && !SEEN.iter().any(shown) {
        form.missing(&format!("{path}.description"));
    }
    for (part, most) in TEXTS {
        form.too_long(&format!("{path}.{part}"), text(embed, part), most);
    }
    for (part, attached) in URLS {
        url(form, &format!("{path}.{part}"), at(embed, part), attached);
    }
    color(form, &format!("{path}.color"), &embed["color"]);
    timestamp(form, &format!("{path}.timestamp"), &embed["timestamp"]);
    let fields = fields(embed);
    form.too_many(&format!("{path}.fields"), fields.len(), FIELDS);
    for (number, field) in fields.iter().enumerate() {
        for (part, most) in [("name", 256), ("value", 1_024)] {
            let path = format!("{path}.fields.{number}.{part}");
            if text(field, part).trim().is_empty() {
                form.missing(&path);
            }
            form.too_long(&path, text(field, part), most);
        }
    }
}

fn url(form: &mut Form, path: &str, value: &Value, attached: bool) {
    let Some(url) = value.as_str().filter(|url| !url.is_empty()) else {
        return;
    };
    form.too_long(path, url, URL);
    let Some((scheme, rest)) = url.split_once("://") else {
        form.wrong(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
        return;
    };
    let known = matches!(scheme, "http" | "https") || attached && scheme == "attachment";
    if !known {
        let message = format!(
            "Scheme \"{scheme}\" is not supported. Scheme must be one of ('http', 'https')."
        );
        form.wrong(path, "URL_TYPE_INVALID_SCHEME", message);
    } else if rest.is_empty() || rest.contains(char::is_whitespace) {
        form.wrong(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
    }
}

/// A colour is a number, which may come as a text.
fn color(form: &mut Form, path: &str, value: &Value) {
    let written = value.as_str().and_then(|text| text.parse().ok());
    match value.as_u64().or(written) {
        Some(color) => form.within(path, color, (0, WHITEST)),
        None if value.is_null() => {}
        None if value.is_i64() => {
            let message = "int value should be greater than or equal to 0.";
            form.wrong(path, "NUMBER_TYPE_MIN", message);
        }
        None => {
            let message = format!("Value {value} is not int.");
            form.wrong(path, "NUMBER_TYPE_COERCE", message);
        }
    }
}

fn timestamp(form: &mut Form, path: &str, value: &Value) {
    let read = |text: &str| {
        DateTime::parse_from_rfc3339(text).is_ok() || text.parse::<NaiveDateTime>().is_ok()
    };
    if !value.is_null() && !value.as_str().is_some_and(read) {
        let message = format!("Could not parse {value}. Should be ISO8601.");
        form.wrong(path, "DATE_TIME_TYPE_PARSE", message);
    }
}

fn size(embed: &Value) -> usize {
    let size = |value: &Value, path: &str| text(value, path).chars().count();
    let own: usize = TEXTS.iter().map(|(path, _)| size(embed, path)).sum();
    let fields = fields(embed).iter();
    own + fields
        .map(|field| size(field, "name") + size(field, "value"))
        .sum::<usize>()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn first(embed: Value) -> Result<(), Value> {
        let mut form = Form::default();
        check(&mut form, &[embed]);
        form.finish()
            .map_err(|error| error.errors["embeds"]["0"].clone())
    }

    #[test]
    fn an_embed_without_anything_to_see_is_named() {
        for embed in [
            json!({}),
            json!({"color": 1}),
            json!({"title": "", "fields": []}),
        ] {
            let tree = first(embed).expect_err("empty");
            let code = &tree["description"]["_errors"][0]["code"];
            assert_eq!(code, "BASE_TYPE_REQUIRED");
        }
        for embed in [
            json!({"title": "t"}),
            json!({"image": {"url": "attachment://a.png"}}),
            json!({"fields": [{"name": "n", "value": "v"}]}),
        ] {
            assert_eq!(first(embed), Ok(()));
        }
    }

    #[test]
    fn colours_addresses_and_times_are_looked_at() {
        for (field, value, place, code) in [
            ("color", json!(0x0100_0000), "/color", "NUMBER_TYPE_MAX"),
            ("color", json!(-1), "/color", "NUMBER_TYPE_MIN"),
            ("color", json!("red"), "/color", "NUMBER_TYPE_COERCE"),
            ("url", json!("ftp://a"), "/url", "URL_TYPE_INVALID_SCHEME"),
            ("url", json!("nowhere"), "/url", "URL_TYPE_INVALID_URL"),
            (
                "url",
                json!("attachment://a.png"),
                "/url",
                "URL_TYPE_INVALID_SCHEME",
            ),
            (
                "image",
                json!({"url": "data:x"}),
                "/image/url",
                "URL_TYPE_INVALID_URL",
            ),
            (
                "timestamp",
                json!("yesterday"),
                "/timestamp",
                "DATE_TIME_TYPE_PARSE",
            ),
        ] {
            let tree = first(json!({"title": "t", field: value})).expect_err(field);
            let found = tree.pointer(&format!("{place}/_errors/0/code"));
            assert_eq!(found, Some(&json!(code)), "{tree}");
        }
        let fine = json!({
            "title": "t", "color": 0x00ff_ffff, "url": "https://a.invalid/b",
            "timestamp": "2026-08-01T12:00:00.000Z", "footer": {"text": "f", "icon_url": "attachment://a.png"},
        });
        assert_eq!(first(fine), Ok(()));
    }
}
