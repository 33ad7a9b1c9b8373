//! What a centre and its closed days are called: one line that everybody reads, personal to nobody.

use kernel::protect::visible::is_any_visible;

/// Refuses what is not one line that can be seen, and says why.
pub fn check(text: &str) -> Result<(), &'static str> {
    if text.chars().any(char::is_control) {
        Err("must be one line of text")
    } else if is_any_visible(text) {
        Ok(())
    } else {
        Err("must have at least one character that can be seen")
    }
}
