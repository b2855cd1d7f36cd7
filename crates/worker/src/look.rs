//! Answering what the window looks at, without letting this take the time of training.
//!
//! A view is renewed when its step is out of date: at most every 100 ms, at least every 2 s, and in between so that
//! each view takes a sixtieth of the time. While no run trains, it is renewed at once.

mod decoded;
mod inside;
mod view;

use std::sync::Arc;

use hourglass_experiment::LayerName;
use hourglass_protocol::{
    ActivationView, DigitView, ErrorView, PreparedImage, ProbeRequest, RunId, SampleIdx,
    ScatterRequest, ScatterView, Snapshot, UserImageView,
};
use hourglass_train::{
    Components, EncodedTestSet, ProbeState, TrainError, Trainer, digits, errors, user_images,
};

use decoded::DecodeLooks;
use inside::Inside;
use view::View;

/// The looks at one run.
#[derive(Debug, Default)]
pub struct Looks {
    request: ProbeRequest,
    probe: ProbeState,
    digits: View<Vec<SampleIdx>, Arc<DigitView>>,
    hovered: View<Option<SampleIdx>, Option<Arc<DigitView>>>,
    activations: View<Option<LayerName>, Option<Arc<ActivationView>>>,
    /// Of the whole test split; it costs most.
    encoded: View<Encoded, Option<EncodedTestSet>>,
    /// What the encoded test set shows, when it is looked at.
    scatter: Option<Arc<ScatterView>>,
    user_images: View<Arc<[PreparedImage]>, Option<Arc<UserImageView>>>,
    inside: Inside,
    errors: View<bool, Option<Arc<ErrorView>>>,
    decoded: DecodeLooks,
}

/// What decides what an encoded test set of the test split has to find.
#[derive(Clone, Debug, Default, PartialEq)]
struct Encoded {
    scatter: Option<ScatterRequest>,
    has_own: bool,
}

impl Looks {
    /// Looks at a new run, with the same request.
    pub fn restart(&mut self) {
        let request = std::mem::take(&mut self.request);
        *self = Self::default();
        self.request(request);
    }

    /// Whether frames of a film are asked for.
    pub fn asks_for_film(&self) -> bool {
        self.request.film
    }

    /// What is looked at.
    pub fn asked(&self) -> &ProbeRequest {
        &self.request
    }

    /// The codes of the test images along the principal axes that are looked at.
    pub fn components(&self) -> Option<Components> {
        self.encoded.value.as_ref()?.components()
    }

    /// Turns principal axes onto those of another run, from the next scatter on.
    pub fn turn_onto(&mut self, components: Option<Components>) {
        self.probe.turn_onto(components);
    }

    /// How the scatter's axes lie.
    pub fn probe(&self) -> &ProbeState {
        &self.probe
    }

    /// Looks elsewhere: each view compares its part of the request, and is made anew at the next look if that changed.
    pub fn request(&mut self, request: ProbeRequest) {
        self.digits.ask(&request.samples);
        self.hovered.ask(&request.hovered);
        self.activations.ask(&request.layer);
        self.user_images.ask(&request.user_images);
        self.inside.ask(&request);
        self.errors.ask(&request.errors);
        self.encoded.ask(&Encoded {
            scatter: request.scatter,
            has_own: !request.user_images.is_empty(),
        });
        let needs_encoding = self.decoded.ask(&request.decode);
        if needs_encoding && self.encoded.value.is_none() {
            self.encoded.step = None;
        }
        self.request = request;
    }

    /// Everything has to be recomputed: the weights, the noise or the device changed without a step.
    pub fn invalidate(&mut self) {
        self.digits.invalidate();
        self.hovered.invalidate();
        self.activations.invalidate();
        self.encoded.invalidate();
        self.user_images.invalidate();
        self.inside.invalidate();
        self.errors.invalidate();
        self.decoded.invalidate();
    }

    /// Renews the views that are due; `None` if nothing changed. At rest, when no steps are being taken,
    /// whatever is out of date is due at once.
    ///
    /// # Errors
    /// When the device fails.
    pub fn look(
        &mut self,
        run: RunId,
        trainer: &mut Trainer,
        at_rest: bool,
    ) -> Result<Option<Snapshot>, TrainError> {
        let step = trainer.step();
        let Self {
            request,
            probe,
            digits: digit_view,
            hovered,
            activations,
            encoded,
            scatter,
            user_images: user_image_view,
            inside,
            errors: error_view,
            decoded,
        } = self;
        let mut changed = digit_view.renew(step, at_rest, |samples| {
            digits(trainer, samples).map(Arc::new)
        })?;
        changed |= hovered.renew(step, at_rest, |sample| {
            let found = sample.map(|sample| digits(trainer, &[sample]).map(Arc::new));
            found.transpose()
        })?;
        changed |= activations.renew(step, at_rest, |layer| match *layer {
            Some(layer) => Ok(probe.activations(trainer, layer)?.map(Arc::new)),
            None => Ok(None),
        })?;
        let is_encoded_anew = encoded.renew(step, at_rest, |asked| {
            let &Encoded {
                scatter: of_scatter,
                has_own,
            } = asked;
            *scatter = None;
            if of_scatter.is_none() && !has_own && !decoded.needs_encoding() {
                return Ok(None);
            }
            if let Some(asked) = of_scatter {
                probe.choose_plane(asked.plane);
            }
            let with_errors = has_own || of_scatter.is_some_and(|asked| asked.errors);
            let encoded = probe.encoded(trainer, with_errors)?;
            if let Some(asked) = of_scatter {
                *scatter = Some(Arc::new(encoded.seen(trainer, asked)?));
            }
            Ok(Some(encoded))
        })?;
        if is_encoded_anew {
            user_image_view.step = None; // it is compared with what was seen before
            decoded.is_encoded_anew();
        }
        changed |= is_encoded_anew;
        changed |= user_image_view.renew(step, at_rest, |images| {
            let encoded = encoded.value.as_ref();
            let has_any = !images.is_empty();
            let found = has_any.then(|| user_images(trainer, encoded, images).map(Arc::new));
            found.transpose()
        })?;
        changed |= error_view.renew(step, at_rest, |is_asked| {
            let found = is_asked.then(|| errors(trainer).map(Arc::new));
            found.transpose()
        })?;
        changed |= decoded.renew(trainer, encoded.value.as_ref(), at_rest)?;
        changed |= inside.look(trainer, at_rest)?;
        if !changed {
            return Ok(None);
        }
        let mut snapshot = Snapshot {
            run,
            revision: request.revision,
            step,
            digits: Arc::clone(&digit_view.value),
            hovered: hovered.value.clone(),
            activations: activations.value.clone(),
            scatter: scatter.clone(),
            user_images: user_image_view.value.clone(),
            decoded: decoded.seen(encoded.value.as_ref()),
            errors: error_view.value.clone(),
            comparison: None,
            filters: None,
            unit_means: None,
            flow: None,
        };
        inside.fill(&mut snapshot);
        Ok(Some(snapshot))
    }
}
