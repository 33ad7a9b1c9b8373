//! What of a need is sealed, and how.

use super::words::NeedArea;
use contract::UnknownWord;
use kernel::{
    error::{Error, Result},
    protect::{
        random::Random,
        seal::{DataKey, Field, Sealed},
    },
};

/// All areas are sealed at this length: nobody is to tell one from another by it.
const LENGTH: usize = 24;

/// Seals an area.
pub fn seal_area(key: &DataKey, field: Field, area: NeedArea, random: &dyn Random) -> Result<Sealed> {
    let padded = format!("{:LENGTH$}", area.as_str());
    Ok(key.seal(field, padded.as_bytes(), random)?)
}

/// Opens an area.
pub fn open_area(key: &DataKey, field: Field, sealed: &Sealed) -> Result<NeedArea> {
    let padded = key.open(field, sealed)?;
    let word = std::str::from_utf8(&padded).map_err(Error::internal)?;
    word.trim_end().parse().map_err(|unknown: UnknownWord| Error::internal(unknown))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::protect::random::SystemRandom;
    use uuid::Uuid;

    #[test]
    fn every_area_is_sealed_at_one_length_and_opened_again() {
        let key = DataKey::generate(&SystemRandom).unwrap();
        let field = Field::new("need", "area_sealed", Uuid::from_u128(1));
        for area in NeedArea::ALL {
            assert!(area.as_str().len() <= LENGTH);
            let sealed = seal_area(&key, field, *area, &SystemRandom).unwrap();
            let other = seal_area(&key, field, NeedArea::Other, &SystemRandom).unwrap();
            assert_eq!(sealed.as_bytes().len(), other.as_bytes().len());
            assert_eq!(open_area(&key, field, &sealed).unwrap(), *area);
        }
    }
}
