//! Words of the readiness list.

contract::vocabulary! {
    /// What somebody needs who looks for work.
    ReadinessItem {
        /// The electronic national identity card (CNIE).
        NationalCard => "national_card",
        /// A residence certificate.
        ResidenceCertificate => "residence_certificate",
        /// A birth record.
        BirthRecord => "birth_record",
        /// The court record, bulletin 3.
        CourtRecord => "court_record",
        /// The police record sheet.
        PoliceRecord => "police_record",
        /// A step towards rehabilitation.
        Rehabilitation => "rehabilitation",
        /// Registration with the social security fund (CNSS).
        SocialSecurity => "social_security",
        /// The social register (RSU).
        SocialRegister => "social_register",
        /// Compulsory health insurance (AMO).
        HealthInsurance => "health_insurance",
        /// Registration with the employment agency (ANAPEC).
        EmploymentAgency => "employment_agency",
        /// A bank account (RIB).
        BankAccount => "bank_account",
        /// A driving licence.
        DrivingLicence => "driving_licence",
        /// A CV.
        Cv => "cv",
        /// Clothes for an interview.
        InterviewClothes => "interview_clothes",
        /// A telephone.
        Phone => "phone",
        /// Somewhere to live.
        Housing => "housing",
    }
}

contract::vocabulary! {
    /// Where an item stands.
    ReadinessState {
        /// Nobody asked yet.
        NotAsked => "not_asked",
        /// They do not have it.
        Missing => "missing",
        /// It is being obtained.
        BeingObtained => "being_obtained",
        /// They have it.
        Have => "have",
        /// They do not need it.
        NotNeeded => "not_needed",
    }
}

contract::vocabulary! {
    /// Whether somebody looks for work.
    Willingness {
        /// They do.
        Seeking => "seeking",
        /// They do not.
        NotSeeking => "not_seeking",
        /// They cannot.
        Unable => "unable",
        /// They study.
        Studying => "studying",
    }
}

contract::vocabulary! {
    /// Why somebody does not look for work.
    NotSeekingReason {
        /// Their health.
        Health => "health",
        /// They look after somebody.
        Care => "care",
        /// They wait for a paper.
        WaitsForPapers => "waits_for_papers",
        /// They were refused too often.
        Discouraged => "discouraged",
        /// They have other means.
        OtherMeans => "other_means",
        /// Not yet.
        NotYet => "not_yet",
        /// Something else.
        Other => "other",
    }
}
