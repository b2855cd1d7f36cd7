//! User images: images that were dropped, opened or pasted, and the drawing.

mod drawing;

use std::sync::Arc;

use hourglass_protocol::{OwnId, OwnImage, Preparation, Prepared};

pub use drawing::{Drawing, RADII};

/// Images kept at once; each is rebuilt again while training goes on.
pub const MAX_OWN: usize = 100;

/// Removals that can be taken back.
const MAX_REMOVALS: usize = 20;

/// User images, and the drawing.
#[derive(Debug, Default)]
pub struct OwnImages {
    images: Vec<Own>,
    chosen: Option<OwnId>,
    /// What was removed, a list for each time, with the places it had.
    removed: Vec<Vec<(usize, Own)>>,
    /// How far the reading of files is.
    pub reading: Option<Reading>,
    /// The drawing in progress.
    pub drawing: Drawing,
    n_named: u64,
}

/// A user image.
#[derive(Clone, Debug, PartialEq)]
pub struct Own {
    pub id: OwnId,
    /// What it is called: its file's name, or where it came from.
    pub name: String,
    /// What the person decided about its preparation.
    pub wish: Preparation,
    /// The digit it became, with every stage.
    pub prepared: Arc<Prepared>,
}

/// How far the reading of files is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Files that are done, whether they were pictures or not.
    pub n_done: usize,
    pub n_files: usize,
}

impl OwnImages {
    /// The images in the order they came.
    #[must_use]
    pub fn images(&self) -> &[Own] {
        &self.images
    }

    /// The image that is looked at closely.
    #[must_use]
    pub fn chosen(&self) -> Option<&Own> {
        self.chosen.and_then(|id| self.find(id))
    }

    /// An image by its id.
    #[must_use]
    pub fn find(&self, id: OwnId) -> Option<&Own> {
        self.images.iter().find(|image| image.id == id)
    }

    /// Images that can still be added.
    #[must_use]
    pub fn room(&self) -> usize {
        MAX_OWN.saturating_sub(self.images.len())
    }

    /// Adds an image and chooses it; `None` if there is no room.
    pub fn add(
        &mut self,
        name: String,
        wish: Preparation,
        prepared: Arc<Prepared>,
    ) -> Option<OwnId> {
        if self.room() == 0 {
            return None;
        }
        self.n_named += 1;
        let id = OwnId(self.n_named);
        self.images.push(Own {
            id,
            name,
            wish,
            prepared,
        });
        self.chosen = Some(id);
        Some(id)
    }

    /// Looks closely at another image.
    pub fn choose(&mut self, id: OwnId) {
        if self.find(id).is_some() {
            self.chosen = Some(id);
        }
    }

    /// Notes what the person decided; the digit follows by [`OwnImages::set_prepared`].
    pub fn set_wish(&mut self, id: OwnId, wish: Preparation) {
        if let Some(image) = self.images.iter_mut().find(|image| image.id == id) {
            image.wish = wish;
        }
    }

    /// Takes in the digit that an image became; one made from a wish that changed since is late and ignored.
    pub fn set_prepared(&mut self, id: OwnId, wish: Preparation, prepared: Arc<Prepared>) {
        let mut images = self.images.iter_mut();
        if let Some(image) = images.find(|image| image.id == id && image.wish == wish) {
            image.prepared = prepared;
        }
    }

    /// Removes an image; its neighbour is chosen instead.
    pub fn remove(&mut self, id: OwnId) {
        let Some(place) = self.images.iter().position(|image| image.id == id) else {
            return;
        };
        let image = self.images.remove(place);
        self.keep_removed(vec![(place, image)]);
        if self.chosen == Some(id) {
            let next = place.min(self.images.len().saturating_sub(1));
            self.chosen = self.images.get(next).map(|image| image.id);
        }
    }

    /// Removes all images.
    pub fn clear(&mut self) {
        let all: Vec<(usize, Own)> = self.images.drain(..).enumerate().collect();
        if !all.is_empty() {
            self.keep_removed(all);
        }
        self.chosen = None;
    }

    /// Whether there is a removal to take back.
    #[must_use]
    pub fn can_restore(&self) -> bool {
        !self.removed.is_empty()
    }

    /// Takes the last removal back; what there is no room for stays removed.
    pub fn restore(&mut self) {
        let Some(mut removed) = self.removed.pop() else {
            return;
        };
        let left = removed.split_off(removed.len().min(self.room()));
        for (place, image) in removed {
            self.chosen = Some(image.id);
            self.images.insert(place.min(self.images.len()), image);
        }
        if !left.is_empty() {
            self.removed.push(left);
        }
    }

    /// Whether an image is here, or could come back.
    #[must_use]
    pub fn may_need(&self, id: OwnId) -> bool {
        let mut removed = self.removed.iter().flatten();
        self.find(id).is_some() || removed.any(|(_, image)| image.id == id)
    }

    /// What the worker is asked to rebuild.
    #[must_use]
    pub fn request(&self, with_drawing: bool) -> Arc<[OwnImage]> {
        let image = |id, prepared: &Prepared| OwnImage {
            id,
            pixels: Arc::clone(&prepared.pixels),
        };
        let drawing = self.drawing.prepared().filter(|_| with_drawing);
        let drawing = drawing.map(|prepared| image(OwnId::DRAWING, prepared));
        let images = self.images.iter();
        let images = images.map(|own| image(own.id, &own.prepared));
        images.chain(drawing).collect()
    }

    fn keep_removed(&mut self, removed: Vec<(usize, Own)>) {
        if self.removed.len() == MAX_REMOVALS {
            self.removed.remove(0);
        }
        self.removed.push(removed);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use hourglass_protocol::{Centring, Decisions, GroupMap, Paper};

    pub(crate) fn prepared(shade: u8) -> Arc<Prepared> {
        Arc::new(Prepared {
            stages: Vec::new(),
            decisions: Decisions {
                backdrop: None,
                invert: true,
                paper: Paper::Flat,
                stretch: true,
                threshold: 0.25,
                crop: true,
                sharpen: false,
                centring: Centring::Mass,
                pen: false,
            },
            crop: [0.0, 0.0, 1.0, 1.0],
            pixels: vec![shade; 784].into(),
            notes: Vec::new(),
            groups: Vec::new(),
            group_map: GroupMap::default(),
        })
    }

    fn three() -> OwnImages {
        let mut own = OwnImages::default();
        for (name, shade) in [("a", 1), ("b", 2), ("c", 3)] {
            own.add(name.to_owned(), Preparation::default(), prepared(shade));
        }
        own
    }

    fn names(own: &OwnImages) -> String {
        own.images()
            .iter()
            .map(|image| image.name.as_str())
            .collect()
    }

    #[test]
    fn what_was_removed_comes_back_to_its_place() {
        let mut own = three();
        let b = own.images()[1].id;
        own.choose(b);
        own.remove(b);
        assert_eq!(names(&own), "ac");
        assert_eq!(own.chosen().map(|image| image.name.as_str()), Some("c"));
        own.clear();
        assert_eq!((names(&own).as_str(), own.chosen()), ("", None));
        assert!(own.may_need(b));
        own.restore();
        assert_eq!(names(&own), "ac");
        own.restore();
        assert_eq!(names(&own), "abc");
        assert_eq!(own.chosen().map(|image| image.id), Some(b));
        assert!(!own.can_restore());
    }

    #[test]
    fn images_and_removals_stay_bounded() {
        let mut own = OwnImages::default();
        let add = |own: &mut OwnImages| own.add(String::new(), Preparation::default(), prepared(0));
        for _ in 0..MAX_OWN {
            assert!(add(&mut own).is_some());
        }
        assert_eq!(add(&mut own), None);
        own.clear();
        for _ in 0..MAX_OWN {
            add(&mut own);
        }
        own.restore(); // there is no room for any of them
        assert_eq!(own.images().len(), MAX_OWN);
        for _ in 0..2 * MAX_REMOVALS {
            let id = own.images()[0].id;
            own.remove(id);
        }
        assert_eq!(own.removed.len(), MAX_REMOVALS);
    }

    #[test]
    fn a_digit_made_from_an_older_wish_is_ignored() {
        let mut own = three();
        let id = own.images()[0].id;
        let wish = Preparation {
            invert: Some(false),
            ..Preparation::default()
        };
        own.set_wish(id, wish);
        own.set_prepared(id, Preparation::default(), prepared(9));
        assert_eq!(own.images()[0].prepared.pixels[0], 1);
        own.set_prepared(id, wish, prepared(9));
        assert_eq!(own.images()[0].prepared.pixels[0], 9);
    }

    #[test]
    fn the_request_names_every_image_and_the_drawing_when_asked() {
        let mut own = three();
        own.drawing.begin([0.5, 0.5], 0.05);
        own.drawing.set_prepared(Some(prepared(7)));
        let ids = |with_drawing| -> Vec<u64> {
            let request = own.request(with_drawing);
            request.iter().map(|image| image.id.0).collect()
        };
        assert_eq!(ids(false), [1, 2, 3]);
        assert_eq!(ids(true), [1, 2, 3, OwnId::DRAWING.0]);
    }
}
