//! PDF: the SVG of a page as `usvg` lays it out for a PNG, so that all stands where it does there. Text stays text,
//! in the fonts that are compiled in, of which the file holds the letters it needs.

use std::collections::HashMap;
use std::ops::Range;

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Size, Transform};
use krilla::image::Image;
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, LineCap, LineJoin, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use resvg::tiny_skia::{self, PathSegment};
use resvg::usvg::{self, Group, ImageKind, Node, PaintOrder, fontdb, layout};

use super::error::FigureError;
use super::facts::Entries;
use super::page::Page;
use super::png;

/// Points of a pixel of 1/96 inch.
const POINTS_PER_PIXEL: f32 = 72.0 / 96.0;

/// Writes a page that was written as SVG. `entries` go into the document's properties.
///
/// # Errors
/// When it is no SVG of a page, or a font cannot be embedded.
pub fn write(svg: &str, page: &Page, entries: &Entries) -> Result<Vec<u8>, FigureError> {
    let tree = png::laid_out(svg)?;
    let [width, height] = page.size.map(|side| side * POINTS_PER_PIXEL);
    let paper = PageSettings::from_wh(width, height).ok_or_else(|| unknown("size"))?;
    let mut document = Document::new();
    document.set_metadata(properties(entries));
    let mut sheet = document.start_page_with(paper);
    let own = tree.size(); // may be in millimetres that are no whole pixels
    let scale = Transform::from_scale(width / own.width(), height / own.height());
    let drawn = {
        let mut pen = Pen {
            surface: sheet.surface(),
            fonts: tree.fontdb(),
            embedded: HashMap::new(),
        };
        pen.surface.push_transform(&scale);
        let drawn = pen.group(tree.root());
        pen.surface.pop();
        drawn
    };
    sheet.finish();
    drawn?;
    document
        .finish()
        .map_err(|error| FigureError::Pdf(error.to_string()))
}

/// What a reader's properties show. PDF has places for title, subject and program; all else are keywords, the
/// experiment, which has commas of its own, the last of them.
fn properties(entries: &Entries) -> Metadata {
    let mut metadata = Metadata::new();
    let mut keywords = Vec::new();
    let mut experiment = None;
    for (key, value) in entries {
        metadata = match *key {
            "Title" => metadata.title(value.clone()),
            "Description" => metadata.description(value.clone()),
            "Software" => metadata.creator(value.clone()),
            _ => {
                let keyword = format!("{key}: {value}");
                if *key == "Experiment" {
                    experiment = Some(keyword);
                } else {
                    keywords.push(keyword);
                }
                metadata
            }
        };
    }
    keywords.extend(experiment);
    metadata.keywords(keywords)
}

/// Something that no page has.
fn unknown(what: &str) -> FigureError {
    FigureError::Draw(format!("PDF has no way to draw its {what}"))
}

/// Draws what `usvg` laid out.
struct Pen<'a> {
    surface: Surface<'a>,
    fonts: &'a fontdb::Database,
    embedded: HashMap<fontdb::ID, Font>,
}

impl Pen<'_> {
    fn group(&mut self, group: &Group) -> Result<(), FigureError> {
        self.surface.push_transform(&transform(group.transform()));
        let clip = group.clip_path().and_then(outline);
        if let Some(clip) = &clip {
            self.surface.push_clip_path(clip, &FillRule::NonZero);
        }
        let drawn = group.children().iter().try_for_each(|node| self.node(node));
        // What was pushed comes off even where something could not be drawn: the surface insists on it.
        if clip.is_some() {
            self.surface.pop();
        }
        self.surface.pop();
        drawn
    }

    fn node(&mut self, node: &Node) -> Result<(), FigureError> {
        match node {
            Node::Group(group) => self.group(group),
            Node::Path(path) => self.path(path),
            Node::Image(image) => self.image(image),
            Node::Text(text) => text.layouted().iter().try_for_each(|span| self.span(span)),
        }
    }

    fn path(&mut self, path: &usvg::Path) -> Result<(), FigureError> {
        let Some(outline) = traced([path.data()]) else {
            return Ok(());
        };
        self.surface.set_fill(path.fill().map(fill).transpose()?);
        self.surface
            .set_stroke(path.stroke().map(stroke).transpose()?);
        self.surface.draw_path(&outline);
        Ok(())
    }

    fn image(&mut self, image: &usvg::Image) -> Result<(), FigureError> {
        let ImageKind::PNG(bytes) = image.kind() else {
            return Err(unknown("picture"));
        };
        let size = Size::from_wh(image.size().width(), image.size().height());
        let size = size.ok_or_else(|| unknown("picture"))?;
        let is_smooth = false; // pixels are data
        let image = Image::from_png(bytes.clone().into(), is_smooth).map_err(FigureError::Draw)?;
        self.surface.draw_image(image, size);
        Ok(())
    }

    /// A text of one look: runs of letters of one font.
    fn span(&mut self, span: &layout::Span) -> Result<(), FigureError> {
        let (inside, halo) = (
            span.fill.as_ref().map(fill).transpose()?,
            span.stroke.as_ref().map(stroke).transpose()?,
        );
        for run in span.positioned_glyphs.chunk_by(|a, b| a.font == b.font) {
            let Some(first) = run.first() else { continue };
            let font = self.font(first.font)?;
            let (text, glyphs) = letters(run, &font);
            self.surface.push_transform(&upright(first, &font));
            if let (Some(halo), PaintOrder::StrokeAndFill) = (&halo, span.paint_order) {
                self.surface.set_fill(None);
                self.surface.set_stroke(Some(halo.clone()));
                self.show(&glyphs, &font, &text, first.font_size(), true);
            }
            self.surface.set_fill(inside.clone());
            self.surface.set_stroke(None);
            self.show(&glyphs, &font, &text, first.font_size(), false);
            self.surface.pop();
        }
        Ok(())
    }

    /// `as_shapes`: as shapes, which nobody can select a second time.
    fn show(
        &mut self,
        glyphs: &[KrillaGlyph],
        font: &Font,
        text: &str,
        size: f32,
        as_shapes: bool,
    ) {
        let start = Point::from_xy(0.0, 0.0);
        self.surface
            .draw_glyphs(start, glyphs, font.clone(), text, size, as_shapes);
    }

    fn font(&mut self, id: fontdb::ID) -> Result<Font, FigureError> {
        if let Some(font) = self.embedded.get(&id) {
            return Ok(font.clone());
        }
        let read = |bytes: &[u8], index| Font::new(bytes.to_vec().into(), index);
        let font = self.fonts.with_face_data(id, read).flatten();
        let font = font.ok_or_else(|| unknown("font"))?;
        self.embedded.insert(id, font.clone());
        Ok(font)
    }
}

/// The place of a run's first letter, without the size of its font, which PDF knows by itself.
fn upright(first: &layout::PositionedGlyph, font: &Font) -> Transform {
    let per_unit = font.units_per_em() / first.font_size();
    transform(first.transform().pre_scale(per_unit, per_unit))
}

/// Text and letters of a run, each as far from the one before as `usvg` placed it.
fn letters(run: &[layout::PositionedGlyph], font: &Font) -> (String, Vec<KrillaGlyph>) {
    let mut text = String::new();
    let mut glyphs: Vec<KrillaGlyph> = Vec::with_capacity(run.len());
    // Where each letter is, in the axes of the first one and in parts of the font's size.
    let origin = run.first().and_then(|first| first.transform().invert());
    let place = |glyph: &layout::PositionedGlyph| {
        let [x, y] = [glyph.transform().tx, glyph.transform().ty];
        let mut at = tiny_skia::Point::from_xy(x, y);
        if let Some(origin) = origin {
            origin.map_point(&mut at);
        }
        [at.x, at.y].map(|units| units / font.units_per_em())
    };
    for (idx, glyph) in run.iter().enumerate() {
        let range: Range<usize> = text.len()..text.len() + glyph.text.len();
        text.push_str(&glyph.text);
        let [x, y] = place(glyph);
        let next = run.get(idx + 1).map_or(x, |next| place(next)[0]);
        glyphs.push(KrillaGlyph {
            glyph_id: GlyphId::new(glyph.id.0),
            text_range: range,
            x_advance: next - x,
            x_offset: 0.0,
            y_offset: -y,
            y_advance: 0.0,
            location: None,
        });
    }
    (text, glyphs)
}

fn transform(from: tiny_skia::Transform) -> Transform {
    Transform::from_row(from.sx, from.ky, from.kx, from.sy, from.tx, from.ty)
}

/// What a clip leaves to be seen.
fn outline(clip: &usvg::ClipPath) -> Option<Path> {
    let paths = clip.root().children().iter().filter_map(|node| match node {
        Node::Path(path) => Some(path.data()),
        _ => None, // clips of pages are rectangles
    });
    traced(paths)?.transform(transform(clip.transform()))
}

/// Paths as one; `None` if there is nothing to it.
fn traced<'a>(paths: impl IntoIterator<Item = &'a tiny_skia::Path>) -> Option<Path> {
    /// Length of a line from a point to itself, which has round ends all the same: as SVG has it, a circle. Not every
    /// reader of PDF draws it without a length.
    const HAIR: f32 = 0.01;
    let mut builder = PathBuilder::new();
    let mut last = tiny_skia::Point::default();
    for segment in paths.into_iter().flat_map(tiny_skia::Path::segments) {
        match segment {
            PathSegment::MoveTo(to) => {
                builder.move_to(to.x, to.y);
                last = to;
            }
            PathSegment::LineTo(to) => {
                let hair = if to == last { HAIR } else { 0.0 };
                builder.line_to(to.x + hair, to.y);
                last = to;
            }
            PathSegment::QuadTo(by, to) => builder.quad_to(by.x, by.y, to.x, to.y),
            PathSegment::CubicTo(first, second, to) => {
                builder.cubic_to(first.x, first.y, second.x, second.y, to.x, to.y);
            }
            PathSegment::Close => builder.close(),
        }
    }
    builder.finish()
}

fn color(paint: &usvg::Paint) -> Result<rgb::Color, FigureError> {
    match paint {
        usvg::Paint::Color(color) => Ok(rgb::Color::new(color.red, color.green, color.blue)),
        _ => Err(unknown("paint")), // pages have plain colours
    }
}

fn opacity(of: usvg::Opacity) -> NormalizedF32 {
    NormalizedF32::new(of.get()).unwrap_or(NormalizedF32::ONE)
}

fn fill(of: &usvg::Fill) -> Result<Fill, FigureError> {
    Ok(Fill {
        paint: color(of.paint())?.into(),
        opacity: opacity(of.opacity()),
        rule: match of.rule() {
            usvg::FillRule::NonZero => FillRule::NonZero,
            usvg::FillRule::EvenOdd => FillRule::EvenOdd,
        },
    })
}

fn stroke(of: &usvg::Stroke) -> Result<Stroke, FigureError> {
    Ok(Stroke {
        paint: color(of.paint())?.into(),
        width: of.width().get(),
        miter_limit: of.miterlimit().get(),
        line_cap: match of.linecap() {
            usvg::LineCap::Butt => LineCap::Butt,
            usvg::LineCap::Round => LineCap::Round,
            usvg::LineCap::Square => LineCap::Square,
        },
        line_join: match of.linejoin() {
            usvg::LineJoin::Miter | usvg::LineJoin::MiterClip => LineJoin::Miter,
            usvg::LineJoin::Round => LineJoin::Round,
            usvg::LineJoin::Bevel => LineJoin::Bevel,
        },
        opacity: opacity(of.opacity()),
        dash: of.dasharray().map(|lengths| StrokeDash {
            array: lengths.to_vec(),
            offset: of.dashoffset(),
        }),
    })
}
