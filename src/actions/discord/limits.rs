//! Discord's limits on what is sent, and how texts are made to fit.

use reqwest::header::HeaderValue;

/// The longest nonce of a message.
pub const NONCE_CHARS: usize = 25;
/// The longest span of messages that a ban deletes: seven days.
pub const MAX_DELETE_MESSAGE_SECS: u32 = 604_800;

/// The most users of one bulk ban.
pub const BULK_BAN: usize = 200;

pub(super) const CONTENT_CHARS: usize = 2_000;
pub(super) const TITLE_CHARS: usize = 256;
pub(super) const FIELD_NAME_CHARS: usize = 256;
pub(super) const FIELD_VALUE_CHARS: usize = 1_024;
pub(super) const FIELDS: usize = 25;
pub(super) const LABEL_CHARS: usize = 80;
pub(super) const CUSTOM_ID_CHARS: usize = 100;
/// Buttons side by side.
pub(super) const ROW_BUTTONS: usize = 5;
/// Buttons under one message: five rows.
pub(super) const BUTTONS: usize = 25;
/// Over all texts of an embed.
pub(super) const EMBED_CHARS: usize = 6_000;
const REASON_CHARS: usize = 512;

/// Stands where Discord wants a text and there is none: it refuses empty field names and values.
pub(super) const BLANK: &str = "\u{200b}";

/// The text, or as much of its start as fits.
pub(super) fn clip(text: &str, chars: usize) -> &str {
    match text.char_indices().nth(chars) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

/// Like [`clip`], but shows that something is missing.
pub(super) fn clip_with_ellipsis(text: &str, chars: usize) -> String {
    let clipped = clip(text, chars);
    if clipped.len() == text.len() {
        return text.to_owned();
    }
    format!("{}…", clip(clipped, chars.saturating_sub(1)))
}

/// A text that Discord accepts as a field's name or value.
pub(super) fn field_text(text: &str, chars: usize) -> String {
    if text.trim().is_empty() {
        BLANK.to_owned()
    } else {
        clip_with_ellipsis(text, chars)
    }
}

/// The reason for the audit log as a header: at most 512 characters, percent-encoded. None where there is no reason.
pub(super) fn reason_header(reason: &str) -> Option<HeaderValue> {
    let reason = clip(reason.trim(), REASON_CHARS);
    if reason.is_empty() {
        return None;
    }
    let mut encoded = String::with_capacity(reason.len() * 3);
    for byte in reason.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    HeaderValue::try_from(encoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_loses_its_end_but_no_half_character() {
        assert_eq!(clip_with_ellipsis("ééééé", 5), "ééééé");
        assert_eq!(clip_with_ellipsis("éééééé", 5), "éééé…");
        assert_eq!(clip("🦀🦀🦀", 2), "🦀🦀");
        assert_eq!(clip_with_ellipsis("ab", 0), "…");
    }

    #[test]
    fn an_empty_field_is_filled() {
        assert_eq!(field_text("  ", 10), BLANK);
        assert_eq!(field_text("warned", 10), "warned");
    }

    #[test]
    fn a_reason_is_percent_encoded() {
        let header = reason_header(" spam: ünï\n100% ").expect("there is a reason");
        assert_eq!(header, "spam%3A%20%C3%BCn%C3%AF%0A100%25");
    }

    #[test]
    fn a_reason_is_cut_at_512_characters() {
        let header = reason_header(&"ß".repeat(600)).expect("there is a reason");
        assert_eq!(header.len(), 512 * "%C3%9F".len());
        assert_eq!(reason_header(" \n "), None);
    }
}
