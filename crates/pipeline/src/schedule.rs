//! Which waiting message is worked on next. A pure state machine; the run loop drives it.
//!
//! Rules:
//! 1. At most `slots` messages are worked on at once.
//! 2. Messages with the same order key are worked on one at a time, in the order they arrived.
//! 3. The highest priority goes first, within one priority the oldest.
//! 4. Every [`RESERVED`]th start goes to the oldest message, whatever its priority, so that nothing
//!    starves.
//!
//! The bound that follows: a message that may run (rule 2) and has `n` messages waiting that
//! arrived before it starts after at most `RESERVED * (n + 1)` further starts, however many more
//! urgent ones keep arriving. Since each queue delivers at most its prefetch, `n` is at most the
//! sum of the prefetches.

use std::collections::{BTreeMap, HashMap, VecDeque};

/// One start in this many is reserved for the message that waits longest.
pub const RESERVED: u64 = 5;

type Arrival = u64;

#[derive(Debug)]
struct Waiting<T> {
    priority: u8,
    key: Option<String>,
    value: T,
}

/// A message that was started; hand it back to [`Schedule::done`].
#[derive(Debug)]
#[must_use = "a started message holds a slot and its key until `done`"]
pub struct Started<T> {
    key: Option<String>,
    /// What was pushed.
    pub value: T,
}

/// What frees a slot again.
#[derive(Debug)]
pub struct Slot(Option<String>);

impl<T> Started<T> {
    /// Parts the message from its slot.
    pub fn split(self) -> (T, Slot) {
        (self.value, Slot(self.key))
    }
}

/// The messages that wait and the slots that are taken.
#[derive(Debug)]
pub struct Schedule<T> {
    slots: usize,
    running: usize,
    arrivals: Arrival,
    starts: u64,
    /// Messages that rule 2 allows to start, by arrival.
    eligible: BTreeMap<Arrival, Waiting<T>>,
    /// The same by priority: arrivals in order.
    by_priority: BTreeMap<u8, VecDeque<Arrival>>,
    /// For each key that has a message eligible or running: those that wait behind it.
    behind: HashMap<String, VecDeque<(Arrival, Waiting<T>)>>,
}

impl<T> Schedule<T> {
    /// A schedule with `slots` workers (at least one).
    #[must_use]
    pub fn new(slots: usize) -> Self {
        Self {
            slots: slots.max(1),
            running: 0,
            arrivals: 0,
            starts: 0,
            eligible: BTreeMap::new(),
            by_priority: BTreeMap::new(),
            behind: HashMap::new(),
        }
    }

    /// Adds a message. `key` keeps messages in order; `None` waits for nobody.
    pub fn push(&mut self, priority: u8, key: Option<String>, value: T) {
        let arrival = self.arrivals;
        self.arrivals += 1;
        let waiting = Waiting {
            priority,
            key,
            value,
        };
        if let Some(key) = &waiting.key {
            if let Some(queue) = self.behind.get_mut(key) {
                queue.push_back((arrival, waiting));
                return;
            }
            self.behind.insert(key.clone(), VecDeque::new());
        }
        self.make_eligible(arrival, waiting);
    }

    fn make_eligible(&mut self, arrival: Arrival, waiting: Waiting<T>) {
        let queue = self.by_priority.entry(waiting.priority).or_default();
        // A message that waited behind its key is older than some that are eligible already.
        let place = queue.partition_point(|other| *other < arrival);
        queue.insert(place, arrival);
        self.eligible.insert(arrival, waiting);
    }

    /// The next message to work on, if a slot is free and one may run.
    pub fn start(&mut self) -> Option<Started<T>> {
        if self.running >= self.slots {
            return None;
        }
        let oldest = *self.eligible.first_key_value()?.0;
        let reserved = (self.starts + 1).is_multiple_of(RESERVED);
        let urgent = || {
            self.by_priority
                .last_key_value()
                .and_then(|(_, queue)| queue.front())
        };
        let arrival = if reserved {
            oldest
        } else {
            urgent().copied().unwrap_or(oldest)
        };
        let waiting = self.eligible.remove(&arrival)?;
        if let Some(queue) = self.by_priority.get_mut(&waiting.priority) {
            queue.retain(|other| *other != arrival);
            if queue.is_empty() {
                self.by_priority.remove(&waiting.priority);
            }
        }
        self.starts += 1;
        self.running += 1;
        Some(Started {
            key: waiting.key,
            value: waiting.value,
        })
    }

    /// Frees a slot and lets the next message of the same key run.
    pub fn done(&mut self, slot: Slot) {
        self.running = self.running.saturating_sub(1);
        let Some(key) = slot.0 else { return };
        match self.behind.get_mut(&key).and_then(VecDeque::pop_front) {
            Some((arrival, waiting)) => self.make_eligible(arrival, waiting),
            None => {
                self.behind.remove(&key);
            }
        }
    }

    /// Messages being worked on.
    #[must_use]
    pub fn running(&self) -> usize {
        self.running
    }

    /// Takes out everything that has not been started, for a shutdown.
    pub fn abandon(&mut self) -> Vec<T> {
        let behind = self
            .behind
            .values_mut()
            .flat_map(std::mem::take)
            .map(|(_, waiting)| waiting);
        let waiting: Vec<T> = behind.map(|waiting| waiting.value).collect();
        self.by_priority.clear();
        std::mem::take(&mut self.eligible)
            .into_values()
            .map(|w| w.value)
            .chain(waiting)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn urgent_first_but_the_oldest_gets_every_fifth_start() {
        let mut schedule = Schedule::new(1);
        schedule.push(3, None, "background".to_owned());
        for n in 0..10 {
            schedule.push(10, None, format!("urgent {n}"));
        }
        let mut order = Vec::new();
        while let Some(started) = schedule.start() {
            let (value, slot) = started.split();
            order.push(value);
            schedule.done(slot);
        }
        assert_eq!(order[3], "urgent 3");
        assert_eq!(order[4], "background");
        assert_eq!(order.len(), 11);
    }

    #[test]
    fn one_conversation_is_worked_on_one_message_at_a_time() {
        let mut schedule = Schedule::new(4);
        schedule.push(5, Some("anna".into()), 1);
        schedule.push(10, Some("anna".into()), 2);
        schedule.push(3, Some("ben".into()), 3);
        let (first, anna) = schedule.start().unwrap().split();
        let (second, _ben) = schedule.start().unwrap().split();
        assert_eq!((first, second), (1, 3));
        assert!(
            schedule.start().is_none(),
            "the second message of anna waits for her first"
        );
        schedule.done(anna);
        assert_eq!(schedule.start().unwrap().value, 2);
    }

    #[derive(Debug, Clone)]
    enum Step {
        Push { priority: u8, key: Option<u8> },
        Start,
        Done(usize),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let priority = prop::sample::select(vec![10_u8, 9, 8, 5, 3]);
        let push = (priority, prop::option::of(0_u8..4))
            .prop_map(|(priority, key)| Step::Push { priority, key });
        let step =
            prop_oneof![3 => push, 3 => Just(Step::Start), 2 => (0_usize..8).prop_map(Step::Done)];
        prop::collection::vec(step, 1..300)
    }

    proptest! {
        #[test]
        fn nothing_is_lost_reordered_within_a_key_or_started_beyond_the_slots(steps in steps()) {
            let mut schedule = Schedule::new(3);
            let mut pushed = 0_usize;
            let mut running: Vec<(usize, Option<u8>, Slot)> = Vec::new();
            let mut last_of_key: HashMap<u8, usize> = HashMap::new();
            let mut seen = std::collections::HashSet::new();
            let mut start = |schedule: &mut Schedule<(usize, Option<u8>)>, running: &mut Vec<(usize, Option<u8>, Slot)>| {
                let Some(started) = schedule.start() else { return Ok(()) };
                let ((number, key), slot) = started.split();
                prop_assert!(seen.insert(number), "started twice");
                if let Some(key) = key {
                    prop_assert!(running.iter().all(|(_, other, _)| *other != Some(key)));
                    if let Some(last) = last_of_key.insert(key, number) {
                        prop_assert!(last < number, "order within a key");
                    }
                }
                running.push((number, key, slot));
                prop_assert!(running.len() <= 3);
                Ok(())
            };
            for step in steps {
                match step {
                    Step::Push { priority, key } => {
                        schedule.push(priority, key.map(|k| k.to_string()), (pushed, key));
                        pushed += 1;
                    }
                    Step::Start => start(&mut schedule, &mut running)?,
                    Step::Done(which) if !running.is_empty() => {
                        let (_, _, slot) = running.remove(which % running.len());
                        schedule.done(slot);
                    }
                    Step::Done(_) => {}
                }
            }
            // Drive to idle: everything pushed is started exactly once.
            loop {
                start(&mut schedule, &mut running)?;
                if running.is_empty() { break; }
                let (_, _, slot) = running.remove(0);
                schedule.done(slot);
            }
            prop_assert_eq!(seen.len(), pushed);
        }

        #[test]
        fn the_wait_is_bounded_however_many_urgent_ones_arrive(older in 0_usize..20, per_start in 1_usize..4) {
            let mut schedule = Schedule::new(1);
            for _ in 0..older { schedule.push(3, None, false); }
            schedule.push(3, None, true);
            for starts in 0_u64.. {
                for _ in 0..per_start { schedule.push(10, None, false); }
                let (wanted, slot) = schedule.start().unwrap().split();
                schedule.done(slot);
                if wanted {
                    prop_assert!(starts < RESERVED * (older as u64 + 1));
                    break;
                }
            }
        }
    }
}
