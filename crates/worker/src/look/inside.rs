//! Looks inside the network: weights as pictures, and one image on its way through every layer.

use std::sync::Arc;

use hourglass_protocol::{FilterView, FlowView, ProbeRequest, Snapshot, UnitMeans};
use hourglass_train::{TrainError, Trainer, filters, flow, unit_means};

use super::View;

/// The looks inside one run, each with its age and price: weights are cheap, means over the test split are not.
#[derive(Debug, Default)]
pub(super) struct Inside {
    filters: View<Option<Arc<FilterView>>>,
    unit_means: View<Option<Arc<UnitMeans>>>,
    flow: View<Option<Arc<FlowView>>>,
}

impl Inside {
    /// Looks elsewhere: what changed is made anew at the next look.
    pub fn request(&mut self, before: &ProbeRequest, now: &ProbeRequest) {
        if before.filters != now.filters {
            self.filters.step = None;
        }
        let connection = |request: &ProbeRequest| request.filters.map(|asked| asked.connection);
        if connection(before) != connection(now) {
            self.unit_means.invalidate(); // another layer has another price
        }
        if before.followed != now.followed {
            self.flow.step = None;
        }
    }

    /// Everything has to be made anew.
    pub fn invalidate(&mut self) {
        self.filters.invalidate();
        self.unit_means.invalidate();
        self.flow.invalidate();
    }

    /// Renews what is due, and says whether anything was.
    pub fn look(
        &mut self,
        request: &ProbeRequest,
        trainer: &mut Trainer,
        at_rest: bool,
    ) -> Result<bool, TrainError> {
        let step = trainer.step();
        let mut changed = self
            .filters
            .renew(step, at_rest, || match request.filters {
                Some(asked) => Ok(filters(trainer, asked)?.map(Arc::new)),
                None => Ok(None),
            })?;
        changed |= self.flow.renew(step, at_rest, || match request.followed {
            Some(sample) => Ok(flow(trainer, sample)?.map(Arc::new)),
            None => Ok(None),
        })?;
        changed |= self
            .unit_means
            .renew(step, at_rest, || match request.filters {
                Some(asked) => Ok(unit_means(trainer, asked.connection)?.map(Arc::new)),
                None => Ok(None),
            })?;
        Ok(changed)
    }

    /// Puts the newest looks into a snapshot.
    pub fn fill(&self, snapshot: &mut Snapshot) {
        snapshot.filters.clone_from(&self.filters.value);
        snapshot.unit_means.clone_from(&self.unit_means.value);
        snapshot.flow.clone_from(&self.flow.value);
    }
}
