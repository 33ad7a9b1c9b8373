//! The origin of the service's own pages (RFC 6454), and how the page that a request comes from stands to it. Browsers say
//! which page that is; programs that are no browsers say nothing.

use axum::http::{HeaderMap, header};

/// The origin of the service's own pages, such as `https://muwakaba.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageOrigin(String);

/// Which page a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// One of the service's own.
    Own,
    /// It does not say, or no page asked for it, such as an address that somebody typed.
    Unsaid,
    /// One of somebody else.
    Foreign,
}

impl PageOrigin {
    /// Of the service that people reach under this address. Browsers leave the usual port out.
    pub fn of(public_url: &str) -> Self {
        let end = public_url.find("://").map_or(0, |at| at + 3);
        let host = public_url.get(end..).unwrap_or_default();
        let length = end + host.find(['/', '?', '#']).unwrap_or(host.len());
        let origin = public_url.get(..length).unwrap_or_default().to_ascii_lowercase();
        let usual_port = if origin.starts_with("https://") { ":443" } else { ":80" };
        Self(origin.strip_suffix(usual_port).map(ToOwned::to_owned).unwrap_or(origin))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How the page stands to it that a request with these headers comes from.
    pub fn standing(&self, headers: &HeaderMap) -> Standing {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (None, _) => match headers.get("sec-fetch-site").map(|site| site.as_bytes()) {
                None | Some(b"none") => Standing::Unsaid,
                Some(b"same-origin") => Standing::Own,
                Some(_) => Standing::Foreign,
            },
            (Some(origin), None) if origin.as_bytes() == self.0.as_bytes() => Standing::Own,
            _ => Standing::Foreign,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for (public_url, origin) in [
            ("https://muwakaba.example", "https://muwakaba.example"),
            ("https://Muwakaba.Example/", "https://muwakaba.example"),
            ("https://muwakaba.example:443/app", "https://muwakaba.example"),
            ("https://muwakaba.example:8443", "https://muwakaba.example:8443"),
            ("https://muwakaba.example:80", "https://muwakaba.example:80"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://localhost:80/?x", "http://localhost"),
        ] {
            assert_eq!(PageOrigin::of(public_url).as_str(), origin);
        }
    }

    #[test]
    fn a_page_is_the_services_own_only_if_the_browser_says_so() {
        use Standing::{Foreign, Own, Unsaid};
        let ours = PageOrigin::of("https://muwakaba.example");
        for (headers, standing) in [
            (&[][..], Unsaid),
            (&[("sec-fetch-site", "none")], Unsaid),
            (&[("sec-fetch-site", "same-origin")], Own),
            (&[("sec-fetch-site", "same-site")], Foreign),
            (&[("sec-fetch-site", "cross-site")], Foreign),
            (&[("origin", "https://muwakaba.example")], Own),
            (&[("origin", "https://elsewhere.example")], Foreign),
            (&[("origin", "null")], Foreign),
            (&[("origin", "https://elsewhere.example"), ("sec-fetch-site", "same-origin")], Foreign),
            (&[("origin", "https://muwakaba.example"), ("origin", "https://muwakaba.example")], Foreign),
        ] {
            let map: HeaderMap = headers
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
                .fold(HeaderMap::new(), |mut map, (name, value)| {
                    map.append(name, value);
                    map
                });
            assert_eq!(ours.standing(&map), standing, "{headers:?}");
        }
    }
}
