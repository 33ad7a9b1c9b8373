//! What callers send.

use contract::{ParticipantId, time::Instant};
use kernel::page::list_query;
use uuid::Uuid;

list_query! {
    /// Which lines to list.
    #[derive(Debug)]
    pub struct Filter {
        /// About this participant's file.
        pub participant_id: Option<ParticipantId>,
        /// Done by this person. Not for those who do not learn who it was.
        pub actor_id: Option<Uuid>,
        /// Done at this instant or later.
        pub from: Option<Instant>,
        /// Done before this instant.
        pub to: Option<Instant>,
    }
}
