//! purchase_optimizer and supplier_evaluator, against rows worked out by hand.

mod evaluating;
mod proposing;
mod reordering;
mod restarting;
mod shop;
mod undoing;
