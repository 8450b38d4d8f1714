//! Names, routes and the snapshot of everything that is declared.

use proptest::prelude::*;
use wharf_domain::priority::Priority;

use super::*;

fn topology(shards: u16) -> Topology {
    Topology::new("wharf", shards, 5)
}

#[test]
fn the_whole_topology() {
    let topology = topology(2);
    insta::assert_json_snapshot!(serde_json::json!({
        "exchanges": topology.exchanges(),
        "queues": topology.declared_queues(),
        "bindings": topology.bindings(),
    }));
}

#[test]
fn every_queue_is_bound_and_found_by_its_name() {
    let topology = topology(3);
    for queue in topology.queues() {
        let name = topology.queue_name(queue);
        assert_eq!(topology.queue_named(&name), Some(queue), "{name}");
        let bound = topology.bindings().into_iter().filter(|b| b.queue == name);
        let keys: Vec<_> = bound.map(|b| b.routing_key).collect();
        assert_eq!(keys, [queue.key()]);
    }
}

#[test]
fn a_retry_keeps_the_key_of_its_queue() {
    let route = Route::Retry {
        delay: RetryDelay::TenSeconds,
        queue: Queue::Execute(Priority::Alerts),
    };
    let address = topology(1).address(&route);
    assert_eq!(address.exchange, "wharf.retry.10s");
    assert_eq!(address.routing_key, "agent-executor.p9");
}

#[test]
fn shards_of_known_conversations_never_change() {
    // Two versions of ingress at work during an upgrade must agree.
    let shards: Vec<u16> = [
        "AC1:+15550100001",
        "AC1:+15550100002",
        "AC1:US.13491208655302741918",
        "",
    ]
    .into_iter()
    .map(|key| topology(8).shard(key))
    .collect();
    insta::assert_json_snapshot!(shards);
}

#[test]
fn conversations_spread_over_the_shards() {
    let topology = topology(8);
    let mut counts = [0_u32; 8];
    for number in 0..8_000 {
        let shard = topology.shard(&format!("AC1:+1555{number:07}"));
        counts[usize::from(shard)] += 1;
    }
    assert!(
        counts.iter().all(|count| (800..1_200).contains(count)),
        "{counts:?}"
    );
}

fn queues() -> impl Strategy<Value = Queue> {
    let priority = prop::sample::select(Priority::ALL.to_vec());
    let stage = prop::sample::select(Stage::ALL.to_vec());
    prop_oneof![
        any::<u16>().prop_map(Queue::Nlp),
        priority.clone().prop_map(Queue::Execute),
        priority.prop_map(Queue::Reply),
        Just(Queue::Results),
        Just(Queue::Status),
        stage.clone().prop_map(Queue::Poison),
        stage.prop_map(Queue::Dead),
    ]
}

proptest! {
    #[test]
    fn keys_are_read_back(queue in queues()) {
        prop_assert_eq!(Queue::from_key(&queue.key()), Some(queue));
    }

    #[test]
    fn no_text_is_read_as_a_key_that_is_written_differently(key in "(nlp|responder|agent-executor)\\.[sp]?[+0-9]{0,6}") {
        if let Some(queue) = Queue::from_key(&key) {
            prop_assert_eq!(queue.key(), key);
        }
    }

    #[test]
    fn any_conversation_has_one_existing_shard(key in ".*", shards in 1_u16..=128) {
        let topology = topology(shards);
        let shard = topology.shard(&key);
        prop_assert!(shard < shards);
        prop_assert_eq!(shard, topology.shard(&key));
        let route = Route::Inbound { conversation_key: key };
        let bound = topology.bindings();
        let address = topology.address(&route);
        prop_assert!(bound.iter().any(|b| b.routing_key == address.routing_key && b.exchange == address.exchange));
    }
}
