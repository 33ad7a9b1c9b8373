//! Who is likely the same person as one who is to be registered. It is asked in the centre alone, of open and closed files: most who are
//! registered twice come back after years. Nothing is refused for good: whoever registers says whose files they looked at, and the new
//! person is registered.

use super::{names, row::Row, store, text::Texts};
use crate::{App, names::same};
use contract::{CentreId, ParticipantId, Province};
use db::Tx;
use kernel::{access::Scope, error::Result, protect::privacy::Name};
use uuid::Uuid;

/// How many names that begin alike are looked at.
const LOOKED_AT: u16 = 200;

/// What besides the name tells two people apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The year of birth.
    pub birth_year: Option<i32>,
    /// Where they live.
    pub province: Option<Province>,
}

impl Origin {
    /// Whether anything is known.
    const fn is_known(self) -> bool {
        self.birth_year.is_some() || self.province.is_some()
    }
}

/// Whether two people of one name are likely one. The same year of birth is enough, since people move; one year apart, as when an age was
/// written down, only in the same province; and so are two of whom one has no year. What says nothing but a name is no evidence: a centre
/// has several Mohamed Alaoui, and whoever searches by the name sees them all.
fn is_likely(new: Origin, known: Origin) -> bool {
    let is_same_province = new.province.is_some() && new.province == known.province;
    match (new.birth_year, known.birth_year) {
        (Some(new), Some(known)) if new == known => true,
        (Some(new), Some(known)) => is_same_province && new.abs_diff(known) == 1,
        _ => is_same_province,
    }
}

/// Those of the centre who have one of these names, or begin alike: found in memory, before anything is held.
pub async fn of_the_name(app: &App, centre: CentreId, names: &[&Name], origin: Origin) -> Result<Vec<Uuid>> {
    if !origin.is_known() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for name in names {
        found.append(&mut names::of_centre(app, centre, &same::key(name), LOOKED_AT).await?);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Those among them who are likely the same person.
pub async fn likely(
    app: &App,
    tx: &mut Tx,
    (scope, found): (Scope, &[Uuid]),
    names: &[&Name],
    origin: Origin,
) -> Result<Vec<ParticipantId>> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let rows = store::named(tx, scope, found).await?;
    let mut likely = Vec::new();
    for row in rows.into_iter().filter_map(|entry| entry.row) {
        let known = Origin { birth_year: row.particulars.birth_year(), province: row.particulars.province() };
        if is_likely(origin, known) && has_name(app, &row, names)? {
            likely.push(row.id);
        }
    }
    // Of a file that was merged, the one in which it is kept now.
    let ids: Vec<Uuid> = likely.iter().map(|id: &ParticipantId| id.0).collect();
    let mut likely: Vec<ParticipantId> =
        store::kept_in(tx, &ids).await?.into_iter().map(ParticipantId).collect();
    likely.sort_unstable();
    Ok(likely)
}

fn has_name(app: &App, row: &Row, names: &[&Name]) -> Result<bool> {
    let key = app.keys.participants.key(row.id.0, &row.data_key)?;
    let known = Texts { key: &key, id: row.id }.names(row)?;
    let known = [Some(&known.called), known.arabic.as_ref(), known.latin.as_ref()];
    Ok(known.into_iter().flatten().any(|known| names.iter().any(|name| same::is_same(known, name))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_alone_is_no_evidence_and_a_year_is_enough() {
        let origin = |birth_year, province: Option<&str>| Origin {
            birth_year,
            province: province.map(|code| code.parse().unwrap()),
        };
        let (casa, fes) = (Some("141"), Some("231"));
        for (new, known, expected) in [
            ((Some(1990), casa), (Some(1990), casa), true),
            ((Some(1990), casa), (Some(1990), fes), true),
            ((Some(1990), None), (Some(1990), None), true),
            ((Some(1990), casa), (Some(1991), casa), true),
            ((Some(1991), casa), (Some(1990), casa), true),
            ((Some(1990), casa), (Some(1991), fes), false),
            ((Some(1990), None), (Some(1991), None), false),
            ((Some(1990), casa), (Some(1992), casa), false),
            ((Some(1990), casa), (None, casa), true),
            ((None, casa), (Some(1990), casa), true),
            ((None, casa), (None, casa), true),
            ((Some(1990), casa), (None, fes), false),
            ((Some(1990), casa), (None, None), false),
            ((None, None), (None, None), false),
        ] {
            assert_eq!(
                is_likely(origin(new.0, new.1), origin(known.0, known.1)),
                expected,
                "{new:?} {known:?}"
            );
        }
    }
}
