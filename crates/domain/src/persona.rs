//! The personas whose wording a user gets (spec section 5), and when another one is offered
//! ([`adaptive`]).

pub mod adaptive;

use crate::wire_name::wire_enum;

wire_enum! {
    /// How a person likes to be answered. A profile without one gets the default texts.
    pub enum Persona ("persona") {
        /// Speed first: short, icons, next step.
        Streamliner = "streamliner",
        /// Wants the figures and the reasoning.
        Navigator = "navigator",
        /// Runs several legal entities and sites.
        Hub = "hub",
        /// Learning the trade; gets explanations.
        Spring = "spring",
        /// A machine or a person who pastes into one: stable keys, ISO times.
        Processor = "processor",
    }
}
