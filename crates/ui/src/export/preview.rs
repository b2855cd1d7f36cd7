//! The figure as it will be, beside the choices: at its size where there is room for it.

use std::sync::Arc;

use egui::{
    Align2, Color32, ColorImage, Context, Rect, Role, Sense, Stroke, StrokeKind, TextStyle,
    TextureHandle, TextureOptions, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use crate::theme::{self, space};
use hourglass_figure::{FigureKind, FigureRequest, Format, Look};

/// Below this width a preview shows nothing, in points.
const LEAST_WIDTH: f32 = 160.0;

/// A preview that was drawn, or why there is none.
#[derive(Clone, Debug)]
pub struct Preview {
    /// What was asked for.
    pub of: FigureRequest,
    /// The title that the figure has by itself, once that is known.
    pub own_title: Option<String>,
    pub drawn: Drawn,
}

/// What there is to see.
#[derive(Clone, Debug)]
pub enum Drawn {
    Picture(Arc<ColorImage>),
    /// The first lines of a table.
    Table(String),
    /// Why there is nothing.
    Nothing(String),
}

/// What the dialog shows of the figure, and what it asks for.
#[derive(Default)]
pub(super) struct PreviewArea {
    wanted: Option<FigureRequest>,
    preview: Option<Preview>,
    texture: Option<TextureHandle>,
}

impl std::fmt::Debug for PreviewArea {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PreviewArea")
            .field("wanted", &self.wanted)
            .finish_non_exhaustive()
    }
}

impl PreviewArea {
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    pub fn wanted(&self) -> Option<&FigureRequest> {
        self.wanted.as_ref()
    }

    pub fn take(&mut self, preview: Preview) {
        self.preview = Some(preview);
        self.texture = None;
    }

    /// The title that a figure has by itself, once that is known.
    pub fn own_title(&self, kind: FigureKind) -> Option<&str> {
        let preview = self.preview.as_ref();
        let preview = preview.filter(|preview| preview.of.kind == kind)?;
        preview.own_title.as_deref()
    }

    /// Asks for what is chosen now, at the size it is shown in.
    pub fn ask(&mut self, ctx: &Context, figure: Option<FigureRequest>, shown: Vec2) {
        let wanted = figure.map(|figure| seen(figure, shown, ctx.pixels_per_point()));
        if self.wanted != wanted {
            self.wanted = wanted;
            ctx.request_repaint(); // it is drawn between the frames
        }
    }

    /// Shows what was drawn last, in a place of `size`.
    pub fn ui(&mut self, ui: &mut Ui, size: Vec2) {
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let of_figure = self.preview.as_ref().filter(|preview| {
            let is_table = |of: &FigureRequest| of.format == Format::Csv;
            self.wanted.as_ref().is_some_and(|wanted| {
                (preview.of.kind, is_table(&preview.of)) == (wanted.kind, is_table(wanted))
            })
        });
        let text = match (of_figure, &self.wanted) {
            (_, None) => "Nothing to preview yet".to_owned(),
            (None, Some(_)) => "Drawing the preview…".to_owned(),
            (Some(preview), Some(_)) => words(preview),
        };
        match of_figure.map(|preview| &preview.drawn) {
            Some(Drawn::Picture(image)) => {
                let texture = self.texture.get_or_insert_with(|| {
                    let image = Arc::clone(image);
                    ui.ctx()
                        .load_texture("figure preview", image, TextureOptions::LINEAR)
                });
                picture(ui, rect, texture);
            }
            Some(Drawn::Table(lines)) => table(ui, rect, lines),
            Some(Drawn::Nothing(_)) | None => note(ui, rect, &text),
        }
        let border = Stroke::new(1.0, theme::tokens_of(ui).border);
        ui.painter()
            .rect_stroke(rect, 2, border, StrokeKind::Outside);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &text));
        response.on_hover_text("The figure as it will be written, at its size where there is room");
    }
}

/// How large a preview is: as large as the figure, or as fits beside the choices. `None` where the window is too
/// narrow for one.
pub(super) fn size(ctx: &Context, look: &Look, beside: f32) -> Option<Vec2> {
    /// Between the dialog and the edges of the window.
    const AROUND: Vec2 = vec2(24.0, 24.0);
    let room = ctx.content_rect().size() - 2.0 * AROUND - vec2(beside, 0.0);
    if room.x < LEAST_WIDTH {
        return None;
    }
    let figure = Vec2::from(look.size.in_pixels());
    let share = (room / figure).min_elem().min(1.0);
    Some((share * figure).round())
}

/// A figure as it is seen on a screen: whatever is in the file alone asks for no other preview.
fn seen(figure: FigureRequest, shown: Vec2, pixels_per_point: f32) -> FigureRequest {
    let width = figure.look.size.in_pixels()[0].max(1.0);
    FigureRequest {
        format: match figure.format {
            Format::Csv => Format::Csv,
            Format::Png | Format::Svg | Format::Pdf | Format::Gif | Format::Html => Format::Png,
        },
        look: Look {
            scale: shown.x / width * pixels_per_point,
            ..figure.look
        },
        ..figure
    }
}

fn words(preview: &Preview) -> String {
    let title = preview.of.look.title.as_deref();
    let title = title.or(preview.own_title.as_deref()).unwrap_or_default();
    let theme = if preview.of.look.dark {
        "dark"
    } else {
        "light"
    };
    match &preview.drawn {
        Drawn::Picture(image) => {
            let [width, height] = image.size;
            format!("Preview: {title}, {theme}, {width} × {height} pixels")
        }
        Drawn::Table(_) => format!("Preview of the table: {title}"),
        Drawn::Nothing(why) => format!("No preview: {why}"),
    }
}

/// The picture as large as it fits: after a change it may have other proportions until it is drawn again.
fn picture(ui: &Ui, rect: Rect, texture: &TextureHandle) {
    let size = texture.size_vec2();
    let share = (rect.size() / size).min_elem();
    let place = Align2::CENTER_CENTER.align_size_within_rect(share * size, rect);
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    ui.painter_at(rect)
        .image(texture.id(), place, whole, Color32::WHITE);
}

fn table(ui: &Ui, rect: Rect, lines: &str) {
    let painter = ui.painter_at(rect);
    let tokens = theme::tokens_of(ui);
    painter.rect_filled(rect, 2, tokens.control);
    let font = TextStyle::Monospace.resolve(ui.style());
    let at = rect.min + Vec2::splat(space::S);
    let text = painter.layout_no_wrap(lines.to_owned(), font, tokens.text_dim);
    painter.galley(at, text, tokens.text_dim);
}

fn note(ui: &Ui, rect: Rect, text: &str) {
    let painter = ui.painter_at(rect);
    let tokens = theme::tokens_of(ui);
    painter.rect_filled(rect, 2, tokens.control);
    let font = TextStyle::Small.resolve(ui.style());
    let width = rect.width() - 2.0 * space::M;
    let text = painter.layout(text.to_owned(), font, tokens.text_dim, width);
    let place = Align2::CENTER_CENTER.align_size_within_rect(text.size(), rect);
    painter.galley(place.min, text, tokens.text_dim);
}
