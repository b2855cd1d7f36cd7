//! How far the light has come on its way through the network, in slow motion or step by step.

/// Time the light spends at each layer, in seconds: enough to read the line that names it.
const STAGE_SECS: f64 = 1.8;

/// Share of that time in which it travels to the layer.
const ON_THE_WAY: f64 = 0.45;

/// The way of the light. At rest, everything is lit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Travel {
    /// The layer that was reached, from 0 for the input; none at rest.
    reached: Option<usize>,
    is_playing: bool,
    /// When it was reached, in seconds of the window's clock.
    since: f64,
}

impl Travel {
    /// The layer that was reached; none at rest, when everything is lit.
    #[must_use]
    pub fn reached(&self) -> Option<usize> {
        self.reached
    }

    /// Whether it goes on by itself.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.is_playing
    }

    /// Whether a layer is lit.
    #[must_use]
    pub fn lights(&self, layer: usize) -> bool {
        self.reached.is_none_or(|reached| layer <= reached)
    }

    /// Goes on by itself, from the start if it was at rest; or stops where it is.
    pub fn play_or_pause(&mut self, now: f64) {
        self.is_playing = !self.is_playing;
        if self.is_playing {
            self.reached = self.reached.or(Some(0));
            self.since = now;
        }
    }

    /// One layer further; from the last, to rest.
    pub fn step(&mut self, now: f64, n_layers: usize) {
        let next = self.reached.map_or(0, |reached| reached + 1);
        self.reached = (next < n_layers).then_some(next);
        self.since = now;
        if self.reached.is_none() {
            self.is_playing = false;
        }
    }

    /// Goes on if it is time.
    pub fn tick(&mut self, now: f64, n_layers: usize) {
        if self.reached.is_some_and(|reached| reached >= n_layers) {
            *self = Self::default(); // the network became shorter
        }
        if self.is_playing && now - self.since >= STAGE_SECS {
            self.step(now, n_layers);
        }
    }

    /// How far the light has come from the layer before to the one that was reached, 0..1.
    #[must_use]
    pub fn progress(&self, now: f64) -> f32 {
        let share = (now - self.since) / (STAGE_SECS * ON_THE_WAY);
        share.clamp(0.0, 1.0) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_layer_by_layer_and_then_rests() {
        let mut travel = Travel::default();
        assert!(travel.lights(7), "at rest everything is lit");
        travel.play_or_pause(10.0);
        assert_eq!(travel.reached(), Some(0));
        assert!(travel.lights(0) && !travel.lights(1));
        travel.tick(10.0 + 0.5 * STAGE_SECS, 3);
        assert_eq!(travel.reached(), Some(0));
        travel.tick(10.0 + 1.1 * STAGE_SECS, 3);
        assert_eq!(travel.reached(), Some(1));
        travel.tick(10.0 + 2.2 * STAGE_SECS, 3);
        travel.tick(10.0 + 3.3 * STAGE_SECS, 3);
        assert_eq!((travel.reached(), travel.is_playing()), (None, false));
    }

    #[test]
    fn steps_pause_and_shorter_networks() {
        let mut travel = Travel::default();
        travel.step(0.0, 3);
        travel.step(0.0, 3);
        assert_eq!((travel.reached(), travel.is_playing()), (Some(1), false));
        travel.tick(99.0, 3);
        assert_eq!(travel.reached(), Some(1), "it does not go on by itself");
        travel.play_or_pause(100.0);
        travel.play_or_pause(100.5);
        travel.tick(200.0, 3);
        assert_eq!(travel.reached(), Some(1));
        travel.tick(200.0, 1);
        assert_eq!(travel, Travel::default());
    }
}
