//! Ids and words of employers.

contract::ids! {
    /// An employer.
    EmployerId,
}

contract::vocabulary! {
    /// What an employer works in.
    Sector {
        /// Fields and animals.
        Agriculture => "agriculture",
        /// The sea and its ports.
        Fishing => "fishing",
        /// Building, and what belongs to it.
        Construction => "construction",
        /// Factories.
        Industry => "industry",
        /// Crafts, such as wood, metal, leather and clothes.
        Crafts => "crafts",
        /// Shops and markets.
        Commerce => "commerce",
        /// Carrying people and goods.
        Transport => "transport",
        /// Hotels, cafés, kitchens and tourism.
        Hospitality => "hospitality",
        /// Cleaning, guarding, caring and repairing.
        Services => "services",
        /// The state, regions and municipalities.
        PublicSector => "public_sector",
        /// Associations and cooperatives.
        Associations => "associations",
        /// Something else.
        Other => "other",
    }
}
