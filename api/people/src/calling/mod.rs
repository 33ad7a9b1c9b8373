//! Whom somebody calls who needs a person now, and when somebody of the centre calls them: the centre's own number, the numbers for an
//! emergency, and the centre's next opening hours. A centre keeps the numbers as data; one that keeps no numbers for an emergency has those
//! of the country. It promises nothing beyond: who answers there is not ours, and nobody of the centre is there when it is closed.

mod help;
mod words;

pub use help::{Help, Opening, Whereabouts};
pub use words::EmergencyService;

use kernel::error::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// A number for an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct EmergencyPhone {
    /// Who answers.
    pub service: EmergencyService,
    /// What to dial: digits, as they are dialled in the country.
    #[schema(min_length = 2, max_length = 15, pattern = "^[0-9]{2,15}$", example = "15")]
    #[validate(length(min = 2, max = 15), custom(function = "digits"))]
    pub number: String,
}

fn digits(number: &str) -> std::result::Result<(), validator::ValidationError> {
    if number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Err(validator::ValidationError::new("digits").with_message("must be digits".into()))
}

/// Those of Morocco, which are the same in the whole country; 141 is not answered in every region yet, so that 15 stands before it. Where
/// they are from stands in `docs/decisions/check-ins.md`.
pub fn of_the_country() -> Vec<EmergencyPhone> {
    [
        (EmergencyService::Rescue, "15"),
        (EmergencyService::MedicalAid, "141"),
        (EmergencyService::Police, "19"),
        (EmergencyService::Gendarmerie, "177"),
    ]
    .into_iter()
    .map(|(service, number)| EmergencyPhone { service, number: number.to_owned() })
    .collect()
}

/// The numbers of a centre, from what is stored of it.
pub fn of_centre(stored: Option<&str>) -> Result<Vec<EmergencyPhone>> {
    stored.map_or_else(|| Ok(of_the_country()), |text| serde_json::from_str(text).map_err(Error::internal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_always_somebody_to_call() {
        let numbers = of_the_country();
        assert!(numbers.iter().all(|phone| phone.validate().is_ok()));
        assert_eq!(of_centre(None).unwrap(), numbers);
        assert_eq!(numbers[0], EmergencyPhone { service: EmergencyService::Rescue, number: "15".to_owned() });
        let own = of_centre(Some(r#"[{"service": "listening", "number": "0800123456"}]"#)).unwrap();
        assert_eq!(own[0].service, EmergencyService::Listening);
    }

    #[test]
    fn a_number_is_digits() {
        for wrong in ["", "1", "+212", "15 ", "1٥", "1234567890123456"] {
            let phone = EmergencyPhone { service: EmergencyService::Police, number: wrong.to_owned() };
            assert!(phone.validate().is_err(), "{wrong}");
        }
    }
}
