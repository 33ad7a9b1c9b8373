//! Words of how an appointment ended.

contract::vocabulary! {
    /// On whose side it lay that there was no meeting.
    OutcomeSide {
        /// The participant's.
        Person => "person",
        /// The service's: its planning, its people, its means.
        Service => "service",
        /// That of whoever they were to meet.
        Host => "host",
        /// The weather's.
        Weather => "weather",
        /// That of the place where they were to meet.
        Place => "place",
        /// Nobody knows.
        Unknown => "unknown",
    }
}

contract::vocabulary! {
    /// Why there was no meeting. Each side has some of them.
    OutcomeCause {
        /// Somebody was ill, the participant or the host.
        Illness => "illness",
        /// The participant had to work, or to look for work.
        Work => "work",
        /// Something in the family.
        Family => "family",
        /// No means of getting there.
        Transport => "transport",
        /// Another appointment at the same time.
        OtherAppointment => "other_appointment",
        /// It was forgotten.
        Forgotten => "forgotten",
        /// The participant did not wish to come.
        Unwilling => "unwilling",
        /// Nobody was free to receive the participant.
        NobodyFree => "nobody_free",
        /// It was planned wrongly, or told wrongly.
        WronglyPlanned => "wrongly_planned",
        /// Something technical failed.
        Technical => "technical",
        /// The host was called away.
        CalledAway => "called_away",
        /// The host came too late.
        TooLate => "too_late",
        /// A storm or a flood.
        Storm => "storm",
        /// Snow or ice.
        Snow => "snow",
        /// Heat.
        Heat => "heat",
        /// The place was closed.
        Closed => "closed",
        /// The participant could not get in, or not move about there.
        NotAccessible => "not_accessible",
        /// It was not safe there.
        Unsafe => "unsafe",
        /// The place could not be found.
        NotFound => "not_found",
        /// Something else, which the reason tells.
        Other => "other",
    }
}

contract::vocabulary! {
    /// What was tried when there was no meeting.
    OutcomeAttempt {
        /// The participant was called.
        Called => "called",
        /// A message was sent.
        SentMessage => "sent_message",
        /// Somebody waited.
        Waited => "waited",
        /// Somebody went to look for the participant.
        WentThere => "went_there",
        /// Somebody whom the participant named was asked.
        AskedNamedPerson => "asked_named_person",
        /// Another time was offered.
        OfferedOtherTime => "offered_other_time",
        /// Somebody else was to receive the participant.
        SoughtStandIn => "sought_stand_in",
    }
}

impl OutcomeCause {
    /// Whether it can lie on this side.
    pub const fn fits(self, side: OutcomeSide) -> bool {
        match side {
            OutcomeSide::Person => matches!(
                self,
                Self::Illness
                    | Self::Work
                    | Self::Family
                    | Self::Transport
                    | Self::OtherAppointment
                    | Self::Forgotten
                    | Self::Unwilling
                    | Self::Other
            ),
            OutcomeSide::Service => matches!(
                self,
                Self::NobodyFree | Self::WronglyPlanned | Self::Technical | Self::Transport | Self::Other
            ),
            OutcomeSide::Host => matches!(
                self,
                Self::Illness
                    | Self::Family
                    | Self::Transport
                    | Self::OtherAppointment
                    | Self::Forgotten
                    | Self::CalledAway
                    | Self::TooLate
                    | Self::Other
            ),
            OutcomeSide::Weather => matches!(self, Self::Storm | Self::Snow | Self::Heat | Self::Other),
            OutcomeSide::Place => {
                matches!(
                    self,
                    Self::Closed | Self::NotAccessible | Self::Unsafe | Self::NotFound | Self::Other
                )
            }
            OutcomeSide::Unknown => false,
        }
    }
}
