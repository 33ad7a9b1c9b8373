//! Answers that are the same for everybody and never change while the service runs. Each is packed once, so that asking for it costs
//! no work, and every answer shares the same bytes, so that it costs no memory either. A caller who has it already is told so
//! (RFC 9110 §13.1.2).

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use std::io::{self, Write as _};

/// One such answer.
pub struct Constant {
    headers: Vec<(HeaderName, HeaderValue)>,
    plain: Form,
    packed: Form,
}

/// The answer in one encoding, which is a representation with a tag of its own.
struct Form {
    body: Bytes,
    tag: HeaderValue,
}

/// On an answer: its body is shared and costs nobody any memory.
#[derive(Debug, Clone, Copy)]
pub struct Shared;

impl Constant {
    /// Packs it.
    ///
    /// # Errors
    /// If it cannot be packed, which only a fault of the library can cause.
    pub fn new(text: impl Into<Bytes>, headers: Vec<(HeaderName, HeaderValue)>) -> io::Result<Self> {
        let text = text.into();
        let mut packer = GzEncoder::new(Vec::with_capacity(text.len() / 4), Compression::best());
        packer.write_all(&text)?;
        let hash = digest(&SHA256, &text);
        let mark: String = hash.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let form = |body, suffix: &str| {
            let tag = HeaderValue::from_str(&format!("\"{mark}{suffix}\"")).map_err(io::Error::other)?;
            Ok::<_, io::Error>(Form { body, tag })
        };
        Ok(Self { headers, packed: form(packer.finish()?.into(), "-gzip")?, plain: form(text, "")? })
    }

    /// The answer to a request with these headers.
    pub fn answer(&self, asked: &HeaderMap) -> Response {
        let takes_packed = takes_gzip(asked);
        let form = if takes_packed { &self.packed } else { &self.plain };
        let is_known = self.is_known(asked);
        let mut answer = if is_known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut answer = form.body.clone().into_response();
            answer.headers_mut().remove(header::CONTENT_TYPE);
            answer
        };
        let headers = answer.headers_mut();
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::ETAG, form.tag.clone());
        if takes_packed && !is_known {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        answer.extensions_mut().insert(Shared);
        answer
    }

    /// Whether the caller has it already, in either encoding.
    fn is_known(&self, asked: &HeaderMap) -> bool {
        let known = |tag: &str| {
            let tag = tag.trim();
            let strong = tag.strip_prefix("W/").unwrap_or(tag).as_bytes();
            tag == "*" || [&self.plain, &self.packed].iter().any(|form| form.tag.as_bytes() == strong)
        };
        let lines = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
        lines.flat_map(|line| line.split(',')).any(known)
    }
}

/// Whether `Accept-Encoding` has gzip, by name or by `*`, with a weight that is not 0.
fn takes_gzip(asked: &HeaderMap) -> bool {
    let lines = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    let mut by_star = None;
    for coding in lines.flat_map(|line| line.split(',')) {
        let mut parts = coding.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let refused = parts.any(|part| {
            let (name, weight) = part.split_once('=').unwrap_or_default();
            name.trim().eq_ignore_ascii_case("q") && weight.trim().parse() == Ok(0.0_f32)
        });
        match name.as_str() {
            "gzip" | "x-gzip" => return !refused,
            "*" => by_star = Some(!refused),
            _ => {}
        }
    }
    by_star.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::{Constant, takes_gzip};
    use axum::http::{HeaderMap, header};

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn it_is_packed_for_those_who_take_it_packed() {
        for (value, takes) in [
            ("gzip", true),
            ("br, GZIP;q=0.5", true),
            ("*", true),
            ("identity", false),
            ("gzip;q=0, *", false),
            ("gzip; q=0.0", false),
            ("br", false),
            ("*;q=0", false),
        ] {
            assert_eq!(takes_gzip(&headers(header::ACCEPT_ENCODING, value)), takes, "{value}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }

    #[test]
    fn who_has_it_is_told_so() {
        let constant = Constant::new("the same for everybody", Vec::new()).unwrap();
        let plain = constant.answer(&HeaderMap::new());
        let packed = constant.answer(&headers(header::ACCEPT_ENCODING, "gzip"));
        assert_ne!(
            plain.headers()[header::ETAG],
            packed.headers()[header::ETAG],
            "they are two representations"
        );
        let tag = plain.headers()[header::ETAG].to_str().unwrap();
        for value in [tag, &format!("W/{tag}"), &format!("\"x\", {tag}"), "*"] {
            let again = constant.answer(&headers(header::IF_NONE_MATCH, value));
            assert_eq!(
                (again.status().as_u16(), again.headers().contains_key(header::CONTENT_ENCODING)),
                (304, false)
            );
        }
        assert_eq!(constant.answer(&headers(header::IF_NONE_MATCH, "\"x\"")).status(), 200);
    }
}
