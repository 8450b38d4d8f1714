//! Training (stub)
pub mod align;
pub mod augment;
pub mod corpus;
pub mod logistic;
pub mod random;
pub mod perceptron;
pub mod build;
