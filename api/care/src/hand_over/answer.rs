//! What callers get: both sides the same, but for what is told of the participant.

use super::{
    candidates,
    deeds::note_field,
    rules::{self, By, Shown},
    store::Row,
    words::{HandOverCommand, HandOverEnd, HandOverId, HandOverKind, HandOverRefusal, HandOverState},
};
use crate::participant::{Speaks, read_words};
use contract::{
    AssignmentId, CentreId, Language, ParticipantId, Province, StaffId, StaffRole, time::Instant,
};
use kernel::{
    Kernel,
    error::{Error, Result},
    protect::{
        privacy::{Name, Note, expose_in_answer, expose_in_answer_if_any},
        seal::{Field, Sealed, WrappedKey},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// Whom it is about, as far as is needed to answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandOverPerson {
    /// How they are called. Another centre is told their initials.
    #[serde(serialize_with = "expose_in_answer")]
    pub name: Name,
    /// Whether these are only the initials.
    pub is_initials: bool,
    /// The language of their app.
    pub language: Language,
    /// What they speak; empty if not known.
    pub speaks: Vec<Speaks>,
    /// Whether somebody is to interpret.
    pub interpreter_wanted: bool,
    /// In which province or prefecture they live.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<Province>,
}

/// What is asked of a colleague or of another centre for one participant, and what became of it. Until it is accepted nothing else about the
/// participant is open to whoever is asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandOver {
    /// Its id.
    pub id: HandOverId,
    /// To whom.
    pub kind: HandOverKind,
    /// Whom; absent for whoever has not got them in their caseload, to whom no file is open by it. So a phone that erases somebody who left does not
    /// erase what it is asked about them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant_id: Option<ParticipantId>,
    /// Where it stands.
    pub state: HandOverState,
    /// Who asked.
    pub asked_by: StaffId,
    /// Their name.
    #[serde(serialize_with = "expose_in_answer")]
    pub asked_by_name: Name,
    /// Whose participant they were when it was asked.
    pub from_centre_id: CentreId,
    /// In whose place or at whose side a colleague is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_staff_id: Option<StaffId>,
    /// Their name.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub from_staff_name: Option<Name>,
    /// The assignment that is handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_assignment_id: Option<AssignmentId>,
    /// The colleague who is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_staff_id: Option<StaffId>,
    /// Their name.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub to_staff_name: Option<Name>,
    /// The centre that is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_centre_id: Option<CentreId>,
    /// Whether the colleague leads once they accept.
    pub takes_lead: bool,
    /// Whether whoever accompanies the participant now does so no longer once it is accepted.
    pub ends_former: bool,
    /// Whom it is about; absent once it is over for those who have not got them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<HandOverPerson>,
    /// What was written to whoever is asked; absent likewise.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// When it was asked.
    pub asked_at: Instant,
    /// When it was answered, withdrawn or ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Instant>,
    /// By whom; absent if it ended by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<StaffId>,
    /// Why the answer was no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<HandOverRefusal>,
    /// Why it ended by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_because: Option<HandOverEnd>,
    /// What the caller can do with it now.
    pub possible_commands: Vec<HandOverCommand>,
    /// Counts its changes; the same as its ETag.
    pub version: i64,
}

/// The name of a staff member.
fn staff_name(kernel: &Kernel, staff: StaffId, key: &WrappedKey, name: &Sealed) -> Result<Name> {
    let key = kernel.keys.staff.key(staff.0, key)?;
    Ok(key.open_text(Field::new("staff", "name_sealed", staff.0), name)?)
}

fn any_name(
    kernel: &Kernel,
    staff: Option<StaffId>,
    key: Option<&WrappedKey>,
    name: Option<&Sealed>,
) -> Result<Option<Name>> {
    let (Some(staff), Some(key), Some(name)) = (staff, key, name) else { return Ok(None) };
    staff_name(kernel, staff, key, name).map(Some)
}

impl HandOver {
    /// A row as this reader may see it. What they may not read is not even opened.
    pub fn of(kernel: &Kernel, row: &Row, by: By) -> Result<Self> {
        let (person, note) = told(kernel, row, by)?;
        Ok(Self {
            id: row.id,
            kind: row.kind,
            participant_id: row.is_of_caseload(by).then_some(row.participant_id),
            state: row.state,
            asked_by: row.asked_by,
            asked_by_name: staff_name(kernel, row.asked_by, &row.asker_key, &row.asker_name)?,
            from_centre_id: row.from_centre_id,
            from_staff_id: row.from_staff_id,
            from_staff_name: any_name(
                kernel,
                row.from_staff_id,
                row.former_key.as_ref(),
                row.former_name.as_ref(),
            )?,
            from_assignment_id: row.from_assignment_id,
            to_staff_id: row.to_staff_id,
            to_staff_name: any_name(kernel, row.to_staff_id, row.next_key.as_ref(), row.next_name.as_ref())?,
            to_centre_id: row.to_centre_id,
            takes_lead: row.takes_lead,
            ends_former: row.ends_former,
            person,
            note,
            asked_at: row.asked_at,
            decided_at: row.decided_at,
            decided_by: row.decided_by,
            refusal: row.refusal,
            ended_because: row.ended_because,
            possible_commands: rules::possible(row.state, rules::side(&row.parties(), by)),
            version: row.version,
        })
    }
}

/// What is told of the participant, and the note.
fn told(kernel: &Kernel, row: &Row, by: By) -> Result<(Option<HandOverPerson>, Option<Note>)> {
    let shown = rules::shown(row.kind, row.state, row.is_of_caseload(by));
    if shown == Shown::Nothing {
        return Ok((None, None));
    }
    let key = kernel.keys.participants.key(row.participant_id.0, &row.data_key)?;
    let field = Field::new("participant", "name_sealed", row.participant_id.0);
    let name: Name = key.open_text(field, &row.name_sealed)?;
    let is_initials = shown == Shown::Initials;
    let name = if is_initials {
        Name::parse(&rules::initials(name.expose())).map_err(Error::internal)?
    } else {
        name
    };
    let person = HandOverPerson {
        name,
        is_initials,
        language: row.language,
        speaks: read_words(row.speaks.as_deref()),
        interpreter_wanted: row.interpreter_wanted,
        province: row.province.as_deref().and_then(Province::stored),
    };
    let note = row.note_sealed.as_ref();
    let note = note.map(|sealed| key.open_text(note_field(row.id), sealed)).transpose()?;
    Ok((Some(person), note))
}

/// Somebody who can be asked to accompany a participant.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "staff_id": "01936f6e-4d00-7000-8000-000000000002",
    "name": "Youssef Alaoui",
    "role": "mentor",
    "accompanies": false
}))]
pub struct PossibleCompanion {
    /// Who.
    pub staff_id: StaffId,
    /// Their name.
    #[serde(serialize_with = "expose_in_answer")]
    pub name: Name,
    /// Their role.
    pub role: StaffRole,
    /// Whether they accompany the participant already, beside others.
    pub accompanies: bool,
}

impl PossibleCompanion {
    /// A row with its name opened.
    pub fn of(kernel: &Kernel, row: &candidates::Row) -> Result<Self> {
        Ok(Self {
            staff_id: row.id,
            name: staff_name(kernel, row.id, &row.data_key, &row.name_sealed)?,
            role: row.role,
            accompanies: row.accompanies,
        })
    }
}
