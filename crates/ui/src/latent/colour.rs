//! What the colours of the points mean: the class, the error, how densely points lie, or a number known of the images.

use egui::{
    Align2, Color32, Mesh, Rect, Role, Sense, Shape, TextStyle, Ui, WidgetInfo, pos2, vec2,
};
use egui_material_icons::icons::ICON_PALETTE;

use super::points::Points;
use crate::legend;
use crate::number;
use crate::plot::Interval;
use crate::small_menu::SmallMenu;
use crate::theme::{self, space};
use hourglass_protocol::{DatasetDescription, Factor};

/// What the colours of the points say. Shapes tell the class in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ColourBy {
    #[default]
    Class,
    /// How far off the reconstruction is.
    Error,
    /// How many points lie nearby.
    Density,
    /// A number that is known of each image.
    Factor(Factor),
}

impl ColourBy {
    /// This, or what is shown at first where the data set does not know it: the class, and where there is one alone the
    /// error.
    #[must_use]
    pub fn known_of(self, dataset: Option<&DatasetDescription>) -> Self {
        let knows =
            |factor| dataset.is_some_and(|dataset| dataset.test_factors.all().contains(&factor));
        let has_classes = dataset.is_none_or(|dataset| dataset.id.n_classes() > 1);
        match self {
            Self::Factor(factor) if knows(factor) => self,
            Self::Error | Self::Density => self,
            Self::Class | Self::Factor(_) if has_classes => Self::Class,
            Self::Class | Self::Factor(_) => Self::Error,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::Error => "error",
            Self::Density => "density",
            Self::Factor(factor) => factor.name,
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Class => "A colour for each class",
            Self::Error => "Mean squared error per pixel of each reconstruction of a clean image",
            Self::Density => {
                "How many points lie nearby: those in the point's cell of 48×48 over all of them, smoothed with the cells \
                 around it"
            }
            Self::Factor(factor) => factor.help,
        }
    }

    /// What a legend calls its values, with their unit.
    #[must_use]
    pub fn title(self) -> String {
        match self {
            Self::Class => "class".to_owned(),
            Self::Error => "MSE per pixel".to_owned(),
            Self::Density => "points nearby".to_owned(),
            Self::Factor(factor) => factor.title(),
        }
    }
}

/// The menu of what colours say.
pub fn menu(
    ui: &mut Ui,
    current: ColourBy,
    dataset: &DatasetDescription,
    is_narrow: bool,
) -> Option<ColourBy> {
    let menu = SmallMenu {
        name: "Colour by",
        text: if is_narrow {
            ICON_PALETTE.codepoint
        } else {
            current.text()
        },
        help: "What the colours of the points mean",
    };
    menu.show(ui, |ui| {
        let mut chosen = None;
        let mut entry = |ui: &mut Ui, by: ColourBy| {
            let label = egui::Button::selectable(by == current, by.text());
            let response = ui.add(label).on_hover_text(by.help());
            if response.clicked() {
                chosen = Some(by);
            }
        };
        if dataset.id.n_classes() > 1 {
            entry(ui, ColourBy::Class);
        }
        entry(ui, ColourBy::Error);
        entry(ui, ColourBy::Density);
        for factor in dataset.test_factors.all() {
            entry(ui, ColourBy::Factor(*factor));
        }
        chosen
    })
}

/// How values become colours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColourScale {
    /// What the values are; the class has none.
    pub by: ColourBy,
    /// The ends of the scale; values beyond have the colour of the end.
    pub ends: Interval,
}

impl ColourScale {
    /// The scale of a scatter; `None` while its values are not known.
    #[must_use]
    pub fn of(by: ColourBy, points: &Points) -> Option<Self> {
        let ends = match by {
            ColourBy::Class => return None,
            ColourBy::Error => {
                let [min, max] = points.view().errors.as_ref()?.range.map(f64::from);
                Interval::new(min, max)
            }
            ColourBy::Density => {
                Interval::around(points.densities().iter().map(|near| f64::from(*near)))?
            }
            ColourBy::Factor(factor) => {
                let column = points.factors().column(factor);
                Interval::around(column.into_iter().map(f64::from))?
            }
        };
        Some(Self { by, ends })
    }

    /// The value of a point; `None` if it has none.
    #[must_use]
    pub fn value(&self, idx: usize, points: &Points) -> Option<f32> {
        let view = points.view();
        match self.by {
            ColourBy::Class => None,
            ColourBy::Error => view.errors.as_ref()?.mse_per_pixel.get(idx).copied(),
            ColourBy::Density => points.densities().get(idx).copied(),
            ColourBy::Factor(factor) => {
                let sample = *view.samples.get(idx)? as usize;
                points.factors().value(factor, sample)
            }
        }
    }

    /// Where between the ends a value lies, 0..1.
    #[must_use]
    pub fn share(&self, value: f32) -> f32 {
        let length = self.ends.length().max(f64::MIN_POSITIVE);
        ((f64::from(value) - self.ends.min) / length).clamp(0.0, 1.0) as f32
    }

    /// Shows the colours with the values at their ends.
    pub fn legend(&self, ui: &mut Ui) {
        const WIDTH: f32 = 72.0;
        let [low, high] = [self.ends.min, self.ends.max].map(number::three_digits);
        let title = self.by.title();
        let font = TextStyle::Small.resolve(ui.style());
        let tokens = theme::tokens_of(ui);
        let galleys = [&title, &low, &high].map(|text| {
            let text = text.replace('-', "−");
            ui.painter()
                .layout_no_wrap(text, font.clone(), tokens.text_dim)
        });
        let texts: f32 = galleys
            .iter()
            .map(|galley| galley.size().x + space::XS)
            .sum();
        let size = vec2(texts + WIDTH + space::XS + space::S, legend::HEIGHT);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let name = format!("Colours, {title}, from {low} to {high}");
        response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), &name));
        let help = match self.by {
            ColourBy::Error => {
                "The colours of the errors; the 1 % beyond the scale have the colour of its end"
            }
            _ => "The colours of the values",
        };
        response.on_hover_text(help);
        let painter = ui.painter();
        let mut left = rect.left() + space::XS;
        let [title, low, high] = galleys;
        for (galley, bar) in [(title, false), (low, true), (high, false)] {
            let place = Align2::LEFT_CENTER.anchor_size(pos2(left, rect.center().y), galley.size());
            left += galley.size().x + space::XS;
            painter.galley(place.min, galley, tokens.text_dim);
            if bar {
                let size = vec2(WIDTH, 8.0);
                let bar = Rect::from_min_size(pos2(left, rect.center().y - 4.0), size);
                painter.add(gradient(bar, ui.visuals().dark_mode));
                left += WIDTH + space::XS;
            }
        }
    }
}

/// The colours of the scale from left to right.
fn gradient(rect: Rect, dark: bool) -> Shape {
    const STEPS: u8 = 24;
    let mut mesh = Mesh::default();
    for step in 0..=STEPS {
        let share = f32::from(step) / f32::from(STEPS);
        let color: Color32 = theme::sequential(dark, share);
        let x = rect.left() + share * rect.width();
        mesh.colored_vertex(pos2(x, rect.top()), color);
        mesh.colored_vertex(pos2(x, rect.bottom()), color);
        let first = 2 * u32::from(step);
        if step < STEPS {
            mesh.add_triangle(first, first + 1, first + 2);
            mesh.add_triangle(first + 2, first + 1, first + 3);
        }
    }
    Shape::mesh(mesh)
}
