//! The panels as they look: each is drawn by a renderer in software and compared with a picture in `tests/pictures`
//! that a person has looked at.

mod difference;
mod lab;
mod renderer;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use eframe::egui_wgpu::WgpuSetup;
use egui::LayerId;
use egui::Theme::{self, Dark, Light};
use egui_kittest::Harness;
use hourglass::state::{LabState, RunView};
use hourglass::ui::{Action, Panel as _, theme};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, RgbImage};

/// Set to renew the pictures that differ.
const RENEW: &str = "HOURGLASS_RENEW_PICTURES";

/// One panel, drawn.
struct Picture {
    name: &'static str,
    draw: Box<dyn Fn(&WgpuSetup) -> RgbImage>,
}

/// All of them. Adding one takes a line here, and `scripts/test --renew-pictures`.
fn all() -> Vec<Picture> {
    use hourglass::ui::your_image::YourImagePanel;
    use hourglass::ui::{activations::ActivationsPanel, digits::DigitsPanel};
    use hourglass::ui::{filters::FiltersPanel, gradients::GradientsPanel, network::NetworkPanel};
    use hourglass::ui::{latent::LatentPanel, loss::LossPanel, numbers::NumbersPanel};
    use hourglass::ui::{manifold::ManifoldPanel, sliders::SlidersPanel};
    use lab::{Bar, deep, denoising, dense, l1, vae};

    vec![
        picture("activations", Light, [320, 300], ActivationsPanel::ui, l1),
        picture("digits", Dark, [360, 230], DigitsPanel::ui, denoising),
        picture("filters", Light, [380, 260], FiltersPanel::ui, dense),
        picture("gradients", Dark, [480, 260], GradientsPanel::ui, deep),
        picture("latent", Dark, [340, 320], LatentPanel::ui, vae),
        picture("loss", Light, [360, 240], LossPanel::ui, l1),
        picture("loss-terms", Dark, [360, 240], LossPanel::ui, vae),
        // Tiles of 16 pixels: in odd ones a pixel's centre lies just between two texels, and drivers differ in which.
        picture("manifold", Light, [288, 288], ManifoldPanel::ui, vae),
        picture("network", Dark, [360, 240], NetworkPanel::ui, vae),
        picture("numbers", Light, [320, 400], NumbersPanel::ui, vae),
        picture("sliders", Dark, [480, 220], SlidersPanel::ui, vae),
        picture("top-bar", Dark, [916, 62], Bar::ui, l1),
        picture("your-image", Light, [360, 360], YourImagePanel::ui, dense),
    ]
}

type Show<P> = fn(&mut P, &mut egui::Ui, RunView<'_>, &mut Vec<Action>);

fn picture<P: Default + 'static>(
    name: &'static str,
    theme: Theme,
    size: [u16; 2],
    show: Show<P>,
    lab: fn() -> LabState,
) -> Picture {
    let draw = move |renderer: &WgpuSetup| {
        let mut harness = Harness::builder()
            .with_size(size.map(f32::from))
            .with_theme(theme)
            .with_step_dt(1.0 / 60.0)
            .with_context_setup(theme::install)
            .wgpu_setup(renderer.clone())
            .build_ui_state(
                move |ui, (panel, lab): &mut (P, LabState)| {
                    let background = ui.ctx().layer_painter(LayerId::background());
                    background.rect_filled(ui.ctx().content_rect(), 0.0, ui.visuals().panel_fill);
                    show(panel, ui, RunView::of(lab), &mut Vec::new());
                },
                (P::default(), lab()),
            );
        harness.run_steps(60); // a second: whatever eases or fades in has come to rest
        let drawn = harness.render().expect("the renderer draws");
        DynamicImage::from(drawn).into_rgb8()
    };
    Picture {
        name,
        draw: Box::new(draw),
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures")
}

fn reference(name: &str) -> PathBuf {
    folder().join(format!("{name}.png"))
}

fn write(file: &Path, picture: &RgbImage) {
    let mut png = Vec::new();
    picture
        .write_with_encoder(PngEncoder::new_with_quality(
            &mut png,
            CompressionType::Best,
            FilterType::Adaptive,
        ))
        .expect("pixels become PNG");
    let folder = file.parent().expect("it lies in a folder");
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(file, png))
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}

/// What is wrong with a picture; nothing where it looks as it did. What it looks like now and where it differs is
/// written to the target folder.
fn complaint(name: &str, drawn: &RgbImage) -> Option<String> {
    let reference = reference(name);
    let known = match fs::read(&reference) {
        Ok(bytes) => image::load_from_memory(&bytes).expect("a PNG").into_rgb8(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => RgbImage::default(),
        Err(error) => panic!("{}: {error}", reference.display()),
    };
    let difference = difference::between(&known, drawn)?;
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    let now = target.join(format!("{name}.png"));
    let marked = target.join(format!("{name}-difference.png"));
    write(&now, drawn);
    write(&marked, &difference.marked);
    Some(format!(
        "{name}: {difference}\n  reference:  {}\n  now:        {}\n  difference: {}",
        reference.display(),
        now.display(),
        marked.display()
    ))
}

/// The names of the pictures that are kept.
fn kept() -> Vec<String> {
    let entries = fs::read_dir(folder()).expect("the folder of the pictures");
    let name = |entry: io::Result<fs::DirEntry>| {
        let name = entry.expect("a readable entry").file_name();
        Some(name.to_str()?.strip_suffix(".png")?.to_owned())
    };
    entries.filter_map(name).collect()
}

#[test]
fn every_panel_looks_as_it_did() {
    let renderer = renderer::in_software();
    let renews = env::var_os(RENEW).is_some();
    let pictures = all();
    let mut complaints = Vec::new();
    for Picture { name, draw } in &pictures {
        let drawn = draw(&renderer);
        match complaint(name, &drawn) {
            Some(_) if renews => write(&reference(name), &drawn),
            found => complaints.extend(found),
        }
    }
    let is_drawn = |name: &String| pictures.iter().any(|picture| picture.name == name);
    for left in kept().iter().filter(|name| !is_drawn(name)) {
        let file = reference(left);
        if renews {
            fs::remove_file(&file).expect("it was just there");
        } else {
            complaints.push(format!("{left}: nothing draws {}", file.display()));
        }
    }
    assert!(
        complaints.is_empty(),
        "\n{}\nLook at them. Where the change is meant, run scripts/test --renew-pictures and commit.",
        complaints.join("\n")
    );
}
