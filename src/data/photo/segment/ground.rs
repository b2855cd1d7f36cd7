//! What lies under the ink: sheets, tables, canvases, and the same in a shadow. A ground is a wide area within which
//! light changes slowly; its shade goes on under what lies on it.

use crate::protocol::Paper;

use super::pieces::nearest;
use super::plane::{Plane, depths, small};
use crate::data::photo::ink::PixelBox;
use crate::data::photo::paper::{Surface, quantile};

/// Share of the widest area's radius from which on an area can be ground, and one of a shade that another ground has.
const WIDE_SHARE: f32 = 0.15;
const LEAST_SHARE: f32 = 0.1;

/// An area so many times as large as a circle of its usual width is compact, or at most a sheet with something on it;
/// beyond it is a stroke, or a margin.
const COMPACT: f32 = 6.0;
const LONG: f32 = 12.0;

/// Share of the border of the picture along which an area runs, from which on even a long one is ground, and one that
/// is not.
const BORDER_SHARE: f32 = 0.4;
const SIDE_SHARE: f32 = 0.15;

/// Share of an area that lies on it, from which on it carries something.
const CARRIES_SHARE: f32 = 0.01;

/// Share of the widest of it that something must be to be seen through a loop: the core of a soft stroke is less.
const LOOP_SHARE: f32 = 0.6;

/// Share of the box around it from which on something is a rectangle, and no stroke with loops.
const BOX_SHARE: f32 = 0.88;

/// How many times as wide a ground is as the strokes on it.
const WIDER: f32 = 1.3;

/// Share of the picture that a compact area of a ground's shade must have to be that ground.
const LEAST_ROOM: f32 = 0.01;

/// Share of it that is seen through an area, from which on that area is a stroke.
const SEEN_SHARE: f32 = 0.4;

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
    /// Sum of its pixels' distances from its edge.
    depth: f64,
    /// Pixels of other light that it runs around, how many of them are seen through it: compact, and of the shade
    /// around it; and the radius of the largest circle in them.
    n_enclosed: usize,
    n_seen: usize,
    enclosed_radius: f32,
    /// How long these are.
    enclosed_length: f32,
    /// How long it is with all that it runs around, and which share of the box around it that fills.
    filled_length: f32,
    filled_share: f32,
    bounds: PixelBox,
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

    /// How many times as large it is as a circle of its usual width: its pixels' mean distance from the edge is half
    /// of a stroke's radius.
    fn length(&self) -> f32 {
        length(self.n_pixels, self.depth)
    }

    /// Whether something lies on it, narrower than it is itself. What is compact, or only seen through it, is the loop of
    /// a stroke, unless it is a rectangle.
    fn carries(&self) -> bool {
        let is_seen_through = small(self.n_seen) > SEEN_SHARE * small(self.n_enclosed);
        small(self.n_enclosed) > (CARRIES_SHARE * small(self.n_pixels)).max(12.0)
            && (self.filled_share > BOX_SHARE || self.enclosed_length > COMPACT && !is_seen_through)
            && self.radius > WIDER * self.enclosed_radius
            && self.filled_length < COMPACT
    }
}

/// The same of any shape, from its pixels and the sum of their distances from its edge.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "pixels of a small picture"
)]
fn length(n_pixels: usize, depth: f64) -> f32 {
    let radius = 2.0 * (depth / n_pixels.max(1) as f64) as f32;
    small(n_pixels) / (std::f32::consts::PI * radius * radius)
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
            depth: 0.0,
            n_enclosed: 0,
            n_seen: 0,
            enclosed_radius: 0.0,
            enclosed_length: 0.0,
            filled_length: f32::INFINITY,
            filled_share: 0.0,
            bounds: PixelBox::NOTHING,
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
            area.bounds.take_in(column, row);
            area.n_border += usize::from(at_border);
            area.radius = area.radius.max(depth[idx]);
            area.depth += f64::from(depth[idx]);
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

/// Which areas are ground: of those that are wide the main shade, what runs along the border, and what carries
/// something without being a stroke around it.
fn choose(
    areas: &mut [Area],
    area_of: &[Option<usize>],
    light: &Plane,
    only_main: bool,
) -> Vec<bool> {
    let border = small(2 * (light.width + light.height));
    let main = name_shades(areas, light, border);
    enclose(areas, area_of, light);
    let widest = areas.iter().map(|area| area.radius).fold(0.0, f32::max);
    let is_ground = |area: &Area| {
        let along = small(area.n_border) / border;
        let length = area.length();
        let carries = area.carries();
        let room = small(area.n_pixels) / small(light.values.len());
        let is_main = area.shade == main
            && (area.n_border > 0 || length < COMPACT && room >= LEAST_ROOM || carries);
        let is_beside = along > BORDER_SHARE || along > SIDE_SHARE && length < LONG;
        area.radius >= 2.0
            && area.radius >= WIDE_SHARE * widest
            && (is_main || !only_main && (is_beside || carries))
    };
    let chosen: Vec<bool> = areas.iter().map(is_ground).collect();
    // What is seen through the loop of a stroke is the same ground.
    let is_seen = |area: &Area| {
        let has_shade = |(other, chosen): (&Area, &bool)| *chosen && other.shade == area.shade;
        let room = small(area.n_pixels) / small(light.values.len());
        area.radius >= LEAST_SHARE * widest
            && area.radius >= 2.0
            && room >= LEAST_ROOM
            && area.length() < COMPACT
            && areas.iter().zip(&chosen).any(has_shade)
    };
    let pairs = areas.iter().zip(&chosen);
    pairs
        .map(|(area, chosen)| *chosen || is_seen(area))
        .collect()
}

/// Gives areas of one shade the same number; the number of the main one, by the room that it takes in the picture and
/// along its border.
fn name_shades(areas: &mut [Area], light: &Plane, border: f32) -> usize {
    let [least, most] = light.range();
    let mut order: Vec<usize> = (0..areas.len()).collect();
    order.sort_by_key(|&idx| std::cmp::Reverse(areas[idx].n_pixels));
    let mut shades: Vec<(f32, f32)> = Vec::new(); // light, and room
    for idx in order {
        let mean = areas[idx].mean();
        let same = |shade: &(f32, f32)| (shade.0 - mean).abs() < SAME_SHADE * (most - least);
        let shade = shades.iter().position(same).unwrap_or_else(|| {
            shades.push((mean, 0.0));
            shades.len() - 1
        });
        let in_picture = small(areas[idx].n_pixels) / small(light.values.len());
        shades[shade].1 += in_picture + small(areas[idx].n_border) / border;
        areas[idx].shade = shade;
    }
    let by_room = |a: &usize, b: &usize| shades[*a].1.total_cmp(&shades[*b].1);
    (0..shades.len()).max_by(by_room).unwrap_or(0)
}

/// Counts what each of the larger areas runs around: what cannot be reached from the picture's border without
/// crossing it.
fn enclose(areas: &mut [Area], area_of: &[Option<usize>], light: &Plane) {
    /// Areas that are looked at.
    const MOST: usize = 12;
    let (width, height) = (light.width, light.height);
    let widest = areas.iter().map(|area| area.radius).fold(0.0, f32::max);
    let is_wide = |idx: &usize| areas[*idx].radius >= (WIDE_SHARE * widest).max(2.0);
    let mut order: Vec<usize> = (0..areas.len()).filter(is_wide).collect();
    order.sort_by_key(|&idx| std::cmp::Reverse(areas[idx].n_pixels));
    let [least, most] = light.range();
    let least_difference = SAME_SHADE * (most - least);
    // The edge between two areas is nobody's, and counts for the nearer one.
    let numbers: Vec<u32> = area_of
        .iter()
        .map(|area| area.map_or(u32::MAX, |area| u32::try_from(area).unwrap_or(u32::MAX)))
        .collect();
    let nearest = nearest(&numbers, width, u32::MAX);
    for &area in order.iter().take(MOST) {
        let is_closed = |idx: usize| area_of[idx] == Some(area);
        let mut is_reached = vec![false; area_of.len()];
        let mut waiting: Vec<usize> = (0..area_of.len())
            .filter(|idx| {
                let (row, column) = (idx / width, idx % width);
                row == 0 || column == 0 || row + 1 == height || column + 1 == width
            })
            .filter(|&idx| !is_closed(idx))
            .collect();
        for &idx in &waiting {
            is_reached[idx] = true;
        }
        while let Some(idx) = waiting.pop() {
            for near in super::pieces::around(width, height, idx) {
                if !is_reached[near] && !is_closed(near) {
                    is_reached[near] = true;
                    waiting.push(near);
                }
            }
        }
        let mean = areas[area].mean();
        let differs = |idx: usize| (light.values[idx] - mean).abs() > least_difference;
        let is_enclosed: Vec<bool> = (0..area_of.len())
            .map(|idx| !is_reached[idx] && !is_closed(idx) && differs(idx))
            .collect();
        if !is_enclosed.contains(&true) {
            continue;
        }
        let depth = depths(width, height, |idx| is_enclosed[idx]);
        let enclosed_radius = depth.iter().copied().fold(0.0, f32::max);
        let filled = depths(width, height, |idx| !is_reached[idx]);
        let n_filled = is_reached.iter().filter(|is_reached| !**is_reached).count();
        areas[area].filled_length = length(n_filled, filled.into_iter().map(f64::from).sum());
        let bounds = areas[area].bounds;
        areas[area].filled_share = small(n_filled) / small(bounds.width() * bounds.height());
        areas[area].enclosed_radius = enclosed_radius;
        let n_enclosed = is_enclosed
            .iter()
            .filter(|is_enclosed| **is_enclosed)
            .count();
        let depth: f64 = depth.into_iter().map(f64::from).sum();
        areas[area].enclosed_length = length(n_enclosed, depth);
        let outside = shade_around(areas, area, &nearest, &is_reached, width);
        let (mut n_all, mut n_seen) = (0, 0);
        for (number, _) in nearest
            .iter()
            .zip(&is_enclosed)
            .filter(|(_, is)| **is)
            .map(|(near, _)| near)
        {
            let is_seen = |near: &Area| {
                Some(near.shade) == outside
                    && near.length() < COMPACT
                    && near.radius > LOOP_SHARE * enclosed_radius
            };
            n_all += 1;
            n_seen += usize::from(areas.get(*number as usize).is_some_and(is_seen));
        }
        areas[area].n_enclosed = n_all;
        areas[area].n_seen = n_seen;
    }
}

/// The shade of most of what lies around an area and can be reached from the border.
fn shade_around(
    areas: &[Area],
    area: usize,
    nearest: &[(u32, u16)],
    is_reached: &[bool],
    width: usize,
) -> Option<usize> {
    let height = nearest.len() / width;
    let mut counts = vec![0_usize; areas.len()];
    for (idx, &(number, _)) in nearest.iter().enumerate() {
        let is_beside = || {
            let mut near = super::pieces::around(width, height, idx);
            near.any(|near| nearest[near].0 as usize == area)
        };
        if number as usize != area
            && is_reached[idx]
            && let Some(near) = areas.get(number as usize)
            && is_beside()
        {
            counts[near.shade] += 1;
        }
    }
    let most = (0..counts.len()).max_by_key(|&shade| counts[shade])?;
    (counts[most] > 0).then_some(most)
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
