//! What `hourglass reconstruct` writes: pictures of each digit, and a line of the table.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use image::{DynamicImage, Rgb, RgbImage};

use hourglass_data::user_image::{RESULT_MARK, is_result};
use hourglass_experiment::ImageShape;
use hourglass_files::plain_file::{self, PlainFileError};
use hourglass_files::whole_file;
use hourglass_protocol::UserImageLook;

use super::asked::{Asked, Digit};

/// Name of the table.
const TABLE: &str = "errors.csv";

/// The first line of the table.
pub(super) const HEADER: &str =
    "file,mse_per_pixel,percentile,nearest_labels,nearest_test_images,nearest_distances,note\n";

/// Makes sure that the table of another program is not replaced.
pub(super) fn check_table(folder: &Path) -> Result<()> {
    let path = folder.join(TABLE);
    match plain_file::read_start(&path, HEADER.len() as u64) {
        Err(PlainFileError::Missing) => Ok(()),
        Ok(start) if start == HEADER.as_bytes() => Ok(()), // of an earlier time
        _ => bail!(
            "{} already exists and was not written by `hourglass reconstruct`: choose another folder with --out",
            path.display()
        ),
    }
}

/// Writes the table, and gives its place. Where it cannot be written it goes to the standard output, because it took
/// time to make.
pub(super) fn write_table(folder: &Path, table: &str) -> Result<PathBuf> {
    let path = folder.join(TABLE);
    if let Err(error) = whole_file::write(&path, table.as_bytes()) {
        io::stdout().write_all(table.as_bytes())?;
        bail!("{error}. Its contents were written to standard output instead");
    }
    Ok(path)
}

/// The name of a picture's files: its own without the ending, with the number of a digit of it, and with another
/// number where another has it already.
pub(super) fn unused_name(
    path: &Path,
    digit: Option<usize>,
    names: &mut HashSet<String>,
) -> String {
    let stem = path
        .file_stem()
        .unwrap_or(path.as_os_str())
        .to_string_lossy();
    let stem = match digit {
        Some(number) => format!("{stem}.{number}"),
        None => stem.into_owned(),
    };
    let mut numbered = (2..).map(|n| format!("{stem}-{n}"));
    let mut name = stem.clone();
    while !names.insert(name.clone()) {
        name = numbered.next().unwrap_or_default(); // never ends
    }
    name
}

/// The prepared image, its reconstruction, and both beside each other eight times as large. A file that is no earlier
/// result is not replaced.
pub(super) fn write_pictures(
    folder: &Path,
    name: &str,
    shape: ImageShape,
    digit: &Digit,
    look: &UserImageLook,
) -> Result<()> {
    let original = &digit.pixels;
    let rebuilt: Vec<u8> = look
        .reconstruction
        .iter()
        .map(|&share| byte(share))
        .collect();
    let pictures = [
        ("prepared", picture_of(shape, original)),
        ("reconstruction", picture_of(shape, &rebuilt)),
        ("side-by-side", side_by_side(shape, original, &rebuilt)),
    ]
    .map(|(kind, image)| (folder.join(format!("{name}.{kind}.png")), image));
    for (path, _) in &pictures {
        if path.symlink_metadata().is_ok() && !is_result(path) {
            bail!(
                "{} already exists and was not written by `hourglass reconstruct`: it is left unchanged",
                path.display()
            );
        }
    }
    for (path, image) in pictures {
        let png =
            marked_png(&image).with_context(|| format!("{} cannot be created", path.display()))?;
        whole_file::write(&path, &png)?;
    }
    Ok(())
}

/// A picture as a file that says of itself that it is a result.
fn marked_png(image: &DynamicImage) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, image.width(), image.height());
    encoder.set_color(if image.color().has_color() {
        png::ColorType::Rgb
    } else {
        png::ColorType::Grayscale
    });
    encoder.set_depth(png::BitDepth::Eight);
    let [keyword, text] = RESULT_MARK.map(str::to_owned);
    encoder.add_text_chunk(keyword, text)?;
    let mut writer = encoder.write_header()?;
    writer.write_image_data(image.as_bytes())?;
    writer.finish()?;
    Ok(file)
}

/// An image of values `[channels, height, width]`.
fn picture_of(shape: ImageShape, pixels: &[u8]) -> DynamicImage {
    let pixel = |x: u32, y: u32| pixel_of(shape, pixels, x, y);
    let [width, height] = sides(shape);
    in_its_colours(shape, RgbImage::from_fn(width, height, pixel))
}

fn side_by_side(shape: ImageShape, left: &[u8], right: &[u8]) -> DynamicImage {
    /// Pixels for the side of one pixel of an image, and between the two.
    const MAGNIFY: u32 = 8;
    const GREY: u8 = 128;
    let [width, height] = sides(shape).map(|side| side * MAGNIFY);
    let both = RgbImage::from_fn(2 * width + MAGNIFY, height, |x, y| {
        let (pixels, x) = match x {
            x if x < width => (left, x),
            x if x < width + MAGNIFY => return Rgb([GREY; 3]),
            x => (right, x - width - MAGNIFY),
        };
        pixel_of(shape, pixels, x / MAGNIFY, y / MAGNIFY)
    });
    in_its_colours(shape, both)
}

fn pixel_of(shape: ImageShape, pixels: &[u8], x: u32, y: u32) -> Rgb<u8> {
    Rgb(shape.rgb_of(pixels, y as usize * shape.width + x as usize))
}

fn in_its_colours(shape: ImageShape, image: RgbImage) -> DynamicImage {
    let image = DynamicImage::ImageRgb8(image);
    if shape.is_gray() {
        DynamicImage::ImageLuma8(image.to_luma8())
    } else {
        image
    }
}

/// Width and height.
fn sides(shape: ImageShape) -> [u32; 2] {
    [shape.width, shape.height].map(|side| u32::try_from(side).unwrap_or(0))
}

/// A line of the table. Figures that are not known stay empty.
pub(super) fn row(asked: &Asked, look: Option<&UserImageLook>) -> String {
    let percentile = look.and_then(|look| look.percentile.as_ref());
    let near = percentile.map_or(&[][..], |percentile| &percentile.neighbours);
    let list = |values: Vec<String>| values.join(" ");
    let note = match &asked.digit {
        Ok(digit) => {
            let unlike = percentile.and_then(|percentile| percentile.unlike(&digit.notes));
            let parts = unlike.into_iter().chain(Some(digit.note.clone()));
            let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
            parts.join("; ")
        }
        Err(error) => format!("error: {error}"),
    };
    let fields = [
        asked.path.display().to_string(),
        look.map_or(String::new(), |look| look.mse_per_pixel.to_string()),
        percentile.map_or(String::new(), |percentile| {
            format!("{:.2}", 100.0 * percentile.share_below)
        }),
        list(near.iter().map(|near| near.label.to_string()).collect()),
        list(near.iter().map(|near| near.sample.to_string()).collect()),
        list(near.iter().map(|near| near.distance.to_string()).collect()),
        note,
    ];
    fields.map(|field| quoted(&field)).join(",") + "\n"
}

/// A field of a CSV file (RFC 4180).
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

fn byte(share: f32) -> u8 {
    (share * 255.0).round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_same_name_do_not_overwrite_each_other() {
        let mut names = HashSet::new();
        let mut name = |path: &str| unused_name(Path::new(path), None, &mut names);
        assert_eq!(name("a/7.png"), "7");
        assert_eq!(name("b/7.jpg"), "7-2");
        assert_eq!(name("7-2.png"), "7-2-2");
        assert_eq!(name("c/7.png"), "7-3");
        let mut each = |number| unused_name(Path::new("a/sheet.png"), Some(number), &mut names);
        assert_eq!(
            [each(1), each(2), each(1)],
            ["sheet.1", "sheet.2", "sheet.1-2"]
        );
    }

    #[test]
    fn a_result_is_known_by_its_mark_and_not_by_its_name() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("renamed.png");
        let shape = ImageShape {
            height: 5,
            width: 3,
            channels: 3,
        };
        let values: Vec<u8> = (0..45).collect();
        let png = marked_png(&picture_of(shape, &values)).expect("a picture");
        whole_file::write(&path, &png).expect("written");
        assert!(is_result(&path));
        let read = image::load_from_memory(&png).expect("a picture");
        assert_eq!((read.width(), read.height()), (3, 5));
        assert_eq!(read.to_rgb8().get_pixel(1, 2).0, [7, 22, 37]);
        let gray = picture_of(ImageShape::gray(5, 3), &values);
        let png = marked_png(&gray).expect("a picture");
        let read = image::load_from_memory(&png).expect("a picture");
        assert_eq!(read.as_bytes(), &values[..15]);
        let other = folder.path().join("7.prepared.png");
        gray.save(&other).expect("written");
        assert!(!is_result(&other));
    }

    #[test]
    fn a_table_that_is_not_ours_is_not_replaced() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert!(check_table(folder.path()).is_ok());
        write_table(folder.path(), HEADER).expect("written");
        assert!(check_table(folder.path()).is_ok());
        whole_file::write(&folder.path().join(TABLE), b"mine\n").expect("written");
        let error = check_table(folder.path())
            .expect_err("not ours")
            .to_string();
        assert!(
            error.contains("errors.csv already exists") && error.contains("--out"),
            "{error}"
        );
    }

    #[test]
    fn fields_with_commas_and_quotes_are_quoted() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
    }
}
