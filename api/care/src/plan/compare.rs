//! What is planned, against what a plan asks for: what is to be added, put elsewhere, taken away, and what stays. One rule for a start, a change,
//! its preview, the end of a pause, another calendar of the centre, and time that passes: so none of them does what another would undo. Only
//! what lies ahead and nobody has had to do with is touched. Pure.

use super::course::{Key, Wanted};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Something that is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// Which day of the plan.
    pub key: Key,
    /// Where it lies on the wall.
    pub day: NaiveDate,
    /// What it was made from.
    pub shape: String,
    /// Whether it is no longer the plan's to change: it was opened, answered, arranged or called off.
    pub is_fixed: bool,
}

/// From which days on something may be done, and how far ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Nothing is added before this day.
    pub adds_from: NaiveDate,
    /// Nothing that lies before this day is touched, and nothing is put before it.
    pub touches_from: NaiveDate,
    /// Nothing is added after this day.
    pub horizon: NaiveDate,
}

/// What is to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// To be made.
    pub add: Vec<Wanted>,
    /// To lie there instead.
    pub put: Vec<(Existing, Wanted)>,
    /// To be called off.
    pub drop: Vec<Existing>,
    /// Ahead, and as it is.
    pub keep: Vec<Existing>,
}

impl Difference {
    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.add.is_empty() && self.put.is_empty() && self.drop.is_empty()
    }
}

/// Compares them.
pub fn compare(existing: Vec<Existing>, wanted: Vec<Wanted>, bounds: Bounds) -> Difference {
    let mut wanted: BTreeMap<Key, Wanted> = wanted.into_iter().map(|one| (one.key.clone(), one)).collect();
    let mut difference = Difference::default();
    for one in existing {
        let is_ahead = one.day >= bounds.touches_from;
        if one.is_fixed || !is_ahead {
            wanted.remove(&one.key);
            if is_ahead {
                difference.keep.push(one);
            }
            continue;
        }
        match wanted.get(&one.key) {
            Some(same) if same.shape == one.shape => {
                let same = wanted.remove(&one.key).filter(|same| same.day >= bounds.touches_from);
                match same {
                    Some(same) if same.day != one.day => difference.put.push((one, same)),
                    _ => difference.keep.push(one),
                }
            }
            // What takes its place is made below.
            _ => difference.drop.push(one),
        }
    }
    let is_in_reach = |one: &Wanted| one.day >= bounds.adds_from && one.day <= bounds.horizon;
    difference.add.extend(wanted.into_values().filter(is_in_reach));
    difference
}
