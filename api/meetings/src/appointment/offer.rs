//! Offering several times, and choosing one of them.

use super::{
    hours::OpeningHours,
    request::NewSlot,
    row::Row,
    rules,
    slot::Slot,
    time::{AgreedTime, agree_at, closed_then},
};
use crate::App;
use contract::{
    AppointmentCommand, ProblemCode, SlotId, SlotState, Subject, TimeOrigin,
    time::{Instant, ZoneName},
};
use kernel::{
    access::Actor,
    error::{Error, Result},
};

/// The times that somebody wants to offer, in their order. Opening hours are looked at now and not again when one is chosen; who has a
/// reason to ignore them hands in none.
pub fn several(
    app: &App,
    wanted: &[NewSlot],
    zone: &ZoneName,
    minutes: u16,
    hours: Option<&OpeningHours>,
    now: Instant,
) -> Result<Vec<AgreedTime>> {
    let mut times: Vec<AgreedTime> = Vec::with_capacity(wanted.len());
    for (index, slot) in wanted.iter().enumerate() {
        let pointer = format!("/slots/{index}/local_start");
        let time = agree_at(app, &pointer, slot.local_start, zone.clone(), minutes, now)?;
        if times.iter().any(|other| other.starts_at == time.starts_at) {
            return Err(Error::field(pointer, "duplicate", "is offered twice"));
        }
        if let Some(hours) = hours
            && let Some(closed) = closed_then(app, hours, &time)?
        {
            return Err(Error::with_detail(ProblemCode::CentreClosed, format!("{pointer}: {closed}")));
        }
        times.push(time);
    }
    times.sort_by_key(|time| time.starts_at);
    Ok(times)
}

impl Row {
    /// Offers these times in place of whatever was agreed on or offered.
    pub fn offer(&mut self, app: &App, times: &[AgreedTime]) {
        if let Some(first) = times.first() {
            self.set_time(first.clone());
        }
        self.slots = times.iter().map(|time| Slot::new(&*app.ids, self.id, time)).collect();
        self.time_origin = TimeOrigin::Offered;
        self.holds_time = false;
    }

    /// Agrees on this time; whatever was offered is offered no more.
    pub fn settle_on(&mut self, time: AgreedTime, origin: TimeOrigin) {
        self.set_time(time);
        self.slots = Vec::new();
        self.time_origin = origin;
        self.holds_time = true;
    }

    /// The time with this id among those that are offered, if it can be chosen.
    pub fn chosen(&self, actor: &Actor, id: SlotId, now: Instant) -> Result<AgreedTime> {
        let Some(slot) = self.slots.iter().find(|slot| slot.id == id) else {
            return Err(Error::field("/slot_id", "unknown", "is none of the times that are offered"));
        };
        match slot.state(now) {
            SlotState::Open => Ok(slot.time()),
            SlotState::Taken => Err(self.taken(id, now)),
            SlotState::Past => {
                let possible = rules::possible(super::answer::situation(actor, self, now));
                Err(self.refused("that time has passed", &possible))
            }
        }
    }

    /// That its state does not allow a command, and what it does.
    pub fn refused(&self, detail: impl Into<String>, possible: &[AppointmentCommand]) -> Error {
        Error::command_refused(Subject::appointment(self.id), detail, possible)
    }

    /// That the time with this id is not free, and whether there are others.
    pub fn taken(&self, id: SlotId, now: Instant) -> Error {
        let others =
            self.slots.iter().filter(|slot| slot.id != id && slot.state(now) == SlotState::Open).count();
        let advice = match others {
            0 => "ask for other times".to_owned(),
            1 => "one other can still be chosen".to_owned(),
            others => format!("{others} others can still be chosen"),
        };
        Error::with_detail(ProblemCode::TimeTaken, format!("that time is taken by now; {advice}"))
    }
}
