//! Pictures of images by sample id, as textures: few and of bounded size, filled with what is shown.

use std::collections::HashMap;
use std::sync::Arc;

use egui::{
    ColorImage, Context, Rect, TextureFilter, TextureHandle, TextureId, TextureOptions, pos2, vec2,
};

use crate::theme;
use hourglass_experiment::ImageShape;
use hourglass_protocol::{DatasetDescription, SampleIdx};

/// Side of a page, in texels: every graphics card has textures of this size.
const PAGE_SIDE: usize = 1_008;
/// Most pages, of 4 MB each on the graphics card. They hold 5,184 pictures of 28×28, more than find room on a screen.
const MAX_PAGES: usize = 4;
/// Pictures that are put on pages in one frame: more would be felt.
const MAX_NEW: usize = 400;

/// Pages of pictures. One that is not shown gives its place to one that is. Texels are white, as opaque as there is ink
/// in the image, to be tinted.
#[derive(Default)]
pub struct Album {
    pages: Vec<TextureHandle>,
    places: HashMap<SampleIdx, usize>,
    /// What is in each place.
    samples: Vec<SampleIdx>,
    /// The frame that each place was shown in last.
    used: Vec<u64>,
    frame: u64,
    /// Where the search for a place goes on.
    hand: usize,
    n_new: usize,
    is_behind: bool,
    /// The images that the pictures are of, told by their address.
    images: Option<Arc<[u8]>>,
    shape: ImageShape,
}

/// Where a picture is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AlbumPlace {
    /// The page.
    pub texture: TextureId,
    /// The part of the page.
    pub uv: Rect,
    /// Its number, for [`Album::keep`].
    pub number: usize,
}

impl Album {
    /// Begins a frame; pictures of another data set are forgotten. Tells whether they were.
    pub fn begin_frame(&mut self, dataset: &DatasetDescription) -> bool {
        let is_same = |images: &Arc<[u8]>| Arc::ptr_eq(images, &dataset.test_images);
        let is_other = !self.images.as_ref().is_some_and(is_same);
        if is_other {
            let pages = std::mem::take(&mut self.pages);
            *self = Self {
                pages,
                images: Some(Arc::clone(&dataset.test_images)),
                shape: dataset.shape(),
                ..Self::default()
            };
        }
        self.frame += 1;
        self.n_new = 0;
        self.is_behind = false;
        is_other
    }

    /// A picture stays where it is, as it is shown in this frame as well.
    pub fn keep(&mut self, number: usize) {
        if let Some(used) = self.used.get_mut(number) {
            *used = self.frame;
        }
    }

    /// Whether pictures were asked for that only the next frame has.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.is_behind
    }

    /// Where the picture of an image is; it is put on a page where it is on none. None for an image that the data set
    /// has not, and while there is no place.
    pub fn place(
        &mut self,
        ctx: &Context,
        dataset: &DatasetDescription,
        sample: SampleIdx,
    ) -> Option<AlbumPlace> {
        let number = match self.places.get(&sample) {
            Some(&number) => number,
            None => self.add(ctx, dataset, sample)?,
        };
        self.keep(number);
        let (page, at) = self.place_on_page(number);
        let ImageShape { height, width, .. } = self.shape;
        let [left, top] = at.map(|at| (at as f32 + 0.5) / PAGE_SIDE as f32);
        // Half a texel inwards: linear filtering must not reach into the neighbour.
        let [wide, high] = [width, height].map(|side| (side as f32 - 1.0) / PAGE_SIDE as f32);
        Some(AlbumPlace {
            texture: self.pages.get(page)?.id(),
            uv: Rect::from_min_size(pos2(left, top), vec2(wide, high)),
            number,
        })
    }

    fn add(
        &mut self,
        ctx: &Context,
        dataset: &DatasetDescription,
        sample: SampleIdx,
    ) -> Option<usize> {
        let image = dataset.image(sample)?;
        if self.n_new == MAX_NEW {
            self.is_behind = true;
            return None;
        }
        let number = self.free_place(ctx)?;
        if let Some(before) = self.samples.get(number) {
            self.places.remove(before);
            self.samples[number] = sample;
        } else {
            self.samples.push(sample);
            self.used.push(0);
        }
        self.places.insert(sample, number);
        self.n_new += 1;
        let (page, at) = self.place_on_page(number);
        let texels =
            (0..self.shape.n_pixels()).map(|pixel| theme::album_texel(self.shape, image, pixel));
        let picture = ColorImage::new([self.shape.width, self.shape.height], texels.collect());
        self.pages
            .get_mut(page)?
            .set_partial(at, picture, options());
        Some(number)
    }

    /// Pictures beside and below each other on a page.
    fn along(&self) -> [usize; 2] {
        [self.shape.width, self.shape.height].map(|side| PAGE_SIDE / side.max(1))
    }

    fn per_page(&self) -> usize {
        self.along().into_iter().product()
    }

    /// On which page a place is, and its left upper texel there.
    fn place_on_page(&self, number: usize) -> (usize, [usize; 2]) {
        let (page, within) = (number / self.per_page(), number % self.per_page());
        let [across, _] = self.along();
        let ImageShape { height, width, .. } = self.shape;
        (page, [within % across * width, within / across * height])
    }

    /// A place that nothing is in, or nothing that is shown in this frame.
    fn free_place(&mut self, ctx: &Context) -> Option<usize> {
        let n = self.samples.len();
        if n == self.pages.len() * self.per_page() && self.pages.len() < MAX_PAGES {
            let blank = ColorImage::filled([PAGE_SIDE; 2], theme::TRANSPARENT);
            self.pages
                .push(ctx.load_texture("pictures", blank, options()));
        }
        if n < self.pages.len() * self.per_page() {
            return Some(n);
        }
        let mut turns = (0..n).map(|step| (self.hand + step) % n);
        let found = turns.find(|&number| self.used[number] < self.frame)?;
        self.hand = found + 1;
        Some(found)
    }
}

fn options() -> TextureOptions {
    TextureOptions {
        magnification: TextureFilter::Nearest,
        ..TextureOptions::LINEAR
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::N_PIXELS;
    use hourglass_protocol::DataSetId;

    fn dataset(n_test: usize) -> DatasetDescription {
        DatasetDescription {
            id: DataSetId::PEN_DIGITS,
            origin: String::new(),
            n_train: 0,
            test_images: vec![7; n_test * N_PIXELS].into(),
            test_labels: vec![0; n_test].into(),
            test_factors: hourglass_protocol::KnownFactors::default(),
            train_images: Arc::from([]),
            train_labels: Arc::from([]),
            report: None,
        }
    }

    #[test]
    fn pages_are_bounded_and_what_is_shown_keeps_its_place() {
        let ctx = Context::default();
        let dataset = dataset(7_000);
        let mut album = Album::default();
        assert!(album.begin_frame(&dataset));
        let first = album.place(&ctx, &dataset, 0).expect("there is room");
        for batch in 0..17_u32 {
            assert!(!album.begin_frame(&dataset));
            album.keep(first.number);
            for sample in batch * 400 + 1..=(batch + 1) * 400 {
                let place = album.place(&ctx, &dataset, sample).expect("there is room");
                assert_ne!(place.number, first.number);
            }
            assert_eq!(album.place(&ctx, &dataset, 6_999), None, "later");
            assert!(album.is_behind());
        }
        assert_eq!(album.pages.len(), MAX_PAGES);
        assert_eq!(album.samples.len(), MAX_PAGES * album.per_page());
        assert_eq!(album.places.len(), album.samples.len());
        assert_eq!(album.place(&ctx, &dataset, 0), Some(first));
    }

    #[test]
    fn two_images_share_no_texel_and_another_data_set_starts_anew() {
        let ctx = Context::default();
        let dataset = dataset(100);
        let mut album = Album::default();
        album.begin_frame(&dataset);
        let places: Vec<AlbumPlace> = (0..100)
            .map(|sample| album.place(&ctx, &dataset, sample).expect("there is room"))
            .collect();
        for (idx, place) in places.iter().enumerate() {
            for other in &places[..idx] {
                assert!(!place.uv.intersects(other.uv));
            }
        }
        assert_eq!(album.place(&ctx, &dataset, 100), None, "no such image");
        let other = self::dataset(5);
        assert!(album.begin_frame(&other) && album.places.is_empty());
    }
}
