//! When to stop calling a push service that is down, and when to ask it again.
//!
//! A pure state machine: it is told the time and what came of each call. After a number of failures in a row the
//! circuit opens and calls are refused at once, so that a dead service costs nothing. After a pause a single call is
//! let through; if it works the circuit closes, if not the pause doubles, up to a limit. Every call carries a
//! [`Ticket`], so an answer that comes from before the last change says nothing about the state after it.

use std::time::{Duration, Instant};

/// When a circuit opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitLimits {
    /// Failures in a row that open the circuit.
    pub failures_to_open: u32,
    /// The first pause.
    pub shortest_pause: Duration,
    /// No pause is longer than this, however long the trouble lasts.
    pub longest_pause: Duration,
    /// After this time a trial call that never reported back counts as lost, and another one is let through.
    pub trial_patience: Duration,
}

impl Default for CircuitLimits {
    fn default() -> Self {
        Self {
            failures_to_open: 20,
            shortest_pause: Duration::from_secs(5),
            longest_pause: Duration::from_mins(5),
            trial_patience: Duration::from_mins(1),
        }
    }
}

/// Proof that a call was let through; it comes back with the call's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket(u64);

/// The circuit refuses the call; it is no use asking again before this time has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitOpen {
    /// The time to wait.
    pub retry_after: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed { failures: u32 },
    Open { until: Instant },
    Trial { lost_at: Instant },
}

/// The circuit of one origin.
#[derive(Debug, Clone)]
pub struct Circuit {
    limits: CircuitLimits,
    state: State,
    /// Raised by every change of state.
    generation: u64,
    pause: Duration,
}

impl Circuit {
    /// A closed circuit.
    #[must_use]
    pub const fn new(limits: CircuitLimits) -> Self {
        Self { limits, state: State::Closed { failures: 0 }, generation: 0, pause: limits.shortest_pause }
    }

    /// Asks to make a call now.
    ///
    /// # Errors
    /// The circuit is open, or its one trial call is under way.
    pub fn admit(&mut self, now: Instant) -> Result<Ticket, CircuitOpen> {
        match self.state {
            State::Closed { .. } => Ok(Ticket(self.generation)),
            State::Open { until: wait_until } | State::Trial { lost_at: wait_until } => {
                let retry_after = wait_until.saturating_duration_since(now);
                if retry_after.is_zero() {
                    self.become_state(State::Trial { lost_at: now + self.limits.trial_patience });
                    Ok(Ticket(self.generation))
                } else {
                    Err(CircuitOpen { retry_after })
                }
            }
        }
    }

    /// The service answered sensibly, if only to refuse the one message.
    pub fn succeeded(&mut self, ticket: Ticket) {
        if ticket.0 != self.generation {
            return;
        }
        if matches!(self.state, State::Trial { .. }) {
            self.pause = self.limits.shortest_pause;
            self.become_state(State::Closed { failures: 0 });
        } else {
            self.state = State::Closed { failures: 0 };
        }
    }

    /// The service did not answer, or answered that it is in trouble.
    pub fn failed(&mut self, ticket: Ticket, now: Instant) {
        self.failed_with(ticket, 1, now);
    }

    /// The same of this call and of others that wait beside it and have not been answered either: so many in all. Each would
    /// say so itself, but only when its own time is over.
    pub fn failed_with(&mut self, ticket: Ticket, many: u32, now: Instant) {
        if ticket.0 != self.generation {
            return;
        }
        match self.state {
            State::Closed { failures } if failures.saturating_add(many) < self.limits.failures_to_open => {
                self.state = State::Closed { failures: failures.saturating_add(many) };
            }
            State::Closed { .. } => self.open(now),
            State::Trial { .. } => {
                self.pause = self.pause.saturating_mul(2).min(self.limits.longest_pause);
                self.open(now);
            }
            State::Open { .. } => {}
        }
    }

    /// Whether calls go through freely.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }

    fn open(&mut self, now: Instant) {
        self.become_state(State::Open { until: now + self.pause });
    }

    fn become_state(&mut self, state: State) {
        self.state = state;
        self.generation += 1;
    }
}

#[cfg(test)]
mod tests;
