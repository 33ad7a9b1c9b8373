//! How many connections there are, in all and from each address.

use crate::limits::Limits;
use kernel::door::network;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

/// The places for connections.
#[derive(Clone, Default)]
pub struct Places(Arc<Mutex<Taken>>);

#[derive(Default)]
struct Taken {
    all: usize,
    by_source: HashMap<IpAddr, usize>,
}

/// A place that is taken until this is dropped.
pub struct Place {
    places: Places,
    source: Option<IpAddr>,
}

impl Places {
    /// Takes a place. `source` is left out for proxies, whose connections are everybody's. `None`: there is none left.
    pub fn take(&self, source: Option<IpAddr>, limits: &Limits) -> Option<Place> {
        let source = source.map(network);
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.all >= limits.connections {
            return None;
        }
        if let Some(source) = source {
            let from_there = taken.by_source.entry(source).or_default();
            if *from_there >= limits.connections_per_source {
                return None;
            }
            *from_there += 1;
        }
        taken.all += 1;
        ::metrics::gauge!("muwakaba_connections").set(taken.all as f64);
        Some(Place { places: self.clone(), source })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        ::metrics::gauge!("muwakaba_connections").set(taken.all as f64);
        let Some(source) = self.source else { return };
        if let Some(from_there) = taken.by_source.get_mut(&source) {
            *from_there = from_there.saturating_sub(1);
            if *from_there == 0 {
                taken.by_source.remove(&source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Places;
    use crate::limits::Limits;

    #[test]
    fn places_are_counted_and_given_back() {
        let limits = Limits { connections: 3, connections_per_source: 2, ..Limits::default() };
        let places = Places::default();
        let from = |text: &str| places.take(Some(text.parse().unwrap()), &limits);
        let first = from("2001:db8::1");
        let second = from("2001:db8::2");
        assert!(first.is_some() && second.is_some());
        assert!(from("2001:db8::3").is_none(), "the same /64");
        let third = from("2001:db8:0:1::1");
        assert!(third.is_some());
        assert!(from("192.0.2.1").is_none(), "all are taken");
        drop(second);
        assert!(from("::ffff:192.0.2.1").is_some());
        assert!(places.take(None, &limits).is_some());
        drop((first, third));
        assert!(places.0.lock().unwrap().by_source.is_empty(), "nothing is remembered of those who left");
    }
}
