//! How far pixels lie from a shape, and what lies nearest to them.

use std::collections::VecDeque;

use super::pixels::{around, small};

/// How far each pixel of a shape lies from the nearest one outside of it, in pixels; beyond the border the shape
/// goes on (Borgefors 1986, steps of 3 and 4).
pub fn depths(width: usize, height: usize, is_inside: impl Fn(usize) -> bool) -> Vec<f32> {
    const FAR: u32 = u32::MAX / 2;
    let mut steps: Vec<u32> = (0..width * height)
        .map(|idx| if is_inside(idx) { FAR } else { 0 })
        .collect();
    for idx in 0..steps.len() {
        let (column, mut least) = (idx % width, steps[idx]);
        if column > 0 {
            least = least.min(steps[idx - 1] + 3);
        }
        if idx >= width {
            least = least.min(steps[idx - width] + 3);
            if column > 0 {
                least = least.min(steps[idx - width - 1] + 4);
            }
            if column + 1 < width {
                least = least.min(steps[idx - width + 1] + 4);
            }
        }
        steps[idx] = least.min(FAR);
    }
    for idx in (0..steps.len()).rev() {
        let (column, mut least) = (idx % width, steps[idx]);
        if column + 1 < width {
            least = least.min(steps[idx + 1] + 3);
        }
        if idx + width < width * height {
            least = least.min(steps[idx + width] + 3);
            if column + 1 < width {
                least = least.min(steps[idx + width + 1] + 4);
            }
            if column > 0 {
                least = least.min(steps[idx + width - 1] + 4);
            }
        }
        steps[idx] = least.min(FAR);
    }
    let longest = small(width.max(height));
    let depth = |step: u32| {
        let step = step as f32;
        (step / 3.0).min(longest)
    };
    steps.into_iter().map(depth).collect()
}

/// The number nearest to each pixel, and how many steps away it is: 0 where the pixel has one itself. `none` is the
/// number of those that have none.
pub fn nearest<T: Copy + PartialEq>(of: &[T], width: usize, none: T) -> Vec<(T, u16)> {
    let height = of.len() / width;
    let mut found: Vec<(T, u16)> = of.iter().map(|&number| (number, 0)).collect();
    let numbered = of.iter().enumerate();
    let mut waiting: VecDeque<usize> = numbered
        .filter_map(|(idx, number)| (*number != none).then_some(idx))
        .collect();
    while let Some(idx) = waiting.pop_front() {
        let (number, away) = found[idx];
        for near in around(width, height, idx) {
            if found[near].0 == none {
                found[near] = (number, away.saturating_add(1));
                waiting.push_back(near);
            }
        }
    }
    found
}
