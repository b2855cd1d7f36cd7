//! The renderer that all pictures are drawn by.

use std::sync::Arc;

use eframe::egui_wgpu::wgpu::{Adapter, Backends, DeviceType};
use eframe::egui_wgpu::{RendererOptions, WgpuSetup, WgpuSetupCreateNew, WgpuSetupExisting};
use egui_kittest::wgpu::create_render_state;

/// A renderer on the processor, so that no graphics card and no driver of one has a say in how pictures look:
/// lavapipe on Linux, WARP on Windows. macOS has none, and there its graphics card draws.
pub fn in_software() -> WgpuSetup {
    let is_software = |adapter: &&Adapter| {
        adapter.get_info().device_type == DeviceType::Cpu || cfg!(target_os = "macos")
    };
    let mut setup = WgpuSetupCreateNew::without_display_handle();
    setup.instance_descriptor.backends = Backends::PRIMARY; // OpenGL would look for a display
    setup.native_adapter_selector = Some(Arc::new(move |adapters, _surface| {
        let found = adapters.iter().find(is_software).cloned();
        found.ok_or_else(|| {
            "no renderer in software is found: install mesa-vulkan-drivers, as scripts/test does".to_owned()
        })
    }));
    let state = create_render_state(WgpuSetup::CreateNew(setup), RendererOptions::PREDICTABLE);
    WgpuSetup::Existing(WgpuSetupExisting {
        instance: state.instance,
        adapter: state.adapter,
        device: state.device,
        queue: state.queue,
    })
}
