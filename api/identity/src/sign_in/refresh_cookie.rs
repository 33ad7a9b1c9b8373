//! Where a browser keeps its refresh token: in a cookie that no script can read, so that a hole in a page gives nobody a token
//! to carry away. The prefix `__Host-` makes the browser itself see to it that no other host and no page without TLS sets it.
//!
//! A browser sends cookies unasked. So a token from one counts only in a request that says that it comes from the service's
//! own pages, and only together with a proof of the key that its session is bound to. The key also lets two tabs refresh at the
//! same moment, and a page whose answer got lost ask again however much later: the repetition gets the same successor, where
//! without a key it would look like a thief after some seconds (see `refresh_token`).

use super::tokens::Tokens;
use crate::Identity;
use crate::typed::secret::Secret;
use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::Response,
};
use contract::{ProblemCode, RefreshTokenPlace, time::Instant};
use kernel::{
    door::{PageOrigin, Standing},
    error::{Error, Result},
};

/// The cookie's name.
pub const NAME: &str = "__Host-refresh";
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";

/// The cookie of a request, if there is one.
#[derive(Debug, Clone)]
pub struct RefreshCookie {
    token: Option<Secret>,
    page: Standing,
}

impl RefreshCookie {
    fn read(headers: &HeaderMap, own: &PageOrigin) -> Result<Self> {
        let mut tokens = headers
            .get_all(header::COOKIE)
            .iter()
            .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
            .filter_map(|pair| pair.trim_ascii().strip_prefix(NAME.as_bytes())?.strip_prefix(b"="));
        let token = tokens.next().map(|token| Secret::new(String::from_utf8_lossy(token)));
        if tokens.next().is_some() {
            return Err(Error::field("Cookie:", "repeated", format!("holds {NAME} more than once")));
        }
        Ok(Self { token, page: own.standing(headers) })
    }

    /// The token, if the request comes from one of the service's own pages; from elsewhere it is refused.
    pub fn token(&self) -> Result<Option<&str>> {
        match (&self.token, self.page) {
            (None, _) => Ok(None),
            (Some(token), Standing::Own) => Ok(Some(token.expose())),
            (Some(_), Standing::Unsaid | Standing::Foreign) => Err(Error::new(ProblemCode::ForeignOrigin)),
        }
    }

    /// Puts the refresh token where the client wants it; what to say about the cookie. One browser holds one session, so
    /// tokens that go elsewhere take an older cookie's place too.
    pub fn hand_out(
        &self,
        tokens: &mut Tokens,
        place: RefreshTokenPlace,
        ends_at: Instant,
        now: Instant,
    ) -> Option<HeaderValue> {
        match (place, tokens.refresh_token.take()) {
            (RefreshTokenPlace::Cookie, Some(token)) => {
                let seconds = ends_at.since(now).num_seconds().max(1);
                HeaderValue::try_from(format!("{NAME}={token}; {ATTRIBUTES}; Max-Age={seconds}")).ok()
            }
            (_, token) => {
                tokens.refresh_token = token;
                self.cleared()
            }
        }
    }

    /// Takes the cookie away from a client that has it: its session is over.
    pub fn cleared(&self) -> Option<HeaderValue> {
        self.token.as_ref()?;
        HeaderValue::try_from(format!("{NAME}=; {ATTRIBUTES}; Max-Age=0")).ok()
    }
}

/// Refuses a cookie for a session that is bound to no key.
pub fn check(place: RefreshTokenPlace, is_bound: bool) -> Result<()> {
    if place == RefreshTokenPlace::Cookie && !is_bound {
        return Err(Error::field(
            "/refresh_token_in",
            "needs_proof",
            "a cookie is only for a session that is bound to a key: sign in with a DPoP header",
        ));
    }
    Ok(())
}

/// The answer with what it says about the cookie.
pub fn with_cookie(mut answer: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

impl<S: Send + Sync> FromRequestParts<S> for RefreshCookie
where
    Identity: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let identity = Identity::from_ref(state);
        Self::read(&parts.headers, &identity.sign_in.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&[u8]]) -> Result<Option<String>> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ORIGIN, HeaderValue::from_static("https://muwakaba.example"));
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
        }
        let cookie = RefreshCookie::read(&headers, &PageOrigin::of("https://muwakaba.example"))?;
        Ok(cookie.token()?.map(ToOwned::to_owned))
    }

    #[test]
    fn the_cookie_is_found_among_others_and_only_by_its_whole_name() {
        for (lines, token) in [
            (&[][..], None),
            (&[&b"__Host-refresh=abc"[..]], Some("abc")),
            (&[b"theme=dark; __Host-refresh=abc;x=\xff"], Some("abc")),
            (&[b"theme=dark", b" __Host-refresh=a=b "], Some("a=b")),
            (&[b"__Host-refresh="], Some("")),
            (&[b"__Host-refresh"], None),
            (&[b"x__Host-refresh=abc; __Host-refresher=abc; __host-refresh=abc"], None),
        ] {
            assert_eq!(read(lines).unwrap().as_deref(), token, "{lines:?}");
        }
        assert!(read(&[b"__Host-refresh=abc; __Host-refresh=def"]).is_err());
        assert!(read(&[b"__Host-refresh=abc", b"__Host-refresh=abc"]).is_err());
    }
}
