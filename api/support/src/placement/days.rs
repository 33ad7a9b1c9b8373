//! Who was in work on a day, for how many days, and how long the gaps between were: reckoned from the placements, never typed. Pure.
//!
//! A date that is known by its month or year is an interval, so that each of these has a lower and an upper bound. What overlaps counts once.

use super::words::InWork;
use chrono::NaiveDate;
use contract::time::ImpreciseDate;

/// From when to when somebody worked; the last day belongs to it, and one that lasts has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spell {
    /// The first day.
    pub from: ImpreciseDate,
    /// The last day.
    pub until: Option<ImpreciseDate>,
}

/// At least so many, and at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The lower bound.
    pub at_least: i64,
    /// The upper bound.
    pub at_most: i64,
}

/// A time between two jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The first day after the last on which they may have worked.
    pub from: NaiveDate,
    /// The last day before the first on which they may have worked again; none if they do not work yet.
    pub until: Option<NaiveDate>,
    /// How many days they did not work.
    pub days: Bounds,
}

/// Days from one until another, both included.
type Days = (NaiveDate, NaiveDate);

impl Spell {
    /// The days on which they surely worked, if there is one.
    fn certain(&self, last: NaiveDate) -> Option<Days> {
        let (from, until) = (self.from.latest(), self.until.map_or(last, |until| until.earliest().min(last)));
        (from <= until).then_some((from, until))
    }

    /// The days on which they may have worked.
    fn possible(&self, last: NaiveDate) -> Option<Days> {
        let (from, until) = (self.from.earliest(), self.until.map_or(last, |until| until.latest().min(last)));
        (from <= until).then_some((from, until))
    }
}

/// Whether somebody worked on a day.
pub fn on_day(spells: &[Spell], day: NaiveDate) -> InWork {
    let holds = |days: Option<Days>| days.is_some_and(|(from, until)| from <= day && day <= until);
    if spells.iter().any(|spell| holds(spell.certain(day))) {
        InWork::Yes
    } else if spells.iter().any(|spell| holds(spell.possible(day))) {
        InWork::Perhaps
    } else {
        InWork::No
    }
}

/// How many days somebody worked until this one. The lower bound counts the days on which they surely did.
pub fn worked(spells: &[Spell], until: NaiveDate) -> Bounds {
    let sum = |days: fn(&Spell, NaiveDate) -> Option<Days>| {
        let all = spells.iter().filter_map(|spell| days(spell, until)).collect();
        united(all).into_iter().map(|(from, until)| until.signed_duration_since(from).num_days() + 1).sum()
    };
    Bounds { at_least: sum(Spell::certain), at_most: sum(Spell::possible) }
}

/// The gaps between jobs until this day, the first one first: where somebody surely did not work. The last goes on if they do not work yet.
pub fn gaps(spells: &[Spell], until: NaiveDate) -> Vec<Gap> {
    let stretches = stretches(spells, until);
    let following = stretches.iter().skip(1).map(Some).chain([None]);
    stretches.iter().zip(following).filter_map(|(one, next)| one.gap_before(next, until)).collect()
}

/// A time within which there is no day on which they surely did not work.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    /// The first day on which they may have worked.
    from: NaiveDate,
    /// The last one.
    until: NaiveDate,
    /// On which day they had begun to work at the latest.
    began_by: NaiveDate,
    /// Until which day they worked at least.
    worked_to: NaiveDate,
}

impl Stretch {
    fn of(spell: &Spell, last: NaiveDate) -> Option<Self> {
        let (from, until) = spell.possible(last)?;
        Some(Self {
            from,
            until,
            began_by: spell.from.latest().min(until),
            worked_to: spell.until.map_or(last, |until| until.earliest()).clamp(from, until),
        })
    }

    fn gap_before(&self, next: Option<&Self>, last: NaiveDate) -> Option<Gap> {
        let from = self.until.succ_opt().filter(|from| *from <= last)?;
        let (end, longest_end) = match next {
            Some(next) => (next.from.pred_opt()?, next.began_by.pred_opt()?),
            None => (last, last),
        };
        let days = |from: NaiveDate, until: NaiveDate| until.signed_duration_since(from).num_days() + 1;
        let bounds =
            Bounds { at_least: days(from, end), at_most: days(self.worked_to.succ_opt()?, longest_end) };
        Some(Gap { from, until: next.map(|_| end), days: bounds })
    }
}

fn stretches(spells: &[Spell], last: NaiveDate) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = spells.iter().filter_map(|spell| Stretch::of(spell, last)).collect();
    all.sort_unstable_by_key(|stretch| (stretch.from, stretch.until));
    let mut united: Vec<Stretch> = Vec::with_capacity(all.len());
    for one in all {
        match united.last_mut() {
            Some(before) if before.until.succ_opt().is_none_or(|next| one.from <= next) => {
                before.until = before.until.max(one.until);
                before.began_by = before.began_by.min(one.began_by);
                before.worked_to = before.worked_to.max(one.worked_to);
            }
            _ => united.push(one),
        }
    }
    united
}

/// The same days, in their order, what overlaps or touches as one.
fn united(mut all: Vec<Days>) -> Vec<Days> {
    all.sort_unstable();
    let mut united: Vec<Days> = Vec::with_capacity(all.len());
    for (from, until) in all {
        match united.last_mut() {
            Some((_, last)) if last.succ_opt().is_none_or(|next| from <= next) => *last = (*last).max(until),
            _ => united.push((from, until)),
        }
    }
    united
}

#[cfg(test)]
mod tests;
