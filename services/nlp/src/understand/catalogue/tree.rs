//! Codes near a written one. The codes stand as a tree of their first letters, so that the rows of
//! [`distance`](super::spell::distance) are worked out once for all codes that begin alike, and a
//! beginning that is too far takes all codes behind it out of the question.

use super::spell::{DOUBLING, EDIT, FAR, MAX_WORD, substitution};

/// A beginning of codes, in the order of the alphabet, each before its continuations.
#[derive(Debug)]
struct Node {
    letter: char,
    /// Letters of the beginning, at most [`MAX_WORD`].
    depth: u8,
    /// The first node behind the continuations of this one.
    end: u32,
    /// Which letters and digits occur in any, and in all, of the codes that begin so.
    any: u64,
    all: u64,
    /// Codes that are exactly this beginning, by their place in the sorted list.
    first: u32,
    last: u32,
}

/// Sorted codes, ready to be searched.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    /// Builds the tree of codes in ascending order, none empty or longer than [`MAX_WORD`].
    pub(super) fn of<'a>(sorted: impl Iterator<Item = &'a [char]>) -> Tree {
        let mut nodes: Vec<Node> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        for (place, key) in (0..).zip(sorted) {
            let same = |(at, letter): &(usize, &char)| nodes[open[*at]].letter == **letter;
            let shared = (0..open.len()).zip(key).take_while(same).count();
            for closed in open.drain(shared..) {
                nodes[closed].end = nodes.len() as u32;
            }
            let letters = mask(key);
            for at in &open {
                nodes[*at].any |= letters;
                nodes[*at].all &= letters;
            }
            for letter in &key[shared..] {
                open.push(nodes.len());
                nodes.push(Node {
                    letter: *letter,
                    depth: open.len() as u8,
                    end: 0,
                    any: letters,
                    all: letters,
                    first: place,
                    last: place,
                });
            }
            if let Some(leaf) = open.last() {
                nodes[*leaf].last = place + 1;
            }
        }
        for closed in open {
            nodes[closed].end = nodes.len() as u32;
        }
        Tree { nodes }
    }

    /// Calls `found` with the place and the cost of each code within `max`, the same cost as
    /// [`spell::distance`](super::spell::distance) has.
    pub(super) fn near(&self, written: &[char], max: u8, mut found: impl FnMut(u32, u8)) {
        let n = written.len();
        if n > MAX_WORD {
            return;
        }
        let band = usize::from(max / DOUBLING);
        // One row for each letter of the beginning that is looked at; above it are those of its
        // own beginnings.
        let mut rows = [[FAR; MAX_WORD + 1]; MAX_WORD + 1];
        let mut least = [FAR; MAX_WORD + 1];
        let mut letters = ['\0'; MAX_WORD + 1];
        for (cost, cell) in (0..).zip(&mut rows[0][..=n.min(band)]) {
            *cell = cost * EDIT;
        }
        least[0] = 0;
        let occurring = mask(written);
        // Doubling, the cheapest error, changes no bit, all others at most two.
        let differing = 2 * u32::from(max / EDIT);
        let mut at = 0;
        while let Some(node) = self.nodes.get(at) {
            let depth = usize::from(node.depth);
            let d = node.letter;
            letters[depth] = d;
            let missed = (occurring & !node.any) | (node.all & !occurring);
            if depth > n + band || missed.count_ones() > differing {
                at = node.end as usize;
                continue;
            }
            let undoubled = depth > 1 && letters[depth - 1] == d;
            let step = if undoubled { DOUBLING } else { EDIT };
            let (low, high) = (depth.saturating_sub(band).max(1), (depth + band).min(n));
            let (done, rest) = rows.split_at_mut(depth);
            let (above, row) = (&done[depth - 1], &mut rest[0]);
            row[low - 1] = if low == 1 {
                node.depth.saturating_mul(EDIT)
            } else {
                FAR
            };
            let mut lowest = row[low - 1];
            for i in low..=high {
                let c = written[i - 1];
                let change = if c == d { 0 } else { substitution(c, d) };
                let mut cost = above[i - 1].saturating_add(change);
                cost = cost.min(above[i].saturating_add(step));
                let doubled = i > 1 && written[i - 2] == c;
                cost = cost.min(row[i - 1].saturating_add(if doubled { DOUBLING } else { EDIT }));
                if i > 1 && depth > 1 && c != d && c == letters[depth - 1] && written[i - 2] == d {
                    cost = cost.min(done[depth - 2][i - 2].saturating_add(EDIT));
                }
                row[i] = cost;
                lowest = lowest.min(cost);
            }
            if high < n {
                row[high + 1] = FAR;
            }
            least[depth] = lowest;
            let cost = if depth + band >= n { row[n] } else { FAR };
            if cost <= max {
                (node.first..node.last).for_each(|place| found(place, cost));
            }
            // A transposition reaches back two rows.
            let dead = lowest > max && least[depth - 1].saturating_add(EDIT) > max;
            at = if dead { node.end as usize } else { at + 1 };
        }
    }
}

fn mask(key: &[char]) -> u64 {
    key.iter().fold(0, |mask, c| mask | 1 << (*c as u32 % 64))
}
