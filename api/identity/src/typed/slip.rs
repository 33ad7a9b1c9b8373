//! What is given out on a slip of paper: characters that nobody takes for one another.

use kernel::{
    error::{Error, Result},
    protect::random::Random,
};
use zeroize::Zeroizing;

/// Letters and digits that nobody takes for one another; 32 of them, so each stands for five bits.
pub const UNAMBIGUOUS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Length of a one-time password without its hyphens: 80 bits.
pub const ONE_TIME_PASSWORD_LENGTH: usize = 16;

/// The characters of a one-time password as they stand on its slip: in groups of four, with hyphens between.
pub fn grouped(characters: &str) -> Zeroizing<String> {
    let mut grouped = Zeroizing::new(String::with_capacity(characters.len() + characters.len() / 4));
    for (position, character) in characters.chars().enumerate() {
        if position > 0 && position % 4 == 0 {
            grouped.push('-');
        }
        grouped.push(character);
    }
    grouped
}

/// So many unambiguous characters, each of them equally likely.
pub fn random_characters(random: &dyn Random, count: usize) -> Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(vec![0_u8; count]);
    random.fill(&mut bytes).map_err(Error::internal)?;
    // 256 is a multiple of 32, so no character comes more often than another.
    let character = |byte: &u8| UNAMBIGUOUS.get(usize::from(byte % 32)).copied().map(char::from);
    Ok(Zeroizing::new(bytes.iter().filter_map(character).collect()))
}
