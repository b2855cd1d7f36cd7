//! User images: images that were dropped, opened or pasted, and the drawing.

mod drawing;

use std::sync::Arc;

use hourglass_protocol::{ImageTarget, Preparation, Prepared, PreparedImage, UserImageId};

pub use drawing::{Drawing, RADII};

/// Images kept at once; each is rebuilt again while training goes on.
pub const MAX_USER_IMAGES: usize = 100;

/// Removals that can be taken back.
const MAX_REMOVALS: usize = 20;

/// User images, and the drawing.
#[derive(Debug, Default)]
pub struct UserImages {
    images: Vec<UserImage>,
    chosen: Option<UserImageId>,
    /// What was removed, a list for each time, with the places it had.
    removed: Vec<Vec<(usize, UserImage)>>,
    /// How far the reading of files is.
    pub reading: Option<Reading>,
    /// The drawing in progress.
    pub drawing: Drawing,
    /// What images become beside the data set in use.
    pub target: ImageTarget,
    n_named: u64,
}

/// A user image.
#[derive(Clone, Debug, PartialEq)]
pub struct UserImage {
    pub id: UserImageId,
    /// What it is called: its file's name, or where it came from.
    pub name: String,
    /// What the person decided about its preparation.
    pub preparation: Preparation,
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

impl UserImages {
    /// The images in the order they came.
    #[must_use]
    pub fn images(&self) -> &[UserImage] {
        &self.images
    }

    /// The image that is looked at closely.
    #[must_use]
    pub fn chosen(&self) -> Option<&UserImage> {
        self.chosen.and_then(|id| self.find(id))
    }

    /// An image by its id.
    #[must_use]
    pub fn find(&self, id: UserImageId) -> Option<&UserImage> {
        self.images.iter().find(|image| image.id == id)
    }

    /// Images that can still be added.
    #[must_use]
    pub fn room(&self) -> usize {
        MAX_USER_IMAGES.saturating_sub(self.images.len())
    }

    /// Adds an image and chooses it; `None` if there is no room.
    pub fn add(
        &mut self,
        name: String,
        preparation: Preparation,
        prepared: Arc<Prepared>,
    ) -> Option<UserImageId> {
        if self.room() == 0 {
            return None;
        }
        self.n_named += 1;
        let id = UserImageId(self.n_named);
        self.images.push(UserImage {
            id,
            name,
            preparation,
            prepared,
        });
        self.chosen = Some(id);
        Some(id)
    }

    /// Looks closely at another image.
    pub fn choose(&mut self, id: UserImageId) {
        if self.find(id).is_some() {
            self.chosen = Some(id);
        }
    }

    /// Notes what the person decided; the digit follows by [`UserImages::set_prepared`].
    pub fn set_preparation(&mut self, id: UserImageId, preparation: Preparation) {
        if let Some(image) = self.images.iter_mut().find(|image| image.id == id) {
            image.preparation = preparation;
        }
    }

    /// Images that were made for another data set.
    pub fn outdated(&self) -> impl Iterator<Item = &UserImage> {
        let is_outdated = |image: &&UserImage| image.prepared.target != self.target;
        self.images.iter().filter(is_outdated)
    }

    /// Takes in what an image became; one made from a preparation that changed since, or for another data set, is late
    /// and ignored.
    pub fn set_prepared(
        &mut self,
        id: UserImageId,
        preparation: Preparation,
        prepared: Arc<Prepared>,
    ) {
        if prepared.target != self.target {
            return;
        }
        let mut images = self.images.iter_mut();
        if let Some(image) = images.find(|image| image.id == id && image.preparation == preparation)
        {
            image.prepared = prepared;
        }
    }

    /// Removes an image; its neighbour is chosen instead.
    pub fn remove(&mut self, id: UserImageId) {
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
        let all: Vec<(usize, UserImage)> = self.images.drain(..).enumerate().collect();
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
    pub fn may_need(&self, id: UserImageId) -> bool {
        let mut removed = self.removed.iter().flatten();
        self.find(id).is_some() || removed.any(|(_, image)| image.id == id)
    }

    /// What the worker is asked to rebuild.
    #[must_use]
    pub fn request(&self, with_drawing: bool) -> Arc<[PreparedImage]> {
        let image = |id, prepared: &Prepared| PreparedImage {
            id,
            shape: prepared.target.shape(),
            pixels: Arc::clone(&prepared.pixels),
        };
        let drawing = self.drawing.prepared().filter(|_| with_drawing);
        let drawing = drawing.map(|prepared| image(UserImageId::DRAWING, prepared));
        let images = self.images.iter();
        let images = images.map(|user_image| image(user_image.id, &user_image.prepared));
        images.chain(drawing).collect()
    }

    fn keep_removed(&mut self, removed: Vec<(usize, UserImage)>) {
        if self.removed.len() == MAX_REMOVALS {
            self.removed.remove(0);
        }
        self.removed.push(removed);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use hourglass_protocol::{Centring, Decisions, GroupMap, InkDecisions, Paper, Way};

    pub(crate) fn prepared(shade: u8) -> Arc<Prepared> {
        Arc::new(Prepared {
            target: ImageTarget::Handwriting,
            stages: Vec::new(),
            decisions: Decisions {
                backdrop: None,
                invert: true,
                way: Way::Ink(InkDecisions {
                    paper: Paper::Flat,
                    stretch: true,
                    threshold: 0.25,
                    crop: true,
                    sharpen: false,
                    centring: Centring::Mass,
                    pen: false,
                }),
            },
            crop: [0.0, 0.0, 1.0, 1.0],
            pixels: vec![shade; 784].into(),
            notes: Vec::new(),
            groups: Vec::new(),
            group_map: GroupMap::default(),
        })
    }

    fn three() -> UserImages {
        let mut user_images = UserImages::default();
        for (name, shade) in [("a", 1), ("b", 2), ("c", 3)] {
            user_images.add(name.to_owned(), Preparation::default(), prepared(shade));
        }
        user_images
    }

    fn names(user_images: &UserImages) -> String {
        user_images
            .images()
            .iter()
            .map(|image| image.name.as_str())
            .collect()
    }

    #[test]
    fn what_was_removed_comes_back_to_its_place() {
        let mut user_images = three();
        let b = user_images.images()[1].id;
        user_images.choose(b);
        user_images.remove(b);
        assert_eq!(names(&user_images), "ac");
        assert_eq!(
            user_images.chosen().map(|image| image.name.as_str()),
            Some("c")
        );
        user_images.clear();
        assert_eq!(
            (names(&user_images).as_str(), user_images.chosen()),
            ("", None)
        );
        assert!(user_images.may_need(b));
        user_images.restore();
        assert_eq!(names(&user_images), "ac");
        user_images.restore();
        assert_eq!(names(&user_images), "abc");
        assert_eq!(user_images.chosen().map(|image| image.id), Some(b));
        assert!(!user_images.can_restore());
    }

    #[test]
    fn images_and_removals_stay_bounded() {
        let mut user_images = UserImages::default();
        let add = |user_images: &mut UserImages| {
            user_images.add(String::new(), Preparation::default(), prepared(0))
        };
        for _ in 0..MAX_USER_IMAGES {
            assert!(add(&mut user_images).is_some());
        }
        assert_eq!(add(&mut user_images), None);
        user_images.clear();
        for _ in 0..MAX_USER_IMAGES {
            add(&mut user_images);
        }
        user_images.restore(); // there is no room for any of them
        assert_eq!(user_images.images().len(), MAX_USER_IMAGES);
        for _ in 0..2 * MAX_REMOVALS {
            let id = user_images.images()[0].id;
            user_images.remove(id);
        }
        assert_eq!(user_images.removed.len(), MAX_REMOVALS);
    }

    #[test]
    fn a_digit_made_from_an_older_preparation_is_ignored() {
        let mut user_images = three();
        let id = user_images.images()[0].id;
        let preparation = Preparation {
            invert: Some(false),
            ..Preparation::default()
        };
        user_images.set_preparation(id, preparation);
        user_images.set_prepared(id, Preparation::default(), prepared(9));
        assert_eq!(user_images.images()[0].prepared.pixels[0], 1);
        user_images.set_prepared(id, preparation, prepared(9));
        assert_eq!(user_images.images()[0].prepared.pixels[0], 9);
    }

    #[test]
    fn the_request_names_every_image_and_the_drawing_when_asked() {
        let mut user_images = three();
        user_images.drawing.begin([0.5, 0.5], 0.05);
        user_images.drawing.set_prepared(Some(prepared(7)));
        let ids = |with_drawing| -> Vec<u64> {
            let request = user_images.request(with_drawing);
            request.iter().map(|image| image.id.0).collect()
        };
        assert_eq!(ids(false), [1, 2, 3]);
        assert_eq!(ids(true), [1, 2, 3, UserImageId::DRAWING.0]);
    }
}
