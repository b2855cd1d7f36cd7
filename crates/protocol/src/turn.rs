//! Turning one cloud of points onto another.

/// A rotation of the plane about the origin, after a reflection in the horizontal axis where there is one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn {
    /// Of the angle.
    pub cos: f64,
    /// Of the angle.
    pub sin: f64,
    /// −1 with the reflection, otherwise 1.
    pub mirror: f64,
}

impl Turn {
    /// The turn `R` of points with which `Σ |R p − q|²` is least: the orthogonal Procrustes problem in the plane
    /// (Schönemann 1966), whose answer is an angle.
    #[must_use]
    pub fn onto(points: &[[f32; 2]], goal: &[[f32; 2]]) -> Self {
        // Of the rotation p → R p the sum Σ q·Rp is A cos θ + B sin θ, which is largest at θ = atan2(B, A).
        let sums = |mirror: f64| {
            let pairs = points.iter().zip(goal);
            pairs.fold([0.0, 0.0], |[a, b], (p, q)| {
                let ([px, py], [qx, qy]) = (p.map(f64::from), q.map(f64::from));
                let py = mirror * py;
                [a + px * qx + py * qy, b + px * qy - py * qx]
            })
        };
        let [plain, mirrored] = [1.0, -1.0].map(|mirror| (mirror, sums(mirror)));
        let fit = |(_, [a, b]): (f64, [f64; 2])| f64::hypot(a, b);
        let (mirror, [a, b]) = if fit(mirrored) > fit(plain) * (1.0 + 1e-9) {
            mirrored
        } else {
            plain
        };
        let (sin, cos) = b.atan2(a).sin_cos();
        Self { cos, sin, mirror }
    }

    /// Where it takes a point.
    #[must_use]
    pub fn of(self, [x, y]: [f32; 2]) -> [f32; 2] {
        let Self { cos, sin, mirror } = self;
        let (x, y) = (f64::from(x), mirror * f64::from(y));
        [(cos * x - sin * y) as f32, (sin * x + cos * y) as f32]
    }
}
