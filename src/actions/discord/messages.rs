//! Messages as Discord wants them: a notice for a member, a card for the staff.

use std::collections::HashSet;

use serenity::builder::{
    CreateActionRow, CreateAllowedMentions, CreateButton, CreateEmbed, CreateMessage, EditMessage,
};
use serenity::model::application;
use serenity::model::channel::Nonce;

use super::limits::{
    BLANK, BUTTONS, CONTENT_CHARS, CUSTOM_ID_CHARS, EMBED_CHARS, FIELD_NAME_CHARS,
    FIELD_VALUE_CHARS, FIELDS, LABEL_CHARS, NONCE_CHARS, ROW_BUTTONS, TITLE_CHARS, clip,
    clip_with_ellipsis, field_text,
};
use crate::domain::verdict::{Button, ButtonStyle, Card};

/// A plain text that mentions nobody.
pub(super) fn notice(text: &str, buttons: &[Button], nonce: &str) -> CreateMessage {
    let notice = message(nonce).content(clip_with_ellipsis(text, CONTENT_CHARS));
    match rows(buttons) {
        rows if rows.is_empty() => notice,
        rows => notice.components(rows),
    }
}

/// A card as an embed. What Discord's limits do not let through is cut, the last fields first.
pub(super) fn card(card: &Card, nonce: &str) -> CreateMessage {
    let posted = message(nonce).embed(embed(card));
    match rows(&card.buttons) {
        rows if rows.is_empty() => posted,
        rows => posted.components(rows),
    }
}

/// What stands in a card's message from now on. An empty list of buttons takes away those that are there.
pub(super) fn edited_card(card: &Card) -> EditMessage {
    EditMessage::new()
        .allowed_mentions(CreateAllowedMentions::new())
        .embeds(vec![embed(card)])
        .components(rows(&card.buttons))
}

fn embed(card: &Card) -> CreateEmbed {
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
    embed
}

/// Buttons in rows. One whose id does not fit, or stands there already, is left out: Discord would refuse the message,
/// and a cut id would lead astray.
fn rows(buttons: &[Button]) -> Vec<CreateActionRow> {
    let mut ids = HashSet::new();
    let shown: Vec<CreateButton> = buttons
        .iter()
        .filter(|button| (1..=CUSTOM_ID_CHARS).contains(&button.id.chars().count()))
        .filter(|button| ids.insert(button.id.as_str()))
        .take(BUTTONS)
        .map(shown)
        .collect();
    let rows = shown.chunks(ROW_BUTTONS);
    rows.map(|row| CreateActionRow::Buttons(row.to_vec()))
        .collect()
}

fn shown(button: &Button) -> CreateButton {
    let label = if button.label.trim().is_empty() {
        BLANK.to_owned()
    } else {
        clip_with_ellipsis(&button.label, LABEL_CHARS)
    };
    CreateButton::new(&button.id)
        .label(label)
        .style(match button.style {
            ButtonStyle::Primary => application::ButtonStyle::Primary,
            ButtonStyle::Secondary => application::ButtonStyle::Secondary,
            ButtonStyle::Success => application::ButtonStyle::Success,
            ButtonStyle::Danger => application::ButtonStyle::Danger,
        })
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
            buttons: vec![],
            undone: None,
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
        let sent = serde_json::to_value(notice(&"x".repeat(2_001), &[], &"n".repeat(40)));
        let sent = sent.expect("plain data");
        assert_eq!(chars(&sent["content"]), 2_000);
        assert!(
            sent["content"]
                .as_str()
                .is_some_and(|text| text.ends_with('…'))
        );
        assert_eq!(chars(&sent["nonce"]), 25);
    }

    fn button(id: &str) -> Button {
        Button {
            id: id.to_owned(),
            label: "x".repeat(90),
            style: ButtonStyle::Danger,
        }
    }

    fn rows_of(buttons: &[Button]) -> Vec<usize> {
        let sent = serde_json::to_value(notice("hello", buttons, "n")).expect("plain data");
        let rows = sent["components"].as_array().cloned().unwrap_or_default();
        let counts = rows.iter().filter_map(|row| row["components"].as_array());
        counts.map(Vec::len).collect()
    }

    #[test]
    fn buttons_stand_in_rows_of_five_and_what_discord_refuses_is_left_out() {
        let many: Vec<Button> = (0..30).map(|n| button(&n.to_string())).collect();
        assert_eq!(rows_of(&many), [5; 5]);
        assert_eq!(rows_of(&many[..7]), [5, 2]);
        assert_eq!(rows_of(&[]), Vec::<usize>::new());
        let (long, fits) = ("x".repeat(101), "ü".repeat(100));
        let odd = [
            button(&long),
            button(""),
            button("a"),
            button("a"),
            button(&fits),
        ];
        assert_eq!(rows_of(&odd), [2]);
    }

    #[test]
    fn a_button_has_a_style_and_a_label_that_fits() {
        let mut blank = button("b");
        blank.label = " ".to_owned();
        let sent = serde_json::to_value(notice("hello", &[button("a"), blank], "n"));
        let sent = sent.expect("plain data");
        let row = &sent["components"][0]["components"];
        assert_eq!(row[0]["style"], 4);
        assert_eq!(chars(&row[0]["label"]), 80);
        assert_eq!(row[1]["label"], "\u{200b}");
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
