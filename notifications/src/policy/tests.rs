use chrono::NaiveTime;
use contract::{AppointmentKind, ReminderPurpose};

use super::*;
use crate::{
    purpose::{self, Sort},
    subjects::appointment::{Escalation, LeadTime, Notices},
};

fn refusal(json: &str) -> (String, String) {
    let error = ReminderPolicy::parse(json).unwrap_err();
    (error.pointer, error.message)
}

#[test]
fn an_empty_document_is_the_services_own_policy() {
    assert_eq!(ReminderPolicy::parse("{}").unwrap(), ReminderPolicy::default());
    assert_eq!(ReminderPolicy::of_centre(None).unwrap(), ReminderPolicy::default());
    ReminderPolicy::default().check().unwrap();
}

#[test]
fn the_default_survives_being_written_down() {
    let json = serde_json::to_string_pretty(&ReminderPolicy::default()).unwrap();
    assert_eq!(ReminderPolicy::parse(&json).unwrap(), ReminderPolicy::default());
    // One list for each field, so that a kind of subject that is added leaves the others as they are.
    for (field, value) in fields_of_the_default() {
        insta::assert_snapshot!(format!("default_{field}"), format!("{value:#}"));
    }
}

fn fields_of_the_default() -> serde_json::Map<String, Value> {
    serde_json::to_value(ReminderPolicy::default()).unwrap().as_object().unwrap().clone()
}

/// Centres wrote their policies before there was the latest field.
#[test]
fn what_is_not_written_down_is_as_in_the_default() {
    for field in fields_of_the_default().keys() {
        let mut stored = fields_of_the_default();
        stored.remove(field);
        let policy = ReminderPolicy::of_centre(Some(&Value::from(stored).to_string())).unwrap();
        assert_eq!(policy, ReminderPolicy::default(), "without {field}");
    }
}

#[test]
fn a_kind_differs_only_where_it_says_so() {
    let policy = ReminderPolicy::parse(
        r#"{"kinds": {"administrative": {
            "lead_times": [{"before": {"hours": 20}}],
            "escalation": {"unconfirmed_hours": null}
        }}}"#,
    )
    .unwrap();
    let errand = AppointmentKind::Administrative;
    let only = LeadTime { before: Before::Hours(20), once_confirmed: false };
    assert_eq!(policy.lead_times(errand), [only]);
    assert_eq!(
        policy.escalation(errand),
        Escalation { unconfirmed_hours: None, answered: true, missed: true, lapsed: true }
    );
    assert_eq!(policy.notices(errand), Notices::default());
    let other = AppointmentKind::LegalCounselling;
    assert_eq!(policy.lead_times(other), ReminderPolicy::default().appointments.lead_times);
    assert_eq!(policy.escalation(other), Escalation::default());
}

#[test]
fn what_a_reminder_is_called_follows_from_its_time() {
    use ReminderPurpose::{
        AppointmentInSevenDays, AppointmentInThreeDays, AppointmentSoon, AppointmentTomorrow,
    };
    for (before, purpose) in [
        (Before::Hours(1), AppointmentSoon),
        (Before::Hours(11), AppointmentSoon),
        (Before::Hours(12), AppointmentTomorrow),
        (Before::Days(1), AppointmentTomorrow),
        (Before::Hours(47), AppointmentTomorrow),
        (Before::Days(2), AppointmentInThreeDays),
        (Before::Hours(72), AppointmentInThreeDays),
        (Before::Days(4), AppointmentInThreeDays),
        (Before::Days(5), AppointmentInSevenDays),
        (Before::Days(60), AppointmentInSevenDays),
    ] {
        assert_eq!(LeadTime { before, once_confirmed: true }.purpose(), purpose, "{before:?}");
        assert_eq!(purpose::of(purpose).unwrap().purpose.sort, Sort::Lead);
    }
}

#[test]
fn what_centres_wrote_formerly_is_understood() {
    let former = r#"{"appointments": {"lead_times": [
            {"purpose": "appointment_tomorrow", "before": {"hours": 20}, "once_confirmed": true},
            {"purpose": "appointment_soon", "before": {"days": 1}},
            {"purpose": "appointment_in_seven_days", "before": {"days": 10}}]},
        "kinds": {"administrative": {"lead_times": [{"purpose": "appointment_soon", "before": {"days": 1}}]}},
        "quiet_hours": null}"#;
    assert!(ReminderPolicy::parse(former).is_err());
    let policy = ReminderPolicy::of_centre(Some(former)).unwrap();
    let lead = |before, once_confirmed| LeadTime { before, once_confirmed };
    let social = policy.lead_times(AppointmentKind::SocialCounselling);
    assert_eq!(social, [lead(Before::Hours(20), true), lead(Before::Days(10), false)], "one of each");
    assert_eq!(policy.lead_times(AppointmentKind::Administrative), [lead(Before::Days(1), false)]);
    assert_eq!(policy.quiet_hours, None);
    for unusable in ["[]", r#"{"appointments": {"lead_times": [{"purpose": "appointment_soon"}]}}"#] {
        assert!(ReminderPolicy::of_centre(Some(unusable)).is_err(), "{unusable}");
    }
}

#[test]
fn null_means_no_quiet_hours() {
    assert_eq!(ReminderPolicy::parse(r#"{"quiet_hours": null}"#).unwrap().quiet_hours, None);
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    let lead = |before: &str| format!(r#"{{"before": {before}}}"#);
    let leads = |leads: &[String]| format!(r#"{{"appointments": {{"lead_times": [{}]}}}}"#, leads.join(","));
    let tomorrow = lead(r#"{"days": 1}"#);
    let cases = [
        ("[]".to_owned(), "", "expected a JSON object"),
        (r#"{"a": 1}"#.to_owned(), "/a", "unknown field `a`"),
        ("{} {}".to_owned(), "", "trailing characters"),
        (r#"{"kinds": {"cooking": {}}}"#.to_owned(), "/kinds", "unknown variant `cooking`"),
        (
            leads(&[r#"{"purpose": "appointment_soon", "before": {"days": 1}}"#.to_owned()]),
            "/appointments/lead_times/0/purpose",
            "unknown field `purpose`",
        ),
        (
            leads(&[lead(r#"{"hours": 73}"#)]),
            "/appointments/lead_times/0/before/hours",
            "must be 1 to 72 hours",
        ),
        (leads(&[lead(r#"{"days": 0}"#)]), "/appointments/lead_times/0/before/days", "must be 1 to 60 days"),
        (leads(&[lead(r#"{"weeks": 1}"#)]), "/appointments/lead_times/0/before", "unknown variant `weeks`"),
        (leads(&[tomorrow.clone(), tomorrow.clone()]), "/appointments/lead_times/1/before", "says the same"),
        (leads(&[tomorrow, lead(r#"{"hours": 24}"#)]), "/appointments/lead_times/1/before", "says the same"),
        (
            r#"{"kinds": {"administrative": {"escalation": {"unconfirmed_hours": 0}}}}"#.to_owned(),
            "/kinds/administrative/escalation/unconfirmed_hours",
            "must be 1 to 168 hours",
        ),
        (
            r#"{"quiet_hours": {"from": "08:00", "until": "08:00"}}"#.to_owned(),
            "/quiet_hours",
            "write null for none",
        ),
        (
            r#"{"quiet_hours": {"from": "08:00", "until": "05:00"}}"#.to_owned(),
            "/quiet_hours",
            "at least 4 hours",
        ),
        (
            r#"{"quiet_hours": {"from": "9:00", "until": "05:00"}}"#.to_owned(),
            "/quiet_hours/from",
            "expected a time of day",
        ),
        (
            r#"{"quiet_hours": {"from": "24:00", "until": "05:00"}}"#.to_owned(),
            "/quiet_hours/from",
            "expected a time of day",
        ),
        (r#"{"quiet_hours": {"from": "21:00"}}"#.to_owned(), "/quiet_hours", "missing field `until`"),
        (r#"{"after_start_days": 31}"#.to_owned(), "/after_start_days", "must be 1 to 30 days"),
    ];
    for (json, pointer, message) in cases {
        let (at, said) = refusal(&json);
        assert!(at.starts_with(pointer) && said.contains(message), "{json}: {at}: {said}");
    }
}

#[test]
fn a_refusal_reads_as_a_sentence() {
    let error = ReminderPolicy::parse(r#"{"after_start_days": 0}"#).unwrap_err();
    assert_eq!(error.to_string(), "reminder policy at /after_start_days: must be 1 to 30 days");
}

#[test]
fn quiet_hours_hold_their_beginning_and_not_their_end() {
    let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
    let night = QuietHours::default();
    assert!(night.contain(at(21, 0)) && night.contain(at(0, 0)) && night.contain(at(7, 59)));
    assert!(!night.contain(at(8, 0)) && !night.contain(at(20, 59)));
    let early = QuietHours { from: at(0, 0), until: at(6, 0) };
    assert!(early.contain(at(0, 0)) && !early.contain(at(6, 0)) && !early.contain(at(23, 0)));
}
