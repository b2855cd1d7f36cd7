//! Training through wgpu, on whatever adapter there is: a software one will do.

use std::time::Duration;

use hourglass::experiment::PresetId;
use hourglass::protocol::{DeviceChoice, DeviceKind, EvaluationScope};
use hourglass::train::{Trainer, device, parity};

use crate::data_sets;

/// Loss and gradients equal the CPU's within the tolerance that `parity` argues for, and a preset learns.
/// Where there is no adapter at all, asking for a GPU is answered with a reason.
#[test]
fn wgpu_computes_what_the_cpu_does_and_learns() {
    let gpu = match device::open(DeviceChoice::Gpu) {
        Ok(gpu) => gpu,
        Err(reason) => {
            assert_eq!(
                device::adapters(),
                [],
                "an adapter that does not start: {reason}"
            );
            assert!(!reason.is_empty());
            return;
        }
    };
    let report = parity::compare(&gpu.device).expect("the device works");
    assert!(report.is_equal(), "{}: {report}", gpu.info.name);

    let mut experiment = PresetId::Vanilla64.preset().experiment();
    let dense = experiment
        .architecture
        .as_dense_mut()
        .expect("a dense preset");
    dense.code = 16;
    let dataset = data_sets::small(320, 100);
    let mut trainer = Trainer::new(experiment, dataset, &gpu.device);
    let before = trainer.evaluate(EvaluationScope::Full).expect("measured");
    while trainer.step() < 20 {
        trainer
            .burst(Duration::from_hours(1), 20, || false)
            .expect("steps");
    }
    let after = trainer.evaluate(EvaluationScope::Full).expect("measured");
    assert!(after.mse_per_pixel < 0.8 * before.mse_per_pixel);
}

#[test]
fn a_software_adapter_is_never_chosen_by_itself() {
    let software = device::Adapter {
        name: "llvmpipe".to_owned(),
        backend: "Vulkan".to_owned(),
        driver: "Mesa".to_owned(),
        is_software: true,
        address: None,
    };
    assert_eq!(device::auto(&[software]).info.kind, DeviceKind::Cpu);
    assert_eq!(device::auto(&[]).info.kind, DeviceKind::Cpu);
}
