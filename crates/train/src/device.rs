//! Choosing and starting the device that trains.
//!
//! `find` finds a graphics card by its name, part of it, or its number.

use std::sync::OnceLock;

use burn::cubecl::config::autotune::AutotuneLevel;
use burn::cubecl::config::{CubeClRuntimeConfig, RuntimeConfig};
use burn::tensor::wgpu::WgpuBackend;
use burn::tensor::wgpu::wgpu;
use burn::tensor::{Device, DeviceKind as BurnKind};

use hourglass_protocol::{AdapterName, DeviceChoice, DeviceInfo, DeviceKind};

use super::threads;

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
    /// How it is asked for.
    pub address: Option<Address>,
}

/// How Burn is asked for an adapter: by its graphics interface, its kind, and its place among those of that kind,
/// in the order in which wgpu lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    backend: wgpu::Backend,
    kind: wgpu::DeviceType,
    place: usize,
}

impl Address {
    fn api(self) -> Option<WgpuBackend> {
        Some(match self.backend {
            wgpu::Backend::Vulkan => WgpuBackend::Vulkan,
            wgpu::Backend::Metal => WgpuBackend::Metal,
            wgpu::Backend::Dx12 => WgpuBackend::Dx12,
            wgpu::Backend::Gl | wgpu::Backend::BrowserWebGpu | wgpu::Backend::Noop => return None,
        })
    }

    /// None for adapters that Burn has no name for. Of imitated ones it takes the first.
    fn kind(self) -> Option<BurnKind> {
        match self.kind {
            wgpu::DeviceType::DiscreteGpu => Some(BurnKind::DiscreteGpu(self.place)),
            wgpu::DeviceType::IntegratedGpu => Some(BurnKind::IntegratedGpu(self.place)),
            wgpu::DeviceType::VirtualGpu => Some(BurnKind::VirtualGpu(self.place)),
            wgpu::DeviceType::Cpu => (self.place == 0).then_some(BurnKind::Cpu),
            wgpu::DeviceType::Other => None,
        }
    }
}

/// The addresses of adapters in wgpu's order.
fn addresses(found: &[(wgpu::Backend, wgpu::DeviceType)]) -> Vec<Address> {
    let place = |idx: usize| {
        found[..idx]
            .iter()
            .filter(|before| **before == found[idx])
            .count()
    };
    let numbered = found.iter().enumerate();
    numbered
        .map(|(idx, &(backend, kind))| Address {
            backend,
            kind,
            place: place(idx),
        })
        .collect()
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
    let infos: Vec<wgpu::AdapterInfo> = found.iter().map(wgpu::Adapter::get_info).collect();
    let kinds: Vec<_> = infos
        .iter()
        .map(|info| (info.backend, info.device_type))
        .collect();
    let mut adapters: Vec<Adapter> = std::iter::zip(&infos, addresses(&kinds))
        .map(|(info, address)| Adapter {
            address: Some(address),
            ..describe(info)
        })
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
        address: None,
    }
}

/// The adapter that a name means, by its place: a number of the list, a whole name, or part of one. The same card
/// under two graphics interfaces is one card, and the first counts.
///
/// # Errors
/// None or several are meant; the list of them all.
pub fn find(adapters: &[Adapter], name: &str) -> Result<usize, String> {
    if let Ok(number) = name.parse::<usize>()
        && (1..=adapters.len()).contains(&number)
    {
        return Ok(number - 1);
    }
    let wanted = name.to_lowercase();
    let matching = |fits: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let all = adapters.iter().enumerate();
        let fitting = all.filter(|(_, adapter)| fits(&adapter.name.to_lowercase()));
        fitting.map(|(idx, _)| idx).collect()
    };
    let mut found = matching(&|name| name == wanted);
    if found.is_empty() {
        found = matching(&|name| name.contains(&wanted));
    }
    if let Some(&first) = found.first() {
        found.retain(|&idx| adapters[idx].backend == adapters[first].backend);
    }
    match found[..] {
        [only] => Ok(only),
        [] => Err(format!(
            "no graphics adapter here is called {name:?}. {}",
            listed(adapters)
        )),
        _ => Err(format!("{name:?} matches several. {}", listed(adapters))),
    }
}

fn listed(adapters: &[Adapter]) -> String {
    if adapters.is_empty() {
        return "wgpu finds none: choose auto or cpu".to_owned();
    }
    let numbered = adapters.iter().enumerate();
    let lines = numbered
        .map(|(idx, adapter)| format!("{} = {} ({})", idx + 1, adapter.name, adapter.backend));
    let lines: Vec<String> = lines.collect();
    format!(
        "Choose auto, cpu, gpu, a number or part of a name: {}",
        lines.join(", ")
    )
}

/// What is to be typed, or chosen in a menu, for each adapter: its name, or its number where others are called so.
#[must_use]
pub fn choices(adapters: &[Adapter]) -> Vec<(String, DeviceChoice)> {
    let choice = |(idx, adapter): (usize, &Adapter)| {
        let by_name = find(adapters, &adapter.name) == Ok(idx);
        let number = (idx + 1).to_string();
        let name = if by_name { &adapter.name } else { &number };
        let text = format!("{} ({})", adapter.name, adapter.backend);
        (text, DeviceChoice::Named(AdapterName::new(name)))
    };
    adapters.iter().enumerate().map(choice).collect()
}

/// The adapter of this name, started once a process.
fn named(name: &str) -> Result<OpenDevice, String> {
    type Opened = OnceLock<Result<OpenDevice, String>>;
    static ALL: OnceLock<Vec<(Adapter, Opened)>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let adapters = adapters().into_iter();
        adapters.map(|adapter| (adapter, Opened::new())).collect()
    });
    let adapters: Vec<Adapter> = all.iter().map(|(adapter, _)| adapter.clone()).collect();
    let (adapter, opened) = &all[find(&adapters, name)?];
    opened.get_or_init(|| start(adapter)).clone()
}

fn start(adapter: &Adapter) -> Result<OpenDevice, String> {
    let address = adapter.address;
    let Some((api, kind)) = address.and_then(|address| Some((address.api()?, address.kind()?)))
    else {
        return Err(format!(
            "{} cannot be chosen by name: choose gpu",
            adapter.name
        ));
    };
    if adapter.is_software {
        tune_little();
    }
    let options = Device::wgpu_options().graphics_api(api).device_kind(kind);
    let (device, setup) = options
        .init_with_setup()
        .map_err(|error| error.to_string())?;
    Ok(opened(device, &setup.adapter.get_info()))
}

fn opened(device: Device, info: &wgpu::AdapterInfo) -> OpenDevice {
    let adapter = describe(info);
    let kind = if adapter.is_software {
        DeviceKind::SoftwareGpu
    } else {
        DeviceKind::Gpu
    };
    let name = format!("{} (wgpu, {})", adapter.name, adapter.backend);
    OpenDevice {
        device,
        info: DeviceInfo { kind, name },
    }
}

/// Starts the device a person chose. `Auto` takes a real GPU where there is one that starts, otherwise the
/// CPU; a processor that imitates a GPU is slower than the CPU backend and is never chosen by itself.
///
/// # Errors
/// In the driver's words, when `Gpu` or a name was chosen and does not start.
pub fn open(choice: DeviceChoice) -> Result<OpenDevice, String> {
    threads::start_asked();
    match choice {
        DeviceChoice::Cpu => Ok(cpu()),
        DeviceChoice::Gpu => gpu(),
        DeviceChoice::Auto => Ok(auto(&adapters())),
        DeviceChoice::Named(name) => named(name.as_str()),
    }
}

/// The device that `Auto` takes on a machine with these adapters.
#[must_use]
pub fn auto(adapters: &[Adapter]) -> OpenDevice {
    threads::start_asked();
    if adapters.iter().all(|adapter| adapter.is_software) {
        return cpu();
    }
    gpu().unwrap_or_else(|reason| {
        log::warn!("the GPU does not start, so training uses the CPU: {reason}");
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
    let best = OPENED.get_or_init(|| {
        if adapters().iter().all(|adapter| adapter.is_software) {
            tune_little();
        }
        let (device, setup) = Device::wgpu_options()
            .init_with_setup()
            .map_err(|error| error.to_string())?;
        Ok(opened(device, &setup.adapter.get_info()))
    });
    best.clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wgpu::Backend::{Dx12, Vulkan};
    use wgpu::DeviceType::{Cpu, DiscreteGpu, IntegratedGpu};

    fn adapter(name: &str, backend: &str) -> Adapter {
        Adapter {
            name: name.to_owned(),
            backend: backend.to_owned(),
            driver: String::new(),
            is_software: false,
            address: None,
        }
    }

    #[test]
    fn each_kind_and_interface_counts_from_nought() {
        let found = [
            (Vulkan, IntegratedGpu),
            (Vulkan, DiscreteGpu),
            (Vulkan, DiscreteGpu),
            (Vulkan, Cpu),
            (Dx12, DiscreteGpu),
        ];
        let kinds: Vec<_> = addresses(&found).into_iter().map(Address::kind).collect();
        assert_eq!(
            kinds,
            [
                Some(BurnKind::IntegratedGpu(0)),
                Some(BurnKind::DiscreteGpu(0)),
                Some(BurnKind::DiscreteGpu(1)),
                Some(BurnKind::Cpu),
                Some(BurnKind::DiscreteGpu(0)),
            ]
        );
    }

    #[test]
    fn an_adapter_is_found_by_part_of_its_name_or_its_number() {
        let list = [
            adapter("NVIDIA H100", "Vulkan"),
            adapter("Intel Arc A770", "Vulkan"),
            adapter("NVIDIA H100", "Dx12"),
            adapter("NVIDIA H100 PCIe", "Vulkan"),
        ];
        assert_eq!(find(&list, "arc"), Ok(1));
        assert_eq!(
            find(&list, "nvidia h100"),
            Ok(0),
            "the whole name counts, under the first interface"
        );
        assert_eq!(find(&list, "pcie"), Ok(3));
        assert_eq!(find(&list, "3"), Ok(2));
        assert_eq!(find(&list, "770"), Ok(1), "no number of the list");
        let several = find(&list, "nvidia").expect_err("two cards");
        assert!(
            several.contains("several") && several.contains("4 = NVIDIA H100 PCIe"),
            "{several}"
        );
        let none = find(&list, "tpu").expect_err("no such card");
        assert!(
            none.contains("\"tpu\"") && none.contains("2 = Intel Arc A770"),
            "{none}"
        );
        assert!(
            find(&[], "x")
                .expect_err("nothing")
                .contains("choose auto or cpu")
        );
        assert!(find(&list, "\u{0}日").is_err());
    }

    #[test]
    fn what_is_offered_finds_what_it_is_offered_for() {
        let twins = [
            adapter("H100", "Vulkan"),
            adapter("H100", "Vulkan"),
            adapter("A770", "Vulkan"),
        ];
        let offered = choices(&twins);
        for (idx, (_, choice)) in offered.iter().enumerate() {
            assert_eq!(find(&twins, choice.label()), Ok(idx));
        }
        assert_eq!(offered[2].1.label(), "A770");
        assert_eq!(offered[1].1.label(), "2");
    }
}
