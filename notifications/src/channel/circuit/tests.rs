use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{Circuit, CircuitLimits};

const LIMITS: CircuitLimits = CircuitLimits {
    failures_to_open: 3,
    shortest_pause: Duration::from_secs(5),
    longest_pause: Duration::from_secs(30),
    trial_patience: Duration::from_secs(60),
};

fn opened(now: Instant) -> Circuit {
    let mut circuit = Circuit::new(LIMITS);
    for _ in 0..LIMITS.failures_to_open {
        let ticket = circuit.admit(now).unwrap();
        circuit.failed(ticket, now);
    }
    circuit
}

#[test]
fn it_opens_after_the_last_of_the_failures_in_a_row_and_not_before() {
    let now = Instant::now();
    let mut circuit = Circuit::new(LIMITS);
    for _ in 0..50 {
        for _ in 1..LIMITS.failures_to_open {
            let ticket = circuit.admit(now).unwrap();
            circuit.failed(ticket, now);
        }
        let ticket = circuit.admit(now).unwrap();
        circuit.succeeded(ticket);
    }
    assert!(circuit.is_closed());
    assert_eq!(opened(now).admit(now).unwrap_err().retry_after, LIMITS.shortest_pause);
}

#[test]
fn calls_that_hang_together_fail_together() {
    let now = Instant::now();
    let mut circuit = Circuit::new(LIMITS);
    let ticket = circuit.admit(now).unwrap();
    circuit.failed_with(ticket, 2, now);
    assert!(circuit.is_closed());
    circuit.failed_with(ticket, 1, now);
    assert!(!circuit.is_closed());
    // What is told from before the change counts no more.
    circuit.failed_with(ticket, 9, now);
    assert_eq!(circuit.admit(now).unwrap_err().retry_after, LIMITS.shortest_pause);
}

#[test]
fn the_pause_doubles_to_its_limit_and_starts_again_after_success() {
    let mut now = Instant::now();
    let mut circuit = opened(now);
    for seconds in [5, 10, 20, 30, 30] {
        let pause = circuit.admit(now).unwrap_err().retry_after;
        assert_eq!(pause, Duration::from_secs(seconds));
        now += pause;
        let trial = circuit.admit(now).unwrap();
        circuit.failed(trial, now);
    }
    now += LIMITS.longest_pause;
    let trial = circuit.admit(now).unwrap();
    circuit.succeeded(trial);
    assert!(circuit.is_closed());
    for _ in 0..LIMITS.failures_to_open {
        let ticket = circuit.admit(now).unwrap();
        circuit.failed(ticket, now);
    }
    assert_eq!(circuit.admit(now).unwrap_err().retry_after, LIMITS.shortest_pause);
}

#[test]
fn late_answers_from_before_the_opening_change_nothing() {
    let now = Instant::now();
    let mut circuit = Circuit::new(LIMITS);
    let early: Vec<_> = (0..10).map(|_| circuit.admit(now).unwrap()).collect();
    for ticket in &early {
        circuit.failed(*ticket, now);
    }
    assert_eq!(
        circuit.admit(now).unwrap_err().retry_after,
        LIMITS.shortest_pause,
        "opened once, not seven times"
    );
    circuit.succeeded(early[0]);
    assert!(!circuit.is_closed());
}

#[test]
fn a_lost_trial_does_not_keep_the_circuit_shut() {
    let now = Instant::now();
    let mut circuit = opened(now);
    let later = now + LIMITS.shortest_pause;
    let lost = circuit.admit(later).unwrap();
    assert!(circuit.admit(later).is_err());
    let much_later = later + LIMITS.trial_patience;
    let trial = circuit.admit(much_later).unwrap();
    circuit.failed(lost, much_later);
    circuit.succeeded(trial);
    assert!(circuit.is_closed());
}

#[derive(Debug, Clone)]
enum Step {
    Wait(u64),
    Call,
    Answer { which: usize, good: bool },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..20u64).prop_map(Step::Wait),
        Just(Step::Call),
        (0..8usize, any::<bool>()).prop_map(|(which, good)| Step::Answer { which, good }),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_waiting_long_enough_lets_exactly_one_call_through(steps in prop::collection::vec(step(), 0..200)) {
        let mut now = Instant::now();
        let mut circuit = Circuit::new(LIMITS);
        let mut under_way = Vec::new();
        let mut refused_until = None;
        for step in steps {
            match step {
                Step::Wait(seconds) => now += Duration::from_secs(seconds),
                Step::Call => match circuit.admit(now) {
                    Ok(ticket) => {
                        prop_assert!(refused_until.is_none_or(|until| now >= until), "let through too early");
                        under_way.push(ticket);
                    }
                    Err(open) => {
                        prop_assert!(!open.retry_after.is_zero());
                        prop_assert!(open.retry_after <= LIMITS.longest_pause.max(LIMITS.trial_patience));
                        refused_until = None;
                        if under_way.is_empty() {
                            refused_until = Some(now + open.retry_after);
                        }
                    }
                },
                Step::Answer { which, good } if which < under_way.len() => {
                    let ticket = under_way.swap_remove(which);
                    if good { circuit.succeeded(ticket) } else { circuit.failed(ticket, now) }
                    refused_until = None;
                }
                Step::Answer { .. } => {}
            }
        }
        now += LIMITS.longest_pause.max(LIMITS.trial_patience);
        let was_closed = circuit.is_closed();
        prop_assert!(circuit.admit(now).is_ok());
        prop_assert_eq!(circuit.admit(now).is_ok(), was_closed);
    }
}
