//! The paper under the ink: its shade, how it changes over the picture, and its noise.

/// Share of the shorter side that the border takes.
const BORDER_SHARE: f32 = 0.02;

/// Difference of light along the border from which on the paper counts as uneven.
const UNEVEN_FROM: f32 = 0.06;

/// A smaller picture is all strokes, also along its border: its corners are paper.
pub const LEAST_SIDE: usize = 20;

/// Noise below this is the rounding of eight bits.
pub const LEAST_NOISE: f32 = 0.004;

/// A grey picture: light of each pixel, 0..1.
#[derive(Clone, Copy)]
pub struct Grey<'a> {
    pub width: usize,
    pub height: usize,
    pub light: &'a [f32],
}

/// The paper as its border shows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Border {
    /// Median light.
    pub shade: f32,
    /// Whether what stands out from it is darker.
    pub is_light: bool,
    /// Whether it differs from one side to another.
    pub is_uneven: bool,
}

impl Border {
    /// Looks at the outermost pixels. Ink is what stands out from them: on whichever side of their shade the
    /// cubed differences add up to more, since a little ink differs by more than much of a shadow.
    #[must_use]
    pub fn of(grey: Grey<'_>) -> Self {
        if grey.width.min(grey.height) < LEAST_SIDE && grey.light.len() > 1 {
            return Self::by_corners(grey);
        }
        let mut border = border_pixels(grey);
        border.sort_unstable_by(f32::total_cmp);
        let shade = quantile(&border, 0.5);
        let is_uneven = quantile(&border, 0.9) - quantile(&border, 0.1) > UNEVEN_FROM;
        let differences = if is_uneven {
            above(grey, 1.0, [3.0, 3.0])
        } else {
            above_flat(grey, shade, 1.0)
        };
        let [mut darker, mut lighter] = [0.0_f64; 2];
        for difference in differences {
            let cubed = f64::from(difference).powi(3);
            if cubed < 0.0 {
                darker -= cubed;
            } else {
                lighter += cubed;
            }
        }
        let is_blank = darker.max(lighter) < 1e-9;
        Self {
            shade,
            is_light: if is_blank {
                shade >= 0.5
            } else {
                darker > lighter
            },
            is_uneven,
        }
    }
}

/// A shade that is a polynomial of second degree in the place.
#[derive(Clone, Copy, Debug)]
pub struct Surface([f64; TERMS]);

impl Surface {
    /// One shade everywhere.
    pub fn flat(shade: f32) -> Self {
        let mut terms = [0.0; TERMS];
        terms[0] = f64::from(shade);
        Self(terms)
    }

    /// Fits values at places in −1..1 along both axes; those far off are left out, and found again after each fit.
    /// `None` if the samples do not determine it.
    pub fn fit(samples: &[([f32; 2], f32)]) -> Option<Self> {
        const FITS: usize = 4;
        let samples: Vec<([f64; TERMS], f64)> = samples
            .iter()
            .map(|(place, value)| (terms(place.map(f64::from)), f64::from(*value)))
            .collect();
        let mut is_kept = vec![true; samples.len()];
        let mut surface = None;
        for _ in 0..FITS {
            let kept = samples.iter().zip(&is_kept).filter(|(_, kept)| **kept);
            let fitted = least_squares(kept.map(|(sample, _)| sample))?;
            let off = |(at, value): &([f64; TERMS], f64)| (value - dot(&fitted, at)).abs();
            let sizes = samples.iter().map(|sample| narrow(off(sample))).collect();
            let spread = f64::from(spread(sizes)).max(0.002);
            for (kept, sample) in is_kept.iter_mut().zip(&samples) {
                *kept = off(sample) < 3.0 * spread;
            }
            surface = Some(Self(fitted));
        }
        surface
    }

    /// The shade at a place in −1..1 along both axes.
    pub fn at(&self, place: [f32; 2]) -> f32 {
        narrow(dot(&self.0, &terms(place.map(f64::from))))
    }
}

impl Border {
    fn by_corners(grey: Grey<'_>) -> Self {
        let end = grey.light.len();
        let mut corners = [0, grey.width - 1, end - grey.width, end - 1].map(|idx| grey.light[idx]);
        corners.sort_unstable_by(f32::total_cmp);
        let shade = f32::midpoint(corners[1], corners[2]);
        let [least, most] = grey
            .light
            .iter()
            .fold([f32::INFINITY, 0.0], |[a, b], &light| {
                [light.min(a), light.max(b)]
            });
        Self {
            shade,
            is_light: shade - least > most - shade || most - least < 1e-6 && shade >= 0.5,
            is_uneven: false,
        }
    }
}

/// How far each pixel stands out from paper of one shade; `sign` is −1 where ink is darker than paper.
#[must_use]
pub fn above_flat(grey: Grey<'_>, shade: f32, sign: f32) -> Vec<f32> {
    let above = |light: &f32| sign * (light - shade);
    grey.light.iter().map(above).collect()
}

/// How far each pixel stands out from paper whose shade is a polynomial of second degree in the place: a
/// shadow or a falling-off of light. It is fitted to what is not ink, found again after each fit.
#[must_use]
pub fn above_uneven(grey: Grey<'_>, sign: f32) -> Vec<f32> {
    above(grey, sign, [4.0, 2.0]) // ink lies above the paper: what lies there goes sooner
}

/// The same, except that values below or above the fit by this many times its spread are not paper.
fn above(grey: Grey<'_>, sign: f32, [most_below, most_above]: [f64; 2]) -> Vec<f32> {
    /// Places along each side at which the paper is sampled.
    const PLACES: usize = 64;
    /// Fits; the set of ink rests long before.
    const FITS: usize = 10;
    let step = |side: usize| side.div_ceil(PLACES).max(1);
    let (across, down) = (step(grey.width), step(grey.height));
    let mut samples = Vec::new();
    for row in (down / 2..grey.height).step_by(down) {
        for column in (across / 2..grey.width).step_by(across) {
            let light = f64::from(sign * grey.light[row * grey.width + column]);
            samples.push((basis(grey, row, column), light));
        }
    }
    let mut is_paper = vec![true; samples.len()];
    let mut surface = [0.0; TERMS];
    for _ in 0..FITS {
        let kept = samples.iter().zip(&is_paper).filter(|(_, kept)| **kept);
        let Some(fitted) = least_squares(kept.map(|(sample, _)| sample)) else {
            break;
        };
        surface = fitted;
        let above: Vec<f64> = samples
            .iter()
            .map(|(at, light)| light - dot(&surface, at))
            .collect();
        let mut sizes: Vec<f32> = above
            .iter()
            .zip(&is_paper)
            .filter(|(_, kept)| **kept)
            .map(|(above, _)| narrow(above.abs()))
            .collect();
        sizes.sort_unstable_by(f32::total_cmp);
        let spread = f64::from(1.4826 * quantile(&sizes, 0.5)).max(0.002);
        for (kept, above) in is_paper.iter_mut().zip(above) {
            *kept = above < most_above * spread && above > -most_below * spread;
        }
    }
    let pixels = 0..grey.light.len();
    pixels
        .map(|idx| {
            let at = basis(grey, idx / grey.width, idx % grey.width);
            sign * grey.light[idx] - narrow(dot(&surface, &at))
        })
        .collect()
}

/// Standard deviation of the paper's noise along the border, found from the median so that ink which reaches
/// the border does not count.
#[must_use]
pub fn noise(width: usize, height: usize, above: &[f32]) -> f32 {
    noise_of(border_pixels(Grey {
        width,
        height,
        light: above,
    }))
}

/// The same of values that are paper, most of them; 0 where it is the rounding of eight bits.
pub fn noise_of(mut values: Vec<f32>) -> f32 {
    values.sort_unstable_by(f32::total_cmp);
    let middle = quantile(&values, 0.5);
    let noise = spread(values.iter().map(|value| value - middle).collect());
    if noise < LEAST_NOISE { 0.0 } else { noise }
}

/// Standard deviation of values around 0, from the median of their sizes: the few that are far off do not count.
pub fn spread(mut off: Vec<f32>) -> f32 {
    for value in &mut off {
        *value = value.abs();
    }
    off.sort_unstable_by(f32::total_cmp);
    1.4826 * quantile(&off, 0.5)
}

/// The values within the border.
fn border_pixels(grey: Grey<'_>) -> Vec<f32> {
    let Grey {
        width,
        height,
        light,
    } = grey;
    let depth = (BORDER_SHARE * width.min(height) as f32).round().max(1.0) as usize;
    let mut found = Vec::new();
    for (row, pixels) in light.chunks_exact(width).enumerate() {
        if row < depth || row + depth >= height {
            found.extend_from_slice(pixels);
        } else {
            let depth = depth.min(width);
            found.extend_from_slice(&pixels[..depth]);
            found.extend_from_slice(&pixels[width - depth..]);
        }
    }
    found
}

/// The value below which a share of sorted values lies; 0 of none.
pub(super) fn quantile(sorted: &[f32], share: f32) -> f32 {
    let last = sorted.len().saturating_sub(1);
    let at = (share * last as f32).round() as usize;
    sorted.get(at.min(last)).copied().unwrap_or(0.0)
}

/// Terms of a polynomial of second degree in two variables.
const TERMS: usize = 6;

/// 1, x, y, x², xy, y² with x and y in −1..1.
fn basis(grey: Grey<'_>, row: usize, column: usize) -> [f64; TERMS] {
    let along = |at: usize, side: usize| 2.0 * (at as f64 + 0.5) / side as f64 - 1.0;
    terms([along(column, grey.width), along(row, grey.height)])
}

fn terms([x, y]: [f64; 2]) -> [f64; TERMS] {
    [1.0, x, y, x * x, x * y, y * y]
}

fn dot(a: &[f64; TERMS], b: &[f64; TERMS]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The coefficients that fit best; `None` if the samples do not determine them.
fn least_squares<'a>(
    samples: impl Iterator<Item = &'a ([f64; TERMS], f64)>,
) -> Option<[f64; TERMS]> {
    let mut rows = [[0.0; TERMS + 1]; TERMS];
    for (at, light) in samples {
        for (row, a) in rows.iter_mut().zip(at) {
            for (value, b) in row.iter_mut().zip(at.iter().chain([light])) {
                *value += a * b;
            }
        }
    }
    // Gauss and Jordan with the largest pivot.
    for pivot in 0..TERMS {
        let best = (pivot..TERMS).max_by(|&a, &b| {
            let size = |row: usize| rows[row][pivot].abs();
            size(a).total_cmp(&size(b))
        })?;
        rows.swap(pivot, best);
        let scale = rows[pivot][pivot];
        if scale.abs() < 1e-9 {
            return None;
        }
        rows[pivot] = rows[pivot].map(|value| value / scale);
        let solved = rows[pivot];
        for (idx, row) in rows.iter_mut().enumerate() {
            if idx != pivot {
                let factor = row[pivot];
                for (value, solved) in row.iter_mut().zip(solved) {
                    *value -= factor * solved;
                }
            }
        }
    }
    Some(rows.map(|row| row[TERMS]))
}

fn narrow(value: f64) -> f32 {
    value as f32
}
