//! Which digits are shown: the choice in the header, and what it needs to know in a line below.

use egui::{Button, Response, Role, TextEdit, Ui, WidgetInfo, vec2};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{ICON_CHEVRON_LEFT, ICON_CHEVRON_RIGHT};

use crate::segmented::{Segment, segmented};
use crate::theme::{self, space};
use crate::{legend, number};
use hourglass_protocol::{DatasetDescription, ErrorView};

use super::choice::{DigitChoice, WantedDigits};
use super::numbers;
use super::options::DigitsOptions;

/// What can be shown; none stands for the errors of the classes.
const CHOICES: [Segment<'static, Option<DigitChoice>>; 7] = [
    Segment {
        value: Some(DigitChoice::EachClass),
        text: "each class",
        help: "One test image of each class, 0 to 9, starting with the standard ten. Click again to return to them",
    },
    Segment {
        value: Some(DigitChoice::InOrder),
        text: "in order",
        help: "Test images in the order of the data set",
    },
    Segment {
        value: Some(DigitChoice::Random),
        text: "random",
        help: "Random test images; the arrow draws others",
    },
    Segment {
        value: Some(DigitChoice::Class),
        text: "class",
        help: "Test images of one class",
    },
    Segment {
        value: Some(DigitChoice::Numbers),
        text: "list",
        help: "Test images by their numbers",
    },
    Segment {
        value: Some(DigitChoice::Worst),
        text: "worst",
        help: "The test images with the largest errors in the whole test split",
    },
    Segment {
        value: None,
        text: "errors",
        help: "The reconstruction error of each class; click a class to see its images",
    },
];

/// The controls in the header, from right to left.
pub fn header(ui: &mut Ui, options: &mut DigitsOptions) {
    let wanted = &mut options.wanted;
    if !options.errors {
        let next = arrow(ui, ICON_CHEVRON_RIGHT, "Next images");
        if next.on_hover_text("Show the next test images").clicked() {
            wanted.page = wanted.page.saturating_add(1);
        }
        if wanted.page > 0 {
            let before = arrow(ui, ICON_CHEVRON_LEFT, "Previous images");
            if before
                .on_hover_text("Show the previous test images")
                .clicked()
            {
                wanted.page -= 1;
            }
        }
    }
    let current = (!options.errors).then_some(wanted.choice);
    match segmented(ui, "Digits", current, &CHOICES) {
        Some(Some(choice)) => {
            (wanted.choice, wanted.page) = (choice, 0);
            options.errors = false;
        }
        Some(None) => options.errors = true,
        None => {}
    }
}

fn arrow(ui: &mut Ui, icon: MaterialIcon, name: &str) -> Response {
    let button = Button::new(theme::icon(icon)).small().frame(false);
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    response
}

/// The line under the header, where the choice needs one.
pub fn line(
    ui: &mut Ui,
    wanted: &mut WantedDigits,
    dataset: &DatasetDescription,
    errors: Option<&ErrorView>,
) {
    match wanted.choice {
        DigitChoice::EachClass | DigitChoice::InOrder | DigitChoice::Random => return,
        DigitChoice::Class => class(ui, wanted, dataset.id.spec().classes),
        DigitChoice::Numbers => typed(ui, wanted, dataset.n_test()),
        DigitChoice::Worst => {}
    }
    if wanted.needs_errors() {
        let text = match errors {
            Some(errors) => format!(
                "worst of {} test images, as of step {}",
                number::count_of(n_ranked(wanted, errors)),
                number::count(errors.step)
            ),
            None => "the errors of all test images are being computed".to_owned(),
        };
        ui.label(theme::dim(ui, text));
    }
    ui.add_space(space::XS);
}

/// Images among which the worst were looked for.
fn n_ranked(wanted: &WantedDigits, errors: &ErrorView) -> usize {
    let of_class = |class: u8| errors.classes.iter().find(|found| found.class == class);
    match wanted.choice {
        DigitChoice::Class => of_class(wanted.class).map_or(0, |found| found.n_samples),
        _ => errors.n_samples,
    }
}

fn class(ui: &mut Ui, wanted: &mut WantedDigits, names: &[&str]) {
    let classes: Vec<Segment<'_, u8>> = (0_u8..)
        .zip(names.iter().copied())
        .map(|(value, text)| Segment {
            value,
            text,
            help: "Show test images of this class",
        })
        .collect();
    let orders = [
        Segment {
            value: false,
            text: "in order",
            help: "In the order of the data set",
        },
        Segment {
            value: true,
            text: "worst first",
            help: "The worst reconstructions come first",
        },
    ];
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().interact_size.y = legend::HEIGHT;
        if let Some(class) = segmented(ui, "Class", wanted.class, &classes) {
            (wanted.class, wanted.page) = (class, 0);
        }
        if let Some(worst_first) = segmented(ui, "Order", wanted.worst_first, &orders) {
            (wanted.worst_first, wanted.page) = (worst_first, 0);
        }
    });
}

fn typed(ui: &mut Ui, wanted: &mut WantedDigits, n_test: usize) {
    let field = TextEdit::singleline(&mut wanted.numbers)
        .hint_text("3, 17, 100-105")
        .char_limit(numbers::MAX_CHARS)
        .font(theme::text::FIGURE)
        .desired_width(f32::INFINITY)
        .margin(vec2(6.0, 3.0));
    let help = format!(
        "Test image numbers and ranges, at most {} images",
        numbers::MAX_CHOSEN
    );
    let response = ui.add(field).on_hover_text(help);
    if response.accessible_name("Test image numbers").changed() {
        wanted.page = 0;
    }
    if let Err(problem) = numbers::parse(&wanted.numbers, n_test) {
        let tokens = theme::tokens_of(ui);
        let color = if wanted.numbers.trim().is_empty() {
            tokens.text_dim
        } else {
            tokens.error
        };
        let text = egui::RichText::new(problem).text_style(theme::text::SMALL);
        ui.add(egui::Label::new(text.color(color)).wrap());
    }
}
