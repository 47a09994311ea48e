//! Messages as Discord wants them: a notice for a member, a card for the staff.

use serenity::builder::{CreateAllowedMentions, CreateEmbed, CreateMessage};
use serenity::model::channel::Nonce;

use super::limits::{
    CONTENT_CHARS, EMBED_CHARS, FIELD_NAME_CHARS, FIELD_VALUE_CHARS, FIELDS, NONCE_CHARS,
    TITLE_CHARS, clip, clip_with_ellipsis, field_text,
};
use crate::domain::verdict::Card;

/// A plain text that mentions nobody.
pub(super) fn notice(text: &str, nonce: &str) -> CreateMessage {
    message(nonce).content(clip_with_ellipsis(text, CONTENT_CHARS))
}

/// A card as an embed. What Discord's limits do not let through is cut, the last fields first.
pub(super) fn card(card: &Card, nonce: &str) -> CreateMessage {
    let title = clip_with_ellipsis(&card.title, TITLE_CHARS);
    let mut left = EMBED_CHARS - title.chars().count();
    let mut embed = CreateEmbed::new().title(title);
    for (name, value) in card.fields.iter().take(FIELDS) {
        let name = field_text(name, FIELD_NAME_CHARS);
        let Some(room) = left
            .checked_sub(name.chars().count())
            .filter(|room| *room > 0)
        else {
            break;
        };
        let value = field_text(value, FIELD_VALUE_CHARS.min(room));
        left = room - value.chars().count();
        embed = embed.field(name, value, false);
    }
    message(nonce).embed(embed)
}

/// Discord returns the first message for a nonce that it has seen in the last minutes.
fn message(nonce: &str) -> CreateMessage {
    CreateMessage::new()
        .allowed_mentions(CreateAllowedMentions::new())
        .nonce(Nonce::String(clip(nonce, NONCE_CHARS).to_owned()))
        .enforce_nonce(true)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::ids::ChannelId;

    fn rendered(title: &str, fields: Vec<(String, String)>) -> Value {
        let given = Card {
            channel: ChannelId(1),
            title: title.to_owned(),
            fields,
        };
        serde_json::to_value(card(&given, "case-12")).expect("plain data")
    }

    fn chars(value: &Value) -> usize {
        value.as_str().map_or(0, |text| text.chars().count())
    }

    #[test]
    fn a_card_is_an_embed_that_mentions_nobody() {
        let sent = rendered("Case 12", vec![("Member".into(), "<@5>".into())]);
        assert_eq!(sent["embeds"][0]["title"], "Case 12");
        assert_eq!(
            sent["embeds"][0]["fields"],
            json!([{"name": "Member", "value": "<@5>", "inline": false}])
        );
        assert_eq!(sent["allowed_mentions"]["parse"], json!([]));
        assert_eq!(sent["nonce"], "case-12");
        assert_eq!(sent["enforce_nonce"], true);
    }

    #[test]
    fn an_empty_value_does_not_lose_the_card() {
        let sent = rendered("t", vec![(String::new(), " ".into())]);
        assert_eq!(sent["embeds"][0]["fields"][0]["name"], "\u{200b}");
        assert_eq!(sent["embeds"][0]["fields"][0]["value"], "\u{200b}");
    }

    #[test]
    fn a_notice_is_cut_to_what_discord_takes() {
        let sent = serde_json::to_value(notice(&"x".repeat(2_001), &"n".repeat(40)));
        let sent = sent.expect("plain data");
        assert_eq!(chars(&sent["content"]), 2_000);
        assert!(
            sent["content"]
                .as_str()
                .is_some_and(|text| text.ends_with('…'))
        );
        assert_eq!(chars(&sent["nonce"]), 25);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn no_card_exceeds_discords_limits(
            title in "\\PC{0,400}",
            fields in prop::collection::vec(("\\PC{0,300}", "\\PC{0,1500}"), 0..30),
        ) {
            let sent = rendered(&title, fields);
            let embed = &sent["embeds"][0];
            let fields = embed["fields"].as_array().cloned().unwrap_or_default();
            prop_assert!(fields.len() <= 25);
            prop_assert!(chars(&embed["title"]) <= 256);
            let mut total = chars(&embed["title"]);
            for field in &fields {
                prop_assert!((1..=256).contains(&chars(&field["name"])));
                prop_assert!((1..=1024).contains(&chars(&field["value"])));
                total += chars(&field["name"]) + chars(&field["value"]);
            }
            prop_assert!(total <= 6_000, "{}", total);
        }
    }
}
