//! How a page travels: compressed, and filled up to steps of 4 KiB, so that whoever watches the network learns little from its size. The
//! service compresses nothing else: what a stranger could mix with a secret must not show in a size (the BREACH attack), and here is
//! nothing that they could choose. A page that tells nothing is a step of its own; it is the most frequent one.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use flate2::{Compression, GzBuilder, write::GzEncoder};
use kernel::{
    error::{Error, Result},
    reply::Reply,
};
use std::io::Write;

/// What the size of a page is a multiple of.
pub const STEP: usize = 4096;
/// What the filling of a gzip header needs itself: its length, and the name and length of its one part (RFC 1952 §2.3.1.1).
const FRAME: usize = 6;
/// The name of that part: nobody else's.
const NAME: [u8; 2] = *b"mu";

/// Compresses what a reply says, if that is accepted, and fills it up unless it tells nothing.
pub fn packed(mut reply: Reply, accepts_gzip: bool, is_filled: bool) -> Result<Response> {
    let body = reply.body.take().unwrap_or_default();
    reply.body = Some(match (accepts_gzip, is_filled) {
        (true, is_filled) => compressed(&body, is_filled).map_err(Error::internal)?,
        (false, true) => filled(body),
        (false, false) => body,
    });
    let mut answer = reply.into_response();
    answer.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if accepts_gzip {
        answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(answer)
}

/// White space behind a JSON text means nothing.
fn filled(mut body: Vec<u8>) -> Vec<u8> {
    body.resize(body.len().next_multiple_of(STEP), b' ');
    body
}

fn compressed(body: &[u8], is_filled: bool) -> std::io::Result<Vec<u8>> {
    let plain = gzip(GzBuilder::new(), body)?;
    if !is_filled {
        return Ok(plain);
    }
    let room = (plain.len() + FRAME).next_multiple_of(STEP) - plain.len() - FRAME;
    let length = u16::try_from(room).unwrap_or(0).to_le_bytes();
    let filling = [&NAME[..], &length, &vec![0; room]].concat();
    gzip(GzBuilder::new().extra(filling), body)
}

fn gzip(header: GzBuilder, body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder: GzEncoder<Vec<u8>> = header.write(Vec::new(), Compression::default());
    encoder.write_all(body)?;
    encoder.finish()
}

/// Whether the caller takes gzip (RFC 9110 §12.5.3). Who says nothing of it gets the text as it is.
pub fn accepts_gzip(headers: &HeaderMap) -> bool {
    let mut named = None;
    let mut any = None;
    for value in headers.get_all(header::ACCEPT_ENCODING) {
        for coding in value.to_str().unwrap_or_default().split(',') {
            let mut parts = coding.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
            let is_taken = quality.is_none_or(|quality| quality.trim().parse::<f32>().is_ok_and(|q| q > 0.0));
            if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") {
                named = Some(is_taken);
            } else if name == "*" {
                any = Some(is_taken);
            }
        }
    }
    named.or(any).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Read;

    #[test]
    fn gzip_is_taken_where_it_is_named() {
        let takes = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, value.parse().unwrap());
            accepts_gzip(&headers)
        };
        for value in ["gzip", "deflate, gzip;q=0.5", "br;q=1, *;q=0.1", "GZIP"] {
            assert!(takes(value), "{value}");
        }
        for value in ["", "identity", "gzip;q=0", "*;q=0", "gzip;q=0, *", "gzip;q=much"] {
            assert!(!takes(value), "{value}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    proptest! {
        #[test]
        fn a_page_is_a_multiple_of_the_step_and_says_what_it_said(body in proptest::collection::vec(any::<u8>(), 0..20_000)) {
            let packed = compressed(&body, true).unwrap();
            prop_assert_eq!(packed.len() % STEP, 0);
            let mut out = Vec::new();
            flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut out).unwrap();
            prop_assert_eq!(&out, &body);
            let plain = filled(body.clone());
            prop_assert_eq!(plain.len() % STEP, 0);
            prop_assert!(plain.starts_with(&body));
        }
    }
}
