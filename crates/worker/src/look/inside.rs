//! Looks inside the network: weights as pictures, and one image on its way through every layer.

use std::sync::Arc;

use hourglass_experiment::network::Connection;
use hourglass_protocol::{
    FilterRequest, FilterView, FlowView, ProbeRequest, SampleIdx, Snapshot, UnitMeans,
};
use hourglass_train::{TrainError, Trainer, filters, flow, unit_means};

use super::view::View;

/// The looks inside one run, each with its age and price: weights are cheap, means over the test split are not.
#[derive(Debug, Default)]
pub(super) struct Inside {
    filters: View<Option<FilterRequest>, Option<Arc<FilterView>>>,
    unit_means: View<Option<Connection>, Option<Arc<UnitMeans>>>,
    flow: View<Option<SampleIdx>, Option<Arc<FlowView>>>,
}

impl Inside {
    /// Takes on what is looked at now.
    pub fn ask(&mut self, request: &ProbeRequest) {
        self.filters.ask(&request.filters);
        self.flow.ask(&request.followed);
        let connection = request.filters.map(|asked| asked.connection);
        if self.unit_means.asked != connection {
            self.unit_means.asked = connection;
            self.unit_means.invalidate(); // another layer has another price
        }
    }

    /// Everything has to be recomputed.
    pub fn invalidate(&mut self) {
        self.filters.invalidate();
        self.unit_means.invalidate();
        self.flow.invalidate();
    }

    /// Renews what is due, and says whether anything was.
    pub fn look(&mut self, trainer: &mut Trainer, at_rest: bool) -> Result<bool, TrainError> {
        let step = trainer.step();
        let mut changed = self.filters.renew(step, at_rest, |asked| match *asked {
            Some(asked) => Ok(filters(trainer, asked)?.map(Arc::new)),
            None => Ok(None),
        })?;
        changed |= self.flow.renew(step, at_rest, |sample| match *sample {
            Some(sample) => Ok(flow(trainer, sample)?.map(Arc::new)),
            None => Ok(None),
        })?;
        changed |= self
            .unit_means
            .renew(step, at_rest, |connection| match *connection {
                Some(connection) => Ok(unit_means(trainer, connection)?.map(Arc::new)),
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
