//! Opening a message: the receiver's side of RFC 8291, for the terminal phone and for tests.

use aws_lc_rs::aead::Aad;
use aws_lc_rs::agreement::{ECDH_P256, ParsedPublicKey, UnparsedPublicKey};

use super::encrypt::{HEADER_LENGTH, LAST_RECORD, TAG_LENGTH};
use super::keys::{POINT_LENGTH, ReceiverKeys};
use super::schedule::{Exchange, SALT_LENGTH, derive};

/// Why a body could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecryptError {
    /// Not a body of the `aes128gcm` coding with one record and a P-256 key id.
    #[error("the body is not one aes128gcm record")]
    Malformed,
    /// The sender's public key is no point of the curve.
    #[error("the sender's public key is not a point of the P-256 curve")]
    Sender,
    /// For another receiver, or changed on the way.
    #[error("the body was not sealed for these keys, or was changed")]
    NotAuthentic,
    /// Sealed correctly, but the padding does not have the form of RFC 8188.
    #[error("the padding is malformed")]
    Padding,
}

/// Opens a body and gives the payload without its padding.
///
/// # Errors
/// What is wrong with the body; see [`DecryptError`].
pub fn decrypt(body: &[u8], receiver: &ReceiverKeys) -> Result<Vec<u8>, DecryptError> {
    let (salt, rest) = body.split_first_chunk::<SALT_LENGTH>().ok_or(DecryptError::Malformed)?;
    let (record_size, rest) = rest.split_first_chunk::<4>().ok_or(DecryptError::Malformed)?;
    let (&key_length, rest) = rest.split_first().ok_or(DecryptError::Malformed)?;
    if usize::from(key_length) != POINT_LENGTH {
        return Err(DecryptError::Malformed);
    }
    let (sender, record) = rest.split_first_chunk::<POINT_LENGTH>().ok_or(DecryptError::Malformed)?;
    let record_size = u32::from_be_bytes(*record_size) as usize;
    // 18 is the least size of a record (RFC 8188 section 2.1); a push message has one record only.
    if record_size < 18
        || record.len() > record_size
        || record.len() <= TAG_LENGTH
        || sender.first() != Some(&4)
    {
        return Err(DecryptError::Malformed);
    }
    debug_assert_eq!(body.len() - record.len(), HEADER_LENGTH);

    let other = ParsedPublicKey::try_from(UnparsedPublicKey::new(&ECDH_P256, sender))
        .map_err(|_| DecryptError::Sender)?;
    let exchange = Exchange { receiver: receiver.point(), sender, auth: receiver.auth(), salt };
    let (cipher, nonce) =
        derive(&exchange, receiver.private_key(), other).map_err(|_| DecryptError::Sender)?;
    let mut opened = record.to_vec();
    let length =
        cipher.open_in_place(nonce, Aad::empty(), &mut opened).map_err(|_| DecryptError::NotAuthentic)?.len();
    opened.truncate(length);
    let end = opened.iter().rposition(|byte| *byte != 0).ok_or(DecryptError::Padding)?;
    if opened.get(end) != Some(&LAST_RECORD) {
        return Err(DecryptError::Padding);
    }
    opened.truncate(end);
    Ok(opened)
}
