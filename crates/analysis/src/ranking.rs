//! Errors of samples by class, and which are the largest.

use hourglass_protocol::{ClassErrors, ErrorView, SampleIdx};

/// Ranks samples by their errors: `samples`, `labels` and `errors` are `[n]` each, the errors mean squared errors
/// per pixel. Of equal errors the sample that comes first in the split goes first.
#[must_use]
pub fn of(step: u64, samples: &[SampleIdx], labels: &[u8], errors: &[f32]) -> ErrorView {
    let mut ranked: Vec<(SampleIdx, u8, f32)> = samples
        .iter()
        .zip(labels)
        .zip(errors)
        .map(|((&sample, &label), &error)| (sample, label, error))
        .collect();
    ranked.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
    let last = labels.iter().copied().max().unwrap_or(0);
    let classes = (0..=last).filter_map(|class| {
        let members: Vec<_> = ranked
            .iter()
            .filter(|(_, label, _)| *label == class)
            .collect();
        (!members.is_empty()).then(|| ClassErrors {
            class,
            n_samples: members.len(),
            mse_per_pixel: mean(members.iter().map(|(.., error)| *error)),
            worst: worst(members.into_iter()),
        })
    });
    ErrorView {
        step,
        n_samples: ranked.len(),
        mse_per_pixel: mean(ranked.iter().map(|(.., error)| *error)),
        worst: worst(ranked.iter()),
        classes: classes.collect(),
    }
}

fn worst<'a>(ranked: impl Iterator<Item = &'a (SampleIdx, u8, f32)>) -> Vec<SampleIdx> {
    let samples = ranked.map(|(sample, ..)| *sample);
    samples.take(ErrorView::MAX_WORST).collect()
}

/// The mean, summed in double precision; 0 of nothing.
fn mean(values: impl ExactSizeIterator<Item = f32>) -> f32 {
    let n = values.len().max(1) as f64;
    (values.map(f64::from).sum::<f64>() / n) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_come_first_and_classes_keep_to_themselves() {
        let samples: Vec<SampleIdx> = (10..16).collect();
        let view = of(
            7,
            &samples,
            &[3, 0, 3, 3, 0, 3],
            &[0.5, 0.1, 0.9, 0.5, 0.3, 0.1],
        );
        assert_eq!(view.worst, [12, 10, 13, 14, 11, 15]);
        assert_eq!((view.step, view.n_samples), (7, 6));
        assert!((view.mse_per_pixel - 0.4).abs() < 1e-6);
        let [zeros, threes] = &view.classes[..] else {
            panic!("two classes have images: {:?}", view.classes);
        };
        assert_eq!((zeros.class, zeros.n_samples), (0, 2));
        assert_eq!(zeros.worst, [14, 11]);
        assert!((zeros.mse_per_pixel - 0.2).abs() < 1e-6);
        assert_eq!((threes.class, threes.n_samples), (3, 4));
        assert_eq!(threes.worst, [12, 10, 13, 15]);
        assert!((threes.mse_per_pixel - 0.5).abs() < 1e-6);
    }

    #[test]
    fn no_more_are_told_than_are_looked_at() {
        let samples: Vec<SampleIdx> = (0..1_000).collect();
        let view = of(0, &samples, &[1; 1_000], &[0.5; 1_000]);
        assert_eq!(view.worst.len(), ErrorView::MAX_WORST);
        assert_eq!(view.worst[..3], [0, 1, 2]);
        assert!(of(0, &[], &[], &[]).worst.is_empty());
    }
}
