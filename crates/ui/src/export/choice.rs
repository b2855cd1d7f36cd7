//! How a figure is written: format, size, resolution, size of type, theme.

use egui::{ComboBox, DragValue, Ui};
use serde::{Deserialize, Serialize};

use crate::number;
use crate::segmented::{Segment, segmented};
use crate::theme;
use hourglass_figure::{
    FigureKind, Format, PIXELS_PER_INCH, SCALES, Size, TYPE_POINTS, USUAL_TYPE,
};

/// How one figure is written.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Choice {
    pub format: Format,
    pub size: Size,
    pub scale: f32,
    /// Size of the type of axes and legends, in points.
    #[serde(default = "usual_type")]
    pub type_points: f32,
}

fn usual_type() -> f32 {
    USUAL_TYPE
}

/// Which part of a plot that was zoomed is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Part {
    /// What the plot shows now.
    #[default]
    OnScreen,
    Whole,
}

impl Choice {
    pub fn of(kind: FigureKind) -> Self {
        Self {
            format: kind.formats().first().copied().unwrap_or_default(),
            size: kind.default_size(),
            scale: kind.default_size().default_scale(),
            type_points: USUAL_TYPE,
        }
    }

    /// What is remembered may be of another version, or damaged.
    pub fn is_valid(&self, kind: FigureKind) -> bool {
        kind.formats().contains(&self.format)
            && self.size.is_valid()
            && SCALES.contains(&self.scale)
            && TYPE_POINTS.contains(&self.type_points)
    }
}

pub(super) fn figure_menu(ui: &mut Ui, kind: &mut FigureKind) {
    let menu = ComboBox::from_id_salt("figure")
        .selected_text(kind.label())
        .width(200.0)
        .icon(theme::chevron)
        .show_ui(ui, |ui| {
            for &other in FigureKind::ALL {
                ui.selectable_value(kind, other, other.label())
                    .on_hover_text(other.help());
            }
        });
    menu.response
        .on_hover_text("What the figure shows")
        .accessible_name("Figure");
}

pub(super) fn format_choice(ui: &mut Ui, kind: FigureKind, format: &mut Format) {
    let help = |format: Format| match format {
        Format::Png => "A pixel image, for slides and web pages",
        Format::Svg => {
            "Lines, marks and text that stay sharp at any size, for editors and web pages"
        }
        Format::Pdf => "The same with its fonts in the file, for papers",
        Format::Csv => "A table of the numbers, for programs",
        Format::Gif => "An animation, frame by frame",
        Format::Html => "One file for any browser, light and dark, that needs no network",
    };
    let segments: Vec<_> = kind
        .formats()
        .iter()
        .map(|&format| Segment {
            value: format,
            text: format.label(),
            help: help(format),
        })
        .collect();
    if let Some(chosen) = segmented(ui, "Format", *format, &segments) {
        *format = chosen;
    }
}

pub(super) fn part_choice(ui: &mut Ui, part: &mut Part) {
    let segments = [
        Segment {
            value: Part::OnScreen,
            text: "as on screen",
            help: "The part of the plot that you zoomed to",
        },
        Segment {
            value: Part::Whole,
            text: "whole",
            help: "All of it, whatever part the plot shows",
        },
    ];
    if let Some(chosen) = segmented(ui, "Part of the plot", *part, &segments) {
        *part = chosen;
    }
}

pub(super) fn size_fields(ui: &mut Ui, Choice { size, scale, .. }: &mut Choice) {
    let (mut sides, is_paper) = match *size {
        Size::Millimetres(sides) => (sides, true),
        Size::Pixels(sides) => (sides, false),
    };
    let range = if is_paper {
        50.0..=1000.0
    } else {
        200.0..=4000.0
    };
    for (idx, (side, name)) in sides.iter_mut().zip(["Width", "Height"]).enumerate() {
        if idx > 0 {
            ui.label("×");
        }
        let field = DragValue::new(side).range(range.clone()).max_decimals(1);
        ui.add(field)
            .on_hover_text(format!(
                "{name} of the figure; 80 mm is one column of a paper, 160 mm the full page width"
            ))
            .accessible_name(name);
    }
    let changed = if is_paper {
        Size::Millimetres(sides)
    } else {
        Size::Pixels(sides)
    };
    if *size != changed {
        *size = changed;
    }
    let segments = [
        Segment {
            value: true,
            text: "mm",
            help: "For paper: text has its printed size",
        },
        Segment {
            value: false,
            text: "px",
            help: "For a screen, at 96 pixels per inch",
        },
    ];
    let Some(on_paper) = segmented(ui, "Unit of size", is_paper, &segments) else {
        return;
    };
    *size = if on_paper {
        Size::Millimetres(size.in_millimetres().map(f32::round))
    } else {
        Size::Pixels(size.in_pixels().map(f32::round))
    };
    *scale = size.default_scale();
}

/// The resolution of a picture of pixels, and how many they are.
pub(super) fn resolution_field(ui: &mut Ui, choice: &mut Choice) {
    let [least, most] = [SCALES.start(), SCALES.end()].map(|scale| scale * PIXELS_PER_INCH);
    let mut dpi = choice.scale * PIXELS_PER_INCH;
    let field = DragValue::new(&mut dpi)
        .range(least..=most)
        .speed(2.0)
        .max_decimals(0)
        .suffix(" dpi");
    let field = ui
        .add(field)
        .on_hover_text("Pixels per inch: 300 for print, 96 for a screen")
        .accessible_name("Resolution");
    if field.changed() {
        choice.scale = (dpi / PIXELS_PER_INCH).clamp(*SCALES.start(), *SCALES.end());
    }
    let [width, height] = choice
        .size
        .in_pixels()
        .map(|side| (side * choice.scale).round() as u64);
    let pixels = format!(
        "{} × {} pixels",
        number::count(width),
        number::count(height)
    );
    ui.label(theme::dim(ui, pixels));
}

pub(super) fn type_field(ui: &mut Ui, points: &mut f32) {
    let field = DragValue::new(points)
        .range(TYPE_POINTS)
        .speed(0.05)
        .max_decimals(1)
        .suffix(" pt");
    ui.add(field)
        .on_hover_text("Size of axes and legends; titles are larger, ticks smaller")
        .accessible_name("Type size");
}

pub(super) fn theme_choice(ui: &mut Ui, dark: &mut bool) {
    let segments = [
        Segment {
            value: false,
            text: "light",
            help: "Dark on white, for print",
        },
        Segment {
            value: true,
            text: "dark",
            help: "Light on dark, for slides",
        },
    ];
    if let Some(chosen) = segmented(ui, "Theme of the figure", *dark, &segments) {
        *dark = chosen;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_of_a_version_without_type_sizes_has_the_usual_one() {
        let choice = Choice::of(FigureKind::Loss);
        let mut old = serde_json::to_value(choice).expect("a choice");
        old.as_object_mut().expect("fields").remove("type_points");
        let read: Choice = serde_json::from_value(old).expect("an older one");
        assert_eq!(read, choice);
        assert!(read.is_valid(FigureKind::Loss));
    }
}
