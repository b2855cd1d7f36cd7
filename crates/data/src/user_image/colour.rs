//! Light by colour, for pictures in which lightness shows little.

use super::paper::quantile;

/// Colour that lies nearer to grey is grey.
const LEAST_CHROMA: f32 = 0.06;

/// Share of the range of colours that the range of luma must have for luma to tell ink from paper.
const LUMA_SHARE: f32 = 0.35;

/// What red, green and blue give to luma (Rec. 709).
pub(super) const LUMA: [f32; 3] = [0.2126, 0.7152, 0.0722];

/// Red, green and blue of a pixel, 0..1, from its luma and two of them.
pub(super) fn rgb(luma: f32, red_blue: [u8; 2]) -> [f32; 3] {
    let [red, blue] = red_blue.map(|byte| f32::from(byte) / 255.0);
    let green = (luma - LUMA[0] * red - LUMA[2] * blue) / LUMA[1];
    [red, green, blue]
}

/// Light along the direction in which colours differ most, where luma has little of it.
pub(super) fn by_colour(luma: &[f32], red_blue: &[[u8; 2]]) -> Option<Vec<f32>> {
    const SAMPLES: usize = 20_000;
    let colour = |idx: usize| rgb(luma[idx], red_blue[idx]);
    let is_colour = |idx: usize| {
        let [red, _, blue] = colour(idx);
        (red - luma[idx]).abs().max((blue - luma[idx]).abs()) > LEAST_CHROMA
    };
    if !(0..luma.len()).any(is_colour) {
        return None;
    }
    let samples: Vec<[f32; 3]> = (0..luma.len())
        .step_by((luma.len() / SAMPLES).max(1))
        .map(colour)
        .collect();
    let n = samples.len().max(1) as f32;
    let mut mean = [0.0; 3];
    for sample in &samples {
        for (sum, value) in mean.iter_mut().zip(sample) {
            *sum += value / n;
        }
    }
    let mut covariance = [[0.0; 3]; 3];
    for sample in &samples {
        let off = [0, 1, 2].map(|axis| sample[axis] - mean[axis]);
        for (row, a) in covariance.iter_mut().zip(off) {
            for (value, b) in row.iter_mut().zip(off) {
                *value += a * b / n;
            }
        }
    }
    // The direction of the largest variance, by multiplying with it again and again.
    let mut direction = [0.9, -0.5, 0.3];
    for _ in 0..50 {
        let next = covariance.map(|row| dot(row, direction));
        let length = dot(next, next).sqrt();
        if length < 1e-9 {
            return None;
        }
        direction = next.map(|value| value / length);
    }
    let range = |value: &dyn Fn(&[f32; 3]) -> f32| {
        let mut values: Vec<f32> = samples.iter().map(value).collect();
        values.sort_unstable_by(f32::total_cmp);
        [quantile(&values, 0.002), quantile(&values, 0.998)]
    };
    let [darkest, lightest] = range(&|sample| dot(*sample, LUMA));
    let [least, most] = range(&|sample| dot(*sample, direction));
    let is_by_luma =
        lightest - darkest >= LUMA_SHARE * (most - least) || most - least < LEAST_CHROMA;
    (!is_by_luma).then(|| {
        let scale = (most - least).max(1.0).recip();
        let light = |idx| ((dot(colour(idx), direction) - least) * scale).clamp(0.0, 1.0);
        (0..luma.len()).map(light).collect()
    })
}

pub(super) fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
