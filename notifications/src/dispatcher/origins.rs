//! Places at the push services, so that one that hangs delays nobody else.
//!
//! No push service has more than a quarter of the lanes. What finds no place there is put aside, and the lane goes on with
//! something else; whoever leaves the service takes up what was put aside for it, so nobody has to be woken. What would wait
//! too long is given back: the service has not answered for a while, or is so slow that its turn would not come within a second.
//! It is claimed again a little later, behind what is due for everybody else.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant as Tick;

use crate::outbox::{Address, Claimed, Target};

/// A service all of whose places are taken and that has not answered for so long is taken to hang.
const SILENCE: Duration = Duration::from_millis(250);
/// The longest that something is put aside.
const PATIENCE: Duration = Duration::from_secs(1);
/// What is given back is not claimed again for this long at least, and for this long at most.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The places of all services.
pub(super) struct Origins {
    quota: usize,
    lots: HashMap<Box<str>, Lot>,
    parked: usize,
}

/// The places at one service.
struct Lot {
    busy: usize,
    parked: VecDeque<(Claimed, Tick)>,
    /// When somebody last came in or was answered.
    moved: Tick,
    /// How long a visit takes, about.
    mean: Duration,
}

/// What becomes of a claim that is to be brought.
pub(super) enum Entry {
    /// There is a place.
    Go(Visit),
    /// It was put aside.
    Parked,
    /// It is to be given back, not to be claimed again for so long.
    GiveBack(Claimed, Duration),
}

/// A claim on its way to its devices.
pub(super) struct Visit {
    pub(super) claimed: Claimed,
    /// Devices at services without a place, as positions among the targets, and how long these are to wait.
    pub(super) without_place: Vec<usize>,
    pub(super) pause: Duration,
    began: Tick,
}

/// What a lane does next after a visit, and what others are to do.
#[derive(Default)]
pub(super) struct Freed {
    pub(super) next: Option<Claimed>,
    pub(super) more: Vec<Claimed>,
}

impl Origins {
    /// Each service gets a quarter of so many lanes.
    pub(super) fn new(lanes: usize) -> Self {
        Self { quota: (lanes / 4).max(1), lots: HashMap::new(), parked: 0 }
    }

    /// Takes the places that a claim needs, or puts it aside.
    pub(super) fn enter(&mut self, claimed: Claimed, now: Tick) -> Entry {
        let mut without_place = Vec::new();
        let mut pause = Duration::ZERO;
        for (position, target) in claimed.targets.iter().enumerate() {
            let name = name(target);
            let Some(lot) = self.lots.get_mut(name).filter(|lot| lot.busy >= self.quota) else { continue };
            match lot.wait(self.quota, now) {
                Ok(()) => {
                    lot.parked.push_back((claimed, now));
                    self.parked += 1;
                    return Entry::Parked;
                }
                Err(wait) => {
                    without_place.push(position);
                    pause = pause.max(wait);
                }
            }
        }
        if !claimed.targets.is_empty() && without_place.len() == claimed.targets.len() {
            return Entry::GiveBack(claimed, pause);
        }
        let visit = Visit { claimed, without_place, pause, began: now };
        for target in visit.origins() {
            let name = name(target);
            if let Some(lot) = self.lots.get_mut(name) {
                lot.busy += 1;
                lot.moved = now;
            } else {
                self.lots.insert(name.into(), Lot::new(now));
            }
        }
        Entry::Go(visit)
    }

    /// Gives the places of a visit back. `answered` if the services did answer, whatever they said.
    pub(super) fn leave(&mut self, visit: &Visit, answered: bool, now: Tick) -> Freed {
        let mut freed = Freed::default();
        for target in visit.origins() {
            let name = name(target);
            let Some(lot) = self.lots.get_mut(name) else { continue };
            lot.busy = lot.busy.saturating_sub(1);
            if answered {
                lot.moved = now;
                // The last eight weigh most.
                lot.mean = (lot.mean * 7 + now.saturating_duration_since(visit.began)) / 8;
            }
            if let Some((claimed, _)) = lot.parked.pop_front() {
                self.parked = self.parked.saturating_sub(1);
                if freed.next.is_none() {
                    freed.next = Some(claimed);
                } else {
                    freed.more.push(claimed);
                }
            } else if lot.busy == 0 {
                // Whoever registers endpoints at ever new hosts must not fill the memory.
                self.lots.remove(name);
            }
        }
        freed
    }

    /// Whether anything is put aside.
    pub(super) const fn has_parked(&self) -> bool {
        self.parked > 0
    }

    /// What has been put aside for too long, or all of it, and how long it is to wait.
    pub(super) fn sweep(&mut self, now: Tick, everything: bool) -> Vec<(Claimed, Duration)> {
        let mut given_back = Vec::new();
        for lot in self.lots.values_mut() {
            let wait = if everything { Some(Duration::ZERO) } else { lot.wait(self.quota, now).err() };
            let has_waited = |since: Tick| now.saturating_duration_since(since) >= PATIENCE;
            // The oldest come first.
            while let Some((claimed, since)) = lot.parked.pop_front() {
                let Some(wait) = wait.or_else(|| has_waited(since).then_some(SHORTEST_PAUSE)) else {
                    lot.parked.push_front((claimed, since));
                    break;
                };
                self.parked = self.parked.saturating_sub(1);
                given_back.push((claimed, wait));
            }
        }
        given_back
    }
}

impl Lot {
    fn new(now: Tick) -> Self {
        Self { busy: 1, parked: VecDeque::new(), moved: now, mean: Duration::ZERO }
    }

    /// Whether it is of use to wait for a place; if not, how long to stay away.
    fn wait(&self, quota: usize, now: Tick) -> Result<(), Duration> {
        if now.saturating_duration_since(self.moved) >= SILENCE {
            return Err(SHORTEST_PAUSE);
        }
        let ahead = u32::try_from(self.parked.len() + 1).unwrap_or(u32::MAX);
        let places = u32::try_from(quota).unwrap_or(u32::MAX).max(1);
        let expected = self.mean.saturating_mul(ahead) / places;
        if expected <= PATIENCE { Ok(()) } else { Err(expected.clamp(SHORTEST_PAUSE, LONGEST_PAUSE)) }
    }
}

impl Visit {
    /// One target for each service that is visited.
    fn origins(&self) -> impl Iterator<Item = &Target> {
        let targets = &self.claimed.targets;
        let is_visited = |position: &usize| !self.without_place.contains(position);
        targets.iter().enumerate().filter_map(move |(position, target)| {
            let mut earlier = targets.iter().take(position);
            let is_first = !earlier.any(|other| name(other) == name(target));
            (is_first && is_visited(&position)).then_some(target)
        })
    }
}

/// The service that a device is reached through: scheme, host and port of its endpoint.
fn name(target: &Target) -> &str {
    match &target.address {
        Address::WebPush { endpoint, .. } => {
            let host = endpoint.find("://").map_or(0, |at| at + 3);
            let length = endpoint.get(host..).and_then(|rest| rest.find(['/', '?']));
            length.and_then(|length| endpoint.get(..host + length)).unwrap_or(endpoint)
        }
        Address::Fcm { .. } => "fcm",
    }
}

#[cfg(test)]
mod tests;
