//! Whether somebody is under age, which is until the end of a day on the wall where they live: then their guardian must agree as well.

use super::words::ConsentState;
use crate::opening_hours::calendar::CalendarDate;
use chrono::{Days, NaiveDate, NaiveTime};
use contract::{
    ParticipantId,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::Tx;
use kernel::{
    Kernel,
    error::{Error, Result},
    protect::{
        privacy::Name,
        seal::{DataKey, Field, Sealed},
    },
};

/// Until when somebody is under age, and where.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Age {
    /// The last day on which they are.
    pub minor_until: Option<String>,
    /// Where they live.
    pub zone: ZoneName,
    /// Who stands for them, sealed in their file.
    pub guardian_name_sealed: Option<Sealed>,
}

impl Age {
    /// Of this participant.
    pub async fn of(tx: &mut Tx, participant: ParticipantId) -> Result<Self> {
        let age = tx
            .query(db::sql!("SELECT minor_until, zone, guardian_name_sealed FROM participant WHERE id = $1"));
        Ok(age.bind(participant).one().await?)
    }

    /// Whether they are under age at this moment.
    pub fn is_under_age(&self, kernel: &Kernel, now: Instant) -> Result<bool> {
        let Some(last) = last_day(self.minor_until.as_deref()) else { return Ok(false) };
        let today = kernel.zones.to_local(now, &self.zone).map_err(Error::internal)?.date();
        Ok(is_under_age(last, today))
    }

    /// From when on they are of age, if they are not yet.
    pub fn of_age_at(&self, kernel: &Kernel, now: Instant) -> Result<Option<Instant>> {
        let Some(last) = last_day(self.minor_until.as_deref()) else { return Ok(None) };
        let Some(midnight) = next_midnight(last) else { return Ok(None) };
        let at = kernel.zones.resolve(midnight, &self.zone).map_err(Error::internal)?.instant;
        Ok(Some(at).filter(|at| *at > now))
    }

    /// Who stands for them, as the file has it.
    pub fn guardian(&self, key: &DataKey, participant: ParticipantId) -> Result<Option<Name>> {
        let field = Field::new("participant", "guardian_name_sealed", participant.0);
        let name = self.guardian_name_sealed.as_ref().map(|sealed| key.open_text(field, sealed));
        Ok(name.transpose()?)
    }
}

/// The last day, as it lies in the file.
fn last_day(stored: Option<&str>) -> Option<NaiveDate> {
    stored?.parse::<CalendarDate>().ok().map(CalendarDate::to_chrono)
}

/// Pure: the last day still counts.
fn is_under_age(last: NaiveDate, today: NaiveDate) -> bool {
    today <= last
}

fn next_midnight(last: NaiveDate) -> Option<LocalDateTime> {
    LocalDateTime::new(last.checked_add_days(Days::new(1))?, NaiveTime::MIN)
}

/// Pure: whether a consent is in force. Of somebody under age both must agree; of everybody else it is theirs alone, whatever was said for them
/// before.
pub const fn is_in_force(own: ConsentState, guardian: Option<ConsentState>, is_under_age: bool) -> bool {
    matches!(own, ConsentState::Given) && (!is_under_age || matches!(guardian, Some(ConsentState::Given)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn while_somebody_is_under_age_both_must_agree() {
        use ConsentState::{Expired, Given, Withdrawn};
        for own in [Given, Withdrawn, Expired] {
            for guardian in [None, Some(Given), Some(Withdrawn), Some(Expired)] {
                assert_eq!(is_in_force(own, guardian, false), own == Given, "{own} {guardian:?}");
                let both = own == Given && guardian == Some(Given);
                assert_eq!(is_in_force(own, guardian, true), both, "{own} {guardian:?}");
            }
        }
    }

    #[test]
    fn the_last_day_counts_to_its_end() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert!(is_under_age(day("2027-06-30"), day("2027-06-30")));
        assert!(!is_under_age(day("2027-06-30"), day("2027-07-01")));
        assert_eq!(next_midnight(day("2027-12-31")).unwrap().to_string(), "2028-01-01T00:00:00");
        assert_eq!(last_day(Some("2027-06-30")), Some(day("2027-06-30")));
        assert_eq!((last_day(Some("soon")), last_day(None)), (None, None));
    }
}
