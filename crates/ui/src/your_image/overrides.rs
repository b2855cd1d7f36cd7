//! The decisions in the preparation of an image, each of which a person can override.

use egui::{ComboBox, Role, TextStyle, TextWrapMode, Ui, WidgetInfo, vec2};

use crate::action::{Action, UserImageAction};
use crate::theme::{self, space};
use hourglass_protocol::{Backdrop, Centring, Paper, Resizing, Way};
use hourglass_state::UserImage;

/// A decision with its choices.
struct Decision<'a, T> {
    /// What is decided.
    name: &'a str,
    help: &'a str,
    /// Each choice with what it says.
    choices: &'a [(T, &'a str)],
}

/// Shows each decision with what was chosen, by whom, and what else there is.
pub fn show(ui: &mut Ui, user_image: &UserImage, actions: &mut Vec<Action>) {
    let decided = user_image.prepared.decisions;
    let mut preparation = user_image.preparation;
    ui.horizontal_wrapped(|ui| {
        let spacing = ui.spacing_mut();
        spacing.item_spacing = vec2(space::S, space::XS);
        spacing.interact_size.y = 21.0;
        spacing.button_padding = vec2(space::S, 1.0);
        if let Some(backdrop) = decided.backdrop {
            BACKDROP.ui(ui, &mut preparation.backdrop, backdrop);
        }
        INVERT.ui(ui, &mut preparation.invert, decided.invert);
        let ink = match decided.way {
            Way::Whole(resizing) => {
                RESIZING.ui(ui, &mut preparation.resizing, resizing);
                return;
            }
            Way::Ink(ink) => ink,
        };
        PAPER.ui(ui, &mut preparation.paper, ink.paper);
        STRETCH.ui(ui, &mut preparation.stretch, ink.stretch);
        CROP.ui(ui, &mut preparation.crop, ink.crop);
        if ink.crop {
            THRESHOLD.ui(ui, &mut preparation.threshold, ink.threshold);
        }
        SHARPEN.ui(ui, &mut preparation.sharpen, ink.sharpen);
        CENTRING.ui(ui, &mut preparation.centring, ink.centring);
    });
    if preparation != user_image.preparation {
        actions.push(Action::UserImage(UserImageAction::Prepare(
            user_image.id,
            preparation,
        )));
    }
}

const BACKDROP: Decision<'_, Backdrop> = Decision {
    name: "Backdrop",
    help: "What lies behind transparent pixels: white, like a page, or black if light ink would not show on \
           white",
    choices: &[
        (Backdrop::White, "over white"),
        (Backdrop::Black, "over black"),
    ],
};

const INVERT: Decision<'_, bool> = Decision {
    name: "Background",
    help: "Light and dark are swapped if the background is light and that of the data set is dark, as in MNIST. Decided \
           by what stands out from the border",
    choices: &[(true, "light: invert"), (false, "dark: keep")],
};

const RESIZING: Decision<'_, Resizing> = Decision {
    name: "Fit",
    help: "How an image of other proportions is made to fit: all of it with a margin as light as its border, its middle, \
           or all of it with other proportions. Usually as the data set's own images were",
    choices: &[
        (Resizing::Pad, "pad"),
        (Resizing::Crop, "crop"),
        (Resizing::Stretch, "stretch"),
    ],
};

const PAPER: Decision<'_, Paper> = Decision {
    name: "Paper",
    help: "Whether the paper has one shade, or shades that change slowly across the image, as light from one side \
           causes",
    choices: &[(Paper::Flat, "even paper"), (Paper::Uneven, "uneven paper")],
};

const STRETCH: Decision<'_, bool> = Decision {
    name: "Contrast",
    help: "Whether ink is raised to full strength, like MNIST's, or left as it is",
    choices: &[(true, "full ink"), (false, "ink as it is")],
};

const CROP: Decision<'_, bool> = Decision {
    name: "Crop",
    help: "Whether the image is cropped to its ink and fitted into 20×20, or fitted into 28×28 as a whole",
    choices: &[(true, "crop"), (false, "whole image")],
};

const THRESHOLD: Decision<'_, f32> = Decision {
    name: "Crop from",
    help: "How much ink a pixel needs to count for the crop: higher values leave out faint edges",
    choices: &[
        (0.1, "from 10 % ink"),
        (0.25, "from 25 % ink"),
        (0.5, "from 50 % ink"),
        (0.75, "from 75 % ink"),
    ],
};

const SHARPEN: Decision<'_, bool> = Decision {
    name: "Edges",
    help: "Whether edges are made as steep as MNIST's, whose digits were black and white before they were \
           scaled down. Done if they are blurred over more than a pixel of the result, as in an enlarged small image",
    choices: &[(true, "sharpened"), (false, "edges as they are")],
};

const CENTRING: Decision<'_, Centring> = Decision {
    name: "Centre",
    help: "What is placed at the centre of the 28×28 image: the ink's centre of mass, as in MNIST, its bounding box, or \
           nothing",
    choices: &[
        (Centring::Mass, "centre by mass"),
        (Centring::Box, "centre by box"),
        (Centring::Kept, "not centred"),
    ],
};

impl<T: Copy + PartialEq> Decision<'_, T> {
    /// A small menu: what holds, and the choices, the automatic one first.
    fn ui(&self, ui: &mut Ui, made: &mut Option<T>, decided: T) {
        let Self {
            name,
            help,
            choices,
        } = self;
        let text_of = |value: T| {
            let mut choices = choices.iter();
            choices
                .find(|(choice, _)| *choice == value)
                .map_or("", |(_, text)| *text)
        };
        let current = text_of(made.unwrap_or(decided));
        let by = if made.is_none() { "auto" } else { "yours" };
        let tokens = theme::tokens_of(ui);
        let font = TextStyle::Small.resolve(ui.style());
        let mut job = egui::text::LayoutJob::default();
        let strong = if made.is_none() {
            tokens.text
        } else {
            tokens.accent
        };
        for (text, color) in [
            (current, strong),
            (" · ", tokens.text_dim),
            (by, tokens.text_dim),
        ] {
            job.append(text, 0.0, egui::TextFormat::simple(font.clone(), color));
        }
        // A menu's text would fold into what is left of the row: the row ends instead.
        let spacing = ui.spacing();
        let around = 2.0 * spacing.button_padding.x + spacing.icon_spacing + spacing.icon_width;
        let width = around + ui.painter().layout_job(job.clone()).size().x;
        if ui.available_size_before_wrap().x < width {
            ui.end_row();
        }
        let combo = ComboBox::from_id_salt(*name)
            .icon(theme::chevron)
            .width(0.0)
            .wrap_mode(TextWrapMode::Extend)
            .selected_text(job)
            .show_ui(ui, |ui| {
                if ui
                    .selectable_label(made.is_none(), "Automatic")
                    .on_hover_text("Decided from the image")
                    .clicked()
                {
                    *made = None;
                    ui.close(); // a choice by keyboard is no click that would close it
                }
                for (value, text) in *choices {
                    if ui.selectable_label(*made == Some(*value), *text).clicked() {
                        *made = Some(*value);
                        ui.close();
                    }
                }
            });
        let response = combo.response.on_hover_text(*help);
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::ComboBox, ui.is_enabled(), *name);
            info.current_text_value = Some(format!("{current}, {by}"));
            info
        });
    }
}
