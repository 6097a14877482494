//! Text of strangers, made harmless to read.

/// Longest text that is shown, characters.
const MOST: usize = 1_000;

/// The text with every character that is not seen, or that changes the order of others, written out as its number.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, character) in text.chars().enumerate() {
        if at == MOST {
            out.push('…');
            break;
        }
        if hidden(character) {
            out.push_str(&format!("[U+{:04X}]", u32::from(character)));
        } else {
            out.push(character);
        }
    }
    out
}

/// Controls, marks of direction, characters without width, separators of lines, tags and variants of glyphs.
fn hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// The address when it is a picture inside the page, and nothing else.
pub(super) fn picture_address(address: &str) -> Option<&str> {
    let data =
        ["data:image/jpeg;base64,", "data:image/png;base64,"].iter().find_map(|kind| address.strip_prefix(kind))?;
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    (!data.is_empty() && data.bytes().all(base64)).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_written_out() {
        assert_eq!(plain("a\u{202e}gpj.exe\n\0"), "a[U+202E]gpj.exe[U+000A][U+0000]");
        assert_eq!(plain("素材 Ж é <b>"), "素材 Ж é <b>");
        assert_eq!(plain("x\u{200b}\u{feff}\u{e0041}"), "x[U+200B][U+FEFF][U+E0041]");
        assert_eq!(plain(&"ab".repeat(3_000)).chars().count(), MOST + 1);
    }

    #[test]
    fn only_pictures_inside_the_page_are_shown() {
        assert!(picture_address("data:image/jpeg;base64,/9j/4AA=").is_some());
        for bad in [
            "https://example.org/a.png",
            "data:text/html;base64,AAAA",
            "data:image/svg+xml;base64,AA",
            "data:image/png;base64,AA\" onload=\"x",
            "data:image/png;base64,",
            "javascript:1",
        ] {
            assert_eq!(picture_address(bad), None, "{bad}");
        }
    }
}
