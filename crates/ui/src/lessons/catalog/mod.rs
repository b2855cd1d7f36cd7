//! The lessons, one file each. Figures in them are of runs on MNIST with seed 1, as this program measures them,
//! or of PCA on MNIST.

mod bottleneck;
mod copying;
mod denoising;
mod generation;
mod linear;
mod sparsity;

use super::{Lesson, LessonId};

/// All lessons, in their order.
pub static ALL: [Lesson; 6] = [
    bottleneck::LESSON,
    linear::LESSON,
    copying::LESSON,
    sparsity::LESSON,
    denoising::LESSON,
    generation::LESSON,
];

impl LessonId {
    #[must_use]
    pub fn lesson(self) -> &'static Lesson {
        let found = ALL.iter().find(|lesson| lesson.id == self);
        found.unwrap_or(&ALL[0]) // every name has its lesson; a test sees to it
    }
}

impl Lesson {
    /// Its number, from 1.
    #[must_use]
    pub fn number(&self) -> usize {
        let place = ALL.iter().position(|lesson| lesson.id == self.id);
        place.map_or(1, |place| place + 1)
    }
}
