//! Chance that comes out the same every time: who the invented people are and what happens to them follows from one fixed number.

/// Numbers by chance (SplitMix64).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Those that follow from this number.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// One from 0 on, and less than this.
    pub fn below(&mut self, many: u32) -> u32 {
        u32::try_from(self.next() % u64::from(many.max(1))).unwrap_or(0)
    }

    /// One between these, both among them.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        let span = u32::try_from(most - least + 1).unwrap_or(1);
        least + i64::from(self.below(span))
    }

    /// True once in so many times.
    pub fn once_in(&mut self, many: u32) -> bool {
        self.below(many) == 0
    }

    /// One of a list; the list has some.
    pub fn of<T: Copy + Default>(&mut self, list: &[T]) -> T {
        let many = u32::try_from(list.len()).unwrap_or(1);
        let chosen = usize::try_from(self.below(many)).unwrap_or(0);
        list.get(chosen).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_gives_the_same_chance() {
        let (mut one, mut other) = (Dice::new(7), Dice::new(7));
        for _ in 0..100 {
            let (least, most) = (-3, 12);
            let thrown = one.between(least, most);
            assert_eq!(thrown, other.between(least, most));
            assert!((least..=most).contains(&thrown));
            assert_eq!(one.of(&["a", "b", "c"]), other.of(&["a", "b", "c"]));
        }
    }
}
