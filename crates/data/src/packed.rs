//! A person's own images as arrays that go along with a run.
//!
//! They are opened again as any arrays are (`open`). The images are then the same bit for bit, and so is the checksum by
//! which a run knows them.

use std::io;
use std::path::Path;

use hourglass_experiment::ImageShape;
use hourglass_files::numpy::Npz;
use hourglass_protocol::one_file::{FIT_FILE, IMAGES_FILE, MOST_IMAGES, PackedImages, is_run_file};
use hourglass_protocol::{Colour, Fitting, ImagesKept};

use super::{Dataset, Split};

/// Whether images lie in the file of a run, or beside one that was made of such a file.
#[must_use]
pub fn came_along(place: &Path) -> bool {
    let is_beside = place.ends_with(IMAGES_FILE) && place.with_file_name(FIT_FILE).is_file();
    is_run_file(place) || is_beside
}

impl Dataset {
    /// What goes along with a run in one file, and what is to be said of it: nothing of images that everybody can have,
    /// the arrays of a person's own, and of too many of these only their size.
    ///
    /// # Errors
    /// When they are too many for a ZIP.
    pub fn to_go_along(&self) -> io::Result<(Option<PackedImages>, Option<ImagesKept>)> {
        let n_bytes = self.report.as_ref().map(|report| report.n_bytes);
        Ok(match n_bytes {
            None => (None, None),
            Some(n_bytes) if n_bytes > MOST_IMAGES || self.bytes_of_classes() > MOST_IMAGES => {
                (None, Some(ImagesKept::Apart(n_bytes)))
            }
            Some(_) => {
                let n = self.train.len() + self.test.len();
                (Some(self.packed()?), Some(ImagesKept::Within(n)))
            }
        })
    }

    /// What the classes of all images take, by their names.
    fn bytes_of_classes(&self) -> usize {
        let names = self.id.classes().map(|class| self.id.class_name(class));
        let longest = names.map(|name| name.chars().count()).max();
        let n = self.train.len() + self.test.len();
        n * size_of::<char>() * longest.unwrap_or_default()
    }

    /// The images and classes of both splits as an `.npz`, and how they are made of it again. What else is known of the
    /// images does not go along.
    fn packed(&self) -> io::Result<PackedImages> {
        let report = self.report.as_deref();
        let inverts = report.is_some_and(|report| report.inverts);
        let shape = self.train.shape();
        let mut npz = Npz::compressed();
        for (name, split) in [("train", &self.train), ("test", &self.test)] {
            let as_found = light_as_found(split, inverts);
            let n = split.len();
            npz.put(
                &format!("x_{name}"),
                "|u1",
                &shape.axes_of(n),
                &shape.pixel_by_pixel(&as_found),
            )?;
            let classes: Vec<String> = self.id.classes().map(|of| self.id.class_name(of)).collect();
            let names = split.labels().iter();
            let names = names.map(|label| classes[usize::from(*label)].as_str());
            npz.put_texts(&format!("y_{name}"), names)?;
        }
        let fitting = Fitting {
            size: Some([shape.height, shape.width]),
            colour: Some(colour_of(shape)),
            resizing: report.map_or_else(Default::default, |report| report.place.fitting.resizing),
            inverts: Some(inverts),
            transposes: Some(false),
            ..Fitting::default()
        };
        Ok(PackedImages {
            arrays: npz.finish()?,
            fitting,
            data: self.id.name().to_owned(),
        })
    }
}

fn colour_of(shape: ImageShape) -> Colour {
    if shape.is_gray() {
        Colour::Gray
    } else {
        Colour::Rgb
    }
}

/// Pixels as light as they were before light and dark were exchanged: that is done again when they are opened, and
/// pictures that are dropped later are treated as these were.
fn light_as_found(split: &Split, inverts: bool) -> Vec<u8> {
    let values = split.images().iter();
    values
        .map(|value| if inverts { 255 - value } else { *value })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use hourglass_files::whole_file;
    use hourglass_protocol::DataSource;
    use image::{Rgb, RgbImage};

    use super::*;

    fn opened(path: &Path, fitting: Fitting) -> Dataset {
        let source = DataSource::Path(path.to_owned(), fitting);
        crate::load(&source, &mut |_| {}, &AtomicBool::new(false)).expect("images")
    }

    /// A folder of drawn images, by class or not.
    fn draw(folder: &Path, classes: &[&str], ground: u8, is_colour: bool) {
        for class in classes {
            for number in 0..12_u32 {
                let image = RgbImage::from_fn(11, 9, |x, y| {
                    let shade = (x * y * (number + 1) % 97) as u8;
                    let ink = if ground > 128 { shade } else { 255 - shade };
                    let is_border = x % 10 == 0 || y % 8 == 0;
                    let is_ground = is_border || (x + y + number) % 4 != 0;
                    match (is_ground, is_colour) {
                        (true, _) => Rgb([ground; 3]),
                        (false, true) => Rgb([ink, 255 - ink, number as u8]),
                        (false, false) => Rgb([ink; 3]),
                    }
                });
                let folder = folder.join(class);
                std::fs::create_dir_all(&folder).expect("made");
                let mut bytes = io::Cursor::new(Vec::new());
                let png = image::ImageFormat::Png;
                image.write_to(&mut bytes, png).expect("drawn");
                let file = folder.join(format!("{number}.png"));
                whole_file::write(&file, bytes.get_ref()).expect("written");
            }
        }
    }

    #[test]
    fn images_that_went_along_are_the_same() {
        for (classes, ground, is_colour) in [
            (&["ant", "bee", "été"][..], 0, false),
            (&["ant", "bee"], 230, false), // dark on light: inverted
            (&["2", "10"], 40, true),
            (&[""], 0, false),
        ] {
            let folder = tempfile::tempdir().expect("a folder");
            draw(folder.path(), classes, ground, is_colour);
            let fitting: Fitting = "10x12 crop".parse().expect("words");
            let found = opened(folder.path(), fitting);
            let (packed, kept) = found.to_go_along().expect("packed");
            let n = found.train.len() + found.test.len();
            assert_eq!(kept, Some(ImagesKept::Within(n)));
            let packed = packed.expect("they are few");
            let file = folder.path().join("images.npz");
            whole_file::write(&file, &packed.arrays).expect("written");
            let read = PackedImages::read_words(&packed.words());
            let (fitting, data) = read.expect("its own words");
            assert_eq!(data, found.id.name());
            let again = opened(&file, fitting);
            assert!(again.id.is_content_of(found.id.name()), "{classes:?}");
            assert_eq!(again.train.images(), found.train.images());
            assert_eq!(again.test.labels(), found.test.labels());
            let reports = [&found, &again].map(|of| of.report.clone().expect("own images"));
            assert_eq!(reports[0].sha256, reports[1].sha256);
            assert_eq!(reports[0].inverts, reports[1].inverts);
            assert_eq!(reports[1].inverts, ground > 200);
            let resizing = reports.map(|report| report.place.fitting.resizing);
            assert_eq!(resizing[0], resizing[1]);
        }
    }
}
