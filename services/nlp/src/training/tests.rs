use std::path::Path;

use super::super::understand::evaluate::Targets;
use super::super::understand::model::Measured;
use super::*;

fn data() -> (Vec<Message>, Vec<Message>) {
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data")).unwrap()
}

#[test]
fn the_shipped_model_is_what_the_data_make() {
    let (train, _) = data();
    let (model, tagger) = build::build(&train, build::Plan::default()).write();
    let same = model == include_bytes!("../understand/model.bin")
        && tagger == include_bytes!("../understand/tagger.bin");
    assert!(
        same,
        "data or training changed: run `wharfctl train` and commit both files"
    );
}

#[test]
fn the_own_test_part_reaches_its_targets() {
    let (_, test) = data();
    let file = include_str!("../../data/targets.json");
    let targets: Targets = serde_json::from_str(file).unwrap();
    let evaluation = evaluated(Model::shipped(), &test);
    let missed = evaluation.missed(&targets);
    assert!(missed.is_empty(), "{missed:#?}\n{evaluation}");
}

#[test]
fn the_shipped_accuracy_is_that_of_the_shipped_model() {
    let (_, test) = data();
    let now = measure(Model::shipped(), &test);
    assert_eq!(
        Measured::shipped(),
        Some(now),
        "run `wharfctl train` and commit measured.json"
    );
}

#[test]
fn labelled_values_stand_in_their_messages() {
    let (train, test) = data();
    let mut lost = Vec::new();
    for message in train.iter().chain(&test) {
        let found = align::spans(message);
        for name in [
            wharf_domain::entities::EntityName::Product,
            wharf_domain::entities::EntityName::Supplier,
            wharf_domain::entities::EntityName::Location,
        ] {
            if message.entities.has(name) && !found.iter().any(|(known, _)| *known == name) {
                lost.push(format!("{name}: {}", message.text));
            }
        }
    }
    // A few values are not word for word ("A & B" of "A and B"); many would be a broken aligner.
    assert!(lost.len() * 50 < train.len(), "{} {lost:#?}", lost.len());
}
