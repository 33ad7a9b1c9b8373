//! Words of whom somebody calls.

contract::vocabulary! {
    /// Who answers in an emergency.
    EmergencyService {
        /// An ambulance, fire and rescue.
        Rescue => "rescue",
        /// A doctor's advice, and an ambulance.
        MedicalAid => "medical_aid",
        /// The police, in towns.
        Police => "police",
        /// The gendarmerie, in the country.
        Gendarmerie => "gendarmerie",
        /// A line that listens, such as one for women or against despair.
        Listening => "listening",
    }
}
