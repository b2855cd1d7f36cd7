//! Minimises a smooth convex function: L-BFGS with a backtracking line search.
//!
//! Nocedal & Wright, *Numerical Optimization*, 2nd edition: algorithms 7.4 (two loops), 7.5 and 3.1
//! (backtracking). Nothing is random.

use std::collections::VecDeque;

/// Pairs of steps and changes of slope that are remembered.
const MEMORY: usize = 30;

/// Share of the fall promised by the slope that a step has to keep (Armijo's condition).
const SUFFICIENT_FALL: f64 = 1e-4;

/// Halvings of a step before it is taken that none leads down, which is where rounding rules.
const MAX_HALVINGS: usize = 12;

/// A step, what it changed in the gradient, and `1 / (step · change)`.
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    reciprocal: f64,
}

/// Where a search ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Minimum {
    pub point: Vec<f64>,
    /// Steps taken.
    pub n_steps: usize,
    /// Whether no component of the gradient was left above the tolerance; otherwise the steps were used up, or
    /// rounding left no way down.
    pub has_converged: bool,
}

/// Where `loss_and_gradient` is least, from `start`: until no component of the gradient is above `tolerance`, or after
/// `max_steps` steps, fewer where none leads down or it is no longer wanted. Steps go down only.
pub fn minimise(
    loss_and_gradient: impl Fn(&[f64]) -> (f64, Vec<f64>),
    start: Vec<f64>,
    tolerance: f64,
    max_steps: usize,
    is_wanted: impl Fn() -> bool,
) -> Minimum {
    let mut point = start;
    let (mut loss, mut gradient) = loss_and_gradient(&point);
    let mut pairs: VecDeque<Pair> = VecDeque::new();
    let mut n_steps = 0;
    let is_flat = |gradient: &[f64]| gradient.iter().all(|slope| slope.abs() <= tolerance);
    while n_steps < max_steps && !is_flat(&gradient) && is_wanted() {
        let direction = downhill(&gradient, &pairs);
        let slope = dot(&direction, &gradient);
        if slope >= 0.0 {
            break; // rounding left no direction that leads down
        }
        // Without memory the length of the gradient says nothing about how far to go.
        let mut length = if pairs.is_empty() {
            dot(&gradient, &gradient).sqrt().recip().min(1.0)
        } else {
            1.0
        };
        let tried = (0..MAX_HALVINGS).find_map(|_| {
            let next = moved(&point, &direction, length);
            let (next_loss, next_gradient) = loss_and_gradient(&next);
            let falls = next_loss <= loss + SUFFICIENT_FALL * length * slope;
            length *= 0.5;
            falls.then_some((next, next_loss, next_gradient))
        });
        let Some((next, next_loss, next_gradient)) = tried else {
            break;
        };
        let step = moved(&next, &point, -1.0);
        let change = moved(&next_gradient, &gradient, -1.0);
        let curvature = dot(&step, &change);
        if curvature > 0.0 {
            pairs.truncate(MEMORY - 1);
            pairs.push_front(Pair {
                step,
                change,
                reciprocal: curvature.recip(),
            });
        }
        (point, loss, gradient) = (next, next_loss, next_gradient);
        n_steps += 1;
    }
    Minimum {
        has_converged: is_flat(&gradient),
        point,
        n_steps,
    }
}

/// Minus the gradient times the inverse curvature that the pairs, newest first, speak of.
fn downhill(gradient: &[f64], pairs: &VecDeque<Pair>) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|slope| -slope).collect();
    let mut shares = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let share = pair.reciprocal * dot(&pair.step, &direction);
        direction = moved(&direction, &pair.change, -share);
        shares.push(share);
    }
    if let Some(newest) = pairs.front() {
        let scale = (newest.reciprocal * dot(&newest.change, &newest.change)).recip();
        for value in &mut direction {
            *value *= scale;
        }
    }
    for (pair, share) in pairs.iter().zip(shares).rev() {
        let back = pair.reciprocal * dot(&pair.change, &direction);
        direction = moved(&direction, &pair.step, share - back);
    }
    direction
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `point + length · direction`.
fn moved(point: &[f64], direction: &[f64], length: f64) -> Vec<f64> {
    let pairs = point.iter().zip(direction);
    pairs.map(|(at, along)| at + length * along).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bottom_of_an_uneven_bowl_is_found() {
        // Σ cᵢ (xᵢ − i)² with c from 1 to 10,000: plain descent would need thousands of steps.
        let curvatures: Vec<f64> = (0..9_u8)
            .map(|i| 10.0_f64.powf(f64::from(i) / 2.0))
            .collect();
        let bowl = |x: &[f64]| {
            let offsets: Vec<f64> = (0..9_u8).zip(x).map(|(i, x)| x - f64::from(i)).collect();
            let terms = offsets.iter().zip(&curvatures);
            let loss = 1.0 + terms.clone().map(|(d, c)| c * d * d).sum::<f64>();
            (loss, terms.map(|(d, c)| 2.0 * c * d).collect())
        };
        let bottom = minimise(bowl, vec![50.0; 9], 1e-2, 200, || true);
        assert!(bottom.has_converged && bottom.n_steps < 200);
        for (i, x) in (0..9_u8).zip(bottom.point) {
            assert!((x - f64::from(i)).abs() < 1e-2, "{i}: {x}"); // at most 1e-2 / (2 c), c from 1
        }
        let cut_short = minimise(bowl, vec![50.0; 9], 1e-2, 3, || true);
        assert_eq!((cut_short.has_converged, cut_short.n_steps), (false, 3));
    }

    #[test]
    fn a_search_that_is_no_longer_wanted_ends_where_it_is() {
        let bowl = |x: &[f64]| (x[0] * x[0], vec![2.0 * x[0]]);
        let stopped = minimise(bowl, vec![3.0], 1e-6, 10, || false);
        assert_eq!((stopped.n_steps, stopped.has_converged), (0, false));
        assert!((stopped.point[0] - 3.0).abs() < 1e-12);
    }

    #[test]
    fn the_bottom_itself_is_kept() {
        let flat = |x: &[f64]| (1.0, vec![0.0; x.len()]);
        let bottom = minimise(flat, vec![3.0, 4.0], 0.0, 10, || true);
        assert_eq!(bottom.point, [3.0, 4.0]);
        assert_eq!((bottom.has_converged, bottom.n_steps), (true, 0));
    }
}
