//! How a change is written into what a file says of somebody.

use super::{
    naming::{self, Names, Renaming},
    request::{AccessNeeds, Guardian, MOST_AXES, ParticipantChange, ReleaseTerms},
    row::{Particulars, Row},
    rules::{self, Said},
    text::Texts,
    words::{Reads, read, written},
};
use crate::{App, opening_hours::calendar::CalendarDate};
use contract::{
    FieldFault,
    time::{Instant, ZoneName},
};
use kernel::{
    error::{Error, Result},
    protect::privacy::{FileNumber, Name},
};

/// Writes a change into the row, which is not yet in the table, and checks what it then says.
pub fn apply(app: &App, row: &mut Row, change: ParticipantChange, now: Instant) -> Result<()> {
    let key = app.keys.participants.key(row.id.0, &row.data_key)?;
    let texts = Texts { key: &key, id: row.id };
    let random = &*app.random;
    let renaming = Renaming { called: change.name, arabic: change.name_arabic, latin: change.name_latin };
    if !renaming.is_nothing() {
        let names = naming::renamed(&texts.names(row)?, renaming);
        name(app, row, &texts, &names)?;
    }
    if let Some(number) = change.file_number {
        set_file_number(app, row, &texts, number.as_ref())?;
    }
    if let Some(phone) = change.phone {
        row.phone_sealed = texts.seal_any("phone_sealed", phone.as_ref(), random)?;
    }
    if let Some(email) = change.email {
        row.email_sealed = texts.seal_any("email_sealed", email.as_ref(), random)?;
    }
    if let Some(edition) = change.programme_edition {
        row.edition_sealed = texts.seal_any("edition_sealed", edition.as_ref(), random)?;
    }
    if let Some(zone) = change.zone {
        row.zone = known_zone(app, zone, now)?;
    }
    row.language = change.language.unwrap_or(row.language);
    row.push_wanted = change.push_wanted.unwrap_or(row.push_wanted);
    let more = &mut row.particulars;
    if let Some(axes) = change.programme_axes {
        if axes.len() > MOST_AXES {
            return Err(Error::field("/programme_axes", "length", format!("at most {MOST_AXES}")));
        }
        let lines: Vec<&str> = axes.iter().map(|axis| axis.expose()).collect();
        more.axes_sealed = texts.seal_words("axes_sealed", &lines.join("\n"), random)?;
    }
    if let Some(needs) = change.needs {
        let AccessNeeds { hearing, seeing, moving } = needs.unwrap_or_default();
        more.need_hearing_sealed = texts.seal_any("need_hearing_sealed", hearing.as_ref(), random)?;
        more.need_seeing_sealed = texts.seal_any("need_seeing_sealed", seeing.as_ref(), random)?;
        more.need_moving_sealed = texts.seal_any("need_moving_sealed", moving.as_ref(), random)?;
    }
    if let Some(guardian) = change.guardian {
        let (name, phone) = guardian.map_or((None, None), |Guardian { name, phone }| (Some(name), phone));
        more.guardian_name_sealed = texts.seal_any("guardian_name_sealed", name.as_ref(), random)?;
        more.guardian_phone_sealed = texts.seal_any("guardian_phone_sealed", phone.as_ref(), random)?;
    }
    if let Some(release) = change.release {
        let day = release.map(|release| release.on.to_string()).unwrap_or_default();
        let kind = release.and_then(|release| release.kind).map(|kind| kind.as_str()).unwrap_or_default();
        more.release_date_sealed = texts.seal_words("release_date_sealed", &day, random)?;
        more.release_kind_sealed = texts.seal_words("release_kind_sealed", kind, random)?;
        more.release_quarter = release.map(|release| rules::quarter(release.on.to_chrono()));
    }
    if let Some(year) = change.birth_year {
        more.birth_year = year.map(i64::from);
    }
    more.sex = change.sex.unwrap_or(more.sex);
    more.host_wish = change.host_wish.unwrap_or(more.host_wish);
    if let Some(province) = change.province {
        more.province = province.map(|province| province.to_string());
    }
    if let Some(words) = change.reads {
        more.reads = Some(written(&words)).filter(|words| !words.is_empty());
    }
    if let Some(words) = change.speaks {
        more.speaks = Some(written(&words)).filter(|words| !words.is_empty());
    }
    more.interpreter_wanted = change.interpreter_wanted.unwrap_or(more.interpreter_wanted);
    if let Some(day) = change.minor_until {
        more.minor_until = day.map(|day| day.to_string());
    }
    require_consistent(app, row, &texts, now)
}

/// Seals the names into the row, each in its script.
pub fn name(app: &App, row: &mut Row, texts: &Texts<'_>, names: &Names) -> Result<()> {
    let random = &*app.random;
    let mut faults = Vec::new();
    let mut check = |name: Option<&Name>, is_in: fn(&Name) -> bool, pointer: &str, script: &str| {
        if name.is_some_and(|name| !is_in(name)) {
            faults.push(FieldFault {
                pointer: pointer.to_owned(),
                code: "script".to_owned(),
                detail: format!("must be written in {script} letters"),
            });
        }
    };
    check(names.arabic.as_ref(), naming::is_in_arabic, "/name_arabic", "Arabic");
    check(names.latin.as_ref(), naming::is_in_latin, "/name_latin", "Latin");
    if !faults.is_empty() {
        return Err(Error::fields(faults));
    }
    row.name_sealed = texts.seal("name_sealed", &names.called, random)?;
    let more = &mut row.particulars;
    more.name_arabic_sealed = texts.seal_any("name_arabic_sealed", names.arabic.as_ref(), random)?;
    more.name_latin_sealed = texts.seal_any("name_latin_sealed", names.latin.as_ref(), random)?;
    Ok(())
}

fn set_file_number(app: &App, row: &mut Row, texts: &Texts<'_>, number: Option<&FileNumber>) -> Result<()> {
    let more = &mut row.particulars;
    more.file_number_sealed = texts.seal_any("file_number_sealed", number, &*app.random)?;
    more.file_number_lookup = number.map(|number| app.keys.file_numbers.hash(number));
    Ok(())
}

/// The number of a file, opened.
pub fn file_number(app: &App, row: &Row) -> Result<Option<FileNumber>> {
    let key = app.keys.participants.key(row.id.0, &row.data_key)?;
    Texts { key: &key, id: row.id }.open("file_number_sealed", row.particulars.file_number_sealed.as_ref())
}

/// Gives a file this number, or none.
pub fn give_file_number(app: &App, row: &mut Row, number: Option<&FileNumber>) -> Result<()> {
    let key = app.keys.participants.key(row.id.0, &row.data_key)?;
    let id = row.id;
    set_file_number(app, row, &Texts { key: &key, id }, number)
}

/// The number stays behind at the centre that gave it, and still finds the person. Where they go, it is another's.
pub fn give_file_number_up(app: &App, row: &mut Row) -> Result<()> {
    let key = app.keys.participants.key(row.id.0, &row.data_key)?;
    let texts = Texts { key: &key, id: row.id };
    let number: Option<FileNumber> =
        texts.open("file_number_sealed", row.particulars.file_number_sealed.as_ref())?;
    let more = &mut row.particulars;
    // Sealed anew: what is sealed is bound to its column.
    more.former_file_number_sealed =
        texts.seal_any("former_file_number_sealed", number.as_ref(), &*app.random)?;
    more.former_file_number_lookup = more.file_number_lookup.take();
    more.file_number_sealed = None;
    Ok(())
}

/// Refuses what cannot be, whichever of two contradicting fields was just set.
fn require_consistent(app: &App, row: &Row, texts: &Texts<'_>, now: Instant) -> Result<()> {
    let more = &row.particulars;
    let reads: Vec<Reads> = read(more.reads.as_deref());
    let released_on = texts.words("release_date_sealed", more.release_date_sealed.as_ref())?;
    let today = app.zones.to_local(now, &row.zone).map_err(Error::internal)?.date();
    let said = Said {
        birth_year: more.birth_year(),
        minor_until: more.minor_until().map(CalendarDate::to_chrono),
        has_guardian: more.guardian_name_sealed.is_some(),
        reads: &reads,
        released_on: released_on.and_then(|day| day.parse().ok()),
    };
    let faults = rules::faults(said, today);
    if faults.is_empty() { Ok(()) } else { Err(Error::fields(faults)) }
}

impl ReleaseTerms {
    /// As it was sealed; nothing if it is not known.
    pub fn opened(texts: &Texts<'_>, more: &Particulars) -> Result<Option<Self>> {
        let Some(day) = texts.words("release_date_sealed", more.release_date_sealed.as_ref())? else {
            return Ok(None);
        };
        let kind = texts.words("release_kind_sealed", more.release_kind_sealed.as_ref())?;
        let on = day.parse().map_err(Error::internal)?;
        Ok(Some(Self { on, kind: kind.and_then(|kind| kind.parse().ok()) }))
    }
}

/// The zone, if its rules are known to the zone data in use, which may be older than the names.
fn known_zone(app: &App, zone: ZoneName, now: Instant) -> Result<ZoneName> {
    match app.zones.to_local(now, &zone) {
        Ok(_) => Ok(zone),
        Err(_) => Err(Error::field("/zone", "unknown", "the zone data in use does not know it")),
    }
}
