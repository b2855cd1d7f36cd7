//! How the images that were found somewhere become those of a data set.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use hourglass_experiment::dataset::SIDES;

/// Share of the images to measure with where none is given, in percent.
const TEST_PERCENT: u8 = 20;

/// What is decided about the images of a data set before it is used; what is not decided follows from the images.
/// As text, words in any order: `32x32 crop gray invert test=10 seed=2 limit=5000`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Fitting {
    /// Height and width, in pixels. None: those of the images where they have one size of 8 to 64 pixels a side.
    pub size: Option<[usize; 2]>,
    /// None: gray where the images are.
    pub colour: Option<Colour>,
    pub resizing: Resizing,
    /// Whether light becomes dark. None: where dark ink stands on a light ground.
    pub inverts: Option<bool>,
    /// Whether rows are columns, as in EMNIST's files. None: by name.
    pub transposes: Option<bool>,
    /// Share of each class to measure with, in percent, where the images are not split already.
    pub test_percent: u8,
    /// Seed of that split, and of the sample that a limit takes.
    pub seed: u64,
    /// Most images, taken from all classes alike.
    pub limit: Option<usize>,
}

/// Values of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Colour {
    /// One: how light it is.
    Gray,
    /// Three: red, green and blue.
    Rgb,
}

/// How an image of other proportions is made to fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Resizing {
    /// All of it, with a margin as light as its border.
    #[default]
    Pad,
    /// The middle of it.
    Crop,
    /// All of it, with other proportions.
    Stretch,
}

impl Default for Fitting {
    fn default() -> Self {
        Self {
            size: None,
            colour: None,
            resizing: Resizing::default(),
            inverts: None,
            transposes: None,
            test_percent: TEST_PERCENT,
            seed: 1,
            limit: None,
        }
    }
}

impl Fitting {
    /// Ends what is said where only a person can know the size of images.
    pub const ASK_FOR_SIZE: &str = "give their size, such as --fit 20x28";
}

impl Resizing {
    pub const ALL: [Self; 3] = [Self::Pad, Self::Crop, Self::Stretch];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pad => "pad",
            Self::Crop => "crop",
            Self::Stretch => "stretch",
        }
    }
}

impl Colour {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Gray => "gray",
            Self::Rgb => "rgb",
        }
    }

    #[must_use]
    pub const fn n_channels(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Rgb => 3,
        }
    }
}

impl fmt::Display for Fitting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let either = |is: Option<bool>, yes: &str, no: &str| {
            is.map(|is| if is { yes.to_owned() } else { no.to_owned() })
        };
        let usual = Self::default();
        let words = [
            self.size.map(|[height, width]| format!("{height}x{width}")),
            self.colour.map(|colour| colour.word().to_owned()),
            (self.resizing != usual.resizing).then(|| self.resizing.word().to_owned()),
            either(self.inverts, "invert", "keep"),
            either(self.transposes, "transpose", "rows"),
            (self.test_percent != usual.test_percent)
                .then(|| format!("test={}", self.test_percent)),
            (self.seed != usual.seed).then(|| format!("seed={}", self.seed)),
            self.limit.map(|limit| format!("limit={limit}")),
        ];
        f.write_str(&words.into_iter().flatten().collect::<Vec<_>>().join(" "))
    }
}

impl FromStr for Fitting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut fitting = Self::default();
        let words = text.split([' ', ',']).filter(|word| !word.is_empty());
        for word in words {
            fitting.take(word)?;
        }
        Ok(fitting)
    }
}

impl Fitting {
    fn take(&mut self, word: &str) -> Result<(), String> {
        match word {
            "gray" | "grey" => self.colour = Some(Colour::Gray),
            "rgb" => self.colour = Some(Colour::Rgb),
            "invert" => self.inverts = Some(true),
            "keep" => self.inverts = Some(false),
            "transpose" => self.transposes = Some(true),
            "rows" => self.transposes = Some(false),
            _ => {
                if let Some(resizing) = Resizing::ALL.into_iter().find(|how| how.word() == word) {
                    self.resizing = resizing;
                } else if let Some((name, value)) = word.split_once('=') {
                    self.set(name, value)?;
                } else {
                    self.size = Some(size_of(word)?);
                }
            }
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let wrong = |what: &str| format!("{name}={value}: {what}");
        match name {
            "test" => {
                let percent = value.trim_end_matches('%').parse();
                let percent = percent.ok().filter(|percent| (1..=90).contains(percent));
                self.test_percent = percent.ok_or_else(|| wrong("give 1 to 90 percent"))?;
            }
            "seed" => self.seed = value.parse().map_err(|_| wrong("give a whole number"))?,
            "limit" => {
                let limit = value.parse().ok().filter(|limit| *limit > 0);
                self.limit = Some(limit.ok_or_else(|| wrong("give a number of images"))?);
            }
            _ => return Err(unknown(&format!("{name}={value}"))),
        }
        Ok(())
    }
}

fn size_of(word: &str) -> Result<[usize; 2], String> {
    let sides = word.split_once(['x', '×']);
    let Some((height, width)) = sides else {
        return Err(unknown(word));
    };
    let side = |text: &str| {
        let side = text.parse().ok().filter(|side| SIDES.contains(side));
        side.ok_or_else(|| {
            let (least, most) = (SIDES.start(), SIDES.end());
            format!("{word}: a side has {least} to {most} pixels")
        })
    };
    Ok([side(height)?, side(width)?])
}

fn unknown(word: &str) -> String {
    format!(
        "{word:?} is not known: give a size such as 28x28, gray or rgb, pad, crop or stretch, invert or keep, \
         transpose or rows, test=20, seed=1, limit=5000"
    )
}

impl From<Fitting> for String {
    fn from(fitting: Fitting) -> Self {
        fitting.to_string()
    }
}

impl TryFrom<String> for Fitting {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back() {
        let all = Fitting {
            size: Some([20, 32]),
            colour: Some(Colour::Rgb),
            resizing: Resizing::Stretch,
            inverts: Some(false),
            transposes: Some(true),
            test_percent: 5,
            seed: 9,
            limit: Some(700),
        };
        for fitting in [Fitting::default(), all] {
            assert_eq!(fitting.to_string().parse(), Ok(fitting));
        }
        assert_eq!(Fitting::default().to_string(), "");
        let spoken: Fitting = "28×28,grey invert, test=10%".parse().expect("it is right");
        assert_eq!(spoken.to_string(), "28x28 gray invert test=10");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |text: &str| text.parse::<Fitting>().expect_err(text);
        assert!(error("7x28").contains("8 to 64"));
        assert!(error("28").contains("\"28\" is not known"));
        assert!(error("test=0").contains("1 to 90"));
        assert!(error("limit=0").contains("number of images"));
        assert!(error("sed=1").contains("sed=1"));
    }
}
