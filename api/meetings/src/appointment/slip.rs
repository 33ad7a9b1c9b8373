//! An appointment on paper: a page of its own that is printed at A6 and given to somebody who has no phone, or not always. It says when and
//! where and how to say no. It names neither the service, nor what it is about, nor either person, loads nothing and does nothing.

use super::{answer::Appointment, store, things::APPOINTMENT};
use crate::App;
use axum::{extract::State, response::Response};
use contract::{AppointmentId, Language, PlaceKind};
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Call, Path, Query},
    problems::ReadProblems,
    reply::Reply,
};
use notifications::message::{SlipText, TextDirection, slip};
use serde::Deserialize;
use std::fmt::Write as _;
use utoipa::IntoParams;
use validator::Validate;

/// How it looks. The policy allows this text and no other: whoever changes it changes the hash, and a test says so.
pub const STYLE: &str = "@page{size:A6;margin:8mm}*{box-sizing:border-box}body{margin:0;font:12pt/1.4 sans-serif;color:#000;background:#fff}h1{font-size:16pt;margin:0 0 4mm}dl{margin:0}dt{font-size:9pt}dd{margin:0 0 3mm;font-weight:bold;overflow-wrap:anywhere}p{font-size:9pt;margin:4mm 0 0}";
/// What the page may do: be seen and printed.
const POLICY: &str = "default-src 'none'; style-src 'sha256-ZfwPsRGqyOtLQh3N2czzC99FusP0AIuad0g9AmBm2/g='; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

/// In which language it is printed.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SlipQuery {
    /// In this language; the participant's if absent.
    pub language: Option<Language>,
}

/// Print an appointment on paper
///
/// A page for an A6 sheet, in the participant's language: the day, the time on the wall, the place and how to say that one cannot come. It names
/// nobody and nothing else. There is none while no time is agreed on, nor once it is called off or over. Problems are JSON, so `Accept`
/// must not exclude that. For the participant, those who accompany them, and the manager of their centre; audited as a reading.
#[utoipa::path(
    get, path = "/appointments/{appointment_id}/slip", tag = "appointments", operation_id = "readAppointmentSlip",
    params(("appointment_id" = AppointmentId, Path), SlipQuery),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"), ReadProblems)
)]
pub async fn read(
    State(app): State<App>,
    call: Call,
    Path(id): Path<AppointmentId>,
    Query(query): Query<SlipQuery>,
) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let now = reading.now;
    let row = store::load(&mut reading.tx, scope, id, now).await?;
    let row = row.filter(|row| row.state().is_open() && !row.is_offering()).ok_or_else(Error::not_found)?;
    let reader = store::reader(&mut reading.tx, row.participant_id).await?;
    let language = query.language.unwrap_or(reader.language);
    let text = slip(language, (row.local_start, &row.zone), &reader.zone, row.place_kind);
    let appointment = Appointment::seen_by(&call.actor, &row, &app, now)?;
    let address = appointment.place.details.filter(|_| row.place_kind == PlaceKind::Address);
    let html = page(&text, address.as_ref().map(|address| address.expose()));
    let audit = Audit::new(&APPOINTMENT, "read_slip", id.0).about(row.participant_id);
    reading.finish(audit, Reply::page(html, POLICY)).await
}

/// The page. The title of the window is what it is, since printers put it on the paper.
fn page(text: &SlipText, address: Option<&str>) -> String {
    let direction = match text.direction {
        TextDirection::Ltr => "ltr",
        TextDirection::Rtl => "rtl",
    };
    let (title, language) = (Escaped(&text.title), text.language.as_str());
    let mut html = String::with_capacity(2_048);
    let mut terms = vec![(&text.day.0, text.day.1.as_str()), (&text.time.0, text.time.1.as_str())];
    terms.extend(text.clock.as_deref().map(|clock| (&text.time.0, clock)));
    terms.push((&text.place.0, address.unwrap_or(&text.place.1)));
    // Writing to a String cannot fail.
    let _ = write!(
        html,
        "<!DOCTYPE html>\n<html lang=\"{language}\" dir=\"{direction}\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title><style>{STYLE}</style></head>\n<body><main><h1>{title}</h1>\n<dl>"
    );
    let mut last = "";
    for (term, description) in terms {
        if last != term {
            let _ = write!(html, "<dt>{}</dt>", Escaped(term));
        }
        // Who typed an address may have written it the other way round.
        let _ = write!(html, "<dd dir=\"auto\">{}</dd>", Escaped(description));
        last = term;
    }
    let _ = write!(html, "</dl>\n<p>{}</p></main></body>\n</html>\n", Escaped(&text.cancel));
    html
}

/// Text that says what it says and is no part of the page.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => formatter.write_str("&amp;")?,
                '<' => formatter.write_str("&lt;")?,
                '>' => formatter.write_str("&gt;")?,
                '"' => formatter.write_str("&quot;")?,
                '\'' => formatter.write_str("&#39;")?,
                '\n' => formatter.write_str("<br>")?,
                other => std::fmt::Write::write_char(formatter, other)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::time::ZoneName;

    #[test]
    fn what_somebody_typed_is_no_part_of_the_page() {
        let text = slip(
            Language::Arabic,
            ("2026-12-01T10:00:00".parse().unwrap(), &ZoneName::CASABLANCA),
            &ZoneName::CASABLANCA,
            PlaceKind::Address,
        );
        let html = page(&text, Some("<script>alert('1')</script> \"a\" & b\nc"));
        assert!(
            html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &quot;a&quot; &amp; b<br>c"),
            "{html}"
        );
        assert!(!html.contains("<script") && html.contains("<html lang=\"ar\" dir=\"rtl\">"), "{html}");
        assert!(html.contains("size:A6"));
    }
}
