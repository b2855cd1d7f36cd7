//! What lies under the ink: sheets, tables, canvases, and the same in a shadow. A ground is a wide area within which
//! light changes slowly; its shade goes on under what lies on it.

use std::collections::VecDeque;

use crate::protocol::Paper;

use super::plane::{Plane, depths, small};
use crate::data::photo::paper::{Surface, quantile};

/// Share of the widest area's radius from which on an area can be ground.
const WIDE_SHARE: f32 = 0.25;

/// An area so many times as large as the largest circle in it is a stroke, or a margin.
const LONG: f32 = 8.0;

/// Share of the border of the picture from which on even a long area is ground.
const BORDER_SHARE: f32 = 0.4;

/// Difference of light, as a share of the picture's range, within which areas have one shade.
const SAME_SHADE: f32 = 0.12;

/// Difference of light over a ground from which on it counts as uneven.
const UNEVEN_FROM: f32 = 0.06;

/// Pixels of a ground from which on its unevenness can be told.
const LEAST_UNEVEN: usize = 300;

/// How far grounds reach into each other where they meet, in pixels: the blur of the edge between them.
const SEAM: usize = 4;

/// An area of slowly changing light.
struct Area {
    n_pixels: usize,
    /// Radius of the largest circle in it.
    radius: f32,
    /// Pixels of it at the picture's border.
    n_border: usize,
    sum: f64,
    /// Which shade it has, by number.
    shade: usize,
}

impl Area {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "light needs no more than f32, and an area is small"
    )]
    fn mean(&self) -> f32 {
        (self.sum / self.n_pixels.max(1) as f64) as f32
    }
}

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
    /// Finds them in a picture without its noise; none where nothing is even. `flat_step` is how much light may
    /// change from pixel to pixel within one.
    pub fn of(light: &Plane, flat_step: f32, paper: Option<Paper>) -> Option<Self> {
        let (areas, area_of) = areas(light, flat_step);
        let is_ground = choose(&areas, light);
        let numbers = numbered(&is_ground);
        let mut of: Vec<u16> = area_of
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
        carry_on(&mut of, light.width);
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

/// Areas in which light changes by less than a step over three pixels, and which one each pixel is in.
fn areas(light: &Plane, flat_step: f32) -> (Vec<Area>, Vec<Option<usize>>) {
    let (width, height) = (light.width, light.height);
    let (least, most) = (light.extreme(1, f32::min), light.extreme(1, f32::max));
    let is_flat: Vec<bool> = least
        .values
        .iter()
        .zip(&most.values)
        .map(|(least, most)| most - least <= flat_step)
        .collect();
    let depth = depths(width, height, |idx| is_flat[idx]);
    let mut areas = Vec::new();
    let mut area_of = vec![None; is_flat.len()];
    let mut waiting = Vec::new();
    for start in 0..is_flat.len() {
        if !is_flat[start] || area_of[start].is_some() {
            continue;
        }
        let number = areas.len();
        let mut area = Area {
            n_pixels: 0,
            radius: 0.0,
            n_border: 0,
            sum: 0.0,
            shade: 0,
        };
        area_of[start] = Some(number);
        waiting.push(start);
        while let Some(idx) = waiting.pop() {
            let (row, column) = (idx / width, idx % width);
            let at_border = row == 0 || column == 0 || row + 1 == height || column + 1 == width;
            area.n_pixels += 1;
            area.n_border += usize::from(at_border);
            area.radius = area.radius.max(depth[idx]);
            area.sum += f64::from(light.values[idx]);
            let beside = [
                (column > 0).then(|| idx - 1),
                (column + 1 < width).then(|| idx + 1),
                (row > 0).then(|| idx - width),
                (row + 1 < height).then(|| idx + width),
            ];
            for next in beside.into_iter().flatten() {
                if is_flat[next] && area_of[next].is_none() {
                    area_of[next] = Some(number);
                    waiting.push(next);
                }
            }
        }
        area.radius += 1.0; // its outermost pixel has a neighbour on an edge
        areas.push(area);
    }
    (areas, area_of)
}

/// Which areas are ground: wide ones. A long one is a stroke, unless it is of the shade that takes the most room, or
/// runs along the border.
fn choose(areas: &[Area], light: &Plane) -> Vec<bool> {
    let [least, most] = light.range();
    let mut order: Vec<usize> = (0..areas.len()).collect();
    order.sort_by_key(|&idx| std::cmp::Reverse(areas[idx].n_pixels));
    let mut shades: Vec<(f32, usize)> = Vec::new(); // light, and pixels of it
    let mut shade_of = vec![0; areas.len()];
    for idx in order {
        let mean = areas[idx].mean();
        let same = |shade: &(f32, usize)| (shade.0 - mean).abs() < SAME_SHADE * (most - least);
        let shade = shades.iter().position(same).unwrap_or_else(|| {
            shades.push((mean, 0));
            shades.len() - 1
        });
        shades[shade].1 += areas[idx].n_pixels;
        shade_of[idx] = shade;
    }
    let largest = (0..shades.len()).max_by_key(|&shade| shades[shade].1);
    let widest = areas.iter().map(|area| area.radius).fold(0.0, f32::max);
    let border = small(2 * (light.width + light.height));
    let is_ground = |(area, shade): (&Area, &usize)| {
        let circle = std::f32::consts::PI * area.radius * area.radius;
        let is_long = small(area.n_pixels) > LONG * circle;
        let is_along = small(area.n_border) > BORDER_SHARE * border;
        let is_main = Some(*shade) == largest;
        area.radius >= WIDE_SHARE * widest
            && area.radius >= 2.0
            && (is_main || !is_long || is_along)
    };
    areas.iter().zip(&shade_of).map(is_ground).collect()
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

/// Gives each pixel that has none the number of the nearest that has.
fn carry_on(of: &mut [u16], width: usize) {
    let height = of.len() / width;
    let numbered = of.iter().enumerate();
    let mut waiting: VecDeque<usize> = numbered
        .filter_map(|(idx, number)| (*number != u16::MAX).then_some(idx))
        .collect();
    while let Some(idx) = waiting.pop_front() {
        for next in super::pieces::around(width, height, idx) {
            if of[next] == u16::MAX {
                of[next] = of[idx];
                waiting.push_back(next);
            }
        }
    }
}

/// The least and the most shade near each pixel, where two grounds meet.
fn seams(shades: &Plane) -> [Plane; 2] {
    let (least, most) = (shades.extreme(SEAM, f32::min), shades.extreme(SEAM, f32::max));
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
