//! Where the ink of a digit comes from: the writing that was found, or everything that stands out.

use std::collections::BTreeMap;
use std::ops::Range;

use hourglass_protocol::{
    Group, GroupMap, ImageNote, InkDecisions, LeftOut, Paper, Preparation, Take,
};

use super::Picture;
use super::ink::{Ink, Levels};
use super::paper::{Border, Grey, LEAST_SIDE};
use super::pixels::{PixelBox, inside, shares_of, small};
use super::segment::{Found, Request, Writing};
use super::stripped::Stripped;

/// Writing of fewer pixels is looked for again in the picture before it was made smaller.
const FEW_PIXELS: usize = 64;

/// Ink that stands out by less is faint.
const FAINT: f32 = 0.9;

/// How strong ink that was left out is shown.
const SHOWN_LEFT_OUT: f32 = 0.3;

/// What stands out in a picture, and which part of it is meant.
pub(super) struct Source {
    width: usize,
    height: usize,
    pub(super) is_dark: bool,
    pub(super) paper: Paper,
    /// Whether it is a digit in MNIST's format, to be used as it is.
    pub(super) is_prepared: bool,
    /// Whether its ink is far from full.
    pub(super) is_faint: bool,
    /// How far each pixel stands out where it is writing.
    above: Vec<f32>,
    /// How far each pixel stands out.
    all_above: Vec<f32>,
    noise: f32,
    /// A box around the writing.
    part: PixelBox,
    found: Option<FoundGroups>,
    closer: Option<Closer>,
}

/// All groups with their map.
struct FoundGroups {
    groups: Vec<Found>,
    map: Vec<u16>,
    width: usize,
    height: usize,
}

impl FoundGroups {
    /// Whether a group is as good as a filled rectangle, and no line around one.
    fn is_rectangle(&self, group: usize) -> bool {
        /// Share of each side along which there must be ink, and places beside the side where it may lie.
        const ALONG: f32 = 0.9;
        const BESIDE: usize = 3;
        /// Share of it that must be ink.
        const FILLED: f32 = 0.4;
        let PixelBox {
            left,
            top,
            right,
            bottom,
        } = self.groups[group].bounds;
        if right - left < 8 * BESIDE || bottom - top < 8 * BESIDE {
            return false;
        }
        let is_in = |x: usize, y: usize| usize::from(self.map[y * self.width + x]) == group + 1;
        let share = |along: Range<usize>, is: &dyn Fn(usize, usize) -> bool| {
            let n_all = small(along.len());
            let has_ink = |at: &usize| (0..BESIDE).any(|beside| is(*at, beside));
            small(along.filter(has_ink).count()) / n_all
        };
        let sides = [
            share(top..bottom, &|y, beside| is_in(left + beside, y)),
            share(top..bottom, &|y, beside| is_in(right - 1 - beside, y)),
            share(left..right, &|x, beside| is_in(x, top + beside)),
            share(left..right, &|x, beside| is_in(x, bottom - 1 - beside)),
        ];
        let n_ink: usize = (top..bottom)
            .map(|y| (left..right).filter(|&x| is_in(x, y)).count())
            .sum();
        sides.iter().all(|share| *share > ALONG)
            && small(n_ink) > FILLED * small((right - left) * (bottom - top))
    }
}

/// The writing in the picture before it was made smaller.
struct Closer {
    width: usize,
    height: usize,
    above: Vec<f32>,
    noise: f32,
    /// Its box as shares of the picture.
    window: [f32; 4],
}

impl Source {
    pub(super) fn of(grey: Grey<'_>, preparation: &Preparation) -> Self {
        let border = Border::of(grey);
        let stripped = || {
            let is_dark = preparation.invert.unwrap_or(border.is_light);
            (Stripped::of(grey, border, is_dark, preparation), is_dark)
        };
        if grey.width == grey.height && grey.width == hourglass_experiment::IMAGE_SIDE {
            let (digit, is_dark) = stripped();
            if digit.is_prepared() && preparation.region.is_none() && preparation.take.is_none() {
                let is_faint = digit.strongest() < FAINT;
                return Self {
                    is_prepared: true,
                    is_faint,
                    ..Self::all_of(digit, is_dark)
                };
            }
        }
        let segment = Request {
            is_dark: preparation.invert,
            paper: preparation.paper,
            take: preparation.take,
        };
        let is_small = grey.width.min(grey.height) < LEAST_SIDE;
        let writing = (!is_small).then(|| Writing::find(grey, &segment)).flatten();
        let Some(writing) = writing else {
            let (all, is_dark) = stripped();
            return Self::all_of(all, is_dark);
        };
        Self {
            width: grey.width,
            height: grey.height,
            is_dark: writing.is_dark,
            paper: writing.paper,
            is_prepared: false,
            is_faint: false,
            above: writing.above,
            all_above: writing.all_above,
            noise: writing.noise,
            part: writing.part,
            found: Some(FoundGroups {
                groups: writing.groups,
                map: writing.map,
                width: writing.map_width,
                height: writing.map_height,
            }),
            closer: None,
        }
    }

    fn all_of(all: Stripped, is_dark: bool) -> Self {
        Self {
            width: all.width,
            height: all.height,
            is_dark,
            paper: all.kind,
            is_prepared: false,
            is_faint: false,
            all_above: all.above.clone(),
            above: all.above,
            noise: all.noise,
            part: PixelBox::whole(all.width, all.height),
            found: None,
            closer: None,
        }
    }

    /// Looks for small writing again where the picture has more of it.
    pub(super) fn look_closer(&mut self, picture: &Picture, preparation: &Preparation) {
        let is_small = self.part.longest() < 3.0 * small(FEW_PIXELS);
        if self.found.is_none() || !is_small || preparation.take == Some(Take::AllInk) {
            return;
        }
        let Some((closer, window)) = picture.closer(shares_of(self.part, self.width, self.height))
        else {
            return;
        };
        let (light, _) = closer.light_over(hourglass_protocol::Backdrop::White);
        let grey = Grey {
            width: closer.width,
            height: closer.height,
            light: &light,
        };
        let segment = Request {
            is_dark: Some(self.is_dark),
            paper: preparation.paper,
            take: None,
        };
        if let Some(writing) = Writing::find(grey, &segment) {
            let part = writing.part;
            self.closer = Some(Closer {
                width: part.width(),
                height: part.height(),
                above: part.cut(&writing.above, closer.width),
                noise: writing.noise,
                window: inside(window, shares_of(part, closer.width, closer.height)),
            });
        }
    }

    /// The box of a rectangle that is filled with ink, as shares of the picture: a picture within the picture. It was
    /// taken for writing, or left out because it runs around something.
    pub(super) fn rectangle(&self) -> Option<[f32; 4]> {
        let found = self.found.as_ref()?;
        let is_rectangle = |idx: &usize| {
            let why = found.groups[*idx].left_out;
            why.is_none_or(|why| why == LeftOut::Around) && found.is_rectangle(*idx)
        };
        let idx = (0..found.groups.len()).find(is_rectangle)?;
        let bounds = found.groups[idx].bounds;
        Some(shares_of(bounds, found.width, found.height))
    }

    /// The ink that becomes the digit: of a box around it where the picture is cropped, otherwise of all. `None` if
    /// nothing stands out.
    pub(super) fn ink(&self, decisions: &InkDecisions) -> Option<(Ink, Levels)> {
        let stretch = decisions.stretch;
        if self.is_prepared && stretch {
            let strongest = self.above.iter().copied().fold(0.0, f32::max);
            let levels = Levels::up_to(strongest);
            return Some((levels.ink(self.width, self.height, &self.above), levels));
        }
        if !decisions.crop {
            return Ink::find(
                self.width,
                self.height,
                &self.all_above,
                self.noise,
                stretch,
            );
        }
        let find =
            |width, height, above: &[f32], noise| Ink::find(width, height, above, noise, stretch);
        if let Some(closer) = &self.closer {
            return find(closer.width, closer.height, &closer.above, closer.noise);
        }
        let above = self.part.cut(&self.above, self.width);
        find(self.part.width(), self.part.height(), &above, self.noise)
    }

    /// No ink, of the size that it would have.
    pub(super) fn blank(&self) -> Ink {
        Ink {
            width: self.width,
            height: self.height,
            amount: vec![0.0; self.width * self.height],
        }
    }

    /// All ink as it is shown: what was left out is faint.
    pub(super) fn shown_ink(&self, levels: Option<Levels>) -> Ink {
        let Some(levels) = levels else {
            return self.blank();
        };
        let pairs = self.above.iter().zip(&self.all_above);
        let amount = pairs.map(|(&above, &all)| {
            let left_out = SHOWN_LEFT_OUT * levels.amount(all);
            levels.amount(above).max(left_out)
        });
        Ink {
            width: self.width,
            height: self.height,
            amount: amount.collect(),
        }
    }

    /// The edges of a part of the ink as shares of the picture.
    pub(super) fn shares(&self, part: PixelBox, is_cropped: bool) -> [f32; 4] {
        if !is_cropped || self.is_prepared {
            return shares_of(part, self.width, self.height);
        }
        if let Some(closer) = &self.closer {
            return inside(closer.window, shares_of(part, closer.width, closer.height));
        }
        let all = shares_of(self.part, self.width, self.height);
        inside(all, shares_of(part, self.part.width(), self.part.height()))
    }

    /// What a person should know of how the writing was found.
    pub(super) fn add_notes(
        &self,
        notes: &mut Vec<ImageNote>,
        has_ink: bool,
        decisions: &InkDecisions,
        preparation: &Preparation,
    ) {
        if !has_ink {
            notes.push(ImageNote::NoInk);
            return;
        }
        if self.is_prepared && preparation.crop.is_none() {
            notes.push(if self.is_faint && decisions.stretch {
                ImageNote::FaintMadeFull
            } else {
                ImageNote::AlreadyPrepared
            });
        }
        let Some(found) = &self.found else {
            return;
        };
        if !decisions.crop {
            return;
        }
        let digits: Vec<usize> = (0..found.groups.len())
            .filter(|&idx| found.groups[idx].is_digit)
            .collect();
        let taken = digits.iter().position(|&idx| found.groups[idx].is_taken());
        if let (Some(taken), None, 2..) = (taken, preparation.take, digits.len()) {
            notes.push(ImageNote::SeveralDigits {
                n_digits: digits.len(),
                taken: taken + 1,
            });
        }
        let mut left_out: BTreeMap<LeftOut, usize> = BTreeMap::new();
        for why in found.groups.iter().filter_map(|group| group.left_out) {
            *left_out.entry(why).or_default() += 1;
        }
        left_out.remove(&LeftOut::OtherDigit);
        let left_out = left_out.into_iter();
        notes.extend(left_out.map(|(why, n_groups)| ImageNote::LeftOut { why, n_groups }));
        let mut taken = found.groups.iter().filter(|group| group.is_taken());
        if taken.any(|group| group.reaches_border) && preparation.take != Some(Take::AllInk) {
            notes.push(ImageNote::ReachesBorder);
        }
    }

    /// All groups, their boxes as shares of the whole picture, of which this is a window.
    pub(super) fn groups(&self, window: [f32; 4]) -> Vec<Group> {
        let Some(found) = &self.found else {
            return Vec::new();
        };
        let group = |group: &Found| Group {
            bounds: inside(window, shares_of(group.bounds, found.width, found.height)),
            is_digit: group.is_digit,
            left_out: group.left_out,
        };
        found.groups.iter().map(group).collect()
    }

    /// Where these lie.
    pub(super) fn group_map(&self, window: [f32; 4]) -> GroupMap {
        let Some(found) = &self.found else {
            return GroupMap::default();
        };
        GroupMap {
            width: found.width,
            height: found.height,
            groups: found.map.as_slice().into(),
            bounds: window,
        }
    }
}
