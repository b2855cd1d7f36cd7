//! Animated GIF: one palette for all frames, and of each frame only what changed.

use std::collections::HashMap;
use std::ops::ControlFlow;

use gif::{DisposalMethod, Encoder, Extension, Frame, Repeat};

use super::error::FigureError;
use super::facts::Entries;
use super::facts::Facts;
use super::figures::film::{Film, Screening};
use super::look::Look;
use super::palette::{N_MARKS, Paper, Rgb, class_rgb, mix};
use super::{png, svg};

/// Time a frame is shown, the first and the last longer, in hundredths of a second.
const DELAY: u16 = 9;
const FIRST_DELAY: u16 = 60;
const LAST_DELAY: u16 = 250;

/// Shades between the background and each other colour: edges are smooth.
const N_SHADES: u8 = 15;

/// Stands for "as before".
const SAME: u8 = 0;

/// Draws a film. After each frame `progress` hears the share that is done, and may end it.
///
/// # Errors
/// When it was ended, has no frames, or is too large.
pub fn write(
    film: &Film,
    facts: &Facts,
    look: &Look,
    title: &str,
    entries: &Entries,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<Vec<u8>, FigureError> {
    let screening = Screening::new(film, facts);
    let n_frames = film.frames.len();
    let mut palette = Palette::new(look);
    let mut before: Vec<u8> = Vec::new();
    let mut encoder = None;
    for idx in 0..n_frames {
        let page = screening.page(idx, facts, look, title);
        let drawn = png::draw(&svg::write(&page, look.size, entries)?, &page, look.scale)?;
        let [width, height] = [drawn.width, drawn.height].map(|side| u16::try_from(side).ok());
        let (Some(width), Some(height)) = (width, height) else {
            let (width, height) = (drawn.width, drawn.height);
            return Err(FigureError::TooLarge { width, height });
        };
        let indices: Vec<u8> = drawn
            .bytes
            .chunks_exact(3)
            .map(|rgb| palette.index([rgb[0], rgb[1], rgb[2]]))
            .collect();
        let encoder = match &mut encoder {
            Some(encoder) => encoder,
            none => none.insert(begin([width, height], &palette, entries)?),
        };
        let is_same = |(now, before): (&u8, &u8)| if now == before { SAME } else { *now };
        let changed: Vec<u8> = if before.is_empty() {
            indices.clone()
        } else {
            indices.iter().zip(&before).map(is_same).collect()
        };
        encoder.write_frame(&Frame {
            delay: match idx {
                last if last + 1 == n_frames => LAST_DELAY,
                0 => FIRST_DELAY,
                _ => DELAY,
            },
            dispose: DisposalMethod::Keep,
            transparent: Some(SAME),
            width,
            height,
            buffer: changed.into(),
            ..Frame::default()
        })?;
        before = indices;
        let share = (idx + 1) as f32 / n_frames as f32;
        if progress(share).is_break() {
            return Err(FigureError::Cancelled);
        }
    }
    let encoder = encoder.ok_or(FigureError::NoFrames)?;
    Ok(encoder.into_inner()?)
}

fn begin(
    [width, height]: [u16; 2],
    palette: &Palette,
    entries: &Entries,
) -> Result<Encoder<Vec<u8>>, FigureError> {
    let colors = palette.colors.as_flattened();
    let mut encoder = Encoder::new(Vec::new(), width, height, colors)?;
    encoder.set_repeat(Repeat::Infinite)?;
    let lines: Vec<String> = entries
        .iter()
        .map(|(key, value)| format!("{key}: {value}"))
        .collect();
    let comment = lines.join("\n");
    let blocks: Vec<&[u8]> = comment.as_bytes().chunks(255).collect();
    encoder.write_raw_extension(Extension::Comment.into(), &blocks)?;
    Ok(encoder)
}

/// The colours of a film and their shades.
struct Palette {
    colors: Vec<Rgb>,
    known: HashMap<Rgb, u8>,
}

impl Palette {
    fn new(look: &Look) -> Self {
        let paper: &Paper = look.paper();
        let classes = (0..N_MARKS).map(|class| class_rgb(look.dark, class));
        let of_page = [paper.text, paper.text_dim, paper.grid];
        let mut colors = vec![paper.background, paper.background]; // the first is never drawn
        for color in classes.chain(of_page) {
            let shades = (1..=N_SHADES).map(|shade| f32::from(shade) / f32::from(N_SHADES));
            colors.extend(shades.map(|share| mix(paper.background, color, share)));
        }
        Self {
            colors,
            known: HashMap::new(),
        }
    }

    /// The nearest colour's place.
    fn index(&mut self, color: Rgb) -> u8 {
        let Self { colors, known } = self;
        *known.entry(color).or_insert_with(|| {
            let distance = |other: &Rgb| -> u32 {
                let parts = other
                    .iter()
                    .zip(&color)
                    .map(|(&a, &b)| u32::from(a.abs_diff(b)).pow(2));
                parts.sum()
            };
            let drawn = (1_u8..).zip(&colors[1..]);
            drawn
                .min_by_key(|(_, other)| distance(other))
                .map_or(1, |(idx, _)| idx)
        })
    }
}
