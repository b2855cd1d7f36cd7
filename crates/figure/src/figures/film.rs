//! The film of a run: the latent scatter at one moment after another, with the same axes throughout.
//!
//! A code of two units is drawn as it is. A wider one has principal axes of its own in every frame, which would spin
//! and flip; so each frame is turned, and mirrored where that is nearer, within its own plane until its points lie as
//! near as they can to those of the frame after it. The last frame is drawn as it is. Distances within a frame stay
//! what they are.

use std::sync::Arc;

use hourglass_protocol::{Axes, FilmFrame, SampleIdx, Turn};

use super::scatter::{class_legend, cloud, legend_width, outline, outline_of, radius};
use crate::drawing::Figure;
use crate::facts::Entries;
use crate::facts::epochs;
use crate::page::{Anchor, Page, Rect};
use crate::plot::{self, Axis, Plot};
use crate::{Facts, Interval, Look};

/// Room for the legend at the right, in pixels.
const LEGEND_WIDTH: f32 = 48.0;

/// What a film shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Film {
    /// Its frames, oldest first.
    pub frames: Vec<FilmFrame>,
    /// Class of every test image.
    pub labels: Arc<[u8]>,
    /// Classes that are left out.
    pub hidden: Vec<u8>,
}

impl Film {
    /// Default number of frames: eleven seconds.
    pub const N_FRAMES: usize = 120;

    /// The same with at most this many frames, evenly chosen, the first and the last among them.
    #[must_use]
    pub fn thinned(mut self, max_frames: usize) -> Self {
        let (n, last) = (max_frames.max(2), self.frames.len().saturating_sub(1));
        if last < n {
            return self;
        }
        let kept: Vec<FilmFrame> = (0..n)
            .map(|nth| self.frames[nth * last / (n - 1)].clone())
            .collect();
        self.frames = kept;
        self
    }
}

impl Figure for Film {
    fn title(&self) -> String {
        "Latent space during training".to_owned()
    }

    fn page(&self, facts: &Facts, look: &Look, title: &str) -> Page {
        match self.frames.len().checked_sub(1) {
            Some(last) => Screening::new(self, facts).page(last, facts, look, title),
            None => plot::begin(look, title, &facts.line()).0,
        }
    }

    fn table(&self, _: &Facts, _: &Entries) -> String {
        String::new()
    }
}

/// A film whose frames are aligned and whose axes are fixed.
#[derive(Debug)]
pub struct Screening<'a> {
    film: &'a Film,
    /// Points of each frame in the axes of the last.
    points: Vec<Vec<[f32; 2]>>,
    x: Axis,
    y: Axis,
}

impl<'a> Screening<'a> {
    /// Aligns the frames of a film.
    #[must_use]
    pub fn new(film: &'a Film, facts: &Facts) -> Self {
        let points = aligned(&film.frames);
        let last = film.frames.last();
        let axes = last.map_or(Axes::Raw, |frame| frame.scatter.axes);
        let prior = outline_of(facts, axes);
        let ends = |axis: usize| {
            let of_last = points.last().into_iter().flatten();
            let of_last = of_last.map(|point| f64::from(point[axis]));
            let of_prior = prior.iter().flatten().map(|point| f64::from(point[axis]));
            let ends = Interval::around(most(&points, axis).chain(of_last).chain(of_prior));
            ends.unwrap_or(Interval::new(-1.0, 1.0)).padded(0.02)
        };
        let is_raw = film
            .frames
            .last()
            .is_none_or(|frame| frame.scatter.axes == Axes::Raw);
        let titles = if is_raw {
            ["code unit 1", "code unit 2"]
        } else {
            ["principal plane, axis 1", "principal plane, axis 2"]
        };
        Self {
            x: Axis::linear(titles[0], ends(0)),
            y: Axis::linear(titles[1], ends(1)),
            film,
            points,
        }
    }

    /// Draws one frame.
    #[must_use]
    pub fn page(&self, idx: usize, facts: &Facts, look: &Look, title: &str) -> Page {
        let Self { film, points, x, y } = self;
        let frame = &film.frames[idx];
        let then = Facts {
            step: frame.scatter.step,
            epoch: frame.epoch,
            ..facts.clone()
        };
        let (mut page, room) = plot::begin(look, title, &then.line());
        let (paper, t) = (look.paper(), look.type_sizes());
        let left = Rect {
            width: room.width - legend_width(facts.data, LEGEND_WIDTH, t, room.height),
            ..room
        };
        let plot = plot::frame(&mut page, look, left, x, y, true);
        // Fewer marks on a small picture, the same ones in every frame.
        let stride = frame
            .scatter
            .points
            .len()
            .div_ceil(most_points(&plot))
            .max(1);
        let samples = frame
            .scatter
            .samples
            .iter()
            .zip(&points[idx])
            .step_by(stride);
        let places: Vec<(u8, [f32; 2])> = samples
            .map(|(&sample, point)| (self.label(sample), plot.at(point.map(f64::from))))
            .filter(|(label, at)| !film.hidden.contains(label) && plot.area.contains(*at))
            .collect();
        cloud(
            &mut page,
            look.dark,
            radius(places.len(), &plot).min(2.4),
            &places,
        );
        outline(
            &mut page,
            paper,
            &plot,
            &outline_of(facts, frame.scatter.axes),
        );
        class_legend(
            &mut page,
            look,
            facts.data,
            (
                plot.area.right() + 12.0,
                plot.area.top + t.room(4.0),
                room.height,
            ),
            &film.hidden,
        );
        let when = format!("epoch {}", epochs(frame.epoch));
        let at = [plot.area.right() - 4.0, plot.area.top + t.title];
        page.text_at(at, when, t.title, paper.text, Anchor::End);
        page
    }

    fn label(&self, sample: SampleIdx) -> u8 {
        self.film.labels.get(sample as usize).copied().unwrap_or(0)
    }
}

/// The ends between which all but one point in a hundred lies: a cloud that flies off for a moment early in
/// training would leave all others a small heap. What lies outside is not drawn.
fn most(points: &[Vec<[f32; 2]>], axis: usize) -> impl Iterator<Item = f64> {
    let mut values: Vec<f32> = points.iter().flatten().map(|point| point[axis]).collect();
    values.sort_unstable_by(f32::total_cmp);
    let cut = values.len() / 200;
    let ends = [values.get(cut), values.iter().rev().nth(cut)].map(Option::<&f32>::copied);
    ends.into_iter().flatten().map(f64::from)
}

/// Points that a plot has room for.
fn most_points(plot: &Plot) -> usize {
    /// Room of a point, in square pixels.
    const ROOM: f32 = 70.0;
    ((plot.area.width * plot.area.height / ROOM) as usize).max(1)
}

/// The points of all frames in the plane of the last.
fn aligned(frames: &[FilmFrame]) -> Vec<Vec<[f32; 2]>> {
    let mut turned: Vec<Vec<[f32; 2]>> = Vec::with_capacity(frames.len());
    for frame in frames.iter().rev() {
        let own = &frame.scatter.points;
        turned.push(match (turned.last(), frame.scatter.axes) {
            (Some(later), Axes::Pca { .. } | Axes::Turned { .. }) => {
                let turn = Turn::onto(own, later);
                own.iter().map(|&point| turn.of(point)).collect()
            }
            _ => own.clone(),
        });
    }
    turned.reverse();
    turned
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_protocol::ScatterView;
    use proptest::prelude::*;

    fn frame(points: Vec<[f32; 2]>, axes: Axes) -> FilmFrame {
        let samples: Vec<SampleIdx> = (0..).take(points.len()).collect();
        FilmFrame {
            epoch: 0.0,
            scatter: ScatterView {
                step: 0,
                axes,
                samples: samples.into(),
                points,
                ..ScatterView::default()
            },
        }
    }

    const PCA: Axes = Axes::Pca {
        explained: [0.5, 0.3],
    };

    proptest! {
        /// However a cloud was turned and mirrored, it is found again.
        #[test]
        fn turned_and_mirrored_frames_lie_on_each_other(
            points in prop::collection::vec([-5.0..5.0_f32, -5.0..5.0_f32], 3..40),
            angle in -3.1..3.1_f32,
            mirrored in any::<bool>(),
        ) {
            let mirror = if mirrored { -1.0 } else { 1.0 };
            let (sin, cos) = angle.sin_cos();
            let turned: Vec<[f32; 2]> = points
                .iter()
                .map(|&[x, y]| [cos * x - sin * mirror * y, sin * x + cos * mirror * y])
                .collect();
            let frames = [frame(turned, PCA), frame(points.clone(), PCA)];
            let found = aligned(&frames);
            prop_assert_eq!(&found[1], &points, "the last frame stays");
            for ([x, y], [qx, qy]) in found[0].iter().zip(&points) {
                prop_assert!((x - qx).hypot(y - qy) < 1e-3, "({x}, {y}) is not ({qx}, {qy})");
            }
        }
    }

    #[test]
    fn a_film_is_thinned_evenly_from_its_first_frame_to_its_last() {
        let frames = (0..100_u8).map(|step| FilmFrame {
            epoch: f64::from(step),
            ..frame(vec![[0.0, 0.0]], Axes::Raw)
        });
        let film = Film {
            frames: frames.collect(),
            labels: Arc::new([0]),
            hidden: Vec::new(),
        };
        let epochs = |film: Film| {
            film.frames
                .iter()
                .map(|frame| frame.epoch)
                .collect::<Vec<f64>>()
        };
        assert_eq!(epochs(film.clone().thinned(4)), [0.0, 33.0, 66.0, 99.0]);
        assert_eq!(epochs(film.thinned(500)).len(), 100);
    }

    #[test]
    fn a_code_of_two_units_is_never_turned() {
        let frames = [
            frame(vec![[1.0, 0.0], [2.0, 0.0]], Axes::Raw),
            frame(vec![[0.0, 1.0], [0.0, 2.0]], Axes::Raw),
        ];
        assert_eq!(aligned(&frames)[0], frames[0].scatter.points);
    }
}
