//! Points on the Earth.

/// The mean radius of the Earth in kilometres (IUGG).
const EARTH_KM: f64 = 6_371.008_8;

/// The distance of two points in kilometres along the surface, each in degrees north and east: the
/// haversine formula, which is off by half a per cent at most.
#[must_use]
pub fn distance_km(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (north, other_north) = (from.0.to_radians(), to.0.to_radians());
    let (up, across) = (other_north - north, (to.1 - from.1).to_radians());
    let h =
        (up / 2.0).sin().powi(2) + north.cos() * other_north.cos() * (across / 2.0).sin().powi(2);
    2.0 * EARTH_KM * h.clamp(0.0, 1.0).sqrt().asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_of_known_points() {
        for (from, to, km) in [
            ((51.9244, 4.4777), (51.9244, 4.4777), 0.0),
            // Rotterdam to Amsterdam; New York to Newark; half round the world.
            ((51.9244, 4.4777), (52.3676, 4.9041), 57.3),
            ((40.7128, -74.0060), (40.7357, -74.1724), 14.3),
            ((0.0, 0.0), (0.0, 180.0), 20_015.1),
            ((0.0, 179.5), (0.0, -179.5), 111.2),
        ] {
            let found = distance_km(from, to);
            assert!((found - km).abs() < 0.2, "{from:?} {to:?}: {found}");
        }
    }
}
