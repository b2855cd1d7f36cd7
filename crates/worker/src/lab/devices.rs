//! Failures, and moving from device to device.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::panics::panic_message;
use hourglass_protocol::{DeviceChoice, DeviceKind, Event, Failure, Phase};
use hourglass_train::device::{self, OpenDevice};
use hourglass_train::{Checkpoint, TrainError, Trainer};

use super::{Flow, Lab};

impl Lab {
    /// Stops the run and puts the last good weights back; a device that failed is replaced by the CPU.
    pub(super) fn stop(&mut self, error: TrainError) -> Flow {
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        run.until = None;
        run.candidate = None;
        let restored_step = run.last_good.step;
        match error {
            TrainError::NonFinite { term, value, step } => {
                let failure = Failure::NonFiniteLoss {
                    run: run.id,
                    term,
                    value,
                    step,
                    restored_step,
                };
                if let Err(error) = run.trainer.restore(&run.last_good) {
                    return self.stop(error);
                }
                self.looks.invalidate();
                self.fail(failure)?;
            }
            TrainError::Device { reason } => {
                self.fail(Failure::DeviceLost {
                    device: self.device.info.name.clone(),
                    reason,
                    step: restored_step,
                })?;
                self.move_to(device::cpu(), None)?;
            }
        }
        let Some(run) = &self.run else {
            return Flow::Continue(());
        };
        let position = run.position();
        self.report_phase(Phase::Stopped { position })
    }

    pub(super) fn use_device(&mut self, choice: DeviceChoice) -> Flow {
        let opened = match device::open(choice) {
            Ok(opened) => opened,
            Err(reason) => return self.fail(Failure::DeviceDidNotStart { choice, reason }),
        };
        if opened.info == self.device.info {
            return Flow::Continue(());
        }
        if let Some(comparison) = &mut self.other.run {
            comparison.candidate = comparison.trainer.checkpoint().ok();
        }
        let checkpoint = self.run.as_ref().map(|run| run.trainer.checkpoint());
        match checkpoint.transpose() {
            Ok(checkpoint) => self.move_to(opened, checkpoint),
            Err(error) => self.stop(error),
        }
    }

    /// Continues on another device, from a checkpoint or from the last good weights. A checkpoint is none of the
    /// good ones before the next loss says so.
    pub(super) fn move_to(&mut self, device: OpenDevice, checkpoint: Option<Checkpoint>) -> Flow {
        self.device = device;
        if let (Some(run), Some(checkpoint)) = (&mut self.run, checkpoint) {
            run.candidate = Some(checkpoint);
        }
        self.rebuild()?;
        self.with_comparison(Self::rebuild)?;
        let device = self.device.info.clone();
        self.report(Event::DeviceChanged { device })?;
        self.prepare()
    }

    /// Makes the run's model again on the device in use, from where it was, or else from its last good weights.
    pub(super) fn rebuild(&mut self) -> Flow {
        if let Some(run) = &mut self.run {
            let experiment = run.trainer.experiment().clone();
            let dataset = Arc::clone(run.trainer.dataset());
            let from = run.candidate.as_ref().unwrap_or(&run.last_good);
            let moved = guarded(&self.device, || {
                Trainer::resume(experiment, dataset, &self.device.device, from)
            });
            run.candidate = run.candidate.take().filter(Checkpoint::is_finite);
            match moved {
                Ok(trainer) => run.trainer = trainer,
                Err(error) => {
                    let reason = error.to_string();
                    self.run = None;
                    return self.fail(Failure::InvalidExperiment { reason });
                }
            }
            run.is_warm = self.device.info.kind == DeviceKind::Cpu;
            self.looks.invalidate();
        }
        Flow::Continue(())
    }
}

/// Runs work on the device. A GPU's errors may come as panics of Burn's own; they become errors, so that
/// the run can go on elsewhere. A panic on the CPU is a defect of ours and is passed on.
pub(super) fn guarded<T>(
    device: &OpenDevice,
    work: impl FnOnce() -> Result<T, TrainError>,
) -> Result<T, TrainError> {
    if device.info.kind == DeviceKind::Cpu {
        return work();
    }
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(TrainError::Device {
            reason: panic_message(panic.as_ref()),
        })
    })
}
