//! A look over JSON text before it is parsed, for what the parser lets through: nesting that only a hostile caller would
//! send, and U+0000, which PostgreSQL cannot store.

/// No request of the contract nests deeper than a handful of levels.
pub const MAX_DEPTH: usize = 16;

/// What is wrong with the text, and where.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep { at: usize },
    /// An escaped or plain U+0000.
    Nul { at: usize },
    /// Half of a surrogate pair alone: no such character exists.
    LoneSurrogate { at: usize },
}

impl Fault {
    /// In words, with the byte where it was found.
    pub fn describe(&self) -> String {
        match self {
            Self::TooDeep { at } => format!("nested deeper than {MAX_DEPTH} levels at byte {at}"),
            Self::Nul { at } => format!("the character U+0000 at byte {at} is not allowed"),
            Self::LoneSurrogate { at } => format!("half a surrogate pair at byte {at}"),
        }
    }
}

/// Scans `text`. Whether it is JSON at all is for the parser to say.
pub fn scan(text: &[u8]) -> Result<(), Fault> {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            0 => return Err(Fault::Nul { at }),
            b'"' => in_string = !in_string,
            b'\\' if in_string => {
                at += escape(text, at)?;
                continue;
            }
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(Fault::TooDeep { at });
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    Ok(())
}

/// The length of the escape at `at`.
fn escape(text: &[u8], at: usize) -> Result<usize, Fault> {
    let Some(unit) = unicode_escape(text, at) else { return Ok(2) };
    match unit {
        0 => Err(Fault::Nul { at }),
        0xD800..=0xDBFF => match unicode_escape(text, at + 6) {
            Some(0xDC00..=0xDFFF) => Ok(12),
            _ => Err(Fault::LoneSurrogate { at }),
        },
        0xDC00..=0xDFFF => Err(Fault::LoneSurrogate { at }),
        _ => Ok(6),
    }
}

fn unicode_escape(text: &[u8], at: usize) -> Option<u16> {
    let escape = text.get(at..at + 6)?;
    let digits = escape.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::{Fault, MAX_DEPTH, scan};

    #[test]
    fn hostile_text_is_found_and_placed() {
        assert_eq!(scan(br#"{"a":"\u0000"}"#), Err(Fault::Nul { at: 6 }));
        assert_eq!(scan(b"{\"a\":\"\0\"}"), Err(Fault::Nul { at: 6 }));
        assert_eq!(scan(br#"["\ud800"]"#), Err(Fault::LoneSurrogate { at: 2 }));
        assert_eq!(scan(br#"["\ud800x\udc00"]"#), Err(Fault::LoneSurrogate { at: 2 }));
        assert_eq!(scan(br#"["\udc00"]"#), Err(Fault::LoneSurrogate { at: 2 }));
        let deep = vec![b'['; MAX_DEPTH + 1];
        assert_eq!(scan(&deep), Err(Fault::TooDeep { at: MAX_DEPTH }));
    }

    #[test]
    fn honest_text_passes() {
        assert_eq!(scan(br#"{"a":"\\u0000 \" [[[[[[[[[[[[[[[[[[[[ \ud83d\ude00 \u00e9"}"#), Ok(()));
        assert_eq!(scan("{\"a\":\"ⴰⵣⵓⵍ\"}".as_bytes()), Ok(()));
        assert_eq!(scan(br#""\"#), Ok(()));
        assert_eq!(scan(br#""\u00"#), Ok(()));
    }
}
