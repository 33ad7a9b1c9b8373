//! Ids and words of placements.

contract::ids! {
    /// A placement.
    PlacementId,
}

contract::vocabulary! {
    /// What somebody works at.
    PlacementKind {
        /// Employed without an end.
        OpenEnded => "open_ended",
        /// Employed until an end.
        FixedTerm => "fixed_term",
        /// An insertion contract (ANAPEC). Counted apart from employment.
        InsertionContract => "insertion_contract",
        /// On one's own, registered as an auto-entrepreneur.
        AutoEntrepreneur => "auto_entrepreneur",
        /// Through a temporary agency.
        TemporaryAgency => "temporary_agency",
        /// An apprenticeship.
        Apprenticeship => "apprenticeship",
        /// A training.
        Training => "training",
        /// By the day.
        DayLabour => "day_labour",
        /// Without a contract.
        InformalWork => "informal_work",
        /// On one's own, not registered.
        SelfEmployed => "self_employed",
        /// A project of one's own that is to earn a living.
        IncomeGeneratingProject => "income_generating_project",
    }
}

contract::vocabulary! {
    /// As what a placement is counted.
    WorkGroup {
        /// Work, whether with a contract or without.
        Employment => "employment",
        /// An insertion contract.
        Insertion => "insertion",
        /// An apprenticeship or a training.
        Training => "training",
    }
}

contract::vocabulary! {
    /// A stage on the way to a placement. The first five lead to work with somebody, the last four to something of one's own.
    PlacementStage {
        /// Somebody spoke for them.
        Referral => "referral",
        /// They applied.
        Application => "application",
        /// They were asked to come.
        Interview => "interview",
        /// It was offered to them.
        Offer => "offer",
        /// They began.
        Start => "start",
        /// The dossier of the project was handed in.
        Dossier => "dossier",
        /// The project was approved.
        Approved => "approved",
        /// What it needs was delivered.
        EquipmentDelivered => "equipment_delivered",
        /// Something was sold: it has begun.
        FirstSale => "first_sale",
    }
}

contract::vocabulary! {
    /// What became of a stage.
    StageOutcome {
        /// It was reached.
        Reached => "reached",
        /// Somebody else said no.
        Refused => "refused",
        /// The participant no longer wanted it.
        Withdrawn => "withdrawn",
    }
}

contract::vocabulary! {
    /// Where a placement stands.
    PlacementState {
        /// It has not begun.
        OnTheWay => "on_the_way",
        /// It was refused, or the participant no longer wanted it.
        NotTakenUp => "not_taken_up",
        /// It has begun.
        Running => "running",
        /// It is over.
        Ended => "ended",
        /// It was entered by mistake.
        Withdrawn => "withdrawn",
    }
}

contract::vocabulary! {
    /// Why a placement ended.
    EndReason {
        /// The contract was over.
        EndOfContract => "end_of_contract",
        /// For something better.
        BetterJob => "better_job",
        /// They were dismissed.
        Dismissed => "dismissed",
        /// There was no more work.
        LaidOff => "laid_off",
        /// Their health.
        Health => "health",
        /// Their family.
        Family => "family",
        /// They moved.
        Moved => "moved",
        /// A new detention.
        NewDetention => "new_detention",
        /// The season was over.
        SeasonOver => "season_over",
        /// Something else.
        Other => "other",
    }
}

contract::vocabulary! {
    /// What the employer may know. It belongs to the placement, and is nothing unless the participant agreed to more.
    EmployerKnowledge {
        /// Nothing: nobody speaks to them.
        Nothing => "nothing",
        /// That a centre helps.
        CentreHelps => "centre_helps",
        /// More than that, as agreed.
        More => "more",
    }
}

contract::vocabulary! {
    /// For how long a placement was held, in civil days from its start.
    Milestone {
        /// 30 days.
        Days30 => "days_30",
        /// 90 days.
        Days90 => "days_90",
        /// 180 days.
        Days180 => "days_180",
        /// 365 days.
        Days365 => "days_365",
    }
}

contract::vocabulary! {
    /// Where a milestone stands.
    MilestoneState {
        /// Its day has not come, or nobody has said yet whether it was held.
        Pending => "pending",
        /// It was held.
        Achieved => "achieved",
        /// It was not held, or nobody could say so in time.
        Missed => "missed",
        /// It is not asked for any more.
        Waived => "waived",
    }
}

contract::vocabulary! {
    /// Why a milestone was closed without being held.
    MilestoneClosing {
        /// The placement ended before; `end_reason` says why.
        Ended => "ended",
        /// Nobody said in time whether it was held.
        NotVerified => "not_verified",
        /// The placement was entered by mistake.
        EnteredByMistake => "entered_by_mistake",
    }
}

contract::vocabulary! {
    /// By what it is known that a milestone was held.
    Evidence {
        /// A payslip.
        Payslip => "payslip",
        /// A statement of the social security fund (CNSS).
        CnssStatement => "cnss_statement",
        /// A visit, not at work.
        VisitElsewhere => "visit_elsewhere",
        /// The participant says so.
        SelfReport => "self_report",
        /// The employer says so. Only where the employer may know, and the participant's consent to that holds.
        Employer => "employer",
    }
}

contract::vocabulary! {
    /// How sure that is.
    Confidence {
        /// Sure.
        High => "high",
        /// Likely.
        Medium => "medium",
        /// Perhaps.
        Low => "low",
    }
}

contract::vocabulary! {
    /// Whether somebody worked on a day.
    InWork {
        /// Yes.
        Yes => "yes",
        /// Perhaps: a date is not known to the day.
        Perhaps => "perhaps",
        /// No.
        No => "no",
    }
}
