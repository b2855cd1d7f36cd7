//! The film of a run: frames of the latent space, of bounded number.

use hourglass_protocol::FilmFrame;

use super::thinned::Thinned;

/// Frames over a run. However long it is, at most [`Reel::MAX_FRAMES`] are kept, evenly thinned.
#[derive(Clone, Debug, Default)]
pub struct Reel {
    frames: Thinned<FilmFrame>,
}

impl Reel {
    /// Most frames kept: with 2,000 points of 8 bytes each, 4 MB.
    pub const MAX_FRAMES: usize = 256;

    /// Adds a frame.
    pub fn push(&mut self, frame: FilmFrame) {
        self.frames.push(frame, Self::MAX_FRAMES);
    }

    /// The frames, oldest first, the newest of all among them.
    #[must_use]
    pub fn frames(&self) -> Vec<FilmFrame> {
        self.frames.iter().cloned().collect()
    }

    /// Frames that are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_protocol::ScatterView;

    fn frame(step: u64) -> FilmFrame {
        FilmFrame {
            epoch: 0.0,
            scatter: ScatterView {
                step,
                ..ScatterView::default()
            },
        }
    }

    #[test]
    fn invariant_10_a_film_stays_bounded_even_and_whole() {
        let mut reel = Reel::default();
        assert!(reel.is_empty());
        for step in 0..5_000 {
            reel.push(frame(step));
        }
        assert!(reel.len() <= Reel::MAX_FRAMES && reel.len() >= Reel::MAX_FRAMES / 2);
        let steps: Vec<u64> = reel
            .frames()
            .iter()
            .map(|frame| frame.scatter.step)
            .collect();
        assert_eq!((steps.first(), steps.last()), (Some(&0), Some(&4_999)));
        let even = &steps[..steps.len() - 1];
        assert!(
            even.windows(2).all(|pair| pair[1] - pair[0] == even[1]),
            "{steps:?}"
        );
    }
}
