//! What is kept of what two files say. Pure.

use super::words::{FileField, KeptFrom};
use crate::participant::said::{Fields, fault};
use contract::FieldFault;
use serde_json::Value;
use std::collections::BTreeMap;

/// Whether nothing is said.
fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

fn of(fields: &Fields, field: FileField) -> &Value {
    fields.get(field.as_str()).unwrap_or(&Value::Null)
}

/// Which fields this file takes from the other one. What only one of the two says is kept; where both say something else, it must have been
/// said which of them is right, and what was not said is each a fault.
pub fn taken(
    this: &Fields,
    other: &Fields,
    kept: &BTreeMap<FileField, KeptFrom>,
) -> Result<Vec<FileField>, Vec<FieldFault>> {
    let (mut taken, mut faults) = (Vec::new(), Vec::new());
    for field in FileField::ALL {
        let (mine, theirs) = (of(this, *field), of(other, *field));
        if mine == theirs {
            continue;
        }
        match kept.get(field) {
            Some(KeptFrom::This) => {}
            Some(KeptFrom::Other) => taken.push(*field),
            None if is_nothing(theirs) => {}
            None if is_nothing(mine) => taken.push(*field),
            None => faults.push(fault(field.as_str(), "required", "the two differ: say which is kept")),
        }
    }
    if faults.is_empty() { Ok(taken) } else { Err(faults) }
}

/// These fields as this file has them.
pub fn only(fields: &Fields, named: &[FileField]) -> Fields {
    let one = |field: &FileField| (field.as_str().to_owned(), of(fields, *field).clone());
    named.iter().map(one).collect()
}

/// Of what was taken, what is still as it was taken, and what has changed since.
pub fn unchanged(now: &Fields, taken: &Fields) -> (Vec<FileField>, Vec<FileField>) {
    let was_taken = FileField::ALL.iter().copied().filter(|field| taken.contains_key(field.as_str()));
    was_taken.partition(|field| of(now, *field) == of(taken, *field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::participant::rules::FIELDS;
    use serde_json::json;

    fn fields(value: Value) -> Fields {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn every_field_of_a_file_can_be_chosen() {
        let mut here: Vec<&str> = FileField::ALL.iter().map(|field| field.as_str()).collect();
        let mut there: Vec<&str> = FIELDS.iter().map(|(name, ..)| *name).collect();
        here.sort_unstable();
        there.sort_unstable();
        assert_eq!(here, there);
    }

    #[test]
    fn what_one_says_is_kept_and_where_both_differ_somebody_says_which() {
        let this = fields(
            json!({"name": "Amina", "phone": "+212600000001", "email": null, "reads": [], "sex": "woman"}),
        );
        let other = fields(
            json!({"name": "Amina", "phone": "+212600000002", "email": "a@b.example", "reads": ["arabic"], "sex": null}),
        );
        let faults = taken(&this, &other, &BTreeMap::new()).unwrap_err();
        assert_eq!(faults.len(), 1);
        assert_eq!((faults[0].pointer.as_str(), faults[0].code.as_str()), ("/kept/phone", "required"));
        let keep = |from| taken(&this, &other, &BTreeMap::from([(FileField::Phone, from)])).unwrap();
        assert_eq!(keep(KeptFrom::This), [FileField::Email, FileField::Reads]);
        assert_eq!(keep(KeptFrom::Other), [FileField::Phone, FileField::Email, FileField::Reads]);
        // What is right may be that nothing is known.
        let all = BTreeMap::from([
            (FileField::Phone, KeptFrom::This),
            (FileField::Email, KeptFrom::This),
            (FileField::Sex, KeptFrom::Other),
        ]);
        assert_eq!(taken(&this, &other, &all).unwrap(), [FileField::Sex, FileField::Reads]);
    }

    #[test]
    fn what_has_changed_since_stays() {
        let taken = fields(json!({"phone": "2", "email": "b"}));
        let (back, changed) = unchanged(&fields(json!({"phone": "2", "email": "c"})), &taken);
        assert_eq!((back, changed), (vec![FileField::Phone], vec![FileField::Email]));
    }
}
