//! Minimises a smooth convex function: L-BFGS with a backtracking line search.
//!
//! Nocedal & Wright, *Numerical Optimization*, 2nd edition: algorithms 7.4 (two loops), 7.5 and 3.1
//! (backtracking). Nothing is random.

use std::collections::VecDeque;

/// Pairs of steps and changes of slope that are remembered.
const MEMORY: usize = 10;

/// Share of the fall promised by the slope that a step has to keep (Armijo's condition).
const SUFFICIENT_FALL: f64 = 1e-4;

/// Halvings of a step before it is taken that none leads down, which is where rounding rules.
const MAX_HALVINGS: usize = 12;

/// A relative fall below this is standing still: the losses are found in single precision.
const SMALLEST_FALL: f64 = 1e-7;

/// A step, what it changed in the gradient, and `1 / (step · change)`.
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    reciprocal: f64,
}

/// Where `loss_and_gradient` is least, from `start`, after at most `max_steps` steps; fewer where it stands
/// still. Steps go down only.
pub fn minimise(
    loss_and_gradient: impl Fn(&[f64]) -> (f64, Vec<f64>),
    start: Vec<f64>,
    max_steps: usize,
) -> Vec<f64> {
    let mut point = start;
    let (mut loss, mut gradient) = loss_and_gradient(&point);
    let mut pairs: VecDeque<Pair> = VecDeque::new();
    for _ in 0..max_steps {
        let direction = downhill(&gradient, &pairs);
        let slope = dot(&direction, &gradient);
        if slope >= 0.0 {
            break; // also at the bottom, where the gradient is zero
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
        let fall = loss - next_loss;
        (point, loss, gradient) = (next, next_loss, next_gradient);
        if fall <= SMALLEST_FALL * loss.abs() {
            break;
        }
    }
    point
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
        let bottom = minimise(bowl, vec![50.0; 9], 200);
        for (i, x) in (0..9_u8).zip(bottom) {
            assert!((x - f64::from(i)).abs() < 1e-2, "{i}: {x}");
        }
    }

    #[test]
    fn the_bottom_itself_is_kept() {
        let flat = |x: &[f64]| (1.0, vec![0.0; x.len()]);
        assert_eq!(minimise(flat, vec![3.0, 4.0], 10), [3.0, 4.0]);
    }
}
