//! Figures and notes of user images in words.

use crate::number;
use hourglass_protocol::{Group, ImageNote, ImageStage, Percentile, Prepared};

/// `worse than 93 % of the test images`, `better than 62 % of the test images`.
#[must_use]
pub fn percentile(percentile: &Percentile) -> String {
    let share = percentile.share_below;
    let (word, share) = if share >= 0.5 {
        ("worse", share)
    } else {
        ("better", 1.0 - share)
    };
    let n_test = number::count_of(percentile.n_test);
    if share >= 1.0 {
        return format!("{word} than all {n_test} test images");
    }
    // Rounded down: “100 %” is only said where it is all.
    let percent = 100.0 * share;
    let percent = if percent >= 99.0 {
        format!("{:.1}", (10.0 * percent).floor() / 10.0)
    } else {
        format!("{:.0}", percent.floor())
    };
    format!("{word} than {percent} % of the test images")
}

/// What a person should know of a picture, in one line; `None` if there is nothing to say.
#[must_use]
pub fn notes(prepared: &Prepared) -> Option<String> {
    let notes: Vec<String> = prepared.notes.iter().map(ImageNote::to_string).collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}

/// How many digits were found.
#[must_use]
pub fn found(n_digits: usize) -> String {
    match n_digits {
        0 => "No digit found".to_owned(),
        1 => "1 digit found".to_owned(),
        n => format!("{n} digits found"),
    }
}

/// What a group of ink is, and what a click does.
#[must_use]
pub fn group(group: &Group) -> String {
    match group.left_out {
        None => "Part of the digit; click to leave it out".to_owned(),
        Some(why) => format!("Left out: {why}. Click to include it"),
    }
}

/// What stands on a group's switch, and what it is called.
#[must_use]
pub fn switch(number: Option<usize>, group: &Group) -> (String, String) {
    match (number, group.left_out) {
        (Some(number), _) => {
            let number = number + 1;
            (number.to_string(), format!("Digit {number}"))
        }
        (None, Some(why)) => (why.to_string(), format!("Ink: {why}")),
        (None, None) => ("ink".to_owned(), "Ink".to_owned()),
    }
}

/// What a stage is called, and what happens in it.
#[must_use]
pub fn stage(stage: ImageStage) -> (&'static str, &'static str) {
    match stage {
        ImageStage::Original => ("picture", "The original image; transparent parts look grey"),
        ImageStage::Grey => (
            "grey",
            "Without transparency and colour (luma); the frame shows the crop",
        ),
        ImageStage::Ink => (
            "ink",
            "Ink alone: light and dark swapped if the background is light, the paper and its noise \
             removed, ink at full strength",
        ),
        ImageStage::Cropped => (
            "cropped",
            "What is left after cropping to the ink; specks are removed",
        ),
        ImageStage::Fitted => (
            "20×20",
            "Fitted into 20×20 with its proportions kept, each pixel the mean of what it covers",
        ),
        ImageStage::Centred => (
            "28×28",
            "Centred in 28×28 by its centre of mass: what the model sees",
        ),
        ImageStage::Whole => (
            "prepared",
            "The whole image in the size of the data set's, prepared as these were: what the model sees",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(share_below: f64) -> String {
        percentile(&Percentile {
            step: 0,
            share_below,
            n_test: 10_000,
            point: [0.0; 2],
            neighbours: Vec::new(),
        })
    }

    #[test]
    fn all_is_only_said_of_all() {
        assert_eq!(said(0.934), "worse than 93 % of the test images");
        assert_eq!(said(0.38), "better than 62 % of the test images");
        assert_eq!(said(0.99995), "worse than 99.9 % of the test images");
        assert_eq!(said(1.0), "worse than all 10,000 test images");
        assert_eq!(said(0.0), "better than all 10,000 test images");
        assert_eq!(said(0.5), "worse than 50 % of the test images");
    }
}
