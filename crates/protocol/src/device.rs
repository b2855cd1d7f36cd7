//! Devices as both threads speak of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which device a person wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum DeviceChoice {
    /// A real GPU where there is one, otherwise the CPU.
    #[default]
    Auto,
    /// The CPU, through Burn's `flex` backend.
    Cpu,
    /// The best adapter wgpu finds; a software one only if there is no other.
    Gpu,
    /// The adapter of this name, part of a name, or number in the list of `hourglass doctor`.
    Named(AdapterName),
}

impl DeviceChoice {
    /// The choices that every machine has, in the order a menu shows them.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Cpu, Self::Gpu];

    /// Its name for people.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::Auto => "Automatic",
            Self::Cpu => "CPU",
            Self::Gpu => "GPU",
            Self::Named(name) => name.as_str(),
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::Gpu => "gpu",
            Self::Named(name) => name.as_str(),
        })
    }
}

impl FromStr for DeviceChoice {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let name = name.trim();
        let plain = Self::ALL.into_iter();
        let mut plain = plain.filter(|choice| choice.to_string().eq_ignore_ascii_case(name));
        if let Some(choice) = plain.next() {
            return Ok(choice);
        }
        if name.is_empty() {
            return Err(
                "no device given: choose auto, cpu, gpu or part of the name of a graphics card"
                    .to_owned(),
            );
        }
        Ok(Self::Named(AdapterName::new(name)))
    }
}

impl TryFrom<String> for DeviceChoice {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
    }
}

impl From<DeviceChoice> for String {
    fn from(choice: DeviceChoice) -> Self {
        choice.to_string()
    }
}

/// The name of an adapter or part of it: its beginning where it is long, so that it can be copied.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AdapterName {
    bytes: [u8; Self::MAX_BYTES],
    n_bytes: usize,
}

impl AdapterName {
    /// Names of cards have about 40 letters.
    const MAX_BYTES: usize = 96;

    /// Takes as much of a name as there is room for.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let n_bytes = name.floor_char_boundary(Self::MAX_BYTES);
        let mut bytes = [0; Self::MAX_BYTES];
        bytes[..n_bytes].copy_from_slice(&name.as_bytes()[..n_bytes]);
        Self { bytes, n_bytes }
    }

    /// It as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.n_bytes]).unwrap_or_default() // it was cut between letters
    }
}

impl fmt::Debug for AdapterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
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
    pub kind: DeviceKind,
    /// Its name with the backend: `CPU (flex)`, `NVIDIA GeForce RTX 4070 (wgpu, Vulkan)`.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_as_it_is_written_and_odd_names_are_no_trouble() {
        let long = "é".repeat(200);
        for name in [
            "auto",
            "cpu",
            "gpu",
            "NVIDIA H100",
            "2",
            "\u{0}",
            "日本",
            &long,
        ] {
            let choice: DeviceChoice = name.parse().expect("it names something");
            let again: DeviceChoice = choice
                .to_string()
                .parse()
                .expect("what was written is read");
            assert_eq!(again, choice);
            assert!(name.starts_with(&choice.to_string()), "{choice}");
        }
        assert_eq!("GPU".parse(), Ok(DeviceChoice::Gpu));
        assert!("  ".parse::<DeviceChoice>().is_err());
    }
}
