//! `hourglass doctor`: what this machine has, and what the program would choose.

use std::io::{self, Write};

use anyhow::{Result, bail};

use hourglass_data::mnist;
use hourglass_protocol::{DataSetId, DeviceKind};
use hourglass_simd::instruction_set;
use hourglass_train::device::{self, Adapter};
use hourglass_train::{parity, threads};

use super::data::whereabouts;

/// Says what this machine has: adapters, device, renderer, data, versions; and whether a GPU computes what
/// the CPU does.
///
/// # Errors
/// When the device that would be chosen does not compute what the CPU does.
pub fn run() -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "hourglass {} on {} {}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    )?;
    let (used, all) = (threads::in_use(), threads::available());
    writeln!(out, "  processor threads: {all}, of which {used} are used")?;
    writeln!(out, "  vector instructions: {}", instruction_set())?;

    let adapters = device::adapters();
    writeln!(out, "\ngraphics adapters")?;
    if adapters.is_empty() {
        writeln!(out, "  none found by wgpu")?;
    }
    for (adapter, (_, choice)) in std::iter::zip(&adapters, device::choices(&adapters)) {
        let Adapter {
            name,
            backend,
            driver,
            is_software,
            ..
        } = adapter;
        let kind = if *is_software {
            ", emulated by the processor"
        } else {
            ""
        };
        writeln!(out, "  {name} ({backend}, {driver}{kind})")?;
        writeln!(out, "    to train on it: --device \"{choice}\"")?;
    }

    let chosen = device::auto(&adapters);
    writeln!(out, "\ntraining")?;
    writeln!(out, "  device: {}", chosen.info.name)?;
    writeln!(out, "  why: {}", reason(&adapters, chosen.info.kind))?;
    writeln!(out, "\nwindow")?;
    writeln!(out, "  renderer: {}", renderer(&adapters))?;
    write_data(&mut out)?;

    if chosen.info.kind == DeviceKind::Cpu {
        return Ok(());
    }
    writeln!(out, "\ndoes the GPU compute what the CPU does?")?;
    let report = parity::compare(&chosen.device)?;
    writeln!(out, "  {report}")?;
    if !report.is_equal() {
        bail!(
            "the GPU's results differ from the CPU's: train with --device cpu, and update the driver"
        );
    }
    Ok(())
}

fn reason(adapters: &[Adapter], chosen: DeviceKind) -> &'static str {
    let has_real = adapters.iter().any(|adapter| !adapter.is_software);
    match (chosen, has_real) {
        (DeviceKind::Cpu, false) => {
            "there is no real GPU, and the CPU backend is faster than an emulated one"
        }
        (DeviceKind::Cpu, true) => "there is a GPU, but it does not start",
        (DeviceKind::Gpu | DeviceKind::SoftwareGpu, _) => "there is a real GPU",
    }
}

/// What draws the window when nothing is asked for.
fn renderer(adapters: &[Adapter]) -> &'static str {
    if adapters.iter().any(|adapter| !adapter.is_software) {
        "wgpu, or glow (OpenGL) if wgpu fails"
    } else {
        "glow (OpenGL), or wgpu if glow fails: when the processor draws, glow is three times as fast"
    }
}

fn write_data(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\ndata")?;
    for id in DataSetId::fetchable() {
        writeln!(out, "  {}: {}", id.label(), whereabouts(id))?;
    }
    match mnist::cache_folder(DataSetId::MNIST) {
        Some(folder) => writeln!(out, "  cache: {}", folder.display()),
        None => writeln!(out, "  cache: this user has no cache folder"),
    }
}
