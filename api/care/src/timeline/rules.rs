//! Putting the chapters together. Pure.

use crate::app::timeline::{Moment, Place};

/// Where a moment stands.
pub const fn place(moment: &Moment) -> Place {
    Place::of_part(moment.at, moment.id, moment.part)
}

/// The newest of all that the chapters told, at most so many. Each told as many as that, so that nothing of any is skipped.
pub fn newest(mut told: Vec<Moment>, rows: usize) -> Vec<Moment> {
    told.sort_by_cached_key(|moment| std::cmp::Reverse((place(moment), moment.kind.word)));
    told.truncate(rows);
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::time::Instant;
    use identity::things::{PARTICIPANT, STAFF};
    use kernel::things::Thing;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn moment(at: i64, id: u128, kind: &'static Thing) -> Moment {
        let (at, part) = (Instant::from_micros(at).unwrap(), i64::try_from(id % 3).unwrap());
        // Three are parts of one thing.
        let id = Uuid::from_u128(id / 3);
        Moment { at, kind, id, part, event: String::new(), staff: None, local: None }
    }

    /// What a chapter tells of all that there is of it.
    fn chapter(all: &[Moment], before: Place, rows: usize) -> Vec<Moment> {
        let mut told: Vec<Moment> = all.iter().filter(|moment| place(moment) < before).cloned().collect();
        told.sort_by_key(|moment| std::cmp::Reverse(place(moment)));
        told.truncate(rows);
        told
    }

    proptest! {
        #[test]
        fn page_by_page_everything_is_told_once_and_in_order(
            one in prop::collection::btree_set((0_i64..20, 0_u128..1_000), 0..30),
            other in prop::collection::btree_set((0_i64..20, 1_000_u128..2_000), 0..30),
            limit in 1_usize..7,
        ) {
            let chapters = [
                one.iter().map(|(at, id)| moment(*at, *id, &PARTICIPANT)).collect::<Vec<_>>(),
                other.iter().map(|(at, id)| moment(*at, *id, &STAFF)).collect::<Vec<_>>(),
            ];
            let (mut found, mut before) = (Vec::new(), Place::new(Instant::MAX, Uuid::max()));
            loop {
                let told = chapters.iter().flat_map(|all| chapter(all, before, limit + 1)).collect();
                let mut page = newest(told, limit + 1);
                let is_last = page.len() <= limit;
                page.truncate(limit);
                before = page.last().map_or(before, place);
                found.extend(page.iter().map(place));
                if is_last {
                    break;
                }
            }
            let mut all: Vec<Place> = chapters.iter().flatten().map(place).collect();
            all.sort_unstable_by(|one, other| other.cmp(one));
            prop_assert_eq!(found, all);
        }
    }
}
