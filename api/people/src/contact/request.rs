//! What callers send.

use super::rules::MOST_DAYS;
use kernel::page::list_query;

list_query! {
    /// Whom to list.
    #[derive(Debug)]
    pub struct Filter {
        /// Without contact for at least so many days; as many as the centre says if absent.
        #[validate(range(min = 1, max = MOST_DAYS))]
        #[param(minimum = 1, maximum = 365)]
        pub days: Option<u16>,
    }
}
