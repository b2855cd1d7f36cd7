//! Choosing and starting the device that trains.

use std::sync::OnceLock;

use burn::cubecl::config::autotune::AutotuneLevel;
use burn::cubecl::config::{CubeClRuntimeConfig, RuntimeConfig};
use burn::tensor::Device;
use burn::tensor::wgpu::wgpu;

use crate::protocol::{DeviceChoice, DeviceInfo, DeviceKind};

/// A device that works, and what people call it.
#[derive(Clone, Debug)]
pub struct OpenDevice {
    /// For tensors, without gradients.
    pub device: Device,
    /// Its kind and name.
    pub info: DeviceInfo,
}

/// A graphics adapter of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// Its name, as the driver gives it.
    pub name: String,
    /// The graphics interface: Vulkan, Metal, Dx12, Gl.
    pub backend: String,
    /// The driver's name and version.
    pub driver: String,
    /// Whether a processor imitates it.
    pub is_software: bool,
}

/// Lists the graphics adapters of this machine, real ones first. Takes some tens of milliseconds, because
/// every driver is loaded.
#[must_use]
pub fn adapters() -> Vec<Adapter> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends: wgpu::Backends::PRIMARY, // OpenGL would need a window, and trains nothing
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let found = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY));
    let mut adapters: Vec<Adapter> = found
        .iter()
        .map(|found| describe(&found.get_info()))
        .collect();
    adapters.sort_by_key(|adapter| adapter.is_software);
    adapters
}

fn describe(info: &wgpu::AdapterInfo) -> Adapter {
    Adapter {
        name: info.name.clone(),
        backend: format!("{:?}", info.backend),
        driver: format!("{} {}", info.driver, info.driver_info)
            .trim()
            .to_owned(),
        is_software: info.device_type == wgpu::DeviceType::Cpu,
    }
}

/// Starts the device a person chose. `Auto` takes a real GPU where there is one that starts, otherwise the
/// CPU; a processor that imitates a GPU is slower than the CPU backend and is never chosen by itself.
///
/// # Errors
/// In the driver's words, when `Gpu` was chosen and does not start.
pub fn open(choice: DeviceChoice) -> Result<OpenDevice, String> {
    match choice {
        DeviceChoice::Cpu => Ok(cpu()),
        DeviceChoice::Gpu => gpu(),
        DeviceChoice::Auto => Ok(auto(&adapters())),
    }
}

/// The device that `Auto` takes on a machine with these adapters.
#[must_use]
pub fn auto(adapters: &[Adapter]) -> OpenDevice {
    if adapters.iter().all(|adapter| adapter.is_software) {
        return cpu();
    }
    gpu().unwrap_or_else(|reason| {
        log::warn!("the GPU does not start, training uses the CPU: {reason}");
        cpu()
    })
}

/// The processor, through Burn's `flex` backend; it always works.
#[must_use]
pub fn cpu() -> OpenDevice {
    OpenDevice {
        device: Device::flex(),
        info: DeviceInfo {
            kind: DeviceKind::Cpu,
            name: "CPU (flex)".to_owned(),
        },
    }
}

/// Chooses kernels with as few trials as possible. On a processor that imitates a GPU each trial takes long
/// and finds nothing worth it: 70 s before the first step become a few.
fn tune_little() {
    let mut config = CubeClRuntimeConfig::default();
    config.autotune.level = AutotuneLevel::Minimal;
    config.autotune.bench.min_samples = 1;
    config.autotune.bench.max_samples = 1;
    if !CubeClRuntimeConfig::try_set(config) {
        log::warn!("kernels are chosen at length: the configuration had been read before");
    }
}

/// The best adapter wgpu finds. Burn keeps its own wgpu device, apart from the window's: a surface cannot be
/// resized while another thread submits to its queue, and a device lost in training must not take the
/// window along.
fn gpu() -> Result<OpenDevice, String> {
    /// Burn's wgpu runtime is started once a process and lives as long.
    static OPENED: OnceLock<Result<OpenDevice, String>> = OnceLock::new();
    let opened = OPENED.get_or_init(|| {
        if adapters().iter().all(|adapter| adapter.is_software) {
            tune_little();
        }
        let (device, setup) = Device::wgpu_options()
            .init_with_setup()
            .map_err(|error| error.to_string())?;
        let adapter = describe(&setup.adapter.get_info());
        let kind = if adapter.is_software {
            DeviceKind::SoftwareGpu
        } else {
            DeviceKind::Gpu
        };
        let name = format!("{} (wgpu, {})", adapter.name, adapter.backend);
        Ok(OpenDevice {
            device,
            info: DeviceInfo { kind, name },
        })
    });
    opened.clone()
}
