//! Areas within which light changes slowly, and which of them are ground and not the inside of a stroke.

use super::plane::Plane;
use crate::user_image::distance::{depths, nearest};
use crate::user_image::pixels::small;
use crate::user_image::pixels::{PixelBox, around};

/// Share of the widest area's radius from which on an area can be ground, and one of a shade that another ground has.
const WIDE_SHARE: f32 = 0.15;
const LEAST_SHARE: f32 = 0.1;

/// An area this many times as large as a circle of its usual width is compact, or at most a sheet with something on it;
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

/// An area of slowly changing light.
pub struct Area {
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
fn length(n_pixels: usize, depth: f64) -> f32 {
    let radius = 2.0 * (depth / n_pixels.max(1) as f64) as f32;
    small(n_pixels) / (std::f32::consts::PI * radius * radius)
}

/// Areas in which light changes by less than a step over three pixels, and which one each pixel is in.
pub fn areas(light: &Plane, flat_step: f32) -> (Vec<Area>, Vec<Option<usize>>) {
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
pub fn choose(
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
            for near in around(width, height, idx) {
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
            let mut near = around(width, height, idx);
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
