//! The legend of the scatter: which classes are shown, and whether the prior is.

use egui::{Key, Rect, ScrollArea, Stroke, TextEdit, Ui, vec2};

use crate::legend::{self, Entry};
use crate::theme;
use hourglass_experiment::{DataSetId, LatentPrior};

use super::LatentOptions;
use super::colour::ColourScale;
use super::filter::ClassFilter;
use super::marker::MarkerAtlas;

/// Classes that are listed in full; of more, the list scrolls.
const MANY: usize = 20;
/// Lines of a list that scrolls.
const MOST_LINES: f32 = 3.0;

/// The classes; a click hides or shows one, a double click shows it alone. After them the outline of the
/// prior, and the scale of values that colours stand for, where there are such.
pub fn show(
    ui: &mut Ui,
    options: &mut LatentOptions,
    markers: &mut MarkerAtlas,
    id: DataSetId,
    prior: Option<LatentPrior>,
    scale: Option<ColourScale>,
) {
    const RADIUS: f32 = 5.0;
    let dark = ui.visuals().dark_mode;
    let texture = markers.prepare(ui.ctx(), "legend markers", RADIUS * ui.pixels_per_point());
    let half = markers.half_side(RADIUS);
    ui.spacing_mut().interact_size.y = legend::HEIGHT;
    let filter = &mut options.filter;
    let is_many = id.n_classes() > MANY;
    let listed: Vec<u8> = if is_many {
        found(ui, id, filter)
    } else if id.n_classes() > 1 {
        id.classes().collect()
    } else {
        Vec::new() // there is nothing to tell apart
    };
    let mut entries = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        for &class in &listed {
            let class_name = id.class_name(class);
            let entry = Entry {
                name: &format!("show class {class_name}"),
                text: &class_name,
                figure: "",
                on: filter.shows(class),
                mark_width: 2.0 * RADIUS,
            };
            let response = entry.show(ui, |painter, mark, opacity| {
                let rect = Rect::from_center_size(mark.center(), vec2(2.0 * half, 2.0 * half));
                let color = match scale {
                    None => theme::class_color(dark, class),
                    Some(_) => theme::tokens(dark).text, // shapes alone tell classes then
                };
                let color = theme::faint(color, opacity);
                painter.image(texture, rect, MarkerAtlas::uv(class), color);
            });
            if response.double_clicked() {
                filter.isolate(class, id.n_classes());
            } else if response.clicked() {
                filter.toggle(class);
            }
            response.on_hover_text("Click to hide or show, double-click to show this class alone");
        }
        if let Some(prior) = prior {
            prior_entry(ui, &mut options.prior, prior);
        }
        if let Some(scale) = scale {
            scale.legend(ui);
        }
    };
    if !is_many {
        ui.horizontal_wrapped(entries);
        return;
    }
    ScrollArea::vertical()
        .id_salt("classes")
        .max_height(MOST_LINES * legend::HEIGHT)
        .show(ui, |ui| {
            ui.horizontal_wrapped(&mut entries);
        });
}

/// The classes whose names have in them what is typed into a field above; all of them while it is empty. Enter shows these
/// alone, and without a search all again.
fn found(ui: &mut Ui, id: DataSetId, filter: &mut ClassFilter) -> Vec<u8> {
    const WIDTH: f32 = 150.0;
    let memory = ui.scope_id().with("class search");
    let mut typed: String = ui.data(|data| data.get_temp(memory)).unwrap_or_default();
    let field = TextEdit::singleline(&mut typed)
        .hint_text("find a class")
        .font(theme::text::SMALL)
        .desired_width(WIDTH)
        .margin(vec2(6.0, 2.0));
    let response = ui
        .add(field)
        .on_hover_text(
            "Lists the classes with these letters in their names; Enter shows them alone",
        )
        .accessible_name("Find a class");
    let letters = typed.trim().to_lowercase();
    let is_found = |class: &u8| id.class_name(*class).to_lowercase().contains(&letters);
    let found: Vec<u8> = id.classes().filter(is_found).collect();
    let enters = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if enters && !found.is_empty() {
        filter.show_only(&found, id.n_classes());
    }
    ui.data_mut(|data| data.insert_temp(memory, typed));
    found
}

fn prior_entry(ui: &mut Ui, is_shown: &mut bool, prior: LatentPrior) {
    let entry = Entry {
        name: "show prior",
        text: "prior",
        figure: "",
        on: *is_shown,
        mark_width: 12.0,
    };
    let color = theme::tokens_of(ui).text_dim;
    let response = entry.show(ui, |painter, mark, opacity| {
        let stroke = Stroke::new(1.0, theme::faint(color, opacity));
        painter.circle_stroke(mark.center(), 5.0, stroke);
    });
    *is_shown ^= response.clicked();
    let of_gaussians = match prior {
        LatentPrior::Gaussian => ": one, two and three standard deviations",
        LatentPrior::Mixture => ": two standard deviations of each",
        LatentPrior::SwissRoll | LatentPrior::Uniform => "",
    };
    response.on_hover_text(format!(
        "The distribution that the codes should follow, {}{of_gaussians}",
        prior.label()
    ));
}
