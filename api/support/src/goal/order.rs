//! In which order somebody wants things to stand. What is not named stands behind what is, in the order in which it was recorded, so that
//! something that was written down elsewhere meanwhile is neither lost nor first. Pure.

use contract::FieldFault;
use std::collections::BTreeSet;
use uuid::Uuid;

/// An order as it is stored.
pub fn written(ids: &[Uuid]) -> String {
    serde_json::to_string(ids).unwrap_or_default()
}

/// An order that was stored; what cannot be read is none.
pub fn read(stored: Option<&str>) -> Vec<Uuid> {
    stored.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// Puts things into this order.
pub fn sort<T>(things: &mut [T], order: &[Uuid], id: impl Fn(&T) -> Uuid) {
    let place = |id: Uuid| order.iter().position(|named| *named == id).unwrap_or(usize::MAX);
    things.sort_by_cached_key(|thing| (place(id(thing)), id(thing)));
}

/// What of an order names nothing that there is, or something twice.
pub fn faults(given: &[Uuid], known: &[Uuid], list: &str) -> Vec<FieldFault> {
    let mut seen = BTreeSet::new();
    let fault = |(index, id): (usize, &Uuid)| {
        let (code, detail) = if !seen.insert(*id) {
            ("duplicate", "is named twice")
        } else if !known.contains(id) {
            ("unknown", "is none of them")
        } else {
            return None;
        };
        Some(FieldFault {
            pointer: format!("/{list}/{index}"),
            code: code.to_owned(),
            detail: detail.to_owned(),
        })
    };
    given.iter().enumerate().filter_map(fault).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ids(numbers: &[u128]) -> Vec<Uuid> {
        numbers.iter().map(|number| Uuid::from_u128(*number)).collect()
    }

    #[test]
    fn what_is_named_comes_first_and_the_rest_as_it_was_recorded() {
        for (order, sorted) in [
            (&[][..], &[1, 2, 3, 4][..]),
            (&[4, 2], &[4, 2, 1, 3]),
            (&[3, 9, 1], &[3, 1, 2, 4]),
            (&[2, 2, 1], &[2, 1, 3, 4]),
        ] {
            let mut things = ids(&[3, 1, 4, 2]);
            sort(&mut things, &ids(order), |id| *id);
            assert_eq!(things, ids(sorted), "{order:?}");
        }
        assert_eq!(read(Some(&written(&ids(&[2, 1])))), ids(&[2, 1]));
        for unreadable in [None, Some(""), Some("{}"), Some("[1]")] {
            assert!(read(unreadable).is_empty());
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_its_place() {
        let told = faults(&ids(&[1, 9, 2, 1]), &ids(&[1, 2]), "goals");
        let told: Vec<_> = told.iter().map(|fault| (&*fault.pointer, &*fault.code)).collect();
        assert_eq!(told, [("/goals/1", "unknown"), ("/goals/3", "duplicate")]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_sorting_again_changes_nothing(
            things in proptest::collection::btree_set(0_u128..30, 0..12),
            order in proptest::collection::vec(0_u128..30, 0..12),
        ) {
            let (mut sorted, order) = (ids(&things.iter().copied().collect::<Vec<_>>()), ids(&order));
            let before: BTreeSet<Uuid> = sorted.iter().copied().collect();
            sort(&mut sorted, &order, |id| *id);
            let after: BTreeSet<Uuid> = sorted.iter().copied().collect();
            prop_assert_eq!(before, after);
            let once = sorted.clone();
            sort(&mut sorted, &order, |id| *id);
            prop_assert_eq!(once, sorted);
        }
    }
}
