//! User images before the model: rebuilt, compared with the test images, live while training goes on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hourglass::experiment::{ImageShape, PresetId};
use hourglass::protocol::{
    Axes, Command, PreparedImage, ProbeRequest, Snapshot, UserImageId, UserImageView,
};
use hourglass::train::{ProbeState, Trainer, device, digits, user_images};

use crate::data_sets;
use crate::worker::{DEADLINE, send, small, start, wait_for_phase, with_digits};

/// Test images as user images, so that their percentiles are known.
fn test_images(samples: &[u32]) -> Arc<[PreparedImage]> {
    let test = &data_sets::whole().test;
    let image = |&sample: &u32| PreparedImage {
        id: UserImageId(u64::from(sample)),
        shape: test.shape(),
        pixels: test.image(sample as usize).into(),
    };
    samples.iter().map(image).collect()
}

fn trainer() -> Trainer {
    let mut experiment = PresetId::Vanilla64.preset().experiment();
    let dense = experiment
        .architecture
        .as_dense_mut()
        .expect("a dense preset");
    dense.code = 8;
    let mut trainer = Trainer::new(
        experiment,
        data_sets::small(640, 200),
        &device::cpu().device,
    );
    take_steps(&mut trainer);
    trainer
}

fn take_steps(trainer: &mut Trainer) {
    for _ in 0..3 {
        trainer
            .burst(Duration::from_millis(50), 10, || false)
            .expect("steps");
    }
}

#[test]
fn a_percentile_is_the_place_among_the_errors_and_codes_of_all_test_images() {
    let mut trainer = trainer();
    let all: Vec<u32> = (0..200).collect();
    let errors = digits(&mut trainer, &all).expect("looked at").mse_per_pixel;
    let encoded = ProbeState::default()
        .encoded(&mut trainer, true)
        .expect("looked at");
    let scatter = encoded.scatter();
    assert!(matches!(scatter.axes, Axes::Pca { .. }));

    let samples = [3, 150, 42];
    let view = user_images(&trainer, Some(&encoded), &test_images(&samples)).expect("looked at");
    for (look, sample) in view.images.iter().zip(samples) {
        let idx = sample as usize;
        assert_eq!(look.id, UserImageId(u64::from(sample)));
        assert!((look.mse_per_pixel - errors[idx]).abs() < 1e-6);
        let percentile = look.percentile.as_ref().expect("encoded with errors");
        assert_eq!((percentile.step, percentile.n_test), (trainer.step(), 200));
        // Passes of different sizes round differently in the last place: two images may change places.
        let smaller = errors.iter().filter(|error| **error < errors[idx]).count() as f64;
        let expected = (smaller + 0.5) / 200.0;
        assert!(
            (percentile.share_below - expected).abs() < 2.1 / 200.0,
            "{percentile:?} {expected}"
        );
        let nearest = percentile.neighbours.first().expect("five of them");
        assert_eq!((nearest.sample, percentile.neighbours.len()), (sample, 5));
        assert_eq!(nearest.label, trainer.dataset().test.label(idx));
        assert!(nearest.distance < 1e-3, "{nearest:?}");
        let point = scatter.points[idx];
        let off = (point[0] - percentile.point[0]).hypot(point[1] - percentile.point[1]);
        assert!(off < 1e-3, "{off}");
    }
}

/// While training goes on the encoded test set is a moment old: image and test images are still compared with each other by
/// the same weights.
#[test]
fn a_percentile_is_by_the_weights_of_its_encoding() {
    let mut trainer = trainer();
    let encoded = ProbeState::default()
        .encoded(&mut trainer, true)
        .expect("looked at");
    let images = test_images(&[0, 1, 2, 3, 4]);
    let before = user_images(&trainer, Some(&encoded), &images).expect("looked at");
    take_steps(&mut trainer);
    let after = user_images(&trainer, Some(&encoded), &images).expect("looked at");
    assert!(after.step > before.step);
    for (after, before) in after.images.iter().zip(&before.images) {
        assert_ne!(after.reconstruction, before.reconstruction);
        assert_eq!(after.percentile, before.percentile);
    }
}

#[test]
fn without_encoded_errors_there_is_no_percentile() {
    let mut trainer = trainer();
    let encoded = ProbeState::default()
        .encoded(&mut trainer, false)
        .expect("looked at");
    let images = test_images(&[5]);
    for encoded in [None, Some(&encoded)] {
        let view = user_images(&trainer, encoded, &images).expect("looked at");
        assert_eq!(view.images[0].percentile, None);
    }
    let wrong = [PreparedImage {
        id: UserImageId(1),
        shape: ImageShape::gray(16, 49), // as many pixels, in other rows
        pixels: vec![0; 784].into(),
    }];
    let view = user_images(&trainer, None, &wrong).expect("looked at");
    assert!(
        view.images.is_empty(),
        "what was made for other images is left out"
    );
}

#[test]
fn the_worker_rebuilds_own_images_also_while_training_goes_on() {
    let worker = with_digits();
    start(&worker, 1, small());
    let request = ProbeRequest {
        revision: 1,
        user_images: test_images(&[7, 8]),
        ..ProbeRequest::default()
    };
    worker.look_at(request.clone());
    let newest = |is: &dyn Fn(&Snapshot, &UserImageView) -> bool| {
        let deadline = Instant::now() + DEADLINE;
        while Instant::now() < deadline {
            let snapshot = worker.snapshot();
            let seen = snapshot.as_ref().and_then(|snapshot| {
                let view = snapshot.user_images.as_ref()?;
                is(snapshot, view).then(|| Arc::clone(view))
            });
            if let Some(view) = seen {
                return view;
            }
            std::thread::yield_now();
        }
        panic!("no such look came before the deadline");
    };
    let first = newest(&|snapshot, _| snapshot.revision == 1);
    assert_eq!(first.step, 0);
    let percentile = first.images[1].percentile.as_ref().expect("encoded");
    assert_eq!(
        (percentile.n_test, percentile.neighbours[0].sample),
        (10_000, 8)
    );

    send(&worker, Command::Train);
    let later = newest(&|_, view| view.step > 0);
    assert_ne!(
        later.images[0].reconstruction,
        first.images[0].reconstruction
    );
    wait_for_phase(&worker, |phase| {
        matches!(phase, hourglass::protocol::Phase::Finished { .. })
    });
    // At rest everything is of the last step. Another look is asked for, as the last may have been taken already.
    let request = ProbeRequest {
        revision: 2,
        hovered: Some(1),
        ..request
    };
    worker.look_at(request.clone());
    let last = newest(&|snapshot, _| snapshot.revision == 2);
    let percentiles = last
        .images
        .iter()
        .filter_map(|look| look.percentile.as_ref());
    assert!(
        percentiles
            .map(|percentile| percentile.step)
            .eq([last.step; 2])
    );
    assert_eq!(last.step, 20); // two epochs of ten batches
    assert!(last.images[0].mse_per_pixel < first.images[0].mse_per_pixel);

    worker.look_at(ProbeRequest {
        revision: 3,
        user_images: Arc::from([]),
        ..request
    });
    let deadline = Instant::now() + DEADLINE;
    let gone = std::iter::repeat_with(|| worker.snapshot())
        .take_while(|_| Instant::now() < deadline)
        .flatten()
        .find(|snapshot| snapshot.revision == 3)
        .expect("the look without them");
    assert_eq!(gone.user_images, None);
}
