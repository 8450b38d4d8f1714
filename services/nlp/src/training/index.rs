//! Numbers the features that are learnt: those that stand in several messages. What stands in one
//! alone says something of that message only, and of these there are most.

use super::super::understand::hashing::HashedMap;

/// The learnt features, by their hashes.
#[derive(Debug, Default)]
pub struct Index {
    numbers: HashedMap<u32>,
    hashes: Vec<u64>,
}

/// How often a feature was seen so far, and in which message last.
#[derive(Debug, Clone, Copy)]
struct Seen {
    messages: usize,
    last: usize,
}

impl Index {
    /// The features that stand in at least `rarest` messages, 1 or 2 exactly; `features` gives each
    /// with the message that it stands in. A message that comes again, as a variant, counts again
    /// when the feature was seen in another one in between.
    #[must_use]
    pub fn new(features: impl Iterator<Item = (usize, u64)>, rarest: usize) -> Self {
        let mut index = Self::default();
        let mut seen: HashedMap<Seen> = HashedMap::default();
        for (message, hash) in features {
            let seen = seen.entry(hash).or_insert(Seen {
                messages: 0,
                last: usize::MAX,
            });
            if seen.last == message {
                continue;
            }
            seen.last = message;
            seen.messages += 1;
            if seen.messages == rarest {
                let number = u32::try_from(index.hashes.len()).unwrap_or(u32::MAX);
                index.numbers.insert(hash, number);
                index.hashes.push(hash);
            }
        }
        index
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// The numbers of those of `hashes` that are learnt.
    pub fn numbers<'a>(&'a self, hashes: &'a [u64]) -> impl Iterator<Item = u32> + 'a {
        hashes
            .iter()
            .filter_map(|hash| self.numbers.get(hash).copied())
    }

    /// Their hashes, in the order of their numbers.
    #[must_use]
    pub fn hashes(&self) -> &[u64] {
        &self.hashes
    }
}
