//! The way from one code to another.

/// Places on the straight line, both ends included: `(1 − t) a + t b`, `[n_places, size]`.
#[must_use]
pub fn straight(from: &[f32], to: &[f32], n_places: usize) -> Vec<f32> {
    weighted(from, to, n_places, |t| [1.0 - t, t])
}

/// Places on the arc of a great circle, both ends included, `[n_places, size]` (Shoemake 1985):
///
/// `sin((1 − t) ω) / sin ω · a + sin(t ω) / sin ω · b`, where `ω` is the angle between the codes.
///
/// In many dimensions nearly all of N(0, I) lies at one distance from the origin, which the straight line
/// leaves. Codes in one direction or in opposite ones lie on no single great circle: they are joined straight.
#[must_use]
pub fn arc(from: &[f32], to: &[f32], n_places: usize) -> Vec<f32> {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
        products.sum()
    };
    let lengths = (dot(from, from) * dot(to, to)).sqrt();
    let omega = (dot(from, to) / lengths).clamp(-1.0, 1.0).acos();
    let sine = omega.sin();
    // Not a number where a code is all zeros.
    if sine.is_nan() || sine < 1e-6 {
        return straight(from, to, n_places);
    }
    weighted(from, to, n_places, |t| {
        [((1.0 - t) * omega).sin() / sine, (t * omega).sin() / sine]
    })
}

fn weighted(
    from: &[f32],
    to: &[f32],
    n_places: usize,
    weights: impl Fn(f64) -> [f64; 2],
) -> Vec<f32> {
    let last = n_places.saturating_sub(1).max(1) as f64;
    let at = |place: usize| {
        let [of_from, of_to] = weights(place as f64 / last);
        let units = from.iter().zip(to);
        units.map(move |(&a, &b)| (of_from * f64::from(a) + of_to * f64::from(b)) as f32)
    };
    (0..n_places).flat_map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_straight_way_is_even_and_has_both_ends() {
        let way = straight(&[0.0, 4.0], &[8.0, 0.0], 5);
        assert_eq!(way, [0.0, 4.0, 2.0, 3.0, 4.0, 2.0, 6.0, 1.0, 8.0, 0.0]);
        assert_eq!(straight(&[3.0], &[5.0], 1), [3.0]);
    }

    #[test]
    fn an_arc_turns_evenly() {
        // A quarter of the unit circle in three places: 0°, 45°, 90°.
        let way = arc(&[1.0, 0.0], &[0.0, 1.0], 3);
        let half = 0.5_f32.sqrt();
        for (found, expected) in way.iter().zip([1.0, 0.0, half, half, 0.0, 1.0]) {
            assert!((found - expected).abs() < 1e-6, "{way:?}");
        }
    }

    #[test]
    fn codes_without_an_angle_are_joined_straight() {
        for [from, to] in [
            [[1.0, 1.0], [2.0, 2.0]],
            [[1.0, 0.0], [-1.0, 0.0]],
            [[0.0, 0.0], [3.0, 1.0]],
        ] {
            assert_eq!(arc(&from, &to, 4), straight(&from, &to, 4));
        }
    }

    proptest! {
        /// On the sphere, an arc stays on it.
        #[test]
        fn an_arc_keeps_the_length_of_codes_of_equal_length(
            a in prop::collection::vec(-1.0..1.0_f32, 8), b in prop::collection::vec(-1.0..1.0_f32, 8),
        ) {
            let length = |code: &[f32]| code.iter().map(|v| v * v).sum::<f32>().sqrt();
            prop_assume!(length(&a) > 0.1 && length(&b) > 0.1);
            let unit = |code: &[f32]| -> Vec<f32> { code.iter().map(|v| v / length(code)).collect() };
            let (a, b) = (unit(&a), unit(&b));
            let cosine: f32 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
            prop_assume!(cosine.abs() < 0.999);
            for code in arc(&a, &b, 7).chunks_exact(8) {
                prop_assert!((length(code) - 1.0).abs() < 1e-4);
            }
        }
    }
}
