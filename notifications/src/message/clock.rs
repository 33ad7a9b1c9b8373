//! Whose clock a text shows. The time that was agreed on is shown as it stands; a reader whose own clock shows another is told whose
//! it is, and, where the two meet by phone or video, what their own will show.

use contract::time::{LocalDateTime, ZoneName, Zones};

use crate::plan::ReminderFacts;

/// The zones of Morocco's clock, which everybody knows by that name.
pub(super) const MOROCCO: [&str; 2] = ["Africa/Casablanca", "Africa/El_Aaiun"];

/// Whose clock to name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Clock {
    /// Nobody's: the reader's own shows the same.
    Same,
    /// That of the place where the time was agreed on.
    Named {
        /// Whether that is Morocco's.
        is_moroccan: bool,
        /// What the reader's own shows then, if they stay where they live.
        theirs: Option<LocalDateTime>,
    },
}

impl Clock {
    pub(super) fn of(facts: &ReminderFacts, home: Option<&ZoneName>, zones: &Zones) -> Self {
        let Some(home) = home.filter(|home| **home != facts.zone) else { return Self::Same };
        let start = zones.resolve(facts.local_start, &facts.zone).map(|start| start.instant);
        // Zones that the zone data in use does not know cost the remark, never the message.
        let Some(theirs) = start.ok().and_then(|start| zones.to_local(start, home).ok()) else {
            return Self::Same;
        };
        if theirs == facts.local_start {
            return Self::Same;
        }
        let is_moroccan = MOROCCO.contains(&facts.zone.as_str());
        let stays = facts.about.telling().reader_stays();
        Self::Named { is_moroccan, theirs: stays.then_some(theirs) }
    }

    /// The same without the reader's own time, where there is no room for it.
    pub(super) const fn shorter(self) -> Self {
        match self {
            Self::Same => Self::Same,
            Self::Named { is_moroccan, .. } => Self::Named { is_moroccan, theirs: None },
        }
    }
}
