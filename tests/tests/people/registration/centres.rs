//! Centres.

use crate::{
    races::{By, deed},
    registry::{Feature, Phones, about, over},
};
use serde_json::{Value, json};

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    bodies: &[
        over("registerCentre", |_| {
            json!({
                "calendar": {
                    "hours": [{"weekday": "monday", "opens": "09:00", "closes": "16:00"}],
                    "closed_days": [{"date": "2026-11-06", "label": "Green March", "every_year": true}],
                },
                "reminder_policy": {},
            })
        }),
        over("changeCentre", |_| json!({"calendar": {"hours": always()}})),
    ],
    // The name of a centre is a public word, not a personal one.
    public_fields: &[("registerCentre", "name"), ("changeCentre", "name")],
    lists: &[("listCentres", "centre_id")],
    deeds: &[
        deed("register a centre", "registerCentre", By::Administrator),
        deed("change the calendar", "changeCentre", By::Manager),
        deed("change the zone", "changeCentre", By::Administrator).with(|_| json!({"zone": "Europe/Paris"})),
    ],
    versioned: &["centre"],
    counted: &["centre.create", "centre.change"],
    tables: &[about("centre", "centre", Phones::Get(&["centres"]))
        .kept()
        .unseeded("there are few, however many people there are")],
    ..Feature::NOTHING
};

/// Open at every hour, so that the centre stays good for all that follows.
fn always() -> Value {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    days.iter().map(|day| json!({"weekday": day, "opens": "00:00", "closes": "23:59"})).collect()
}
