//! Measuring what a code is worth, beside the training.
//!
//! Images are encoded between bursts, with the weights as they were when it was asked for. The rest is arithmetic on a
//! thread of its own, which waits until what the data set allows has been measured.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::TryRecvError;

use crate::errand::Errand;
use crate::judging::{Judged, Judging, Message, Part};
use hourglass_protocol::{Event, Failure};
use hourglass_train::{CodeSamples, CodeSampling, Measures, worth_of};

use super::devices::guarded;
use super::{BURST, Flow, Lab};

impl Lab {
    /// Begins to measure the code of the run in front.
    pub(super) fn judge(&mut self) -> Flow {
        let Some(run) = &self.run else {
            return Flow::Continue(());
        };
        let sampling = Box::new(CodeSampling::new(&run.trainer));
        let progress = sampling.progress();
        let id = run.id;
        self.judging = Some(Judging {
            run: id,
            begun: Instant::now(),
            part: Part::Sampling(sampling),
        });
        self.report(Event::JudgingProgress { run: id, progress })
    }

    pub(super) fn cancel_judging(&mut self) -> Flow {
        match self.judging.take() {
            Some(Judging { run, .. }) => self.report(Event::JudgingCancelled { run }),
            None => Flow::Continue(()),
        }
    }

    /// Does what there is to be done for the code that is being measured, for a moment at most.
    pub(super) fn judge_on(&mut self) -> Flow {
        let Some(mut judging) = self.judging.take() else {
            return Flow::Continue(());
        };
        if self.run.as_ref().is_none_or(|run| run.id != judging.run) {
            return self.report(Event::JudgingCancelled { run: judging.run });
        }
        judging.part = match judging.part {
            Part::Sampling(mut sampling) => {
                let taken = guarded(&self.device, || {
                    let begun = Instant::now();
                    loop {
                        let samples = sampling.advance()?;
                        if samples.is_some() || begun.elapsed() >= BURST {
                            return Ok(samples);
                        }
                    }
                });
                match taken {
                    Ok(Some(samples)) => Part::Waiting(Box::new(samples)),
                    Ok(None) => {
                        let (run, progress) = (judging.run, sampling.progress());
                        self.report(Event::JudgingProgress { run, progress })?;
                        Part::Sampling(sampling)
                    }
                    Err(error) => {
                        self.report(Event::JudgingCancelled { run: judging.run })?;
                        return self.stop(error);
                    }
                }
            }
            other => other,
        };
        if let Part::Waiting(samples) = judging.part {
            judging.part = match self.send_off(samples) {
                Ok(part) => part,
                Err(error) => {
                    let reason = format!("a thread for it could not be started: {error}");
                    return self.fail(Failure::NotJudged { reason });
                }
            };
        }
        if let Part::Beside(errand) = &judging.part {
            loop {
                match errand.messages().try_recv() {
                    Ok(Message::Progress(progress)) => {
                        let run = judging.run;
                        self.report(Event::JudgingProgress { run, progress })?;
                    }
                    Ok(Message::Judged(found)) => return self.judged(&judging, *found),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => {
                        let reason = "its thread crashed; training goes on".to_owned();
                        return self.fail(Failure::NotJudged { reason });
                    }
                }
            }
        }
        self.judging = Some(judging);
        Flow::Continue(())
    }

    fn judged(&mut self, judging: &Judging, (report, measures): Judged) -> Flow {
        // Somebody may wait for what the data set allows: the command line does before it writes a run's figures.
        if self.measures.is_none() && self.fits_run(&measures) {
            self.take_measures(measures)?;
        }
        self.report(Event::CodeJudged {
            run: judging.run,
            report,
            secs: judging.begun.elapsed().as_secs_f64(),
        })
    }

    /// Has the rest done on a thread, once what the data set allows is known or nobody is about to find it out.
    fn send_off(&mut self, samples: Box<CodeSamples>) -> io::Result<Part> {
        let Some(run) = &self.run else {
            return Ok(Part::Waiting(samples));
        };
        let dataset = Arc::clone(run.trainer.dataset());
        let own = self.dataset.as_ref();
        let is_being_measured = self.loader.as_ref().is_some_and(|of| of.is_measuring)
            && own.is_some_and(|own| Arc::ptr_eq(own, &dataset));
        let known = self.measures_of_run();
        if known.is_none() && is_being_measured {
            return Ok(Part::Waiting(samples));
        }
        let n_train = self.n_learned_from(&dataset);
        let kept = self.kept.clone();
        let errand = Errand::start("hourglass-judge", move |orders| {
            let measures =
                known.unwrap_or_else(|| Arc::new(Measures::of(&dataset, n_train, &kept)));
            let mut report = |progress| orders.mention(Message::Progress(progress));
            let is_wanted = || orders.is_wanted();
            let found = worth_of(
                &samples,
                &measures,
                &dataset,
                &kept,
                &mut report,
                &is_wanted,
            );
            if let Some(report) = found {
                let message = Message::Judged(Box::new((report, measures)));
                orders.reports.send(message).ok(); // closed: nobody wants it any more
            }
        })?;
        Ok(Part::Beside(errand))
    }
}
