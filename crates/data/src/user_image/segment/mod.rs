//! Finds the writing in a picture as a person does: what lies on a ground, is no frame and no table, and belongs
//! together.
//!
//! 1. `plane` makes the picture a few hundred pixels wide, and takes noise off;
//! 2. `areas` finds wide areas of slowly changing light, and `ground` carries the shades of those that are ground on
//!    under what lies on them;
//! 3. `pieces` are the connected pixels that stand out from their ground, darker or lighter;
//! 4. `groups` leaves surroundings out, puts pieces together, and says which group is the digit.
//!
//! What comes out is a [`Writing`]: how far each pixel stands out, and plain lists. Making a digit as a data set has
//! them is done elsewhere.
//!
//! It knows nothing of the size of digits, and `prepare` knows nothing of tables and frames.

mod areas;
mod ground;
mod groups;
mod pieces;
mod plane;

use hourglass_protocol::{Paper, Take};

use super::paper::{Grey, LEAST_NOISE, noise_of, quantile, spread};
use super::pixels::{PixelBox, small};
use ground::Grounds;
use groups::Groups;
use pieces::Pieces;
use plane::{Plane, Scaled};

pub use groups::Found;

/// Light that differs by less is the same: ten of 255, which nobody sees.
const FAINTEST: f32 = 0.04;

/// How many standard deviations of the noise are no ink.
const NOISE_FACTOR: f32 = 4.5;

/// How far ink of the writing may lie from where it was found, as a share of its size.
const REACH_SHARE: f32 = 0.12;

/// What a person decided.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request {
    /// Whether ink is darker than paper.
    pub is_dark: Option<bool>,
    pub paper: Option<Paper>,
    pub take: Option<Take>,
}

/// The writing in a picture.
pub struct Writing {
    /// Whether it is darker than its ground.
    pub is_dark: bool,
    /// Whether its ground is even.
    pub paper: Paper,
    /// How far each pixel of the picture stands out from its ground, 0 where it is none of the writing.
    pub above: Vec<f32>,
    /// The same with what was left out.
    pub all_above: Vec<f32>,
    /// Standard deviation of the ground's noise around the writing.
    pub noise: f32,
    /// A box around it, in pixels of the picture, with some of the ground.
    pub part: PixelBox,
    /// All groups, digits first and in reading order. Boxes are in pixels of `map`.
    pub groups: Vec<Found>,
    /// The group of each place, counted from 1: `[height × width]`.
    pub map: Vec<u16>,
    pub map_width: usize,
    pub map_height: usize,
}

impl Writing {
    /// Finds it; `None` if nothing stands out from an even ground.
    #[must_use]
    pub fn find(grey: Grey<'_>, request: &Request) -> Option<Self> {
        let Scaled { plane, scale } = Scaled::of(grey);
        let mut noise = plane.noise();
        let mut light = plane;
        // Each pass leaves about 0.4 of the noise between neighbours.
        while noise > LEAST_NOISE && light.width > 2 && light.height > 2 {
            light = light.smoothed();
            let left = light.noise();
            if left > 0.8 * noise {
                break;
            }
            noise = left;
        }
        let [least, most] = light.range();
        if most - least < FAINTEST {
            return None;
        }
        let flat_step = (0.05 * (most - least)).max(8.0 * noise);
        // Where nothing lies on all grounds together, one of them is the writing itself.
        [false, true].into_iter().find_map(|only_main| {
            let grounds = Grounds::of(&light, flat_step, request.paper, only_main)?;
            Self::on(grey, scale, &light, &grounds, request)
        })
    }

    fn on(
        grey: Grey<'_>,
        scale: f32,
        light: &Plane,
        grounds: &Grounds,
        request: &Request,
    ) -> Option<Self> {
        let [least, most] = light.range();
        let [dark, bright] = stands_out(light, &grounds.under);
        let spread = spread_on_ground(light, grounds);
        let floor = (NOISE_FACTOR * spread)
            .max(0.06 * (most - least))
            .max(0.5 * FAINTEST);
        let pieces = Pieces::of([&dark, &bright], floor);
        let groups = Groups::of(&pieces, light.width, request.is_dark, request.take)?;
        Self::at_full_size(grey, scale, light, grounds, groups, request)
    }

    fn at_full_size(
        grey: Grey<'_>,
        scale: f32,
        light: &Plane,
        grounds: &Grounds,
        groups: Groups,
        request: &Request,
    ) -> Option<Self> {
        let taken = || groups.all.iter().filter(|group| group.is_taken());
        let bounds = taken()
            .map(|group| group.bounds)
            .fold(PixelBox::NOTHING, PixelBox::with);
        let is_dark = taken().next()?.is_dark;
        let takes_all = request.take == Some(Take::AllInk);
        let reach = (REACH_SHARE * small(bounds.width().max(bounds.height()))).max(4.0);
        let is_alone = groups.all.iter().all(Found::is_taken);
        let on_ground = grounds.papers.len() < 2 && is_alone;
        let near = |&(number, away): &(u16, u16)| {
            let is_near = on_ground || f32::from(away) <= reach;
            if takes_all || is_near && groups.is_taken(number) {
                1.0
            } else {
                0.0
            }
        };
        let allowed = Plane {
            values: groups.nearest.iter().map(near).collect(),
            ..*light
        };
        let under = &grounds.under[usize::from(!is_dark)];
        let evened = Evened::of(light, under, &groups, is_dark);
        let place = |at: usize| (small(at) + 0.5) * scale - 0.5;
        let mut above = Vec::with_capacity(grey.light.len());
        let mut all_above = Vec::with_capacity(grey.light.len());
        for (row, line) in grey.light.chunks_exact(grey.width).enumerate() {
            for (column, &light) in line.iter().enumerate() {
                let (x, y) = (place(column), place(row));
                let stands_out = evened.stands_out(light, under.on_line(x, y));
                all_above.push(stands_out);
                let is_allowed = allowed.on_line(x, y) >= 0.5;
                above.push(if is_allowed {
                    stands_out
                } else {
                    stands_out.min(0.0)
                });
            }
        }
        let margin = reach + 2.0;
        let part = to_picture(bounds, margin, scale, grey);
        let noise = noise_within(grey, part, &all_above, grounds, scale, light.width);
        let number = taken_ground(&groups, grounds);
        Some(Self {
            is_dark,
            paper: grounds.papers.get(number).copied().unwrap_or(Paper::Flat),
            above,
            all_above,
            noise,
            part,
            map_width: light.width,
            map_height: light.height,
            map: groups.of,
            groups: groups.all,
        })
    }
}

/// Ink of the same strength under different light: what it keeps of the light is the same everywhere.
struct Evened {
    sign: f32,
    /// Light of full ink and of the brightest ground, where the ground differs; otherwise differences are as they are.
    ink_and_ground: Option<[f32; 2]>,
}

impl Evened {
    fn of(light: &Plane, under: &Plane, groups: &Groups, is_dark: bool) -> Self {
        let sign = if is_dark { -1.0 } else { 1.0 };
        let mut lights = Vec::new();
        let mut shades = Vec::new();
        for (idx, &number) in groups.of.iter().enumerate() {
            if groups.is_taken(number) {
                lights.push(sign * light.values[idx]);
                shades.push(sign * under.values[idx]);
            }
        }
        lights.sort_unstable_by(f32::total_cmp);
        shades.sort_unstable_by(f32::total_cmp);
        let (ink, least, most) = (
            sign * quantile(&lights, 0.9),
            sign * quantile(&shades, 0.02),
            sign * quantile(&shades, 0.98),
        );
        let differs = (most - least).abs() > 0.06;
        Self {
            sign,
            ink_and_ground: differs.then_some([ink, least]),
        }
    }

    fn stands_out(&self, light: f32, ground: f32) -> f32 {
        let plain = self.sign * (light - ground);
        match self.ink_and_ground {
            None => plain,
            Some([ink, brightest]) => {
                let [here, there] = [ground, brightest].map(|ground| self.sign * (ink - ground));
                // Ground as dark as ink is no ground of it.
                plain * there / here.max(0.25 * there).max(FAINTEST)
            }
        }
    }
}

/// How far pixels are darker than their ground, and lighter.
fn stands_out(light: &Plane, under: &[Plane; 2]) -> [Plane; 2] {
    [(-1.0, &under[0]), (1.0, &under[1])].map(|(sign, under)| {
        let pairs = light.values.iter().zip(&under.values);
        Plane {
            values: pairs
                .map(|(light, under)| (sign * (light - under)).max(0.0))
                .collect(),
            ..*light
        }
    })
}

/// Standard deviation of the grounds' light from their shades.
fn spread_on_ground(light: &Plane, grounds: &Grounds) -> f32 {
    let under = &grounds.under[0];
    let pixels = (0..light.values.len())
        .step_by(3)
        .filter(|&idx| grounds.is_ground[idx]);
    spread(
        pixels
            .map(|idx| light.values[idx] - under.values[idx])
            .collect(),
    )
}

/// The ground that most of the taken ink lies on.
fn taken_ground(groups: &Groups, grounds: &Grounds) -> usize {
    let mut counts = vec![0_usize; grounds.papers.len()];
    for (&number, ground) in groups.of.iter().zip(&grounds.of) {
        if groups.is_taken(number)
            && let Some(count) = counts.get_mut(usize::from(*ground))
        {
            *count += 1;
        }
    }
    (0..counts.len())
        .max_by_key(|&idx| counts[idx])
        .unwrap_or(0)
}

/// Standard deviation of the noise of what is ground within a part of the picture, in its own pixels.
fn noise_within(
    grey: Grey<'_>,
    part: PixelBox,
    above: &[f32],
    grounds: &Grounds,
    scale: f32,
    width: usize,
) -> f32 {
    let step = (part.width() * part.height() / 20_000).max(1);
    let mut values = Vec::new();
    for idx in (0..part.width() * part.height()).step_by(step) {
        let (column, row) = (
            part.left + idx % part.width(),
            part.top + idx / part.width(),
        );
        let place = |at: usize| ((small(at) + 0.5) * scale) as usize;
        let is_ground = grounds
            .is_ground
            .get(place(row) * width + place(column).min(width - 1));
        if is_ground == Some(&true) {
            values.push(above[row * grey.width + column]);
        }
    }
    noise_of(values)
}

/// A box of the small picture in pixels of the picture, with a margin.
fn to_picture(bounds: PixelBox, margin: f32, scale: f32, grey: Grey<'_>) -> PixelBox {
    let from = |at: usize| ((small(at) - margin) / scale).floor().max(0.0) as usize;
    let to = |at: usize, side: usize| (((small(at) + margin) / scale).ceil() as usize).min(side);
    let (right, bottom) = (to(bounds.right, grey.width), to(bounds.bottom, grey.height));
    PixelBox {
        left: from(bounds.left).min(right.saturating_sub(1)),
        top: from(bounds.top).min(bottom.saturating_sub(1)),
        right,
        bottom,
    }
}
