//! The exponential function, in arithmetic that loops can vectorise.

/// `eˣ` for what is not positive, to two units in the last place; below −87, where f32 ends, `e⁻⁸⁷`. What is not a
/// number stays none. Without a call, so that loops over it are computed several values at a time.
///
/// `x = n ln 2 + r` with whole `n` leaves `|r| ≤ ½ ln 2`, where a polynomial does (Moshier, Cephes, `expf`).
#[inline(always)]
#[must_use]
pub fn exp_of_negative(x: f32) -> f32 {
    /// Added to a small number, this leaves its nearest whole number in the last bits.
    const ROUND: f32 = 12_582_912.0; // 1.5 · 2²³
    /// ln 2 in two parts, of which the first has few digits: its products with whole numbers are exact.
    const LN_2: [f32; 2] = [355.0 / 512.0, -2.121_944_4e-4];
    const POLYNOMIAL: [f32; 6] = [
        1.987_569_1e-4,
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ];
    let x = if x < -87.0 { -87.0 } else { x };
    let rounded = x * std::f32::consts::LOG2_E + ROUND;
    let n = rounded - ROUND;
    let r = x - n * LN_2[0] - n * LN_2[1];
    let mut p = 0.0;
    for factor in POLYNOMIAL {
        p = p * r + factor;
    }
    let exponent = rounded.to_bits().wrapping_sub(ROUND.to_bits());
    let power = f32::from_bits(exponent.wrapping_add(127) << 23); // 2ⁿ
    (p * (r * r) + r + 1.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_right_to_two_units_in_the_last_place() {
        for step in 0..=870_000_u32 {
            let x = (-f64::from(step) * 1e-4) as f32;
            let exact = f64::from(x).exp();
            let error = (f64::from(exp_of_negative(x)) - exact).abs() / exact;
            assert!(error < 2.0 * f64::from(f32::EPSILON), "{x}: {error}");
        }
        assert!(exp_of_negative(f32::NAN).is_nan());
        assert!((0.0..1e-37).contains(&exp_of_negative(f32::NEG_INFINITY)));
    }
}
