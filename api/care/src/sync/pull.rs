//! One page of what a phone is told.

use super::{
    cursor::{ByStart, Cursor, Epoch, Holder, Phase, Place, instant},
    elsewhere::Elsewhere,
    feed::{self, Stretch},
    forms::{self, Loaded},
    judge::{Head, judge},
    row::{Became, Row},
};
use crate::{
    App,
    appointment::{self, things::APPOINTMENT},
    centre::things::CENTRE,
};
use contract::{CentreId, ParticipantId, PersonKind, SyncStart, time::Instant};
use db::Tx;
use identity::things::PARTICIPANT;
use kernel::{
    access::{Actor, Scope},
    error::Result,
    extract::Digest,
    sync_form::{
        Loading, Window,
        window::{SOON, day_of, horizon, start_of},
    },
    things::Thing,
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What the phone came with.
#[derive(Debug)]
pub(super) enum Given {
    /// A cursor that it got before.
    Cursor(Cursor),
    /// Nothing that it could go on from, for this reason.
    Nothing(SyncStart),
}

/// What it is told.
#[derive(Debug)]
pub(super) struct Page {
    /// Why it began again with this page.
    pub started: Option<SyncStart>,
    pub loaded: Loaded,
    pub revoked: Vec<ParticipantId>,
    /// Where it goes on.
    pub next: Cursor,
    /// Whether there is more now.
    pub more: bool,
}

impl Holder {
    /// Who this is, and what they are told of: with another role, another centre or further lists a phone begins again.
    pub(super) fn of(actor: &Actor) -> Self {
        let number = |text: String| {
            let digest = Digest::of(text.as_bytes());
            digest.as_bytes().iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
        };
        let role = actor.role().map_or("", contract::StaffRole::as_str);
        let lists: Vec<&str> = forms::lists_for(actor).into_iter().map(|(list, _)| list).collect();
        Self {
            person: number(format!("{} {}", actor.kind(), actor.person())),
            scope: number(format!("{role} {} {}", actor.centre(), lists.join(" "))),
        }
    }
}

/// The next page for a phone that came with this. One statement if there is nothing to tell.
pub(super) async fn pull(app: &App, actor: &Actor, given: Given, limit: u16) -> Result<Page> {
    let (scope, holder, now) = (actor.caseload()?, Holder::of(actor), app.clock.now());
    let (epoch, stretch) = match &given {
        Given::Cursor(cursor) => (cursor.epoch.number, stretch(&cursor.phase, limit)),
        Given::Nothing(_) => (0, Stretch::NOTHING),
    };
    let mut glance = app.db.glance().await?;
    let (head, rows) = feed::look(&mut glance, actor, (scope, actor.centre()), epoch, stretch).await?;
    // Given back before another is asked for.
    drop(glance);
    let elsewhere = Elsewhere::look(app, actor, scope, &given, now).await?;
    let begin = || Cursor { also: elsewhere.beginnings(), ..beginning(holder, &head, now) };
    let (started, cursor) = match given {
        Given::Nothing(reason) => (Some(reason), begin()),
        Given::Cursor(cursor) => match judge(&cursor, holder, &head).or(elsewhere.verdict) {
            Some(reason) => (Some(reason), begin()),
            None => (None, Cursor { epoch: head.epoch, also: elsewhere.places(), ..cursor }),
        },
    };
    let is_following = matches!(cursor.phase, Phase::Following { .. }) && cursor.horizon >= horizon(now);
    if is_following && rows.is_empty() && elsewhere.is_quiet() {
        let phase = Phase::Following { place: Place::behind(head.position) };
        let next = Cursor { phase, also: elsewhere.behind(), ..cursor };
        return Ok(Page { started, loaded: Loaded::default(), revoked: Vec::new(), next, more: false });
    }
    let tx = app.db.read().await?;
    let running = elsewhere.running;
    let mut page = Puller { tx, app, actor, scope, running, now, limit }.page(cursor).await?;
    page.started = started;
    Ok(page)
}

fn beginning(holder: Holder, head: &Head, now: Instant) -> Cursor {
    let phase = Phase::Soon {
        until: head.position,
        from: start_of(day_of(now)).as_micros(),
        to: now.saturating_add(SOON).as_micros(),
        after: None,
    };
    Cursor { holder, epoch: head.epoch, horizon: horizon(now), phase, also: Vec::new() }
}

fn stretch(phase: &Phase, limit: u16) -> Stretch {
    let rows = i64::from(limit) + 1;
    match phase {
        Phase::Rest { until, place, .. } => Stretch { after: *place, until: *until, rows },
        Phase::Following { place } => Stretch { after: *place, until: i64::MAX, rows },
        Phase::Soon { .. } | Phase::Entering { .. } => Stretch::NOTHING,
    }
}

/// What is needed to put a page together, of one moment.
struct Puller<'p> {
    tx: Tx,
    app: &'p App,
    actor: &'p Actor,
    scope: Scope,
    /// The other centres to which the caller is posted now.
    running: Vec<CentreId>,
    now: Instant,
    limit: u16,
}

/// What a phase asks to be loaded, and what comes behind it.
struct Step {
    rows: Vec<Row>,
    /// What was told before.
    told: Option<Window>,
    next: Phase,
    more: bool,
    /// The epoch of the moment that the rows are of, if they are of the feed.
    epoch: Option<Epoch>,
}

impl Puller<'_> {
    async fn page(mut self, mut cursor: Cursor) -> Result<Page> {
        let step = loop {
            let found = match cursor.phase {
                Phase::Soon { until, from, to, after } => self.soon(until, (from, to), after).await?,
                Phase::Rest { until, told, .. } => {
                    let mut step = self.rest(&cursor.phase, until, told).await?;
                    step.more |= !cursor.also.is_empty();
                    Some(step)
                }
                Phase::Entering { from_day, after, place } => {
                    self.entering(cursor.horizon, from_day, after, place).await?
                }
                Phase::Following { place } if horizon(self.now) > cursor.horizon => {
                    cursor.phase = Phase::Entering { from_day: cursor.horizon, after: None, place };
                    cursor.horizon = horizon(self.now);
                    continue;
                }
                Phase::Following { .. } => {
                    let also = std::mem::take(&mut cursor.also);
                    let (step, also) = self.following(&cursor.phase, also).await?;
                    cursor.also = also;
                    Some(step)
                }
            };
            if let Some(step) = found {
                break step;
            }
            cursor.phase = behind(cursor.phase);
        };
        let is_start = matches!(cursor.phase, Phase::Soon { .. } | Phase::Rest { .. });
        let mut loaded = Loaded::default();
        let mut loading = Loading {
            tx: &mut self.tx,
            kernel: self.app,
            actor: self.actor,
            scope: self.scope,
            now: self.now,
            window: Window::of(self.now, cursor.horizon),
            told: step.told,
        };
        forms::load(&mut loading, &step.rows, &mut loaded).await?;
        let mut revoked = Vec::new();
        if is_start {
            // Whoever begins has nothing yet that they could lose.
            loaded.gone.clear();
        } else {
            let left = step.rows.iter().filter(|row| row.became == Became::Revoked);
            revoked.extend(left.map(|row| ParticipantId(row.subject)));
        }
        let epoch = step.epoch.unwrap_or(cursor.epoch);
        let next = Cursor { phase: step.next, epoch, ..cursor };
        Ok(Page { started: None, loaded, revoked, next, more: step.more })
    }

    /// The next appointments of a start, and the people whom they are with; with the first of them also what every phone shows.
    async fn soon(
        &mut self,
        until: i64,
        (from, to): (i64, i64),
        after: Option<ByStart>,
    ) -> Result<Option<Step>> {
        let within = Window { from: instant(from), to: instant(to) };
        let (mut rows, people, last) = self.starting(within, after).await?;
        if rows.is_empty() && after.is_none() {
            return Ok(None);
        }
        let people = match self.actor.kind() {
            PersonKind::Staff => people,
            PersonKind::Participant => BTreeSet::from([self.actor.person()]),
        };
        rows.extend(people.into_iter().map(|id| different(&PARTICIPANT, id)));
        if after.is_none() {
            rows.push(different(&CENTRE, self.actor.centre().0));
        }
        let next = match last {
            Some(last) => Phase::Soon { until, from, to, after: Some(last) },
            None => Phase::Rest { until, told: (from, to), place: Place::BEGINNING },
        };
        Ok(Some(Step { rows, told: None, next, more: true, epoch: None }))
    }

    /// The rest of a start.
    async fn rest(&mut self, phase: &Phase, until: i64, told: (i64, i64)) -> Result<Step> {
        let (head, rows, last) = self.look(phase).await?;
        let (next, more) = match last {
            Some(place) => (Phase::Rest { until, told, place }, true),
            None => (Phase::Following { place: Place::behind(until) }, head.position > until),
        };
        let told = Some(Window { from: instant(told.0), to: instant(told.1) });
        Ok(Step { rows, told, next, more, epoch: Some(head.epoch) })
    }

    /// What has come near enough, since days have passed.
    async fn entering(
        &mut self,
        horizon: i64,
        from_day: i64,
        after: Option<ByStart>,
        place: Place,
    ) -> Result<Option<Step>> {
        let within = Window { from: start_of(from_day), to: start_of(horizon) };
        let (rows, _, last) = self.starting(within, after).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let next = match last {
            Some(last) => Phase::Entering { from_day, after: Some(last), place },
            None => Phase::Following { place },
        };
        Ok(Some(Step { rows, told: None, next, more: true, epoch: None }))
    }

    /// What changed.
    async fn following(
        &mut self,
        phase: &Phase,
        also: Vec<(CentreId, Place)>,
    ) -> Result<(Step, Vec<(CentreId, Place)>)> {
        let (head, rows, last) = self.look(phase).await?;
        let (place, more) = last.map_or((Place::behind(head.position), false), |last| (last, true));
        let next = Phase::Following { place };
        let mut step = Step { rows, told: None, next, more, epoch: Some(head.epoch) };
        let mut places = Vec::with_capacity(also.len());
        for (centre, place) in also {
            let place = self.following_at(centre, place, &mut step).await?;
            places.extend(place.map(|place| (centre, place)));
        }
        Ok((step, places))
    }

    /// What changed at another centre, as far as the page has room for it, and where it goes on there; nowhere, if all is told and the caller
    /// is not posted to it any more.
    async fn following_at(
        &mut self,
        centre: CentreId,
        after: Place,
        step: &mut Step,
    ) -> Result<Option<Place>> {
        let room = usize::from(self.limit).saturating_sub(step.rows.len());
        if room == 0 {
            step.more = true;
            return Ok(Some(after));
        }
        let rows = i64::try_from(room).unwrap_or(0) + 1;
        let stretch = Stretch { after, until: i64::MAX, rows };
        let among = (self.scope, centre);
        let (head, mut rows) = feed::look(&mut self.tx, self.actor, among, 0, stretch).await?;
        let is_more = rows.len() > room;
        rows.truncate(room);
        let last = rows.last().map(|row| row.place).filter(|_| is_more);
        step.more |= is_more;
        step.rows.extend(rows);
        let is_running = self.running.contains(&centre);
        if is_running && after == Place::BEGINNING {
            step.rows.push(different(&CENTRE, centre.0));
        }
        if last.is_none() && !is_running {
            let left = feed::no_longer_of(&mut self.tx, self.actor, centre).await?;
            let is_told = |row: &Row| step.rows.iter().any(|told| told.subject == row.subject);
            let left: Vec<_> = left.into_iter().filter(|row| !is_told(row)).collect();
            step.rows.extend(left);
            step.rows.push(Row { became: Became::Gone, ..different(&CENTRE, centre.0) });
            return Ok(None);
        }
        Ok(Some(last.unwrap_or(Place::behind(head.position))))
    }

    /// The rows of this phase that one page tells, and the last of them if there are more.
    async fn look(&mut self, phase: &Phase) -> Result<(Head, Vec<Row>, Option<Place>)> {
        let stretch = stretch(phase, self.limit);
        let (head, mut rows) =
            feed::look(&mut self.tx, self.actor, (self.scope, self.actor.centre()), 0, stretch).await?;
        let is_more = rows.len() > usize::from(self.limit);
        rows.truncate(usize::from(self.limit));
        let last = rows.last().map(|row| row.place).filter(|_| is_more);
        Ok((head, rows, last))
    }

    /// As much as one page tells of the appointments that start within this time, those who come to them, and the last one if there are
    /// more.
    async fn starting(
        &mut self,
        within: Window,
        after: Option<ByStart>,
    ) -> Result<(Vec<Row>, BTreeSet<Uuid>, Option<ByStart>)> {
        let rows = i64::from(self.limit) + 1;
        let mut found = appointment::starting(&mut self.tx, self.scope, within, after, rows).await?;
        let is_more = found.len() > usize::from(self.limit);
        found.truncate(usize::from(self.limit));
        let last = found.last().map(|one| (one.starts_at.as_micros(), one.id)).filter(|_| is_more);
        let people = found.iter().map(|one| one.participant_id).collect();
        Ok((found.iter().map(|one| different(&APPOINTMENT, one.id)).collect(), people, last))
    }
}

/// What comes behind a phase that has nothing to tell.
fn behind(phase: Phase) -> Phase {
    match phase {
        Phase::Soon { until, from, to, .. } => {
            Phase::Rest { until, told: (from, to), place: Place::BEGINNING }
        }
        Phase::Rest { until, .. } => Phase::Following { place: Place::behind(until) },
        Phase::Entering { place, .. } | Phase::Following { place } => Phase::Following { place },
    }
}

fn different(kind: &'static Thing, subject: Uuid) -> Row {
    Row { place: Place::BEGINNING, kind: Some(kind), subject, became: Became::Different }
}
