//! A posting that ends while somebody makes something by it.

use crate::races::pairs::both_ways_round;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_assigned_by_a_posting_that_is_being_ended() {
    both_ways_round("assign somebody posted", "end a posting").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_booked_with_somebody_who_is_being_sent_away() {
    both_ways_round("schedule with somebody posted", "end a posting").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_booked_with_somebody_posted_whose_account_is_being_closed() {
    both_ways_round("schedule with somebody posted", "close the account of somebody posted").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_posted_twice_at_once() {
    both_ways_round("post a mentor", "post a mentor").await;
}
