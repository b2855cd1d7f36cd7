//! The drawing in progress: strokes, and the way back through them.

use std::sync::Arc;

use hourglass_protocol::{PenStroke, Prepared};

/// Half the width of a stroke, as a share of the canvas: the finest and the broadest.
pub const RADII: std::ops::RangeInclusive<f32> = 0.015..=0.09;

/// Steps that can be taken back.
const MAX_STEPS: usize = 100;

/// Places of one stroke; a pen that is never lifted begins another.
const MAX_POINTS: usize = 2_000;

/// Strokes of the whole drawing; more would say nothing on 28×28.
const MAX_STROKES: usize = 200;

/// Steps of the pen shorter than this share of the canvas are none.
const SHORTEST_STEP: f32 = 0.004;

/// The drawing in progress.
#[derive(Debug, Default)]
pub struct Drawing {
    strokes: Vec<Arc<PenStroke>>,
    /// What it was before each step, oldest first.
    past: Vec<Vec<Arc<PenStroke>>>,
    /// What was taken back, the next to come last.
    future: Vec<Vec<Arc<PenStroke>>>,
    prepared: Option<Arc<Prepared>>,
}

impl Drawing {
    /// The strokes in order.
    pub fn strokes(&self) -> impl Iterator<Item = &PenStroke> {
        self.strokes.iter().map(|stroke| &**stroke)
    }

    /// Whether nothing is drawn.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.strokes.is_empty()
    }

    /// The digit it became; `None` while nothing is drawn.
    #[must_use]
    pub fn prepared(&self) -> Option<&Arc<Prepared>> {
        self.prepared.as_ref()
    }

    /// Takes in the digit it became.
    pub fn set_prepared(&mut self, prepared: Option<Arc<Prepared>>) {
        self.prepared = prepared;
    }

    /// Puts the pen down; `radius` is half the width of the stroke. Places are shares of the canvas.
    pub fn begin(&mut self, at: [f32; 2], radius: f32) {
        if self.strokes.len() >= MAX_STROKES {
            return;
        }
        self.step();
        self.strokes.push(Arc::new(PenStroke {
            points: vec![at],
            radius: radius.clamp(*RADII.start(), *RADII.end()),
        }));
    }

    /// Moves the pen that is down.
    pub fn extend(&mut self, at: [f32; 2]) {
        let Some(stroke) = self.strokes.last_mut() else {
            return;
        };
        let Some(&[x, y]) = stroke.points.last() else {
            return;
        };
        let moved = (at[0] - x).hypot(at[1] - y);
        if moved >= SHORTEST_STEP && stroke.points.len() < MAX_POINTS {
            Arc::make_mut(stroke).points.push(at);
        }
    }

    /// Removes every stroke.
    pub fn clear(&mut self) {
        if !self.strokes.is_empty() {
            self.step();
            self.strokes.clear();
        }
    }

    /// Whether there is a step to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is a step to take again.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Takes the last step back.
    pub fn undo(&mut self) {
        if let Some(before) = self.past.pop() {
            let after = std::mem::replace(&mut self.strokes, before);
            self.future.push(after);
        }
    }

    /// Takes the step again that was taken back last.
    pub fn redo(&mut self) {
        if let Some(after) = self.future.pop() {
            let before = std::mem::replace(&mut self.strokes, after);
            self.past.push(before);
        }
    }

    /// Keeps what it is, to come back to.
    fn step(&mut self) {
        self.future.clear();
        if self.past.len() == MAX_STEPS {
            self.past.remove(0);
        }
        self.past.push(self.strokes.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n_points(drawing: &Drawing) -> Vec<usize> {
        drawing
            .strokes()
            .map(|stroke| stroke.points.len())
            .collect()
    }

    #[test]
    fn every_step_can_be_taken_back_and_again() {
        let mut drawing = Drawing::default();
        drawing.begin([0.1, 0.1], 0.05);
        drawing.extend([0.2, 0.1]);
        drawing.extend([0.2, 0.1]); // the pen rests
        drawing.begin([0.5, 0.5], 0.05);
        drawing.clear();
        assert!(drawing.is_empty());
        drawing.undo();
        assert_eq!(n_points(&drawing), [2, 1]);
        drawing.undo();
        drawing.undo();
        assert!(drawing.is_empty() && !drawing.can_undo());
        for _ in 0..3 {
            drawing.redo();
        }
        assert!(drawing.is_empty() && !drawing.can_redo());
        drawing.undo();
        drawing.begin([0.9, 0.9], 9.0);
        assert_eq!(n_points(&drawing), [2, 1, 1]);
        assert!(!drawing.can_redo(), "another step was taken since");
        assert_eq!(
            drawing.strokes().last().map(|s| s.radius),
            Some(*RADII.end())
        );
    }

    #[test]
    fn a_drawing_stays_bounded() {
        let mut drawing = Drawing::default();
        for step in 0..2 * MAX_STROKES {
            drawing.begin([0.5, 0.5], 0.05);
            drawing.extend([f32::from(u8::from(step % 2 == 0)), 0.5]);
        }
        assert_eq!(n_points(&drawing).len(), MAX_STROKES);
        assert_eq!(drawing.past.len(), MAX_STEPS);
    }
}
