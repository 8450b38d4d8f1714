//! The vertical axis of a chart: round steps, and their labels.

use crate::text::grouped;

/// Steps of 1, 2, 2.5 or 5 times a power of ten that cover the values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) ticks: Vec<f64>,
    step: f64,
}

impl Scale {
    /// For these values. Bars begin at zero, since their length is what is compared; a line may
    /// begin higher when all its values lie close together.
    pub(super) fn new(values: impl Iterator<Item = f64>, from_zero: bool) -> Self {
        let (mut low, mut high) = values
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        let close = !from_zero && low > 0.0 && low > high * 0.6 && high > low;
        if !close {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        if high - low < 1e-9 {
            high = low + 1.0;
        }
        let step = round_step((high - low) / 4.0);
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        let count = (last - first) as u32;
        let ticks = (0..=count)
            .map(|index| (first + f64::from(index)) * step)
            .collect();
        Self {
            low: first * step,
            high: last * step,
            ticks,
            step,
        }
    }

    /// From 0 at the bottom to 1 at the top.
    pub(super) fn position(&self, value: f64) -> f32 {
        ((value - self.low) / (self.high - self.low)) as f32
    }

    /// The label of a tick: as many places as the step has; millions and above by their letter.
    pub(super) fn label(&self, tick: f64) -> String {
        let top = self.low.abs().max(self.high.abs());
        let (divisor, letter) = match top {
            top if top >= 1e13 => (1e12, " tn"),
            top if top >= 1e10 => (1e9, " bn"),
            top if top >= 1e7 => (1e6, " m"),
            _ => (1.0, ""),
        };
        let (tick, step) = (tick / divisor, self.step / divisor);
        let places = (0..=9)
            .find(|places| {
                let scaled = step * 10_f64.powi(*places);
                (scaled - scaled.round()).abs() < 1e-6
            })
            .unwrap_or(9);
        let plain = format!("{tick:.*}", places as usize);
        let zero = plain.bytes().all(|byte| matches!(byte, b'0' | b'.' | b'-'));
        let plain = if zero {
            plain.trim_start_matches('-')
        } else {
            &plain
        };
        format!("{}{letter}", grouped(plain))
    }
}

fn round_step(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .find(|step| step * power >= rough * 0.999);
    step.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(values: &[f64], from_zero: bool) -> Vec<String> {
        let scale = Scale::new(values.iter().copied(), from_zero);
        scale.ticks.iter().map(|tick| scale.label(*tick)).collect()
    }

    #[test]
    fn steps_are_round() {
        assert_eq!(
            labels(&[0.0, 12_400.0], true),
            ["0", "5,000", "10,000", "15,000"]
        );
        assert_eq!(
            labels(&[0.3, 0.9], true),
            ["0.00", "0.25", "0.50", "0.75", "1.00"]
        );
        assert_eq!(
            labels(&[-3.0, 5.0], false),
            ["−4", "−2", "0", "2", "4", "6"]
        );
        assert_eq!(labels(&[4.2e7], true), ["0 m", "20 m", "40 m", "60 m"]);
        assert_eq!(labels(&[], true), ["0.00", "0.25", "0.50", "0.75", "1.00"]);
    }

    #[test]
    fn a_line_of_close_values_does_not_begin_at_zero_and_bars_do() {
        let values = [139_800.0, 190_400.0];
        assert_eq!(labels(&values, false)[0], "120,000");
        assert_eq!(labels(&values, true)[0], "0");
    }

    proptest! {
        #[test]
        fn covers_every_value_with_few_ticks(
            values in prop::collection::vec(-1e15_f64..1e15, 0..20),
            small in 1e-6_f64..1.0,
            from_zero: bool,
        ) {
            let values: Vec<f64> = values.into_iter().map(|value| value * small).collect();
            let scale = Scale::new(values.iter().copied(), from_zero);
            prop_assert!((2..=12).contains(&scale.ticks.len()), "{:?}", scale);
            for value in values {
                let position = scale.position(value);
                prop_assert!((-0.001..=1.001).contains(&position), "{value} at {position}");
            }
        }
    }
}
