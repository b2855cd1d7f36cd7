//! Taking steps, measuring, looking.

use std::num::NonZeroU64;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use hourglass_protocol::{EvaluationScope, Event, Phase, Snapshot};
use hourglass_train::{Burst, Checkpoint};

use super::devices::guarded;
use super::run::Goal;
use super::{BURST, CHECKPOINT_INTERVAL, Flow, Lab, OwnerGone};

impl Lab {
    /// One burst of steps, of whichever run has taken fewer.
    pub(super) fn train(&mut self) -> Flow {
        if self.comparison_is_behind() {
            return self.catch_up();
        }
        self.was_level = true;
        self.burst()?;
        self.rest_if_done()
    }

    /// One burst of steps, its figures, and the evaluations it makes due.
    pub(super) fn burst(&mut self) -> Flow {
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        let max_steps = match run.until {
            Some(Goal::Steps(goal)) => goal.saturating_sub(run.trainer.step()),
            Some(Goal::Epochs(goal)) if run.trainer.epochs_done() >= goal => 0,
            Some(Goal::Epochs(_)) => u64::MAX,
            None => 0,
        };
        let max_steps = if self.looks.asks_for_film() {
            max_steps.min(run.steps_to_frame())
        } else {
            max_steps
        };
        if let Some(max_steps) = NonZeroU64::new(max_steps) {
            let (commands, bell) = (&self.side.commands, &self.side.bell);
            let burst = guarded(&self.device, || {
                run.trainer.burst(BURST, max_steps.get(), || {
                    !commands.is_empty() || !bell.is_empty() // a pointer that moves is answered at once
                })
            });
            match burst {
                Ok(burst) => self.trained(burst)?,
                Err(error) => return self.stop(error),
            }
        }
        Flow::Continue(())
    }

    pub(super) fn trained(&mut self, burst: Burst) -> Flow {
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        let became_warm = !std::mem::replace(&mut run.is_warm, true);
        run.judge_candidate(&burst.steps);
        if run.checked.elapsed() >= CHECKPOINT_INTERVAL {
            match guarded(&self.device, || run.trainer.checkpoint()) {
                Ok(checkpoint) => {
                    run.candidate = Some(checkpoint).filter(Checkpoint::is_finite);
                    run.checked = Instant::now();
                }
                Err(error) => return self.stop(error),
            }
        }
        let (id, position) = (run.id, run.position());
        self.report(Event::StepsTaken {
            run: id,
            steps: burst.steps,
        })?;
        if !burst.gradients.is_empty() {
            self.report(Event::GradientsMeasured {
                run: id,
                rows: burst.gradients,
            })?;
        }
        if became_warm || burst.completed_epoch {
            self.report_phase(Phase::Training { position })?;
        }
        if burst.completed_epoch {
            self.end_with_the_best(burst.is_out_of_patience);
            self.evaluate(EvaluationScope::Full)
        } else if burst.evaluation_due {
            self.evaluate(EvaluationScope::Running)
        } else {
            Flow::Continue(())
        }
    }

    /// At the end of the run, or where it ends early, puts back the best weights if images are held out.
    fn end_with_the_best(&mut self, ends_early: bool) {
        let Some(run) = &mut self.run else { return };
        let done = run.trainer.epochs_done();
        if ends_early {
            run.epochs_goal = done;
            run.until = run.until.map(|_| Goal::Epochs(done));
        }
        if done >= run.epochs_goal {
            run.trainer.put_best_back();
        }
    }

    /// Stops taking steps once the goal is reached, by the comparison run too.
    pub(super) fn rest_if_done(&mut self) -> Flow {
        if self.comparison_is_behind() {
            return Flow::Continue(());
        }
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        let is_done = match run.until {
            Some(Goal::Epochs(goal)) => run.trainer.epochs_done() >= goal,
            Some(Goal::Steps(goal)) => run.trainer.step() >= goal,
            None => false,
        };
        if !is_done {
            return Flow::Continue(());
        }
        run.until = None;
        let phase = run.resting_phase();
        self.report_phase(phase)?;
        self.report_comparison()
    }

    pub(super) fn evaluate(&mut self, scope: EvaluationScope) -> Flow {
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        let id = run.id;
        match guarded(&self.device, || run.trainer.evaluate(scope)) {
            Ok(evaluation) => self.report(Event::Evaluated {
                run: id,
                evaluation,
            }),
            Err(error) => self.stop(error),
        }
    }

    /// Renews the views that are due, of the comparison run too, and hands them over together.
    pub(super) fn look(&mut self) -> Flow {
        let at_rest = !self.is_training();
        self.looks.turn_onto(None);
        let mut changed = self.glance(at_rest)?;
        // Two clouds are compared by eye: principal axes are of any sign, and in any order where variances are alike.
        let components = self.looks.components();
        self.with_comparison(|lab| {
            lab.looks.turn_onto(components);
            changed |= lab.glance(at_rest)?;
            Flow::Continue(())
        })?;
        if let Some(seen) = self.seen.as_ref().filter(|_| changed) {
            self.side.snapshot.put(Snapshot {
                comparison: self.other.seen.clone().map(Arc::new),
                ..seen.clone()
            });
            self.wake.call();
        }
        Flow::Continue(())
    }

    /// Renews the views of the run in front; tells whether there was any to renew.
    fn glance(&mut self, at_rest: bool) -> ControlFlow<OwnerGone, bool> {
        let Some(run) = &mut self.run else {
            return ControlFlow::Continue(false);
        };
        let looks = &mut self.looks;
        let seen = guarded(&self.device, || {
            looks.look(run.id, &mut run.trainer, at_rest)
        });
        match seen {
            Ok(Some(seen)) => {
                self.seen = Some(seen);
                ControlFlow::Continue(true)
            }
            Ok(None) => ControlFlow::Continue(false),
            Err(error) => {
                self.stop(error)?;
                ControlFlow::Continue(false)
            }
        }
    }
}
