//! What callers get.

use super::{
    request::{AccessNeeds, Guardian, ReleaseTerms},
    row::{Particulars, Row},
    rules,
    status::words::FileStatus,
    text::Texts,
    words::{HostWish, Reads, Sex, Speaks, read},
};
use crate::opening_hours::calendar::CalendarDate;
use contract::{
    CentreId, Language, ParticipantId, Province, StaffRole,
    time::{Instant, ZoneName},
};
use kernel::{
    Kernel,
    error::{Error, Result},
    protect::privacy::{
        Axis, Edition, Email, FileNumber, Name, Phone, PrivateText, expose_all_in_answer, expose_in_answer,
        expose_in_answer_if_any,
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// A participant as lists show them: enough to find the file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936f6e-4d00-7000-8000-000000000001",
    "name": "أمينة بناني",
    "language": "ar",
    "status": "active",
    "active": true,
    "version": 1
}))]
pub struct ParticipantSummary {
    /// Their id.
    pub id: ParticipantId,
    /// How they want to be called.
    #[serde(serialize_with = "expose_in_answer")]
    pub name: Name,
    /// The language of their app and messages.
    pub language: Language,
    /// Where the file stands.
    pub status: FileStatus,
    /// The file in which all of it is found now, if this one was merged into that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<ParticipantId>,
    /// Whether they are still accompanied: as long as the file is being prepared, active or paused.
    pub active: bool,
    /// Counts the changes; the same as in the ETag.
    pub version: i64,
}

/// A participant's file. What is absent is not known, or not for the caller to read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936f6e-4d00-7000-8000-000000000001",
    "centre_id": "01936f6e-4d00-7000-8000-000000000009",
    "name": "أمينة بناني",
    "name_arabic": "أمينة بناني",
    "name_latin": "Amina Bennani",
    "file_number": "CAS-2026-0147",
    "birth_year": 1990,
    "sex": "woman",
    "host_wish": "none",
    "phone": "+212600000000",
    "language": "ar",
    "zone": "Africa/Casablanca",
    "province": "141",
    "reads": ["arabic"],
    "speaks": ["darija", "french"],
    "interpreter_wanted": false,
    "push_wanted": true,
    "status": "active",
    "active": true,
    "version": 1,
    "created_at": "2026-11-23T10:00:00Z"
}))]
pub struct Participant {
    /// Their id.
    pub id: ParticipantId,
    /// Their centre.
    pub centre_id: CentreId,
    /// How they want to be called.
    #[serde(serialize_with = "expose_in_answer")]
    pub name: Name,
    /// Their name in Arabic script.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub name_arabic: Option<Name>,
    /// Their name in Latin script.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub name_latin: Option<Name>,
    /// The centre's own number of the file.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub file_number: Option<FileNumber>,
    /// The number that another centre gave the file, from which they moved; it still finds them.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub former_file_number: Option<FileNumber>,
    /// The year in which they were born.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_year: Option<i32>,
    /// Whether they are a woman or a man, as they say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// By whom they wish to be received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_wish: Option<HostWish>,
    /// Where to call them; absent if not known.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// Where to write to them; absent if not known.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// The language of their app and messages.
    pub language: Language,
    /// Where they live.
    pub zone: ZoneName,
    /// In which province or prefecture they live.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<Province>,
    /// What they read; empty if not known.
    pub reads: Vec<Reads>,
    /// What they speak; empty if not known.
    pub speaks: Vec<Speaks>,
    /// Whether somebody is to interpret.
    pub interpreter_wanted: bool,
    /// What they need in order to hear, see and move.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<AccessNeeds>,
    /// The last day on which they are under age.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minor_until: Option<CalendarDate>,
    /// Who stands for them while they are under age.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guardian: Option<Guardian>,
    /// The edition of the programme that they took part in; absent if not known, and for everyone but managers.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub programme_edition: Option<Edition>,
    /// The parts of the programme that they took part in; absent for everyone but managers.
    #[serde(serialize_with = "expose_all_in_answer", skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub programme_axes: Vec<Axis>,
    /// When and how they were or will be released; absent if not known, and for everyone but managers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<ReleaseTerms>,
    /// Whether reminders are pushed to their phone, or wait in the app.
    pub push_wanted: bool,
    /// Where the file stands.
    pub status: FileStatus,
    /// The file in which all of it is found now, if this one was merged into that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<ParticipantId>,
    /// Whether they are still accompanied: as long as the file is being prepared, active or paused.
    pub active: bool,
    /// Counts the changes; the same as in the ETag.
    pub version: i64,
    /// When they were registered.
    pub created_at: Instant,
}

impl ParticipantSummary {
    /// Opens the name of a row.
    pub fn of(kernel: &Kernel, row: &Row) -> Result<Self> {
        let key = kernel.keys.participants.key(row.id.0, &row.data_key)?;
        Ok(Self {
            id: row.id,
            name: Texts { key: &key, id: row.id }.name(&row.name_sealed)?,
            language: row.language,
            status: row.standing(),
            merged_into: row.merged_into(),
            active: row.active,
            version: row.version,
        })
    }
}

impl Participant {
    /// The file as this role may read it. What the role may not read is not even opened.
    pub fn seen_by(role: StaffRole, kernel: &Kernel, row: &Row) -> Result<Self> {
        let key = kernel.keys.participants.key(row.id.0, &row.data_key)?;
        let texts = Texts { key: &key, id: row.id };
        let (names, more) = (texts.names(row)?, &row.particulars);
        let sees = |field| rules::may_read(role, field);
        Ok(Self {
            id: row.id,
            centre_id: row.centre_id,
            name: names.called,
            name_arabic: names.arabic,
            name_latin: names.latin,
            file_number: texts.open("file_number_sealed", more.file_number_sealed.as_ref())?,
            former_file_number: texts
                .open("former_file_number_sealed", more.former_file_number_sealed.as_ref())?,
            birth_year: more.birth_year(),
            sex: more.sex,
            host_wish: more.host_wish,
            phone: texts.open("phone_sealed", row.phone_sealed.as_ref())?,
            email: texts.open("email_sealed", row.email_sealed.as_ref())?,
            language: row.language,
            zone: row.zone.clone(),
            province: more.province(),
            reads: read(more.reads.as_deref()),
            speaks: read(more.speaks.as_deref()),
            interpreter_wanted: more.interpreter_wanted,
            needs: needs(&texts, more)?,
            minor_until: more.minor_until(),
            guardian: guardian(&texts, more)?,
            programme_edition: if sees("programme_edition") {
                texts.open("edition_sealed", row.edition_sealed.as_ref())?
            } else {
                None
            },
            programme_axes: if sees("programme_axes") { axes(&texts, more)? } else { Vec::new() },
            release: if sees("release") { ReleaseTerms::opened(&texts, more)? } else { None },
            push_wanted: row.push_wanted,
            status: row.standing(),
            merged_into: row.merged_into(),
            active: row.active,
            version: row.version,
            created_at: row.created_at,
        })
    }
}

fn needs(texts: &Texts<'_>, more: &Particulars) -> Result<Option<AccessNeeds>> {
    let needs = AccessNeeds {
        hearing: texts.open("need_hearing_sealed", more.need_hearing_sealed.as_ref())?,
        seeing: texts.open("need_seeing_sealed", more.need_seeing_sealed.as_ref())?,
        moving: texts.open("need_moving_sealed", more.need_moving_sealed.as_ref())?,
    };
    let is_any = needs.hearing.is_some() || needs.seeing.is_some() || needs.moving.is_some();
    Ok(is_any.then_some(needs))
}

fn guardian(texts: &Texts<'_>, more: &Particulars) -> Result<Option<Guardian>> {
    let Some(name) = texts.open("guardian_name_sealed", more.guardian_name_sealed.as_ref())? else {
        return Ok(None);
    };
    let phone = texts.open("guardian_phone_sealed", more.guardian_phone_sealed.as_ref())?;
    Ok(Some(Guardian { name, phone }))
}

fn axes(texts: &Texts<'_>, more: &Particulars) -> Result<Vec<Axis>> {
    let Some(lines) = texts.words("axes_sealed", more.axes_sealed.as_ref())? else { return Ok(Vec::new()) };
    lines.lines().map(|line| Axis::from_stored(line.as_bytes()).map_err(Error::internal)).collect()
}
