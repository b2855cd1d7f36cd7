//! Optimizer state that is loaded on the CPU.
//!
//! Burn rebuilds a saved optimizer's tensors on its default device and moves them to the parameters' device
//! at the next step. Compiled with wgpu, that default is a GPU, which would be started for a moment even
//! when training runs on the CPU, and which panics on a machine without one. The wrapper changes nothing
//! but the device the tensors are rebuilt on.

use burn::optim::{LearningRate, Optimizer, RecordState, StateSink, StateSource};
use burn::tensor::{Device, Tensor};

/// An optimizer whose saved state is loaded on the CPU first.
#[derive(Clone)]
pub struct LoadedOnHost<O>(pub O);

/// The state of a [`LoadedOnHost`] optimizer.
#[derive(Clone)]
pub struct HostState<S>(S);

impl<O: Optimizer> Optimizer for LoadedOnHost<O> {
    type State<const D: usize> = HostState<O::State<D>>;

    fn step<const D: usize>(
        &self,
        learning_rate: LearningRate,
        tensor: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let state = state.map(|HostState(state)| state);
        let (tensor, state) = self.0.step(learning_rate, tensor, gradient, state);
        (tensor, state.map(HostState))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        HostState(O::to_device(state.0, device))
    }
}

impl<S: RecordState> RecordState for HostState<S> {
    fn state_flatten(&self, prefix: &str, out: &mut StateSink) {
        self.0.state_flatten(prefix, out);
    }

    fn state_unflatten(prefix: &str, source: &mut StateSource, _default: &Device) -> Option<Self> {
        S::state_unflatten(prefix, source, &Device::flex()).map(Self)
    }
}
