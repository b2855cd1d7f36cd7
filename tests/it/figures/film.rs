//! The film of a run: its frames, and the GIF that they become.

use std::io::Cursor;
use std::ops::ControlFlow;

use hourglass::experiment::PresetId;
use hourglass::figure::{
    Content, Facts, FigureError, FigureKind, Film, Format, Look, Size, USUAL_TYPE,
};
use hourglass::protocol::{Command, DataSetId, Event, FilmFrame, Phase, ProbeRequest};

use super::preset;
use crate::worker::{small, start, wait_for, with_digits};

/// The frames of a whole run.
fn frames() -> Vec<FilmFrame> {
    let worker = with_digits();
    worker.look_at(ProbeRequest {
        film: true,
        ..ProbeRequest::default()
    });
    start(&worker, 1, small());
    worker.send(Command::Train).expect("the lane has room");
    let mut frames: Vec<FilmFrame> = Vec::new();
    let mut is_finished = false;
    wait_for(&worker, |event| {
        match event {
            Event::FrameTaken { frame, .. } => frames.push(frame),
            Event::PhaseChanged {
                phase: Phase::Finished { .. },
                ..
            } => is_finished = true,
            _ => {}
        }
        let is_last = frames.last().is_some_and(|frame| frame.scatter.step == 20);
        (is_finished && is_last).then_some(())
    });
    frames
}

#[test]
fn frames_are_taken_at_the_same_steps_every_time_from_the_first_weights_to_the_last() {
    let (first, second) = (frames(), frames());
    let steps = |frames: &[FilmFrame]| -> Vec<u64> {
        frames.iter().map(|frame| frame.scatter.step).collect()
    };
    assert_eq!(steps(&first), steps(&second));
    assert_eq!(steps(&first), (0..=20).collect::<Vec<u64>>());
    assert_eq!(first, second, "and show the same");
    assert_eq!(first[0].scatter.points.len(), 2_000);
    assert_eq!(
        first[0].scatter.samples[..3],
        [0, 5, 10],
        "tied to their samples"
    );
}

fn film(n_frames: u16) -> (Facts, Content, Look) {
    use hourglass::protocol::ScatterView;
    let frame = |idx: u16| FilmFrame {
        epoch: f64::from(idx),
        scatter: ScatterView {
            step: u64::from(idx),
            samples: (0..10).collect(),
            points: (0..10_u8)
                .map(|class| [f32::from(class), f32::from(idx)])
                .collect(),
            ..ScatterView::default()
        },
    };
    let facts = Facts {
        experiment: preset(PresetId::Vae2),
        data: DataSetId::PEN_DIGITS,
        step: u64::from(n_frames),
        epoch: f64::from(n_frames),
    };
    let content = Content::Film(Film {
        frames: (0..n_frames).map(frame).collect(),
        labels: (0..10).collect(),
        hidden: Vec::new(),
    });
    let look = Look {
        size: Size::Pixels([320.0, 280.0]),
        scale: 1.0,
        type_points: USUAL_TYPE,
        dark: true,
        title: None,
    };
    (facts, content, look)
}

#[test]
fn a_gif_has_every_frame_and_ends_with_a_rest() {
    let (facts, content, look) = film(12);
    assert_eq!(content.kind(), FigureKind::Film);
    let mut heard = Vec::new();
    let file = content.file(Format::Gif, &facts, &look, &mut |share| {
        heard.push(share);
        ControlFlow::Continue(())
    });
    let file = file.expect("drawn");
    assert!(heard.is_sorted() && heard.len() == 12);
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::Indexed);
    let mut decoder = options.read_info(Cursor::new(&file)).expect("a GIF");
    assert_eq!((decoder.width(), decoder.height()), (320, 280));
    let mut delays = Vec::new();
    while let Some(frame) = decoder.read_next_frame().expect("whole") {
        delays.push(frame.delay);
    }
    assert_eq!(delays.len(), 12);
    assert!(delays[0] > delays[1] && delays[11] > delays[0]);
    let says = |text: &str| {
        file.windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    assert!(says("Seed: 1") && says("vae-2"));
}

#[test]
fn a_film_can_be_stopped_and_one_without_frames_says_so() {
    let (facts, content, look) = film(12);
    let mut n_frames = 0;
    let stopped = content.file(Format::Gif, &facts, &look, &mut |_| {
        n_frames += 1;
        ControlFlow::Break(())
    });
    assert!(matches!(stopped, Err(FigureError::Cancelled)));
    assert_eq!(n_frames, 1);
    let (facts, empty, look) = film(0);
    let refused = empty.file(Format::Gif, &facts, &look, &mut |_| {
        ControlFlow::Continue(())
    });
    assert!(matches!(refused, Err(FigureError::NoFrames)));
}
