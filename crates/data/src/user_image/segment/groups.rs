//! Which pieces of ink belong together, which of these groups is the digit, and what is left out.

use std::collections::HashMap;

use crate::user_image::distance::nearest;
use crate::user_image::pixels::{PixelBox, around};
use hourglass_protocol::{LeftOut, MAX_GROUPS, Take};

use super::pieces::Pieces;
use crate::user_image::pixels::small;

/// A piece lighter than this share of the heaviest is a speck.
const SPECK_SHARE: f32 = 0.02;

/// Share of the border of the picture from which on what runs along it surrounds it.
const BORDER_SHARE: f32 = 0.35;

/// Share of the mass at the border that must lie elsewhere for the border's to be surroundings.
const ELSEWHERE_SHARE: f32 = 0.3;

/// Share of the larger piece's height from which on the smaller one is as tall.
const AS_TALL: f32 = 0.5;

/// Gap between pieces of one digit, as shares of the taller one's height: of two that are as tall, and of a part
/// such as the bar of a 5.
const GAP_OF_TALL: f32 = 0.05;
const GAP_OF_PART: f32 = 0.25;

/// Share of the tallest digit's height, and of its mass, from which on something is a digit of its own.
const DIGIT_HEIGHT: f32 = 0.55;
const DIGIT_MASS: f32 = 0.12;

/// From this many times the height of all others on, the tallest digit is meant.
const CLEARLY_TALLER: f32 = 1.35;

/// Pieces that are looked at one by one; the lightest beyond are specks.
const MAX_PIECES: usize = 400;

/// Ink that belongs together.
pub struct Found {
    pub bounds: PixelBox,
    pub mass: f32,
    pub is_dark: bool,
    pub is_digit: bool,
    /// Why it is not taken; nothing where it is.
    pub left_out: Option<LeftOut>,
    pub reaches_border: bool,
}

impl Found {
    pub fn is_taken(&self) -> bool {
        self.left_out.is_none()
    }
}

/// All groups, and where they lie.
pub struct Groups {
    /// Digits first, in reading order, then what is left out.
    pub all: Vec<Found>,
    /// The group of each pixel, counted from 1; 0 where there is no ink.
    pub of: Vec<u16>,
    /// The group nearest to each pixel, counted from 1, and how far it is.
    pub nearest: Vec<(u16, u16)>,
}

impl Groups {
    /// Whether a group, by its number from 1, is taken; ink of no group is not.
    pub fn is_taken(&self, number: u16) -> bool {
        let group = self.all.get(usize::from(number).wrapping_sub(1));
        group.is_some_and(Found::is_taken)
    }

    /// Sorts pieces into groups. With a polarity, ink of the other one is none.
    pub fn of(
        pieces: &Pieces,
        width: usize,
        is_dark: Option<bool>,
        take: Option<Take>,
    ) -> Option<Self> {
        let all = &pieces.pieces;
        let mut order: Vec<usize> = (0..all.len())
            .filter(|&idx| is_dark.is_none_or(|is_dark| all[idx].is_dark == is_dark))
            .collect();
        order.sort_by(|&a, &b| all[b].mass.total_cmp(&all[a].mass));
        order.truncate(MAX_PIECES);
        let surroundings = Surroundings::among(pieces, &order, width);
        let (candidates, is_dark) = surroundings.candidates(pieces, &order)?;
        let heaviest = candidates
            .iter()
            .map(|&idx| all[idx].mass)
            .fold(0.0, f32::max);
        let is_speck = |idx: &usize| all[*idx].mass < SPECK_SHARE * heaviest;
        let (specks, candidates): (Vec<usize>, Vec<usize>) =
            candidates.into_iter().partition(is_speck);
        let mut members = joined(pieces, &candidates, width);
        let mut groups: Vec<Found> = members.iter().map(|group| found(pieces, group)).collect();
        mark_digits(&mut groups);
        // What is left out comes as it is, piece by piece; specks are not worth a word.
        let others = order.iter().filter(|idx| !candidates.contains(idx));
        for &idx in others.filter(|idx| !specks.contains(idx)) {
            let is_small = all[idx].mass < SPECK_SHARE * heaviest;
            if all[idx].is_dark != is_dark || is_small {
                continue;
            }
            let mut group = found(pieces, &[idx]);
            group.left_out = Some(surroundings.why(idx));
            groups.push(group);
            members.push(vec![idx]);
        }
        let mut order = reading_order(&groups);
        order.truncate(MAX_GROUPS);
        let mut group_of = vec![0_u16; all.len() + 1];
        for (number, &group) in (1..).zip(&order) {
            for &idx in &members[group] {
                group_of[idx + 1] = number;
            }
        }
        let mut sorted: Vec<Option<Found>> = groups.into_iter().map(Some).collect();
        let mut groups: Vec<Found> = order.iter().filter_map(|&idx| sorted[idx].take()).collect();
        choose(&mut groups, take);
        let of: Vec<u16> = pieces
            .of
            .iter()
            .map(|&piece| group_of[piece as usize])
            .collect();
        let nearest = nearest(&of, width, 0);
        Some(Self {
            all: groups,
            of,
            nearest,
        })
    }
}

/// What surrounds the writing.
struct Surroundings {
    reason: HashMap<usize, LeftOut>,
}

impl Surroundings {
    fn among(pieces: &Pieces, order: &[usize], width: usize) -> Self {
        /// Pieces that are compared with each other.
        const MOST: usize = 40;
        let height = pieces.of.len() / width;
        let all = &pieces.pieces;
        let heavy = &order[..order.len().min(MOST)];
        let mut reason = HashMap::new();
        for &outer in heavy {
            let runs_around = heavy.iter().any(|&inner| {
                inner != outer
                    && all[inner].mass > 0.05 * all[outer].mass
                    && all[inner].size() * 5 > all[outer].size()
                    && pieces.runs_around(outer, inner, width)
            });
            let bounds = all[outer].bounds;
            let is_line = |across: usize, along: usize, side: usize| {
                small(along) > 0.6 * small(side) && small(across) < (0.02 * small(side)).max(4.0)
            };
            if runs_around {
                reason.insert(outer, LeftOut::Around);
            } else if is_line(bounds.width(), bounds.height(), height)
                || is_line(bounds.height(), bounds.width(), width)
            {
                reason.insert(outer, LeftOut::Line);
            } else if small(all[outer].n_border) > BORDER_SHARE * small(2 * (width + height)) {
                reason.insert(outer, LeftOut::AtBorder);
            }
        }
        Self { reason }
    }

    fn why(&self, idx: usize) -> LeftOut {
        self.reason.get(&idx).copied().unwrap_or(LeftOut::AtBorder)
    }

    /// Pieces that may be writing, all darker or all lighter than their ground. What touches the border is none if
    /// there is enough elsewhere; where nothing else is left, surroundings may be.
    fn candidates(&self, pieces: &Pieces, order: &[usize]) -> Option<(Vec<usize>, bool)> {
        let all = &pieces.pieces;
        let free = |idx: &&usize| !self.reason.contains_key(*idx);
        let heaviest = |idxs: &[usize], is_dark: bool| {
            let masses = idxs.iter().filter(|idx| all[**idx].is_dark == is_dark);
            masses.map(|idx| all[*idx].mass).fold(0.0, f32::max)
        };
        let inner: Vec<usize> = order
            .iter()
            .filter(free)
            .filter(|idx| all[**idx].n_border == 0)
            .copied()
            .collect();
        let free: Vec<usize> = order.iter().filter(free).copied().collect();
        let of_kind = |idxs: &[usize], is_dark: bool| -> Vec<usize> {
            let same = idxs.iter().filter(|idx| all[**idx].is_dark == is_dark);
            same.copied().collect()
        };
        // By polarity: what is inside counts in full, what is cut off by the border less.
        let strokes: Vec<usize> = free
            .iter()
            .filter(|idx| all[**idx].is_stroke())
            .copied()
            .collect();
        let worth = |is_dark: bool| {
            heaviest(&inner, is_dark).max(ELSEWHERE_SHARE * heaviest(&strokes, is_dark))
        };
        let rest = if free.is_empty() { order } else { &free };
        let is_dark = match [worth(true), worth(false)] {
            [dark, light] if dark.max(light) > 0.0 => dark >= light,
            _ => heaviest(rest, true) >= heaviest(rest, false),
        };
        let at_border = ELSEWHERE_SHARE * heaviest(&strokes, is_dark);
        let inside = heaviest(&inner, is_dark);
        let taken = if inside > 0.0 && inside >= at_border {
            of_kind(&inner, is_dark)
        } else if heaviest(&strokes, is_dark) > 0.0 {
            of_kind(&strokes, is_dark)
                .into_iter()
                .chain(of_kind(&inner, is_dark))
                .collect()
        } else {
            of_kind(rest, is_dark)
        };
        let mut taken: Vec<usize> = taken;
        taken.sort_unstable();
        taken.dedup();
        (!taken.is_empty()).then_some((taken, is_dark))
    }
}

/// Pieces of one digit put together: those near each other, and nearer if both are as tall as a digit.
fn joined(pieces: &Pieces, candidates: &[usize], width: usize) -> Vec<Vec<usize>> {
    let height = pieces.of.len() / width;
    let mut own = vec![0_u16; pieces.pieces.len() + 1];
    for (number, &idx) in (1..).zip(candidates) {
        own[idx + 1] = number;
    }
    let of: Vec<u16> = pieces.of.iter().map(|&piece| own[piece as usize]).collect();
    let nearest = nearest(&of, width, 0);
    let mut gaps: HashMap<(u16, u16), u16> = HashMap::new();
    for (idx, &(here, away)) in nearest.iter().enumerate() {
        for near in around(width, height, idx) {
            let (there, other) = nearest[near];
            if here < there && here > 0 {
                let gap = gaps.entry((here, there)).or_insert(u16::MAX);
                *gap = (*gap).min(away.saturating_add(other));
            }
        }
    }
    let mut gaps: Vec<((u16, u16), u16)> = gaps.into_iter().collect();
    gaps.sort_unstable_by_key(|&(pair, gap)| (gap, pair));
    let mut groups: Vec<Vec<usize>> = candidates.iter().map(|&idx| vec![idx]).collect();
    let mut group_of: Vec<usize> = (0..candidates.len()).collect();
    let tall = |group: &[usize]| {
        let boxes = group.iter().map(|&idx| pieces.pieces[idx].bounds);
        boxes.fold(PixelBox::NOTHING, PixelBox::with)
    };
    for ((a, b), gap) in gaps {
        let [a, b] = [a, b].map(|number| group_of[usize::from(number) - 1]);
        if a == b {
            continue;
        }
        let [first, second] = [a, b].map(|group| tall(&groups[group]));
        let heights = [first.height(), second.height()];
        let taller = small(heights[0].max(heights[1]));
        let shorter = small(heights[0].min(heights[1]));
        // A lying stroke is as long as it is wide: a dash beside a dot is no digit beside a digit.
        let longest = small(first.width().max(second.width())).max(taller);
        let allowed = if shorter >= AS_TALL * taller {
            GAP_OF_TALL * taller
        } else {
            GAP_OF_PART * longest.min(1.5 * taller)
        };
        if f32::from(gap) <= allowed.max(2.0) {
            let moved = std::mem::take(&mut groups[b]);
            groups[a].extend(moved);
            for group in &mut group_of {
                if *group == b {
                    *group = a;
                }
            }
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

fn found(pieces: &Pieces, members: &[usize]) -> Found {
    let all = members.iter().map(|&idx| &pieces.pieces[idx]);
    Found {
        bounds: all
            .clone()
            .map(|piece| piece.bounds)
            .fold(PixelBox::NOTHING, PixelBox::with),
        mass: all.clone().map(|piece| piece.mass).sum(),
        is_dark: all.clone().any(|piece| piece.is_dark),
        is_digit: false,
        left_out: None,
        reaches_border: all.clone().any(|piece| piece.n_border > 0),
    }
}

/// Groups about as tall as the heaviest are digits; the others are small things apart.
fn mark_digits(groups: &mut [Found]) {
    let Some(heaviest) = groups.iter().max_by(|a, b| a.mass.total_cmp(&b.mass)) else {
        return;
    };
    let (height, mass) = (small(heaviest.bounds.height()), heaviest.mass);
    for group in groups {
        group.is_digit = group.mass >= mass
            || small(group.bounds.height()) >= DIGIT_HEIGHT * height
                && group.mass >= DIGIT_MASS * mass;
        group.left_out = (!group.is_digit).then_some(LeftOut::Small);
    }
}

/// Digits first: rows from top to bottom, each from left to right; then the others, by mass.
fn reading_order(groups: &[Found]) -> Vec<usize> {
    let mut digits: Vec<usize> = (0..groups.len())
        .filter(|&idx| groups[idx].is_digit)
        .collect();
    let middle = |idx: usize| groups[idx].bounds.top + groups[idx].bounds.bottom;
    digits.sort_by_key(|&idx| middle(idx));
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for idx in digits {
        // A row goes on to the side: anything whose middle lies within the height of one that is there already and
        // nearest to it.
        let bounds = groups[idx].bounds;
        let fits = |row: &Vec<usize>| {
            let beside = row.iter().min_by_key(|&&other| {
                let other = groups[other].bounds;
                (other.left + other.right).abs_diff(bounds.left + bounds.right)
            });
            beside.is_some_and(|&other| {
                let other = groups[other].bounds;
                let overlap = bounds
                    .bottom
                    .min(other.bottom)
                    .saturating_sub(bounds.top.max(other.top));
                2 * overlap > bounds.height().min(other.height())
            })
        };
        match rows.iter_mut().rev().find(|row| fits(row)) {
            Some(row) => row.push(idx),
            None => rows.push(vec![idx]),
        }
    }
    for row in &mut rows {
        row.sort_by_key(|&idx| groups[idx].bounds.left);
    }
    let mut others: Vec<usize> = (0..groups.len())
        .filter(|&idx| !groups[idx].is_digit)
        .collect();
    others.sort_by(|&a, &b| groups[b].mass.total_cmp(&groups[a].mass));
    rows.into_iter().flatten().chain(others).collect()
}

/// Takes the first digit, or the tallest where that is clear, or what the person says.
fn choose(groups: &mut [Found], take: Option<Take>) {
    match take {
        Some(Take::AllInk) => {
            for group in groups {
                group.left_out = None;
            }
        }
        Some(Take::Groups(set)) => {
            for (idx, group) in groups.iter_mut().enumerate() {
                group.left_out = if set.contains(idx) {
                    None
                } else {
                    group.left_out.or(Some(LeftOut::OtherDigit))
                };
            }
        }
        None => {
            let mut heights: Vec<(usize, usize)> = (0..groups.len())
                .filter(|&idx| groups[idx].is_digit)
                .map(|idx| (groups[idx].bounds.height(), idx))
                .collect();
            heights.sort_by_key(|&(height, idx)| (std::cmp::Reverse(height), idx));
            let taken = match heights[..] {
                [(tallest, idx), (next, _), ..]
                    if small(tallest) > CLEARLY_TALLER * small(next) =>
                {
                    idx
                }
                _ => 0,
            };
            for (idx, group) in groups.iter_mut().enumerate() {
                if group.is_digit && idx != taken {
                    group.left_out = Some(LeftOut::OtherDigit);
                }
            }
        }
    }
}
