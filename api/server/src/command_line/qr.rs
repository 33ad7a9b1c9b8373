//! QR codes made of characters, for a terminal.

use qrcode::{EcLevel, QrCode, render::unicode::Dense1x2};

/// The text as a QR code, or nothing if it is too long for one.
pub fn draw(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    // Most terminals write light on dark, so what is written is the light part: many readers know no inverted code.
    Some(code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}
