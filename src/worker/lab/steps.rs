//! Taking steps, measuring, looking.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Instant;

use crate::protocol::{EvaluationScope, Event, Phase};
use crate::train::{self, Burst, Measures};

use super::devices::guarded;
use super::{BURST, CHECKPOINT_INTERVAL, Flow, Goal, Lab};

impl Lab {
    /// One burst of steps, its figures, and the evaluations it makes due.
    pub(super) fn train(&mut self) -> Flow {
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
        self.rest_if_done()
    }

    pub(super) fn trained(&mut self, burst: Burst) -> Flow {
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        let became_warm = !std::mem::replace(&mut run.is_warm, true);
        if run.checked.elapsed() >= CHECKPOINT_INTERVAL {
            match guarded(&self.device, || run.trainer.checkpoint()) {
                Ok(checkpoint) => {
                    run.last_good = checkpoint;
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
        if became_warm || burst.completed_epoch {
            self.report_phase(Phase::Training { position })?;
        }
        if burst.completed_epoch {
            self.evaluate(EvaluationScope::Full)
        } else if burst.evaluation_due {
            self.evaluate(EvaluationScope::Running)
        } else {
            Flow::Continue(())
        }
    }

    /// Stops taking steps once the goal is reached.
    pub(super) fn rest_if_done(&mut self) -> Flow {
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
        self.report_phase(phase)
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

    /// Measures what the code is worth. Nothing is trained meanwhile.
    pub(super) fn judge(&mut self) -> Flow {
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        let was_waiting = run.until.is_none();
        run.record.start_clock();
        let measures = self.measures.get_or_insert_with(|| {
            Arc::new(Measures::of(run.trainer.dataset())) // asked for before they were known
        });
        let (id, trainer) = (run.id, &run.trainer);
        let report = guarded(&self.device, || train::judge(trainer, measures));
        if was_waiting {
            run.record.stop_clock();
        }
        match report {
            Ok(report) => self.report(Event::CodeJudged { run: id, report }),
            Err(error) => self.stop(error),
        }
    }

    pub(super) fn look(&mut self) -> Flow {
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        let (looks, at_rest) = (&mut self.looks, run.until.is_none());
        let snapshot = guarded(&self.device, || {
            looks.look(run.id, &mut run.trainer, at_rest)
        });
        match snapshot {
            Ok(Some(snapshot)) => {
                self.side.snapshot.put(snapshot);
                self.wake.call();
                Flow::Continue(())
            }
            Ok(None) => Flow::Continue(()),
            Err(error) => self.stop(error),
        }
    }
}
