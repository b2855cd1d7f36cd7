//! Devices as both threads speak of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which device a person wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceChoice {
    /// A real GPU where there is one, otherwise the CPU.
    #[default]
    Auto,
    /// The CPU, through Burn's `flex` backend.
    Cpu,
    /// The best adapter wgpu finds; a software one only if there is no other.
    Gpu,
}

impl DeviceChoice {
    /// All choices, in the order a menu shows them.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Cpu, Self::Gpu];

    /// Its name for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Auto => "Automatic",
            Self::Cpu => "CPU",
            Self::Gpu => "GPU",
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::Gpu => "gpu",
        })
    }
}

impl FromStr for DeviceChoice {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|choice| choice.to_string() == name)
            .ok_or_else(|| format!("there is no device {name:?}: choose auto, cpu or gpu"))
    }
}

/// The kind of device training runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    /// The processor, through Burn's `flex` backend.
    Cpu,
    /// A graphics card, through wgpu.
    Gpu,
    /// A graphics card imitated by the processor, through wgpu: slow, for tests.
    SoftwareGpu,
}

/// The device training runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// Its kind.
    pub kind: DeviceKind,
    /// Its name with the backend: `CPU (flex)`, `NVIDIA GeForce RTX 4070 (wgpu, Vulkan)`.
    pub name: String,
}
