//! The previous run, which can be brought back.

use hourglass_protocol::{DatasetDescription, RunId};

use super::{Ghost, LabState, Previous, RunState};

/// Training after which the run before is offered until it is waved away, in seconds. One of less is offered in passing.
const LONG_SECS: f64 = 60.0;

impl LabState {
    /// Another run takes the place of this one.
    pub(super) fn note_replaced(&mut self, run: RunId) {
        self.replaced = Some(run);
    }

    /// Keeps what was replaced as the run before; gives what is drawn of the run in progress once it is over.
    pub(super) fn replace_runs(&mut self) -> Option<Ghost> {
        let ghost = self.run.as_ref().and_then(RunState::to_ghost);
        if let Some(id) = self.replaced.take() {
            let both = [&mut self.run, &mut self.comparison];
            let mut taken = both
                .into_iter()
                .filter_map(|run| run.take_if(|run| run.id == id));
            if let Some(run) = taken.next() {
                let is_offered = run.speed.elapsed_secs >= LONG_SECS;
                if !is_offered {
                    let text = format!("{} of “{}” replaced", trained(&run), super::title(&run));
                    self.notices.replaced(run.id, text);
                }
                self.previous = Some(Previous { run, is_offered });
            }
        }
        ghost
    }

    /// The run before is in its place again, with all that was known of it.
    pub(super) fn take_back(&mut self, id: RunId, dataset: Option<DatasetDescription>) {
        let Some(before) = self.previous.take_if(|before| before.run.id == id) else {
            return;
        };
        self.replace_runs();
        self.comparison = None;
        if let Some(dataset) = dataset {
            self.dataset = Some(dataset);
            self.baselines = None;
        }
        if self.session.brings_back() {
            self.draft = before.run.experiment.clone();
        } // else another run is on its way already
        let text = format!("{} is back", super::title(&before.run));
        self.notices.info(text);
        self.run = Some(before.run);
    }
}

/// "10 epochs", "1.5 epochs", "3 steps".
fn trained(run: &RunState) -> String {
    let plural = |is_one: bool| if is_one { "" } else { "s" };
    if run.epoch < 1.0 {
        return format!("{} step{}", run.step, plural(run.step == 1));
    }
    let tenths = (10.0 * run.epoch).round() / 10.0;
    format!("{tenths} epoch{}", plural((tenths - 1.0).abs() < 1e-9))
}
