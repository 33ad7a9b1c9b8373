//! Planning check-ins: one or a series. A request does it, and so will whatever else plans for somebody.

use super::{
    asked::field,
    remind,
    request::{NewCheckIn, NewCheckIns, WindowRule},
    rules::{AHEAD, MAX_DAYS},
    store::{self, Row, Whom},
    things::CHECK_IN,
    timers,
    window::{LocalWindow, Window},
    words::{CheckInId, CheckInSeriesId, Settled},
};
use crate::{
    App, custom_questions,
    opening_hours::calendar::TimeOfDay,
    questionnaire::{self, QuestionnaireId, question::Question, rules},
};
use chrono::{Days, NaiveDate};
use contract::{
    FieldFault, ParticipantId, StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::Tx;
use kernel::{
    access::Scope,
    audit::Audit,
    error::{Error, Result},
    extract::fields::new_id,
    protect::seal::{DataKey, Sealed},
};
use std::collections::BTreeSet;

/// What is to be planned: the windows, and what is asked in them.
#[derive(Debug)]
pub struct Planning {
    /// Who answers.
    pub participant: ParticipantId,
    /// What is asked; what came with the service without it.
    pub questionnaire: Option<QuestionnaireId>,
    /// The version that whoever plans has seen.
    pub number: Option<i64>,
    /// On whose wall; the centre's own zone without it.
    pub zone: Option<ZoneName>,
    /// When.
    pub windows: Vec<(Option<CheckInId>, LocalWindow)>,
}

impl Planning {
    /// What a request asks for, or which of its days it names wrongly.
    pub fn of(new: NewCheckIns) -> Result<Self> {
        let (mut days, mut faults, mut windows) = (BTreeSet::new(), Vec::new(), Vec::new());
        for (index, NewCheckIn { id, day }) in new.check_ins.into_iter().enumerate() {
            let here = format!("/check_ins/{index}/day");
            if !days.insert(day) {
                faults.push(fault(here.clone(), "duplicate", "is given twice"));
            }
            match new.rule.on(day.to_chrono()) {
                Some(window) => windows.push((id, window)),
                None => faults.push(fault(here, "too_far", "is out of range")),
            }
        }
        faults.extend(new.rule.faults("/rule"));
        if !faults.is_empty() {
            return Err(Error::fields(faults));
        }
        Ok(Self {
            participant: new.participant_id,
            questionnaire: new.questionnaire_id,
            number: new.questionnaire_number,
            zone: new.zone,
            windows,
        })
    }
}

impl WindowRule {
    /// The window of a day by this rule; nothing at the end of the calendar.
    pub fn on(&self, day: NaiveDate) -> Option<LocalWindow> {
        let at = |days: u32, time: TimeOfDay| {
            let date = day.checked_add_days(Days::new(days.min(MAX_DAYS).into()))?;
            LocalDateTime::new(date, time.to_chrono())
        };
        Some(LocalWindow {
            opens: at(0, self.opens)?,
            due: at(self.due.days_after, self.due.time)?,
            closes: at(self.closes.days_after, self.closes.time)?,
        })
    }

    /// What makes no window of it, with pointers below `place`.
    pub fn faults(&self, place: &str) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        if (self.due.days_after, self.due.time) <= (0, self.opens) {
            faults.push(fault(format!("{place}/due"), "order", "must be after it opens"));
        }
        if (self.closes.days_after, self.closes.time) < (self.due.days_after, self.due.time) {
            faults.push(fault(format!("{place}/closes"), "order", "must not be before it is due"));
        }
        faults
    }
}

/// Plans them for somebody in this scope, and gives each with the line of the audit log that says so.
pub async fn plan(
    app: &App,
    tx: &mut Tx,
    scope: Scope,
    planner: StaffId,
    planning: Planning,
    now: Instant,
) -> Result<Vec<(Row, Audit)>> {
    let whom = store::whom(tx, scope, planning.participant).await?.ok_or_else(Error::not_found)?;
    let asked = to_ask(tx, &whom, &planning).await?;
    let key = app.keys.participants.key(planning.participant.0, &whom.data_key)?;
    let custom = custom_of(app, &whom, planning.participant)?;
    let count = serde_json::from_str::<Vec<Question>>(&asked.questions).map_err(Error::internal)?.len();
    let (custom, left_out) = rules::asked(count, &custom);
    let zone = planning.zone.unwrap_or_else(|| whom.centre.centre_zone.clone());
    let series = (planning.windows.len() > 1).then(|| CheckInSeriesId::new(&*app.ids));
    let around = remind::around(tx, whom.centre_id, planning.participant).await?;
    let mut planned = Vec::with_capacity(planning.windows.len());
    for (index, (id, local)) in planning.windows.into_iter().enumerate() {
        let id = CheckInId(new_id(id, &*app.ids));
        let unknown =
            |_| Error::field("/zone", "unknown_zone", "the zone data in use does not know this zone");
        let window = local.derive(&zone, &app.zones).map_err(unknown)?;
        require_ahead(index, window.closes_at, now)?;
        let made = Made { id, participant: planning.participant, series, asked: &asked, local, zone: &zone };
        let row = made.row(app, &whom, (&key, custom, left_out), planner, window, now)?;
        store::insert(tx, &row).await?;
        tx.changed(row.changed());
        timers::note_next(tx, &row, now).await?;
        remind::plan_first(app, tx, &row, &around, now).await?;
        let audit = Audit::new(&CHECK_IN, "plan", id.0)
            .about(row.participant_id)
            .at(row.centre_id)
            .with("questionnaire_number", row.questionnaire_number);
        planned.push((row, audit));
    }
    Ok(planned)
}

/// A check-in that is about to be, before its participant's texts are in it.
pub(super) struct Made<'m> {
    pub(super) id: CheckInId,
    pub(super) participant: ParticipantId,
    pub(super) series: Option<CheckInSeriesId>,
    pub(super) asked: &'m questionnaire::store::Row,
    pub(super) local: LocalWindow,
    pub(super) zone: &'m ZoneName,
}

impl Made<'_> {
    /// Its row. What its participant alone is asked comes with how much of that there was no room for.
    pub(super) fn row(
        &self,
        app: &App,
        whom: &Whom,
        (key, custom, left_out): (&DataKey, &[Question], usize),
        planner: StaffId,
        window: Window,
        now: Instant,
    ) -> Result<Row> {
        Ok(Row {
            id: self.id,
            centre_id: whom.centre_id,
            participant_id: self.participant,
            series_id: self.series,
            questionnaire_id: self.asked.id,
            questionnaire_number: self.asked.number,
            custom_questions_sealed: sealed(app, key, self.id, custom)?,
            custom_questions_left_out: i64::try_from(left_out).unwrap_or(i64::MAX),
            local_opens: self.local.opens,
            local_due: self.local.due,
            local_closes: self.local.closes,
            zone: self.zone.clone(),
            opens_at: window.opens_at,
            due_at: window.due_at,
            closes_at: window.closes_at,
            original_opens: None,
            original_due: None,
            original_closes: None,
            paused_at: whom.is_paused.then_some(now),
            outage_micros: 0,
            settled: Settled::Unanswered,
            stage: window.stage(now),
            planned_at: now,
            planned_by: planner,
            answers_sealed: None,
            answers_version: None,
            former_answers_sealed: None,
            answered_at: None,
            answered_by: None,
            submitted_at: None,
            alarm_at: None,
            call_wanted_at: None,
            reviewed_at: None,
            reviewed_by: None,
            excused_at: None,
            excused_by: None,
            excuse: None,
            cancelled_at: None,
            cancelled_by: None,
            cancel_reason: None,
            corrected_at: None,
            version: 1,
            data_key: whom.data_key.clone(),
            participant_language: whom.participant_language,
            questions: self.asked.questions.clone(),
            centre: whom.centre.clone(),
        })
    }
}

/// The questionnaire that is to be asked, held so that it stays what it is.
async fn to_ask(tx: &mut Tx, whom: &Whom, planning: &Planning) -> Result<questionnaire::store::Row> {
    let id = planning.questionnaire.unwrap_or(questionnaire::store::DEFAULT);
    let asked = questionnaire::store::load_to_ask(tx, whom.centre_id, id).await?.ok_or_else(|| {
        Error::field("/questionnaire_id", "unknown", "there is no such questionnaire for this centre")
    })?;
    if asked.retired_at.is_some() {
        return Err(Error::field("/questionnaire_id", "retired", "is not asked any more"));
    }
    match planning.number {
        Some(number) if number < asked.number => {
            let why = format!("is not asked any more: the present version is {}", asked.number);
            Err(Error::field("/questionnaire_number", "retired", why))
        }
        Some(number) if number > asked.number => {
            Err(Error::field("/questionnaire_number", "unknown", "there is no such version"))
        }
        _ => Ok(asked),
    }
}

pub(super) fn custom_of(app: &App, whom: &Whom, participant: ParticipantId) -> Result<Vec<Question>> {
    match &whom.custom_questions_sealed {
        Some(sealed) => custom_questions::opened(app, participant, &whom.data_key, sealed),
        None => Ok(Vec::new()),
    }
}

/// What the participant alone is asked, as it is now: it stays so in this check-in.
fn sealed(app: &App, key: &DataKey, id: CheckInId, custom: &[Question]) -> Result<Option<Sealed>> {
    if custom.is_empty() {
        return Ok(None);
    }
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(custom).map_err(Error::internal)?);
    Ok(Some(key.seal(field("custom_questions_sealed", id), &plain, &*app.random)?))
}

fn require_ahead(index: usize, closes_at: Instant, now: Instant) -> Result<()> {
    let place = format!("/check_ins/{index}/day");
    if closes_at <= now {
        return Err(Error::field(place, "past", "would be closed already"));
    }
    if closes_at > now.saturating_add(AHEAD) {
        return Err(Error::field(place, "too_far", "must be within two years"));
    }
    Ok(())
}

fn fault(pointer: String, code: &str, detail: &str) -> FieldFault {
    FieldFault { pointer, code: code.to_owned(), detail: detail.to_owned() }
}
