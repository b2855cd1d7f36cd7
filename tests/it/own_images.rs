//! User images before the model: rebuilt, compared with the test images, live while training goes on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hourglass::experiment::PresetId;
use hourglass::protocol::{Axes, Command, OwnId, OwnImage, OwnView, ProbeRequest, Snapshot};
use hourglass::train::{ProbeState, Trainer, device, digits, own};

use crate::data_sets;
use crate::worker::{DEADLINE, send, small, start, wait_for_phase, with_digits};

/// Test images as user images, so that their standing is known.
fn test_images(samples: &[u32]) -> Arc<[OwnImage]> {
    let test = &data_sets::whole().test;
    let image = |&sample: &u32| OwnImage {
        id: OwnId(u64::from(sample)),
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
fn a_standing_is_the_place_among_the_errors_and_codes_of_all_test_images() {
    let mut trainer = trainer();
    let all: Vec<u32> = (0..200).collect();
    let errors = digits(&mut trainer, &all).expect("looked at").mse_per_pixel;
    let survey = ProbeState::default()
        .survey(&mut trainer, true)
        .expect("looked at");
    let scatter = survey.scatter();
    assert!(matches!(scatter.axes, Axes::Pca { .. }));

    let samples = [3, 150, 42];
    let view = own(&trainer, Some(&survey), &test_images(&samples)).expect("looked at");
    for (look, sample) in view.images.iter().zip(samples) {
        let idx = sample as usize;
        assert_eq!(look.id, OwnId(u64::from(sample)));
        assert!((look.mse_per_pixel - errors[idx]).abs() < 1e-6);
        let standing = look.standing.as_ref().expect("surveyed with errors");
        assert_eq!((standing.step, standing.n_test), (trainer.step(), 200));
        // Passes of different sizes round differently in the last place: two images may change places.
        let smaller = errors.iter().filter(|error| **error < errors[idx]).count() as f64;
        let expected = (smaller + 0.5) / 200.0;
        assert!(
            (standing.share_below - expected).abs() < 2.1 / 200.0,
            "{standing:?} {expected}"
        );
        let nearest = standing.neighbours.first().expect("five of them");
        assert_eq!((nearest.sample, standing.neighbours.len()), (sample, 5));
        assert_eq!(nearest.label, trainer.dataset().test.label(idx));
        assert!(nearest.distance < 1e-3, "{nearest:?}");
        let point = scatter.points[idx];
        let off = (point[0] - standing.point[0]).hypot(point[1] - standing.point[1]);
        assert!(off < 1e-3, "{off}");
    }
}

/// While training goes on the survey is a moment old: image and test images are still compared with each other by
/// the same weights.
#[test]
fn a_standing_is_by_the_weights_of_its_survey() {
    let mut trainer = trainer();
    let survey = ProbeState::default()
        .survey(&mut trainer, true)
        .expect("looked at");
    let images = test_images(&[0, 1, 2, 3, 4]);
    let before = own(&trainer, Some(&survey), &images).expect("looked at");
    take_steps(&mut trainer);
    let after = own(&trainer, Some(&survey), &images).expect("looked at");
    assert!(after.step > before.step);
    for (after, before) in after.images.iter().zip(&before.images) {
        assert_ne!(after.reconstruction, before.reconstruction);
        assert_eq!(after.standing, before.standing);
    }
}

#[test]
fn without_a_survey_of_errors_there_is_no_standing() {
    let mut trainer = trainer();
    let survey = ProbeState::default()
        .survey(&mut trainer, false)
        .expect("looked at");
    let images = test_images(&[5]);
    for survey in [None, Some(&survey)] {
        let view = own(&trainer, survey, &images).expect("looked at");
        assert_eq!(view.images[0].standing, None);
    }
    let wrong = [OwnImage {
        id: OwnId(1),
        pixels: vec![0; 5].into(),
    }];
    let view = own(&trainer, None, &wrong).expect("looked at");
    assert!(view.images.is_empty(), "what is no digit is left out");
}

#[test]
fn the_worker_rebuilds_own_images_also_while_training_goes_on() {
    let worker = with_digits();
    start(&worker, 1, small());
    let request = ProbeRequest {
        revision: 1,
        own: test_images(&[7, 8]),
        ..ProbeRequest::default()
    };
    worker.look_at(request.clone());
    let newest = |is: &dyn Fn(&Snapshot, &OwnView) -> bool| {
        let deadline = Instant::now() + DEADLINE;
        while Instant::now() < deadline {
            let snapshot = worker.snapshot();
            let seen = snapshot.as_ref().and_then(|snapshot| {
                let view = snapshot.own.as_ref()?;
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
    let standing = first.images[1].standing.as_ref().expect("surveyed");
    assert_eq!(
        (standing.n_test, standing.neighbours[0].sample),
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
    let standings = last.images.iter().filter_map(|look| look.standing.as_ref());
    assert!(standings.map(|standing| standing.step).eq([last.step; 2]));
    assert_eq!(last.step, 20); // two epochs of ten batches
    assert!(last.images[0].mse_per_pixel < first.images[0].mse_per_pixel);

    worker.look_at(ProbeRequest {
        revision: 3,
        own: Arc::from([]),
        ..request
    });
    let deadline = Instant::now() + DEADLINE;
    let gone = std::iter::repeat_with(|| worker.snapshot())
        .take_while(|_| Instant::now() < deadline)
        .flatten()
        .find(|snapshot| snapshot.revision == 3)
        .expect("the look without them");
    assert_eq!(gone.own, None);
}
