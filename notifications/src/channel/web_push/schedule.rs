//! From the two key pairs and the salt to the key and nonce of one message (RFC 8291 section 3.4, RFC 8188 section 2.2).
//!
//! HKDF (RFC 5869) is written out over HMAC-SHA-256 because every value here fits one block: extracting is one HMAC and
//! expanding is another, five in all. The library's own `hkdf` module would extract again for every value expanded.

use aws_lc_rs::aead::{AES_128_GCM, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ParsedPublicKey, PrivateKey, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac;

use super::keys::{AUTH_LENGTH, POINT_LENGTH};

/// Bytes of the salt (RFC 8188 section 2.1).
pub const SALT_LENGTH: usize = 16;

/// The public values that both ends know when they derive the key of a message.
pub(super) struct Exchange<'a> {
    pub receiver: &'a [u8; POINT_LENGTH],
    pub sender: &'a [u8; POINT_LENGTH],
    pub auth: &'a [u8; AUTH_LENGTH],
    pub salt: &'a [u8; SALT_LENGTH],
}

/// The key and nonce of the only record of a message.
pub(super) fn derive(
    exchange: &Exchange<'_>,
    own: &PrivateKey,
    other: ParsedPublicKey,
) -> Result<(LessSafeKey, Nonce), Unspecified> {
    let input_key = agree(own, other, Unspecified, |shared_secret| {
        let extracted = hmac::sign(&key(exchange.auth), shared_secret);
        let mut expand = hmac::Context::with_key(&key(extracted.as_ref()));
        expand.update(b"WebPush: info\0");
        expand.update(exchange.receiver);
        expand.update(exchange.sender);
        expand.update(&[1]);
        Ok(expand.sign())
    })?;
    let extracted = hmac::sign(&key(exchange.salt), input_key.as_ref());
    let expand = key(extracted.as_ref());
    let content_key = hmac::sign(&expand, b"Content-Encoding: aes128gcm\0\x01");
    // The nonce is XORed with the record's number, which is 0.
    let nonce = hmac::sign(&expand, b"Content-Encoding: nonce\0\x01");
    let content_key = content_key.as_ref().get(..16).ok_or(Unspecified)?;
    let nonce = nonce.as_ref().first_chunk::<NONCE_LEN>().ok_or(Unspecified)?;
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, content_key)?);
    Ok((cipher, Nonce::assume_unique_for_key(*nonce)))
}

fn key(value: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, value)
}
