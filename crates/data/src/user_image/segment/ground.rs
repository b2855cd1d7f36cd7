//! What lies under the ink: sheets, tables, canvases, and the same in a shadow. A ground is a wide area within which
//! light changes slowly; its shade goes on under what lies on it.

use hourglass_protocol::Paper;

use super::areas::{areas, choose};
use super::plane::Plane;
use crate::user_image::distance::nearest;
use crate::user_image::paper::{Surface, quantile};
use crate::user_image::pixels::small;

/// Difference of light over a ground from which on it counts as uneven.
const UNEVEN_FROM: f32 = 0.06;

/// Pixels of a ground from which on its unevenness can be told.
const LEAST_UNEVEN: usize = 300;

/// How far grounds reach into each other where they meet, in pixels: the blur of the edge between them.
const SEAM: usize = 4;

/// The grounds of a picture, carried on under what lies on them.
pub struct Grounds {
    /// Shade under each pixel where ink is darker, and where it is lighter: they differ where two grounds meet.
    pub under: [Plane; 2],
    /// Whether each pixel belongs to a ground itself.
    pub is_ground: Vec<bool>,
    /// Which ground each pixel lies on.
    pub of: Vec<u16>,
    /// Whether each ground is uneven.
    pub papers: Vec<Paper>,
}

impl Grounds {
    /// Finds them in a picture without its noise; `None` if nothing is even. `flat_step` is how much light may
    /// change from pixel to pixel within one. With `only_main`, other shades than the main one are none.
    pub fn of(
        light: &Plane,
        flat_step: f32,
        paper: Option<Paper>,
        only_main: bool,
    ) -> Option<Self> {
        let (mut areas, area_of) = areas(light, flat_step);
        let is_ground = choose(&mut areas, &area_of, light, only_main);
        let numbers = numbered(&is_ground);
        let of: Vec<u16> = area_of
            .iter()
            .map(|area| area.map_or(u16::MAX, |area| numbers[area]))
            .collect();
        let mut samples: Vec<Vec<usize>> = Vec::new();
        for (idx, number) in of.iter().enumerate() {
            if *number != u16::MAX {
                let number = usize::from(*number);
                samples.resize_with(samples.len().max(number + 1), Vec::new);
                samples[number].push(idx);
            }
        }
        if samples.is_empty() {
            return None;
        }
        let is_ground = of.iter().map(|number| *number != u16::MAX).collect();
        let carried_on = nearest(&of, light.width, u16::MAX);
        let of: Vec<u16> = carried_on.into_iter().map(|(number, _)| number).collect();
        let fitted: Vec<Fitted> = samples
            .iter()
            .map(|pixels| Fitted::to(light, pixels, paper))
            .collect();
        let shade = |(idx, number): (usize, &u16)| {
            fitted
                .get(usize::from(*number))
                .map_or(0.0, |ground| ground.at(idx, light))
        };
        let shades = Plane {
            values: of.iter().enumerate().map(shade).collect(),
            ..*light
        };
        let under = if fitted.len() > 1 {
            seams(&shades)
        } else {
            [shades.clone(), shades]
        };
        Some(Self {
            under,
            is_ground,
            of,
            papers: fitted.iter().map(|ground| ground.paper).collect(),
        })
    }
}

/// Numbers for those that are chosen.
fn numbered(chosen: &[bool]) -> Vec<u16> {
    let mut next = 0;
    let number = |chosen: &bool| {
        if *chosen && next < u16::MAX {
            next += 1;
            next - 1
        } else {
            u16::MAX
        }
    };
    chosen.iter().map(number).collect()
}

/// The least and the most shade near each pixel, where two grounds meet.
fn seams(shades: &Plane) -> [Plane; 2] {
    let (least, most) = (
        shades.extreme(SEAM, f32::min),
        shades.extreme(SEAM, f32::max),
    );
    let mut under = [least.clone(), most.clone()];
    for (idx, (least, most)) in least.values.iter().zip(&most.values).enumerate() {
        if most - least < 0.03 {
            for plane in &mut under {
                plane.values[idx] = shades.values[idx];
            }
        }
    }
    under
}

/// The shade of a ground.
struct Fitted {
    paper: Paper,
    surface: Surface,
    /// Least and most of it on the ground itself: far from there it is not to be trusted.
    range: [f32; 2],
}

impl Fitted {
    fn to(light: &Plane, pixels: &[usize], paper: Option<Paper>) -> Self {
        let step = (pixels.len() / 4000).max(1);
        let samples: Vec<([f32; 2], f32)> = pixels
            .iter()
            .step_by(step)
            .map(|&idx| (place(idx, light), light.values[idx]))
            .collect();
        let mut values: Vec<f32> = samples.iter().map(|sample| sample.1).collect();
        values.sort_unstable_by(f32::total_cmp);
        let flat = Self {
            paper: Paper::Flat,
            surface: Surface::flat(quantile(&values, 0.5)),
            range: [0.0, 1.0],
        };
        let may_be_uneven = match paper {
            Some(Paper::Flat) => false,
            Some(Paper::Uneven) => true,
            None => {
                let spread = quantile(&values, 0.95) - quantile(&values, 0.05);
                spread > UNEVEN_FROM && pixels.len() >= LEAST_UNEVEN
            }
        };
        let fitted = may_be_uneven.then(|| Surface::fit(&samples)).flatten();
        let Some(surface) = fitted else {
            return flat;
        };
        let mut shades: Vec<f32> = samples.iter().map(|sample| surface.at(sample.0)).collect();
        shades.sort_unstable_by(f32::total_cmp);
        let range = [quantile(&shades, 0.0), quantile(&shades, 1.0)];
        let spread = quantile(&shades, 0.95) - quantile(&shades, 0.05);
        if paper.is_none() && spread < UNEVEN_FROM {
            return flat;
        }
        Self {
            paper: Paper::Uneven,
            surface,
            range,
        }
    }

    fn at(&self, idx: usize, light: &Plane) -> f32 {
        let [least, most] = self.range;
        self.surface.at(place(idx, light)).clamp(least, most)
    }
}

/// A pixel's place, −1..1 along both axes.
fn place(idx: usize, plane: &Plane) -> [f32; 2] {
    let along = |at: usize, side: usize| 2.0 * (small(at) + 0.5) / small(side) - 1.0;
    [
        along(idx % plane.width, plane.width),
        along(idx / plane.width, plane.height),
    ]
}
