//! Numbers worked out by hand, and what must hold for all numbers.

use proptest::prelude::*;

use super::*;

/// Two weeks of 10 12 8 10 10 0 20: the sum is 140, so the mean is 10. Deviations from it are
/// 0 2 -2 0 0 -10 10, squares 0 4 4 0 0 100 100 = 208 a week, 416 in all; 416 / 13 = 32.
fn fortnight() -> Demand {
    let week = [10, 12, 8, 10, 10, 0, 20];
    Demand::from_daily(&[week, week].concat()).unwrap()
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 5e-4, "{found} is not {expected}");
}

#[test]
fn demand_has_a_mean_and_a_sample_deviation() {
    let demand = fortnight();
    assert_eq!(demand.days, 14);
    close(demand.mean_per_day, 10.0);
    close(demand.deviation_per_day.unwrap(), 32.0_f64.sqrt()); // 5.6569
}

#[test]
fn few_days_or_few_sales_carry_no_demand() {
    assert_eq!(Demand::from_daily(&[5; 6]), None);
    assert_eq!(Demand::from_daily(&[0, 0, 0, 5, 5, 5, 5, 0, 0, 0]), None);
    assert!(Demand::from_daily(&[0, 0, 5, 5, 5, 5, 5]).is_some());
    assert_eq!(Demand::of(&[0; 56], None), None);
    let stated = Demand::of(&[0; 56], Some(9.5)).unwrap();
    assert_eq!((stated.mean_per_day, stated.deviation_per_day), (9.5, None));
    assert_eq!(Demand::stated(f64::NAN), None);
}

#[test]
fn safety_factors_are_those_of_the_tables() {
    // Any table of the normal distribution; the digits are those of Wichura's test values.
    close(safety_factor(0.5).unwrap(), 0.0);
    close(safety_factor(0.9).unwrap(), 1.2816);
    close(safety_factor(0.95).unwrap(), 1.6449);
    close(safety_factor(0.975).unwrap(), 1.9600);
    close(safety_factor(0.999).unwrap(), 3.0902);
    for none in [0.49, 1.0, f64::NAN] {
        assert_eq!(safety_factor(none), None);
    }
}

#[test]
fn a_reorder_point_worked_out_by_hand() {
    // Lead time 9 days: √9 = 3. Safety stock 1.6449 · 5.6569 · 3 = 27.914; 10 · 9 = 90 over the
    // lead time; 117.914, rounded up 118.
    let (demand, lead_time) = (fortnight(), LeadTime::agreed(9));
    close(safety_stock(&demand, lead_time, 0.95).unwrap(), 27.9144);
    assert_eq!(reorder_point(&demand, lead_time, 0.95), Some(118));
    // 28 days more: 118 + 280.
    assert_eq!(target_level(118, &demand, 28), Some(398));
    assert_eq!(days_of_cover(118, &demand), Some(11));
}

#[test]
fn deliveries_that_vary_need_more() {
    // Days 7 9 11: mean 9, squares 4 0 4, 8 / 2 = 4, deviation 2. L·σd² = 9 · 32 = 288;
    // d²·σL² = 100 · 4 = 400; √688 = 26.2298; · 1.6449 = 43.144. 90 + 43.144, rounded up 134.
    let lead_time = LeadTime::observed(9, &[7, 9, 11]);
    close(lead_time.deviation.unwrap(), 2.0);
    close(
        safety_stock(&fortnight(), lead_time, 0.95).unwrap(),
        43.1438,
    );
    assert_eq!(reorder_point(&fortnight(), lead_time, 0.95), Some(134));
    assert_eq!(LeadTime::observed(9, &[7, 11]), LeadTime::agreed(9));
}

#[test]
fn what_is_not_known_makes_no_figure() {
    let stated = Demand::stated(10.0).unwrap();
    assert_eq!(safety_stock(&stated, LeadTime::agreed(9), 0.95), None);
    assert_eq!(reorder_point(&stated, LeadTime::agreed(9), 0.95), None);
    // But how long stock lasts, and how far to order up from a set reorder point, is known.
    assert_eq!(days_of_cover(95, &stated), Some(9));
    assert_eq!(target_level(40, &stated, 7), Some(110));
    let none = Demand::stated(0.0).unwrap();
    assert_eq!(days_of_cover(5, &none), None);
    assert_eq!(target_level(40, &none, 7), None);
}

#[test]
fn the_economic_order_quantity_of_the_textbook() {
    // 2 · 1,200 · 50 / 3 = 40,000, whose root is 200.
    assert_eq!(economic_order_quantity(1_200.0, 50.0, 3.0), Some(200));
    // 2 · 3,650 · 20 / 1.5 = 97,333.3; its root is 311.98.
    assert_eq!(economic_order_quantity(3_650.0, 20.0, 1.5), Some(312));
    assert_eq!(economic_order_quantity(0.1, 0.1, 100.0), Some(1));
    for (demand, order, holding) in [(0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0)] {
        assert_eq!(economic_order_quantity(demand, order, holding), None);
    }
}

#[test]
fn orders_are_whole_packs_and_no_less_than_the_minimum() {
    assert_eq!(order_quantity(45, None, None), 45);
    assert_eq!(order_quantity(45, Some(100), None), 100);
    assert_eq!(order_quantity(45, None, Some(12)), 48);
    assert_eq!(order_quantity(45, Some(100), Some(12)), 108);
    assert_eq!(order_quantity(48, None, Some(12)), 48);
    assert_eq!(order_quantity(0, Some(100), Some(12)), 0);
    assert_eq!(order_quantity(-5, None, Some(12)), 0);
    assert_eq!(order_quantity(5, Some(-1), Some(0)), 5);
    assert_eq!(order_quantity(i64::MAX, None, Some(10)) % 10, 0);
}

#[test]
fn whole_numbers_stay_what_they_are() {
    // 0.1 · 30 is 3.0000000000000004 in floating point.
    assert_eq!((up(0.1 * 30.0), up(2.0), up(2.1), up(-1.0)), (3, 2, 3, 0));
}

fn demand() -> impl Strategy<Value = Demand> {
    prop::collection::vec(0_i64..500, LEAST_DAYS..90)
        .prop_filter_map("too few sales", |daily| Demand::from_daily(&daily))
}

proptest! {
    #[test]
    fn a_longer_lead_time_never_lowers_the_reorder_point(demand in demand(), days in 0..60) {
        let (shorter, longer) = (LeadTime::agreed(days), LeadTime::agreed(days + 1));
        prop_assert!(reorder_point(&demand, shorter, 0.95) <= reorder_point(&demand, longer, 0.95));
    }

    #[test]
    fn a_higher_service_level_or_later_deliveries_never_lower_it(
        demand in demand(), days in 0..60, level in 0.5..0.99, late in 0.0..20.0,
    ) {
        let lead_time = LeadTime::agreed(days);
        let usual = reorder_point(&demand, lead_time, level);
        prop_assert!(usual <= reorder_point(&demand, lead_time, level + 0.009));
        let varying = LeadTime { deviation: Some(late), ..lead_time };
        prop_assert!(usual <= reorder_point(&demand, varying, level));
    }

    #[test]
    fn the_target_is_above_the_reorder_point_and_lasts_the_review(
        demand in demand(), days in 0..60, review in 1_u32..90,
    ) {
        let point = reorder_point(&demand, LeadTime::agreed(days), 0.95).unwrap();
        let target = target_level(point, &demand, review).unwrap();
        prop_assert!(target > point);
        prop_assert!(days_of_cover(target - point, &demand).unwrap() >= i64::from(review) - 1);
    }

    #[test]
    fn scaling_demand_scales_its_figures(daily in prop::collection::vec(0_i64..500, 30), by in 2_i64..9) {
        let scaled: Vec<_> = daily.iter().map(|units| units * by).collect();
        if let (Some(one), Some(many)) = (Demand::from_daily(&daily), Demand::from_daily(&scaled)) {
            prop_assert!((many.mean_per_day - one.mean_per_day * by as f64).abs() < 1e-6);
            let deviation = one.deviation_per_day.unwrap() * by as f64;
            prop_assert!((many.deviation_per_day.unwrap() - deviation).abs() < 1e-6);
        }
    }

    #[test]
    fn an_order_fits_every_rule_and_is_the_smallest_that_does(
        wanted in 1_i64..10_000, minimum in prop::option::of(1_i64..5_000), pack in prop::option::of(1_i64..200),
    ) {
        let order = order_quantity(wanted, minimum, pack);
        let (least, pack) = (wanted.max(minimum.unwrap_or(0)), pack.unwrap_or(1));
        prop_assert!(order >= least && order % pack == 0);
        prop_assert!(order - pack < least);
    }
}
