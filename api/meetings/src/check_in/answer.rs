//! What callers get.

use super::{
    answers::{Given, What},
    asked,
    corrections::{self, Corrected},
    former::{self, Former},
    outages::CheckInOutage,
    pause::CheckInPause,
    rules::{self},
    store::Row,
    words::{
        AnswerCorrectionReason, CheckInCancelReason, CheckInExcuseReason, CheckInId, CheckInReasonSide,
        CheckInSeriesId, CheckInState,
    },
};
use crate::{
    calling::Help,
    questionnaire::{
        Icon, QuestionKind, QuestionnaireId, Slug,
        question::{Choice, Question, Texts, call_question},
        rules::CUSTOM_PREFIX,
    },
};
use contract::{
    Language, ParticipantId, StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use kernel::{
    Kernel,
    access::Actor,
    error::Result,
    protect::privacy::{Note, PrivateText, expose_in_answer, expose_in_answer_if_any},
};
use serde::Serialize;
use utoipa::ToSchema;

/// A text in the language of whoever reads it or, if it is missing in that, in the nearest that there is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Wording {
    /// The text.
    #[serde(serialize_with = "expose_in_answer")]
    pub text: Note,
    /// The language that it is in.
    pub language: Language,
}

/// Something that can be chosen.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedOption {
    /// Its name.
    pub id: Slug,
    /// What stands beside it; absent of faces, yes and no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<Icon>,
    /// What it says; absent of faces, yes and no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wording: Option<Wording>,
    /// Whether those who accompany the participant learn at once that it was chosen. Show `help` as soon as it is.
    pub alarm: bool,
}

/// A question.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedQuestion {
    /// Its name.
    pub id: Slug,
    /// How it is answered.
    pub kind: QuestionKind,
    /// What is asked.
    pub wording: Wording,
    /// Whether it has to be answered.
    pub required: bool,
    /// Whether this participant alone is asked it.
    pub is_custom: bool,
    /// Of a number: of what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Wording>,
    /// What can be chosen.
    #[schema(max_items = 6)]
    pub options: Vec<AskedOption>,
}

/// The answer to a question: the one of its fields that the question's kind asks for.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckInAnswer {
    /// Which question.
    pub question_id: Slug,
    /// Which option.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub option: Option<Slug>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<i64>,
    /// In which words.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub text: Option<Note>,
}

/// Answers that do not stand: they were taken back, somebody else answered, or they came too late to stand.
#[derive(Debug, Serialize, ToSchema)]
pub struct EarlierAnswers {
    /// What was answered.
    #[schema(max_items = 6)]
    pub answers: Vec<CheckInAnswer>,
    /// Whether somebody was to call.
    pub call_wanted: bool,
    /// Whether an answer is one that somebody learns of at once.
    pub alarms: bool,
    /// When it was answered, as the device says.
    pub answered_at: Instant,
    /// Who answered for the participant; absent if they did themself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<StaffId>,
    /// Whether they stood once. Those that came too late never did.
    pub stood: bool,
    /// Whether they were corrected: something else had been meant.
    pub corrected: bool,
}

/// What was answered before it was corrected.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormerCheckInAnswers {
    /// The version that said it.
    pub version: i64,
    /// When it was corrected.
    pub corrected_at: Instant,
    /// Who corrected it; absent if the participant did themself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrected_by: Option<StaffId>,
    /// Why.
    pub reason: AnswerCorrectionReason,
    /// In words.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// What was answered.
    #[schema(max_items = 6)]
    pub answers: Vec<CheckInAnswer>,
    /// Whether somebody was to call.
    pub call_wanted: bool,
    /// Whether an answer is one that somebody learns of at once.
    pub alarms: bool,
    /// When it was answered, as the device says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Instant>,
    /// Who answered for the participant; absent if they did themself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<StaffId>,
}

/// Why a missed one was closed.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckInExcuse {
    /// The reason.
    pub reason: CheckInExcuseReason,
    /// On whose side it lies.
    pub side: CheckInReasonSide,
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: StaffId,
}

/// Why one was called off.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckInCancellation {
    /// The reason.
    pub reason: CheckInCancelReason,
    /// When.
    pub at: Instant,
    /// By whom; absent if it followed from something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<StaffId>,
}

/// A check-in.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckIn {
    /// Its id.
    pub id: CheckInId,
    /// Who answers.
    pub participant_id: ParticipantId,
    /// With which others it was planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series_id: Option<CheckInSeriesId>,
    /// Where it stands as of this answer. `planned`, `open` and `missed` follow from the instants alone: a phone without network goes on by
    /// them, from each instant on.
    pub state: CheckInState,
    /// From when it can be answered, on the wall of its zone. Show it as it is.
    pub local_opens: LocalDateTime,
    /// By when it should be.
    pub local_due: LocalDateTime,
    /// Until before when it can be answered in time.
    pub local_closes: LocalDateTime,
    /// Whose wall that is.
    pub zone: ZoneName,
    /// From when it can be answered, as an instant.
    pub opens_at: Instant,
    /// By when it should be.
    pub due_at: Instant,
    /// Until before when it can be answered in time.
    pub closes_at: Instant,
    /// What a pause of the participant's file does to it; absent if there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause: Option<CheckInPause>,
    /// What an outage of the service gave back; absent if there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outage: Option<CheckInOutage>,
    /// The questionnaire that is asked.
    pub questionnaire_id: QuestionnaireId,
    /// In which version.
    pub questionnaire_number: i64,
    /// The questions in order.
    #[schema(max_items = 6)]
    pub questions: Vec<AskedQuestion>,
    /// How many of the participant's own questions there was no room for.
    pub custom_questions_left_out: i64,
    /// What `call_wanted` answers; asked after the questions, in every check-in.
    pub call_question: Wording,
    /// What is answered so far.
    #[schema(max_items = 6)]
    pub answers: Vec<CheckInAnswer>,
    /// Whether somebody is to call.
    pub call_wanted: bool,
    /// Whether an answer is one that somebody learns of at once.
    pub alarms: bool,
    /// What was answered and does not stand, the earliest first: whoever calls reads what was said and then taken back. For staff alone; absent
    /// if there is none.
    #[schema(max_items = 20)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier_answers: Vec<EarlierAnswers>,
    /// When it was answered, as the device says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Instant>,
    /// Who answered for the participant; absent if they did themself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<StaffId>,
    /// When the service got all answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<Instant>,
    /// Whether they were given when it had closed; absent until all are given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_late: Option<bool>,
    /// When they were corrected last: something else had been meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrected_at: Option<Instant>,
    /// When somebody who accompanies the participant had seen them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewed_at: Option<Instant>,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewed_by: Option<StaffId>,
    /// Why it was closed when it had been missed. It stays if answers come after all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excuse: Option<CheckInExcuse>,
    /// Why it was called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancellation: Option<CheckInCancellation>,
    /// Whom to call now, and when somebody calls. For the participant alone, until the answers were seen: show it when an answer alarms or a call is wanted, also without
    /// network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<Help>,
    /// What the caller can do now.
    #[schema(max_items = 6, example = json!(["save_answers", "submit"]))]
    pub possible_commands: Vec<String>,
    /// When it was planned.
    pub planned_at: Instant,
    /// By whom.
    pub planned_by: StaffId,
    /// Counts what people did with it, and not the passing of time; the same as its ETag.
    pub version: i64,
}

/// Check-ins that were planned together.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlannedCheckIns {
    /// What they have in common; absent if it is only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series_id: Option<CheckInSeriesId>,
    /// Each of them.
    #[schema(min_items = 1, max_items = 26)]
    pub items: Vec<CheckIn>,
}

/// Who reads a check-in.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'r> {
    /// Who.
    pub actor: &'r Actor,
    /// Staff's own language; a participant's stands with the check-in.
    pub language: Option<Language>,
    /// When.
    pub now: Instant,
}

impl CheckIn {
    /// As this person sees it.
    pub fn seen_by(kernel: &Kernel, reader: Reader<'_>, row: &Row) -> Result<Self> {
        let language = reader.language.unwrap_or(row.participant_language);
        let asked = asked::questions(kernel, row)?;
        let given = asked::given(kernel, row)?;
        let state = rules::state(row.settled, &row.window(), row.clock(reader.now));
        let is_over = matches!(state, CheckInState::Reviewed | CheckInState::Cancelled);
        let shows_help = reader.actor.role().is_none() && !is_over;
        let possible = rules::possible(reader.actor, state, row.answered_by);
        Ok(Self {
            id: row.id,
            participant_id: row.participant_id,
            series_id: row.series_id,
            state,
            local_opens: row.local_opens,
            local_due: row.local_due,
            local_closes: row.local_closes,
            zone: row.zone.clone(),
            opens_at: row.opens_at,
            due_at: row.due_at,
            closes_at: row.closes_at,
            pause: CheckInPause::of(row),
            outage: CheckInOutage::of(row),
            questionnaire_id: row.questionnaire_id,
            questionnaire_number: row.questionnaire_number,
            custom_questions_left_out: row.custom_questions_left_out,
            call_question: wording(&call_question(), language)?,
            alarms: given.alarms(&asked),
            call_wanted: given.call_wanted,
            answers: CheckInAnswer::all(given)?,
            earlier_answers: earlier(kernel, reader, row, &asked)?,
            questions: asked
                .iter()
                .map(|question| AskedQuestion::of(question, language))
                .collect::<Result<_>>()?,
            answered_at: row.answered_at,
            answered_by: row.answered_by,
            submitted_at: row.submitted_at,
            is_late: row
                .submitted_at
                .and(row.answered_at)
                .map(|answered_at| rules::is_late(answered_at, &row.window())),
            corrected_at: row.corrected_at,
            reviewed_at: row.reviewed_at,
            reviewed_by: row.reviewed_by,
            excuse: excuse(row),
            cancellation: cancellation(row),
            help: shows_help.then(|| Help::of(&row.centre, &kernel.zones, reader.now)).transpose()?,
            possible_commands: possible.into_iter().map(|command| command.to_string()).collect(),
            planned_at: row.planned_at,
            planned_by: row.planned_by,
            version: row.version,
        })
    }
}

/// Not for the participant: whoever looks at their phone with them is not to read what they took back.
fn earlier(
    kernel: &Kernel,
    reader: Reader<'_>,
    row: &Row,
    asked: &[Question],
) -> Result<Vec<EarlierAnswers>> {
    if reader.actor.role().is_none() {
        return Ok(Vec::new());
    }
    former::all(kernel, row)?.into_iter().map(|former| EarlierAnswers::of(former, asked)).collect()
}

fn excuse(row: &Row) -> Option<CheckInExcuse> {
    let reason = row.excuse?;
    Some(CheckInExcuse { reason, side: reason.side(), at: row.excused_at?, by: row.excused_by? })
}

fn cancellation(row: &Row) -> Option<CheckInCancellation> {
    Some(CheckInCancellation { reason: row.cancel_reason?, at: row.cancelled_at?, by: row.cancelled_by })
}

fn wording(texts: &Texts, language: Language) -> Result<Wording> {
    let (text, language) = texts.for_reader_of(language).unwrap_or(("", language));
    Ok(Wording { text: note(text)?, language })
}

/// It was checked before it was stored.
fn note(text: &str) -> Result<Note> {
    Note::from_stored(text.as_bytes()).map_err(kernel::Error::internal)
}

impl AskedQuestion {
    fn of(question: &Question, language: Language) -> Result<Self> {
        Ok(Self {
            id: question.id.clone(),
            kind: question.kind,
            wording: wording(&question.text, language)?,
            required: question.required,
            is_custom: question.id.as_str().starts_with(CUSTOM_PREFIX),
            unit: question.unit.as_ref().map(|unit| wording(unit, language)).transpose()?,
            options: question
                .options
                .iter()
                .map(|option| AskedOption::of(option, language))
                .collect::<Result<_>>()?,
        })
    }
}

impl AskedOption {
    fn of(option: &Choice, language: Language) -> Result<Self> {
        Ok(Self {
            id: option.id.clone(),
            icon: option.icon,
            wording: option.text.as_ref().map(|text| wording(text, language)).transpose()?,
            alarm: option.alarm,
        })
    }
}

impl EarlierAnswers {
    fn of(former: Former, asked: &[Question]) -> Result<Self> {
        Ok(Self {
            alarms: former.given.alarms(asked),
            call_wanted: former.given.call_wanted,
            answers: CheckInAnswer::all(former.given)?,
            answered_at: former.answered_at,
            answered_by: former.answered_by,
            stood: former.stood,
            corrected: former.corrected,
        })
    }
}

impl FormerCheckInAnswers {
    /// What was answered in the check-in `row`, opened.
    pub fn of(kernel: &Kernel, row: &Row, corrected: &Corrected) -> Result<Self> {
        let asked = asked::questions(kernel, row)?;
        let (given, why) = corrections::opened(kernel, row, corrected)?;
        Ok(Self {
            version: corrected.version,
            corrected_at: corrected.corrected_at,
            corrected_by: corrected.corrected_by,
            // What a later version calls by another word.
            reason: why.reason.parse().unwrap_or(AnswerCorrectionReason::Other),
            note: why.note.as_deref().map(note).transpose()?,
            alarms: given.alarms(&asked),
            call_wanted: given.call_wanted,
            answers: CheckInAnswer::all(given)?,
            answered_at: corrected.answered_at,
            answered_by: corrected.answered_by,
        })
    }
}

impl CheckInAnswer {
    fn all(given: Given) -> Result<Vec<Self>> {
        given.answers.into_iter().map(Self::of).collect()
    }

    fn of(answered: super::answers::Answered) -> Result<Self> {
        let mut answer = Self { question_id: answered.question, option: None, number: None, text: None };
        match answered.what {
            What::Option(option) => answer.option = Some(option),
            What::Number(number) => answer.number = Some(number),
            What::Text(text) => answer.text = Some(note(&text)?),
        }
        Ok(answer)
    }
}
