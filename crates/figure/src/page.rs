//! A page with marks, texts and pictures at their places: what a figure is before it becomes SVG or PNG.
//!
//! Places and sizes are in pixels of 1/96 inch, from the upper left corner of the page; y grows downwards.

use hourglass_experiment::ImageShape;

use super::font::{self, Weight};
use super::palette::{ClassShape, Rgb};

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// Its left edge.
    pub left: f32,
    /// Its upper edge.
    pub top: f32,
    pub width: f32,
    pub height: f32,
}

impl Rect {
    /// Room for `n` drawings in rows that are read from left to right, `gap` apart: as few side by side as leave
    /// none wider than `aspect` times its height, if there are enough of them.
    #[must_use]
    pub fn cells(self, n: usize, gap: f32, aspect: f32) -> Vec<Self> {
        let ideal = (n as f32 * self.width / (aspect * self.height.max(1.0))).sqrt();
        let n_columns = (ideal.ceil() as usize).clamp(1, n.max(1));
        let n_rows = n.div_ceil(n_columns).max(1);
        let share = |side: f32, n: usize| (side - (n as f32 - 1.0) * gap) / n as f32;
        let (width, height) = (share(self.width, n_columns), share(self.height, n_rows));
        let cell = |idx: usize| Self {
            left: self.left + (idx % n_columns) as f32 * (width + gap),
            top: self.top + (idx / n_columns) as f32 * (height + gap),
            width,
            height,
        };
        (0..n).map(cell).collect()
    }

    /// The largest part in the middle that has the proportions of an image.
    #[must_use]
    pub fn holding(self, image: ImageShape) -> Self {
        let [high, wide] = image.proportions();
        let side = (self.width / wide).min(self.height / high);
        let (width, height) = (wide * side, high * side);
        Self {
            left: self.left + (self.width - width) / 2.0,
            top: self.top + (self.height - height) / 2.0,
            width,
            height,
        }
    }

    /// Between two corners.
    #[must_use]
    pub fn between([left, top]: [f32; 2], [right, bottom]: [f32; 2]) -> Self {
        Self {
            left,
            top,
            width: (right - left).max(0.0),
            height: (bottom - top).max(0.0),
        }
    }

    /// Its right edge.
    #[must_use]
    pub fn right(&self) -> f32 {
        self.left + self.width
    }

    /// Whether a point lies in it.
    #[must_use]
    pub fn contains(&self, [x, y]: [f32; 2]) -> bool {
        (self.left..=self.right()).contains(&x) && (self.top..=self.bottom()).contains(&y)
    }

    /// Its lower edge.
    #[must_use]
    pub fn bottom(&self) -> f32 {
        self.top + self.height
    }

    /// Its middle.
    #[must_use]
    pub fn center(&self) -> [f32; 2] {
        [self.left + self.width / 2.0, self.top + self.height / 2.0]
    }

    /// Smaller by a margin at each edge: left, top, right, bottom.
    #[must_use]
    pub fn within(&self, [left, top, right, bottom]: [f32; 4]) -> Self {
        Self::between(
            [self.left + left, self.top + top],
            [self.right() - right, self.bottom() - bottom],
        )
    }
}

/// How a line is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub color: Rgb,
    pub width: f32,
    /// Lengths of dashes and gaps in turn; empty for an unbroken line.
    pub dashes: Vec<f32>,
    /// 0 invisible to 1 opaque.
    pub opacity: f32,
}

impl Stroke {
    /// An unbroken, opaque line.
    #[must_use]
    pub fn new(color: Rgb, width: f32) -> Self {
        Self {
            color,
            width,
            dashes: Vec::new(),
            opacity: 1.0,
        }
    }

    /// The same in dashes.
    #[must_use]
    pub fn dashed(self, dashes: &[f32]) -> Self {
        Self {
            dashes: dashes.to_vec(),
            ..self
        }
    }

    /// The same, fainter.
    #[must_use]
    pub fn faint(self, opacity: f32) -> Self {
        Self { opacity, ..self }
    }
}

/// Which part of a text stands at its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    /// Its beginning.
    #[default]
    Start,
    Middle,
    End,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Where its base line stands.
    pub at: [f32; 2],
    /// What it says.
    pub text: String,
    pub size: f32,
    /// How heavy it is.
    pub weight: Weight,
    /// Its colour.
    pub color: Rgb,
    /// Which part of it stands at its place.
    pub anchor: Anchor,
    /// Whether it is written upwards.
    pub is_upright: bool,
    /// Whether it keeps its distance from what is under it.
    pub has_halo: bool,
}

impl Text {
    /// A line of regular text that begins at a place.
    #[must_use]
    pub fn new(at: [f32; 2], text: impl Into<String>, size: f32, color: Rgb) -> Self {
        Self {
            at,
            text: text.into(),
            size,
            weight: Weight::Regular,
            color,
            anchor: Anchor::Start,
            is_upright: false,
            has_halo: false,
        }
    }
}

/// Marks of one class.
#[derive(Clone, Debug, PartialEq)]
pub struct Marks {
    /// Which class, for names in the file.
    pub class: u8,
    pub shape: ClassShape,
    /// Radius of the circle that holds one.
    pub radius: f32,
    /// Their colour.
    pub color: Rgb,
    /// Their middles.
    pub points: Vec<[f32; 2]>,
}

/// A picture of pixels, drawn sharp.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// Its place.
    pub rect: Rect,
    /// Pixels of a row.
    pub width: usize,
    /// Colours, row by row.
    pub pixels: Vec<Rgb>,
}

/// Something on a page.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A filled rectangle.
    Fill(Rect, Rgb),
    /// The edge of a rectangle.
    Edge(Rect, Stroke),
    /// A line through points.
    Line(Vec<[f32; 2]>, Stroke),
    /// Marks of one class.
    Marks(Marks),
    /// A line of text.
    Text(Text),
    /// A picture of pixels.
    Image(Image),
    /// Items of which only what lies in a rectangle is seen.
    Clipped(Rect, Vec<Item>),
}

/// A whole figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Its width and height.
    pub size: [f32; 2],
    /// What is behind everything.
    pub background: Rgb,
    /// What stands on it, from the bottom to the top.
    pub items: Vec<Item>,
}

impl Page {
    /// An empty page.
    #[must_use]
    pub fn new(size: [f32; 2], background: Rgb) -> Self {
        Self {
            size,
            background,
            items: Vec::new(),
        }
    }

    #[must_use]
    pub fn rect(&self) -> Rect {
        Rect::between([0.0, 0.0], self.size)
    }

    /// Adds something on top.
    pub fn add(&mut self, item: Item) {
        self.items.push(item);
    }

    /// Adds a straight line.
    pub fn line(&mut self, from: [f32; 2], to: [f32; 2], stroke: &Stroke) {
        self.add(Item::Line(vec![from, to], stroke.clone()));
    }

    /// Adds a line of regular text that begins at a place.
    pub fn text(&mut self, at: [f32; 2], text: impl Into<String>, size: f32, color: Rgb) {
        self.text_at(at, text, size, color, Anchor::Start);
    }

    /// Adds a line of regular text.
    pub fn text_at(
        &mut self,
        at: [f32; 2],
        text: impl Into<String>,
        size: f32,
        color: Rgb,
        anchor: Anchor,
    ) {
        let text = Text::new(at, text, size, color);
        self.add(Item::Text(Text { anchor, ..text }));
    }

    /// Adds a picture with an edge around it.
    pub fn image(&mut self, rect: Rect, width: usize, pixels: Vec<Rgb>, edge: &Stroke) {
        self.add(Item::Image(Image {
            rect,
            width,
            pixels,
        }));
        self.add(Item::Edge(rect, edge.clone()));
    }
}

/// Breaks a text into lines of at most `width` pixels, at spaces.
#[must_use]
pub fn wrapped(text: &str, size: f32, width: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line)
                if font::width(line, size, Weight::Regular)
                    + font::width(" ", size, Weight::Regular)
                    + font::width(word, size, Weight::Regular)
                    <= width =>
            {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_hold_every_word_and_are_no_wider_than_the_page() {
        let text = "vanilla-64 · 784-64-784 · squared error · MNIST · seed 1 · step 4,690";
        let lines = wrapped(text, 10.0, 150.0);
        assert!(lines.len() > 1);
        assert_eq!(lines.join(" "), text);
        for line in lines {
            assert!(font::width(&line, 10.0, Weight::Regular) <= 150.0, "{line}");
        }
    }

    #[test]
    fn cells_lie_within_and_apart() {
        let room = Rect {
            left: 10.0,
            top: 20.0,
            width: 300.0,
            height: 200.0,
        };
        for n in 0..9 {
            let cells = room.cells(n, 6.0, 1.5);
            assert_eq!(cells.len(), n);
            for (idx, cell) in cells.iter().enumerate() {
                let (right, bottom) = (cell.left + cell.width, cell.top + cell.height);
                assert!(cell.left >= 10.0 && cell.top >= 20.0 && cell.width > 0.0);
                assert!(right < 310.01 && bottom < 220.01, "{cell:?}");
                let is_apart = |other: &Rect| {
                    other.left > right + 5.0
                        || other.top > bottom + 5.0
                        || cell.left > other.left + other.width + 5.0
                };
                assert!(cells[idx + 1..].iter().all(is_apart), "{n}: {cells:?}");
            }
        }
        let two = room.cells(2, 0.0, 1.5);
        assert!(two[1].left > two[0].left, "side by side on a wide page");
    }
}
