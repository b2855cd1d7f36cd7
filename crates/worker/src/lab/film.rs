//! Taking the frames of a film, and gathering the numbers of a figure.
//!
//! Frames are taken at steps that do not depend on the machine, while `ProbeRequest::film` asks for them.

use hourglass_protocol::{EncodingRequest, Event, Failure, Gather};

use super::devices::guarded;
use super::run::{Reel, Run};
use super::{Flow, Lab};

/// Frames that the plan of a run is divided into, apart from those of its beginning.
const N_FRAMES: u64 = 100;

impl Reel {
    /// The step at which the next frame is due. Frames are dense at the beginning, where most happens, and even later;
    /// which steps they show does not depend on how fast the machine is.
    fn next(&self, steps_of_plan: u64) -> u64 {
        let Some(newest) = self.newest else {
            return 0;
        };
        let even = (steps_of_plan / N_FRAMES).max(1);
        newest + (newest / 4).clamp(1, even)
    }
}

impl Lab {
    /// Takes a frame where one is due.
    pub(super) fn film(&mut self) -> Flow {
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        if !self.looks.asks_for_film() {
            run.reel = Reel::default();
            return Flow::Continue(());
        }
        let step = run.trainer.step();
        let is_at_end = run.until.is_none() && run.reel.newest.is_none_or(|newest| newest != step);
        if step < run.next_frame() && !is_at_end {
            return Flow::Continue(());
        }
        run.reel.newest = Some(step);
        let id = run.id;
        let frame = guarded(&self.device, || run.reel.probe.film_frame(&mut run.trainer));
        match frame {
            Ok(frame) => self.report(Event::FrameTaken { run: id, frame }),
            Err(error) => self.stop(error),
        }
    }

    /// Gathers the numbers of a figure. Nothing is trained meanwhile.
    pub(super) fn gather(&mut self, what: &Gather) -> Flow {
        let Some(run) = &mut self.run else {
            return self.fail(Failure::NoFigure {
                reason:
                    "there is no model to draw yet: load a data set and choose an experiment first"
                        .to_owned(),
            });
        };
        let id = run.id;
        let probe = self.looks.probe();
        match guarded(&self.device, || probe.gather(&mut run.trainer, what)) {
            Ok(gathered) => self.report(Event::Gathered {
                run: id,
                gathered: Box::new(gathered),
            }),
            Err(error) => self.stop(error),
        }
    }

    /// Finds what the model makes of every image. Nothing is trained meanwhile.
    pub(super) fn encode(&mut self, request: EncodingRequest) -> Flow {
        let Some(run) = &mut self.run else {
            return self.fail(Failure::NoFigure {
                reason: "there is no model to encode with yet: open a run first".to_owned(),
            });
        };
        let id = run.id;
        match guarded(&self.device, || run.trainer.encodings(request)) {
            Ok(encodings) => self.report(Event::Encoded {
                run: id,
                encodings: Box::new(encodings),
            }),
            Err(error) => self.stop(error),
        }
    }
}

impl Run {
    /// Steps that may be taken before the next frame of a film is due.
    pub(super) fn steps_to_frame(&self) -> u64 {
        self.next_frame().saturating_sub(self.trainer.step()).max(1)
    }

    fn next_frame(&self) -> u64 {
        let epochs = self.trainer.experiment().total_epochs() as u64;
        self.reel
            .next(epochs * self.trainer.steps_per_epoch() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_dense_at_first_and_then_even() {
        let mut reel = Reel::default();
        let mut steps = Vec::new();
        while steps.last().is_none_or(|&step| step < 4_690) {
            let next = reel.next(4_690);
            reel.newest = Some(next);
            steps.push(next);
        }
        assert_eq!(steps[..8], [0, 1, 2, 3, 4, 5, 6, 7]);
        assert!((100..140).contains(&steps.len()), "{} frames", steps.len());
        let gaps: Vec<u64> = steps.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(gaps.is_sorted() && gaps.last() == Some(&46));
    }
}
