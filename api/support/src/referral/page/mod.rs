//! The page by which a partner answers, who has no account: one link, one code, a form that works without JavaScript, in Arabic and French. It
//! tells a given name and what is asked, and never which service asks. Reading it changes nothing, and shows nothing before the code was typed:
//! programs that look at links before people do (messengers, mail scanners) learn nothing and use nothing up.
//!
//! Nobody is signed in here and no browser sends anything by itself that would open it, so a foreign page could do no more than whoever has the link and the
//! code.

mod html;

use super::{
    deeds, link, store,
    words::{ReferralAnswer, ReferralAnswerWay, ReferralId, ReferralRefusal, ReferralState},
};
use crate::{App, app::Pages};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use contract::AuditId;
use kernel::{
    caching::NOT_KEPT,
    error::{Error, Result},
    protect::privacy::{Name, Note},
};
use zeroize::Zeroizing;

/// Where it lies. The word says nothing of what it is for.
pub const BELOW: &str = "/r/";

/// What the service knows of it.
pub const PAGES: Pages = Pages { below: BELOW, routes };

/// The most that the form can send.
const MAX_FORM: usize = 4 * 1024;
/// Letters of a link's secret.
const SECRET_LETTERS: usize = 32;

/// What it may do: show text in its own style, and send its form.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

fn routes() -> Router<App> {
    Router::new()
        .route("/r/page.css", get(|| async { css() }))
        .route("/r/{secret}", get(begin))
        .route("/r/{secret}/open", post(open))
        .route("/r/{secret}/answer", post(answer))
}

/// The form for the code, the same for every link: whether there is one, only the right code tells.
async fn begin(Path(secret): Path<String>) -> Response {
    match well_formed(&secret) {
        true => shown(StatusCode::OK, html::code_form(&secret)),
        false => shown(StatusCode::NOT_FOUND, html::not_right(None)),
    }
}

/// What is asked, for whoever has the code.
async fn open(
    State(app): State<App>,
    Path(secret): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(form) = Form::read(&secret, &headers, body).await else {
        return shown(StatusCode::BAD_REQUEST, html::not_right(None));
    };
    match asked(&app, &secret, &form).await {
        Ok(Some(asked)) => shown(StatusCode::OK, html::request(&secret, &form.code, &asked, false)),
        Ok(None) => shown(StatusCode::FORBIDDEN, html::not_right(Some(&secret))),
        Err(error) => failed(&error),
    }
}

/// The answer, once.
async fn answer(
    State(app): State<App>,
    Path(secret): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(form) = Form::read(&secret, &headers, body).await else {
        return shown(StatusCode::BAD_REQUEST, html::not_right(None));
    };
    let Some(said) = form.said() else {
        // Nothing is lost: the question is there again, with what is missing.
        return match asked(&app, &secret, &form).await {
            Ok(Some(asked)) => {
                shown(StatusCode::BAD_REQUEST, html::request(&secret, &form.code, &asked, true))
            }
            Ok(None) => shown(StatusCode::FORBIDDEN, html::not_right(Some(&secret))),
            Err(error) => failed(&error),
        };
    };
    match answered(&app, &secret, &form, said).await {
        Ok(true) => shown(StatusCode::OK, html::thanks()),
        Ok(false) => shown(StatusCode::FORBIDDEN, html::not_right(Some(&secret))),
        Err(error) => failed(&error),
    }
}

/// What a partner is told.
pub struct Asked {
    given_name: Name,
    request: Note,
}

async fn asked(app: &App, secret: &str, form: &Form) -> Result<Option<Asked>> {
    let Some(id) = link::try_code(app, secret, &form.code).await? else { return Ok(None) };
    let mut tx = app.db.write().await?;
    let row = held(app, &mut tx, id, secret).await?;
    tx.commit().await?;
    let Some(row) = row else { return Ok(None) };
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    let field = super::answer::field;
    Ok(Some(Asked {
        given_name: key.open_text(field("given_name_sealed", id), &row.given_name_sealed)?,
        request: key.open_text(field("request_sealed", id), &row.request_sealed)?,
    }))
}

async fn answered(
    app: &App,
    secret: &str,
    form: &Form,
    said: (ReferralAnswer, Option<ReferralRefusal>),
) -> Result<bool> {
    let Some(id) = link::try_code(app, secret, &form.code).await? else { return Ok(false) };
    let mut tx = app.db.write().await?;
    let Some(mut row) = held(app, &mut tx, id, secret).await? else { return Ok(false) };
    let now = app.clock.now();
    let line = deeds::answer(app, &mut tx, &mut row, said, ReferralAnswerWay::Link, now).await?;
    line.write(&mut tx, None, AuditId::new(&*app.ids), now).await?;
    app.commit(tx).await?;
    Ok(true)
}

/// The referral, while it waits for this answer and the participant agrees that the partner is told.
async fn held(app: &App, tx: &mut db::Tx, id: ReferralId, secret: &str) -> Result<Option<store::Row>> {
    let now = app.clock.now();
    let Some(row) = store::hold(tx, id).await? else { return Ok(None) };
    let is_open = row.state == ReferralState::Sent
        && link::stands(app, tx, id, secret, now).await?
        && deeds::is_grounded(app, tx, &row, now).await?;
    Ok(Some(row).filter(|_| is_open))
}

/// What the form sends.
#[derive(Default)]
struct Form {
    code: Zeroizing<String>,
    answer: Option<ReferralAnswer>,
    refusal: Option<ReferralRefusal>,
}

impl Form {
    /// `None` if it is none of ours. Fields that it does not know it leaves out: browsers' helpers add some.
    async fn read(secret: &str, headers: &HeaderMap, body: Body) -> Option<Self> {
        let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        let is_form =
            kind.split(';').next()?.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded");
        if !is_form || !well_formed(secret) {
            return None;
        }
        let bytes = to_bytes(body, MAX_FORM).await.ok()?;
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(&bytes) {
            match &*name {
                "code" => form.code = Zeroizing::new(value.chars().take(40).collect()),
                "answer" => form.answer = value.parse().ok(),
                "refusal" => form.refusal = value.parse().ok(),
                _ => {}
            }
        }
        Some(form)
    }

    /// The answer, if it is whole. A form sends the reason of a refusal also with "yes".
    fn said(&self) -> Option<(ReferralAnswer, Option<ReferralRefusal>)> {
        match (self.answer?, self.refusal) {
            (ReferralAnswer::Accepted, _) => Some((ReferralAnswer::Accepted, None)),
            (ReferralAnswer::Refused, Some(why)) => Some((ReferralAnswer::Refused, Some(why))),
            (ReferralAnswer::Refused, None) => None,
        }
    }
}

/// Whether it could be a link's: then it can stand in the page as it is.
fn well_formed(secret: &str) -> bool {
    secret.len() == SECRET_LETTERS
        && secret.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"-_".contains(&letter))
}

fn failed(error: &Error) -> Response {
    let status = match error.code() {
        // Somebody else was faster, with the same link or beside it.
        Some(contract::ProblemCode::CommandRefused) => {
            return shown(StatusCode::FORBIDDEN, html::not_right(None));
        }
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    shown(status, html::busy())
}

fn shown(status: StatusCode, page: String) -> Response {
    (status, kept_by_nobody("text/html; charset=utf-8"), page).into_response()
}

fn css() -> Response {
    (kept_by_nobody("text/css; charset=utf-8"), include_str!("page.css")).into_response()
}

fn kept_by_nobody(kind: &'static str) -> [(HeaderName, HeaderValue); 5] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, NOT_KEPT),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow, noarchive")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_letters_of_a_link_get_into_the_page() {
        assert!(well_formed(&"aZ9-_xyz".repeat(4)));
        for secret in
            ["", "short", &"\"><script>alert(1)</script>aaaaaa"[..32], &"é".repeat(16), &"a".repeat(33)]
        {
            assert!(!well_formed(secret), "{secret}");
        }
    }
}
