//! Padding hides the length of what is sealed: one byte 0x80, then zeros up to the next step (ISO/IEC 7816-4). It is
//! inside the authenticated ciphertext, so nobody can probe it.

const MARK: u8 = 0x80;
const SHORT_STEP: usize = 64;
const LONG_STEP: usize = 256;
/// Up to this many bytes the short step applies.
const SHORT_LIMIT: usize = 512;

/// Length after padding of a plaintext of `length` bytes.
pub(super) fn padded_length(length: usize) -> usize {
    let with_mark = length.saturating_add(1);
    let step = if with_mark <= SHORT_LIMIT { SHORT_STEP } else { LONG_STEP };
    with_mark.div_ceil(step).saturating_mul(step)
}

pub(super) fn append_padded(to: &mut Vec<u8>, plain: &[u8], padded_length: usize) {
    let end = to.len().saturating_add(padded_length);
    to.extend_from_slice(plain);
    to.push(MARK);
    to.resize(end, 0);
}

/// Cuts the padding off; `None` if there is none.
pub(super) fn strip(padded: &mut Vec<u8>) -> Option<()> {
    let mark = padded.iter().rposition(|byte| *byte != 0)?;
    if padded.get(mark) != Some(&MARK) {
        return None;
    }
    padded.truncate(mark);
    Some(())
}
